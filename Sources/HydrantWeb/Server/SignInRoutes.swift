import HTTPTypes
import Hummingbird
import HummingbirdCore
import HydrantConnectorKit
import HydrantCore

/// Signing in and out: with name, password and second factor, with a token, or with a link that works once. A link's
/// page has a button; only sending its form uses the link up. A token is never taken from an address.
struct SignInRoutes: Sendable {
    let tokens: AccessTokens
    let sessions: SessionSigner
    let people: People
    let wallClock: any HubClock
    let cookieIsSecure: Bool
    let codes: SignInCodes
    let pages: SignInPages
    let rate = GuessRate()
    private static let formBytesMaximum = 4_096

    @Sendable func get(_ request: Request, _ context: HubContext) async throws -> Response {
        guard let code = query(request, "code") else {
            return pages.signIn(request, .ok, nil, to: WayBack.checked(query(request, "to")))
        }
        // The same link again, in the browser that it signed in.
        if try await session(of: request) != nil, !codes.isOpen(code, now: wallClock.now()) {
            return Response(status: .seeOther, headers: [.location: "/"])
        }
        return pages.link(request, code: code)
    }

    @Sendable func post(_ request: Request, _ context: HubContext) async throws -> Response {
        let source = context.source(of: request)
        guard rate.admits(source, at: wallClock.now()) else {
            guard request.isPageForm else { throw Problem.tooManyGuesses }
            var response = pages.signIn(request, .tooManyRequests, .tooMany)
            response.headers[.retryAfter] = "1"
            return response
        }
        let pairs = formDecoded(try await readBody(of: request, Self.formBytesMaximum)) ?? []
        func field(_ name: String) -> String? { value(of: name, in: pairs) }
        let place = WayBack.checked(field("to"))
        if let code = field("code") {
            guard let holder = codes.redeem(code, now: wallClock.now()) else {
                return pages.signIn(request, .unauthorized, .linkOver)
            }
            return signIn(holder, request)
        }
        if let token = field("token") {
            guard let holder = tokens.holder(of: token.utf8.filter({ $0 > 0x20 })) else {
                return pages.signIn(request, .unauthorized, .refused, to: place)
            }
            return signIn(holder, request, to: place)
        }
        let old = SessionCookie.value(of: request)
        if let ticket = field("ticket") {
            let outcome = try await recorded {
                try await people.signIn(
                    ticket: ticket, digits: field("digits") ?? "", source: source, device: device(request),
                    replacing: old)
            }
            return answer(outcome, request, ticket: ticket, to: place)
        }
        guard let name = field("name"), let password = field("password") else {
            return pages.signIn(request, .unauthorized, .refused, to: place)
        }
        let outcome = try await recorded {
            try await people.signIn(
                name, password: password, source: source, device: device(request), replacing: old)
        }
        return answer(outcome, request, ticket: nil, to: place)
    }

    private func answer(_ outcome: SignInOutcome, _ request: Request, ticket: String?, to place: String?) -> Response {
        let now = wallClock.now()
        switch outcome {
        case .signedIn(let value): return enter(value, PersonSession.lifetime, request, to: place)
        case .asksForDigits(let ticket): return pages.digits(request, .ok, nil, ticket: ticket, to: place)
        case .refused:
            if let ticket { return pages.digits(request, .unauthorized, .refused, ticket: ticket, to: place) }
            return pages.signIn(request, .unauthorized, .refused, to: place)
        case .locked(let until):
            return pages.signIn(request, .tooManyRequests, .locked(until: until, now: now), to: place)
        case .busy:
            var response = pages.signIn(request, .serviceUnavailable, .busy, to: place)
            response.headers[.retryAfter] = "2"
            return response
        }
    }

    @Sendable func welcome(_ request: Request, _ context: HubContext) async throws -> Response {
        let code = query(request, "code") ?? ""
        guard let invitation = try await recorded({ try await people.invitation(code) }) else {
            return pages.signIn(request, .notFound, .linkOver)
        }
        return pages.welcome(request, .ok, SignInPages.Welcome(code: code, invitation: invitation), nil)
    }

    /// Chooses the password that the link is for, and signs in with it.
    @Sendable func accept(_ request: Request, _ context: HubContext) async throws -> Response {
        let pairs = formDecoded(try await readBody(of: request, Self.formBytesMaximum)) ?? []
        let code = value(of: "code", in: pairs) ?? ""
        let typed = value(of: "name", in: pairs) ?? ""
        guard let invitation = try await recorded({ try await people.invitation(code) }) else {
            return pages.signIn(request, .notFound, .linkOver)
        }
        do {
            let name = try await recorded {
                try await people.redeem(code, name: typed, password: value(of: "password", in: pairs) ?? "")
            }
            let session = try await recorded {
                try await people.beginSession(
                    name, device: device(request), replacing: SessionCookie.value(of: request))
            }
            return enter(session, PersonSession.lifetime, request)
        } catch let refusal as PeopleRefusal {
            if refusal == .linkOver { return pages.signIn(request, .notFound, .linkOver) }
            let welcome = SignInPages.Welcome(code: code, invitation: invitation, name: String(typed.prefix(40)))
            return pages.welcome(request, .unprocessableContent, welcome, .refusal(refusal))
        }
    }

    /// Ends the session that the request comes with. Another site's form comes without one, because the cookie is
    /// strict, and changes nothing.
    @Sendable func signOut(_ request: Request, _ context: HubContext) async throws -> Response {
        guard let session = try await session(of: request) else {
            return Response(status: .seeOther, headers: [.location: "/sign-in"])
        }
        try await recorded { try await people.signOut(session) }
        sessions.end(session, now: wallClock.now())
        return redirect(to: "/sign-in", cookie: cookie("", 0, request))
    }

    private func signIn(_ holder: AccessToken, _ request: Request, to place: String? = nil) -> Response {
        enter(sessions.issue(for: holder, now: wallClock.now()), sessions.lifetime, request, to: place)
    }

    private func enter(
        _ value: String, _ lifetime: Milliseconds, _ request: Request, to place: String? = nil
    ) -> Response {
        redirect(to: place ?? "/", cookie: cookie(value, lifetime, request))
    }

    private func cookie(_ value: String, _ lifetime: Milliseconds, _ request: Request) -> String {
        SessionCookie.header(value, lifetime: lifetime, isSecure: isSecure(request))
    }

    /// The request's session while it is valid.
    private func session(of request: Request) async throws -> String? {
        guard let session = SessionCookie.value(of: request) else { return nil }
        if try await recorded({ try await people.session(session) }) != nil { return session }
        return sessions.holder(of: session, among: tokens, now: wallClock.now()) == nil ? nil : session
    }

    private func query(_ request: Request, _ name: String) -> String? {
        formDecoded((request.uri.query ?? "").utf8).flatMap { value(of: name, in: $0) }
    }

    /// The kind of browser in two words that this program chose; nothing of what the browser says is kept.
    private func device(_ request: Request) -> String {
        let agent = request.headers[.userAgent] ?? ""
        let browser = ["Edg", "MicroMessenger", "Firefox", "Chrome", "Safari"].first { agent.contains($0) } ?? "?"
        let system = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"].first { agent.contains($0) } ?? "?"
        return "\(browser) · \(system)"
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
