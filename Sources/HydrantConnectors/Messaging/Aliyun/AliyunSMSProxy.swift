package import HydrantConnectorKit
import HydrantCore

/// Sends texts through Alibaba Cloud: to customers and to warehouse keepers, one for each instruction.
package struct AliyunSMSProxy: MessageProxy {
    private let settings: AliyunSMSSettings
    private let caller: any HTTPCaller

    package var system: String { settings.system }
    var templates: MessageTemplates { settings.templates }
    var memory: SendMemory { settings.memory }

    package init(settings: AliyunSMSSettings, caller: any HTTPCaller) {
        self.settings = settings
        self.caller = caller
    }

    func send(_ message: Message, _ request: InstructionRequest) async throws(CallFailure) -> InstructionResult {
        let pairs = AliyunSMSMapper.sendPairs(message, signName: settings.signName)
        let reply = try await call("SendSms", pairs, request)
        let code = reply["Code"]?.looseText ?? ""
        guard code != "OK" else { return request.sent(reply["BizId"]?.looseText ?? "sent") }
        return AliyunSMSWords.policy(of: code).result(words(reply), .effect)
    }

    /// Looks from the day of the instruction to today.
    func lookFor(_ message: Message, _ request: InstructionRequest) async throws(CallFailure) -> InstructionResult? {
        for day in days(request) {
            if let found = try await search(message, on: day, request) { return found }
        }
        return nil
    }

    private func search(
        _ message: Message, on day: String, _ request: InstructionRequest
    ) async throws(CallFailure) -> InstructionResult? {
        // Ten texts a day is what one phone may get; four pages are two hundred.
        for page in 1...4 {
            let pairs = AliyunSMSMapper.detailPairs(phone: message.phone, day: day, page: page)
            let reply = try await call("QuerySendDetails", pairs, request)
            guard reply["Code"]?.looseText == "OK" else { return .ambiguous(detail: words(reply)) }
            let details = AliyunSMSMapper.details(reply)
            if let found = details.first(where: { $0.reference == message.reference.text }) {
                return found.status == 2 ? request.undelivered(found.errorCode) : request.sent("found as sent")
            }
            if details.count < 50 { return nil }
        }
        return .ambiguous(detail: "the list of sent texts is longer than it can be")
    }

    private func days(_ request: InstructionRequest) -> [String] {
        let issued = request.order.issued.first { $0.instruction.key == request.instruction.key }?.issuedAt
        let first = issued ?? request.now - .hours(24)
        var days: [String] = []
        var moment = request.now
        while days.count < 7, AliyunSMSMapper.day(moment) >= AliyunSMSMapper.day(first) {
            days.append(AliyunSMSMapper.day(moment))
            moment = moment - .hours(24)
        }
        return days
    }

    private func words(_ reply: JSON) -> String {
        "\(reply["Code"]?.looseText ?? "") \(withoutPhones(shortened(reply["Message"]?.string ?? "")))"
    }

    private func call(
        _ action: String, _ pairs: [(name: String, value: String)], _ request: InstructionRequest
    ) async throws(CallFailure) -> JSON {
        let asked = formEncoded(pairs)
        let seed = "\(request.instruction.key) \(action) \(asked) \(request.now.milliseconds)"
        let nonce = hexadecimalText(HashAlgorithm.sha256.digest(Array(seed.utf8)).prefix(16))
        let form = settings.form(action: action, pairs, nonce: nonce, now: request.now)
        let call = HTTPCall(
            url: settings.url + "/", headers: [("content-type", "application/x-www-form-urlencoded")], body: form,
            timeout: settings.timeout)
        let reply = try await caller.reply(call)
        // Refusals come as HTTP 4xx with the same JSON; only a reply that cannot be read is judged by its status.
        if let document = try? JSON(bytes: reply.body), document["Code"] != nil, reply.status < 500 { return document }
        throw reply.failure(of: action)
    }
}
