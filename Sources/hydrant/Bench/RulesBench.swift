import Foundation
import HydrantCore
import HydrantDocuments

/// How often a second one core judges an order by the three shipped interceptors together.
struct RulesBench {
    let seconds: Double

    func run() throws -> [BenchFigure] {
        let rules = RuleSet(try RulesFile.read(TemplateFolder.path(of: "interceptors.yaml")).rules)
        let orders = (0..<1_000).map(order)
        let clock = ContinuousClock()
        let begin = clock.now
        var judged = 0
        var matched = 0
        while clock.now - begin < .seconds(seconds) {
            for order in orders {
                for index in 0..<rules.runningCount where order.outcome(of: rules, at: index) == .matched {
                    matched += 1
                }
            }
            judged += orders.count
        }
        precondition(matched > 0, "no order of \(judged) matched a rule")
        let length = clock.now - begin
        let elapsed = Double(length.components.seconds) + Double(length.components.attoseconds) / 1e18
        return [
            BenchFigure(
                name: "orders judged by the three interceptors", value: Double(judged) / elapsed, unit: "/s",
                limit: nil)
        ]
    }

    /// One order in twenty changed its address, one in five has a gift, one in thirty comes back.
    private func order(_ index: Int) -> Order {
        var order = Order(number: "B-\(index)")
        let begin = Instant(milliseconds: 1_794_355_200_000)
        var lines = [Line(id: "1", sku: "LF9001", units: 2, priceMinor: 12_000)]
        if index % 5 == 0 {
            lines.append(Line(id: "2", sku: "GIFT", isGift: true, giftFor: index % 50 == 0 ? "" : "1"))
        }
        var bodies: [FactBody] = [
            .orderPlaced(OrderHeader(shop: "shop-1", payableMinor: 12_000, lines: lines)),
            .paymentReported(Payment(id: "P", amountMinor: 12_000)),
            .creditChecked(CreditCheck(isPassed: true, level: "A", returnRatePermille: 20)),
        ]
        if index % 20 == 0 {
            bodies.append(.receiverChanged(ReceiverReference(id: "r\(index)", fingerprint: "f\(index)", area: "")))
        }
        if index % 30 == 0 { bodies.append(.returnAsked(reason: "", isExchange: true)) }
        for (number, body) in bodies.enumerated() {
            let at = begin + .minutes(Int64(number))
            let fact = Fact(
                source: "bench", messageID: "\(number)", order: order.number, occurredAt: at, receivedAt: at, body: body
            )
            _ = try? order.record(fact, settings: Settings(), now: at)
        }
        return order
    }
}
