package import HydrantConnectorKit
package import HydrantCore

/// Speaks to Cainiao's LINK gateway: one contract, waybills of many couriers.
package struct CainiaoProxy: AggregatorProxy {
    private let settings: CainiaoSettings
    private let caller: any HTTPCaller

    package var system: String { settings.system }
    package var returnAddress: Sensitive<Receiver>? { settings.sender.receiver }
    var repeatedOrder: RepeatedOrder { settings.repeatedOrder }

    package init(settings: CainiaoSettings, caller: any HTTPCaller) {
        self.settings = settings
        self.caller = caller
    }

    func carryOut(_ request: InstructionRequest) async throws(UnservedCourier) -> InstructionResult {
        switch request.instruction.kind {
        case .createWaybill: try await create(request, .effect)
        case .findWaybill: try await lookUp(request)
        case .voidWaybill: try await discard(request)
        case .readdressWaybill: try await readdress(request)
        case .queryTrace: try await queryTrace(request)
        case .subscribeTrace: try await subscribe(request)
        default: request.unsupported(by: system)
        }
    }

    func create(
        _ request: InstructionRequest, _ purpose: CallPurpose
    ) async throws(UnservedCourier) -> InstructionResult {
        guard let receiver = request.receiver?.open(reason: "the courier's waybill carries the address") else {
            return .refused(detail: "the order has no receiver", class: .data)
        }
        if let end = request.homelessness(settings.sender) { return end }
        let code = try settings.codes.code(for: request)
        let content = CainiaoMapper.createContent(request, courier: code, receiver: receiver, settings: settings)
        return await exchange(.create, content, purpose) { reply in
            guard let number = CainiaoMapper.number(reply, of: request.ownNumber) else {
                return .ambiguous(detail: "Cainiao's reply names no number of this parcel")
            }
            return request.adopted(number, courier: settings.codes.courier(for: request))
        }
    }

    private func discard(_ request: InstructionRequest) async throws(UnservedCourier) -> InstructionResult {
        guard let number = request.instruction.waybillNumber else {
            return .refused(detail: "no waybill is named", class: .data)
        }
        let code = try settings.codes.code(for: request)
        let content = CainiaoMapper.discardContent(courier: code, number: number)
        return await exchange(.discard, content, .effect) { reply in
            guard reply["discardResult"]?.looseBool ?? true else {
                return .refused(detail: "Cainiao did not take \(number) back", class: .channel)
            }
            return request.voided(number)
        }
    }

    private func readdress(_ request: InstructionRequest) async throws(UnservedCourier) -> InstructionResult {
        guard let number = request.instruction.waybillNumber,
            let receiver = request.receiver?.open(reason: "the address is changed")
        else {
            return .refused(detail: "no waybill or no receiver is named", class: .data)
        }
        let code = try settings.codes.code(for: request)
        let content = CainiaoMapper.changeContent(
            courier: code, number: number, parcel: request.ownNumber, receiver: receiver)
        return await exchange(.change, content, .effect) { _ in .done(facts: [], detail: "changed") }
    }

    private func queryTrace(_ request: InstructionRequest) async throws(UnservedCourier) -> InstructionResult {
        guard let waybill = request.waybill else {
            return .retryable(detail: "the parcel has no number yet", after: .minutes(15))
        }
        let content = try traceContent(waybill, request)
        return await exchange(.trace, content, .question) { reply in
            let trace = CainiaoMapper.trace(reply, parcel: request.parcel, number: waybill.number)
            return AggregatedTrace.result(trace, request, name: "Cainiao")
        }
    }

    private func subscribe(_ request: InstructionRequest) async throws(UnservedCourier) -> InstructionResult {
        guard settings.pushes else {
            return .refused(
                detail: "\(system) pushes nothing; set the option pushes once Cainiao has the hub's address",
                class: .channel)
        }
        guard let waybill = request.waybill else {
            return .refused(detail: "the parcel has no such number", class: .data)
        }
        let content = try traceContent(waybill, request)
        // To subscribe twice changes nothing, so it is a question.
        return await exchange(.subscribe, content, .question) { _ in .done(facts: [], detail: "subscribed") }
    }

    private func traceContent(
        _ waybill: Waybill, _ request: InstructionRequest
    ) throws(UnservedCourier) -> JSON {
        let code = try settings.codes.code(for: request)
        let phone = request.receiver?.open(reason: "some couriers check the phone before they show a trace").phone ?? ""
        return CainiaoMapper.traceContent(
            courier: code, number: waybill.number, phone: phone, appCode: settings.appCode)
    }

    private func exchange(
        _ service: CainiaoService, _ content: JSON, _ purpose: CallPurpose, read: (JSON) -> InstructionResult
    ) async -> InstructionResult {
        let reply: CainiaoReply
        do {
            reply = try await call(service, content)
        } catch {
            return purpose.result(of: error)
        }
        switch reply {
        case .success(let document): return read(document)
        case .failure(let code, let message):
            let policy = CainiaoWords.policy(code: code, message: message)
            policy.note()
            // Subscribed before: what was asked for is so.
            if policy == .alreadyDone { return read(.null) }
            return policy.result("\(code) \(message)", purpose)
        }
    }

    private func call(_ service: CainiaoService, _ content: JSON) async throws(CallFailure) -> CainiaoReply {
        let call = HTTPCall(
            url: settings.url, headers: [("content-type", "application/x-www-form-urlencoded;charset=UTF-8")],
            body: settings.form(service, content: content.bytes), timeout: settings.timeout)
        guard let reply = CainiaoReply(try await caller.successfulReply(call).body) else {
            throw .unknown("the reply of \(service.rawValue) is not readable")
        }
        return reply
    }
}

extension CainiaoProxy: NumberStock {
    package func numbersLeft(now: Instant) async -> NumberBalance {
        guard let code = settings.codes.code(of: settings.codes.usual) else {
            return .unknown("the option courier names none")
        }
        do {
            switch try await call(.subscriptions, ["cpCode": .string(code)]) {
            case .success(let reply):
                return CainiaoMapper.balance(reply, courier: code).map { .left($0) }
                    ?? .unknown("the reply names no number")
            case .failure(let code, let message): return .unknown("\(code) \(message)")
            }
        } catch {
            return .unknown(error.words)
        }
    }
}
