package import HydrantConnectorKit
package import HydrantCore

/// Speaks to ZTO's open platform.
package struct ZTOProxy: Connector, NumberStock {
    private let face: ZTOFace
    private let caller: any HTTPCaller

    package var system: String { face.system }
    package var returnAddress: Sensitive<Receiver>? { face.house.receiver }

    package init(settings: ZTOSettings, caller: any HTTPCaller) {
        face = ZTOFace(settings: settings)
        self.caller = caller
    }

    package func perform(_ request: InstructionRequest) async -> InstructionResult {
        await CourierProxy(face: face, caller: caller).perform(request)
    }

    package func find(_ request: InstructionRequest) async -> InstructionResult {
        await CourierProxy(face: face, caller: caller).find(request)
    }

    package func numbersLeft(now: Instant) async -> NumberBalance {
        let settings = face.settings
        let content: JSON = .compact([
            ("accountId", .string(settings.accountID)), ("customerId", .string(settings.customerID)),
        ])
        let call = settings.call("zto.open.queryAvailableBalanceNew", content, now: now)
        return await caller.numberBalance(call) { bytes in
            switch ZTOReply(bytes) {
            case .success(let result, _): result.firstCount
            case .failure, nil: nil
            }
        }
    }
}

/// ZTO's protocol. It cannot be asked by our own number; what is in doubt is found only where ZTO has confirmed that
/// repeating is safe.
struct ZTOFace: CourierFace {
    let settings: ZTOSettings

    var system: String { settings.system }
    var courier: String { "ZTO" }
    var house: SenderAddress { settings.sender }
    var repeatsToFind: Bool { settings.repeatsToFind }

    func call(_ question: CourierQuestion, for request: InstructionRequest) -> CourierCall? {
        switch question {
        case .create(let receiver):
            guard let number = ZTOMapper.ownNumber.text(of: request.ownNumber) else { return nil }
            let content = ZTOMapper.createContent(request, receiver: receiver, number: number, settings: settings)
            return settings.call("zto.open.createOrder", content, now: request.now)
        case .find: return nil
        case .cancel(let number):
            // A full-network number cannot be cancelled: it is recycled after 30 to 60 days without a scan.
            guard settings.orderType != "1" else { return nil }
            let content: JSON = ["cancelType": "1", "billCode": .string(number)]
            return settings.call("zto.open.cancelPreOrder", content, now: request.now)
        case .readdress(let number, let receiver):
            let content: JSON = [
                "billCode": .string(number), "requestId": .string(request.callID("readdress")), "destinationType": "2",
                "receiveInfo": ZTOMapper.receiver(receiver),
            ]
            return settings.call("thirdcenter.createIntercept", content, now: request.now)
        case .route(let number, let phone):
            guard let number else { return nil }
            let content: JSON = ["billCode": .string(number), "mobilePhone": .string(String(phone.suffix(4)))]
            return settings.call("zto.merchant.waybill.track.query", content, now: request.now)
        case .subscribe(let number, let phone):
            let content: JSON = ["billCode": .string(number), "mobilePhone": .string(String(phone.suffix(4)))]
            // The misspelling is ZTO's.
            return settings.call("zto.merchant.waybill.track.subsrcibe", content, now: request.now)
        }
    }

    func answer(to question: CourierQuestion, _ reply: [UInt8], for request: InstructionRequest) -> CourierAnswer? {
        let result: JSON
        let message: String
        switch ZTOReply(reply) {
        case nil: return nil
        case .failure(let code, let message):
            let kind = ZTOWords.kind(of: code, words: message, isCancelling: question.isCancelling)
            return .failed(kind, words: "\(code) \(message)")
        case .success(let content, let words): (result, message) = (content, words)
        }
        switch question {
        case .create, .find:
            let line = cut(result["bigMarkInfo"]?["bagAddr"]?.looseText ?? "", toBytes: 100)
            return result["billCode"]?.looseText.map { .created(number: $0, line: line) } ?? .withoutNumber
        case .cancel, .readdress, .subscribe: return .done(message.isEmpty ? "accepted" : message)
        case .route(let number, _): return .route(number: number ?? "", ZTOMapper.scans(result))
        }
    }
}
