import HTTPTypes
import Hummingbird
import HummingbirdCore
import HydrantConnectorKit
import HydrantCore

/// Signing in: `POST /sign-in` with a token from the form, `GET /sign-in?code=…` from a link that works once. A token
/// is never taken from an address.
struct SignInRoutes: Sendable {
    let tokens: AccessTokens
    let sessions: SessionSigner
    let wallClock: any HubClock
    let cookieIsSecure: Bool
    let codes: SignInCodes
    private static let formBytesMaximum = 4_096

    @Sendable func get(_ request: Request, _ context: HubContext) async throws -> Response {
        guard let pairs = formDecoded((request.uri.query ?? "").utf8), let code = value(of: "code", in: pairs) else {
            return SignInForm.response(to: request, .ok, isRefused: false)
        }
        if let holder = codes.redeem(code, now: wallClock.now()) { return signIn(holder, request) }
        // The same link again, in the browser that it signed in.
        if session(of: request) != nil { return Response(status: .seeOther, headers: [.location: "/"]) }
        return SignInForm.response(to: request, .unauthorized, isRefused: true)
    }

    @Sendable func post(_ request: Request, _ context: HubContext) async throws -> Response {
        let body = try await readBody(of: request, Self.formBytesMaximum)
        guard let pairs = formDecoded(body), let token = value(of: "token", in: pairs) else {
            return SignInForm.response(to: request, .unauthorized, isRefused: true)
        }
        guard let holder = tokens.holder(of: token.utf8.filter { $0 > 0x20 }) else {
            return SignInForm.response(to: request, .unauthorized, isRefused: true)
        }
        return signIn(holder, request)
    }

    /// Ends the session that the request comes with. Another site's form comes without one, because the cookie is
    /// strict, and changes nothing.
    @Sendable func signOut(_ request: Request, _ context: HubContext) async throws -> Response {
        guard let session = session(of: request) else {
            return Response(status: .seeOther, headers: [.location: "/sign-in"])
        }
        sessions.end(session, now: wallClock.now())
        return redirect(to: "/sign-in", cookie: sessions.cookie("", isSecure: isSecure(request)))
    }

    private func signIn(_ holder: AccessToken, _ request: Request) -> Response {
        let session = sessions.issue(for: holder, now: wallClock.now())
        return redirect(to: "/", cookie: sessions.cookie(session, isSecure: isSecure(request)))
    }

    /// The request's session while it is valid.
    private func session(of request: Request) -> String? {
        guard let value = request.cookies[SessionSigner.cookieName]?.value,
            sessions.holder(of: value, among: tokens, now: wallClock.now()) != nil
        else { return nil }
        return value
    }

    /// A proxy says with which scheme the browser came.
    private func isSecure(_ request: Request) -> Bool {
        cookieIsSecure || Self.forwardedScheme.flatMap { request.headers[$0] }?.lowercased() == "https"
    }

    private static let forwardedScheme = HTTPField.Name("x-forwarded-proto")

    private func redirect(to path: String, cookie: String) -> Response {
        Response(status: .seeOther, headers: [.location: path, .setCookie: cookie])
    }
}

/// The form that a browser without a session gets.
enum SignInForm {
    static func response(to request: Request, _ status: HTTPResponse.Status, isRefused: Bool) -> Response {
        let text = page(PageRequest(request).language, isRefused: isRefused)
        var response = Response(status: status, bytes: Array(text.utf8), type: "text/html; charset=utf-8")
        if status == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer realm=\"hydrant\"" }
        return response
    }

    private static func page(_ language: Language, isRefused: Bool) -> String {
        let alert = "<p role=\"alert\">\(SignInWords.refused[language])</p>"
        return """
            <!doctype html>
            <html lang="\(language.rawValue)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
            <meta name="color-scheme" content="light dark">
            <title>\(SignInWords.title[language]) · Hydrant</title>
            <link rel="icon" href="/assets/logo.svg" type="image/svg+xml">
            <link rel="stylesheet" href="/assets/hydrant.css">
            </head>
            <body class="sign-in">
            <main>
            <h1>Hydrant</h1>
            \(isRefused ? alert : "<p>\(SignInWords.hint[language])</p>")
            <form method="post" action="/sign-in">
            <label for="token">\(SignInWords.token[language])</label>
            <input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
            <button type="submit">\(SignInWords.title[language])</button>
            </form>
            </main>
            </body>
            </html>

            """
    }
}

private enum SignInWords {
    static let title = Text(chinese: "登录", english: "Sign in")
    static let token = Text(chinese: "访问令牌", english: "Access token")
    static let hint = Text(
        chinese: "请粘贴管理员给您的访问令牌。", english: "Paste the access token that your administrator gave you.")
    static let refused = Text(
        chinese: "令牌无效，或登录已过期。请重新粘贴完整的令牌。",
        english: "The token is not valid, or the session has ended. Paste the whole token again.")
}
