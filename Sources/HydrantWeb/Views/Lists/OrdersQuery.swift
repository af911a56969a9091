package import HydrantCore
package import HydrantEngine
package import HydrantStorage

/// What the list of orders is asked for.
package struct OrdersRequest: Hashable, Sendable {
    package var filter = OrderFilter()
    package var health: HealthFilter?
    /// Only those that have been in their state longer than its limit.
    package var isDwelling = false
    /// Which orders that have ended are listed where they are left out by themselves.
    package var ended: EndedChoice?
    /// The row id after which the page begins; 0 for the first page.
    package var cursor: Int64 = 0

    package init() {}
}

extension OrdersRequest {
    /// Whether the list is one of work to be done: then orders that ended are left out unless they are asked for. Who
    /// types a number looks for that order, and a signed order has ended as it should.
    var mayLeaveOutEnded: Bool {
        (filter.state.map { $0 < StateNumber.signed } ?? false) && (filter.numberPrefix ?? "").isEmpty
    }

    /// What the store is asked for.
    var wantedRows: OrderFilter {
        var wanted = filter
        wanted.isStanding = mayLeaveOutEnded && ended == nil
        return wanted
    }
}

/// The values of the parameter `ended`.
package enum EndedChoice: String, CaseIterable, Sendable {
    /// All but those that were cancelled: what the overview counts in each state.
    case completed
    case also
}

/// The values of the parameter `dwelling`.
enum DwellingChoice: String, CaseIterable {
    case now
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

    /// The address of the orders that have been in a state for too long.
    static func dwellingPath(_ state: Int) -> String {
        address("/orders", [("state", String(state)), ("dwelling", DwellingChoice.now.rawValue)])
    }

    /// The address of the orders that the overview counts in a state.
    static func countedPath(_ state: Int) -> String {
        address("/orders", [("state", String(state)), ("ended", EndedChoice.completed.rawValue)])
    }

    /// The store does not filter by health figures, nor by all but one completion; so many rows are looked at for one
    /// page.
    private static let rowsScanned = 20_000

    package static func load(_ request: OrdersRequest, from hub: Hub) async throws -> OrdersPage {
        let viewer = Viewer.current
        let leavesOutCancelled = request.ended == .completed
        let isPlain =
            request.health == nil && !request.isDwelling && !leavesOutCancelled && viewer.role != .warehouse
        let now = hub.clock.now()
        let index = viewer.role == .warehouse ? WarehouseIndex(viewer.warehouses, hub.keyring) : nil
        let (rows, next) = try await hub.store.read { reader in
            if isPlain { return try Self.plain(request, reader) }
            return try Self.scanned(request, reader) { rows in
                let wanted = rows.filter { row in
                    (request.health?.includes(row) ?? true)
                        && (!request.isDwelling || row.isBeyondLimit(now: now))
                        && (!leavesOutCancelled || row.completion != .cancelled)
                }
                guard let index else { return wanted }
                let answer = try index.ask(wanted.map(\.id), reader)
                return wanted.filter { answer.mayConcern($0.id) }
            } includes: {
                try viewer.maySee($0, reader)
            }
        }
        return OrdersPage(
            request: request, asOf: now, rows: rows, next: next,
            lastReportedState: hub.settings.flow.lastReportedState)
    }

    private static func plain(_ request: OrdersRequest, _ reader: any StoreReader) throws -> ([OrderRow], Int64?) {
        let rows = try reader.orderRows(request.wantedRows, after: request.cursor, limit: rowsPerPage + 1)
        let page = Array(rows.prefix(rowsPerPage))
        return (page, rows.count > rowsPerPage ? page.last?.id : nil)
    }

    /// - Parameters:
    ///   - narrow: leaves those of some rows that may be shown.
    ///   - includes: the last word, asked of as few rows as fill the page.
    private static func scanned(
        _ request: OrdersRequest, _ reader: any StoreReader, narrow: ([OrderRow]) throws -> [OrderRow],
        includes: (OrderRow) throws -> Bool
    ) throws -> ([OrderRow], Int64?) {
        var found: [OrderRow] = []
        var cursor = request.cursor
        var scanned = 0
        let step = 1_000
        while scanned < rowsScanned {
            let rows = try reader.orderRows(request.wantedRows, after: cursor, limit: step)
            for row in try narrow(rows) where try includes(row) {
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

extension OrderRow {
    /// Whether the order has been in its state longer than it may and somebody still waits for it.
    func isBeyondLimit(now: Instant) -> Bool { overdueAfter.map { now > $0 } ?? false }
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
