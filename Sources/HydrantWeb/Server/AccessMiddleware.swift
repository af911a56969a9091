import HTTPTypes
import Hummingbird
import HummingbirdCore
import HydrantConnectorKit
import HydrantCore
import HydrantEngine

/// Lets nobody past whom ``AccessTable`` does not let past, and says in ``Viewer/current`` who it is. Pushes are judged
/// by their own signature, keepers by the code of their link.
struct AccessMiddleware: RouterMiddleware {
    let tokens: AccessTokens
    let sessions: SessionSigner
    let people: People
    let hub: Hub
    let wallClock: any HubClock
    let pages: SignInPages
    let forms: FormSigner

    private struct Sender {
        var holder: AccessToken
        var viewer: Viewer
        /// A machine is judged by its scopes, a person by the role, a person's token and a limited machine by both.
        var isMachine = false
        /// A machine that reads no more than a role does.
        var isLimited = false
        var usesToken = false
        /// Whether the role must have a second factor and the person has none.
        var lacksFactor = false
    }

    func handle(
        _ request: Request, context: HubContext, next: (Request, HubContext) async throws -> Response
    ) async throws -> Response {
        // The route's own pattern, because an address can be written in several ways (`//v1//facts`).
        let route = context.endpointPath ?? request.uri.path
        let method = request.method.rawValue
        if request.isForeignForm(at: route) { throw Problem.foreignForm }
        if AccessTable.isOpen(route) { return try await next(request, context) }
        let sender: Sender
        do {
            sender = try await self.sender(of: request, route, isUse: !AccessTable.isAskedByPages(route))
        } catch let problem as Problem {
            guard request.wantsPage || request.isPageForm else { throw problem }
            let isOver = problem.code == Problem.tokenUnknown.code
            return pages.signIn(request, .unauthorized, isOver ? .over : nil, to: WayBack.place(of: request))
        }
        if sender.lacksFactor, !AccessTable.isOwnAccount(route) {
            guard request.wantsPage || request.isPageForm else { throw Problem.factorMissing }
            return Response(status: .seeOther, headers: [.location: "/account"])
        }
        var context = context
        context.holder = sender.holder
        let rule = AccessTable.rule(method, route)
        if let refusal = refusal(sender, rule, isKnown: context.endpointPath != nil) {
            guard request.wantsPage, !sender.usesToken else { throw refusal }
            return Viewer.$current.withValue(sender.viewer) { pages.forbidden(request) }
        }
        return try await Viewer.$current.withValue(sender.viewer) {
            if let name = rule?.order, sender.viewer.role == .warehouse {
                let number = try pathText(name, context).normalised
                guard let order = try await recorded({ try await hub.committer.order(number) }),
                    sender.viewer.maySee(order)
                else {
                    guard request.wantsPage else { throw Problem.unknownOrder("No fact ever named this order.") }
                    return pages.unknownOrder(request, number)
                }
            }
            let admission = Admission { await isStill(sender, request, route, rule) }
            return try await Viewer.$admission.withValue(admission) { try await next(request, context) }
        }
    }

    /// Whether the session or token is still good for the same person with the same rights. Trouble with the database
    /// ends nothing: it passes.
    private func isStill(
        _ sender: Sender, _ request: Request, _ route: String, _ rule: AccessTable.Rule?
    ) async -> Bool {
        do {
            let now = try await self.sender(of: request, route, isUse: false)
            if now.lacksFactor, !AccessTable.isOwnAccount(route) { return false }
            return now.viewer == sender.viewer && refusal(now, rule, isKnown: true) == nil
        } catch let problem as Problem {
            return problem.code != Problem.tokenUnknown.code && problem.code != Problem.tokenMissing.code
        } catch {
            return true
        }
    }

    private func refusal(_ sender: Sender, _ rule: AccessTable.Rule?, isKnown: Bool) -> Problem? {
        if sender.isMachine || sender.usesToken {
            let scope = rule == nil ? .read : rule?.scope
            if let scope, !sender.holder.scopes.contains(scope) { return .scopeMissing(scope) }
            if rule?.needsWholeToken ?? false,
                let missing = AccessScope.allCases.first(where: { !sender.holder.scopes.contains($0) })
            {
                return .scopeMissing(missing)
            }
            if sender.isMachine, !sender.isLimited || rule?.scope == .factsWrite { return nil }
        }
        guard isKnown else { return nil }
        let roles = rule?.roles ?? [.owner]
        if sender.viewer.isAmong(roles) { return nil }
        let lacking = roles.contains(sender.viewer.role) ? sender.viewer.maker : sender.viewer.role
        return .roleMissing(lacking ?? sender.viewer.role)
    }

