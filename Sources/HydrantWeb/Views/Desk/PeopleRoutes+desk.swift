import Hummingbird
import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage

/// What people do on an order's page: deeds, notes, calls. Each is a fact of the order that names the person; deeds and
/// calls are in the audit trail too.
extension PeopleRoutes {
    func addDesk(to routes: RecordingRouter) {
        routes.post("/orders/{number}/actions") { request, context in
            try await form(request) { try await act($0, $1, context) }
        }
        routes.post("/orders/{number}/notes") { request, context in
            try await form(request) { try await note($0, $1, context) }
        }
        routes.post("/orders/{number}/calls") { request, context in
            try await form(request) { try await call($0, $1, context) }
        }
        routes.post("/orders/{number}/stock") { request, context in
            try await form(request) { page, _ in try await askStock(page, context) }
        }
    }

    private func act(_ request: PageRequest, _ form: Form, _ context: HubContext) async throws -> Response {
        let number = try pathText("number", context).normalised
        guard let action = OrderAction(rawValue: form["act"]) else {
            throw BadParameter("act", allowed: OrderAction.allCases.map(\.rawValue))
        }
        guard AccessTable.actions[action].map(viewer.isAmong) == true else {
            throw Problem.roleMissing(viewer.role)
        }
        var wanted = ActionRequest(
            action: action, person: context.person, reason: Self.line(form["reason"]), now: hub.clock.now())
        guard wanted.reason.filter({ !$0.isWhitespace }).count >= 2 else {
            return deskMessage(
                422, words(request)("action_no_reason"), words(request)("action_no_reason_detail"), number, request)
        }
        wanted.once = once(form)
        wanted.warehouses = viewer.role == .warehouse ? viewer.warehouses : nil
        wanted.target = form["target"]
        wanted.minutes = min(max(Int(form["minutes"]) ?? 0, 0), 10_000)
        wanted.hours = Int64(form["hours"]).flatMap { (1...720).contains($0) ? $0 : nil }
        wanted.isExchange = form["exchange"] == "yes"
        if action == .askReturn {
            guard let lines = Self.returned(form) else {
                return deskMessage(
                    422, words(request)("return_units_wrong"), words(request)("return_units_wrong_detail"), number,
                    request)
            }
            wanted.lines = lines.isNamed ? lines.chosen : nil
        }
        wanted.linkedOrder = String(form["linked"].normalised.prefix(100))
        wanted.amountMinor = Self.minor(form["amount"])
        wanted.courier = Self.line(form["courier"])
        wanted.trackingNumber = Self.line(form["tracking"])
        guard Self.fitsTarget(wanted) else { throw BadParameter("target", allowed: DeskChoices.subjects) }
        if let problem = try await linkProblem(wanted, request) { return problem(number) }
        var receiver: Sensitive<Receiver>?
        if action == .changeReceiver {
            guard let typed = Self.receiver(form) else {
                return deskMessage(
                    422, words(request)("action_receiver_empty"), words(request)("action_receiver_empty_detail"),
                    number, request)
            }
            receiver = Sensitive(typed)
        }
        let answer = try await hub.act(wanted, on: number, receiver: receiver)
        if case .done = answer {
            try await trail(
                "order.acted", number, withoutPeople(wanted.reason), ["deed": .string(action.rawValue)])
        }
        return answered(answer, number, request, "actions")
    }

    private static func fitsTarget(_ request: ActionRequest) -> Bool {
        switch request.action {
        case .openTicket: DeskChoices.subjects.contains(request.target)
        case .placeHold: TaskOwners.roles.contains(request.target)
        default: true
        }
    }

    /// A ticket may name another order that the viewer sees.
    private func linkProblem(
        _ wanted: ActionRequest, _ request: PageRequest
    ) async throws -> ((String) -> Response)? {
        guard !wanted.linkedOrder.isEmpty else { return nil }
        if let other = try await hub.committer.order(wanted.linkedOrder), viewer.maySee(other) { return nil }
        let words = words(request)
        return { number in
            deskMessage(
                422, words("error_404_order", ["number": wanted.linkedOrder]), words("ticket_link_detail"), number,
                request)
        }
    }

    private func note(_ request: PageRequest, _ form: Form, _ context: HubContext) async throws -> Response {
        let number = try pathText("number", context).normalised
        guard let kind = NoteReference.Kind(rawValue: form["kind"].isEmpty ? "note" : form["kind"]) else {
            throw BadParameter("kind", allowed: NoteReference.Kind.allCases.map(\.rawValue))
        }
        let about = String(form["about"].prefix(100))
        let text = Sensitive(String(form["text"].prefix(4_000)))
        let reference = NoteReference(id: once(form), kind: kind, about: about)
        let answer = try await hub.write(text, reference, on: number, by: context.person)
        return answered(answer, number, request, "notes")
    }

