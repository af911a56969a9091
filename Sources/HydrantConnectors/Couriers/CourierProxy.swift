import HydrantConnectorKit
import HydrantCore

/// Carries instructions out at one courier. What differs between couriers is their face; what must not differ is here:
/// a doubt is asked about first, what is there already is adopted, and a second waybill is never asked for.
struct CourierProxy<Face: CourierFace>: Sendable {
    let face: Face
    let caller: any HTTPCaller
    private let routes: SharedCalls<RouteQuestion, CallReply>

    init(face: Face, caller: any HTTPCaller) {
        self.face = face
        self.caller = caller
        routes = SharedCalls(limit: face.routesPerCall)
    }

    func perform(_ request: InstructionRequest) async -> InstructionResult {
        switch request.instruction.kind {
        case .createWaybill: await create(request)
        case .findWaybill: await lookUp(request)
        case .voidWaybill: await void(request)
        case .readdressWaybill: await readdress(request)
        case .queryTrace: await queryTrace(request)
        case .subscribeTrace: await subscribe(request)
        default: request.unsupported(by: face.system)
        }
    }

    func find(_ request: InstructionRequest) async -> InstructionResult {
        switch request.instruction.kind {
        case .createWaybill: await findCreated(request)
        // A second order to change an address may cost a second time, and nobody can be asked about the first.
        case .readdressWaybill:
            .refused(detail: "\(face.courier) cannot be asked whether the address was changed", class: .channel)
        // Taking back and subscribing may be repeated, and questions have no effect that could be found.
        default: .notFound
        }
    }

    // MARK: - Creating and finding

    private func create(_ request: InstructionRequest) async -> InstructionResult {
        guard let receiver = request.receiver?.open(reason: "the courier's waybill carries the address") else {
            return .refused(detail: "the order has no receiver", class: .data)
        }
        if let end = request.homelessness(face.house) { return end }
        guard face.call(.create(receiver), for: request) != nil else {
            return .refused(detail: "the parcel's number is too long for \(face.courier)", class: .channel)
        }
        switch await ask(.create(receiver), request, for: .effect) {
        case .failure(let end): return end.result
        case .success(.created(let number, let line)): return adopted(number, request, line: line)
        case .success(.withoutNumber): return withoutNumber
        case .success(.failed(.alreadyDone, let words)): return await adoptExisting(request, words: words)
        case .success(.failed(let kind, let words)):
            return kind.end(words) ?? .refused(detail: words, class: .channel)
        case .success: return unexpected
        }
    }

    /// The courier has our number already: its number is taken over, a second one is never asked for.
    private func adoptExisting(_ request: InstructionRequest, words: String) async -> InstructionResult {
        guard face.call(.find, for: request) != nil else {
            return recorded(request)
                ?? .ambiguous(detail: "\(words), and \(face.courier) does not say its number again")
        }
        let found = await lookUp(request)
        if case .notFound = found { return .ambiguous(detail: "\(words), and yet it is not found") }
        return found
    }

    private func findCreated(_ request: InstructionRequest) async -> InstructionResult {
        face.call(.find, for: request) != nil ? await lookUp(request) : await repeatToFind(request)
    }

    /// Orders once more where the courier then gives the first number again.
    private func repeatToFind(_ request: InstructionRequest) async -> InstructionResult {
        if let known = recorded(request) { return known }
        guard face.repeatsToFind else {
            return request.unanswerable("\(face.courier) cannot be asked by our own number")
        }
        if request.order.parcel(request.parcel)?.liveWaybills.isEmpty == false {
            return .refused(
                detail: "\(face.courier) can only be asked by ordering again, and the parcel has a number elsewhere",
                class: .channel)
        }
        if let end = request.mustNotRepeat(at: face.courier) { return end }
        let repeated = await create(request)
        switch repeated {
        case .retryable(let detail, _): return .ambiguous(detail: detail)
        // A refusal of the repetition says nothing about the first order, and would end the search.
        case .refused(let detail, .channel) where request.instruction.kind == .findWaybill:
            return .ambiguous(detail: detail)
        default: return repeated
        }
    }

    /// Asks by our own number.
    private func lookUp(_ request: InstructionRequest) async -> InstructionResult {
        guard face.call(.find, for: request) != nil else { return await repeatToFind(request) }
        switch await ask(.find, request, for: .finding) {
        case .failure(let end): return end.result
        case .success(.created(let number, let line)): return adopted(number, request, line: line)
        case .success(.withoutNumber): return withoutNumber
        case .success(.failed(.unknownThere, _)): return .notFound
        case .success(.failed(_, let words)): return .ambiguous(detail: words)
        case .success: return unexpected
        }
    }

