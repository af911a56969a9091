import HydrantConnectorKit
import HydrantCore
import HydrantStorage

extension Dispatcher {
    /// The systems that make telephone calls.
    nonisolated var telephones: [String] { connectors.filter { $0.value is any Telephone }.keys.sorted() }

    /// Whom a call connects: the agent who asked, and the receiver as it is now.
    func callQuestion(
        _ instruction: Instruction, of order: Order, _ receiver: Sensitive<Receiver>?
    ) async throws -> CallQuestion? {
        guard let call = order.call(instruction.target),
            let number = DialledNumber(receiver?.open(reason: "a call is placed").phone ?? ""),
            let record = try await store.read({
                try $0.record(DeskRecord.calls.rawValue, "\(order.number)/\(instruction.target)")
            }), let agent = intake.deskDocument(record)?["agent"]?.string
        else { return nil }
        return CallQuestion(
            id: call.id, agent: Sensitive(agent), customer: Sensitive(number), askedAt: call.begin)
    }
}
