import HydrantConnectorKit
import HydrantCore

/// How a system is asked that has no look-up by our own number: by what it told the hub before, and, where a repeated
/// order is answered with the first number, by sending the order once more.
struct RepeatedOrder: Sendable {
    /// What a system answers when the same order is sent again.
    enum Answer: Sendable {
        /// The first number: sending it again is a way to ask.
        case first
        /// Nobody has tried it, or a second number: sending it again could make a second waybill.
        case unknown
    }

    /// The system's name in words.
    var name: String
    var answer: Answer
    /// How long a system remembers an order; nil where it forgets none.
    var memory: Milliseconds?

    /// - Parameter isSafe: what holds without the option `repeatIsSafe`.
    init(_ name: String, _ settings: ConnectorSettings, isSafe: Bool) throws(ConnectorSettingsProblem) {
        self.name = name
        answer = try settings.truth("repeatIsSafe", default: isSafe) ? .first : .unknown
    }

    /// - Parameter memory: how long the first number is given again.
    init(_ name: String, memory: Milliseconds) {
        self.name = name
        answer = .first
        self.memory = memory
    }

    /// What can be said about the number of a parcel without sending anything; nil where the order is to be sent again.
    func known(_ request: InstructionRequest) -> InstructionResult? {
        let system = request.instruction.system
        let id = request.parcel
        let live = request.order.parcel(id)?.liveWaybills ?? []
        if let own = live.first(where: { $0.channel == system }) {
            return request.adopted(own.number, courier: own.courier, reference: own.reference?.value ?? "")
        }
        guard answer == .first else {
            return request.unanswerable("\(name) cannot be asked by our own number; look the parcel up in its console")
        }
        guard live.isEmpty else {
            return .refused(
                detail: "\(name) can only be asked by ordering again, and the parcel has a number elsewhere",
                class: .channel)
        }
        if let end = request.mustNotRepeat(at: name) { return end }
        guard let memory else { return nil }
        let first = request.order.issued.first {
            $0.instruction.kind == .createWaybill && $0.instruction.system == system
                && $0.instruction.parcel == id
        }
        guard request.now - (first?.issuedAt ?? request.now) < memory else {
            return request.unanswerable("\(name) has forgotten the order by now; look the parcel up in its console")
        }
        return nil
    }
}

extension InstructionRequest {
    /// Nobody can say what became of the order of a waybill: a search ends with that, and the doubt of an order stays.
    func unanswerable(_ detail: String) -> InstructionResult {
        instruction.kind == .findWaybill ? .refused(detail: detail, class: .channel) : .ambiguous(detail: detail)
    }

    /// How a search ends, or waits, that must not order once more now, although the first number would be given again:
    /// where the first order never arrived, ordering makes a waybill, and that must be wanted. Nil where it is, and for
    /// the order itself.
    func mustNotRepeat(at name: String) -> InstructionResult? {
        guard instruction.kind == .findWaybill else { return nil }
        let words = "\(name) can only be asked by ordering again"
        let isBack = isWayBack
        if isBack, !order.lacksLabel(parcel) { return unanswerable("\(words), and nobody needs the label") }
        if order.cancelled != nil, !isBack { return unanswerable("\(words), and the order is cancelled") }
        if let known = order.parcel(parcel), known.handedOver != nil || known.signed != nil {
            return unanswerable("\(words), and the parcel has left")
        }
        if !order.isNumberless(order.parcel(parcel)) {
            return unanswerable("\(words), and the parcel has a number")
        }
        if !isBack, order.refusal(of: .createWaybill) != nil {
            return .ambiguous(detail: "\(words), and an interceptor refuses waybills")
        }
        if !isBack, let hold = order.standingHolds.first {
            return .ambiguous(detail: "\(words), and the hold \(hold.id) stands")
        }
        let isTriedElsewhere = order.issued.contains {
            $0.instruction.kind == .createWaybill && $0.instruction.parcel == parcel && $0.answer == nil
        }
        return isTriedElsewhere ? .ambiguous(detail: "\(words), and another channel is at it") : nil
    }

    /// A number that the channel gave to the instruction's parcel.
    func adopted(_ number: String, courier: String, reference: String = "") -> InstructionResult {
        let tracking = Tracking(
            parcel: parcel, courier: courier, channel: instruction.system, number: number, reference: reference)
        let fact = ReportedFact(
            messageID: "waybill/\(parcel)/\(number)", order: order.number, occurredAt: now,
            body: .trackingReported(tracking))
        return .done(facts: [fact], detail: number)
    }

    /// The instruction's waybill was taken back.
    func voided(_ number: String) -> InstructionResult {
        let fact = ReportedFact(
            messageID: "void/\(parcel)/\(number)", order: order.number, occurredAt: now,
            body: .waybillVoided(parcel: parcel, number: number))
        return .done(facts: [fact], detail: "taken back")
    }
}
