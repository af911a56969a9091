import HydrantConnectorKit
import HydrantCore

/// A message to the hub, as often sent as it takes until the hub acknowledges it.
struct Outgoing: Sendable {
    enum Channel: Sendable {
        /// A report of the warehouse, with its method.
        case warehouse(method: String)
        case routes
        case facts
    }

    var channel: Channel
    var body: [UInt8]
    /// The webhook id of facts: the same on every try.
    var id: String
    var attempts = 0

    /// Who sends it.
    var system: String {
        switch channel {
        case .warehouse: "wms"
        case .routes: "sf"
        case .facts: "finance"
        }
    }

    /// Half a minute, doubled with each try up to an hour.
    var waitBeforeNextTry: Milliseconds { min(.seconds(30) << Int64(min(attempts, 10)), .hours(1)) }
}

/// Sends messages to the hub in each system's own protocol.
struct Pusher: Sendable {
    let hub: String
    let secrets: SandboxSecrets
    private let factSigner: StandardWebhooks?
    /// The machine's clock, by which the hub judges how old a signature is.
    private let wallClock: any HubClock

    init(hub: String, secrets: SandboxSecrets, wallClock: any HubClock) {
        self.wallClock = wallClock
        self.hub = hub.hasSuffix("/") ? String(hub.dropLast()) : hub
        self.secrets = secrets
        factSigner = try? StandardWebhooks(secrets: [secrets.hubWebhookSecret])
    }

    /// The call that carries a message now, freshly signed.
    func call(_ message: Outgoing, now: Instant) -> HTTPCall {
        switch message.channel {
        case .warehouse(let method): warehouseCall(method, message.body, now)
        case .routes:
            HTTPCall(
                url: "\(hub)/push/sf/\(secrets.pushToken)",
                headers: [("content-type", "application/json;charset=UTF-8")], body: message.body,
                timeout: .seconds(10))
        case .facts: factsCall(message, wallClock.now())
        }
    }

    private func warehouseCall(_ method: String, _ body: [UInt8], _ now: Instant) -> HTTPCall {
        var pairs: [(name: String, value: String)] = [
            ("method", method), ("timestamp", ChinaTime.text(now)), ("format", "xml"), ("app_key", secrets.appKey),
            ("v", "2.0"), ("sign_method", "md5"), ("customerId", secrets.customerID),
        ]
        let input = SignatureInput(secret: secrets.warehouseSecret, pairs: pairs, body: body)
        pairs.append(("sign", SignatureRecipe.wrappedMD5WithBody.sign(input)))
        return HTTPCall(
            url: "\(hub)/push/wms?\(formEncoded(pairs))", headers: [("content-type", "text/xml;charset=utf-8")],
            body: body, timeout: .seconds(10))
    }

    private func factsCall(_ message: Outgoing, _ now: Instant) -> HTTPCall {
        var headers: [(name: String, value: String)] = [
            ("content-type", "application/json"), ("authorization", "Bearer \(secrets.hubToken)"),
        ]
        if let factSigner { headers += factSigner.headers(id: message.id, at: now, body: message.body) }
        return HTTPCall(url: "\(hub)/v1/facts", headers: headers, body: message.body, timeout: .seconds(10))
    }

    /// Whether the hub's answer is the exact acknowledgement that the protocol asks for.
    func isAcknowledged(_ message: Outgoing, by reply: HTTPReply) -> Bool {
        guard reply.status == 200 else { return false }
        switch message.channel {
        case .warehouse:
            do {
                return try XMLTree(bytes: reply.body).text("flag") == "success"
            } catch {
                return false
            }
        case .routes: return reply.body == Array(#"{"return_code":"0000","return_msg":"成功"}"#.utf8)
        case .facts: return true
        }
    }
}
