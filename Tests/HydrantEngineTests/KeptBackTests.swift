import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantSimulator
import HydrantStorage
import HydrantTesting
import Testing

/// What the queue does with a delivery that is to go on, when something comes between before it is sent.
struct KeptBackTests {
    private static let text = Text(chinese: "漏了赠品", english: "left out")

    private static let rule = Rule(
        id: "gifts", stage: .on, name: text, when: [.parcelPacked],
        condition: .test(RuleTest(.leftOutGiftCount, .more, 0)),
        actions: [
            .hold(
                HoldAction(
                    reason: text, owner: "warehouse",
                    exits: [.person, .condition(.test(RuleTest(.leftOutGiftCount, .equal, 0)))])),
            .playbook(.giftBinding),
        ])

    @Test func `it waits while a gift is left out again, and goes out when that one is packed`() throws {
        var settings = Settings(
            flow: Flow(
                steps: Flow.watching.steps,
                requests: [Flow.Request(afterState: 2, kind: .createDelivery, system: "wms")]))
        settings.rules = RuleSet([Self.rule])
        var scenario = Scenario(settings: settings)
        var story = OrderStory()
        var minute: Int64 = 0
        func say(_ body: FactBody, from source: String = "wms") throws {
            minute += 1
            _ = try scenario.given(story.say(body, minute: minute, from: source))
        }
        func answerLast() throws {
            let last = try #require(scenario.order.issued.last).instruction
            let answer = InstructionAnswer(key: last.key, kind: last.kind, outcome: .done, detail: "")
            try say(.instructionAnswered(answer), from: "hydrant")
        }
        func pack(_ parcel: String, _ line: String, _ units: Int) throws {
            let items = [ParcelItem(line: line, units: units)]
            try say(.parcelPacked(Packing(parcel: parcel, items: items)))
        }
        var header = OrderStory.standardHeader
        header.lines += [
            Line(id: "2", sku: "OIL", priceMinor: 0), Line(id: "G", sku: "GLOVE", isGift: true, giftFor: "1"),
            Line(id: "H", sku: "RAG", isGift: true, giftFor: "2"),
        ]
        try say(.orderPlaced(header))
        for state in 1...3 { try say(OrderStory.proof(of: state)) }
        try answerLast()
        try pack("A", "1", 2)
        try answerLast()
        try pack("B", "G", 1)
        let resume = try #require(scenario.order.issued.last).instruction
        #expect(resume.kind == .resumeDelivery)
        let rules = WaybillRules(settings: settings)
        func isSent() -> Bool {
            rules.waiting(resume, in: scenario.order) == nil && rules.withdrawal(of: resume, in: scenario.order) == nil
        }
        #expect(isSent())
        try pack("C", "2", 1)
        #expect(rules.waiting(resume, in: scenario.order) == "waits until gift and address are settled")
        try pack("D", "H", 1)
        #expect(isSent())
    }

    /// A delivery is asked for once an order is paid, and a rule holds large ones once their credit is known.
    private static var holding: Settings {
        let name = Text(chinese: "大额", english: "Large")
        var settings = EngineRig.asking([Flow.Request(afterState: 1, kind: .createDelivery, system: "wms")])
        settings.rules = RuleSet([
            Rule(
                id: "large", stage: .on, name: name, when: [.creditChecked],
                condition: .test(RuleTest(.payable, .more, 500_000)),
                actions: [.hold(HoldAction(reason: name, owner: "owner", exits: [.person]))])
        ])
        return settings
    }

    /// A delivery order that may have been made, of an order that a rule then holds.
    private static func doubted(_ wms: ScriptedConnector) throws -> EngineRig {
        let rig = EngineRig(settings: holding, connectors: [wms])
        try rig.start()
        let header = OrderHeader(payableMinor: 600_000, lines: [Line(id: "1", sku: "A", priceMinor: 600_000)])
        _ = try rig.submit(rig.fact(.orderPlaced(header), id: "placed"))
        _ = try rig.submit(rig.fact(.paymentReported(Payment(id: "p", amountMinor: 600_000)), id: "paid"))
        for _ in 1...20 where wms.calls.isEmpty { rig.advance(by: 100) }
        #expect(wms.kinds == [.perform])
        _ = try rig.submit(rig.fact(.creditChecked(CreditCheck(isPassed: true)), id: "credit", from: "crm"))
        #expect(try rig.order()?.standingHolds.map(\.id) == ["rule:large"])
        return rig
    }

    @Test func `what may have been done is asked about under a hold, and begun anew only after it`() throws {
        let wms = ScriptedConnector(
            "wms", perform: [.ambiguous(detail: "no answer"), .done(facts: [], detail: "")], find: [.notFound])
        let rig = try Self.doubted(wms)
        rig.advance(by: .hours(1))
        #expect(wms.kinds.filter { $0 == .perform }.count == 1)
        #expect(wms.kinds.count > 2)
        #expect(try rig.instructions().first?.status == .ambiguous)
        _ = try rig.submit(rig.fact(.holdReleased(id: "rule:large", note: ""), id: "free", from: "person:boss"))
        rig.advance(by: .minutes(20))
        #expect(wms.kinds.suffix(2) == [.find, .perform])
        #expect(try rig.instructions().first?.status == .done)
        try rig.expectSoundness()
    }

    @Test func `what turns out to have been done under a hold is done`() throws {
        let wms = ScriptedConnector(
            "wms", perform: [.ambiguous(detail: "no answer")], find: [.done(facts: [], detail: "it is there")])
        let rig = try Self.doubted(wms)
        rig.advance(by: .minutes(5))
        #expect(wms.kinds == [.perform, .find])
        #expect(try rig.instructions().first?.status == .done)
    }

    @Test func `what is held before it was ever sent spends no attempts`() throws {
        let wms = ScriptedConnector("wms")
        let rig = EngineRig(settings: Self.holding, connectors: [wms])
        try rig.start()
        let header = OrderHeader(payableMinor: 600_000, lines: [Line(id: "1", sku: "A", priceMinor: 600_000)])
        _ = try rig.submit([
            rig.fact(.orderPlaced(header), id: "placed"),
            rig.fact(.paymentReported(Payment(id: "p", amountMinor: 600_000)), id: "paid"),
            rig.fact(.creditChecked(CreditCheck(isPassed: true)), id: "credit", from: "crm"),
        ])
        rig.advance(by: .hours(1))
        #expect(wms.calls.isEmpty)
        if let row = try rig.instructions().first { #expect(row.attempts == 0) }
        _ = try rig.submit(rig.fact(.holdReleased(id: "rule:large", note: ""), id: "free", from: "person:boss"))
        rig.advance(by: .minutes(2))
        #expect(wms.kinds == [.perform])
    }
}
