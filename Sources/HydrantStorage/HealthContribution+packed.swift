package import HydrantCore

extension HealthContribution {
    /// The eight answers as bits, which the order's row stores. ``changesAt`` is a column of its own.
    package var packed: UInt16 {
        let bits = [
            isInPopulation, hasVerifiedSystem, agrees, isUnknown, dwelled, intervened, hasTouchpointDue,
            touchpointsDone,
        ]
        return bits.enumerated().reduce(0) { $0 | ($1.element ? 1 << UInt16($1.offset) : 0) }
    }

    package init(packed: UInt16) {
        self.init()
        func bit(_ index: UInt16) -> Bool { packed & (1 << index) != 0 }
        isInPopulation = bit(0)
        hasVerifiedSystem = bit(1)
        agrees = bit(2)
        isUnknown = bit(3)
        dwelled = bit(4)
        intervened = bit(5)
        hasTouchpointDue = bit(6)
        touchpointsDone = bit(7)
    }
}
