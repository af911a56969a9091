import HydrantCore
import HydrantTesting
import Testing

/// The playbooks of returns, exchanges and cancellations.
@Suite struct ReturnExchangeTests {
    private static func text(_ word: String) -> Text { Text(chinese: word, english: word) }

    static let rules = [
        Rule(
            id: "return-exchange", stage: .on, name: text("return"), when: [.returnAsked],
            actions: [.completePartially, .playbook(.returnExchange)]),
        Rule(
            id: "exchange-purchase", stage: .on, name: text("purchase"), when: [.returnAsked],
            condition: .test(RuleTest(.isExchangeAsked, .equal, 1)),
            actions: [.instruct(kind: .pushPurchase, system: "finance")]),
        Rule(
            id: "cancellation", stage: .on, name: text("cancelled"), when: [.orderCancelled],
            actions: [.playbook(.cancellation)]),
    ]

    private static let left = FactBody.parcelHandedOver(parcel: "SO-1-1")

    private static func told(upTo state: Int, _ last: FactBody...) throws -> Scenario {
        var settings = RuleTests.settings()
        settings.rules = RuleSet(rules)
        var story = OrderStory()
        for number in 0...state { story.say(OrderStory.proof(of: number), minute: Int64(number)) }
        for (index, body) in last.enumerated() { story.say(body, minute: Int64(100 + index)) }
        var scenario = Scenario(settings: settings)
        for fact in story.facts { _ = try scenario.given(fact) }
        return scenario
    }

    private static func owned(_ scenario: Scenario) -> [String] {
        scenario.order.standingTasks.map(\.need.id).filter { $0.hasPrefix("return:") || $0.hasPrefix("cancellation:") }
    }

    @Test(arguments: [2, 4, 5, 6, 7])
    func `an exchange places one replacement and tells purchasing, at every stage`(state: Int) throws {
        let scenario = try Self.told(
            upTo: state, .returnAsked(reason: "", isExchange: true), .returnAsked(reason: "again", isExchange: true))
        let kinds = scenario.order.issued.map(\.instruction.kind)
        #expect(kinds.filter { $0 == .createReplacement }.count == 1)
        #expect(kinds.filter { $0 == .pushPurchase }.count == 1)
        #expect(scenario.order.completion == .partiallyCompleted)
        let exchange = try #require(scenario.order.exchanges.first)
        let header = try #require(scenario.order.replacementHeader(of: exchange))
        #expect((header.replaces, header.payableMinor) == (scenario.order.number, 0))
        #expect(header.lines.map(\.sku) == scenario.order.lines.values.filter { !$0.isGift }.map(\.sku))
        #expect(header.lines.allSatisfy { $0.priceMinor == 0 })
        #expect(Self.owned(scenario) == (state >= 6 ? ["return:way-back"] : []))
        let steps = scenario.order.playbookSteps(Settings())
        #expect(steps.map(\.playbook) == [.returnExchange])
        #expect(steps[0].steps.map(\.outcome) == [nil, nil])
        let undone = Set(steps[0].steps.map(\.undo.english))
        #expect(undone == ["cancelling the replacement order", "cancelled by whoever buys"])
        #expect(exchange.isWhole && scenario.order.replacement(of: "") == nil)
    }

    @Test func `a return replaces nothing and watches the refund until finance reports it`() throws {
        let asked = FactBody.returnAsked(reason: "", isExchange: false)
        var scenario = try Self.told(upTo: 5, Self.left, asked)
        #expect(!scenario.order.issued.contains { $0.instruction.kind == .createReplacement })
        #expect(Self.owned(scenario) == ["return:way-back", "return:refund"])
        scenario = try Self.told(upTo: 5, Self.left, asked, .refundReported(MoneyEntry(id: "RF-1", amountMinor: 100)))
        #expect(Self.owned(scenario) == ["return:way-back"])
    }

    @Test func `the way back's questions depend on how the goods come back`() throws {
        let scenario = try Self.told(upTo: 5, Self.left, .returnAsked(reason: "", isExchange: true))
        let task = try #require(scenario.order.standingTask("return:way-back"))
        let settings = Settings()
        let sent = ["how": "sent", "courier": "SF", "number": "SF1234567890123"]
        for answers in [["how": "none", "why": "broken"], sent] {
            #expect(throws: Never.self) { _ = try scenario.order.consequences(of: answers, to: task, settings) }
        }
        let short = sent.merging(["number": "SF1"]) { $1 }
        for answers in [["how": "none"], ["how": "pickup", "courier": "SF"], [:], short] {
            #expect(throws: Refusal.self) { _ = try scenario.order.consequences(of: answers, to: task, settings) }
        }
    }

    @Test func `a cancellation after the parcel left has it sent back, before that only the refund is watched`() throws
    {
        let cancelled = FactBody.orderCancelled(reason: "")
        #expect(Self.owned(try Self.told(upTo: 3, cancelled)) == ["cancellation:refund"])
        #expect(Self.owned(try Self.told(upTo: 0, cancelled)) == [])
        let late = try Self.told(upTo: 5, Self.left, cancelled)
        #expect(Self.owned(late) == ["cancellation:intercept:SO-1-1", "cancellation:refund"])
        #expect(late.order.standingTask("cancellation:intercept:SO-1-1")?.need.severity == .urgent)
        #expect(Self.owned(try Self.told(upTo: 6, cancelled)) == ["cancellation:refund"])
    }

    @Test func `without the playbooks nothing is asked`() throws {
        var story = OrderStory()
        for number in 0...5 { story.say(OrderStory.proof(of: number), minute: Int64(number)) }
        story.say(.returnAsked(reason: "", isExchange: true), minute: 100)
        var scenario = Scenario(settings: RuleTests.settings())
        for fact in story.facts { _ = try scenario.given(fact) }
        #expect(Self.owned(scenario).isEmpty)
        #expect(!scenario.order.issued.contains { $0.instruction.kind == .createReplacement })
    }
}
