import Hummingbird
import HydrantCore
import HydrantEngine
import HydrantStorage

/// `GET /v1/audit`: the trail of what people did, the newest first.
struct AuditRoute: Sendable {
    let hub: Hub

    @Sendable func list(_ request: Request, _ context: HubContext) async throws -> Response {
        let query = try QueryReader(request, allowed: ["actor", "action", "object", "limit", "cursor"])
        let filter = AuditFilter(
            actor: try query.text("actor", maximum: 100), action: try query.text("action", maximum: 100),
            object: try query.text("object", maximum: 200))
        let limit = try query.limit()
        let cursor = try query.cursor(.audit)
        let rows = try await recorded {
            try await hub.store.read {
                try $0.auditRows(filter, before: cursor == 0 ? .max : cursor, limit: limit + 1)
            }
        }
        let page = rows.prefix(limit)
        let next = rows.count > limit ? page.last.map { PageCursor.audit.text(after: $0.number) } : nil
        return Response(json: ["entries": .array(page.map(\.document)), "nextCursor": .orNull(next)])
    }
}

extension AuditRow {
    var document: JSON {
        [
            "number": .integer(number), "time": .string(entry.time.text), "actor": .string(entry.actor),
            "action": .string(entry.action), "object": .string(entry.object), "reason": .string(entry.reason.seen),
            "detail": entry.detail, "hash": .string(hexadecimal(hash)),
        ]
    }
}
