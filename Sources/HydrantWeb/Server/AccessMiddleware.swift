import HTTPTypes
import Hummingbird
import HummingbirdCore
import HydrantCore

/// Lets nobody past without a token, except to the health checks, the sign-in form and the static assets. Pushes are
/// judged by their own signature, keepers by the code of their link.
struct AccessMiddleware: RouterMiddleware {
    let tokens: AccessTokens
    let sessions: SessionSigner
    let wallClock: any HubClock

    func handle(
        _ request: Request, context: HubContext, next: (Request, HubContext) async throws -> Response
    ) async throws -> Response {
        // The route's own pattern, because an address can be written in several ways (`//v1//facts`).
        let route = context.endpointPath ?? request.uri.path
        if Self.isOpen(route) { return try await next(request, context) }
        var context = context
        do throws(Problem) {
            context.holder = try holder(of: request, route)
        } catch {
            guard request.wantsPage else { throw error }
            return SignInForm.response(to: request, .unauthorized, isRefused: error.code == Problem.tokenUnknown.code)
        }
        if let scope = Self.scope(route), context.holder?.scopes.contains(scope) != true {
            throw Problem.scopeMissing(scope)
        }
        return try await next(request, context)
    }

    private func holder(of request: Request, _ route: String) throws(Problem) -> AccessToken {
        if let authorization = request.headers[.authorization] {
            let parts = authorization.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw .tokenMissing }
            guard let holder = tokens.holder(of: parts[1].utf8) else { throw .tokenUnknown }
            return holder
        }
        // A cookie never writes through the API: that needs the token itself.
        let mayUseCookie = request.method == .get || request.method == .head || !route.hasPrefix("/v1/")
        guard mayUseCookie, let session = request.cookies[SessionSigner.cookieName]?.value, !session.isEmpty else {
            throw .tokenMissing
        }
        guard let holder = sessions.holder(of: session, among: tokens, now: wallClock.now()) else {
            throw .tokenUnknown
        }
        return holder
    }

    private static func isOpen(_ route: String) -> Bool {
        switch route {
        case "/healthz", "/readyz", "/sign-in", "/sign-out": true
        default: route.hasPrefix("/assets/") || route.hasPrefix("/push/") || route.hasPrefix("/k/")
        }
    }

    /// The scope that a route needs; nil where any token will do.
    private static func scope(_ route: String) -> AccessScope? {
        switch route {
        case "/v1/facts": .factsWrite
        case "/metrics": .ops
        case "/openapi.json": nil
        default: .read
        }
    }
}

extension Request {
    /// Whether a person's browser asks for a page.
    var wantsPage: Bool {
        (method == .get || method == .head) && !uri.path.hasPrefix("/v1/")
            && headers[.accept]?.contains("text/html") == true
    }
}
