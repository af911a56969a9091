package import HydrantConnectorKit
package import HydrantCore

/// Speaks to SF's open platform.
package struct SFProxy: Connector {
    private let courier: CourierProxy<SFFace>

    package var system: String { courier.face.system }
    package var returnAddress: Sensitive<Receiver>? { courier.face.house.receiver }

    package init(settings: SFSettings, caller: any HTTPCaller) {
        let authorised: any HTTPCaller =
            settings.proof == .oauth2 ? SFTokenCaller(settings: settings, caller: caller) : caller
        courier = CourierProxy(face: SFFace(settings: settings), caller: authorised)
    }

    package func perform(_ request: InstructionRequest) async -> InstructionResult { await courier.perform(request) }

    package func find(_ request: InstructionRequest) async -> InstructionResult { await courier.find(request) }
}

/// SF's protocol. Its order number is the parcel's id.
struct SFFace: CourierFace {
    let settings: SFSettings

    var system: String { settings.system }
    var courier: String { "SF" }
    var house: SenderAddress { settings.sender }

    func call(_ question: CourierQuestion, for request: InstructionRequest) -> CourierCall? {
        let parcel = request.ownNumber
        switch question {
        case .create(let receiver):
            let content = SFMapper.createContent(request, receiver: receiver, settings: settings)
            return settings.call(SFService.create, content, for: request)
        case .find:
            return settings.call(SFService.searchOrder, SFMapper.searchOrderContent(parcel: parcel), for: request)
        case .cancel(let number):
            let content = SFMapper.cancelContent(parcel: parcel, number: number)
            return settings.call(SFService.updateOrder, content, for: request)
        case .readdress(let number, let receiver):
            let content = SFMapper.interceptContent(number: number, receiver: receiver, settings: settings)
            return settings.call(SFService.intercept, content, for: request)
        case .route(let number, let phone):
            let content = SFMapper.searchRoutesContent(
                numbers: [number ?? parcel], areWaybills: number != nil, proof: routeProof(phone: phone))
            return settings.call(SFService.searchRoutes, content, for: request)
        case .subscribe(let number, let phone):
            let content = SFMapper.registerContent(parcel: parcel, number: number, phone: phone)
            return settings.call(SFService.registerRoute, content, for: request)
        }
    }

    /// SF takes up to ten waybills whose receivers have the same last digits, or any ten where it checks none.
    var routesPerCall: Int { 10 }

    func routeProof(phone: String) -> String {
        settings.checksPhone && phone.count >= 4 ? String(phone.suffix(4)) : ""
    }

    func routesCall(_ waybills: [RouteQuestion], for request: InstructionRequest) -> CourierCall? {
        let content = SFMapper.searchRoutesContent(
            numbers: waybills.map(\.number), areWaybills: true, proof: waybills[0].proof)
        return settings.call(SFService.searchRoutes, content, for: request)
    }

    func answer(to question: CourierQuestion, _ reply: [UInt8], for request: InstructionRequest) -> CourierAnswer? {
        let content: JSON
        switch SFReply(reply) {
        case nil: return nil
        case .failure(let code, let message):
            return .failed(SFWords.kind(of: code, isCancelling: question.isCancelling), words: "\(code) \(message)")
        case .success(let document): content = document
        }
        switch question {
        case .create, .find:
            if case .create = question, content["filterResult"]?.looseText == "3" {
                let remark = shortened(content["remark"]?.string ?? "")
                return .failed(.channel, words: "SF does not deliver there \(remark)")
            }
            return SFMapper.mainWaybill(content).map { .created(number: $0) } ?? .withoutNumber
        case .cancel:
            guard content["resStatus"]?.looseText != "1" else {
                return .failed(.channel, words: "SF says that order and waybill do not belong together")
            }
            return .done("cancelled")
        case .readdress, .subscribe: return .done("accepted")
        case .route:
            let reply = SFMapper.route(content, of: request.ownNumber, question)
            return .route(number: reply?["mailNo"]?.string ?? "", reply.map(SFMapper.scans) ?? [])
        }
    }
}
