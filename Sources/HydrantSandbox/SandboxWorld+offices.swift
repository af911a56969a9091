import HydrantConnectorKit
import HydrantCore

/// The customer system's book: what it answered to each idempotency key, and how often it was asked.
struct CustomerLedger: Sendable {
    var replies: [String: JSON] = [:]
    var warranties = 0
}

/// The finance system's book.
struct FinanceLedger: Sendable {
    struct Invoice: Sendable {
        var order: String
        var amountMinor: Int64
        /// Whether its revenue was taken out of the books again.
        var isReversed = false
        /// How much of it was left in them then.
        var keptMinor: Int64 = 0
    }

    var replies: [String: JSON] = [:]
    var invoices: [Invoice] = []
    /// What a clerk paid back by hand.
    var paidBack: [Invoice] = []
}

/// The customer system, the finance system and the marketplace: they answer each idempotency key once and the same way
/// ever after.
extension SandboxWorld {
    func answerCustomers(_ path: String, key: String, _ document: JSON) -> SandboxAnswer {
        counts.requests["crm", default: 0] += 1
        let fault = fault(of: "crm \(key)")
        guard fault.takesEffect else { return SandboxAnswer(JSON.null, fault: fault) }
        if let known = customers.replies[key] { return SandboxAnswer(known, fault: fault) }
        let order = document["order"]?.string ?? ""
        let now = clock.now()
        let reply: JSON
        switch path {
        case "/credit-checks": reply = credit(of: order, customer: document["customer"]?.string ?? "", now)
        case "/messages":
            let isAccepted = !lottery.hits(faults.messageRefused, "message", key)
            reply = [
                "accepted": .bool(isAccepted), "sentAt": .string(now.text),
                "reason": .string(isAccepted ? "" : "退订或空号"),
            ]
        case "/receiver-changes": reply = Self.acknowledged(document)
        case "/warranties":
            customers.warranties += 1
            reply = [
                "number": .string("WA-\(customers.warranties)"), "registeredAt": .string(now.text),
                "until": .string((now + .hours(24 * 365)).text),
            ]
        default: return SandboxAnswer(JSON.object([JSON.Member("message", "unknown path")]), status: 404)
        }
        customers.replies[key] = reply
        return SandboxAnswer(reply, fault: fault)
    }

    private func credit(of order: String, customer: String, _ now: Instant) -> JSON {
        let isPassed = !lottery.hits(faults.creditRefused, "credit", order)
        let levels: [JSON] = ["A", "B", "C"]
        return [
            "passed": .bool(isPassed), "level": levels[Int(lottery.number("level", customer) % 3)],
            "returnRatePermille": .integer(lottery.pick(0...300, "return rate", customer)),
            "orders": .integer(lottery.pick(0...9, "past orders", customer)),
            "reason": .string(isPassed ? "" : "授信额度不足"), "checkedAt": .string(now.text),
        ]
    }

    func answerFinance(_ path: String, key: String, _ document: JSON) -> SandboxAnswer {
        counts.requests["finance", default: 0] += 1
        let fault = fault(of: "finance \(key)")
        guard fault.takesEffect else { return SandboxAnswer(JSON.null, fault: fault) }
        if let known = finance.replies[key] { return SandboxAnswer(known, fault: fault) }
        if path == "/purchases" { return answerPurchase(key, document, fault) }
        if path == "/receiver-changes" {
            let reply = Self.acknowledged(document)
            finance.replies[key] = reply
            return SandboxAnswer(reply, fault: fault)
        }
        guard path == "/invoices", let order = document["order"]?.string, !order.isEmpty,
            let amount = document["amountMinor"]?.integer
        else {
            return SandboxAnswer(JSON.object([JSON.Member("message", "order or amountMinor is missing")]), status: 422)
        }
        let now = clock.now()
        let index = finance.invoices.count
        finance.invoices.append(FinanceLedger.Invoice(order: order, amountMinor: amount))
        counts.invoices += 1
        let reply: JSON = [
            "invoice": [
                "id": .string("INV-\(index + 1)"), "amountMinor": .integer(amount), "issuedAt": .string(now.text),
            ],
            "revenue": [
                "id": .string("REV-\(index + 1)"), "amountMinor": .integer(amount), "recognisedAt": .string(now.text),
            ],
        ]
        finance.replies[key] = reply
        due.add(.receipt, index, at: now + minutes(60...1_800, "receipt", order))
        return SandboxAnswer(reply, fault: fault)
    }

