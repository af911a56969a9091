import HydrantCore
import HydrantTesting
import Testing

/// A version in shadow beside the one that is on: both speak, and only one of them does anything.
@Suite struct RuleShadowTests {
    private static func version(_ number: Int, _ stage: Rule.Stage, above minor: Int64) -> Rule {
        var rule = RuleTests.approval
        (rule.version, rule.stage) = (number, stage)
        rule.condition = .test(RuleTest(.payable, .more, minor))
        return rule
    }

    private static let on = version(1, .on, above: 500_000)

    private static func ids(_ order: Order) -> [String] {
        order.rulings.map { "\($0.rule) v\($0.version) \($0.isShadow ? "shadow" : "on") \($0.outcome.rawValue)" }
    }

    @Test func `the version that is on holds as before while another one reports beside it`() throws {
        let settings = RuleTests.settings(Self.version(2, .shadow, above: 900_000), Self.on)
        let (scenario, _) = try RuleTests.scenario(pastOrders: 0, settings)
        #expect(Self.ids(scenario.order) == ["approval v1 on matched", "approval v2 shadow passed"])
        #expect(scenario.order.standingHolds.map(\.id) == ["rule:approval"])
        #expect(!scenario.order.issued.contains { $0.instruction.kind == .createDelivery })
        for event in scenario.events { #expect(try Event(json: event.json) == event) }
        let replayed = scenario.events.reduce(Order(number: "SO-1")) { $0.evolved(by: $1) }
        #expect(replayed == scenario.order)
    }

    @Test func `a version in shadow holds nothing although the one that is on lets the order pass`() throws {
        let settings = RuleTests.settings(
            Self.version(1, .on, above: 900_000), Self.version(2, .shadow, above: 500_000))
        let (scenario, _) = try RuleTests.scenario(pastOrders: 0, settings)
        #expect(Self.ids(scenario.order) == ["approval v1 on passed", "approval v2 shadow matched"])
        #expect(scenario.order.standingHolds.isEmpty)
        #expect(scenario.order.issued.contains { $0.instruction.kind == .createDelivery })
        #expect(react(to: scenario.events).timers.isEmpty)
    }

    @Test func `what was held stays held when a version goes into shadow or is retired there`() throws {
        let (scenario, told) = try RuleTests.scenario(pastOrders: 0, RuleTests.settings(Self.on))
        var story = told
        let shadow = Self.version(2, .shadow, above: 900_000)
        var order = scenario.order
        let again = story.say(.orderPlaced(OrderHeader(payableMinor: 600_000)), minute: 20, from: "erp")
        _ = try order.record(again, settings: RuleTests.settings(Self.on, shadow), now: story.at(20))
        #expect(Self.ids(order) == ["approval v1 on matched", "approval v2 shadow passed"])
        #expect(order.standingHolds.map(\.id) == ["rule:approval"])
        // Retired, the report is only history: nothing is added to it.
        let without = RuleTests.settings(Self.on, Self.version(2, .retired, above: 900_000))
        let word = story.say(.statusReported, minute: 21, from: "wms", word: "X")
        let events = try order.record(word, settings: without, now: story.at(21))
        #expect(!events.contains { if case .ruleDecided = $0.body { true } else { false } })
        #expect(order.standingHolds.map(\.id) == ["rule:approval"])
        // Switched on instead, it judges what calls it, and reports no more.
        let switched = RuleTests.settings(
            Self.version(1, .retired, above: 500_000), Self.version(2, .on, above: 900_000))
        let third = story.say(.orderPlaced(OrderHeader(payableMinor: 600_000)), minute: 22, from: "shop-2")
        _ = try order.record(third, settings: switched, now: story.at(22))
        #expect(Self.ids(order) == ["approval v2 on passed"])
        #expect(order.standingHolds.isEmpty)
    }

    /// Releases before this one kept one verdict of a rule: what they wrote is read as they meant it.
    @Test func `a verdict in shadow of an earlier release still takes the place of the other`() throws {
        let (scenario, story) = try RuleTests.scenario(pastOrders: 0, RuleTests.settings(Self.on))
        let first = try #require(scenario.order.rulings.first)
        #expect(!first.isBeside)
        var earlier = first
        (earlier.version, earlier.isShadow) = (2, true)
        let event = Event(
            order: "SO-1", number: scenario.order.version + 1, recordedAt: story.at(9), settings: "",
            body: .ruleDecided(earlier))
        #expect(try Event(json: event.json) == event)
        let order = scenario.order.evolved(by: event)
        #expect(order.rulings == [earlier])
        let back = Event(
            order: "SO-1", number: order.version + 1, recordedAt: story.at(9), settings: "", body: .ruleDecided(first))
        #expect(order.evolved(by: back).rulings == [first])
    }

    @Test func `a hold that waits for another rule waits for what is on, not for what is only reported`() throws {
        var waiting = RuleTests.approval
        waiting.id = "b"
        waiting.condition = .always
        let exit = HoldAction.Exit.rule("approval")
        waiting.actions = [.hold(HoldAction(reason: RuleTests.name, owner: "owner", exits: [exit]))]
        let shadow = Self.version(1, .shadow, above: 500_000)
        let (passed, _) = try RuleTests.scenario(pastOrders: 0, RuleTests.settings(shadow, waiting))
        #expect(passed.order.standingHolds.isEmpty)
        let (held, _) = try RuleTests.scenario(pastOrders: 0, RuleTests.settings(Self.on, waiting))
        #expect(held.order.standingHolds.map(\.id) == ["rule:approval", "rule:b"])
        waiting.stage = .shadow
        let (reported, _) = try RuleTests.scenario(pastOrders: 0, RuleTests.settings(shadow, waiting))
        #expect(reported.order.rulings.last?.holds.map(\.id) == ["rule:b"])
    }
}
