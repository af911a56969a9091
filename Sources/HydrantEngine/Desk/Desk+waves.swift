package import HydrantCore
import HydrantStorage

/// What is to be picked now.
package struct WavePage: Sendable {
    package var waves: [PickWave]
    /// Whether there are more orders than were looked at.
    package var hasMore: Bool
}

extension Desk {
    /// So many orders are looked at, the oldest first.
    package static let waveOrdersMaximum = 2_000

    /// The orders whose goods are locked and not packed, in waves.
    package func waves(of person: DeskPerson) async throws -> WavePage {
        var orders: [Order] = []
        var cursor: Int64 = 0
        var seen = 0
        while seen < Self.waveOrdersMaximum {
            let after = cursor
            let rows = try await hub.store.read {
                try $0.orderRows(OrderFilter(state: StateNumber.inventoryLocked), after: after, limit: 500)
            }
            for row in rows {
                guard let order = try await hub.committer.order(row.number) else { continue }
                if person.maySee(order.header?.value.warehouse ?? "") { orders.append(order) }
            }
            seen += rows.count
            guard rows.count == 500, let last = rows.last else { break }
            cursor = last.id
        }
        let waves = PickWave.waves(of: orders, hub.settings, try await settings(), now: now)
        return WavePage(waves: waves, hasMore: seen >= Self.waveOrdersMaximum)
    }
}