    private func answerPurchase(_ key: String, _ document: JSON, _ fault: CallFault) -> SandboxAnswer {
        guard document["replacement"]?.string?.isEmpty == false, document["lines"] != nil else {
            return SandboxAnswer(JSON.object([JSON.Member("message", "replacement or lines are missing")]), status: 422)
        }
        counts.purchases += 1
        let reply: JSON = ["purchase": ["id": .string("PO-\(counts.purchases)")]]
        finance.replies[key] = reply
        return SandboxAnswer(reply, fault: fault)
    }

    func answerMarketplace(_ path: String, key: String, _ document: JSON) -> SandboxAnswer {
        counts.requests["marketplace", default: 0] += 1
        let fault = fault(of: "marketplace \(key)")
        guard fault.takesEffect else { return SandboxAnswer(JSON.null, fault: fault) }
        if let known = marketplace[key] { return SandboxAnswer(known, fault: fault) }
        guard path == "/receiver-changes" else {
            return SandboxAnswer(JSON.object([JSON.Member("message", "unknown path")]), status: 404)
        }
        let reply = Self.acknowledged(document)
        marketplace[key] = reply
        return SandboxAnswer(reply, fault: fault)
    }

    /// The answer to the news of a changed receiver, which must name its order and where it goes now.
    private static func acknowledged(_ document: JSON) -> JSON {
        let isAccepted = document["order"]?.string?.isEmpty == false && document["changedAt"]?.string != nil
        return ["accepted": .bool(isAccepted), "reason": .string(isAccepted ? "" : "order or changedAt is missing")]
    }

    /// What became of an earlier request; nil when it never arrived.
    func earlierReply(in system: String, key: String) -> JSON? {
        counts.requests[system, default: 0] += 1
        let reply =
            switch system {
            case "crm": customers.replies[key]
            case "finance": finance.replies[key]
            default: marketplace[key]
            }
        return reply.map { ["status": "done", "reply": $0] }
    }

    // MARK: - Going on

    func takeReceipt(_ index: Int, at: Instant, into batch: inout DueBatch) {
        let invoice = finance.invoices[index]
        batch.facts.append(moneyFact("receipt.reported", "RC-\(index + 1)", invoice, at))
        if lottery.hits(faults.refunded, "refund", invoice.order) {
            due.add(.refund, index, at: at + minutes(600...2_880, "refund time", invoice.order))
        }
    }

    func takeRefund(_ index: Int, at: Instant, into batch: inout DueBatch) {
        batch.facts.append(moneyFact("refund.reported", "RF-\(index + 1)", finance.invoices[index], at))
    }

    func takePayBack(_ index: Int, at: Instant, into batch: inout DueBatch) {
        batch.facts.append(moneyFact("refund.reported", "PB-\(index + 1)", finance.paidBack[index], at))
    }

    func takeReversal(_ index: Int, at: Instant, into batch: inout DueBatch) {
        let reversed = finance.invoices[index]
        let invoice = FinanceLedger.Invoice(order: reversed.order, amountMinor: reversed.keptMinor)
        let number = "REV-\(index + 1)"
        batch.facts.append(moneyFact("revenue.recognised", "\(number)-reversed", of: number, invoice, at))
    }

    /// - Parameter entry: the number of the entry in the books, where it is not that of the message.
    private func moneyFact(
        _ kind: String, _ id: String, of entry: String? = nil, _ invoice: FinanceLedger.Invoice, _ at: Instant
    ) -> JSON {
        [
            "kind": .string(kind), "source": "finance", "id": .string(id), "order": .string(invoice.order),
            "occurredAt": .string(at.text),
            "data": ["id": .string(entry ?? id), "amountMinor": .integer(invoice.amountMinor)],
        ]
    }
}
