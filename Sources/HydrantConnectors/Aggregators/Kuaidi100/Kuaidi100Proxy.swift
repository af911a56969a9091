package import HydrantConnectorKit
package import HydrantCore

/// Speaks to Kuaidi100: one contract, waybills and traces of many couriers.
package struct Kuaidi100Proxy: AggregatorProxy {
    private let settings: Kuaidi100Settings
    private let caller: any HTTPCaller

    package var system: String { settings.system }
    package var returnAddress: Sensitive<Receiver>? { settings.sender.receiver }
    var repeatedOrder: RepeatedOrder { settings.repeatedOrder }
    // A second order to change an address may cost a second time.
    var mayRepeatReaddressing: Bool { false }

    package init(settings: Kuaidi100Settings, caller: any HTTPCaller) {
        self.settings = settings
        self.caller = caller
    }

    func carryOut(_ request: InstructionRequest) async throws(UnservedCourier) -> InstructionResult {
        switch request.instruction.kind {
        case .createWaybill: try await create(request, .effect)
        case .findWaybill: try await lookUp(request)
        case .voidWaybill: try await cancel(request)
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
        let content = Kuaidi100Mapper.createContent(request, courier: code, receiver: receiver, settings: settings)
        return await label(.order, content, purpose, request) { reply in
            guard let number = Kuaidi100Mapper.number(reply) else {
                return .ambiguous(detail: "Kuaidi100 has the order and names no number")
            }
            return request.adopted(
                number, courier: settings.codes.courier(for: request), reference: Kuaidi100Mapper.reference(reply))
        }
    }

    private func cancel(_ request: InstructionRequest) async throws(UnservedCourier) -> InstructionResult {
        guard let number = request.instruction.waybillNumber else {
            return .refused(detail: "no waybill is named", class: .data)
        }
        let code = try settings.codes.code(for: request)
        let content = Kuaidi100Mapper.cancelContent(
            courier: code, number: number, reference: request.waybill?.reference?.value ?? "", settings: settings)
        return await label(.cancel, content, .effect, request) { _ in
            request.voided(number)
        }
    }

    private func readdress(_ request: InstructionRequest) async throws(UnservedCourier) -> InstructionResult {
        guard let number = request.instruction.waybillNumber,
            let receiver = request.receiver?.open(reason: "the address is changed")
        else {
            return .refused(detail: "no waybill or no receiver is named", class: .data)
        }
        let code = try settings.codes.code(for: request)
        let content = Kuaidi100Mapper.readdressContent(
            courier: code, number: number, receiver: receiver, settings: settings)
        return await label(.intercept, content, .effect, request) { _ in .done(facts: [], detail: "asked for") }
    }

    private func queryTrace(_ request: InstructionRequest) async throws(UnservedCourier) -> InstructionResult {
        guard let waybill = request.waybill else {
            return .retryable(detail: "the parcel has no number yet", after: .minutes(30))
        }
        let code = try settings.codes.code(for: request)
        let content = Kuaidi100Mapper.queryContent(courier: code, number: waybill.number, phone: phone(of: request))
        let form = settings.queryForm(content: content.bytes)
        return await exchange("/poll/query.do", on: settings.pollURL, form, .question) { reply in
            let trace = Kuaidi100Mapper.trace(reply, parcel: request.parcel)
            return AggregatedTrace.result(trace, request, name: "Kuaidi100")
        }
    }

    private func subscribe(_ request: InstructionRequest) async throws(UnservedCourier) -> InstructionResult {
        guard let waybill = request.waybill else {
            return .refused(detail: "the parcel has no such number", class: .data)
        }
        let code = try settings.codes.code(for: request)
        let content = Kuaidi100Mapper.subscriptionContent(
            courier: code, number: waybill.number, phone: phone(of: request), parcel: request.ownNumber,
            settings: settings)
        guard let content else {
            return .refused(detail: "\(system) has no hubUrl to push to; set the option hubUrl", class: .channel)
        }
        // Each subscription counts against the four of a month, so one that may have arrived is not sent again at once.
        let form = settings.subscriptionForm(content: content.bytes)
        let end = await exchange("/poll", on: settings.pollURL, form, .question) { _ in
            .done(facts: [], detail: "subscribed")
        }
        if case .retryable(let detail, nil) = end { return .retryable(detail: detail, after: .minutes(30)) }
        return end
    }

    private func phone(of request: InstructionRequest) -> String {
        request.receiver?.open(reason: "some couriers check the phone before they show a trace").phone ?? ""
    }

    private func label(
        _ method: Kuaidi100Method, _ content: JSON, _ purpose: CallPurpose, _ request: InstructionRequest,
        read: (JSON) -> InstructionResult
    ) async -> InstructionResult {
        let form = settings.labelForm(method, content: content.bytes, now: request.now)
        return await exchange("/label/order", on: settings.labelURL, form, purpose, read: read)
    }

    private func exchange(
        _ path: String, on base: String, _ form: [UInt8], _ purpose: CallPurpose, read: (JSON) -> InstructionResult
    ) async -> InstructionResult {
        do {
            switch try await call(path, on: base, form) {
            case .success(let document): return read(document)
            case .failure(let code, let message):
                let policy = Kuaidi100Words.policy(of: code)
                policy.note()
                // Subscribed before, cancelled before: what was asked for is so.
                if policy == .alreadyDone { return read(.null) }
                return policy.result("\(code) \(message)", purpose)
            }
        } catch {
            return purpose.result(of: error)
        }
    }

    private func call(_ path: String, on base: String, _ form: [UInt8]) async throws(CallFailure) -> Kuaidi100Reply {
        let call = HTTPCall(
            url: base + path, headers: [("content-type", "application/x-www-form-urlencoded;charset=UTF-8")],
            body: form, timeout: settings.timeout)
        guard let reply = Kuaidi100Reply(try await caller.successfulReply(call).body) else {
            throw .unknown("the reply of \(path) is not readable")
        }
        return reply
    }
}

extension Kuaidi100Proxy: NumberStock {
    package func numbersLeft(now: Instant) async -> NumberBalance {
        guard let code = settings.codes.code(of: settings.codes.usual) else {
            return .unknown("the option courier names none")
        }
        let content: JSON = [
            "partnerId": .string(settings.account.partnerID), "partnerKey": .string(settings.account.partnerKey),
            "net": .string(settings.account.net), "com": .string(code),
        ]
        let form = settings.labelForm(.balance, content: content.bytes, now: now)
        do {
            switch try await call("/eorderapi.do", on: settings.pollURL, form) {
            case .success(let reply):
                return Kuaidi100Mapper.balance(reply).map { .left($0) } ?? .unknown("the reply names no number")
            case .failure(let code, let message): return .unknown("\(code) \(message)")
            }
        } catch {
            return .unknown(error.words)
        }
    }
}
