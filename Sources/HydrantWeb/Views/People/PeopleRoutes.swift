import Hummingbird
import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage

/// The pages about people: users, the own account, the audit trail, and a receiver shown in clear for a reason.
struct PeopleRoutes: Sendable {
    let people: People
    let hub: Hub
    let pages: PageRoutes<HubContext>
    /// The tokens of the files, which the page only lists.
    var fixed = AccessTokens([])
    /// As of the other pages: a return sends every line of its order.
    private static let formBytesMaximum = 65_536

    func add(to routes: RecordingRouter) {
        routes.get("/settings") { request, _ in try await page(request, settings) }
        routes.get("/settings/words") { request, _ in try await page(request) { try await mappedWords($0, nil) } }
        routes.post("/settings/words") { request, _ in try await form(request, mapWord) }
        routes.get("/settings/parked") { request, _ in try await page(request) { try await parked($0, nil) } }
        routes.post("/settings/parked") { request, _ in try await form(request, changeParked) }
        routes.get("/settings/users") { request, _ in
            try await page(request) { try await users($0, nil) }
        }
        routes.post("/settings/users") { request, _ in try await form(request, addUser) }
        routes.get("/settings/users/{name}") { request, context in
            try await page(request) { try await person($0, context, nil) }
        }
        routes.post("/settings/users/{name}") { request, context in
            try await form(request) { try await changeUser($0, $1, context) }
        }
        routes.get("/settings/tokens") { request, _ in try await page(request) { try await tokens($0, nil) } }
        routes.post("/settings/tokens") { request, _ in try await form(request, changeTokens) }
        routes.get("/account") { request, _ in try await page(request) { try await account($0, nil) } }
        routes.post("/account/password") { request, context in
            try await form(request) { try await changePassword($0, $1, context.source(of: request)) }
        }
        routes.post("/account/second-factor") { request, context in
            try await form(request) { try await setSecondFactor($0, $1, context.source(of: request)) }
        }
        routes.post("/account/session") { request, _ in try await form(request, endOwnSession) }
        addDesk(to: routes)
        routes.get("/audit") { request, _ in try await page(request, audit) }
        routes.post("/orders/{number}/receiver") { request, context in
            try await form(request) { try await reveal($0, $1, context) }
        }
    }

    /// The fields of a form by name; of several with one name the last.
    struct Form: Sendable {
        var pairs: [(name: String, value: String)]

        subscript(_ name: String) -> String { value(of: name, in: pairs) ?? "" }
        func all(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }
    }

    var viewer: Viewer { Viewer.current }

    /// A form counts only with the value that fits the session: a browser sends its cookie by itself.
    func form(
        _ request: Request, _ body: @Sendable (PageRequest, Form) async throws -> Response
    ) async throws -> Response {
        let bytes: [UInt8]
        do {
            bytes = try await readBody(of: request, Self.formBytesMaximum)
        } catch let problem as Problem {
            guard request.isPageForm, let page = pages.answer(toForm: problem, PageRequest(request)) else {
                throw problem
            }
            return page
        }
        let form = Form(pairs: formDecoded(bytes) ?? [])
        guard !viewer.formToken.isEmpty, isEqualInConstantTime(form["form"].utf8, viewer.formToken.utf8) else {
            guard request.isPageForm else { throw Problem.foreignForm }
            return pages.oldForm(PageRequest(request))
        }
        return try await page(request) { try await body($0, form) }
    }

    private func page(
        _ request: Request, _ body: @Sendable (PageRequest) async throws -> Response
    ) async throws -> Response {
        let request = PageRequest(request)
        do {
            var response = try await recorded { try await body(request) }
            if request.choosesLanguage { response.setCookie(request.languageCookie) }
            return response
        } catch let problem as BadParameter {
            let view = MessageView.badParameter(problem, path: request.path, words(request))
            return pages.html(view.document(request.frame(.elsewhere), files: pages.files), status: .badRequest)
        }
    }

    func words(_ request: PageRequest) -> Words { pages.files.words(request.language) }

    /// A whole page from a template.
    func document(
        _ bindings: Bindings, _ template: String, title: String, _ request: PageRequest,
        _ place: PageFrame.Place = .elsewhere
    ) -> String {
        var bindings = bindings
        bindings["w"] = words(request).bindings
        bindings["token"] = viewer.formToken
        return request.frame(place).document(
            pages.files.render(bindings, template), title: title, files: pages.files)
    }

    /// What is said above a page after a form: that it was done, or why not.
    struct Notice: Sendable {
        var text: String
        var isAlert = false
        /// Something that is shown once: a link, a token.
        var secret: String?

        var bindings: Bindings { ["text": text, "isAlert": isAlert, "secret": shown(secret)] }
    }

    func refused(_ refusal: PeopleRefusal, _ request: PageRequest) -> Notice {
        Notice(text: words(request)(refusal.text), isAlert: true)
    }

    func sessionRows(_ sessions: [PersonSession], _ request: PageRequest) -> [Bindings] {
        let formats = Formats(words: words(request), now: people.clock.now())
        let own = secretID(viewer.session)
        return sessions.map { session in
            [
                "id": session.id, "device": session.device, "begin": formats.binding(session.begin),
                "seen": formats.binding(session.seen), "isOwn": session.id == own,
            ]
        }
    }
}
