import HydrantConnectorKit
import HydrantCore

/// Orders to the finance system's JSON and its replies back; no effects.
enum GenericFinanceMapper: GenericMapper {
    static func path(of kind: InstructionKind) -> String? {
        switch kind {
        case .issueInvoice: "/invoices"
        case .pushPurchase: "/purchases"
        default: nil
        }
    }

    /// What is to be bought for a replacement: the goods, and both orders' numbers.
    private static func purchase(_ request: InstructionRequest) -> JSON {
        let order = request.order
        let exchange = order.exchange(toBuy: request.instruction)
        let exchanged = exchange.flatMap { order.replacementHeader(of: $0)?.lines }
        let goods = (exchanged ?? order.lines.values.filter { !$0.isGift }).map { line -> JSON in
            ["id": .string(line.id), "sku": .string(line.sku), "units": .integer(Int64(line.units))]
        }
        return [
            "order": .string(order.number),
            "replacement": .string(order.replacementNumber(of: exchange?.id ?? request.instruction.target)),
            "shop": .string(order.header?.value.shop ?? ""),
            "warehouse": .string(order.header?.value.warehouse ?? ""), "lines": .array(goods),
        ]
    }

    static func document(_ request: InstructionRequest) -> JSON {
        if request.instruction.kind == .pushPurchase { return purchase(request) }
        let order = request.order
        let header = order.header?.value
        let lines = order.lines.values.map { line -> JSON in
            [
                "id": .string(line.id), "sku": .string(line.sku), "units": .integer(Int64(line.units)),
                "priceMinor": .integer(line.priceMinor), "freightMinor": .integer(line.freightMinor),
            ]
        }
        return [
            "order": .string(order.number), "customer": .string(header?.customer ?? ""),
            "shop": .string(header?.shop ?? ""), "currency": .string(header?.currency ?? "CNY"),
            "amountMinor": .integer(request.amountMinor), "lines": .array(lines),
        ]
    }

    /// Nil when the reply lacks the invoice. Revenue may be recognised later, by a fact of its own.
    static func result(_ reply: JSON, _ request: InstructionRequest) -> InstructionResult? {
        if request.instruction.kind == .pushPurchase {
            guard let number = reply["purchase"]?["id"]?.string, !number.isEmpty else { return nil }
            return .done(facts: [], detail: shortened(number))
        }
        guard let invoice = entry(reply["invoice"]) else { return nil }
        let issuedAt = reply["invoice"]?["issuedAt"]?.instant ?? request.now
        var facts = [request.fact("invoice", at: issuedAt, .invoiceIssued(invoice))]
        if let revenue = entry(reply["revenue"]) {
            let recognisedAt = reply["revenue"]?["recognisedAt"]?.instant ?? issuedAt
            facts.append(request.fact("revenue", at: recognisedAt, .revenueRecognised(revenue)))
        }
        return .done(facts: facts, detail: invoice.id)
    }

    private static func entry(_ value: JSON?) -> MoneyEntry? {
        guard let id = value?["id"]?.string, !id.isEmpty, id.utf8.count <= 100,
            let amount = value?["amountMinor"]?.integer, (0...1_000_000_000_000).contains(amount)
        else { return nil }
        return MoneyEntry(id: id, amountMinor: amount)
    }
}
