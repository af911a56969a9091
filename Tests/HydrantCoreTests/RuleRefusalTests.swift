import HydrantCore
import HydrantTesting
import Testing

/// What a version refused, after it was switched off, replaced or dropped.
@Suite struct RuleRefusalTests {
    private static func version(_ number: Int, _ stage: Rule.Stage, above minor: Int64 = 500_000) -> Rule {
        var rule = RuleTests.approval
        (rule.version, rule.stage) = (number, stage)
        rule.condition = .test(RuleTest(.payable, .more, minor))
        rule.actions = [.refuse(kinds: [.createDelivery], reason: RuleTests.name)]
        return rule
    }

    private static func refused() throws -> (Order, OrderStory) {
        let (scenario, story) = try RuleTests.scenario(pastOrders: 0, RuleTests.settings(version(1, .on)))
        #expect(scenario.order.refusal(of: .createDelivery) == RuleTests.name)
        #expect(scenario.order.standingHolds.isEmpty && !isSent(scenario.order))
        return (scenario.order, story)
    }

    private static func isSent(_ order: Order) -> Bool {
        order.issued.contains { $0.instruction.kind == .createDelivery }
    }

    private static let hold = "rule:approval:refused-1@\(OrderStory.standardBegin.milliseconds)"

    @Test(arguments: [[RuleRefusalTests.version(1, .retired)], [RuleRefusalTests.version(1, .shadow)], []])
    func `a refusal of a version that is on no more becomes a question to a person`(rules: [Rule]) throws {
        var (order, story) = try Self.refused()
        var settings = RuleTests.settings()
        settings.rules = RuleSet(rules)
        let events = order.lookAtTasks(settings: settings, now: story.at(20))
        for event in events { #expect(try Event(json: event.json) == event) }
        #expect(order.refusal(of: .createDelivery) == nil)
        #expect(order.standingHolds.map(\.id) == [Self.hold] && order.standingHolds.map(\.exit) == [.person])
        #expect(order.standingTask("hold:\(Self.hold)")?.need.kind == .holdDecision)
        #expect(order.standingTask("hold:\(Self.hold)")?.need.owner == "operations")
        #expect(!Self.isSent(order))
        #expect(order.lookAtTasks(settings: settings, now: story.at(21)).isEmpty)
        let release = story.say(.holdReleased(id: Self.hold, note: ""), minute: 30, from: "person:boss")
        _ = try order.record(release, settings: settings, now: story.at(30))
        #expect(order.standingHolds.isEmpty && Self.isSent(order))
        #expect(order.standingTask("hold:\(Self.hold)") == nil)
        #expect(order.lookAtTasks(settings: settings, now: story.at(31)).isEmpty)
    }

    @Test func `a refusal is asked again of the version that is on instead, and what it let pass goes out`() throws {
        var (order, story) = try Self.refused()
        let stricter = RuleTests.settings(Self.version(1, .retired), Self.version(2, .on))
        _ = order.lookAtTasks(settings: stricter, now: story.at(20))
        #expect(order.rulings.map(\.version) == [2])
        #expect(order.refusal(of: .createDelivery) == RuleTests.name && !Self.isSent(order))
        let milder = RuleTests.settings(
            Self.version(1, .retired), Self.version(2, .retired), Self.version(3, .on, above: 900_000))
        _ = order.lookAtTasks(settings: milder, now: story.at(21))
        #expect(order.rulings.map(\.outcome) == [.passed])
        #expect(order.standingHolds.isEmpty && Self.isSent(order))
        // Also where the version that refused it is kept no more.
        (order, story) = try Self.refused()
        _ = order.lookAtTasks(settings: RuleTests.settings(Self.version(3, .on, above: 900_000)), now: story.at(22))
        #expect(order.rulings.map(\.version) == [3] && Self.isSent(order))
    }

    @Test func `a refusal that is true no more ends without a question`() throws {
        var (order, story) = try Self.refused()
        let settings = RuleTests.settings(Self.version(1, .retired))
        let cheaper = story.say(.orderPlaced(OrderHeader(payableMinor: 100)), minute: 20)
        _ = try order.record(cheaper, settings: settings, now: story.at(20))
        #expect(order.rulings.map(\.outcome) == [.passed] && order.standingHolds.isEmpty)
    }

    @Test func `whoever has not read the newest document yet asks nobody`() throws {
        let settings = RuleTests.settings(Self.version(2, .on))
        let (scenario, story) = try RuleTests.scenario(pastOrders: 0, settings)
        var order = scenario.order
        #expect(order.lookAtTasks(settings: RuleTests.settings(Self.version(1, .on)), now: story.at(20)).isEmpty)
        #expect(order.refusal(of: .createDelivery) == RuleTests.name)
    }
}
