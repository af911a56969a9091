package import HydrantConnectorKit
package import HydrantCore

/// Speaks to Yunda's open platform. Its pushes are not documented in public, so routes are asked for, after a
/// subscription without which Yunda shows none.
package struct YundaProxy: Connector, NumberStock {
    private let courier: CourierProxy<YundaFace>

    package var system: String { courier.face.system }
    package var returnAddress: Sensitive<Receiver>? { courier.face.house.receiver }

    package init(settings: YundaSettings, caller: any HTTPCaller) {
        courier = CourierProxy(face: YundaFace(settings: settings), caller: caller)
    }

    package func perform(_ request: InstructionRequest) async -> InstructionResult {
        let result = await courier.perform(request)
        // Yunda shows routes only of what was subscribed before.
        guard request.followsParcel, case .refused(let detail, _) = result, detail.contains("订阅") else { return result }
        var subscription = request
        subscription.instruction.kind = .subscribeTrace
        let end = await courier.perform(subscription)
        guard case .done(_, let words) = end else { return end }
        return .underWay(facts: [], detail: "subscribed: \(words)")
    }

    package func find(_ request: InstructionRequest) async -> InstructionResult { await courier.find(request) }

    package func numbersLeft(now: Instant) async -> NumberBalance {
        let call = courier.face.settings.call("/openapi-api/v1/accountOrder/searchCount", [], now: now)
        return await courier.caller.numberBalance(call) { bytes in
            switch YundaReply(bytes) {
            case .success(let data, _): data.firstCount
            case .failure, nil: nil
            }
        }
    }
}

/// Yunda's protocol: orders come and go in batches, of which the hub sends one at a time.
struct YundaFace: CourierFace {
    let settings: YundaSettings

    var system: String { settings.system }
    var courier: String { "YUNDA" }
    var house: SenderAddress { settings.sender }
    var repeatsToFind: Bool { settings.repeatsToFind }

    func call(_ question: CourierQuestion, for request: InstructionRequest) -> CourierCall? {
        guard let own = YundaMapper.ownNumber.text(of: request.ownNumber) else { return nil }
        switch question {
        case .create(let receiver):
            let order = YundaMapper.order(request, receiver: receiver, number: own, settings: settings)
            return settings.call(Self.path("createBmOrder"), [("orders", [order])], now: request.now)
        case .find: return nil
        case .cancel(let number):
            let order: JSON = ["order_serial_no": .string(own), "mailno": .string(number)]
            return settings.call(Self.path("cancelBmOrder"), [("orders", [order])], now: request.now)
        case .readdress(let number, let receiver):
            let order = YundaMapper.order(request, receiver: receiver, number: own, settings: settings)
            let named = JSON.object((order.members ?? []) + [JSON.Member("mailno", .string(number))])
            return settings.call(Self.path("updateBmOrder"), [("orders", [named])], now: request.now)
        case .route(let number, _):
            guard let number else { return nil }
            return settings.call("/openapi/outer/logictis/query", [("mailno", .string(number))], now: request.now)
        case .subscribe(let number, _):
            let order: JSON = ["orderid": .string(own), "mailno": .string(number)]
            return settings.call("/openapi/outer/logictis/subscribe", [("orders", [order])], now: request.now)
        }
    }

    private static func path(_ name: String) -> String { "/openapi-api/v1/accountOrder/\(name)" }

    func answer(to question: CourierQuestion, _ reply: [UInt8], for request: InstructionRequest) -> CourierAnswer? {
        let data: JSON
        switch YundaReply(reply) {
        case nil: return nil
        case .failure(let code, let message):
            let kind = RefusalWords.kind(of: message, isCancelling: question.isCancelling)
            return .failed(kind, words: "\(code) \(message)")
        case .success(let content, _): data = content
        }
        if case .route(let number, _) = question { return .route(number: number ?? "", YundaMapper.scans(data)) }
        let own = YundaMapper.ownNumber.text(of: request.ownNumber) ?? ""
        guard let row = YundaMapper.row(data, number: own) else {
            return .failed(.ambiguous, words: "the reply does not name order \(own)")
        }
        guard row["status"]?.looseBool ?? true else {
            let words = shortened((row["msg"] ?? row["remark"])?.looseText ?? "refused")
            if case .create = question, let number = row["mailno"]?.looseText { return .created(number: number) }
            return .failed(RefusalWords.kind(of: words, isCancelling: question.isCancelling), words: words)
        }
        switch question {
        case .create, .find: return row["mailno"]?.looseText.map { .created(number: $0) } ?? .withoutNumber
        default: return .done(row["msg"]?.looseText ?? "accepted")
        }
    }
}