    private func sender(of request: Request, _ route: String, isUse: Bool) async throws -> Sender {
        if let authorization = request.headers[.authorization] {
            let parts = authorization.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw Problem.tokenMissing }
            if let holder = tokens.holder(of: parts[1].utf8) { return Self.machine(holder) }
            guard let found = try await recorded({ try await people.holder(ofToken: String(parts[1])) }) else {
                let token = try await recorded { try await people.machine(ofToken: String(parts[1]), isUse: isUse) }
                guard let token else { throw Problem.tokenUnknown }
                return Self.machine(token)
            }
            var sender = Self.person(found.person)
            sender.holder.scopes = found.token.scopes.intersection(found.person.role.scopes)
            sender.usesToken = true
            return sender
        }
        // A cookie never writes through the API: that needs the token itself.
        let mayUseCookie = request.method == .get || request.method == .head || !route.hasPrefix("/v1/")
        guard mayUseCookie, let session = SessionCookie.value(of: request), !session.isEmpty else {
            throw Problem.tokenMissing
        }
        if let found = try await recorded({ try await people.session(session, isUse: isUse) }) {
            var sender = Self.person(found.person)
            sender.lacksFactor = try await recorded { try await people.lacksFactor(found.person) }
            return seated(sender, session)
        }
        guard let holder = sessions.holder(of: session, among: tokens, now: wallClock.now()) else {
            throw Problem.tokenUnknown
        }
        return seated(Self.machine(holder), session)
    }

    private func seated(_ sender: Sender, _ session: String) -> Sender {
        var sender = sender
        sender.viewer.session = session
        sender.viewer.formToken = forms.token(for: session)
        return sender
    }

    private static func person(_ person: Person) -> Sender {
        let holder = AccessToken(
            name: person.name, hash: [], scopes: person.role.scopes, sources: ["person:\(person.name)"])
        return Sender(holder: holder, viewer: person.viewer)
    }

    /// A token of the settings page: it reads as whoever made it, and where it has warehouses, no more than they do.
    private static func machine(_ token: MachineToken) -> Sender {
        let isOfWarehouses = !token.warehouses.isEmpty
        var viewer = Viewer(
            actor: "token:\(token.name)", role: isOfWarehouses ? .warehouse : token.role, warehouses: token.warehouses)
        if isOfWarehouses { viewer.maker = token.role }
        return Sender(
            holder: token.holder, viewer: viewer, isMachine: true, isLimited: isOfWarehouses || token.role == .it)
    }

    /// Whoever holds a token with every scope holds the whole hub; others read what operations do.
    private static func machine(_ holder: AccessToken) -> Sender {
        let isWhole = holder.scopes.isSuperset(of: AccessScope.allCases)
        let viewer = Viewer(actor: "token:\(holder.name)", role: isWhole ? .owner : .operations)
        return Sender(holder: holder, viewer: viewer, isMachine: true)
    }
}

extension AccessTable {
    /// Whether an address is open whatever the method: a wrong one is then answered as such.
    static func isOpen(_ route: String) -> Bool {
        route.hasPrefix("/assets/") || route.hasPrefix("/push/") || route.hasPrefix("/k/")
            || openPaths.contains(route)
    }

    /// Where somebody sets up what is missing to sign in with.
    static func isOwnAccount(_ route: String) -> Bool { route == "/account" || route.hasPrefix("/account/") }

    /// Whether an open page asks for it by itself, with nobody in front of it.
    static func isAskedByPages(_ route: String) -> Bool { route.hasPrefix("/events/") || route.hasSuffix("/fragment") }

    private static let openPaths = Set(rules.filter { $0.gate == .open }.map(\.path))
}

extension Request {
    /// Whether a person's browser asks for a page.
    var wantsPage: Bool {
        (method == .get || method == .head) && !uri.path.hasPrefix("/v1/")
            && headers[.accept]?.contains("text/html") == true
    }

    /// Whether a page's form was sent by the browser itself, so that a person sees the answer.
    var isPageForm: Bool {
        method == .post && !uri.path.hasPrefix("/v1/") && headers[.authorization] == nil
            && headers[.accept]?.contains("text/html") == true
    }

    /// Whether another site sent a form in the browser's name. Programs come without these headers.
    func isForeignForm(at route: String) -> Bool {
        guard method != .get, method != .head, !route.hasPrefix("/v1/"), !route.hasPrefix("/push/"),
            headers[.authorization] == nil
        else { return false }
        if let site = Self.fetchSite.flatMap({ headers[$0] }) { return site != "same-origin" && site != "none" }
        guard let origin = headers[.origin], origin != "null" else { return false }
        let host = origin.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first.map(String.init)
        return host?.lowercased() != head.authority?.lowercased()
    }

    private static let fetchSite = HTTPField.Name("sec-fetch-site")
}

/// The cookie of a browser's session. Over HTTPS its name keeps other hosts of the domain from setting it.
enum SessionCookie {
    static let secureName = "__Host-hydrant"

    static func value(of request: Request) -> String? {
        request.cookies[secureName]?.value ?? request.cookies[SessionSigner.cookieName]?.value
    }

    /// The `Set-Cookie` header; an empty value ends the session.
    static func header(_ value: String, lifetime: Milliseconds, isSecure: Bool) -> String {
        let age = value.isEmpty ? 0 : lifetime / 1_000
        return "\(isSecure ? secureName : SessionSigner.cookieName)=\(value); Path=/; Max-Age=\(age); HttpOnly; "
            + "SameSite=Strict" + (isSecure ? "; Secure" : "")
    }
}
