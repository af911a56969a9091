import Hummingbird
import HydrantCore
import HydrantEngine
import HydrantStorage

/// `POST /v1/search`: orders by any of their numbers, telephone, name, SKU or customer, each with why it was found.
/// `GET /v1/search` does the same for what is nobody's personal data, because addresses end up in logs.
struct SearchRoute: Sendable {
    let hub: Hub
    private static let bodyBytesMaximum = 4_096
    private static let hitsMaximum = 100

    @Sendable func get(_ request: Request, _ context: HubContext) async throws -> Response {
        let query = try QueryReader(request, allowed: ["q", "limit"])
        guard let text = try query.text("q", maximum: SearchQuery.textMaximum) else {
            throw Problem.badParameter("q", "is missing")
        }
        guard !SearchTerm.mayNamePerson(text) else {
            throw Problem.badParameter(
                "q",
                "may be a telephone number or a name, which does not belong into an address: send it in the body of "
                    + "POST /v1/search")
        }
        var scope = Viewer.current.searchScope
        scope.mayFindPeople = false
        return try await find(text, limit: try query.integer("limit", in: 1...Self.hitsMaximum) ?? 20, scope)
    }

    @Sendable func post(_ request: Request, _ context: HubContext) async throws -> Response {
        let bytes = try await readBody(of: request, Self.bodyBytesMaximum)
        guard let body = try? JSON(bytes: bytes), body.members != nil else {
            throw Problem.badParameter("body", "must be a JSON object with q")
        }
        guard let text = body["q"]?.string, !text.isEmpty, text.utf8.count <= SearchQuery.textMaximum else {
            throw Problem.badParameter("q", "must be text of 1 to \(SearchQuery.textMaximum) bytes")
        }
        var limit: Int64 = 20
        if let given = body["limit"] {
            guard let number = given.integer, (1...Int64(Self.hitsMaximum)).contains(number) else {
                throw Problem.badParameter("limit", "must be a whole number from 1 to \(Self.hitsMaximum)")
            }
            limit = number
        }
        return try await find(text, limit: Int(limit), Viewer.current.searchScope)
    }

    private func find(_ text: String, limit: Int, _ scope: SearchScope) async throws -> Response {
        let (result, progress) = try await recorded {
            (try await hub.search(text, limit: limit, scope: scope), try await hub.searchProgress())
        }
        return Response(json: [
            "asOf": .string(result.asOf.text), "hits": .array(result.hits.map(\.document)),
            "hasMore": .bool(result.hasMore), "isIndexComplete": .bool(progress.isComplete),
        ])
    }
}

extension Viewer {
    /// What of the index the viewer may use: names and telephones only who may see receivers, customers' numbers only
    /// who may see those, and only the warehouses' own orders.
    var searchScope: SearchScope {
        var scope = SearchScope(
            mayFindPeople: sight(.receiverPhone) != .hidden, warehouses: role == .warehouse ? warehouses : nil)
        scope.mayFindCustomers = sight(.customer) != .hidden
        return scope
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
