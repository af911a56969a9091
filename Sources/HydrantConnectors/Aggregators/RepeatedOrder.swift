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
            return request.adopted(own.number, courier: own.courier)
        }
        guard answer == .first else {
            return .ambiguous(detail: "\(name) cannot be asked by our own number; look the parcel up in its console")
        }
        guard live.isEmpty else {
            return .refused(
                detail: "\(name) can only be asked by ordering again, and the parcel has a number elsewhere",
                class: .data)
        }
        guard let memory else { return nil }
        let first = request.order.issued.first {
            $0.instruction.kind == .createWaybill && $0.instruction.system == system
                && $0.instruction.parcel == id
        }
        guard request.now - (first?.issuedAt ?? request.now) < memory else {
            return .ambiguous(detail: "\(name) has forgotten the order by now; look the parcel up in its console")
        }
        return nil
    }
}

extension InstructionRequest {
    /// A number that the channel gave to the instruction's parcel.
    func adopted(_ number: String, courier: String) -> InstructionResult {
        let fact = ReportedFact(
            messageID: "waybill/\(parcel)/\(number)", order: order.number, occurredAt: now,
            body: .trackingReported(
                Tracking(parcel: parcel, courier: courier, channel: instruction.system, number: number)))
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
