package import HydrantCore
package import HydrantEngine
package import HydrantStorage

/// What the list of orders is asked for.
package struct OrdersRequest: Hashable, Sendable {
    package var filter = OrderFilter()
    package var health: HealthFilter?
    /// The row id after which the page begins; 0 for the first page.
    package var cursor: Int64 = 0

    package init() {}
}

/// One page of the list of orders: the model.
package struct OrdersPage: Sendable {
    package var request: OrdersRequest
    package var asOf: Instant
    package var rows: [OrderRow]
    /// Where the next page begins; nil at the end.
    package var next: Int64?
    /// The last state that any connected system reports.
    package var lastReportedState: Int
}

extension OrdersPage {
    package static let rowsPerPage = 50
    /// The store does not filter by health figures; so many rows are looked at for one page.
    private static let rowsScanned = 20_000

    package static func load(_ request: OrdersRequest, from hub: Hub) async throws -> OrdersPage {
        let viewer = Viewer.current
        let isPlain = request.health == nil && viewer.role != .warehouse
        let (rows, next) = try await hub.store.read { reader in
            try isPlain ? Self.plain(request, reader) : Self.scanned(request, viewer, reader)
        }
        return OrdersPage(
            request: request, asOf: hub.clock.now(), rows: rows, next: next,
            lastReportedState: hub.settings.flow.lastReportedState)
    }

    private static func plain(_ request: OrdersRequest, _ reader: any StoreReader) throws -> ([OrderRow], Int64?) {
        let rows = try reader.orderRows(request.filter, after: request.cursor, limit: rowsPerPage + 1)
        let page = Array(rows.prefix(rowsPerPage))
        return (page, rows.count > rowsPerPage ? page.last?.id : nil)
    }

    private static func scanned(
        _ request: OrdersRequest, _ viewer: Viewer, _ reader: any StoreReader
    ) throws -> ([OrderRow], Int64?) {
        var found: [OrderRow] = []
        var cursor = request.cursor
        var scanned = 0
        let step = 1_000
        while scanned < rowsScanned {
            let rows = try reader.orderRows(request.filter, after: cursor, limit: step)
            for row in rows {
                guard request.health?.includes(row) ?? true, try viewer.maySee(row, reader) else { continue }
                if found.count == rowsPerPage { return (found, found.last?.id) }
                found.append(row)
            }
            guard rows.count == step, let last = rows.last else { return (found, nil) }
            cursor = last.id
            scanned += rows.count
        }
        return (found, cursor)
    }
}

extension Viewer {
    /// Whether an order may be known to exist, by what its events say.
    func maySee(_ row: OrderRow, _ reader: any StoreReader) throws -> Bool { try maySee(number: row.number, reader) }

    /// The same of an order's number.
    func maySee(number: String, _ reader: any StoreReader) throws -> Bool {
        guard role == .warehouse else { return true }
        return maySee(try OrderHistory(number: number, stored: try reader.events(of: number)).order)
    }
}
