import Hummingbird
import HydrantCore
import HydrantEngine
import HydrantStorage

/// `GET /v1/orders`, `/v1/orders/{id}` and `/v1/orders/{id}/proof`.
struct OrdersRoutes: Sendable {
    let hub: Hub

    @Sendable func list(_ request: Request, _ context: HubContext) async throws -> Response {
        let query = try QueryReader(
            request, allowed: ["state", "completion", "verdict", "prefix", "limit", "cursor"])
        let filter = OrderFilter(
            state: try query.integer("state", in: 0...7), completion: try query.choice("completion", Completion.self),
            verdict: try query.choice("verdict", Verdict.self),
            numberPrefix: try query.text("prefix", maximum: 100)?.normalised)
        let limit = try query.limit()
        let cursor = try query.cursor(.orders)
        let rows = try await recorded {
            try await hub.store.read { try $0.orderRows(filter, after: cursor, limit: limit + 1) }
        }
        let page = rows.prefix(limit)
        let next = rows.count > limit ? page.last.map { PageCursor.orders.text(after: $0.id) } : nil
        return Response(json: ["orders": .array(page.map(\.document)), "nextCursor": .orNull(next)])
    }

    @Sendable func one(_ request: Request, _ context: HubContext) async throws -> Response {
        let number = try pathText("id", context)
        let asOf = try QueryReader(request, allowed: ["asOf"]).time("asOf")
        let found = try await recorded { try await hub.orderDetail(number, asOf: asOf) }
        guard let detail = found else { throw Problem.unknownOrder("No fact ever named this order.") }
        guard asOf == nil || !detail.events.isEmpty else {
            throw Problem.unknownOrder("Nothing had happened to this order by the time of asOf.")
        }
        return Response(json: detail.document)
    }

    @Sendable func proof(_ request: Request, _ context: HubContext) async throws -> Response {
        let number = try pathText("id", context).normalised
        let found = try await recorded {
            try await hub.store.read { reader in
                try reader.orderRow(number).map { StoredOrder(row: $0, events: try reader.events(of: number)) }
            }
        }
        guard let stored = found else { throw Problem.unknownOrder("No fact ever named this order.") }
        return Response(json: try stored.proofDocument())
    }
}

extension StoredOrder {
    /// Everything that is needed to recompute the chain without the hub, except the key.
    func proofDocument() throws -> JSON {
        var previous: [UInt8] = []
        var documents: [JSON] = []
        for event in events {
            documents.append([
                "number": .count(event.number), "content": try JSON(bytes: event.bytes),
                "bytes": .string(String(decoding: event.bytes, as: UTF8.self)),
                "previousHash": .string(hexadecimal(previous)), "hash": .string(hexadecimal(event.hash)),
            ])
            previous = event.hash
        }
        return [
            "order": .string(row.number), "head": .string(hexadecimal(row.chainHead)),
            "algorithm": "HMAC-SHA256",
            "howToVerify": .string(
                "key = HKDF-SHA256(the 32 bytes of the master key, no salt, info \"hydrant chain 1\", 32 bytes); "
                    + "hash of each event = HMAC-SHA256(key, the bytes of previousHash, then the UTF-8 of bytes); "
                    + "previousHash of the first event is empty; the hash of the last event is head."),
            "events": .array(documents),
        ]
    }
}
