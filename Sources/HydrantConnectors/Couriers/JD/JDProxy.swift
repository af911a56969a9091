package import HydrantConnectorKit
package import HydrantCore

/// Speaks to JD Logistics' open platform.
package struct JDProxy: Connector {
    private let courier: CourierProxy<JDFace>

    package var system: String { courier.face.system }
    package var returnAddress: Sensitive<Receiver>? { courier.face.house.receiver }

    package init(settings: JDSettings, caller: any HTTPCaller) {
        courier = CourierProxy(face: JDFace(settings: settings), caller: caller)
    }

    package func perform(_ request: InstructionRequest) async -> InstructionResult { await courier.perform(request) }

    package func find(_ request: InstructionRequest) async -> InstructionResult { await courier.find(request) }
}

/// JD's protocol. It answers a repeated order number with the waybill that is there (sub-code 0_0001), which is how
/// a creation in doubt is found.
struct JDFace: CourierFace {
    let settings: JDSettings

    var system: String { settings.system }
    var courier: String { "JD" }
    var house: SenderAddress { settings.sender }
    var repeatsToFind: Bool { settings.repeatsToFind }

    func call(_ question: CourierQuestion, for request: InstructionRequest) -> CourierCall? {
        switch question {
        case .create(let receiver):
            guard let number = JDMapper.ownNumber.text(of: request.ownNumber) else { return nil }
            let content = JDMapper.createContent(request, receiver: receiver, number: number, settings: settings)
            return settings.call("/ecap/v1/orders/create", content, now: request.now)
        case .find: return nil
        case .cancel(let number):
            let content = JDMapper.waybill(
                number, settings, [("cancelReason", "用户发起取消"), ("cancelReasonCode", "1")])
            return settings.call("/ecap/v1/orders/cancel", content, now: request.now)
        case .readdress(let number, let receiver):
            let content = JDMapper.waybill(number, settings, [("receiverContact", JDMapper.receiver(receiver))])
            return settings.call("/ecap/v1/orders/modify", content, now: request.now)
        case .route(let number, _):
            guard let number else { return nil }
            return settings.call("/ecap/v1/orders/trace/query", JDMapper.waybill(number, settings), now: request.now)
        case .subscribe(let number, let phone):
            let content = JDMapper.waybill(number, settings, [("mobile", .string(String(phone.suffix(4))))])
            return settings.call("/ecap/v1/orders/trace/subscribe", content, now: request.now)
        }
    }

    func answer(to question: CourierQuestion, _ reply: [UInt8], for request: InstructionRequest) -> CourierAnswer? {
        let data: JSON
        let message: String
        switch JDReply(reply) {
        case nil: return nil
        case .failure(JDWords.alreadyThere, let message):
            return .failed(.alreadyDone, words: "\(JDWords.alreadyThere) \(message)")
        case .failure(let code, let message):
            let kind = JDWords.kind(of: code, words: message, isCancelling: question.isCancelling)
            return .failed(kind, words: "\(code) \(message)")
        case .success(let content, let words): (data, message) = (content, words)
        }
        switch question {
        case .create, .find:
            return data["waybillCode"]?.looseText.map { .created(number: $0) } ?? .withoutNumber
        case .cancel: return cancelled(data, message)
        case .readdress, .subscribe: return .done(message.isEmpty ? "accepted" : message)
        case .route(let number, _): return .route(number: number ?? "", JDMapper.scans(data))
        }
    }

    /// 0 cancelled, 1 stopped on its way, 2 and 3 neither.
    private func cancelled(_ data: JSON, _ message: String) -> CourierAnswer {
        switch data["resultType"]?.looseText ?? data.looseText {
        case "0": .done("cancelled")
        case "1": .done("stopped on its way")
        case "2": .failed(.channel, words: "JD could not cancel \(message)")
        case "3": .failed(.channel, words: "JD could not stop the parcel \(message)")
        default: .failed(.ambiguous, words: "JD does not say whether it cancelled \(message)")
        }
    }
}
