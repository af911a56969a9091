import HydrantCore
import HydrantTesting
import Testing

/// What follows when a changed address is verified: freight is priced again, and others are told.
@Suite struct AddressNewsTests {
    static let told = [
        ToldSystem(.crm, "crm"), ToldSystem(.finance, "finance"), ToldSystem(.marketplace, "marketplace"),
    ]

    static let freight: FreightSettings = {
        let near = [
            FreightCard.Step(upToGrams: 1_000, amountMinor: 1_200),
            FreightCard.Step(upToGrams: 9_000, amountMinor: 2_000),
        ]
        let far = [
            FreightCard.Step(upToGrams: 1_000, amountMinor: 1_800),
            FreightCard.Step(upToGrams: 9_000, amountMinor: 3_500),
        ]
        var settings = FreightSettings()
        settings.cards = [
            FreightCard(
                name: "card", courier: "sf", currency: "CNY",
                zones: [
                    FreightCard.Zone(name: "near", areas: [area("33")], steps: near),
                    FreightCard.Zone(name: "far", areas: [], steps: far),
                ])
        ]
        settings.origins = ["W-1": area("3301")]
        return settings
    }()

    private static func area(_ code: String) -> DeliveryArea {
        guard let area = DeliveryArea(code: code) else { preconditionFailure("\(code) is no area") }
        return area
    }

    static func receiver(_ name: String, _ code: String) -> ReceiverReference {
        var receiver = ReceiverReference(id: "r-\(name)", fingerprint: name, area: "")
        receiver.check = AddressCheck(area: DeliveryArea(code: code), problems: [])
        return receiver
    }

    private static func settings(connected: Set<String>? = nil) -> Settings {
        var settings = RuleTests.settings(AddressChangeTests.rule)
        settings.told = told
        settings.freight = freight
        settings.connected = connected
        settings.dispatch.chains = [.init(courier: "sf", channels: ["sf"])]
        return settings
    }

    /// Paid, and the address changed to one in another zone.
    private static func changed(_ settings: Settings) throws -> (Scenario, OrderStory) {
        var story = OrderStory()
        var header = OrderStory.standardHeader
        header.receiver = receiver("old", "330106")
        story.say(.orderPlaced(header), minute: 0)
        story.say(OrderStory.proof(of: 1), minute: 1)
        story.say(.receiverChanged(receiver("new", "650102")), minute: 5)
        var scenario = Scenario(settings: settings)
        for fact in story.facts { _ = try scenario.given(fact) }
        return (scenario, story)
    }

    private static func news(_ order: Order) -> [Instruction] {
        order.issued.map(\.instruction).filter { [.tellReceiver, .repriceFreight].contains($0.kind) }
    }

    private static func answer(
        _ instruction: Instruction, _ outcome: InstructionAnswer.Outcome, _ detail: String = ""
    ) -> FactBody {
        .instructionAnswered(
            InstructionAnswer(key: instruction.key, kind: instruction.kind, outcome: outcome, detail: detail))
    }

