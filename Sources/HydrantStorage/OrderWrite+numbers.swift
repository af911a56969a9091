extension OrderWrite {
    /// The version of the order that the step was decided on; 0 when the order is new.
    package var versionBefore: Int { row.version - events.count }

    /// Whether the events' numbers lead from the version before to the row's version, one by one.
    package var isGapless: Bool {
        let first = versionBefore + 1
        guard first >= 1, row.id != 0 || first == 1 else { return false }
        return events.enumerated().allSatisfy { $0.element.number == first + $0.offset }
    }
}
