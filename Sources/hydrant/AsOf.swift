import ArgumentParser
import HydrantCore
import HydrantEngine
import HydrantStorage

/// A moment given on the command line, with its zone.
struct Moment: ExpressibleByArgument {
    var instant: Instant

    init?(argument: String) {
        guard let instant = Instant(text: argument) else { return nil }
        self.instant = instant
    }
}

let momentHelp: ArgumentHelp =
    "A moment with its zone, like 2018-11-01T00:00:00Z or 2026-11-11T20:00:00+08:00; now when not given."

extension OpenDatabase {
    /// Calls the body with every order as it was at a moment, one after the other. A damaged order is named on standard
    /// error and left out.
    func eachOrder(asOf moment: Instant?, _ body: @escaping @Sendable (Order) throws -> Void) async throws {
        let settings = settings
        try await store.read { reader in
            try reader.scanOrders { row, stored in
                let history: OrderHistory
                do throws(StoreFailure) {
                    history = try OrderHistory(number: row.number, stored: stored)
                } catch {
                    Terminal.standardError("\(error)\n")
                    return
                }
                guard let moment, history.events.contains(where: { $0.happenedAt > moment }) else {
                    return try body(history.order)
                }
                let order = history.order(asOf: moment, settings: settings)
                if order.version > 0 { try body(order) }
            }
        }
    }
}
