import HydrantCore
import HydrantTesting
import Testing

/// What proves each state.
@Suite struct StateTests {
    /// The state that is reached when the order is paid, checked and locked and these things are said.
    private static func state(
        _ header: OrderHeader, _ bodies: [FactBody], flow: Flow = .watching
    ) throws(Refusal) -> Int {
        var story = OrderStory()
        story.say(.orderPlaced(header), minute: 0)
        story.say(.paymentReported(Payment(id: "P", amountMinor: 0, isComplete: true)), minute: 1)
        story.say(.creditChecked(CreditCheck(isPassed: true)), minute: 2)
        story.say(.inventoryLocked(InventoryLock()), minute: 3)
        for (index, body) in bodies.enumerated() { story.say(body, minute: 10 + Int64(index)) }
        var scenario = Scenario(settings: Settings(flow: flow))
        try scenario.given(story.facts)
        return scenario.order.state
    }

    private static func packed(_ parcel: String, _ items: [(String, Int)]) -> FactBody {
        .parcelPacked(Packing(parcel: parcel, items: items.map { ParcelItem(line: $0.0, units: $0.1) }))
    }

    private static let twoLines = OrderHeader(
        lines: [Line(id: "1", sku: "A", units: 3), Line(id: "2", sku: "B", units: 1)])

    private static func withGift(boundTo line: String) -> OrderHeader {
        OrderHeader(lines: [Line(id: "1", sku: "A"), Line(id: "2", sku: "G", isGift: true, giftFor: line)])
    }

    @Test(
        arguments: [
            ([12_900], 1), ([12_899], 0), ([10_000, 2_900], 1), ([10_000, 2_899], 0), ([6_000, 6_000, 6_000], 1),
            ([], 0),
        ] as [([Int64], Int)])
    func `payments are summed against what is payable`(amounts: [Int64], expected: Int) throws {
        var story = OrderStory.walk(to: 0)
        for (index, amount) in amounts.enumerated() {
            story.say(.paymentReported(Payment(id: "P\(index)", amountMinor: amount)), minute: 1 + Int64(index))
        }
        var scenario = Scenario()
        try scenario.given(story.facts)
        #expect(scenario.order.state == expected)
    }

    @Test func `the payer's word that it is complete is enough, and its time counts`() throws {
        var story = OrderStory.walk(to: 0)
        story.say(.paymentReported(Payment(id: "A", amountMinor: 0, isComplete: true)), minute: 7)
        story.say(.paymentReported(Payment(id: "B", amountMinor: 0, isComplete: true)), minute: 4)
        var scenario = Scenario()
        try scenario.given(story.facts)
        #expect(scenario.order.stamps.map(\.at) == [story.at(4)])
    }

