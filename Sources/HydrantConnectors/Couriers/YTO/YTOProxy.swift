package import HydrantConnectorKit
package import HydrantCore

/// Speaks to YTO's open platform. Its pushes are not documented in public, so routes are asked for.
package struct YTOProxy: Connector {
    private let courier: CourierProxy<YTOFace>

    package var system: String { courier.face.system }
    package var returnAddress: Sensitive<Receiver>? { courier.face.house.receiver }

    package init(settings: YTOSettings, caller: any HTTPCaller) {
        courier = CourierProxy(face: YTOFace(settings: settings), caller: caller)
    }

    package func perform(_ request: InstructionRequest) async -> InstructionResult { await courier.perform(request) }

    package func find(_ request: InstructionRequest) async -> InstructionResult { await courier.find(request) }
}

/// YTO's protocol. It has no question by our own number and no change of address.
struct YTOFace: CourierFace {
    let settings: YTOSettings

    var system: String { settings.system }
    var courier: String { "YTO" }
    var house: SenderAddress { settings.sender }
    var repeatsToFind: Bool { settings.repeatsToFind }

    func call(_ question: CourierQuestion, for request: InstructionRequest) -> CourierCall? {
        let number = YTOMapper.ownNumber.text(of: request.ownNumber)
        switch question {
        case .create(let receiver):
            guard let number else { return nil }
            let content = YTOMapper.createContent(request, receiver: receiver, number: number, settings: settings)
            return settings.call(settings.create, content, now: request.now)
        case .find, .readdress: return nil
        case .cancel:
            guard let number else { return nil }
            let content: JSON = ["logisticsNo": .string(number), "cancelDesc": "取消"]
            return settings.call(settings.cancel, content, now: request.now)
        case .route(let waybill, _):
            guard let waybill else { return nil }
            return settings.call(settings.track, ["NUMBER": .string(waybill)], now: request.now)
        case .subscribe(let waybill, _):
            guard let number else { return nil }
            let content: JSON = ["logisticsNo": .string(number), "waybillNo": .string(waybill)]
            return settings.call(settings.subscribe, content, now: request.now)
        }
    }

    func answer(to question: CourierQuestion, _ reply: [UInt8], for request: InstructionRequest) -> CourierAnswer? {
        let document: JSON
        let message: String
        switch YTOReply(reply) {
        case nil: return nil
        case .failure(let code, let message):
            let words = "\(code) \(message)"
            return .failed(RefusalWords.kind(of: message, isCancelling: question.isCancelling), words: words)
        case .success(let content, let words): (document, message) = (content, words)
        }
        switch question {
        case .create, .find: return YTOMapper.waybill(document).map { .created(number: $0) } ?? .withoutNumber
        case .cancel, .readdress, .subscribe: return .done(message.isEmpty ? "accepted" : message)
        case .route(let number, _): return .route(number: number ?? "", YTOMapper.scans(document))
        }
    }
}
