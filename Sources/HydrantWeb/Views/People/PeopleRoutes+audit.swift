import Hummingbird
import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage

/// The audit trail, and what is written there first of all: who saw a receiver in clear, and why.
extension PeopleRoutes {
    private static let rowsPerPage = 50

    func audit(_ request: PageRequest) async throws -> Response {
        let words = words(request)
        let filter = AuditFilter(
            actor: request.parameter("actor"), action: request.parameter("action"),
            object: request.parameter("object"))
        let cursor = try request.number("before", in: 1...Int64.max) ?? .max
        let rows = try await hub.store.read {
            try $0.auditRows(filter, before: cursor, limit: Self.rowsPerPage + 1)
        }
        let formats = Formats(words: words, now: people.clock.now())
        let page = rows.prefix(Self.rowsPerPage)
        var next: String?
        if rows.count > Self.rowsPerPage, let last = page.last {
            next = address(
                "/audit",
                [
                    ("actor", filter.actor), ("action", filter.action), ("object", filter.object),
                    ("before", String(last.number)),
                ])
        }
        let bindings: Bindings = [
            "actor": filter.actor ?? "", "action": filter.action ?? "", "object": filter.object ?? "",
            "isFiltered": filter != AuditFilter(), "isEmpty": page.isEmpty, "next": shown(next),
            "rows": page.map { row -> Bindings in
                return [
                    "number": String(row.number), "at": formats.binding(row.entry.time, seconds: true),
                    "actor": words.actor(row.entry.actor),
                    "actorHref": address("/audit", [("actor", row.entry.actor)]),
                    "what": Self.what(row.entry, words), "object": shown(words.object(row.entry.object)),
                    "objectHref": address("/audit", [("object", row.entry.object)]),
                    "reason": shown(row.entry.reason.seen),
                    "detail": shown(row.entry.detail == .null ? nil : row.entry.detail.text.seen),
                ]
            },
        ]
        return answer(document(bindings, "audit", title: words("audit_title"), request, .audit), 200)
    }

    /// What somebody did; of what was done on an order's page, which deed it was.
    private static func what(_ entry: AuditEntry, _ words: Words) -> String {
        let text = words("audit_\(keyPart(entry.action))")
        guard !text.hasPrefix("⟦") else { return entry.action }
        let deed = entry.detail["deed"]?.string.flatMap(OrderAction.init(rawValue:))
        return [text, deed.map { words("deed_\(keyPart($0.rawValue))") }].compactMap(\.self).joined(separator: " · ")
    }

    /// So many receivers one person may see in clear within ``revealWindow``.
    static let revealsMaximum = 20
    static let revealWindow: Milliseconds = .minutes(10)

    /// Shows a receiver once. The entry in the trail is written before anything is shown.
    func reveal(_ request: PageRequest, _ form: Form, _ context: HubContext) async throws -> Response {
        let number = try pathText("number", context).normalised
        let reason = String(form["reason"].filter { !$0.isNewline }.prefix(200))
        let words = words(request)
        guard reason.filter({ !$0.isWhitespace }).count >= 4 else {
            return message(422, words("reveal_no_reason"), words("reveal_no_reason_detail"), number, request)
        }
        let kept = withoutPeople(reason)
        guard let order = try await hub.committer.order(number), let reference = order.receiver?.value,
            let receiver = try await hub.receiver(reference)
        else { return message(404, words("reveal_none"), words("error_404_order_detail"), number, request) }
        let now = people.clock.now()
        let entry = AuditEntry(
            time: now, actor: viewer.actor, action: "receiver.revealed", object: "order:\(order.number)",
            reason: kept, detail: ["fields": ["name", "phone", "address"]])
        let keyring = hub.keyring
        let isTaken = try await hub.store.transaction { transaction in
            let earlier = try transaction.auditRows(
                AuditFilter(actor: entry.actor, action: entry.action), before: .max, limit: Self.revealsMaximum)
            if earlier.count == Self.revealsMaximum, let oldest = earlier.last,
                now < oldest.entry.time + Self.revealWindow
            {
                return false
            }
            try transaction.appendAudit(entry, keyring)
            return true
        }
        guard isTaken else {
            return message(429, words("reveal_limit"), words("reveal_limit_detail"), number, request)
        }
        let clear = receiver.open(reason: "asked for with a reason that is in the audit trail")
        let bindings: Bindings = [
            "number": order.number, "href": orderPath(order.number), "reason": kept,
            "telephone": shown(DialledNumber(clear.phone)?.link),
            "rows": [
                ("receiver", clear.name), ("phone", clear.phone),
                ("address", (clear.places + [clear.address]).joined(separator: " ")),
            ].map { ["name": words($0.0), "value": $0.1] as Bindings },
        ]
        return answer(document(bindings, "receiver", title: words("reveal_title"), request, .orders), 200)
    }

    private func message(
        _ status: Int, _ sentence: String, _ detail: String, _ number: String, _ request: PageRequest
    ) -> Response {
        let view = MessageView(
            code: status, sentence: sentence, detail: detail,
            action: (words(request)("reveal_back"), orderPath(number)))
        return answer(view.document(request.frame(.orders), files: pages.files), status)
    }
}
