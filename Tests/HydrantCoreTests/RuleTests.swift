import HydrantCore
import HydrantTesting
import Testing

/// What rules see of an order and what follows from their verdicts.
@Suite struct RuleTests {
    static let name = Text(chinese: "大额新客", english: "Large orders of new customers")

    /// "Orders over 5,000 yuan of new customers wait for the owner's approval, at most 2 hours."
    static let approval = Rule(
        id: "approval", stage: .on, name: name, when: [.orderPlaced],
        condition: .all([.test(RuleTest(.payable, .more, 500_000)), .test(RuleTest(.pastOrders, .equal, 0))]),
        actions: [.hold(HoldAction(reason: name, owner: "owner", exits: [.person, .after(.hours(2))]))])

    static let flow = Flow(
        steps: Flow.watching.steps,
        requests: [
            Flow.Request(afterState: 1, kind: .checkCredit, system: "crm"),
            Flow.Request(afterState: 2, kind: .createDelivery, system: "wms"),
        ])

    static func settings(_ rules: Rule...) -> Settings {
        var settings = Settings(flow: flow)
        settings.rules = RuleSet(rules)
        return settings
    }

    /// A large paid order of a customer with so many orders before; nil while the CRM has not said.
    static func scenario(pastOrders: Int?, _ settings: Settings) throws -> (Scenario, OrderStory) {
        var story = OrderStory()
        let lines = [Line(id: "1", sku: "LF9001", priceMinor: 600_000)]
        story.say(.orderPlaced(OrderHeader(payableMinor: 600_000, lines: lines)), minute: 0)
        story.say(.paymentReported(Payment(id: "P", amountMinor: 600_000)), minute: 1)
        if let pastOrders {
            var check = CreditCheck(isPassed: true)
            check.pastOrders = pastOrders
            story.say(.creditChecked(check), minute: 2, from: "crm")
        }
        var scenario = Scenario(settings: settings)
        for fact in story.facts { _ = try scenario.given(fact) }
        return (scenario, story)
    }

    @Test func `a rule that matches holds the order and lets no delivery out`() throws {
        let (scenario, _) = try Self.scenario(pastOrders: 0, Self.settings(Self.approval))
        #expect(scenario.order.standingHolds.map(\.id) == ["rule:approval"])
        #expect(scenario.order.standingHolds.first?.owner == "owner")
        #expect(scenario.order.issued.map(\.instruction.kind) == [.checkCredit])
        #expect(scenario.order.rulings.map(\.outcome) == [.matched])
    }

    @Test func `a rule that does not match leaves a verdict and holds nothing`() throws {
        let (scenario, _) = try Self.scenario(pastOrders: 3, Self.settings(Self.approval))
        #expect(scenario.order.standingHolds.isEmpty)
        #expect(scenario.order.rulings.map(\.outcome) == [.passed])
        #expect(scenario.order.issued.map(\.instruction.kind) == [.checkCredit, .createDelivery])
    }

    @Test func `a rule that cannot run blocks and names the missing field, and questions still go out`() throws {
        let (scenario, _) = try Self.scenario(pastOrders: nil, Self.settings(Self.approval))
        #expect(scenario.order.rulings.map(\.outcome) == [.blocked])
        #expect(scenario.order.rulings.first?.missing == [.pastOrders])
        #expect(scenario.order.standingHolds.map(\.id) == ["rule:approval:blocked"])
        #expect(scenario.order.issued.map(\.instruction.kind) == [.checkCredit])
    }

    @Test func `a missing field does not matter where the others decide`() throws {
        var cheap = Self.approval
        cheap.condition = .all([
            .test(RuleTest(.payable, .more, 900_000)), .test(RuleTest(.pastOrders, .equal, 0)),
        ])
        let (scenario, _) = try Self.scenario(pastOrders: nil, Self.settings(cheap))
        #expect(scenario.order.rulings.map(\.outcome) == [.passed])
    }

