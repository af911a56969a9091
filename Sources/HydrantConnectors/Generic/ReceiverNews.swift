import HydrantConnectorKit
import HydrantCore

/// The news that a changed receiver is verified, as every system of the plain protocol gets it. Nobody's name, phone or
/// address is in it: the order's number and the area are, and whoever may see more asks the hub.
enum ReceiverNews {
    static let path = "/receiver-changes"

    static func document(_ request: InstructionRequest) -> JSON {
        let order = request.order
        let header = order.header?.value
        return .compact([
            ("order", .string(order.number)), ("customer", .text(header?.customer)), ("shop", .text(header?.shop)),
            ("area", .text(order.receiver?.value.area)), ("changedAt", .text(order.receiver?.evidence.at.text)),
            ("parcelsLeft", .integer(Int64(order.parcels.count { $0.shipped != nil }))),
        ])
    }

    /// Nil when the reply does not say whether the news was taken in.
    static func result(_ reply: JSON) -> InstructionResult? {
        guard let isAccepted = reply["accepted"]?.bool else { return nil }
        let words = shortened(reply["reason"]?.string ?? "")
        return isAccepted
            ? .done(facts: [], detail: "accepted") : .refused(detail: words.isEmpty ? "not accepted" : words)
    }
}
