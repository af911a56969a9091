import HydrantCore
import HydrantStorage

/// What each interceptor did to the orders that came in last.
package struct RuleCounts: Hashable, Sendable {
    /// Of one rule, all its versions together. An order is counted once in each column.
    package struct Count: Hashable, Sendable {
        package var judged = 0
        package var held = 0
        package var refused = 0
        /// The order counts as partially completed, a playbook ran, a system was asked or a person got a task.
        package var acted = 0
        /// A field was missing, so the order waited.
        package var blocked = 0
        /// Only reported, because the rule was in shadow.
        package var shadowed = 0
        /// Orders that the rule holds now, the newest first; at most ``RuleCounts/namesMaximum``.
        package var holding: [String] = []

        package init() {}
    }

    package static let namesMaximum = 5

    /// How many orders were looked at.
    package private(set) var orders = 0
    package private(set) var rules: [String: Count] = [:]

    mutating func add(order number: String, _ rulings: [Ruling]) {
        orders += 1
        for (rule, own) in Dictionary(grouping: rulings, by: \.rule) {
            var count = rules[rule] ?? Count()
            count.judged += 1
            let effective = own.filter { !$0.isShadow }
            if own.contains(where: { $0.isShadow && $0.outcome != .passed }) { count.shadowed += 1 }
            if effective.contains(where: { $0.outcome == .matched && !$0.holds.isEmpty }) { count.held += 1 }
            if effective.contains(where: { !$0.refusals.isEmpty }) { count.refused += 1 }
            if effective.contains(where: \.acts) { count.acted += 1 }
            if effective.contains(where: { $0.outcome == .blocked }) { count.blocked += 1 }
            if let last = own.last, !last.isShadow, !last.holds.isEmpty, count.holding.count < Self.namesMaximum {
                count.holding.append(number)
            }
            rules[rule] = count
        }
    }
}

extension Ruling {
    fileprivate var acts: Bool {
        completesPartially || !playbooks.isEmpty || !instructs.isEmpty || !tasks.isEmpty || !releases.isEmpty
    }
}

extension Hub {
    /// Counts the verdicts on the orders that came in last, at most so many.
    package func ruleCounts(latest: Int) async throws -> RuleCounts {
        try await store.read { reader in
            let count = try reader.counts().orders
            var cursor = max(0, count - Int64(latest))
            var rows: [OrderRow] = []
            while rows.count < 2 * latest {
                let page = try reader.orderRows(OrderFilter(), after: cursor, limit: latest)
                guard let last = page.last else { break }
                rows += page
                cursor = last.id
            }
            var counts = RuleCounts()
            for row in rows.suffix(latest).reversed() {
                counts.add(order: row.number, try reader.events(of: row.number).compactMap(\.ruling))
            }
            return counts
        }
    }
}

extension StoredEvent {
    /// The verdict that it is; nil for other events, which are most and are not read for this.
    fileprivate var ruling: Ruling? {
        // The name stands at the begin of every event.
        guard String(decoding: bytes.prefix(60), as: UTF8.self).contains(Event.ruleDecidedName),
            let event = try? Event(json: JSON(bytes: bytes)), case .ruleDecided(let ruling) = event.body
        else { return nil }
        return ruling
    }
}