    private func call(_ request: PageRequest, _ form: Form, _ context: HubContext) async throws -> Response {
        let number = try pathText("number", context).normalised
        let agent = Sensitive(form["agent"].filter { !$0.isWhitespace && $0 != "-" })
        var wanted = CallRequest(
            system: form["system"], agent: agent, person: context.person, actor: viewer.actor)
        wanted.once = once(form)
        let answer = try await hub.call(number, wanted)
        return answered(answer, number, request, "calls")
    }

    private func trail(_ action: String, _ number: String, _ reason: String, _ detail: JSON) async throws {
        let entry = AuditEntry(
            time: people.clock.now(), actor: viewer.actor, action: action, object: "order:\(number)", reason: reason,
            detail: detail)
        let keyring = hub.keyring
        _ = try await hub.store.transaction { try $0.appendAudit(entry, keyring) }
    }

    private func answered(
        _ answer: ActionAnswer, _ number: String, _ request: PageRequest, _ place: String
    ) -> Response {
        let words = words(request)
        switch answer {
        case .done, .doneBefore: return pages.seeOther(orderPath(number) + "#\(place)")
        case .refused(let refusal):
            return deskMessage(409, words(refusal.text), words(refusal.nextStep), number, request)
        case .unknown: return unknownOrder(number, request)
        }
    }

    func unknownOrder(_ number: String, _ request: PageRequest) -> Response {
        let view = MessageView.unknownOrder(number, words(request))
        return pages.html(view.document(request.frame(.elsewhere), files: pages.files), status: .notFound)
    }

    func deskMessage(
        _ status: Int, _ sentence: String, _ detail: String, _ number: String, _ request: PageRequest
    ) -> Response {
        let view = MessageView(
            code: status, sentence: sentence, detail: detail,
            action: (words(request)("reveal_back"), orderPath(number)))
        return pages.html(
            view.document(request.frame(.orders), files: pages.files),
            status: status == 409 ? .conflict : .unprocessableContent)
    }

    /// What the form says that it is told apart by; a form without it is like no other.
    private func once(_ form: Form) -> String {
        let said = form["once"]
        let isFit = (1...40).contains(said.utf8.count) && said.utf8.allSatisfy { (48...57).contains($0) }
        return isFit ? said : people.newSecret()
    }

    /// The lines of the form with what of each comes back; nil where a quantity is none.
    private static func returned(_ form: Form) -> (isNamed: Bool, chosen: [ReturnedLine])? {
        let names = form.all("line")
        let quantities = form.all("units").map { $0.filter { !$0.isWhitespace } }
        guard names.count == quantities.count, names.count <= 500 else { return nil }
        var chosen: [ReturnedLine] = []
        for (name, quantity) in zip(names, quantities) {
            guard let units = Int(quantity.isEmpty ? "0" : quantity), (0...1_000_000).contains(units) else {
                return nil
            }
            if units > 0 { chosen.append(ReturnedLine(line: name, units: units)) }
        }
        return (!names.isEmpty, chosen)
    }

    private static func line(_ text: String) -> String { String(text.filter { !$0.isNewline }.prefix(300)) }

    /// `12`, `12.5`, `1,200.50` in minor units; nil for what is no amount. Commas stand between thousands only: what
    /// elsewhere is twelve and a half must not become 1,250.
    private static func minor(_ text: String) -> Int64? {
        let signs = text.filter { !$0.isWhitespace && $0 != "¥" }
        let parts = signs.split(separator: ".", omittingEmptySubsequences: false)
        let groups = parts[0].split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count <= 2, groups.count == 1 || (1...3).contains(groups[0].count),
            groups.dropFirst().allSatisfy({ $0.count == 3 }), let whole = digits(groups.joined(), 1...11),
            let cents = parts.count == 2 ? digits((parts[1] + "00").prefix(2), 2...2) : 0,
            parts.count == 1 || parts[1].count <= 2
        else { return nil }
        return whole * 100 + cents
    }

    private static func digits(_ text: some StringProtocol, _ length: ClosedRange<Int>) -> Int64? {
        length.contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(text) : nil
    }

    /// Nil where name, phone or address is missing.
    private static func receiver(_ form: Form) -> Receiver? {
        func field(_ name: String) -> String { line(form["receiver.\(name)"]) }
        let receiver = Receiver(
            name: field("name"), phone: field("phone"), province: field("province"), city: field("city"),
            district: field("district"), address: field("address"))
        return [receiver.name, receiver.phone, receiver.address].contains("") ? nil : receiver
    }
}

/// What forms of the desk offer.
enum DeskChoices {
    /// What a ticket that an agent opens is about.
    static let subjects = ["return", "exchange", "repair", "missing", "damaged", "delivery", "invoice", "other"]

    /// What a ticket is about: another system's own word stays.
    static func name(ofSubject subject: String, _ words: Words) -> String {
        subjects.contains(subject) ? words("subject_\(subject)") : subject
    }
}
