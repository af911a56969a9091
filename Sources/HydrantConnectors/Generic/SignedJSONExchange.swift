import HydrantConnectorKit
import HydrantCore

/// The hub's own plain protocol for systems that have none of their own: JSON over HTTP, an idempotency key on every
/// request, Standard Webhooks headers over its bytes (docs/connectors/crm.md).
struct SignedJSONExchange: Sendable {
    let system: String
    private let baseURL: String
    private let signer: StandardWebhooks
    private let timeout: Milliseconds
    private let caller: any HTTPCaller

    init(_ settings: ConnectorSettings, caller: any HTTPCaller) throws(ConnectorSettingsProblem) {
        system = settings.system
        baseURL = try settings.checkedBaseURL()
        timeout = try settings.timeout()
        self.caller = caller
        let secret = try settings.credential("webhookSecret")
        do {
            signer = try StandardWebhooks(secrets: [secret])
        } catch {
            throw ConnectorSettingsProblem(
                system: settings.system, field: "credentials.webhookSecret",
                message: "must be whsec_ followed by Base64 of 24 to 64 bytes")
        }
    }

    /// Asks for something to be done once for this instruction, however often it is asked.
    func post(_ path: String, _ document: JSON, for request: InstructionRequest) async throws(CallFailure) -> JSON {
        try await exchange("POST", path, document.bytes, request)
    }

    /// What became of an earlier request of this instruction; nil when the system never had it.
    func earlierReply(for request: InstructionRequest) async throws(CallFailure) -> JSON? {
        let document: JSON
        do {
            document = try await exchange(
                "GET", "/requests?key=\(percentEncoded(request.instruction.key))", [], request)
        } catch {
            if case .refused(let detail) = error, detail.hasPrefix("HTTP 404") { return nil }
            throw error
        }
        guard let reply = document["reply"] else { throw .unknown("the reply of \(system) is not readable") }
        return reply
    }

    private func exchange(
        _ method: String, _ path: String, _ body: [UInt8], _ request: InstructionRequest
    ) async throws(CallFailure) -> JSON {
        let key = request.instruction.key
        var headers = signer.headers(id: key, at: request.now, body: body)
        headers.append(("idempotency-key", key))
        if !body.isEmpty { headers.append(("content-type", "application/json")) }
        let call = HTTPCall(method: method, url: baseURL + path, headers: headers, body: body, timeout: timeout)
        let reply = try await caller.successfulReply(call) { $0.ownWords }
        do {
            return try JSON(bytes: reply.body)
        } catch {
            throw .unknown("the reply of \(system) is not JSON")
        }
    }

    /// Runs one instruction: `read` turns the system's reply into its end, nil when the reply lacks something.
    func carryOut(
        _ path: String, _ document: JSON, _ request: InstructionRequest, read: (JSON) -> InstructionResult?
    ) async -> InstructionResult {
        do {
            let reply = try await post(path, document, for: request)
            return read(reply) ?? .ambiguous(detail: "the reply of \(system) lacks what it must say")
        } catch {
            return CallPurpose.effect.result(of: error)
        }
    }

    func find(_ request: InstructionRequest, read: (JSON) -> InstructionResult?) async -> InstructionResult {
        do {
            guard let reply = try await earlierReply(for: request) else { return .notFound }
            return read(reply) ?? .ambiguous(detail: "the reply of \(system) lacks what it must say")
        } catch {
            return CallPurpose.finding.result(of: error)
        }
    }
}

extension HTTPReply {
    /// The `message` of a JSON error body.
    fileprivate var ownWords: String? { (try? JSON(bytes: body))?["message"]?.string.map(shortened) }
}

extension JSON {
    /// A time as RFC 3339 text or as milliseconds since 1970.
    var instant: Instant? {
        if let text = string { return Instant(text: text) }
        return integer.map { Instant(milliseconds: $0) }
    }
}
