import HydrantCore
import Testing

/// What is wrong with rules although each word is allowed.
@Suite struct RuleCheckTests {
    private static let text = Text(chinese: "测试", english: "test")

    private static func rule(
        _ id: String, _ condition: RuleCondition = .always, _ actions: RuleAction...
    ) -> Rule {
        Rule(id: id, stage: .on, name: text, when: [.orderPlaced], condition: condition, actions: actions)
    }

    private static func hold(_ exits: HoldAction.Exit...) -> RuleAction {
        .hold(HoldAction(reason: text, owner: "x", exits: exits))
    }

    private static func words(_ rules: [Rule]) -> [String] { problems(in: rules).map(\.text.english) }

    @Test func `a sound set of rules has no problem`() {
        #expect(problems(in: [RuleTests.approval]) == [])
        #expect(problems(in: RuleConfluenceTests.rules) == [])
    }

    @Test func `a hold without an exit is refused`() {
        let found = problems(in: [Self.rule("a", .always, Self.hold())])
        #expect(found.map(\.part) == ["then[0]"])
        #expect(found.first?.text.english.contains("no exit") == true)
    }

    @Test func `a hold that waits for what it prevents is refused`() {
        #expect(Self.words([Self.rule("a", .always, Self.hold(.fact(.parcelPacked)))]).count == 1)
        #expect(Self.words([Self.rule("a", .always, Self.hold(.fact(.parcelPacked), .person))]).isEmpty)
    }

    @Test func `rules that wait for each other are named with their circle`() {
        let rules = [
            Self.rule("a", .always, Self.hold(.rule("b"))), Self.rule("b", .always, Self.hold(.rule("c"))),
            Self.rule("c", .always, Self.hold(.rule("a"))),
        ]
        #expect(Self.words(rules).contains { $0.contains("a → b → c → a") })
        let open = [rules[0], rules[1], Self.rule("c", .always, Self.hold(.rule("a"), .person))]
        #expect(Self.words(open).isEmpty)
    }

    @Test func `a hold may not wait for itself or for a rule that is not there`() {
        #expect(Self.words([Self.rule("a", .always, Self.hold(.rule("a")))]) == ["the hold waits for itself"])
        #expect(Self.words([Self.rule("a", .always, Self.hold(.rule("z")))]) == ["there is no interceptor z"])
    }

    @Test func `conditions that no order meets are found`() {
        let large = RuleCondition.test(RuleTest(.payable, .more, 500_000))
        let small = RuleCondition.test(RuleTest(.payable, .less, 100_000))
        let shops = RuleCondition.test(RuleTest(.shop, .oneOf, .texts(["a", "b"])))
        let impossible: [RuleCondition] = [
            .all([large, small]), .all([large, .any([small, .all([small, shops])])]),
            .all([shops, .test(RuleTest(.shop, .equal, .texts(["c"])))]), .all([shops, .none([shops])]),
            .test(RuleTest(.hour, .more, 23)), .test(RuleTest(.returnRate, .less, 0)),
            .all([large, .test(RuleTest(.payable, .isKnown, 0))]), .none([.none([.all([large, small])])]),
        ]
        for condition in impossible { #expect(condition.isImpossible, "\(condition)") }
        for condition in [large, shops, .any([large, small]), .all([large, shops]), .none([large]), .always] {
            #expect(!condition.isImpossible, "\(condition)")
        }
    }

    @Test func `an exit that is never reached, or at once, is refused`() {
        let never = RuleCondition.test(RuleTest(.hour, .more, 23))
        let large = RuleCondition.test(RuleTest(.payable, .more, 1))
        #expect(Self.words([Self.rule("a", .always, Self.hold(.condition(never)))]).count == 1)
        #expect(Self.words([Self.rule("a", large, Self.hold(.condition(large)))]).count == 1)
    }

    @Test func `rules that contradict each other are named`() {
        let paid = RuleCondition.test(RuleTest(.isPaid, .equal, 1))
        let unpaid = RuleCondition.test(RuleTest(.isPaid, .equal, 0))
        let holds = Self.rule("a", paid, Self.hold(.person))
        #expect(Self.words([holds, Self.rule("b", paid, .release(hold: "rule:a"))]).count == 1)
        #expect(Self.words([holds, Self.rule("b", unpaid, .release(hold: "rule:a"))]).isEmpty)
        let pause = Self.rule("c", paid, .instruct(kind: .pauseDelivery, system: "wms"))
        let resume = Self.rule("d", paid, .instruct(kind: .resumeDelivery, system: "wms"))
        #expect(Self.words([pause, resume]).count == 1)
    }

    @Test func `ids are plain and unique`() {
        #expect(Self.words([Self.rule("A b", .always, .completePartially)]).count == 1)
        let twice = Self.rule("a", .always, .completePartially)
        #expect(problems(in: [twice, twice]).map(\.part) == ["id", "stage"])
        var other = twice
        other.version = 2
        #expect(problems(in: [twice, other]).map(\.part) == ["stage"])
        other.stage = .retired
        #expect(problems(in: [twice, other]).isEmpty)
    }
}
