package import HydrantCore
package import HydrantStorage

/// The histories of orders, on which rules are tried.
package struct PastOrders: Sendable {
    private let store: any Store
    private let ordersAtMost: Int

    /// So many orders a page tries rules on.
    package static let ordersOfPage = 20_000

    private static let rowsAtOnce = 1_000

    /// - Parameter ordersAtMost: a trial ends after so many orders.
    package init(store: any Store, ordersAtMost: Int = .max) {
        self.store = store
        self.ordersAtMost = ordersAtMost
    }

    /// Tries rules on every order that changed since the begin of the window, those that came first before others;
    /// `isCut` says that there are more than it may be. Nothing is changed.
    ///
    /// - Throws: `StoreFailure`; of kind `damagedOrder` when events cannot be read back.
    package func trial(
        of rules: [Rule], settings: Settings, window: Range<Instant>
    ) async throws -> (found: RuleTrial, isCut: Bool) {
        let most = ordersAtMost
        return try await store.read { reader in
            var trial = RuleTrial(rules, settings: settings, window: window)
            var isCut = false
            if most == .max {
                try reader.scanOrders { row, stored in
                    guard row.changedAt >= window.lowerBound else { return }
                    trial.take(order: row.number, try stored.map { try Self.event($0, of: row.number) })
                }
            } else {
                isCut = try Self.take(most, reader, &trial, since: window.lowerBound)
            }
            return (trial, isCut)
        }
    }

    /// Reads the events of those orders only that are tried.
    ///
    /// - Returns: whether there are more.
    private static func take(
        _ most: Int, _ reader: any StoreReader, _ trial: inout RuleTrial, since begin: Instant
    ) throws -> Bool {
        var count = 0
        var cursor: Int64 = 0
        while true {
            let rows = try reader.orderRows(OrderFilter(), after: cursor, limit: rowsAtOnce)
            for row in rows where row.changedAt >= begin {
                guard count < most else { return true }
                count += 1
                let stored = try reader.events(of: row.number)
                trial.take(order: row.number, try stored.map { try event($0, of: row.number) })
            }
            guard let last = rows.last, rows.count == rowsAtOnce else { return false }
            cursor = last.id
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
