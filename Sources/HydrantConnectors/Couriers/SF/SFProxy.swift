package import HydrantConnectorKit
import HydrantCore

/// Speaks to SF's open platform.
package struct SFProxy: Connector {
    private let settings: SFSettings
    private let caller: any HTTPCaller

    package var system: String { settings.system }

    package init(settings: SFSettings, caller: any HTTPCaller) {
        self.settings = settings
        self.caller = caller
    }

    package func perform(_ request: InstructionRequest) async -> InstructionResult {
        switch request.instruction.kind {
        case .createWaybill: await create(request)
        case .queryTrace: await queryTrace(request)
        default: request.unsupported(by: system)
        }
    }

    package func find(_ request: InstructionRequest) async -> InstructionResult {
        // A query has no effect that could be found: it is simply asked again.
        guard request.instruction.kind == .createWaybill else { return .notFound }
        let content = SFMapper.searchOrderContent(parcel: request.instruction.target)
        let reply: SFReply
        do {
            reply = try await call(SFService.searchOrder, content, request)
        } catch {
            return CallPurpose.finding.result(of: error)
        }
        switch reply {
        case .success(let content): return adopted(content, request)
        case .failure(let code, let message):
            return SFWords.policy(of: code) == .unknownOrder ? .notFound : .ambiguous(detail: "\(code) \(message)")
        }
    }

    private func create(_ request: InstructionRequest) async -> InstructionResult {
        guard let receiver = request.receiver?.open(reason: "the courier's waybill carries the address") else {
            return .refused(detail: "the order has no receiver")
        }
        let content = SFMapper.createContent(request, receiver: receiver, settings: settings)
        let reply: SFReply
        do {
            reply = try await call(SFService.create, content, request)
        } catch {
            return CallPurpose.effect.result(of: error)
        }
        switch reply {
        case .success(let content):
            if SFMapper.text(content["filterResult"]) == "3" {
                return .refused(
                    detail: "SF does not deliver there \(shortened(content["remark"]?.string ?? ""))", class: .channel)
            }
            return adopted(content, request)
        case .failure(let code, let message):
            let words = "\(code) \(message)"
            switch SFWords.policy(of: code) {
            case .alreadyThere: return await adoptExisting(request, words: words)
            case .unclear: return .ambiguous(detail: words)
            case .passing(let wait): return .retryable(detail: words, after: wait)
            case .unknownOrder, .final: return .refused(detail: words)
            }
        }
    }

    /// SF has our number already: its number is taken over, a second one is never asked for.
    private func adoptExisting(_ request: InstructionRequest, words: String) async -> InstructionResult {
        let found = await find(request)
        if case .notFound = found { return .ambiguous(detail: "\(words), and yet it is not found") }
        return found
    }

    private func adopted(_ content: JSON, _ request: InstructionRequest) -> InstructionResult {
        guard let number = SFMapper.mainWaybill(content) else {
            return .ambiguous(detail: "SF has the order and gives no number yet")
        }
        let fact = SFMapper.waybillFact(
            parcel: request.instruction.target, order: request.order.number, number: number, system: system,
            now: request.now)
        return .done(facts: [fact], detail: number)
    }

    private func queryTrace(_ request: InstructionRequest) async -> InstructionResult {
        let parcel = SFMapper.tracedParcel(request.instruction.target)
        let number = request.order.parcel(parcel)?.liveWaybills.first?.number
        let phone = request.receiver?.open(reason: "SF checks the last four digits before it shows a trace").phone ?? ""
        let content = SFMapper.searchRoutesContent(parcel: parcel, number: number, phone: phone)
        let reply: SFReply
        do {
            reply = try await call(SFService.searchRoutes, content, request)
        } catch {
            return CallPurpose.question.result(of: error)
        }
        switch reply {
        case .success(let content): return traced(content, parcel: parcel, request)
        case .failure(let code, let message):
            let words = "\(code) \(message)"
            switch SFWords.policy(of: code) {
            case .passing(let wait): return .retryable(detail: words, after: wait)
            case .unclear, .alreadyThere: return .retryable(detail: words, after: nil)
            case .unknownOrder, .final: return .refused(detail: words)
            }
        }
    }

    private func traced(_ content: JSON, parcel: String, _ request: InstructionRequest) -> InstructionResult {
        guard let trace = SFMapper.trace(content, parcel: parcel), let last = trace.scans.last else {
            return .retryable(detail: "SF has no routes yet", after: .minutes(5))
        }
        // The query follows a pushed signature; a list without any end is older than that push.
        let hasEnd = trace.scans.contains { [.signed, .stored, .returning, .returned].contains($0.status) }
        guard hasEnd else {
            return .retryable(detail: "SF's list does not reach the signature yet", after: .minutes(5))
        }
        let fact = ReportedFact(
            messageID: "trace/\(request.instruction.key)", order: request.order.number, occurredAt: last.at,
            word: last.code, body: .traceReported(trace))
        return .done(facts: [fact], detail: "\(trace.scans.count) scans")
    }

    private func call(
        _ service: String, _ content: JSON, _ request: InstructionRequest
    ) async throws(CallFailure) -> SFReply {
        // New for each call and yet the same in a replay: the key, the operation and the time of the attempt.
        let seed = "\(request.instruction.key) \(service) \(request.now.milliseconds)"
        let requestID = hexadecimalText(HashAlgorithm.md5.digest(Array(seed.utf8)))
        let form = settings.form(service: service, content: content.bytes, requestID: requestID, now: request.now)
        let call = HTTPCall(
            url: settings.url, headers: [("content-type", "application/x-www-form-urlencoded;charset=UTF-8")],
            body: form, timeout: settings.timeout)
        let bytes = try await caller.successfulReply(call).body
        guard let reply = SFReply(bytes) else { throw .unknown("the reply of \(service) is not readable") }
        return reply
    }
}
