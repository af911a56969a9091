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

    /// What comes only after what the hold prevents, as a fact or as a condition; alone, or beside another of the kind.
    private static let prevented: [(exits: [HoldAction.Exit], names: String)] = [
        ([HoldAction.Exit.fact(.parcelHandedOver)], "parcel.handed-over"),
        ([.condition(.test(RuleTest(.shippedCount, .more, 0)))], "parcels.shipped"),
        ([.condition(.test(RuleTest(.isLocked, .equal, 1)))], "order.isLocked"),
        ([.condition(.test(RuleTest(.sinceShipping, .more, 60)))], "time.sinceShipping"),
        ([.condition(.test(RuleTest(.sinceLock, .isKnown, 1)))], "time.sinceLock"),
        ([.condition(.test(RuleTest(.state, .atLeast, 4)))], "order.state"),
        ([.condition(.none([.test(RuleTest(.packedCount, .equal, 0))]))], "parcels.packed"),
        (
            [
                .condition(
                    .any([.test(RuleTest(.signedCount, .more, 0)), .test(RuleTest(.numberedCount, .atLeast, 1))])),
                .fact(.invoiceIssued),
            ], "parcels.signed, parcels.numbered, invoice.issued"
        ),
    ]

    @Test(arguments: RuleCheckTests.prevented)
    func `a hold whose every exit comes only after what it prevents is refused, with what to do`(
        exits: [HoldAction.Exit], names: String
    ) {
        func found(_ rule: Rule) -> [String] { Self.words([rule]) }
        let rule = Self.rule("a", .always, .hold(HoldAction(reason: Self.text, owner: "x", exits: exits)))
        let words = found(rule)
        #expect(words.count == 1 && words.first?.contains("waits for what it prevents: \(names) does not come") == true)
        #expect(words.first?.hasSuffix("add until: person or a length of time") == true)
        #expect(problems(in: [rule]).map(\.part) == ["then[0]"])
        for other in [
            HoldAction.Exit.person, .after(.hours(1)), .fact(.receiverVerified),
            .condition(.test(RuleTest(.paid, .more, 0))),
        ] {
            let open = HoldAction(reason: Self.text, owner: "x", exits: exits + [other])
            #expect(found(Self.rule("a", .always, .hold(open))).isEmpty, "\(other)")
        }
    }

    @Test func `a hold may wait for what goes on without it`() {
        func rule(_ when: [FactKind], _ condition: RuleCondition = .always, _ exits: HoldAction.Exit...) -> Rule {
            Rule(
                id: "a", stage: .on, name: Self.text, when: when, condition: condition,
                actions: [.hold(HoldAction(reason: Self.text, owner: "x", exits: exits))])
        }
        let numbered = RuleCondition.test(RuleTest(.numberedCount, .more, 0))
        let locked = RuleCondition.test(RuleTest(.isLocked, .equal, 1))
        let signed = RuleCondition.test(RuleTest(.signedCount, .more, 0))
        let sound = [
            // The invoice waits until the customer has signed: the parcel is with the courier.
            rule([.parcelHandedOver], .always, .fact(.signedReported)),
            rule([.trackingReported, .traceReported], .always, .condition(signed)),
            rule([.receiverChanged], numbered, .condition(signed)),
            // The warehouse packs what it has.
            rule([.inventoryLocked], .always, .fact(.parcelPacked)),
            rule([.creditChecked], locked, .fact(.parcelPacked)),
            rule([.orderPlaced], .always, .condition(.any([signed, .test(RuleTest(.isReceiverVerified, .equal, 1))]))),
        ]
        for rule in sound { #expect(Self.words([rule]).isEmpty, "\(rule)") }
        let stuck = [
            rule([.parcelHandedOver], .always, .fact(.invoiceIssued)),
            rule([.parcelHandedOver], .always, .condition(.test(RuleTest(.state, .equal, 7)))),
            rule([.inventoryLocked], .always, .fact(.signedReported)),
            rule([.parcelHandedOver, .receiverChanged], .always, .fact(.signedReported)),
            rule([.creditChecked], locked, .condition(numbered)),
        ]
        for rule in stuck { #expect(Self.words([rule]).count == 1, "\(rule)") }
    }

    @Test func `an exit that is true whenever the rule matches is refused`() {
        let large = RuleCondition.test(RuleTest(.payable, .more, 500_000))
        let above = RuleCondition.test(RuleTest(.payable, .more, 100_000))
        #expect(Self.words([Self.rule("a", large, Self.hold(.condition(above)))]).count == 1)
        #expect(Self.words([Self.rule("a", large, Self.hold(.person, .condition(above)))]).count == 1)
        #expect(Self.words([Self.rule("a", above, Self.hold(.condition(large)))]).isEmpty)
        // What calls the rule has happened.
        let calling = Self.words([Self.rule("a", .always, Self.hold(.fact(.orderPlaced)))])
        #expect(calling.count == 1 && calling.first?.contains("order.placed is what calls the rule") == true)
        // Nobody may have told the amount yet.
        let any = RuleCondition.test(RuleTest(.payable, .atLeast, 0))
        #expect(Self.words([Self.rule("a", .always, Self.hold(.condition(any)))]).isEmpty)
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

    @Test func `a version in shadow stands beside the one that is on, and only one does`() {
        let on = Self.rule("a", .always, .instruct(kind: .pauseDelivery, system: "wms"))
        var shadow = Self.rule("a", .always, .instruct(kind: .resumeDelivery, system: "wms"))
        (shadow.version, shadow.stage) = (2, .shadow)
        #expect(problems(in: [on, shadow]).isEmpty)
        var second = shadow
        second.version = 3
        let found = problems(in: [on, shadow, second])
        #expect(found.map(\.part) == ["stage"])
        #expect(found.first?.text.english.contains("version 2 of a is shadow too") == true)
        // Of different rules the same contradict each other.
        second.id = "b"
        #expect(problems(in: [on, second]).map(\.part) == ["then[0]"])
    }
}
