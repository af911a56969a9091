package import HydrantCore
package import HydrantStorage

/// The histories of orders, on which rules are tried.
package struct PastOrders: Sendable {
    private let store: any Store

    package init(store: any Store) { self.store = store }

    /// Tries rules on every order that changed since the begin of the window. Nothing is changed.
    ///
    /// - Throws: `StoreFailure`; of kind `damagedOrder` when events cannot be read back.
    package func trial(of rules: [Rule], settings: Settings, window: Range<Instant>) async throws -> RuleTrial {
        try await store.read { reader in
            var trial = RuleTrial(rules, settings: settings, window: window)
            try reader.scanOrders { row, stored in
                guard row.changedAt >= window.lowerBound else { return }
                trial.take(order: row.number, try stored.map { try Self.event($0, of: row.number) })
            }
            return trial
        }
    }

    /// How many orders there are, and the row id of the newest.
    func extent() async throws -> (count: Int, last: Int64) {
        try await store.read { reader in
            func isAnyAfter(_ id: Int64) throws -> Bool {
                try !reader.orderRows(OrderFilter(), after: id, limit: 1).isEmpty
            }
            var last: Int64 = 0
            guard try isAnyAfter(last) else { return (0, last) }
            var step: Int64 = 1
            while try isAnyAfter(step) { step *= 2 }
            // Some order comes after `last`, and none after `end`.
            var end = step
            while last + 1 < end {
                let middle = last + (end - last) / 2
                if try isAnyAfter(middle) { last = middle } else { end = middle }
            }
            return (Int(try reader.counts().orders), end)
        }
    }

    /// Tries the rules on the orders of a range of row ids, the newest first, as far as they changed since the begin of
    /// the window.
    ///
    /// - Parameter most: so many are tried.
    /// - Returns: what was found, how many orders were looked at, and whether there are more than may be tried.
    func take(
        _ ids: ClosedRange<Int64>, atMost most: Int, with empty: RuleTrial
    ) async throws -> (found: RuleTrial, looked: Int, isCut: Bool) {
        try await store.read { reader in
            var trial = empty
            let rows = try reader.orderRows(OrderFilter(), after: ids.lowerBound - 1, limit: ids.count)
                .filter { ids.contains($0.id) }
            for (index, row) in rows.reversed().enumerated() where row.changedAt >= trial.window.lowerBound {
                guard trial.orders < most else { return (trial, index, true) }
                let stored = try reader.events(of: row.number)
                trial.take(order: row.number, try stored.map { try Self.event($0, of: row.number) })
            }
            return (trial, rows.count, false)
        }
    }

    private static func event(_ stored: StoredEvent, of order: String) throws(StoreFailure) -> Event {
        do {
            return try Event(json: JSON(bytes: stored.bytes))
        } catch {
            throw .damaged(order, "event \(stored.number) cannot be read")
        }
    }
}
