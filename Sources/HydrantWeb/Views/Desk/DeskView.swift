import HydrantCore
import HydrantEngine
import HydrantStorage

/// What the service desk sees and does on an order's page: deeds, calls, tickets, notes and offers.
struct DeskView {
    let model: OrderModel
    let formats: Formats

    private var words: Words { formats.words }
    private var order: Order { model.detail.order }
    private var viewer: Viewer { Viewer.current }
    private var formToken: String { viewer.formToken }
    /// Those whose parcels the viewer may touch; nil for all.
    private var warehouses: Set<String>? { viewer.role == .warehouse ? viewer.warehouses : nil }

    /// Of a past moment nothing can be done any more, and without a session nothing at all.
    private var isLive: Bool { model.asOf == nil && !formToken.isEmpty }

    var bindings: Bindings {
        // What happens to the order makes it another form.
        var bindings: Bindings = ["deskToken": formToken, "once": "\(order.version)"]
        for part in [deeds, calls, tickets, notes, offers] { bindings.merge(part) { _, new in new } }
        return bindings
    }

    // MARK: - Deeds

    private var deeds: Bindings {
        let mine = OrderAction.allCases.filter { AccessTable.actions[$0]?.contains(viewer.role) == true }
        let allowed = isLive ? mine.filter { order.obstacle(to: $0, in: warehouses) == nil } : []
        let blocked =
            isLive ? mine.compactMap { action in order.obstacle(to: action, in: warehouses).map { (action, $0) } } : []
        return [
            "hasDeeds": !allowed.isEmpty || !blocked.isEmpty, "deedPath": orderPath(order.number) + "/actions",
            "deeds": allowed.map(deed), "hasBlocked": !blocked.isEmpty,
            "blocked": blocked.map { action, reason -> Bindings in
                ["label": label(action), "reason": words(reason)]
            },
        ]
    }

    private func label(_ action: OrderAction) -> String { words("deed_\(keyPart(action.rawValue))") }

    private func deed(_ action: OrderAction) -> Bindings {
        let isMoney = action == .promiseRefund || action == .recordRefund
        let choices = targets(action)
        return [
            "act": action.rawValue, "key": keyPart(action.rawValue), "label": label(action),
            "explain": words("deed_\(keyPart(action.rawValue))_explain"),
            "isGrave": [.cancel, .voidWaybill].contains(action),
            "targets": choices.isEmpty
                ? false : ["label": words("target_\(keyPart(action.rawValue))"), "options": choices] as Any,
            "amount": isMoney ? ["most": formats.amount(order.refundableMinor, currency: currency)] : false as Any,
            "hours": action == .placeHold, "exchange": action == .askReturn, "linked": action == .openTicket,
            "receiver": action == .changeReceiver, "comingBack": action == .recordWayBack,
            "goods": action == .askReturn && !order.lines.isEmpty ? ["rows": returnable] as Any : false,
        ]
    }

    /// What can come back; nothing does unless somebody says so.
    private var returnable: [Bindings] {
        let seesMoney = viewer.sight(.money) != .hidden
        return order.returnable().filter { $0.units > 0 }.map { line, units in
            let price = line.priceMinor / Int64(max(1, line.units))
            var most = words("return_most", ["units": formats.count(units)])
            if seesMoney, !line.isGift, price > 0 {
                most += " · " + words("return_each", ["amount": formats.amount(price, currency: currency)])
            }
            return [
                "id": line.id, "sku": line.sku, "name": shown(line.name), "gift": line.isGift, "left": String(units),
                "most": most,
            ]
        }
    }

    private var currency: String { order.header?.value.currency ?? "CNY" }

    private func targets(_ action: OrderAction) -> [Bindings] {
        func option(_ value: String, _ text: String) -> Bindings { ["value": value, "text": text] }
        switch action {
        case .placeHold, .ask: return TaskOwners.roles.map { option($0, words("role_\($0)")) }
        case .openTicket: return DeskChoices.subjects.map { option($0, words("subject_\($0)")) }
        case .recordWayBack:
            let open = Set(order.targets(of: action))
            return order.orderReturns().filter { open.contains($0.wayBackParcel) }.map {
                option($0.wayBackParcel, words(order.goodsText($0)))
            }
        case .releaseHold: return order.releasableHolds.map { option($0.id, words($0.reason)) }
        default: return order.targets(of: action, in: warehouses).map { option($0, $0.replacing("#", with: " · ")) }
        }
    }

    // MARK: - Calls

