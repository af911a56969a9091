import HydrantConnectorKit
import HydrantCore

/// What the hub carries out itself: it places the orders that replace goods of others, and prices freight again.
///
/// The same instruction gives the same messages at the same times, so that a repetition places nothing twice.
struct OwnOrders: Connector {
    let system = Order.ownSystem
    let settings: Settings

    func perform(_ request: InstructionRequest) async -> InstructionResult {
        switch request.instruction.kind {
        case .createReplacement: placeReplacement(request)
        case .repriceFreight: repriceFreight(request)
        default:
            .refused(detail: "the hub does not carry out \(request.instruction.kind.rawValue)", class: .channel)
        }
    }

    /// The difference is the receipt; where it is more than is let be, somebody collects, waives or returns it.
    private func repriceFreight(_ request: InstructionRequest) -> InstructionResult {
        do {
            let change = try request.order.freightChange(request.instruction, settings)
            let issued = request.order.issued.first { $0.instruction.key == request.instruction.key }
            let tolerance = settings.freight.toleranceMinor
            let task = change.task(for: request.instruction, toleranceMinor: tolerance).map { need in
                ReportedFact(
                    messageID: "freight:\(request.instruction.key)", order: request.order.number,
                    occurredAt: issued?.issuedAt ?? request.now, body: .taskAsked(need))
            }
            return .done(facts: [task].compactMap(\.self), detail: change.detail)
        } catch {
            return .refused(detail: error.english)
        }
    }

    private func placeReplacement(_ request: InstructionRequest) -> InstructionResult {
        let order = request.order
        let target = request.instruction.target
        guard let exchange = order.exchanges.first(where: { $0.id == target }),
            let header = order.replacementHeader(of: exchange)
        else {
            return .refused(detail: "nothing is known of the goods that are to be replaced")
        }
        let number = order.replacementNumber(of: target)
        let key = request.instruction.key
        return .done(
            facts: [
                ReportedFact(
                    messageID: "replacement:\(key)", order: number, occurredAt: exchange.asked.at,
                    body: .orderPlaced(header)),
                ReportedFact(
                    messageID: "replacement-paid:\(key)", order: number, occurredAt: exchange.asked.at,
                    body: .paymentReported(Payment(id: "exchange", amountMinor: 0, isComplete: true))),
            ], detail: number)
    }

    func find(_ request: InstructionRequest) async -> InstructionResult { await perform(request) }
}
