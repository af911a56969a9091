import HydrantConnectorKit
import HydrantCore
import ServiceLifecycle

/// What one call is answered, and what goes wrong with the answer.
struct SandboxAnswer: Sendable {
    var status: Int
    var contentType: String
    var body: [UInt8]
    var fault: CallFault

    init(_ tree: XMLTree, fault: CallFault = .none) {
        status = 200
        contentType = "text/xml;charset=utf-8"
        body = tree.bytes
        self.fault = fault
    }

    init(_ document: JSON, status: Int = 200, fault: CallFault = .none) {
        self.status = status
        contentType = "application/json;charset=UTF-8"
        body = document.bytes
        self.fault = fault
    }
}

/// The five systems on one port of 127.0.0.1: /wms, /sf, /crm, /finance and /marketplace.
struct SandboxServer: Service {
    let world: SandboxWorld

    func run() async throws {
        let reception = SandboxReception(world: world)
        let server = LoopbackServer(
            port: world.port, slowMilliseconds: world.faults.slowMilliseconds,
            onListening: { _ in await world.markListening() }, answer: { await reception.answer($0) })
        try await server.run()
    }
}

/// Reads, verifies and answers calls in each system's own protocol.
struct SandboxReception: Sendable {
    let world: SandboxWorld

    func answer(_ call: SandboxCall) async -> SandboxAnswer {
        if let answer = await world.answerOfOutage(call.path) { return answer }
        return switch call.path.split(separator: "/").first {
        case "wms": await answerWarehouse(call)
        case "sf": await answerCourier(call)
        case "crm": await answerOffice(call, system: "crm", secret: world.secrets.customerSystemSecret)
        case "finance": await answerOffice(call, system: "finance", secret: world.secrets.financeSecret)
        case "marketplace":
            await answerOffice(call, system: "marketplace", secret: world.secrets.marketplaceSecret)
        default: SandboxAnswer(JSON.object([]), status: 404)
        }
    }

    private func answerWarehouse(_ call: SandboxCall) async -> SandboxAnswer {
        let pairs = formDecoded(call.query.utf8) ?? []
        let signed = pairs.filter { $0.name != "sign" }
        let input = SignatureInput(secret: world.secrets.warehouseSecret, pairs: signed, body: call.body)
        guard let sign = value(of: "sign", in: pairs),
            isEqualInConstantTime(sign.utf8, SignatureRecipe.wrappedMD5WithBody.sign(input).utf8),
            value(of: "app_key", in: pairs) == world.secrets.appKey,
            value(of: "customerId", in: pairs) == world.secrets.customerID
        else {
            await world.countRefusedSignature()
            return SandboxAnswer(await world.failure("sign-check-failure", "Illegal request"))
        }
        guard let sent = value(of: "timestamp", in: pairs).flatMap(ChinaTime.instant), isNear(sent) else {
            return SandboxAnswer(await world.failure("isv.invalid-timestamp", "timestamp"))
        }
        do {
            let tree = try XMLTree(bytes: call.body)
            return await world.answerWarehouse(value(of: "method", in: pairs) ?? "", tree)
        } catch {
            return SandboxAnswer(await world.failure("S001", error.message))
        }
    }

    private func answerCourier(_ call: SandboxCall) async -> SandboxAnswer {
        let form = formDecoded(call.body) ?? []
        func field(_ name: String) -> String { value(of: name, in: form) ?? "" }
        guard field("partnerID") == world.secrets.partnerID, !field("requestID").isEmpty else {
            return SandboxAnswer(await world.gatewayFailure("A1001", "必传参数不可为空"))
        }
        let content = Array(field("msgData").utf8)
        let input = SignatureInput(secret: world.secrets.checkWord, body: content, timestamp: field("timestamp"))
        guard isEqualInConstantTime(field("msgDigest").utf8, SignatureRecipe.encodedMD5.sign(input).utf8) else {
            await world.countRefusedSignature()
            return SandboxAnswer(await world.gatewayFailure("A1006", "数字签名无效"))
        }
        guard let sent = Int64(field("timestamp")), isNear(Instant(milliseconds: sent)) else {
            return SandboxAnswer(await world.gatewayFailure("A1002", "请求时效已过期"))
        }
        do {
            return await world.answerCourier(field("serviceCode"), try JSON(bytes: content))
        } catch {
            return SandboxAnswer(await world.gatewayFailure("A1001", "msgData"))
        }
    }

    private func answerOffice(_ call: SandboxCall, system: String, secret: String) async -> SandboxAnswer {
        let id: String
        do {
            let verifier = try StandardWebhooks(secrets: [secret], tolerance: world.pace.clockTolerance)
            id = try verifier.verify(headers: call.headers, body: call.body, now: world.clock.now())
        } catch {
            await world.countRefusedSignature()
            return SandboxAnswer(JSON.object([JSON.Member("message", "signature")]), status: 401)
        }
        guard let key = call.headers["idempotency-key"], key == id else {
            return SandboxAnswer(JSON.object([JSON.Member("message", "idempotency-key is missing")]), status: 400)
        }
        let path = String(call.path.dropFirst(system.count + 1))
        if call.method == "GET", path == "/requests" {
            let asked = value(of: "key", in: formDecoded(call.query.utf8) ?? []) ?? ""
            guard let reply = await world.earlierReply(in: system, key: asked) else {
                return SandboxAnswer(JSON.object([JSON.Member("message", "unknown key")]), status: 404)
            }
            return SandboxAnswer(reply)
        }
        do {
            let document = try JSON(bytes: call.body)
            return switch system {
            case "crm": await world.answerCustomers(path, key: key, document)
            case "finance": await world.answerFinance(path, key: key, document)
            default: await world.answerMarketplace(path, key: key, document)
            }
        } catch {
            return SandboxAnswer(JSON.object([JSON.Member("message", "not JSON")]), status: 400)
        }
    }

    private func isNear(_ sent: Instant) -> Bool { abs(world.clock.now() - sent) <= world.pace.clockTolerance }
}

/// A call as it came.
struct SandboxCall: Sendable {
    var method: String
    var path: String
    /// Raw, still encoded.
    var query: String
    /// Lower-case names.
    var headers: [String: String]
    var body: [UInt8]
}
