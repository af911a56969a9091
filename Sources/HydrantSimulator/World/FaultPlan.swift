package import HydrantCore

/// How bad the world is in one simulation. Rates are in thousandths of the cases.
package struct FaultPlan: Hashable, Sendable {
    /// Calls that end otherwise than they should.
    package var callFaults = 0
    /// Orders with something that never happens, is refused, or is held.
    package var oddOrders = 0
    /// Transactions that fail before anything is written.
    package var storeFaults = 0
    /// Transactions that are written, whereupon the machine dies before anybody hears of it.
    package var deathsAfterCommit = 0
    /// Acknowledgements that get lost on their way to the sender.
    package var lostAcknowledgements = 0
    package var repeatedMessages = 0
    package var lateMessages = 0
    /// Other messages under a number that was used before.
    package var forgedRepeats = 0
    package var crashes = 0
    package var clockJumps = 0
    /// How long an instruction is worth sending.
    package var instructionLifetime: Milliseconds = .hours(24)

    package static let none = FaultPlan()

    package init() {}

    /// A mixture that the seed chooses; every eighth world is a peaceful one.
    package init(seed: UInt64) {
        var random = SeededRandom(seed: seed, stream: 2)
        guard !random.happens(permille: 125) else { return }
        callFaults = random.pick([0, 50, 200, 500])
        oddOrders = random.pick([0, 100, 300])
        storeFaults = random.pick([0, 5, 40])
        deathsAfterCommit = random.pick([0, 0, 5])
        lostAcknowledgements = random.pick([0, 20, 100])
        repeatedMessages = random.pick([0, 50, 300])
        lateMessages = random.pick([0, 50, 200])
        forgedRepeats = random.pick([0, 20])
        crashes = random.pick([0, 1, 3, 6])
        clockJumps = random.pick([0, 0, 4])
        instructionLifetime = random.pick([.hours(24), .hours(24), .minutes(40)])
    }
}

/// What is going to happen to one order in the world, decided before anything does.
package struct OrderFate: Hashable, Sendable {
    package enum Credit: Hashable, Sendable {
        case passes
        case refused
        case neverAnswered
    }

    /// A hold that a person places, and how it ends.
    package enum HoldEnd: Hashable, Sendable {
        case timer
        case person
        case fact
        case never
    }

    package var credit = Credit.passes
    package var hasStock = true
    package var isPacked = true
    package var isSigned = true
    package var parcels = 1
    package var hold: HoldEnd?

    package init() {}

    package init(seed: UInt64, index: Int, oddOrders: Int) {
        var random = SeededRandom(seed: seed, stream: UInt64(index) &+ 1 << 32)
        if random.happens(permille: 150) { parcels = 2 }
        guard random.happens(permille: oddOrders) else { return }
        switch random.below(8) {
        case 0: credit = .refused
        case 1: credit = .neverAnswered
        case 2: hasStock = false
        case 3: isPacked = false
        case 4: isSigned = false
        case 5: hold = .person
        case 6: hold = random.pick([.fact, .never])
        default: hold = .timer
        }
    }

    /// The state that the order reaches when nobody cancels it: derived from the fate alone.
    package func finalState(of story: CustomerStory) -> Int {
        guard story.isPaid else { return StateNumber.placed }
        guard credit == .passes else { return StateNumber.paid }
        guard hasStock else { return StateNumber.riskPassed }
        guard isPacked else { return StateNumber.inventoryLocked }
        guard isSigned else { return StateNumber.trackingReturned }
        return StateNumber.warrantyActivated
    }
}