    @Test func `a person lets the order go on`() throws {
        var (scenario, story) = try Self.scenario(pastOrders: 0, Self.settings(Self.approval))
        let release = story.say(.holdReleased(id: "rule:approval", note: "ok"), minute: 30, from: "person:boss")
        _ = try scenario.given(release)
        #expect(scenario.order.standingHolds.isEmpty)
        #expect(scenario.order.issued.last?.instruction.kind == .createDelivery)
    }

    @Test func `the timer of a rule's hold is set and ends it`() throws {
        var (scenario, story) = try Self.scenario(pastOrders: 0, Self.settings(Self.approval))
        let timers = react(to: scenario.events).timers
        #expect(timers == [OrderTimer(order: "SO-1", id: "rule:approval", dueAt: story.at(120))])
        _ = try scenario.given(story.say(.timerFell(id: "rule:approval"), minute: 120, from: "hydrant"))
        #expect(scenario.order.standingHolds.isEmpty)
        #expect(scenario.order.issued.last?.instruction.kind == .createDelivery)
    }

    @Test func `a hold for a person with a time limit names both exits, one with a time alone names it once`() throws {
        let (scenario, story) = try Self.scenario(pastOrders: 0, Self.settings(Self.approval))
        let hold = try #require(scenario.order.standingHolds.first)
        #expect(hold.exit == .person && hold.latestEnd == story.at(120))
        for (exits, exit) in [
            ([HoldAction.Exit.after(.hours(2))], StandingHold.Exit.timer(story.at(120))), ([.person], .person),
        ] {
            var rule = Self.approval
            rule.actions = [.hold(HoldAction(reason: Self.name, owner: "owner", exits: exits))]
            let (other, _) = try Self.scenario(pastOrders: 0, Self.settings(rule))
            let single = try #require(other.order.standingHolds.first)
            #expect(single.exit == exit && single.latestEnd == nil)
        }
    }

    @Test func `a person cannot end a hold that waits for something else`() throws {
        var rule = Self.approval
        rule.actions = [.hold(HoldAction(reason: Self.name, owner: "owner", exits: [.fact(.receiverVerified)]))]
        let (scenario, story) = try Self.scenario(pastOrders: 0, Self.settings(rule))
        let release = story.fact(.holdReleased(id: "rule:approval", note: ""), minute: 30, from: "person:boss")
        #expect(throws: Refusal.self) { try scenario.when(release) }
    }

    @Test func `a rule in shadow reports and does nothing`() throws {
        var rule = Self.approval
        rule.stage = .shadow
        let (scenario, _) = try Self.scenario(pastOrders: 0, Self.settings(rule))
        #expect(scenario.order.rulings.map(\.isShadow) == [true])
        #expect(scenario.order.rulings.first?.holds.isEmpty == false)
        #expect(scenario.order.standingHolds.isEmpty)
        #expect(react(to: scenario.events).timers.isEmpty)
        #expect(scenario.order.issued.map(\.instruction.kind) == [.checkCredit, .createDelivery])
    }

    @Test func `a retired version still judges the orders that it was called for`() throws {
        var retired = Self.approval
        retired.stage = .retired
        var (scenario, story) = try Self.scenario(pastOrders: 0, Self.settings(Self.approval))
        let release = story.say(.holdReleased(id: "rule:approval", note: ""), minute: 30, from: "person:boss")
        let events = try decide(scenario.order, release, settings: Self.settings(retired), now: story.at(30))
        let order = events.reduce(scenario.order) { $0.evolved(by: $1) }
        #expect(order.standingHolds.isEmpty)
        let (fresh, _) = try Self.scenario(pastOrders: 0, Self.settings(retired))
        #expect(fresh.order.rulings.isEmpty)
    }

