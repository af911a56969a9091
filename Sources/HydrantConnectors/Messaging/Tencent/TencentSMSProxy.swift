package import HydrantConnectorKit
import HydrantCore

/// Sends texts through Tencent Cloud: to customers and to warehouse keepers, one for each instruction.
package struct TencentSMSProxy: MessageProxy {
    private let settings: TencentSMSSettings
    private let caller: any HTTPCaller

    package var system: String { settings.system }
    var templates: MessageTemplates { settings.templates }
    var memory: SendMemory { settings.memory }

    package init(settings: TencentSMSSettings, caller: any HTTPCaller) {
        self.settings = settings
        self.caller = caller
    }

    func send(_ message: Message, _ request: InstructionRequest) async throws(CallFailure) -> InstructionResult {
        let content = TencentSMSMapper.sendContent(message, settings: settings)
        let response = try await call("SendSms", content, request)
        if let refusal = refusal(response, .effect) { return refusal }
        guard let status = TencentSMSMapper.sendStatus(response, phone: message.phone) else {
            return .ambiguous(detail: "the reply of SendSms does not name the phone")
        }
        guard status.code != "Ok" else { return request.sent(status.serial) }
        let words = "\(status.code) \(withoutPhones(shortened(status.message)))"
        return TencentSMSWords.policy(of: status.code).result(words, .effect)
    }

    /// Only where Tencent returns our own number, an absence says anything.
    func lookFor(_ message: Message, _ request: InstructionRequest) async throws(CallFailure) -> InstructionResult? {
        let issued = request.order.issued.first { $0.instruction.key == request.instruction.key }?.issuedAt
        let from = max(issued ?? request.now - .hours(24), request.now - .hours(24 * 7 - 1)) - .minutes(1)
        let content = TencentSMSMapper.statusContent(
            phone: message.phone, from: from, to: request.now + .minutes(1), settings: settings)
        let response = try await call("PullSmsSendStatusByPhoneNumber", content, request)
        if let refusal = refusal(response, .finding) { return refusal }
        let statuses = TencentSMSMapper.statuses(response)
        if let found = statuses.first(where: { $0.reference == message.reference.text }) {
            return found.isFailed
                ? request.undelivered(withoutPhones(shortened(found.description))) : request.sent("found as sent")
        }
        guard settings.returnsSessionContext else {
            return .ambiguous(
                detail:
                    "Tencent does not tell which text it sent; look in its console, or have it return SessionContext")
        }
        return statuses.count < 100 ? nil : isNotListedYet
    }

    private func refusal(_ response: JSON, _ purpose: CallPurpose) -> InstructionResult? {
        guard let error = response["Error"] else { return nil }
        let code = error["Code"]?.looseText ?? ""
        let words = "\(code) \(withoutPhones(shortened(error["Message"]?.string ?? "")))"
        return TencentSMSWords.policy(of: code).result(words, purpose)
    }

    private func call(_ action: String, _ content: JSON, _ request: InstructionRequest) async throws(CallFailure)
        -> JSON
    {
        let reply = try await caller.reply(settings.call(action: action, body: content.bytes, now: request.now))
        guard reply.status < 500, let document = try? JSON(bytes: reply.body), let response = document["Response"]
        else {
            throw reply.failure(of: action)
        }
        return response
    }
}
