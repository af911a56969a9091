import Hummingbird
import HydrantCore
import HydrantEngine
import HydrantStorage

/// `GET /v1/wrong-orders`: counts of each kind, and the orders with their reasons.
struct WrongOrdersRoute: Sendable {
    let hub: Hub

    @Sendable func list(_ request: Request, _ context: HubContext) async throws -> Response {
        let query = try QueryReader(request, allowed: ["kind", "verdict", "limit", "cursor"])
        let kind = try query.choice("kind", MismatchKind.self)
        let verdict = try query.choice("verdict", Verdict.self)
        let limit = try query.limit()
        let cursor = try query.cursor(.wrongOrders)
        let settings = hub.settings
        let now = hub.clock.now()
        let page = try await recorded {
            try await hub.store.read { reader in
                // Without a kind the store counts orders, not findings: an order's findings are never torn apart.
                let rows = try reader.findings(kind, verdict, after: cursor, limit: limit + 1)
                let orders = rows.map(\.orderID).reduce(into: [Int64]()) { if $0.last != $1 { $0.append($1) } }
                let last = orders.count > limit ? orders[limit - 1] : nil
                let kept = rows.filter { last == nil || $0.orderID <= last ?? 0 }
                return Page(
                    documents: try kept.compactMap { try Self.document($0, reader, settings, now) },
                    counts: try reader.findingCounts(), next: last)
            }
        }
        return Response(json: [
            "asOf": .string(now.text), "kinds": Self.kinds(page.counts), "orders": .array(page.documents),
            "nextCursor": .orNull(page.next.map(PageCursor.wrongOrders.text)),
        ])
    }

    private struct Page: Sendable {
        var documents: [JSON]
        var counts: [FindingCount]
        var next: Int64?
    }

    private static func document(
        _ row: FindingRow, _ reader: any StoreReader, _ settings: Settings, _ now: Instant
    ) throws -> JSON? {
        guard let order = try reader.undamagedOrder(row.order),
            let finding = order.findings(settings: settings, now: now).first(where: { $0.kind == row.kind })
        else { return nil }
        return .object([JSON.Member("order", .string(row.order))] + (finding.document.members ?? []))
    }

    private static func kinds(_ counts: [FindingCount]) -> JSON {
        .object(
            MismatchKind.allCases.map { kind in
                JSON.Member(
                    kind.rawValue,
                    .object(
                        Verdict.allCases.map { verdict in
                            let found = counts.first { $0.kind == kind && $0.verdict == verdict }
                            return JSON.Member(verdict.rawValue, .integer(found?.count ?? 0))
                        }))
            })
    }
}