    private var calls: Bindings {
        let mayCall = AccessTable.calling.contains(viewer.role)
        let isBusy = order.isCalling(at: formats.now)
        let canCall = isLive && mayCall && !isBusy && !model.telephones.isEmpty && order.receiver != nil
        let form: Any =
            canCall
            ? [
                "action": orderPath(order.number) + "/calls", "agent": model.agentTelephone,
                "systems": model.telephones.map { ["value": $0, "text": words.system($0)] as Bindings },
                "single": model.telephones.count == 1,
            ] as Bindings : false
        let rows = order.calls.prefix(20).map(call)
        return [
            "hasCalls": mayCall || !rows.isEmpty, "callForm": form, "calls": Array(rows), "noCalls": rows.isEmpty,
            "callHint": shown(mayCall && model.telephones.isEmpty ? words("call_none_connected") : nil),
        ]
    }

    private func call(_ call: Call) -> Bindings {
        let row = model.detail.instructions.first {
            $0.instruction.kind == .placeCall && $0.instruction.target == call.id
        }
        var state = call.stage.map { words("call_\(keyPart($0.rawValue))") } ?? words("call_asked")
        if let ending = call.ending { state = words("call_ended_\(keyPart(ending.rawValue))") }
        let isFailed = !call.hasEnded && (row?.status == .refused || row?.status == .parked)
        if isFailed { state = words("call_not_made") }
        let length = call.seconds ?? call.answeredAt.flatMap { from in call.endedAt.map { Int(($0 - from) / 1_000) } }
        let note = model.notes.first { $0.reference.about == call.id }
        let isAnswered = call.ending == .answered || call.stage == .answered
        return [
            "id": call.id, "state": state, "icon": isAnswered ? "ok" : call.hasEnded || isFailed ? "late" : "clock",
            "person": shown(call.wish.map { words.actor($0.person) }), "at": formats.binding(call.begin, seconds: true),
            "length": shown(
                isAnswered && call.hasEnded
                    ? length.map { words("call_length", ["minutes": String($0 / 60), "seconds": String($0 % 60)]) }
                    : nil),
            "recording": shown(mayNote ? call.recording : nil),
            "error": shown(isFailed ? row.map { words(detailText($0.lastError)) } : nil),
            "note": shown(note?.text?.open(reason: "shown to a role that may read notes")),
            "noteForm": isLive && note == nil && mayNote
                ? ["action": orderPath(order.number) + "/notes", "kind": "call-note"] as Any : false,
        ]
    }

    // MARK: - Tickets

    private var tickets: Bindings {
        let known = Dictionary(
            model.notes.filter { !$0.reference.about.isEmpty }.map { ($0.reference.about, $0) },
            uniquingKeysWith: { first, _ in first })
        let rows = order.tickets.entries.sorted { $0.evidence.at > $1.evidence.at }.map { entry -> Bindings in
            let ticket = entry.value
            return [
                "id": ticket.id, "isOpen": ticket.status == .open, "status": words("ticket_\(ticket.status.rawValue)"),
                "subject": DeskChoices.name(ofSubject: ticket.subject, words),
                "source": words.source(entry.evidence.source),
                "at": formats.binding(entry.evidence.at),
                "linked": ticket.linkedOrder.isEmpty
                    ? false : ["href": orderPath(ticket.linkedOrder), "number": ticket.linkedOrder] as Any,
                "note": shown(known[ticket.id]?.text?.open(reason: "shown to a role that may read notes")),
            ]
        }
        return ["hasTickets": !rows.isEmpty, "tickets": rows]
    }

    // MARK: - Notes

    private var mayNote: Bool { viewer.sight(.notes) == .clear }

    private var notes: Bindings {
        let own = model.notes.filter { $0.reference.about.isEmpty }
        return [
            "mayNote": mayNote, "noNotes": own.isEmpty,
            "noteForm": isLive && mayNote ? ["action": orderPath(order.number) + "/notes"] as Any : false,
            "notes": own.map { note -> Bindings in
                [
                    "text": note.text?.open(reason: "shown to a role that may read notes") ?? words("note_lost"),
                    "person": words.actor(note.person), "at": formats.binding(note.at),
                    "isCall": note.reference.kind == .call,
                ]
            },
        ]
    }

    // MARK: - Offers

    private var offers: Bindings {
        [
            "hasOffers": !model.offers.isEmpty,
            "offers": model.offers.map { offer -> Bindings in
                ["title": words(offer.title), "reason": words(offer.reason)]
            },
        ]
    }
}
