import Foundation
import HydrantCore
import HydrantDocuments

/// How often a second one core judges an order by the interceptors together.
struct RulesBench {
    /// The three that the aim is about: address change, gift binding, return and exchange.
    private static let three = ["address-change", "gift-binding", "return-exchange"]

    let seconds: Double

    func run() throws -> [BenchFigure] {
        let shipped = try RulesFile.read(TemplateFolder.path(of: "interceptors.yaml")).rules
        let three = shipped.filter { Self.three.contains($0.id) }
        precondition(three.count == Self.three.count, "\(three.count) of the three interceptors are shipped")
        let orders = (0..<1_000).map(order)
        return [
            BenchFigure(
                name: "orders judged by the three interceptors of the aim", value: perSecond(RuleSet(three), orders),
                unit: "/s", limit: 1_000_000),
            BenchFigure(
                name: "orders judged by all shipped interceptors", value: perSecond(RuleSet(shipped), orders),
                unit: "/s", limit: 1_000_000),
            try trial(),
        ]
    }

    /// How many orders get the verdicts of all the rules in a second.
    private func perSecond(_ rules: RuleSet, _ orders: [Order]) -> Double {
        let clock = ContinuousClock()
        let begin = clock.now
        var judged = 0
        var matched = 0
        var orders = orders
        while clock.now - begin < .seconds(seconds) {
            for index in orders.indices { matched += Self.matches(of: rules, with: &orders[index]) }
            judged += orders.count
        }
        precondition(matched > 0, "no order of \(judged) matched a rule")
        return Double(judged) / (clock.now - begin).seconds
    }

    /// How many rules match. In place, as the hub judges: a copy of an order costs more than its verdicts.
    @inline(never)
    private static func matches(of rules: RuleSet, with order: inout Order) -> Int {
        var matched = 0
        for rule in 0..<rules.runningCount where order.outcome(of: rules, at: rule) == .matched { matched += 1 }
        return matched
    }

    /// How long it takes to try the interceptors on a million past events, with reading them.
    private func trial() throws -> BenchFigure {
        let rules = try RulesFile.read(TemplateFolder.path(of: "interceptors.yaml")).rules
        var trial = RuleTrial(rules, settings: Settings(), window: Self.begin..<Self.begin + .hours(24))
        let histories = (0..<5_000).map { index in
            var order = Order(number: "B-\(index)")
            return facts(index).flatMap { fact in
                ((try? order.record(fact, settings: Settings(), now: fact.receivedAt)) ?? []).map(\.json.bytes)
            }
        }
        let clock = ContinuousClock()
        let begin = clock.now
        while trial.events < 1_000_000 {
            for (index, history) in histories.enumerated() {
                trial.take(order: "B-\(index)", try history.map { try Event(json: JSON(bytes: $0)) })
            }
        }
        let elapsed = (clock.now - begin).seconds
        precondition(trial.refused > 0 && trial.held > 0, "the trial stopped no order")
        return BenchFigure(
            name: "interceptors tried on 1,000,000 past events", value: elapsed * 1e6 / Double(trial.events), unit: "s",
            limit: 30)
    }

    private static let begin = Instant(milliseconds: 1_794_355_200_000)

    private func order(_ index: Int) -> Order {
        var order = Order(number: "B-\(index)")
        for fact in facts(index) { _ = try? order.record(fact, settings: Settings(), now: fact.receivedAt) }
        return order
    }

    /// One order in twenty changed its address, one in five has a gift, one in thirty comes back.
    private func facts(_ index: Int) -> [Fact] {
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
        bodies += [
            .inventoryLocked(InventoryLock()), .parcelPacked(Packing(parcel: "P-1")),
            .trackingReported(Tracking(parcel: "P-1", courier: "SF", channel: "sf", number: "SF\(index)")),
            .parcelHandedOver(parcel: "P-1"), .signedReported(parcel: "P-1"),
        ]
        if index % 30 == 0 { bodies.append(.returnAsked(reason: "", isExchange: true)) }
        return bodies.enumerated().map { number, body in
            let at = Self.begin + .minutes(Int64(number))
            return Fact(
                source: "bench", messageID: "\(number)", order: "B-\(index)", occurredAt: at, receivedAt: at,
                body: body)
        }
    }
}
