import HydrantConnectorKit
import HydrantCore
import Synchronization

/// How a text that may or may not have been sent is looked for: what the operator lists as sent appears there late, so
/// "not in the list" counts only some time after the last attempt.
final class SendMemory: Sendable {
    private let attempts = Mutex<[String: Instant]>([:])
    private let settling: Milliseconds

    /// - Parameter settling: how long after an attempt a text may be missing from the list although it was sent.
    init(settling: Milliseconds) { self.settling = settling }

    func note(_ request: InstructionRequest) {
        attempts.withLock { attempts in
            if attempts.count > 10_000 {
                attempts = attempts.filter { request.now - $0.value < settling }
            }
            attempts[request.instruction.key] = request.now
        }
    }

    /// Whether an absence from the list proves that nothing was sent. After a restart the time since the instruction
    /// was issued counts.
    func isSettled(_ request: InstructionRequest) -> Bool {
        let key = request.instruction.key
        let issued = request.order.issued.first { $0.instruction.key == key }?.issuedAt
        guard let last = attempts.withLock({ $0[key] }) ?? issued else { return false }
        return request.now - last >= settling
    }
}

extension InstructionRequest {
    /// The operator took the text.
    func sent(_ id: String) -> InstructionResult {
        guard let touchpoint = Touchpoint(rawValue: instruction.target), instruction.kind == .notifyCustomer else {
            return .done(facts: [], detail: id)
        }
        let fact = fact("message", at: now, .touchpointSent(kind: touchpoint, isAccepted: true))
        return .done(facts: [fact], detail: id)
    }

    /// The operator sent the text, and it did not arrive.
    func undelivered(_ words: String) -> InstructionResult {
        guard let touchpoint = Touchpoint(rawValue: instruction.target), instruction.kind == .notifyCustomer else {
            return .refused(detail: "the text was not delivered: \(words)", class: .data)
        }
        let fact = fact("message", at: now, .touchpointSent(kind: touchpoint, isAccepted: false))
        return .done(facts: [fact], detail: "not delivered: \(words)")
    }
}

/// Receipts carry no signature: a secret at the end of the address is all that proves the sender.
struct ReceiptGate: Sendable {
    private let token: String

    init(_ settings: ConnectorSettings) throws(ConnectorSettingsProblem) {
        token = settings.optionalCredential("receiptToken")
        guard token.isEmpty || token.utf8.count >= 16 else {
            throw ConnectorSettingsProblem(
                system: settings.system, field: "credentials.receiptToken", message: "must have at least 16 characters")
        }
    }

    func isOpen(to push: Push) -> Bool {
        !token.isEmpty && isEqualInConstantTime(push.pathRest.utf8, token.utf8)
    }
}

/// An operator's words without anything that could be a phone.
func withoutPhones(_ text: String) -> String { withoutPeople(text) }

extension HTTPCaller {
    /// The reply whatever its status.
    func reply(_ call: HTTPCall) async throws(CallFailure) -> HTTPReply {
        do {
            return try await self.call(call)
        } catch {
            switch error {
            case .notSent(let detail): throw .notDone(detail, after: nil)
            case .ambiguous(let detail): throw .unknown(detail)
            }
        }
    }
}

extension HTTPReply {
    /// What a reply without readable words means, by its status alone.
    func failure(of action: String) -> CallFailure {
        switch status {
        case 408, 425, 429: .notDone("HTTP \(status)", after: waitingTime)
        case 400..<500: .refused("HTTP \(status)")
        default: .unknown("the reply of \(action) is not readable (HTTP \(status))")
        }
    }
}
