import HydrantCore
import HydrantTesting
import Testing

/// What a rule would have done, told from the past, is what the live engine does on the same facts.
@Suite struct RuleTrialTests {
    private static let begin = OrderStory.standardBegin
    private static let window = begin - .hours(24 * 30)..<begin + .hours(24 * 30)

    /// 10,000 generated orders, told live with the rules on, and tried without them.
    @Test func `the verdicts of a trial equal the live ones`() {
        var live = Settings(flow: .watching)
        live.rules = RuleSet(RuleConfluenceTests.rules)
        let plain = Settings(flow: .watching)
        var trial = RuleTrial(RuleConfluenceTests.rules, settings: plain, window: Self.window)
        var expected: [String: Ruling.Outcome] = [:]
        var held: Set<String> = []
        var generated = 0
        for seed in UInt64(0)..<10_000 {
            let facts = FactSetGenerator.facts(seed: seed)
            guard !facts.isEmpty else { continue }
            generated += 1
            var order = Order(number: facts[0].order)
            var past = order
            var history: [Event] = []
            for fact in facts {
                _ = try? order.record(fact, settings: live, now: fact.receivedAt)
                for ruling in order.rulings where !ruling.holds.isEmpty {
                    held.insert("\(order.number)/\(ruling.rule)")
                }
                history += (try? past.record(fact, settings: plain, now: fact.receivedAt)) ?? []
            }
            for ruling in order.rulings { expected["\(order.number)/\(ruling.rule)"] = ruling.outcome }
            trial.take(order: order.number, history)
        }
        #expect(trial.orders == generated)
        let tried = Dictionary(uniqueKeysWithValues: trial.verdicts.map { ("\($0.order)/\($0.rule)", $0.outcome) })
        #expect(tried == expected)
        #expect(Set(trial.verdicts.filter { $0.heldAt != nil }.map { "\($0.order)/\($0.rule)" }) == held)
        #expect(trial.held > 1_000)
    }

    @Test func `a trial counts what was held, for how long, and whether it was right`() throws {
        let (scenario, story) = try RuleTests.scenario(pastOrders: 0, Settings())
        var rule = RuleTests.approval
        rule.stage = .draft
        var trial = RuleTrial([rule], settings: Settings(), window: Self.window)
        trial.take(order: "SO-1", scenario.events)
        #expect((trial.orders, trial.held, trial.right, trial.wrong) == (1, 1, 0, 1))
        #expect(trial.delay == .hours(2))
        var cancelled = scenario
        var longer = story
        _ = try cancelled.given(longer.say(.orderCancelled(reason: ""), minute: 60))
        trial.take(order: "SO-1", cancelled.events)
        #expect((trial.held, trial.right, trial.wrong) == (2, 1, 1))
    }

    @Test func `occasions outside the window do not count`() throws {
        let (scenario, _) = try RuleTests.scenario(pastOrders: 0, Settings())
        let later = Self.begin + .hours(5)..<Self.begin + .hours(6)
        var trial = RuleTrial([RuleTests.approval], settings: Settings(), window: later)
        trial.take(order: "SO-1", scenario.events)
        #expect(trial.verdicts.isEmpty)
    }
}
