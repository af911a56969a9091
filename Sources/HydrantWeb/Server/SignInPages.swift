import HTTPTypes
import Hummingbird
import HydrantCore

/// The pages around signing in: one template with one form, in the browser's language.
struct SignInPages: Sendable {
    /// Why the form is there again.
    enum Alert: Sendable {
        case refused
        case over
        case locked(until: Instant, now: Instant)
        case busy
        case tooMany
        case linkOver
        case refusal(PeopleRefusal)
    }

    struct Field {
        var id: String
        var type: String
        var autocomplete: String
        var value = ""
    }

    /// One form: its words by kind, its fields, and where it goes.
    private struct Sheet {
        var kind: String
        var fields: [Field] = []
        var hidden: [(String, String)] = []
        var path = "/sign-in"
        var withToken = false
        var sendsItself = false
        /// The page that is shown afterwards; nil for the overview.
        var wayBack: String?
    }

    /// The link by which somebody chooses a first password, and the name that was typed.
    struct Welcome {
        var code: String
        var invitation: Invitation
        var name = ""
    }

    let files: PageFiles

    /// The form for name and password, with one for a token beside it.
    func signIn(
        _ request: Request, _ status: HTTPResponse.Status, _ alert: Alert?, name: String = "", to place: String? = nil
    ) -> Response {
        let fields = [
            Field(id: "name", type: "text", autocomplete: "username", value: name),
            Field(id: "password", type: "password", autocomplete: "current-password"),
        ]
        var sheet = Sheet(kind: "signin", fields: fields, withToken: true)
        sheet.wayBack = place
        var response = form(request, status, sheet, alert)
        if status == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer realm=\"hydrant\"" }
        return response
    }

    func digits(
        _ request: Request, _ status: HTTPResponse.Status, _ alert: Alert?, ticket: String, to place: String?
    ) -> Response {
        let fields = [Field(id: "digits", type: "text", autocomplete: "one-time-code")]
        var sheet = Sheet(kind: "digits", fields: fields, hidden: [("ticket", ticket)])
        sheet.wayBack = place
        return form(request, status, sheet, alert)
    }

    /// What a link that works once opens: a button, so that a program that only looks at the address uses nothing up.
    func link(_ request: Request, code: String) -> Response {
        form(request, .ok, Sheet(kind: "link", hidden: [("code", code)], sendsItself: true), nil)
    }

    func welcome(
        _ request: Request, _ status: HTTPResponse.Status, _ welcome: Welcome, _ alert: Alert?
    ) -> Response {
        let isFirst = welcome.invitation.user.isEmpty
        let fields = [
            Field(
                id: "name", type: "text", autocomplete: "username",
                value: isFirst ? welcome.name : welcome.invitation.user),
            Field(id: "password", type: "password", autocomplete: "new-password"),
        ]
        let sheet = Sheet(
            kind: isFirst ? "first" : "welcome", fields: fields, hidden: [("code", welcome.code)], path: "/welcome")
        return form(request, status, sheet, alert)
    }

    func forbidden(_ request: Request) -> Response {
        let page = PageRequest(request)
        let words = files.words(page.language)
        let view = MessageView(
            code: 403, sentence: words("error_403_role"), detail: words("error_403_role_detail"),
            action: (words("overview_action"), "/"))
        return html(view.document(page.frame(.elsewhere), files: files), .forbidden)
    }

    /// The same for an order that does not exist and for one that the viewer may not know of.
    func unknownOrder(_ request: Request, _ number: String) -> Response {
        let page = PageRequest(request)
        let view = MessageView.unknownOrder(number, files.words(page.language))
        return html(view.document(page.frame(.elsewhere), files: files), .notFound)
    }

    private func form(
        _ request: Request, _ status: HTTPResponse.Status, _ sheet: Sheet, _ alert: Alert?
    ) -> Response {
        let page = PageRequest(request)
        let words = files.words(page.language)
        let other: Language = page.language == .chinese ? .english : .chinese
        let isLocked = if case .locked = alert { true } else { false }
        let bindings: Bindings = [
            "language": page.language == .chinese ? "zh-CN" : "en", "w": words.bindings,
            "title": words("\(sheet.kind)_title"), "hint": words("\(sheet.kind)_hint"),
            "button": words("\(sheet.kind)_button"),
            "logo": files.assets["logo.svg"]?.address ?? "", "style": files.assets["hydrant.css"]?.address ?? "",
            "script": files.assets["hydrant.js"]?.address ?? "", "alert": shown(alert.map { text($0, words) }),
            "action": sheet.path, "isOpen": !isLocked, "sendsItself": sheet.sendsItself,
            "withToken": sheet.withToken && !isLocked,
            "fields": sheet.fields.enumerated().map { index, field -> Bindings in
                [
                    "id": field.id, "type": field.type, "autocomplete": field.autocomplete, "value": field.value,
                    "label": words("field_\(field.id)"), "isFixed": sheet.kind == "welcome" && field.id == "name",
                    "isFirst": index == 0, "isDigits": field.id == "digits",
                ]
            },
            "hidden": sheet.hidden.map { ["name": $0.0, "value": $0.1] as Bindings },
            "wayBack": shown(sheet.wayBack),
            "other": [
                "tag": other == .chinese ? "zh-CN" : "en", "label": other == .chinese ? "中文" : "English",
                "href": address(
                    sheet.path,
                    (sheet.wayBack == nil ? page.parameters.map { ($0.0, Optional($0.1)) } : [("to", sheet.wayBack)])
                        + [("lang", Optional(other.rawValue))]),
            ] as Bindings,
        ]
        var response = html(files.render(bindings, "signin"), status)
        if page.choosesLanguage { response.setCookie(page.languageCookie) }
        if case .locked(let until, let now) = alert {
            response.headers[.retryAfter] = String(max(1, (until - now) / 1_000))
        }
        return response
    }

    private func text(_ alert: Alert, _ words: Words) -> String {
        switch alert {
        case .refused: words("signin_refused")
        case .over: words("signin_over")
        case .busy: words(PeopleRefusal.busy.text)
        case .tooMany: words("signin_too_many")
        case .linkOver: words(PeopleRefusal.linkOver.text)
        case .refusal(let refusal): words(refusal.text)
        case .locked(let until, let now):
            words("signin_locked", ["minutes": String((until - now) / .minutes(1) + 1)])
        }
    }

    private func html(_ text: String, _ status: HTTPResponse.Status) -> Response {
        Response(status: status, bytes: Array(text.utf8), type: "text/html; charset=utf-8")
    }
}
