import HydrantCore
import HydrantTesting
import Testing

/// Rules come to the same verdicts whatever the order, the repetition and the delay of the facts.
@Suite struct RuleConfluenceTests {
    /// Rules over many fields, of all kinds of exits, of which some cannot run on some orders.
    static let rules: [Rule] = {
        let text = Text(chinese: "测试", english: "test")
        func hold(_ exits: HoldAction.Exit...) -> RuleAction {
            .hold(HoldAction(reason: text, owner: "x", exits: exits))
        }
        func rule(_ id: String, _ when: [FactKind], _ condition: RuleCondition, _ actions: RuleAction...) -> Rule {
            Rule(id: id, stage: .on, name: text, when: when, condition: condition, actions: actions)
        }
        var each = rule(
            "e", [.receiverChanged], .test(RuleTest(.sincePayment, .less, 60)),
            hold(.condition(.test(RuleTest(.isReceiverVerified, .equal, 1)))),
            .instruct(kind: .pauseDelivery, system: "w"))
        each.occurrence = .each
        return [
            rule("a", [.orderPlaced], .test(RuleTest(.payable, .more, 5_000)), hold(.person, .fact(.creditChecked))),
            rule("b", [.paymentReported], .test(RuleTest(.sincePlacing, .atLeast, 30)), hold(.after(.minutes(20)))),
            rule(
                "c", [.orderPlaced, .lineReported],
                .any([.test(RuleTest(.unboundGiftCount, .more, 0)), .test(RuleTest(.unitCount, .more, 9))]),
                .refuse(kinds: [.createDelivery], reason: text)),
            rule("d", [.creditChecked], .test(RuleTest(.returnRate, .more, 100)), hold(.rule("a"), .person)), each,
            rule(
                "f", [.statusReported, .parcelPacked],
                .none([.test(RuleTest(.word, of: "shop", .equal, .texts(["NEW"])))]), hold(.fact(.returnAsked))),
            rule("g", [.returnAsked], .test(RuleTest(.isExchangeAsked, .equal, 1)), .completePartially),
        ]
    }()

    private static func fold(_ facts: [Fact], _ settings: Settings) -> Order {
        var order = Order(number: facts[0].order)
        for fact in facts { _ = try? order.record(fact, settings: settings, now: fact.receivedAt) }
        return order
    }

    @Test(arguments: 0..<4)
    func `1,000 shuffled and doubled tellings end in the same verdicts`(part: UInt64) {
        var settings = Settings(flow: ConfluenceTests.flows[2])
        settings.rules = RuleSet(Self.rules)
        for index in UInt64(0)..<50 {
            let seed = part * 1_000 + index
            let facts = FactSetGenerator.facts(seed: seed)
            guard !facts.isEmpty else { continue }
            let told = Self.fold(facts, settings).settled
            var random = SplitMix64(seed: seed ^ 0xABCD)
            for telling in 1...5 {
                let again = Self.fold(random.shuffledAndDoubled(facts), settings).settled
                #expect(again.rulings == told.rulings, "seed \(seed), telling \(telling)")
                #expect(again == told, "seed \(seed), telling \(telling)")
            }
        }
    }

    @Test func `the generated orders give every outcome`() {
        var settings = Settings(flow: .watching)
        settings.rules = RuleSet(Self.rules)
        var outcomes: Set<Ruling.Outcome> = []
        var held = 0
        for seed in UInt64(0)..<200 {
            let facts = FactSetGenerator.facts(seed: seed)
            guard !facts.isEmpty else { continue }
            let order = Self.fold(facts, settings)
            outcomes.formUnion(order.rulings.map(\.outcome))
            if order.standingHolds.contains(where: \.isByRule) { held += 1 }
        }
        #expect(outcomes == Set(Ruling.Outcome.allCases))
        #expect(held > 20)
    }

    @Test func `every fact that calls a rule leaves its verdict`() {
        var settings = Settings(flow: .watching)
        settings.rules = RuleSet(Self.rules)
        for seed in UInt64(0)..<200 {
            let facts = FactSetGenerator.facts(seed: seed)
            guard !facts.isEmpty else { continue }
            let order = Self.fold(facts, settings)
            for rule in Self.rules {
                let isCalled = rule.when.contains { order.moments[$0] != nil }
                #expect(order.rulings.contains { $0.rule == rule.id } == isCalled, "seed \(seed), rule \(rule.id)")
            }
        }
    }
}
