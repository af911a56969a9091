package import HydrantCore
package import HydrantEngine
package import HydrantStorage

/// What the list of wrong orders is asked for.
package struct WrongOrdersRequest: Hashable, Sendable {
    package var kind: MismatchKind?
    package var verdict: Verdict?
    /// The order's row id after which the page begins; 0 for the first page.
    package var cursor: Int64 = 0

    package init() {}
}

extension WrongOrdersPage.Row {
    /// Why, in words, as the order's page says it; nil when the finding went away.
    func reason(_ words: Words) -> String? {
        guard let finding else { return nil }
        return ([finding.reason] + [cause?.reason].compactMap(\.self)).map { words($0) }.joined(separator: " · ")
    }

    func advice(_ words: Words) -> String { words(cause?.advice ?? saved.kind.advice) }
}

/// One page of the list of wrong orders: the model.
package struct WrongOrdersPage: Sendable {
    /// A finding as it is saved, with its reason as of now; nil reason when it went away since it was saved.
    package struct Row: Hashable, Sendable {
        package var saved: FindingRow
        package var finding: Finding?
        /// What the order's page says where the order only waits for something; nil where the finding says it all.
        package var cause: RootCause?
    }

    package var request: WrongOrdersRequest
    package var asOf: Instant
    package var counts: [FindingCount]
    package var rows: [Row]
    package var next: Int64?
}

extension WrongOrdersPage {
    package static let rowsPerPage = 50

    package static func load(_ request: WrongOrdersRequest, from hub: Hub) async throws -> WrongOrdersPage {
        let now = hub.clock.now()
        let settings = await hub.committer.settings
        let cause = await hub.causes()
        return try await hub.store.read { reader in
            // An order may have several findings, and a page must not end in the midst of an order.
            let most = rowsPerPage + MismatchKind.allCases.count
            let saved = try reader.findings(request.kind, request.verdict, after: request.cursor, limit: most)
            let page = Self.cut(saved)
            var orders: [String: Order] = [:]
            let rows = try page.map { row in
                let order = try orders[row.order] ?? reader.undamagedOrder(row.order)
                orders[row.order] = order
                let finding = order?.findings(settings: settings, now: now).first { $0.kind == row.kind }
                guard let order, let finding, row.kind.isWaiting else { return Row(saved: row, finding: finding) }
                let deeper = cause(order, try reader.instructions(of: row.order), now)
                return Row(saved: row, finding: finding, cause: deeper?.reason == finding.reason ? nil : deeper)
            }
            return WrongOrdersPage(
                request: request, asOf: now, counts: try reader.findingCounts(), rows: rows,
                next: page.count < saved.count ? page.last?.orderID : nil)
        }
    }

    /// Whole orders from the beginning, until the page is full.
    static func cut(_ rows: [FindingRow]) -> [FindingRow] {
        guard rows.count > rowsPerPage else { return rows }
        var end = rowsPerPage
        while end < rows.count, rows[end].orderID == rows[end - 1].orderID { end += 1 }
        return Array(rows[..<end])
    }
}
