package import HydrantCore
package import HydrantStorage

/// The histories of orders, on which rules are tried.
package struct PastOrders: Sendable {
    private let store: any Store

    package init(store: any Store) { self.store = store }

    /// Tries rules on every order that changed since the begin of the window. Nothing is changed.
    ///
    /// - Throws: `StoreFailure`; of kind `damagedOrder` when events cannot be read back.
    package func trial(
        of rules: [Rule], settings: Settings, window: Range<Instant>
    ) async throws -> RuleTrial {
        try await store.read { reader in
            var trial = RuleTrial(rules, settings: settings, window: window)
            try reader.scanOrders { row, stored in
                guard row.changedAt >= window.lowerBound else { return }
                trial.take(order: row.number, try stored.map { try Self.event($0, of: row.number) })
            }
            return trial
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
