import Hummingbird
import HydrantConnectorKit
import HydrantCore

/// `/settings/tokens`: the tokens and signing keys of programs.
extension PeopleRoutes {
    /// - Parameter made: a token that was made a moment ago, the only time that it is shown.
    func tokens(
        _ request: PageRequest, _ notice: Notice?, typed: Form = Form(pairs: []), made: MadeMachine? = nil
    ) async throws -> Response {
        let words = words(request)
        let formats = Formats(words: words, now: people.clock.now())
        let machines = try await people.machines()
        let chosen = Set(typed.all("scope"))
        let bindings: Bindings = [
            "notice": notice?.bindings ?? false, "hasRows": !machines.isEmpty,
            "rows": machines.map { row($0, formats) }, "hasFixed": !fixed.tokens.isEmpty,
            "fixed": fixed.tokens.map { token -> Bindings in
                ["name": token.name, "scopes": Self.scopes(token.scopes, words), "sources": Self.list(token.sources)]
            },
            "scopes": AccessScope.allCases.map { scope -> Bindings in
                [
                    "value": scope.rawValue, "what": words("scope_\(scope.rawValue.replacing(":", with: "_"))"),
                    "chosen": chosen.contains(scope.rawValue),
                ]
            },
            "made": made.map { Self.secrets($0, words) as Any } ?? false,
            "typedName": typed["name"], "typedSources": typed["sources"], "typedWarehouses": typed["warehouses"],
            "days": typed["days"].isEmpty ? "365" : typed["days"],
        ]
        let status = notice?.isAlert == true ? 422 : 200
        return answer(document(bindings, "tokens", title: words("machines_title"), request, .users), status)
    }

    func changeTokens(_ request: PageRequest, _ form: Form) async throws -> Response {
        let words = words(request)
        switch form["do"] {
        case "add":
            var wish = MachineWish(
                name: withoutPeople(form["name"]),
                scopes: Set(form.all("scope").compactMap(AccessScope.init(rawValue:))))
            wish.sources = Self.names(form["sources"])
            wish.warehouses = Set(Self.names(form["warehouses"]))
            wish.days = Int64(form["days"]) ?? 0
            do {
                let made = try await people.addMachine(wish, as: viewer.role, by: viewer.actor)
                let notice = Notice(text: words(made.signingKey == nil ? "machines_made" : "machines_made_key"))
                return try await tokens(request, notice, made: made)
            } catch let refusal as PeopleRefusal {
                return try await tokens(request, refused(refusal, request), typed: form)
            }
        case "remove":
            try await people.removeMachine(form["id"], by: viewer.actor)
            return try await tokens(request, Notice(text: words("machines_removed")))
        default: throw BadParameter("do", allowed: ["add", "remove"])
        }
    }

    /// What is handed out, each with its name.
    private static func secrets(_ made: MadeMachine, _ words: Words) -> Bindings {
        var rows: [Bindings] = [["label": words("machines_made_token"), "value": made.token]]
        if let key = made.signingKey { rows.append(["label": words("machines_made_signing"), "value": key]) }
        return ["rows": rows]
    }

    private func row(_ token: MachineToken, _ formats: Formats) -> Bindings {
        let words = formats.words
        let reads = token.warehouses.isEmpty ? words("machines_whole") : Self.list(token.warehouses.sorted())
        return [
            "id": token.id, "name": token.name, "scopes": Self.scopes(token.scopes, words),
            "sources": Self.list(token.sources), "reads": token.scopes.contains(.read) ? reads : "—",
            "by": words.actor(token.createdBy), "created": formats.binding(token.createdAt),
            "until": formats.binding(token.expiresAt), "isOver": token.isOver(at: formats.now),
            "used": formats.binding(token.usedAt),
        ]
    }

    private static func scopes(_ scopes: Set<AccessScope>, _ words: Words) -> String {
        list(scopes.sorted { $0.rawValue < $1.rawValue }.map { name(of: $0, words) })
    }

    /// In words, with the name that the interface has for it.
    static func name(of scope: AccessScope, _ words: Words) -> String {
        "\(words("scope_\(scope.rawValue.replacing(":", with: "_"))")) (\(scope.rawValue))"
    }

    private static func list(_ texts: [String]) -> String { texts.isEmpty ? "—" : texts.joined(separator: ", ") }

    private static func names(_ text: String) -> [String] {
        text.split { ",，、;；\n".contains($0) }.map { String($0).trimmingBlanks }.filter { !$0.isEmpty }
    }
}
