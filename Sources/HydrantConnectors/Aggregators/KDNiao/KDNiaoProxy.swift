package import HydrantConnectorKit
package import HydrantCore

/// Speaks to KDNiao: one contract, waybills and traces of many couriers.
package struct KDNiaoProxy: AggregatorProxy {
    private let settings: KDNiaoSettings
    private let caller: any HTTPCaller

    package var system: String { settings.system }
    package var returnAddress: Sensitive<Receiver>? { settings.sender.receiver }
    var repeatedOrder: RepeatedOrder { settings.repeatedOrder }

    package init(settings: KDNiaoSettings, caller: any HTTPCaller) {
        self.settings = settings
        self.caller = caller
    }

    func carryOut(_ request: InstructionRequest) async throws(UnservedCourier) -> InstructionResult {
        switch request.instruction.kind {
        case .createWaybill: try await create(request, .effect)
        case .findWaybill: try await lookUp(request)
        case .voidWaybill: try await cancel(request)
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
        let content = KDNiaoMapper.createContent(request, courier: code, receiver: receiver, settings: settings)
        return await exchange(.waybill, "1007", content, purpose) { reply in
            guard let number = KDNiaoMapper.number(reply) else {
                return .ambiguous(detail: "KDNiao has the order and names no number")
            }
            return request.adopted(number, courier: settings.codes.courier(for: request))
        }
    }

    private func cancel(_ request: InstructionRequest) async throws(UnservedCourier) -> InstructionResult {
        guard let number = request.instruction.waybillNumber else {
            return .refused(detail: "no waybill is named", class: .data)
        }
        let code = try settings.codes.code(for: request)
        let content = KDNiaoMapper.cancelContent(
            parcel: request.ownNumber, courier: code, number: number, settings: settings)
        return await exchange(.waybill, "1147", content, .effect) { _ in
            request.voided(number)
        }
    }

    private func queryTrace(_ request: InstructionRequest) async throws(UnservedCourier) -> InstructionResult {
        guard let waybill = request.waybill else {
            return .retryable(detail: "the parcel has no number yet", after: .minutes(15))
        }
        let code = try settings.codes.code(for: request)
        let content = KDNiaoMapper.traceContent(
            parcel: request.ownNumber, courier: code, number: waybill.number, phone: phone(of: request))
        return await exchange(.trace, settings.queryType, content, .question) { reply in
            let trace = KDNiaoMapper.trace(reply, parcel: request.parcel, isComplete: true)
            return AggregatedTrace.result(trace, request, name: "KDNiao")
        }
    }

    private func subscribe(_ request: InstructionRequest) async throws(UnservedCourier) -> InstructionResult {
        guard let waybill = request.waybill else {
            return .refused(detail: "the parcel has no such number", class: .data)
        }
        let code = try settings.codes.code(for: request)
        let content = KDNiaoMapper.traceContent(
            parcel: request.ownNumber, courier: code, number: waybill.number, phone: phone(of: request))
        return await exchange(.subscription, settings.subscriptionType, content, .question) { _ in
            .done(facts: [], detail: "subscribed")
        }
    }

    private func phone(of request: InstructionRequest) -> String {
        request.receiver?.open(reason: "SF checks the last four digits before it shows a trace").phone ?? ""
    }

    private func exchange(
        _ service: KDNiaoService, _ type: String, _ content: JSON, _ purpose: CallPurpose,
        read: (JSON) -> InstructionResult
    ) async -> InstructionResult {
        do {
            switch try await call(service, type, content) {
            case .success(let document): return read(document)
            case .failure(let code, let message, let document):
                let policy = KDNiaoWords.policy(of: code)
                policy.note()
                if policy == .alreadyDone { return read(document) }
                return policy.result("\(code) \(message)", purpose)
            }
        } catch {
            return purpose.result(of: error)
        }
    }

    private func call(
        _ service: KDNiaoService, _ type: String, _ content: JSON
    ) async throws(CallFailure) -> KDNiaoReply {
        let call = HTTPCall(
            url: settings.address(of: service),
            headers: [("content-type", "application/x-www-form-urlencoded;charset=utf-8")],
            body: settings.form(type: type, content: content.bytes), timeout: settings.timeout)
        guard let reply = KDNiaoReply(try await caller.successfulReply(call).body) else {
            throw .unknown("the reply of \(type) is not readable")
        }
        return reply
    }
}

extension KDNiaoProxy: NumberStock {
    package func numbersLeft(now: Instant) async -> NumberBalance {
        guard let code = settings.codes.code(of: settings.codes.usual) else {
            return .unknown("the option courier names none")
        }
        do {
            switch try await call(.waybill, "1127", KDNiaoMapper.balanceContent(courier: code, settings: settings)) {
            case .success(let reply):
                return KDNiaoMapper.balance(reply).map { .left($0) } ?? .unknown("the reply names no number")
            case .failure(let code, let message, _): return .unknown("\(code) \(message)")
            }
        } catch {
            return .unknown(error.words)
        }
    }
}
