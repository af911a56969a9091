import HydrantCore
import HydrantTesting
import Testing

/// A gift that is left out at packing stops its order until it is packed or a person has decided.
@Suite struct GiftBindingTests {
    static let rule = Rule(
        id: "gift-packing", stage: .on, name: Text(chinese: "赠品", english: "Gifts"), when: [.parcelPacked],
        condition: .test(RuleTest(.leftOutGiftCount, .more, 0)),
        actions: [
            .hold(
                HoldAction(
                    reason: Text(chinese: "漏了赠品", english: "left out"), owner: "warehouse",
                    exits: [.person, .condition(.test(RuleTest(.leftOutGiftCount, .equal, 0)))])),
            .playbook(.giftBinding),
        ])

    private static let flow = Flow(
        steps: Flow.watching.steps,
        requests: [
            Flow.Request(afterState: 2, kind: .createDelivery, system: "wms"),
            Flow.Request(afterState: 4, kind: .createWaybill, system: "sf"),
        ])

    private struct Bench: GiftRig {
        var scenario: Scenario
        var story: OrderStory
        var minute: Int64 = 10

        /// - Parameter others: rules beside the one of gifts; with any, no waybill is asked for.
        init(_ others: Rule...) throws {
            var flow = GiftBindingTests.flow
            if !others.isEmpty { flow.requests.removeLast() }
            var settings = Settings(flow: flow)
            settings.rules = RuleSet([GiftBindingTests.rule] + others)
            scenario = Scenario(settings: settings)
            story = OrderStory()
            try lock()
            try answer(.done)
        }

        /// Answers what was asked last.
        mutating func answer(_ outcome: InstructionAnswer.Outcome) throws {
            let last = try #require(scenario.order.issued.last).instruction
            let answer = InstructionAnswer(key: last.key, kind: last.kind, outcome: outcome, detail: "")
            try say(.instructionAnswered(answer), from: "hydrant")
        }

        var asked: [InstructionKind] { scenario.order.issued.map(\.instruction.kind) }
        var holds: [String] { scenario.order.standingHolds.map(\.id) }
    }

    @Test func `a gift that is left out stops the warehouse, and packing it lets the order go on`() throws {
        var packing = try Bench()
        try packing.pack("A", ["1": 2])
        #expect(packing.holds == ["rule:gift-packing"])
        #expect(packing.asked == [.createDelivery, .pauseDelivery])
        #expect(packing.scenario.order.standingTask("hold:rule:gift-packing")?.owner == "warehouse")
        try packing.answer(.done)
        try packing.pack("B", ["2": 1, "G": 1])
        #expect(packing.holds.isEmpty)
        #expect(packing.asked.filter { $0 == .resumeDelivery }.count == 1)
        let steps = packing.scenario.order.playbookSteps(Settings())
        #expect(steps.map(\.playbook) == [.giftBinding])
        #expect(steps.first?.steps.map(\.outcome) == [.done, nil])
        let undone = [InstructionKind.resumeDelivery, .pauseDelivery].map(\.text)
        #expect(steps.first?.steps.map(\.undo) == undone)
    }

    @Test func `a decision of a person lets the order leave without its gift, and nothing else does`() throws {
        var packing = try Bench()
        try packing.pack("A", ["1": 2, "2": 1])
        try packing.answer(.done)
        #expect(!packing.asked.contains(.createWaybill))
        try packing.pack("A", ["1": 2, "2": 1])
        #expect(packing.holds == ["rule:gift-packing"])
        try packing.say(.holdReleased(id: "rule:gift-packing", note: "the gift is sold out"), from: "person:li")
        #expect(packing.holds.isEmpty)
        #expect(packing.asked.contains(.resumeDelivery))
        try packing.pack("A", ["1": 2, "2": 1])
        #expect(packing.holds.isEmpty)
    }

    @Test func `a warehouse that does not stop is a person's task`() throws {
        var packing = try Bench()
        try packing.pack("A", ["1": 2])
        let pause = try #require(packing.scenario.order.issued.last).instruction
        try packing.answer(.refused)
        #expect(packing.scenario.order.standingTask("instruction:\(pause.key)")?.owner == "warehouse")
        #expect(packing.holds == ["rule:gift-packing"])
        try packing.pack("B", ["2": 1, "G": 1])
        #expect(!packing.asked.contains(.resumeDelivery))
    }

    @Test func `a packed gift lets nothing leave to an address that nobody has verified`() throws {
        var packing = try Bench(AddressChangeTests.rule)
        try packing.pack("A", ["1": 2])
        try packing.answer(.done)
        try packing.change(to: "new")
        #expect(packing.asked == [.createDelivery, .pauseDelivery, .pauseDelivery])
        try packing.answer(.done)
        try packing.pack("B", ["2": 1, "G": 1])
        #expect(!packing.asked.contains(.resumeDelivery))
        try packing.verify("new")
        #expect(packing.asked.last == .cancelDelivery)
        try packing.answer(.done)
        #expect(packing.asked.last == .createDelivery)
        try packing.answer(.done)
        // The new delivery was never paused.
        #expect(!packing.asked.contains(.resumeDelivery))
    }