    /// What the order itself knows of a waybill of this channel.
    private func recorded(_ request: InstructionRequest) -> InstructionResult? {
        let waybill = request.order.parcel(request.parcel)?.waybills.first { $0.channel == face.system }
        return waybill.map { .done(facts: [], detail: $0.number) }
    }

    private var withoutNumber: InstructionResult {
        .ambiguous(detail: "\(face.courier) has the order and gives no number yet")
    }

    private var unexpected: InstructionResult { .ambiguous(detail: "\(face.courier) answered another question") }

    private func adopted(_ number: String, _ request: InstructionRequest, line: String = "") -> InstructionResult {
        let parcel = request.parcel
        var tracking = Tracking(parcel: parcel, courier: face.courier, channel: face.system, number: number)
        tracking.line = line
        let fact = ReportedFact(
            messageID: "waybill/\(parcel)/\(number)", order: request.order.number, occurredAt: request.now,
            body: .trackingReported(tracking))
        return .done(facts: [fact], detail: number)
    }

    // MARK: - Changing

    private func void(_ request: InstructionRequest) async -> InstructionResult {
        guard let number = request.instruction.waybillNumber else { return lacksNumber }
        guard face.call(.cancel(number: number), for: request) != nil else {
            return .refused(detail: "\(face.courier) cannot take back this waybill", class: .channel)
        }
        let words: String
        switch await ask(.cancel(number: number), request, for: .effect) {
        case .failure(let end): return end.result
        case .success(.done(let detail)): words = detail
        // What the courier never had, or has already taken back, carries no parcel.
        case .success(.failed(.alreadyDone, let detail)), .success(.failed(.unknownThere, let detail)): words = detail
        case .success(.failed(let kind, let detail)): return kind.end(detail) ?? unexpected
        case .success: return unexpected
        }
        let fact = ReportedFact(
            messageID: "void/\(request.parcel)/\(number)", order: request.order.number, occurredAt: request.now,
            body: .waybillVoided(parcel: request.parcel, number: number))
        return .done(facts: [fact], detail: words)
    }

    private func readdress(_ request: InstructionRequest) async -> InstructionResult {
        guard let number = request.instruction.waybillNumber else { return lacksNumber }
        guard let receiver = request.receiver?.open(reason: "the courier changes the address of the waybill") else {
            return .refused(detail: "the order has no receiver", class: .data)
        }
        return await carryOut(.readdress(number: number, receiver), request)
    }

    private func subscribe(_ request: InstructionRequest) async -> InstructionResult {
        guard let number = request.instruction.waybillNumber else { return lacksNumber }
        return await carryOut(.subscribe(number: number, phone: phone(of: request)), request)
    }

    private func carryOut(_ question: CourierQuestion, _ request: InstructionRequest) async -> InstructionResult {
        guard face.call(question, for: request) != nil else { return request.unsupported(by: face.system) }
        switch await ask(question, request, for: .effect) {
        case .failure(let end): return end.result
        case .success(.done(let words)), .success(.failed(.alreadyDone, let words)):
            return .done(facts: [], detail: words)
        case .success(.failed(let kind, let words)): return kind.end(words) ?? .refused(detail: words, class: .channel)
        case .success: return unexpected
        }
    }

    private var lacksNumber: InstructionResult {
        .refused(detail: "the instruction names no waybill", class: .channel)
    }

    // MARK: - Routes

    private func queryTrace(_ request: InstructionRequest) async -> InstructionResult {
        let parcel = request.parcel
        let known = request.waybill?.number
        let question = CourierQuestion.route(number: known, phone: phone(of: request))
        guard face.call(question, for: request) != nil else {
            return .retryable(
                detail: "\(face.courier) shows routes by number, and there is none yet", after: .minutes(5))
        }
        switch await askRoute(question, request) {
        case .failure(let end): return end.result
        case .success(.route(let number, _)) where !number.isEmpty && known.map { $0 != number } ?? false:
            return .retryable(detail: "\(face.courier) answered for another waybill", after: .minutes(5))
        case .success(.route(let number, let scans)):
            let trace = Trace(
                parcel: parcel, number: number.isEmpty ? known ?? "" : number, scans: ScanList.whole(scans),
                isComplete: true)
            return request.followsParcel ? request.followed(trace) : traced(trace, request)
        case .success(.failed(let kind, let words)):
            switch kind {
            case .unknownThere where request.followsParcel: return .underWay(facts: [], detail: words)
            case .throttled(let wait), .busy(let wait), .credentials(let wait), .seemsClosed(let wait):
                return .retryable(detail: words, after: wait)
            case .ambiguous, .alreadyDone: return .retryable(detail: words, after: nil)
            case .unknownThere, .data, .channel: return .refused(detail: words, class: .channel)
            }
        case .success: return unexpected
        }
    }

