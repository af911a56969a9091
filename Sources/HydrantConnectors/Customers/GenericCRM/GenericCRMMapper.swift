import HydrantConnectorKit
import HydrantCore

/// Orders to the customer system's JSON and its replies back; no effects. The customer system knows its customers by
/// number, so no name, phone or address is sent.
enum GenericCRMMapper: GenericMapper {
    static func path(of kind: InstructionKind) -> String? {
        switch kind {
        case .checkCredit: "/credit-checks"
        case .notifyCustomer: "/messages"
        case .registerWarranty: "/warranties"
        default: nil
        }
    }

    static func document(_ request: InstructionRequest) -> JSON {
        let order = request.order
        let header = order.header?.value
        let common: [(String, JSON?)] = [
            ("order", .string(order.number)), ("customer", .string(header?.customer ?? "")),
            ("shop", .string(header?.shop ?? "")),
        ]
        switch request.instruction.kind {
        case .checkCredit:
            return .compact(
                common + [
                    ("amountMinor", .integer(request.amountMinor)), ("currency", .string(header?.currency ?? "CNY")),
                ])
        case .notifyCustomer:
            return .compact(
                common + [("kind", .string(request.instruction.target)), ("parcels", .array(parcels(order)))])
        default:
            let lines = order.lines.values.filter { !$0.isGift }.map { line -> JSON in
                ["id": .string(line.id), "sku": .string(line.sku), "units": .integer(Int64(line.units))]
            }
            let signedAt = order.stamps.first { $0.number == StateNumber.signed }?.at
            return .compact(
                common + [("lines", .array(lines)), ("signedAt", .text(signedAt?.text))])
        }
    }

    private static func parcels(_ order: Order) -> [JSON] {
        order.parcels.map { parcel in
            let waybill = order.liveWaybill(of: parcel)
            return .compact([
                ("id", .string(parcel.id)), ("courier", .text(waybill?.courier)), ("number", .text(waybill?.number)),
            ])
        }
    }

    /// Nil when the reply lacks what it must say.
    static func result(_ reply: JSON, _ request: InstructionRequest) -> InstructionResult? {
        switch request.instruction.kind {
        case .checkCredit: creditResult(reply, request)
        case .notifyCustomer: messageResult(reply, request)
        default: warrantyResult(reply, request)
        }
    }

    private static func creditResult(_ reply: JSON, _ request: InstructionRequest) -> InstructionResult? {
        guard let isPassed = reply["passed"]?.bool else { return nil }
        let rate = reply["returnRatePermille"]?.integer.flatMap { (0...1_000).contains($0) ? Int($0) : nil }
        var check = CreditCheck(
            isPassed: isPassed, level: cut(reply["level"]?.string ?? "", toBytes: 50), returnRatePermille: rate,
            reason: shortened(reply["reason"]?.string ?? ""))
        check.pastOrders = reply["orders"]?.integer.flatMap { (0...1_000_000_000).contains($0) ? Int($0) : nil }
        let at = reply["checkedAt"]?.instant ?? request.now
        let fact = request.fact("credit", at: at, .creditChecked(check))
        return .done(facts: [fact], detail: isPassed ? "passed" : "not passed")
    }

    private static func messageResult(_ reply: JSON, _ request: InstructionRequest) -> InstructionResult? {
        guard let isAccepted = reply["accepted"]?.bool, let kind = Touchpoint(rawValue: request.instruction.target)
        else {
            return nil
        }
        let at = reply["sentAt"]?.instant ?? request.now
        let fact = request.fact("message", at: at, .touchpointSent(kind: kind, isAccepted: isAccepted))
        return .done(
            facts: [fact], detail: isAccepted ? "accepted" : "not accepted \(shortened(reply["reason"]?.string ?? ""))")
    }

    private static func warrantyResult(_ reply: JSON, _ request: InstructionRequest) -> InstructionResult? {
        guard let until = reply["until"]?.instant else { return nil }
        let at = reply["registeredAt"]?.instant ?? request.now
        let fact = request.fact("warranty", at: at, .warrantyRegistered(until: until))
        return .done(facts: [fact], detail: shortened(reply["number"]?.string ?? "registered"))
    }
}

extension InstructionRequest {
    /// A fact out of the reply to this instruction; the same reply gives the same message id.
    func fact(_ name: String, at: Instant, _ body: FactBody) -> ReportedFact {
        ReportedFact(messageID: "\(name)/\(instruction.key)", order: order.number, occurredAt: at, body: body)
    }
}
