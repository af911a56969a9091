import HydrantConnectorKit
import HydrantCore

/// What the proxies of all operators of texts share: one text for each instruction, and one that may have been sent is
/// looked for before another is sent.
protocol MessageProxy: Connector {
    var templates: MessageTemplates { get }
    var memory: SendMemory { get }

    func send(_ message: Message, _ request: InstructionRequest) async throws(CallFailure) -> InstructionResult

    /// Looks for the text in the operator's list of what was sent.
    ///
    /// - Returns: nil when it is not there, which counts once the list is up to date.
    func lookFor(_ message: Message, _ request: InstructionRequest) async throws(CallFailure) -> InstructionResult?
}

extension MessageProxy {
    package func perform(_ request: InstructionRequest) async -> InstructionResult {
        guard MessageOccasion(request.instruction) != nil else { return request.unsupported(by: system) }
        let message: Message
        do {
            message = try templates.message(for: request)
        } catch {
            return .refused(detail: error.detail, class: error.refusal)
        }
        memory.note(request)
        do {
            return try await send(message, request)
        } catch {
            return CallPurpose.effect.result(of: error)
        }
    }

    package func find(_ request: InstructionRequest) async -> InstructionResult {
        let message: Message
        do {
            message = try templates.message(for: request)
        } catch {
            return .ambiguous(detail: error.detail)
        }
        do {
            if let found = try await lookFor(message, request) { return found }
        } catch {
            return CallPurpose.finding.result(of: error)
        }
        return memory.isSettled(request) ? .notFound : isNotListedYet
    }

    var isNotListedYet: InstructionResult {
        .ambiguous(detail: "the text is not in the list of sent ones yet, which can be late")
    }
}
