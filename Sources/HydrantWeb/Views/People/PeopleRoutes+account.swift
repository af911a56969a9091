import Hummingbird
import HydrantCore

/// `/account`: the own password, second factor and sessions.
extension PeopleRoutes {
    func account(_ request: PageRequest, _ notice: Notice?) async throws -> Response {
        let words = words(request)
        guard let name = viewer.user, let person = try await people.person(name) else {
            let view = MessageView(
                code: 200, sentence: words("account_machine"), detail: words("account_machine_detail"),
                action: (words("overview_action"), "/"))
            return answer(view.document(request.frame(.account), files: pages.files), 200)
        }
        let isMissing = try await people.lacksFactor(person)
        let notice = notice ?? (isMissing ? Notice(text: words("factor_demanded")) : nil)
        let proposed = people.proposedFactor(session: viewer.session, replacing: person.secondFactor)
        let sessions = try await people.sessions(of: name)
        let link = proposed.link(user: name)
        // Where it must stay it is set up anew: the old one is good until the new one is proven.
        let hasFactor = person.secondFactor != nil
        let isDemanded = try await people.factorRoles().contains(person.role)
        let picture = hasFactor && !isDemanded ? nil : QRPicture(link)
        let bindings: Bindings = [
            "qr": picture.map { ["side": String($0.side), "path": $0.path] as Bindings } ?? false as Any,
            "notice": notice?.bindings ?? false, "name": name, "role": words(person.role.text),
            "warehouses": shown(person.warehouses.sorted().joined(separator: ", ")),
            "hasFactor": hasFactor, "mayRemove": hasFactor && !isDemanded, "isAnew": hasFactor && isDemanded,
            "secret": Self.grouped(proposed.base32),
            "otpauth": link, "sessions": sessionRows(sessions, request),
        ]
        let status = notice?.isAlert == true ? 422 : 200
        return answer(document(bindings, "account", title: words("account_title"), request, .account), status)
    }

    func changePassword(_ request: PageRequest, _ form: Form, _ source: String) async throws -> Response {
        try await changeOwn(request, "password_changed") { name in
            try await people.changePassword(
                of: name, from: form["old"], to: form["new"], source: source, keeping: secretID(viewer.session))
        }
    }

    func setSecondFactor(_ request: PageRequest, _ form: Form, _ source: String) async throws -> Response {
        let isRemoval = form["do"] == "remove"
        return try await changeOwn(request, isRemoval ? "factor_removed" : "factor_done") { name in
            let old = try await people.person(name)?.secondFactor
            try await people.setSecondFactor(
                of: name, to: isRemoval ? nil : people.proposedFactor(session: viewer.session, replacing: old),
                digits: form["digits"], password: form["old"], source: source)
        }
    }

    func endOwnSession(_ request: PageRequest, _ form: Form) async throws -> Response {
        try await changeOwn(request, "session_ended") { name in
            try await people.endSession(form["id"], of: name, by: viewer.actor)
        }
    }

    private func changeOwn(
        _ request: PageRequest, _ done: String, _ body: (String) async throws -> Void
    ) async throws -> Response {
        guard let name = viewer.user else { return try await account(request, nil) }
        do {
            try await body(name)
            return try await account(request, Notice(text: words(request)(done)))
        } catch let refusal as PeopleRefusal {
            return try await account(request, refused(refusal, request))
        }
    }

    /// In fours, as one types it.
    private static func grouped(_ text: String) -> String {
        stride(from: 0, to: text.count, by: 4).map { String(text.dropFirst($0).prefix(4)) }.joined(separator: " ")
    }
}
