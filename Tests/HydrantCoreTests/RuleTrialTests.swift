import HydrantCore
import HydrantTesting
import Testing

/// What a rule would have done, told from the past, is what the live engine does on the same facts.
@Suite struct RuleTrialTests {
    private static let begin = OrderStory.standardBegin
    private static let window = begin - .hours(24 * 30)..<begin + .hours(24 * 30)

    private static let rules = RuleConfluenceTests.rules + [AddressChangeTests.rule] + ReturnExchangeTests.rules

    /// 10,000 orders, told live with the rules on and a flow that asks a system, and tried from their histories under
    /// settings that ask nobody. Everything of each verdict is equal: rule, version, occasion, outcome, holds with
    /// reason, owner and exits, refusals, instructions, playbooks, tasks, and when it was given; so are the times of
    /// holding and releasing.
    @Test(arguments: UInt64(0)..<4)
    func `the verdicts of a trial equal the live ones in every field`(quarter: UInt64) {
        var live = Settings(
            flow: Flow(
                steps: Flow.watching.steps,
                requests: [Flow.Request(afterState: 2, kind: .createDelivery, system: "wms")]))
        live.rules = RuleSet(Self.rules)
        let plain = Settings(flow: .watching)
        var trial = RuleTrial(Self.rules, settings: plain, window: Self.window)
        var generated = 0
        var compared = 0
        var seed = quarter * 1_000_000
        while generated < 2_500 {
            let facts = FactSetGenerator.facts(seed: seed)
            seed += 1
            guard !facts.isEmpty else { continue }
            generated += 1
            var order = Order(number: facts[0].order)
            var history: [Event] = []
            var told: [RuleTrial.Moment] = []
            for (index, fact) in facts.enumerated() {
                // The hub's own clock, which goes forward however late a message is.
                let now = Self.begin + .hours(3) + .minutes(Int64(index))
                let events = (try? order.record(fact, settings: live, now: now)) ?? []
                for case .ruleDecided(let ruling) in events.map(\.body) {
                    told.append(RuleTrial.Moment(at: now, ruling: ruling))
                }
                history += events
            }
            let before = trial.verdicts.count
            let tried = trial.take(order: order.number, history)
            compared += told.count
            guard tried == told else {
                Issue.record("seed \(seed - 1): \(tried) instead of \(told)")
                return
            }
            for verdict in trial.verdicts[before...] {
                let own = told.filter { $0.ruling.rule == verdict.rule }
                let isEqual =
                    verdict.outcome == own.last?.ruling.outcome
                    && verdict.isRefused == own.contains { !$0.ruling.refusals.isEmpty }
                    && verdict.heldAt == own.first { !$0.ruling.holds.isEmpty }?.at
                    && verdict.releasedAt == Self.released(own)
                guard isEqual else {
                    Issue.record("seed \(seed - 1): \(verdict) from \(own)")
                    return
                }
            }
        }
        #expect(trial.orders == 2_500)
        #expect(compared > 15_000)
        #expect(trial.held > 3_000)
    }

    /// When the hold that live verdicts placed ended, by the last of them.
    private static func released(_ told: [RuleTrial.Moment]) -> Instant? {
        var released: Instant?
        var isHeld = false
        for moment in told {
            if let hold = moment.ruling.holds.first {
                released = hold.until
                isHeld = true
            } else if isHeld {
                released = min(released ?? moment.at, moment.at)
            }
        }
        return isHeld ? min(released ?? window.upperBound, window.upperBound) : nil
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

    /// An import takes a year in within a moment, orders before their lines, and lines carry no time of their own.
    @Test func `an imported order is judged by the times of its facts and not by that of the import`() throws {
        var story = OrderStory(order: "SO-1")
        story.say(.orderPlaced(OrderHeader(shop: "s")), minute: 0)
        story.say(.paymentReported(Payment(id: "p", amountMinor: 100, isComplete: true)), minute: 30)
        story.say(.lineReported(Line(id: "1", sku: "A", units: 1, priceMinor: 100)), minute: 0, isTimed: false)
        let importedAt = Self.begin + .hours(24 * 400)
        var order = Order(number: "SO-1")
        var history: [Event] = []
        for var fact in story.facts {
            fact.receivedAt = importedAt
            history += try order.record(fact, settings: Settings(), now: importedAt)
        }
        func tried(_ condition: RuleTest, until fact: FactKind) -> RuleTrial {
            let text = Text(chinese: "等", english: "wait")
            let rule = Rule(
                id: "r", name: text, when: [.orderPlaced], condition: .test(condition),
                actions: [.hold(HoldAction(reason: text, owner: "owner", exits: [.fact(fact)]))])
            var trial = RuleTrial([rule], settings: Settings(), window: Self.window)
            trial.take(order: "SO-1", history)
            return trial
        }
        let never = tried(RuleTest(.lineCount, .more, 1_000), until: .paymentReported)
        #expect((never.held, never.wrong, never.verdicts.map(\.outcome)) == (0, 0, [.passed]))
        let always = tried(RuleTest(.lineCount, .atLeast, 1), until: .paymentReported)
        #expect((always.held, always.delay) == (1, .minutes(30)))
        #expect(always.verdicts.first?.heldAt == Self.begin)
    }

    /// A release that a person gave to another hold than the tried rule's is no release of one that comes later.
    @Test func `a fact that is refused does not end a later hold`() throws {
        let text = Text(chinese: "等", english: "wait")
        let rule = Rule(
            id: "r", name: text, when: [.receiverChanged],
            actions: [.hold(HoldAction(reason: text, owner: "owner", exits: [.person]))])
        var live = Settings(flow: .watching)
        var placed = rule
        placed.stage = .on
        placed.when = [.orderPlaced]
        live.rules = RuleSet([placed])
        var story = OrderStory()
        var scenario = Scenario(settings: live)
        _ = try scenario.given(story.say(.orderPlaced(OrderStory.standardHeader), minute: 0))
        _ = try scenario.given(story.say(.holdReleased(id: "rule:r", note: ""), minute: 5, from: "person:li"))
        let changed = ReceiverReference(id: "r-new", fingerprint: "new", area: "")
        _ = try scenario.given(story.say(.receiverChanged(changed), minute: 9))
        _ = try scenario.given(story.say(.statusReported, minute: 12, from: "wms", word: "X"))
        var trial = RuleTrial([rule], settings: Settings(), window: Self.window)
        trial.take(order: "SO-1", scenario.events)
        #expect(trial.held == 1 && trial.verdicts.first?.releasedAt == Self.window.upperBound)
    }

    @Test func `occasions outside the window do not count`() throws {
        let (scenario, _) = try RuleTests.scenario(pastOrders: 0, Settings())
        let later = Self.begin + .hours(5)..<Self.begin + .hours(6)
        var trial = RuleTrial([RuleTests.approval], settings: Settings(), window: later)
        trial.take(order: "SO-1", scenario.events)
        #expect(trial.verdicts.isEmpty)
    }
}