    @Test func `an address that changes back lets nothing leave without its gift, and one of both goes on`() throws {
        var packing = try Bench(AddressChangeTests.rule)
        try packing.pack("A", ["1": 2])
        try packing.answer(.done)
        for address in ["new", "old"] {
            try packing.change(to: address)
            try packing.answer(.done)
        }
        try packing.verify("old")
        #expect(!packing.asked.contains(.resumeDelivery))
        #expect(packing.scenario.order.addressChangeStanding == .settled)
        // The gift may be packed, and nothing is closed into a bag before.
        #expect(packing.scenario.order.packList.obstacle == nil)
        #expect(packing.scenario.order.bagStanding == .held)
        try packing.pack("B", ["2": 1, "G": 1])
        #expect(packing.asked.filter { $0 == .resumeDelivery }.count == 1)
        try packing.answer(.done)
        #expect(packing.asked.filter { $0 == .resumeDelivery }.count == 1)
        #expect(packing.scenario.order.addressChangeStanding == .settled)
    }

    @Test func `what a gift stopped goes on when the first parcel has left, or is somebody's task`() throws {
        var packing = try Bench(AddressChangeTests.rule)
        try packing.pack("A", ["1": 2])
        try packing.answer(.done)
        try packing.say(.parcelHandedOver(parcel: "A"))
        try packing.say(.holdReleased(id: "rule:gift-packing", note: ""), from: "person:li")
        let resume = try #require(packing.scenario.order.issued.last).instruction
        #expect(resume.kind == .resumeDelivery)
        try packing.answer(.refused)
        #expect(packing.scenario.order.standingTask("instruction:\(resume.key)")?.owner == "warehouse")
    }

    @Test func `a second gift that is left out stops the warehouse again`() throws {
        var packing = try Bench(AddressChangeTests.rule)
        try packing.pack("A", ["1": 2])
        try packing.answer(.done)
        try packing.pack("B", ["2": 1, "G": 1])
        try packing.answer(.done)
        try packing.say(.lineReported(Line(id: "3", sku: "BELT", priceMinor: 0)), from: "shop")
        try packing.say(.lineReported(Line(id: "H", sku: "RAG", isGift: true, giftFor: "3")), from: "shop")
        try packing.pack("C", ["3": 1])
        try packing.answer(.done)
        try packing.pack("D", ["H": 1])
        let targets = packing.scenario.order.issued.dropFirst().map(\.instruction.target)
        #expect(targets == ["gift", "gift", "gift-2", "gift-2"])
        #expect(packing.asked.suffix(2) == [.pauseDelivery, .resumeDelivery])
        let steps = packing.scenario.order.playbookSteps(Settings()).first?.steps
        #expect(steps?.map(\.outcome) == [.done, .done, .done, nil])
    }

    @Test func `a gift may follow while its line is not wholly packed, and in a parcel that names nothing`() throws {
        var packing = try Bench()
        try packing.pack("A", ["2": 1])
        try packing.pack("B", ["1": 1])
        #expect(packing.holds.isEmpty)
        try packing.pack("C", [:])
        #expect(packing.holds.isEmpty && packing.scenario.order.leftOutGifts.isEmpty)
    }

    @Test func `a gift is not left out while a packed parcel has still to tell what is in it`() throws {
        var packing = try Bench()
        var announced = Packing(parcel: "B")
        announced.isProgress = true
        try packing.say(.parcelPacked(announced))
        try packing.pack("A", ["1": 2])
        #expect(packing.holds.isEmpty && packing.scenario.order.leftOutGifts.isEmpty)
        try packing.pack("B", ["2": 1])
        #expect(packing.holds == ["rule:gift-packing"])
    }

    @Test func `no waybill of an order is printed that waits for its gift, and its packing slip is`() throws {
        var packing = try Bench()
        try packing.pack("A", ["1": 2])
        try packing.say(.trackingReported(Tracking(parcel: "A", courier: "sf", channel: "sf", number: "SF1")))
        #expect(packing.holds == ["rule:gift-packing"])
        #expect(packing.scenario.order.obstacle(toPrint: .waybill, of: "A")?.code == "paper.held")
        #expect(packing.scenario.order.obstacle(toPrint: .packingSlip, of: "A") == nil)
        try packing.pack("B", ["2": 1, "G": 1])
        #expect(packing.scenario.order.obstacle(toPrint: .waybill, of: "A") == nil)
    }

    @Test func `messages in any order end in the same verdict`() throws {
        var settings = Settings(flow: .watching)
        settings.rules = RuleSet([Self.rule])
        var header = OrderStory.standardHeader
        header.lines.append(Line(id: "G", sku: "GLOVE", isGift: true, giftFor: "1"))
        var story = OrderStory()
        story.say(.orderPlaced(header), minute: 0)
        story.say(.parcelPacked(Packing(parcel: "A", items: [ParcelItem(line: "1", units: 2)])), minute: 5)
        story.say(.parcelPacked(Packing(parcel: "B", items: [ParcelItem(line: "G", units: 1)])), minute: 9)
        let facts = story.facts
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [1, 0, 2], [2, 0, 1], [0, 2, 1]] {
            var told = Order(number: "SO-1")
            for index in order { _ = try told.record(facts[index], settings: settings, now: facts[index].receivedAt) }
            #expect(told.rulings.map(\.outcome) == [.passed], "\(order)")
            #expect(told.standingHolds.filter(\.isByRule).isEmpty)
        }
    }
}
