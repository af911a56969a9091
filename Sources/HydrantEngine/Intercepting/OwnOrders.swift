import HydrantConnectorKit
import HydrantCore

/// What the hub carries out itself: it places the orders that replace goods of others.
///
/// The same instruction gives the same messages at the same times, so that a repetition places nothing twice.
struct OwnOrders: Connector {
    let system = Order.ownSystem

    func perform(_ request: InstructionRequest) async -> InstructionResult {
        let order = request.order
        guard request.instruction.kind == .createReplacement else {
            return .refused(
                detail: "the hub does not carry out \(request.instruction.kind.rawValue)", class: .channel)
        }
        guard let header = order.replacementHeader, let asked = order.exchangeAsked else {
            return .refused(detail: "nothing is known of the goods that are to be replaced")
        }
        let number = order.replacementNumber
        let key = request.instruction.key
        return .done(
            facts: [
                ReportedFact(
                    messageID: "replacement:\(key)", order: number, occurredAt: asked.at, body: .orderPlaced(header)),
                ReportedFact(
                    messageID: "replacement-paid:\(key)", order: number, occurredAt: asked.at,
                    body: .paymentReported(Payment(id: "exchange", amountMinor: 0, isComplete: true))),
            ], detail: number)
    }

    func find(_ request: InstructionRequest) async -> InstructionResult { await perform(request) }
}
