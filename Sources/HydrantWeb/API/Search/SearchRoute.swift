import Hummingbird
import HydrantCore
import HydrantEngine
import HydrantStorage

/// `GET /v1/search`: orders by any of their numbers, telephone, name, SKU or customer, each with why it was found.
struct SearchRoute: Sendable {
    let hub: Hub

    @Sendable func find(_ request: Request, _ context: HubContext) async throws -> Response {
        let query = try QueryReader(request, allowed: ["q", "limit"])
        guard let text = try query.text("q", maximum: SearchQuery.textMaximum) else {
            throw Problem.badParameter("q", "is missing")
        }
        let limit = try query.integer("limit", in: 1...100) ?? 20
        let (result, progress) = try await recorded {
            (
                try await hub.search(text, limit: limit, scope: Viewer.current.searchScope),
                try await hub.searchProgress()
            )
        }
        return Response(json: [
            "asOf": .string(result.asOf.text), "hits": .array(result.hits.map(\.document)),
            "hasMore": .bool(result.hasMore), "isIndexComplete": .bool(progress.isComplete),
        ])
    }
}

extension Viewer {
    /// What of the index the viewer may use: names and telephones only who may see receivers, and only the warehouses'
    /// own orders.
    var searchScope: SearchScope {
        SearchScope(
            mayFindPeople: sight(.receiverPhone) != .hidden, warehouses: role == .warehouse ? warehouses : nil)
    }
}

extension SearchedHit {
    fileprivate var document: JSON {
        .object(
            (row.document.members ?? []) + [
                JSON.Member(
                    "matches",
                    .array(
                        matches.map { match in
                            [
                                "field": .string(match.field.rawValue), "manner": .string(match.manner.rawValue),
                                "value": .string(match.value),
                            ]
                        }))
            ])
    }
}
