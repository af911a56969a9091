package import HydrantConnectorKit
package import HydrantCore

/// Speaks to STO's open platform.
package struct STOProxy: Connector {
    private let courier: CourierProxy<STOFace>

    package var system: String { courier.face.system }
    package var returnAddress: Sensitive<Receiver>? { courier.face.house.receiver }

    package init(settings: STOSettings, caller: any HTTPCaller) {
        courier = CourierProxy(face: STOFace(settings: settings), caller: caller)
    }

    package func perform(_ request: InstructionRequest) async -> InstructionResult { await courier.perform(request) }

    package func find(_ request: InstructionRequest) async -> InstructionResult { await courier.find(request) }
}

/// STO's protocol. It has no question by our own number.
struct STOFace: CourierFace {
    let settings: STOSettings

    var system: String { settings.system }
    var courier: String { "STO" }
    var house: SenderAddress { settings.sender }
    var repeatsToFind: Bool { settings.repeatsToFind }
    var routesPerCall: Int { settings.routesPerCall }

    func call(_ question: CourierQuestion, for request: InstructionRequest) -> CourierCall? {
        switch question {
        case .create(let receiver):
            guard let number = STOMapper.ownNumber.text(of: request.ownNumber) else { return nil }
            return settings.call(
                settings.create,
                STOMapper.createContent(request, receiver: receiver, number: number, settings: settings))
        case .find: return nil
        case .cancel(let number):
            return settings.call(
                settings.cancel,
                [
                    "billCode": .string(number), "orderType": .string(settings.orderType),
                    "orderSource": .string(settings.orderSource),
                ])
        case .readdress(let number, let receiver):
            return settings.call(
                settings.intercept,
                [
                    "waybillNo": .string(number), "orderSource": .string(settings.orderSource),
                    "interceptType": "MODIFY_ADDRESS", "receiver": STOMapper.receiver(receiver),
                ])
        case .route(let number, _):
            guard let number else { return nil }
            return routesCall([RouteQuestion(number: number)], for: request)
        case .subscribe(let number, _):
            return settings.call(
                settings.subscribe,
                [
                    "orderSource": .string(settings.orderSource),
                    "subscribeInfoList": [
                        [
                            "waybillNo": .string(number),
                            "linkCode": .string(STOMapper.ownNumber.text(of: request.ownNumber) ?? ""),
                        ]
                    ],
                ])
        }
    }

    func routesCall(_ waybills: [RouteQuestion], for request: InstructionRequest) -> CourierCall? {
        let numbers = waybills.map { JSON.string($0.number) }
        return settings.call(settings.track, ["order": "asc", "waybillNoList": .array(numbers)])
    }

    func answer(to question: CourierQuestion, _ reply: [UInt8], for request: InstructionRequest) -> CourierAnswer? {
        let data: JSON
        let message: String
        switch STOReply(reply) {
        case nil: return nil
        case .failure(let code, let message):
            let kind = RefusalWords.kind(of: message, isCancelling: question.isCancelling)
            return .failed(kind, words: "\(code) \(message)")
        case .success(let content, let words): (data, message) = (content, words)
        }
        switch question {
        case .create, .find: return data["waybillNo"]?.looseText.map { .created(number: $0) } ?? .withoutNumber
        case .cancel, .readdress, .subscribe: return .done(message.isEmpty ? "accepted" : message)
        case .route(let number, _): return .route(number: number ?? "", STOMapper.scans(data, number: number ?? ""))
        }
    }
}