    @Test func `nobody is told before the address is verified, and then each once`() throws {
        var (scenario, story) = try Self.changed(Self.settings())
        #expect(Self.news(scenario.order).isEmpty)
        _ = try scenario.given(story.say(.receiverVerified(fingerprint: "new"), minute: 6))
        _ = try scenario.given(story.say(.receiverVerified(fingerprint: "new"), minute: 7))
        let at = story.at(5).milliseconds
        #expect(
            Self.news(scenario.order).map { "\($0.system) \($0.target)" } == [
                "crm @\(at)/crm", "finance @\(at)/finance", "marketplace @\(at)/marketplace",
                "hydrant 330106>650102@\(at)",
            ])
    }

    @Test func `systems that nobody has connected are not asked and never count as confirmed`() throws {
        let settings = Self.settings(connected: ["finance", "hydrant"])
        var (scenario, story) = try Self.changed(settings)
        _ = try scenario.given(story.say(.receiverVerified(fingerprint: "new"), minute: 6))
        #expect(Self.news(scenario.order).map(\.system) == ["finance", "hydrant"])
        let steps = try #require(scenario.order.playbookSteps(settings).first?.steps)
        #expect(steps.suffix(4).map(\.system) == ["hydrant", "crm", "finance", "marketplace"])
        #expect(steps.suffix(4).map(\.isConnected) == [true, false, true, false])
        #expect(steps.suffix(4).allSatisfy { $0.outcome == nil })
        #expect(steps.allSatisfy { !$0.undo.chinese.isEmpty && !$0.undo.english.isEmpty })
        #expect(steps.first?.undo.english == "another change of the address")
        var bare = Settings()
        bare.connected = []
        let none = try #require(scenario.order.playbookSteps(bare).first?.steps)
        #expect(none.last?.isConnected == false)
    }

    @Test func `a system that refuses is a task, and is told once more when a person says so`() throws {
        var (scenario, story) = try Self.changed(Self.settings())
        _ = try scenario.given(story.say(.receiverVerified(fingerprint: "new"), minute: 6))
        let crm = try #require(Self.news(scenario.order).first)
        _ = try scenario.given(story.say(Self.answer(crm, .refused, "no such order"), minute: 7, from: "hydrant"))
        let task = "instruction:\(crm.key)"
        #expect(scenario.order.standingTask(task)?.owner == "service")
        let move = TaskMove(
            task: task, person: "li", step: .resolved(TaskResolution(answers: ["action": "retry"])))
        _ = try scenario.given(story.say(.taskMoved(move), minute: 8, from: "person:li"))
        #expect(Self.news(scenario.order).filter { $0.system == "crm" }.count == 2)
        #expect(scenario.order.standingTask(task) == nil)
    }

    @Test func `a second change is priced from what the first was priced for`() throws {
        var (scenario, story) = try Self.changed(Self.settings())
        _ = try scenario.given(story.say(.receiverVerified(fingerprint: "new"), minute: 6))
        let first = try #require(Self.news(scenario.order).last)
        _ = try scenario.given(story.say(.receiverChanged(Self.receiver("third", "330110")), minute: 8))
        _ = try scenario.given(story.say(.receiverVerified(fingerprint: "third"), minute: 9))
        #expect(Self.news(scenario.order).filter { $0.kind == .repriceFreight } == [first])
        _ = try scenario.given(story.say(Self.answer(first, .done, "+6.00 CNY"), minute: 10, from: "hydrant"))
        let second = try #require(Self.news(scenario.order).last { $0.kind == .repriceFreight })
        #expect(second.target == "650102>330110@\(story.at(8).milliseconds)")
    }

    private static func resolved(_ task: String, _ action: String) -> FactBody {
        .taskMoved(TaskMove(task: task, person: "li", step: .resolved(TaskResolution(answers: ["action": action]))))
    }

    @Test func `what a person has priced by hand is not charged again by the next change`() throws {
        var (scenario, story) = try Self.changed(Self.settings())
        _ = try scenario.given(story.say(.receiverVerified(fingerprint: "new"), minute: 6))
        let first = try #require(Self.news(scenario.order).last)
        _ = try scenario.given(story.say(Self.answer(first, .refused), minute: 7, from: "hydrant"))
        let byHand = Self.resolved("instruction:\(first.key)", "doneByHand")
        _ = try scenario.given(story.say(byHand, minute: 8, from: "person:li"))
        _ = try scenario.given(story.say(.receiverChanged(Self.receiver("third", "330110")), minute: 9))
        _ = try scenario.given(story.say(.receiverVerified(fingerprint: "third"), minute: 10))
        #expect(Self.news(scenario.order).last?.target == "650102>330110@\(story.at(9).milliseconds)")
    }

    @Test func `what a second change has overtaken is told nobody, and is nobody's task`() throws {
        let settings = Self.settings()
        var (scenario, story) = try Self.changed(settings)
        _ = try scenario.given(story.say(.receiverVerified(fingerprint: "new"), minute: 6))
        let news = Self.news(scenario.order)
        for each in news { #expect(scenario.order.isStillWanted(each, settings)) }
        _ = try scenario.given(story.say(Self.answer(news[0], .refused), minute: 7, from: "hydrant"))
        #expect(scenario.order.standingTask("instruction:\(news[0].key)") != nil)
        _ = try scenario.given(story.say(.receiverChanged(Self.receiver("third", "330110")), minute: 8))
        #expect(!scenario.order.isStillWanted(news[1], settings))
        #expect(scenario.order.standingTask("instruction:\(news[0].key)") == nil)
        _ = try scenario.given(story.say(.receiverVerified(fingerprint: "third"), minute: 9))
        #expect(!scenario.order.isStillWanted(news[1], settings))
        #expect(scenario.order.standingTask("instruction:\(news[0].key)") == nil)
    }

    @Test func `an order that is signed for tells nobody who is connected later`() throws {
        let alone = RuleTests.settings(AddressChangeTests.rule)
        var (scenario, story) = try Self.changed(alone)
        _ = try scenario.given(story.say(.receiverVerified(fingerprint: "new"), minute: 6))
        for state in 2...6 { _ = try scenario.given(story.say(OrderStory.proof(of: state), minute: 10 + Int64(state))) }
        #expect(scenario.order.state == StateNumber.signed)
        var order = scenario.order
        let fact = story.say(.statusReported, minute: 60, from: "wms", word: "X")
        _ = try order.record(fact, settings: Self.settings(), now: fact.receivedAt)
        #expect(Self.news(order).isEmpty)
    }

    private static func priced(_ target: String, _ parcels: [FactBody] = []) throws -> FreightChange {
        var (scenario, story) = try changed(settings())
        for (index, body) in parcels.enumerated() {
            _ = try scenario.given(story.say(body, minute: Int64(20 + index)))
        }
        let instruction = Instruction(key: "k", kind: .repriceFreight, system: "hydrant", target: target)
        return try scenario.order.freightChange(instruction, settings())
    }

    @Test func `the difference is priced by weight, parcel by parcel`() throws {
        let one = try Self.priced("330106>650102@1")
        #expect((one.beforeMinor, one.afterMinor, one.differenceMinor) == (1_200, 1_800, 600))
        #expect(one.detail == "+6.00 CNY: 12.00 → 18.00")
        let parcels = [
            FactBody.parcelPacked(Packing(parcel: "A", warehouse: "W-1", weightGrams: 400)),
            .parcelPacked(Packing(parcel: "B", warehouse: "W-1", weightGrams: 4_000)),
        ]
        let two = try Self.priced("330106>650102@1", parcels)
        #expect((two.beforeMinor, two.afterMinor) == (3_200, 5_300))
        #expect(try Self.priced("330106>330110@1").detail == "0.00 CNY: 12.00 → 12.00")
        #expect(try Self.priced("650102>330110@1").detail == "-6.00 CNY: 18.00 → 12.00")
    }

    @Test func `freight is priced by the courier that the order wants, whatever its letters`() throws {
        var settings = Self.settings()
        settings.dispatch.chains = [.init(courier: "zto", channels: ["zto"]), .init(courier: "sf", channels: ["sf"])]
        var header = OrderStory.standardHeader
        header.courier = "SF"
        var story = OrderStory()
        var scenario = Scenario(settings: settings)
        _ = try scenario.given(story.say(.orderPlaced(header), minute: 0))
        let instruction = Instruction(key: "k", kind: .repriceFreight, system: "hydrant", target: "330106>650102@1")
        #expect(try scenario.order.freightChange(instruction, settings).differenceMinor == 600)
        // A label that names no courier is the planned one's.
        let label = Tracking(parcel: "SO-1-1", courier: "", channel: "cainiao", number: "N1")
        _ = try scenario.given(story.say(.trackingReported(label), minute: 1))
        settings.freight.cards[0].courier = "SF"
        #expect(try scenario.order.freightChange(instruction, settings).differenceMinor == 600)
    }

    @Test func `what has no price says why`() {
        #expect(throws: FreightRefusal.noArea) { try Self.priced(">650102@1") }
        #expect(throws: FreightRefusal.noArea) { try Self.priced("330106>@1") }
        let elsewhere = FactBody.parcelPacked(Packing(parcel: "A", warehouse: "W-9"))
        #expect(throws: FreightRefusal.noOrigin) { try Self.priced("330106>650102@1", [elsewhere]) }
        let heavy = FactBody.parcelPacked(Packing(parcel: "A", warehouse: "W-1", weightGrams: 10_000))
        #expect(throws: FreightRefusal.tooHeavy) { try Self.priced("330106>650102@1", [heavy]) }
    }

    @Test func `a difference is a person's to collect or to give back, and nothing is nobody's`() throws {
        let instruction = Instruction(key: "k", kind: .repriceFreight, system: "hydrant", target: "33>65@7")
        let more = FreightChange(beforeMinor: 1_200, afterMinor: 1_800, currency: "CNY")
        let task = try #require(more.task(for: instruction))
        #expect((task.id, task.owner) == ("freight@7", "finance"))
        #expect(task.fields.first?.options.map(\.value) == ["collected", "waived"])
        #expect(task.reason.english.contains("6.00 CNY more"))
        let less = FreightChange(beforeMinor: 1_800, afterMinor: 1_200, currency: "CNY")
        #expect(less.task(for: instruction)?.fields.first?.options.map(\.value) == ["returned", "kept"])
        #expect(FreightChange(beforeMinor: 5, afterMinor: 5, currency: "CNY").task(for: instruction) == nil)
        var (scenario, story) = try Self.changed(Self.settings())
        _ = try scenario.given(story.say(.taskAsked(task), minute: 9, from: "hydrant"))
        #expect(scenario.order.standingTask("freight@7") != nil)
        _ = try scenario.given(story.say(.orderCancelled(reason: ""), minute: 10))
        #expect(scenario.order.standingTask("freight@7") == nil)
    }
}
