import HydrantConnectorKit
import HydrantCore

/// Puts an OAuth2 token into each call, fetches one when there is none, and a new one, once, when SF says that it is
/// over. SF's public documents do not name the place where tokens are fetched: it is a setting, and the exchange is
/// unsure (docs/connectors/sf.md).
actor SFTokenCaller: HTTPCaller {
    private let settings: SFSettings
    private let caller: any HTTPCaller
    private var token: String?

    init(settings: SFSettings, caller: any HTTPCaller) {
        self.settings = settings
        self.caller = caller
    }

    func call(_ call: HTTPCall) async throws(HTTPFailure) -> HTTPReply {
        let reply = try await attempt(call)
        guard Self.isTokenOver(reply) else { return reply }
        token = nil
        return try await attempt(call)
    }

    private func attempt(_ call: HTTPCall) async throws(HTTPFailure) -> HTTPReply {
        let current = if let token { token } else { try await fetch() }
        token = current
        var authorised = call
        authorised.body += Array("&\(formEncoded([("accessToken", current)]))".utf8)
        return try await caller.call(authorised)
    }

    private func fetch() async throws(HTTPFailure) -> String {
        let form = formEncoded([
            ("partnerID", settings.partnerID), ("secret", settings.checkWord), ("grantType", "password"),
        ])
        let call = HTTPCall(
            url: settings.tokenURL, headers: [("content-type", "application/x-www-form-urlencoded;charset=UTF-8")],
            body: Array(form.utf8), timeout: settings.timeout)
        let reply: HTTPReply
        do {
            reply = try await caller.call(call)
        } catch {
            // Without a token the order was certainly not sent.
            throw .notSent("no OAuth2 token could be fetched")
        }
        guard let document = try? JSON(bytes: reply.body), let token = document["accessToken"]?.looseText else {
            throw .notSent("the reply of the token address holds no token")
        }
        return token
    }

    private static func isTokenOver(_ reply: HTTPReply) -> Bool {
        guard case .failure(let code, _)? = SFReply(reply.body) else { return false }
        return code == "A1002" || code == "A1011"
    }
}