    @Test func `the payment that reaches the sum is the time, and the payments up to it are the proof`() throws {
        var story = OrderStory.walk(to: 0)
        let first = story.say(.paymentReported(Payment(id: "Z", amountMinor: 10_000)), minute: 3)
        let second = story.say(.paymentReported(Payment(id: "B", amountMinor: 2_900)), minute: 8)
        story.say(.paymentReported(Payment(id: "C", amountMinor: 1)), minute: 9)
        var scenario = Scenario()
        try scenario.given(story.facts)
        #expect(
            scenario.order.stamps == [
                StateStamp(number: 1, at: story.at(8), isInferred: false, proof: [first.evidence, second.evidence])
            ])
    }

    @Test func `an order that costs nothing is paid with its payment message`() throws {
        var scenario = Scenario()
        var story = OrderStory()
        try scenario.given(story.say(.orderPlaced(OrderHeader(payableMinor: 0)), minute: 0))
        #expect(scenario.order.state == 0)
        try scenario.given(story.say(.paymentReported(Payment(id: "P", amountMinor: 0)), minute: 1))
        #expect(scenario.order.state == 1)
    }

    @Test func `a payment that is corrected downwards stays paid in both orders, and its newest amount is shown`()
        throws
    {
        var story = OrderStory.walk(to: 0)
        let full = story.say(.paymentReported(Payment(id: "P", amountMinor: 12_900)), minute: 5)
        let less = story.say(.paymentReported(Payment(id: "P", amountMinor: 100)), minute: 6)
        for facts in [[full, less], [less, full]] {
            var scenario = try Scenario.standard(at: 0)
            try scenario.given(facts)
            #expect(scenario.order.state == 1 && scenario.order.paidMinor == 100)
            #expect(scenario.order.stamps[0].at == story.at(5))
        }
    }

    @Test func `the smallest amount that was ever payable counts`() throws {
        var story = OrderStory.walk(to: 0)
        story.say(.orderPlaced(OrderHeader(payableMinor: 20_000)), minute: 9)
        story.say(.paymentReported(Payment(id: "P", amountMinor: 12_900)), minute: 10)
        var scenario = Scenario()
        try scenario.given(story.facts)
        #expect(scenario.order.state == 1 && scenario.order.header?.value.payableMinor == 20_000)
    }

    @Test(arguments: [
        ([CreditCheck(isPassed: true)], 2), ([CreditCheck(isPassed: false)], 1),
        ([CreditCheck(isPassed: true, returnRatePermille: 400)], 2),
        ([CreditCheck(isPassed: true, returnRatePermille: 401)], 1),
        (
            [CreditCheck(isPassed: true, returnRatePermille: 401), CreditCheck(isPassed: true, returnRatePermille: 9)],
            2
        ),
        (
            [CreditCheck(isPassed: true, returnRatePermille: 9), CreditCheck(isPassed: true, returnRatePermille: 900)],
            2
        ),
        ([CreditCheck(isPassed: true), CreditCheck(isPassed: false)], 2),
    ])
    func `risk passes with a check that names no return rate above the limit`(checks: [CreditCheck], expected: Int)
        throws
    {
        var story = OrderStory.walk(to: 1)
        for check in checks { story.say(.creditChecked(check), minute: 20) }
        for facts in [story.facts, story.facts.reversed()] {
            var scenario = Scenario()
            try scenario.given(facts)
            #expect(scenario.order.state == expected)
        }
    }

    @Test func `a lock must cover every line and freeze nothing`() throws {
        var scenario = try Scenario.standard(at: 2)
        var story = OrderStory.walk(to: 2)
        try scenario.given(story.say(.inventoryLocked(InventoryLock(coversEveryLine: false)), minute: 30))
        #expect(scenario.order.state == 2 && scenario.order.lockRefused?.value == "not enough stock")
        try scenario.given(story.say(.inventoryLocked(InventoryLock(frozenSKUs: ["A", "B"])), minute: 31))
        #expect(scenario.order.state == 2 && scenario.order.lockRefused?.value == "frozen: A, B")
        try scenario.given(story.say(.inventoryRefused(reason: "缺货"), minute: 32))
        #expect(scenario.order.lockRefused?.value == "缺货")
        try scenario.given(story.say(.inventoryLocked(InventoryLock()), minute: 33))
        #expect(scenario.order.state == 3)
    }

    @Test func `packing counts units over parcels`() throws {
        let header = Self.twoLines
        #expect(try Self.state(header, [Self.packed("A", [("1", 3)])]) == 3)
        #expect(try Self.state(header, [Self.packed("A", [("1", 2)]), Self.packed("B", [("2", 1)])]) == 3)
        #expect(try Self.state(header, [Self.packed("A", [("1", 2)]), Self.packed("B", [("2", 1), ("1", 1)])]) == 4)
        #expect(try Self.state(header, [Self.packed("A", [("1", 5), ("2", 5)])]) == 4)
        #expect(try Self.state(header, [Self.packed("A", [("1", 2), ("1", 1), ("2", 1)])]) == 4)
        #expect(try Self.state(header, [Self.packed("A", [("1", 3), ("9", 1)])]) == 3)
    }

    @Test func `a parcel that was packed twice holds the most that was named, not the sum`() throws {
        let twice = [Self.packed("A", [("1", 2)]), Self.packed("A", [("1", 2), ("2", 1)])]
        #expect(try Self.state(Self.twoLines, twice) == 3)
        #expect(try Self.state(Self.twoLines, twice + [Self.packed("A", [("1", 3)])]) == 4)
    }

    @Test func `a packing without contents says that the parcel is the whole order`() throws {
        #expect(try Self.state(Self.twoLines, [Self.packed("A", [])]) == 4)
    }

    @Test func `a word of progress packs and tracks the whole order, and is signed when its contents are`() throws {
        var progress = Packing(parcel: "A")
        progress.isProgress = true
        let first: [FactBody] = [
            .parcelPacked(progress), .trackingReported(Tracking(parcel: "A", number: "1")),
        ]
        #expect(try Self.state(Self.twoLines, [.parcelPacked(progress)]) == 4)
        #expect(try Self.state(Self.twoLines, first) == 5)
        #expect(try Self.state(Self.twoLines, first + [.signedReported(parcel: "A")]) == 5)
        let contents = [Self.packed("A", [("1", 3)]), Self.packed("B", [("2", 1)])]
        let second: [FactBody] = [
            .trackingReported(Tracking(parcel: "B", number: "2")), .signedReported(parcel: "A"),
        ]
        for facts in [first + contents + second, second + first + contents, contents + second + first] {
            #expect(try Self.state(Self.twoLines, facts) == 5)
            #expect(try Self.state(Self.twoLines, facts + [.signedReported(parcel: "B")]) == 6)
        }
        let whole = Self.packed("A", [("1", 3), ("2", 1)])
        #expect(try Self.state(Self.twoLines, first + [.signedReported(parcel: "A"), whole]) == 6)
    }

    @Test func `a line that was made smaller eases the packing, one that was made larger does not undo it`() throws {
        let packing = Self.packed("A", [("1", 2), ("2", 1)])
        #expect(try Self.state(Self.twoLines, [packing]) == 3)
        #expect(try Self.state(Self.twoLines, [packing, .lineReported(Line(id: "1", sku: "A", units: 2))]) == 4)
        #expect(try Self.state(Self.twoLines, [.lineReported(Line(id: "1", sku: "A", units: 2)), packing]) == 4)
        let whole = Self.packed("A", [("1", 3), ("2", 1)])
        #expect(try Self.state(Self.twoLines, [whole, .lineReported(Line(id: "3", sku: "C"))]) == 4)
        #expect(try Self.state(Self.twoLines, [.lineReported(Line(id: "3", sku: "C")), whole]) == 4)
    }

    @Test func `lines that a later header leaves out need not be packed`() throws {
        let less = OrderHeader(lines: [Line(id: "2", sku: "B")])
        #expect(try Self.state(Self.twoLines, [Self.packed("A", [("2", 1)])]) == 3)
        #expect(try Self.state(Self.twoLines, [Self.packed("A", [("2", 1)]), .orderPlaced(less)]) == 4)
    }

    @Test func `an order comes as far as the parcels that hold all of it`() throws {
        let packing = [Self.packed("A", [("1", 3)]), Self.packed("B", [("2", 1)])]
        let trackA = FactBody.trackingReported(Tracking(parcel: "A", number: "1"))
        let trackB = FactBody.trackingReported(Tracking(parcel: "B", number: "2"))
        #expect(try Self.state(Self.twoLines, packing + [trackA]) == 4)
        #expect(try Self.state(Self.twoLines, packing + [trackA, trackB]) == 5)
        let signed = [trackA, trackB, .signedReported(parcel: "A")]
        #expect(try Self.state(Self.twoLines, packing + signed) == 5)
        #expect(try Self.state(Self.twoLines, packing + signed + [.signedReported(parcel: "B")]) == 6)
        #expect(try Self.state(Self.twoLines, packing + signed + [.signedReported(parcel: "C")]) == 5)
    }

    @Test func `the last of the parcels is the time of the state`() throws {
        var story = OrderStory.walk(to: 3)
        story.say(Self.packed("A", [("1", 1)]), minute: 40)
        let second = story.say(Self.packed("B", [("1", 1)]), minute: 55)
        var scenario = Scenario()
        try scenario.given(story.facts)
        #expect(scenario.order.state == 4 && scenario.order.stateSince == story.at(55))
        #expect(scenario.order.stamps[3].proof.last == second.evidence)
    }

    @Test func `a gift travels with the line that it belongs to, and is packed by name`() throws {
        let both = Self.packed("A", [("1", 1), ("2", 1)])
        #expect(try Self.state(Self.withGift(boundTo: ""), [both]) == 3)
        #expect(try Self.state(Self.withGift(boundTo: "9"), [both]) == 3)
        #expect(try Self.state(Self.withGift(boundTo: "2"), [both]) == 3)
        #expect(try Self.state(Self.withGift(boundTo: "1"), [both]) == 4)
        #expect(try Self.state(Self.withGift(boundTo: "1"), [Self.packed("A", [("1", 1)])]) == 3)
        let binding = FactBody.lineReported(Line(id: "2", sku: "G", isGift: true, giftFor: "1"))
        #expect(try Self.state(Self.withGift(boundTo: ""), [both, binding]) == 4)
        #expect(try Self.state(Self.withGift(boundTo: ""), [Self.packed("A", [])]) == 3)
    }

    @Test func `gifts that are bound to nothing or in no parcel are named`() throws {
        var story = OrderStory()
        story.say(.orderPlaced(Self.withGift(boundTo: "")), minute: 0)
        var scenario = Scenario()
        try scenario.given(story.facts)
        #expect(scenario.order.unboundGifts.map(\.id) == ["2"] && scenario.order.strayGifts == [])
        try scenario.given(story.say(Self.packed("A", [("1", 1)]), minute: 1))
        #expect(scenario.order.strayGifts.map(\.id) == ["2"])
        try scenario.given(story.say(Self.packed("B", []), minute: 2))
        #expect(scenario.order.strayGifts == [])
    }

    private static func reporting(_ states: Set<Int>) -> Flow {
        Flow(steps: (0...7).map { Flow.Step(number: $0, isReported: states.contains($0)) })
    }

    @Test func `a state that no system reports is inferred from the nearest later proof, and marked`() throws {
        var story = OrderStory()
        story.say(.orderPlaced(OrderHeader()), minute: 0)
        story.say(.paymentReported(Payment(id: "P", amountMinor: 0, isComplete: true)), minute: 5)
        var scenario = Scenario(settings: Settings(flow: Self.reporting([1, 5, 6])))
        try scenario.given(story.facts)
        #expect(scenario.order.state == 1)
        let tracking = story.say(.trackingReported(Tracking(parcel: "X")), minute: 60)
        try scenario.given(tracking)
        #expect(scenario.order.state == 5)
        #expect(scenario.order.stamps.map(\.isInferred) == [false, true, true, true, false])
        #expect(
            scenario.order.stamps[2]
                == StateStamp(number: 3, at: story.at(60), isInferred: true, proof: [tracking.evidence]))
        let lock = story.say(.inventoryLocked(InventoryLock()), minute: 20)
        let events = try scenario.given(lock)
        #expect(events.map(\.name) == ["fact.recorded", "state.restated", "state.restated"])
        #expect(scenario.order.stamps.map(\.isInferred) == [false, true, false, true, false])
        #expect(scenario.order.stamps.map(\.at) == [5, 20, 20, 60, 60].map(story.at))
    }

    @Test func `a reported state is never inferred`() throws {
        var scenario = Scenario(settings: Settings(flow: Self.reporting([1, 3, 5, 6])))
        var story = OrderStory()
        try scenario.given(story.say(.orderPlaced(OrderHeader()), minute: 0))
        try scenario.given(story.say(.paymentReported(Payment(id: "P", amountMinor: 0, isComplete: true)), minute: 1))
        try scenario.given(story.say(.signedReported(parcel: "X"), minute: 2))
        #expect(scenario.order.stamps.map(\.isInferred) == [false, true])
        try scenario.given(story.say(.inventoryLocked(InventoryLock()), minute: 3))
        #expect(scenario.order.stamps.map(\.isInferred) == [false, true, false, true])
    }

    @Test func `no state is earlier than the order itself`() throws {
        var scenario = Scenario()
        var story = OrderStory()
        try scenario.given(story.say(.paymentReported(Payment(id: "P", amountMinor: 1, isComplete: true)), minute: 1))
        try scenario.given(story.say(.orderPlaced(OrderHeader()), minute: 9))
        #expect(scenario.order.stamps.map(\.at) == [story.at(9)])
    }
}