    private func traced(_ trace: Trace, _ request: InstructionRequest) -> InstructionResult {
        guard let last = trace.scans.last else {
            return .retryable(detail: "\(face.courier) has no routes yet", after: .minutes(5))
        }
        // The query follows a pushed signature; a list without any end is older than that push.
        let hasEnd = trace.scans.contains { [.signed, .stored, .returning, .returned].contains($0.status) }
        guard hasEnd else {
            return .retryable(
                detail: "\(face.courier)'s list does not reach the signature yet", after: .minutes(5))
        }
        let fact = ReportedFact(
            messageID: "trace/\(request.instruction.key)", order: request.order.number, occurredAt: last.at,
            word: last.code, body: .traceReported(trace))
        return .done(facts: [fact], detail: "\(trace.scans.count) scans")
    }

    private func phone(of request: InstructionRequest) -> String {
        request.receiver?.open(reason: "the courier checks the last four digits before it shows a trace").phone ?? ""
    }

    // MARK: - Asking

    /// The end of an instruction whose call brought no answer.
    private struct CallEnd: Error {
        var result: InstructionResult
    }

    private func ask(
        _ question: CourierQuestion, _ request: InstructionRequest, for purpose: CallPurpose
    ) async -> Result<CourierAnswer, CallEnd> {
        guard let call = face.call(question, for: request) else {
            return .failure(CallEnd(result: request.unsupported(by: face.system)))
        }
        return read(await reply(to: call), question, request, for: purpose)
    }

    /// What came of a call.
    private struct CallReply: Sendable {
        var operation: String
        var body: Result<[UInt8], CallFailure>
        /// How many waybills it asked for.
        var waybills = 1
    }

    /// Asks for a route, together with others that are asked for at the same time where the courier takes several.
    private func askRoute(
        _ question: CourierQuestion, _ request: InstructionRequest
    ) async -> Result<CourierAnswer, CallEnd> {
        guard face.routesPerCall > 1, case .route(let number?, let phone) = question else {
            return await ask(question, request, for: .question)
        }
        let waybill = RouteQuestion(number: number, proof: face.routeProof(phone: phone))
        let reply = await routes.reply(to: waybill, together: { $0.proof == waybill.proof }) { waybills in
            guard let call = face.routesCall(waybills, for: request) else {
                return CallReply(operation: "route", body: .failure(.refused("\(face.courier) shows no routes")))
            }
            var reply = await self.reply(to: call)
            reply.waybills = waybills.count
            return reply
        }
        guard let reply else {
            return .failure(CallEnd(result: .retryable(detail: "the question was given up", after: nil)))
        }
        let answer = read(reply, question, request, for: .question)
        // One waybill that the courier does not know must not speak for those that were asked for beside it.
        if reply.waybills > 1, case .success(.failed(let kind, _)) = answer, kind.mayConcernOne {
            return await ask(question, request, for: .question)
        }
        return answer
    }

    private func reply(to call: CourierCall) async -> CallReply {
        do {
            let reply = try await caller.successfulReply(call.call)
            return CallReply(operation: call.operation, body: .success(reply.body))
        } catch {
            return CallReply(operation: call.operation, body: .failure(error))
        }
    }

    private func read(
        _ reply: CallReply, _ question: CourierQuestion, _ request: InstructionRequest, for purpose: CallPurpose
    ) -> Result<CourierAnswer, CallEnd> {
        switch reply.body {
        case .failure(let failure): return .failure(CallEnd(result: purpose.result(of: failure)))
        case .success(let bytes):
            guard let answer = face.answer(to: question, bytes, for: request) else {
                let failure = CallFailure.unknown("the reply of \(reply.operation) is not readable")
                return .failure(CallEnd(result: purpose.result(of: failure)))
            }
            if case .failed(let kind, _) = answer { kind.note() }
            return .success(answer)
        }
    }
}

extension FailureClass {
    /// Whether it may be about one of several that were asked for together, and not about all.
    fileprivate var mayConcernOne: Bool {
        switch self {
        case .unknownThere, .alreadyDone, .data, .channel: true
        case .ambiguous, .throttled, .busy, .credentials, .seemsClosed: false
        }
    }
}
