import Hummingbird
import HydrantCore

/// `/settings/users`: who may sign in, and as what.
extension PeopleRoutes {
    func users(_ request: PageRequest, _ notice: Notice?, typed: Form = Form(pairs: [])) async throws -> Response {
        let words = words(request)
        let all = try await people.all()
        let demanded = try await people.factorRoles()
        let bindings: Bindings = [
            "notice": notice?.bindings ?? false, "count": words("users_count", ["count": String(all.count)]),
            "typedName": typed["name"], "typedWarehouses": typed["warehouses"],
            "roles": roleRows(Role(rawValue: typed["role"]) ?? .operations, words),
            "factorRoles": Role.allCases.map { role -> Bindings in
                ["value": role.rawValue, "label": words(role.text), "chosen": demanded.contains(role)]
            },
            "hasRows": !all.isEmpty,
            "rows": all.map { person -> Bindings in
                [
                    "name": person.name, "href": "/settings/users/\(encodedPiece(person.name))",
                    "role": words(person.role.text), "warehouses": person.warehouses.sorted().joined(separator: ", "),
                    "status": words("user_\(Self.status(person))"),
                    "factor": words(Self.factor(person, demanded)),
                ]
            },
        ]
        let status = notice?.isAlert == true ? 422 : 200
        return answer(document(bindings, "users", title: words("users_title"), request, .users), status)
    }

    func addUser(_ request: PageRequest, _ form: Form) async throws -> Response {
        if form["do"] == "factors" {
            try await people.demandFactor(
                of: Set(form.all("factor").compactMap(Role.init(rawValue:))), by: viewer.actor)
            return try await users(request, Notice(text: words(request)("factor_roles_done")))
        }
        do {
            let code = try await people.add(
                form["name"], role: try role(form), warehouses: Self.warehouses(form), by: viewer.actor)
            let notice = Notice(text: words(request)("user_added"), secret: link(code, request))
            return try await users(request, notice)
        } catch let refusal as PeopleRefusal {
            return try await users(request, refused(refusal, request), typed: form)
        }
    }

    func person(_ request: PageRequest, _ context: HubContext, _ notice: Notice?) async throws -> Response {
        let words = words(request)
        guard let person = try await people.person(Person.normal(try pathText("name", context))) else {
            let view = MessageView.unknownPage(words)
            return answer(view.document(request.frame(.users), files: pages.files), 404)
        }
        let tokens = try await people.tokens(of: person.name)
        let sessions = try await people.sessions(of: person.name)
        let formats = Formats(words: words, now: people.clock.now())
        let demanded = try await people.factorRoles()
        let bindings: Bindings = [
            "notice": notice?.bindings ?? false, "name": person.name,
            "action": "/settings/users/\(encodedPiece(person.name))", "roles": roleRows(person.role, words),
            "warehouses": person.warehouses.sorted().joined(separator: ", "),
            "status": words("user_\(Self.status(person))"), "isDisabled": person.isDisabled,
            "factor": words(Self.factor(person, demanded)),
            "resetHint": words(demanded.contains(person.role) ? "user_reset_hint_demanded" : "user_reset_hint"),
            "sessions": sessionRows(sessions, request), "hasSessions": !sessions.isEmpty,
            "hasTokens": !tokens.isEmpty,
            "tokens": tokens.map { token -> Bindings in
                [
                    "id": token.id, "label": token.name, "created": formats.binding(token.createdAt),
                    "scopes": token.scopes.sorted { $0.rawValue < $1.rawValue }.map { Self.name(of: $0, words) }
                        .joined(separator: ", "),
                ]
            },
            "scopes": person.role.scopes.sorted { $0.rawValue < $1.rawValue }.map {
                ["value": $0.rawValue, "label": Self.name(of: $0, words)] as Bindings
            },
            "trail": address("/audit", [("object", "user:\(person.name)")]),
        ]
        let status = notice?.isAlert == true ? 422 : 200
        return answer(document(bindings, "person", title: person.name, request, .users), status)
    }

    func changeUser(_ request: PageRequest, _ form: Form, _ context: HubContext) async throws -> Response {
        let name = Person.normal(try pathText("name", context))
        let words = words(request)
        let actor = viewer.actor
        do {
            var notice = Notice(text: words("user_changed"))
            switch form["do"] {
            case "assign":
                try await people.assign(name, role: try role(form), warehouses: Self.warehouses(form), by: actor)
            case "disable": try await people.setDisabled(name, true, by: actor)
            case "enable": try await people.setDisabled(name, false, by: actor)
            case "reset":
                let code = try await people.reset(name, by: actor)
                notice = Notice(text: words("user_added"), secret: link(code, request))
            case "end": try await people.endSession(form["id"], of: name, by: actor)
            case "token":
                let scopes = Set(form.all("scope").compactMap(AccessScope.init(rawValue:)))
                let text = try await people.addToken(form["label"], scopes: scopes, of: name, by: actor)
                notice = Notice(text: words("token_added"), secret: text)
            case "untoken": try await people.removeToken(form["id"], of: name, by: actor)
            default:
                throw BadParameter("do", allowed: ["assign", "disable", "enable", "reset", "end", "token", "untoken"])
            }
            return try await person(request, context, notice)
        } catch let refusal as PeopleRefusal {
            return try await person(request, context, refused(refusal, request))
        }
    }

    func answer(_ text: String, _ status: Int) -> Response {
        pages.html(text, status: .init(code: status))
    }

    private static func status(_ person: Person) -> String {
        person.isDisabled ? "disabled" : person.password == nil ? "invited" : "active"
    }

    /// Whoever must have one and has none sets it up after signing in.
    private static func factor(_ person: Person, _ demanded: Set<Role>) -> String {
        if person.secondFactor != nil { return "factor_set" }
        return demanded.contains(person.role) ? "factor_due" : "factor_none"
    }

    private func roleRows(_ chosen: Role, _ words: Words) -> [Bindings] {
        Role.allCases.map { ["value": $0.rawValue, "label": words($0.text), "chosen": $0 == chosen] }
    }

    private func role(_ form: Form) throws -> Role {
        guard let role = Role(rawValue: form["role"]) else {
            throw BadParameter("role", allowed: Role.allCases.map(\.rawValue))
        }
        return role
    }

    private static func warehouses(_ form: Form) -> Set<String> {
        let names = form["warehouses"].split { ",，、;；\n".contains($0) }
        return Set(names.map { String($0).trimmingBlanks }.filter { !$0.isEmpty }.prefix(100))
    }

    /// The address to hand over. It is on the page of who made it and in no log.
    private func link(_ code: String, _ request: PageRequest) -> String {
        "\(request.origin)/welcome?code=\(code)"
    }
}

extension String {
    var trimmingBlanks: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