    @Test func `a hold of a version that is kept no more ends by a person`() throws {
        var rule = Self.approval
        let exit = RuleCondition.test(RuleTest(.lineCount, .equal, 2))
        rule.actions = [.hold(HoldAction(reason: Self.name, owner: "owner", exits: [.condition(exit)]))]
        var (scenario, story) = try Self.scenario(pastOrders: 0, Self.settings(rule))
        #expect(scenario.order.standingHolds.map(\.exit) == [.condition])
        var order = scenario.order
        _ = order.lookAtTasks(settings: Self.settings(), now: story.at(20))
        #expect(order.standingHolds.map(\.exit) == [.person])
        #expect(order.standingTask("hold:rule:approval")?.need.kind == .holdDecision)
        #expect(order.lookAtTasks(settings: Self.settings(), now: story.at(21)).isEmpty)
        let release = story.say(.holdReleased(id: "rule:approval", note: ""), minute: 30, from: "person:boss")
        _ = try order.record(release, settings: Self.settings(), now: story.at(30))
        #expect(order.standingHolds.isEmpty && order.issued.last?.instruction.kind == .createDelivery)
        // A fact that it waits for still ends it.
        rule.actions = [.hold(HoldAction(reason: Self.name, owner: "owner", exits: [.fact(.inventoryLocked)]))]
        (scenario, story) = try Self.scenario(pastOrders: 0, Self.settings(rule))
        order = scenario.order
        let locked = story.say(.inventoryLocked(InventoryLock()), minute: 40, from: "wms")
        _ = try order.record(locked, settings: Self.settings(), now: story.at(40))
        #expect(order.standingHolds.isEmpty)
        // Whoever has not read the newest document yet changes nothing.
        var newer = rule
        newer.version = 2
        (scenario, story) = try Self.scenario(pastOrders: 0, Self.settings(newer))
        order = scenario.order
        #expect(order.lookAtTasks(settings: Self.settings(rule), now: story.at(20)).isEmpty)
    }

    @Test func `a refusal stops one kind of instruction only`() throws {
        let rule = Rule(
            id: "no", stage: .on, name: Self.name, when: [.orderPlaced],
            actions: [.refuse(kinds: [.createDelivery], reason: Self.name)])
        let (scenario, _) = try Self.scenario(pastOrders: 0, Self.settings(rule))
        #expect(scenario.order.issued.map(\.instruction.kind) == [.checkCredit])
        #expect(scenario.order.refusal(of: .createDelivery) == Self.name)
        #expect(scenario.order.refusal(of: .createWaybill) == nil)
    }

    @Test func `an instruction of a rule goes out once, although a hold stands`() throws {
        var rule = Self.approval
        rule.actions.append(.instruct(kind: .pauseDelivery, system: "wms"))
        var (scenario, story) = try Self.scenario(pastOrders: 0, Self.settings(rule))
        _ = try scenario.given(story.say(.statusReported, minute: 9, from: "wms", word: "X"))
        #expect(scenario.order.issued.map(\.instruction.kind) == [.checkCredit, .pauseDelivery])
    }

    @Test func `a rule of each occasion holds anew`() throws {
        var rule = Self.approval
        rule.when = [.receiverChanged]
        rule.occurrence = .each
        rule.condition = .test(RuleTest(.sincePayment, .less, 120))
        rule.actions = [.hold(HoldAction(reason: Self.name, owner: "service", exits: [.person]))]
        var (scenario, story) = try Self.scenario(pastOrders: 0, Self.settings(rule))
        for minute in [Int64(10), 20, 300] {
            let reference = ReceiverReference(id: "r\(minute)", fingerprint: "f\(minute)", area: "")
            _ = try scenario.given(story.say(.receiverChanged(reference), minute: minute))
            _ = try scenario.given(story.say(.receiverVerified(fingerprint: "f\(minute)"), minute: minute))
            let id = "rule:approval@\(story.at(minute).milliseconds)"
            #expect(scenario.order.standingHolds.map(\.id) == (minute < 120 ? [id] : []))
            guard minute < 120 else { continue }
            _ = try scenario.given(story.say(.holdReleased(id: id, note: ""), minute: minute + 1, from: "person:a"))
            #expect(scenario.order.standingHolds.isEmpty)
        }
    }

    @Test func `an event of a rule is read back as it was written`() throws {
        for past in [nil, 0, 3] {
            let (scenario, _) = try Self.scenario(pastOrders: past, Self.settings(Self.approval))
            for event in scenario.events { #expect(try Event(json: event.json) == event) }
        }
    }
}
