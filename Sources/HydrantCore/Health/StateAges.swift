/// Where an order under way stands, as far as dwelling goes: its state, the minute in which it came into it, and the
/// one after which it has been there for too long.
package struct StatePlace: Hashable, Sendable {
    package var state: Int
    /// Minutes since 1970.
    package var minute: Int64
    /// The same; nil where nobody waits for the next state, or nobody has looked yet.
    package var overdueAfter: Int64?

    package init(state: Int, minute: Int64, overdueAfter: Int64? = nil) {
        self.state = state
        self.minute = minute
        self.overdueAfter = overdueAfter
    }

    /// Nil for an order that nobody waits for: not paid yet, at the end, completed or cancelled.
    package init?(state: Int, since: Instant?, completion: Completion, overdueAfter: Instant? = nil) {
        guard let since, (StateNumber.paid..<StateNumber.warrantyActivated).contains(state),
            completion == .open || completion == .partiallyCompleted
        else { return nil }
        self.init(
            state: state, minute: since.milliseconds / .minutes(1),
            overdueAfter: overdueAfter.map { $0.milliseconds / .minutes(1) })
    }
}

/// How long the orders in one state have been there at a moment.
package struct DwellFigures: Hashable, Sendable {
    package var orders: Int64 = 0
    /// Those that have been there longer than the state's limit.
    package var beyond: Int64 = 0
    /// Half of them have been there at most so many minutes; nil where there are none.
    package var median: Int64?
    /// Nine of ten have.
    package var ninth: Int64?

    package init() {}
}

/// All orders under way by where they stand. One order more or less costs the
/// same however many there are.
package struct StateAges: Hashable, Sendable {
    private var counts: [[StatePlace: Int64]] = Array(repeating: [:], count: 8)

    package init() {}

    package init(_ places: [(place: StatePlace, count: Int64)]) {
        for (place, count) in places { add(place, times: count) }
    }

    package mutating func add(_ place: StatePlace, times count: Int64 = 1) {
        let sum = (counts[place.state][place] ?? 0) + count
        counts[place.state][place] = sum == 0 ? nil : sum
    }

    package func figures(of state: Int, now: Instant) -> DwellFigures {
        var figures = DwellFigures()
        let minute = now.milliseconds / .minutes(1)
        let ages = counts[state].map { (age: max(0, minute - $0.key.minute), count: $0.value) }
            .sorted { $0.age < $1.age }
        figures.orders = ages.reduce(0) { $0 + $1.count }
        for (place, count) in counts[state] {
            if let after = place.overdueAfter, minute > after { figures.beyond += count }
        }
        var seen: Int64 = 0
        for (age, count) in ages {
            seen += count
            if figures.median == nil, seen * 2 >= figures.orders { figures.median = age }
            if figures.ninth == nil, seen * 10 >= figures.orders * 9 { figures.ninth = age }
        }
        return figures
    }
}
