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

    /// Whether a person may answer a task is found out by telling the tasks.
    @Test func `answers to tasks and to instructions count in a trial as they did live`() throws {
        let text = Text(chinese: "答", english: "answered")
        let answered = Rule(
            id: "answered", stage: .on, name: text, when: [.taskResolved],
            actions: [.hold(HoldAction(reason: text, owner: "owner", exits: [.person]))])
        let rules = ReturnExchangeTests.rules + [answered]
        var live = RuleTests.settings()
        live.rules = RuleSet(rules)
        var story = OrderStory.walk(to: 6)
        story.say(.parcelHandedOver(parcel: "SO-1-1"), minute: 65)
        story.say(.returnAsked(reason: "", isExchange: true), minute: 100)
        var scenario = Scenario(settings: live)
        try scenario.given(story.facts)
        let issued = try #require(scenario.order.issued.first { $0.instruction.kind == .createReplacement })
        let answer = InstructionAnswer(
            key: issued.instruction.key, kind: .createReplacement, outcome: .done, detail: "SO-1-R1")
        _ = try scenario.given(story.say(.instructionAnswered(answer), minute: 110, from: "hydrant"))
        let resolution = TaskResolution(answers: ["how": "none", "why": "worth little"])
        let move = TaskMove(task: "return:way-back", person: "li", step: .resolved(resolution))
        _ = try scenario.given(story.say(.taskMoved(move), minute: 120, from: "person:li"))
        var told: [RuleTrial.Moment] = []
        for event in scenario.events {
            guard case .ruleDecided(let ruling) = event.body else { continue }
            told.append(RuleTrial.Moment(at: event.recordedAt, ruling: ruling))
        }
        var trial = RuleTrial(rules, settings: RuleTests.settings(), window: Self.window)
        #expect(trial.take(order: "SO-1", scenario.events) == told)
        #expect(told.contains { $0.ruling.rule == "answered" } && trial.held == 1)
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

    /// A message is under way for some seconds, which make a hold of two hours no shorter.
    @Test func `a hold that time ended was as long as the rule says, unless its occasion came late`() throws {
        func delay(told lag: Milliseconds, releasedAfter length: Milliseconds = .hours(3)) throws -> Milliseconds {
            let text = Text(chinese: "等", english: "wait")
            let exits: [HoldAction.Exit] = [.after(.hours(2)), .fact(.paymentReported)]
            let rule = Rule(
                id: "r", name: text, when: [.orderPlaced], condition: .test(RuleTest(.lineCount, .atLeast, 1)),
                actions: [.hold(HoldAction(reason: text, owner: "owner", exits: exits))])
            var story = OrderStory(order: "SO-1")
            story.say(.orderPlaced(OrderHeader(shop: "s", lines: [Line(id: "1", sku: "A")])), minute: 0)
            let payment = FactBody.paymentReported(Payment(id: "p", amountMinor: 100, isComplete: true))
            story.say(payment, minute: length / .minutes(1))
            var order = Order(number: "SO-1")
            var history: [Event] = []
            for var fact in story.facts {
                fact.receivedAt = fact.evidence.at + lag
                history += try order.record(fact, settings: Settings(), now: fact.receivedAt)
            }
            var trial = RuleTrial([rule], settings: Settings(), window: Self.window)
            trial.take(order: "SO-1", history)
            return trial.delay
        }
        #expect(try delay(told: 0) == .hours(2))
        #expect(try delay(told: .seconds(40)) == .hours(2))
        #expect(try delay(told: .minutes(20)) == .minutes(100))
        #expect(try delay(told: .hours(3)) == 0)
        #expect(try delay(told: .seconds(40), releasedAfter: .hours(1)) == .hours(1))
    }

    /// The occasion of a rule proves nothing: only what goes wrong after it does.
    @Test func `a rule about changed addresses is not right because the address changed`() throws {
        func tried(_ rule: Rule, _ later: (minute: Int64, body: FactBody)...) throws -> RuleTrial {
            var (scenario, story) = try RuleTests.scenario(pastOrders: 0, Settings())
            let reference = ReceiverReference(id: "r-new", fingerprint: "new", area: "")
            let told = [(minute: Int64(10), body: FactBody.receiverChanged(reference))] + later
            for (minute, body) in told { _ = try scenario.given(story.say(body, minute: minute)) }
            var trial = RuleTrial([rule], settings: Settings(), window: Self.window)
            trial.take(order: "SO-1", scenario.events)
            return trial
        }
        func counts(_ trial: RuleTrial) -> [Int] { [trial.held, trial.refused, trial.right, trial.wrong] }
        var rule = AddressChangeTests.rule
        #expect(counts(try tried(rule)) == [1, 0, 0, 1])
        #expect(try tried(rule).verdicts.first?.stoppedBy == Self.begin + .minutes(10))
        #expect(counts(try tried(rule, (60, .orderCancelled(reason: "")))) == [1, 0, 1, 0])
        let again = FactBody.receiverChanged(ReceiverReference(id: "r-3", fingerprint: "third", area: ""))
        #expect(counts(try tried(rule, (60, again))) == [1, 0, 1, 0])
        let refund = FactBody.refundReported(MoneyEntry(id: "R", amountMinor: 100))
        #expect(counts(try tried(rule, (60, refund))) == [1, 0, 1, 0])
        // Told later, but happened before the address changed: that is no consequence.
        #expect(counts(try tried(rule, (5, .returnAsked(reason: "", isExchange: false)))) == [1, 0, 0, 1])
        // A rule that was called earlier stops the order because of the change; the change is its occasion all the
        // same.
        rule.when = [.orderPlaced]
        rule.occurrence = .once
        rule.condition = .test(RuleTest(.isReceiverChanged, .equal, 1))
        rule.actions = [.refuse(kinds: [.createDelivery], reason: RuleTests.name)]
        #expect(counts(try tried(rule)) == [0, 1, 0, 1])
        #expect(counts(try tried(rule, (60, .returnAsked(reason: "", isExchange: true)))) == [0, 1, 1, 0])
    }

    @Test func `of a rule with several versions the newest is tried that is not retired`() throws {
        let (scenario, _) = try RuleTests.scenario(pastOrders: 0, Settings())
        let versions = [(1, Rule.Stage.on), (2, .shadow), (3, .draft), (4, .retired)].map { number, stage in
            var rule = RuleTests.approval
            (rule.version, rule.stage) = (number, stage)
            if number == 3 { rule.condition = .test(RuleTest(.payable, .more, 900_000)) }
            return rule
        }
        for (rules, version, held) in [(versions, 3, 0), (Array(versions[..<2]), 2, 1)] {
            var trial = RuleTrial(rules, settings: Settings(), window: Self.window)
            trial.take(order: "SO-1", scenario.events)
            #expect(trial.verdicts.map(\.version) == [version] && trial.held == held)
        }
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
