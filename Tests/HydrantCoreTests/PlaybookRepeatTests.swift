import HydrantCore
import HydrantTesting
import Testing

/// Steps of the playbooks that people have sent again, and steps that are overtaken before they are sent.
@Suite struct PlaybookRepeatTests {
    // MARK: - Sent again

    private static func last(_ kind: InstructionKind, _ order: Order) throws -> String {
        let entry = try #require(order.issued.last { $0.instruction.kind == kind })
        return "instruction:\(entry.instruction.key)"
    }

    @Test func `a cancellation that the warehouse refused is sent again, and the new address counts`() throws {
        var rig = AddressRig(answers: .init(pause: .refused, cancel: .refused))
        rig.tell(upTo: 4)
        rig.change(to: "new")
        rig.verify("new")
        let task = try Self.last(.cancelDelivery, rig.order)
        #expect(rig.order.standingTask(task) != nil)
        #expect(rig.order.standingHolds.map(\.id) == ["address-undone"])
        // Refused once more, it is another task.
        rig.resolve(task, "retry")
        #expect(rig.kinds.filter { $0 == .cancelDelivery }.count == 2)
        let second = try Self.last(.cancelDelivery, rig.order)
        #expect(second != task && rig.order.standingTask(second) != nil && rig.order.standingTask(task) == nil)
        #expect(rig.order.standingHolds.map(\.id) == ["address-undone"])
        rig.answers.cancel = .done
        rig.resolve(second, "retry")
        #expect(rig.kinds.suffix(2) == [.cancelDelivery, .createDelivery])
        #expect(rig.deliveries == ["SO-1~2": "new"])
        #expect(rig.order.standingHolds.isEmpty && rig.order.addressChangeStanding == .settled)
    }

    @Test func `a cancellation that a person has done by hand is followed by the new delivery`() throws {
        var rig = AddressRig(answers: .init(pause: .refused, cancel: .refused))
        rig.tell(upTo: 3)
        rig.change(to: "new")
        rig.verify("new")
        rig.resolve(try Self.last(.cancelDelivery, rig.order), "doneByHand")
        #expect(rig.deliveries["SO-1~2"] == "new")
        #expect(rig.order.standingHolds.isEmpty)
        rig = AddressRig(answers: .init(pause: .refused, cancel: .refused))
        rig.tell(upTo: 3)
        rig.change(to: "new")
        rig.verify("new")
        rig.resolve(try Self.last(.cancelDelivery, rig.order), "notNeeded")
        #expect(rig.deliveries == ["SO-1": "old"])
        #expect(rig.order.standingHolds.map(\.id) == ["address-undone"])
    }

    @Test func `a label that the courier would not change is changed when a person has it sent again`() throws {
        for (action, label) in [("retry", "new"), ("doneByHand", "old")] {
            let answers = AddressRig.Answers(pause: .refused, cancel: .refused, readdress: .refused)
            var rig = AddressRig(answers: answers, hasWaybill: true)
            rig.tell(upTo: 4)
            rig.change(to: "new")
            rig.verify("new")
            #expect(rig.order.standingHolds.map(\.id) == ["address-undone"])
            rig.answers.readdress = .done
            rig.resolve(try Self.last(.readdressWaybill, rig.order), action)
            #expect(rig.labels == ["SO-1-1": label])
            #expect(rig.order.standingHolds.isEmpty && rig.order.addressChangeStanding == .settled, "\(action)")
        }
    }

    // MARK: - Overtaken

    /// An order whose gift was left out and is packed now: the warehouse is to go on, and nobody has told it yet.
    private struct Waiting: GiftRig {
        var scenario: Scenario
        var story = OrderStory()
        var minute: Int64 = 10
        let settings: Settings

        init() throws {
            var settings = Settings(
                flow: Flow(
                    steps: Flow.watching.steps,
                    requests: [Flow.Request(afterState: 2, kind: .createDelivery, system: "wms")]))
            settings.rules = RuleSet([GiftBindingTests.rule, AddressChangeTests.rule])
            self.settings = settings
            scenario = Scenario(settings: settings)
            try lock()
            try answer(.createDelivery, .done)
            try pack("A", ["1": 2])
            try answer(.pauseDelivery, .done)
            try pack("B", ["2": 1, "G": 1])
        }

        /// Answers the first of a kind that waits for its answer.
        mutating func answer(
            _ kind: InstructionKind, _ outcome: InstructionAnswer.Outcome, _ refusal: RefusalClass? = nil
        ) throws {
            let open = scenario.order.issued.first { $0.instruction.kind == kind && $0.answer == nil }
            let key = try #require(open).instruction.key
            let answer = InstructionAnswer(key: key, kind: kind, outcome: outcome, detail: "", refusal: refusal)
            try say(.instructionAnswered(answer), from: "hydrant")
        }

        func resumes() -> [Instruction] {
            scenario.order.issued.map(\.instruction).filter { $0.kind == .resumeDelivery }
        }

        func isSent(_ instruction: Instruction) -> Bool {
            scenario.order.isStillWanted(instruction, settings) && !scenario.order.isKeptBack(instruction)
        }
    }

    @Test func `what a gift stopped does not go on to an old address`() throws {
        var order = try Waiting()
        let resume = try #require(order.resumes().first)
        #expect(order.resumes().count == 1 && order.isSent(resume))
        try order.change(to: "new")
        #expect(order.scenario.order.issued.last?.instruction.kind == .pauseDelivery)
        #expect(!order.scenario.order.isStillWanted(resume, order.settings))
        try order.answer(.resumeDelivery, .refused, .channel)
        // It is nobody's task: the address lets the delivery go on, or has it made anew.
        #expect(order.scenario.order.standingTask("instruction:\(resume.key)") == nil)
        try order.answer(.pauseDelivery, .done)
        try order.change(to: "old")
        try order.answer(.pauseDelivery, .done)
        try order.verify("old")
        let all = order.resumes()
        #expect(all.count == 2 && all.last.map(order.isSent) == true)
        try order.answer(.resumeDelivery, .done)
        #expect(order.resumes().count == 2)
        #expect(order.scenario.order.addressChangeStanding == .settled)
    }

    /// A warehouse that stands still already may say no to the second pause; it must not stand still for ever.
    @Test func `a delivery that was kept back goes on although the address's own pause was refused`() throws {
        var order = try Waiting()
        try order.change(to: "new")
        try order.answer(.resumeDelivery, .refused, .channel)
        try order.answer(.pauseDelivery, .refused)
        #expect(order.scenario.order.issued.last?.instruction.kind == .cancelDelivery)
        try order.answer(.cancelDelivery, .refused)
        try order.verify("new")
        #expect(order.scenario.order.addressChangeStanding == .undone && order.resumes().count == 1)
        try order.say(.decisionMade(Decision(person: "li", cause: "accepted")), from: "person:li")
        #expect(order.scenario.order.addressChangeStanding == .settled)
        #expect(order.resumes().count == 2 && order.resumes().last.map(order.isSent) == true)
        try order.answer(.resumeDelivery, .done)
        #expect(order.resumes().count == 2)
    }

    @Test func `a second gift that is left out keeps back what was to go on`() throws {
        var order = try Waiting()
        let resume = try #require(order.resumes().first)
        try order.say(.lineReported(Line(id: "3", sku: "BELT", priceMinor: 0)), from: "shop")
        try order.say(.lineReported(Line(id: "H", sku: "RAG", isGift: true, giftFor: "3")), from: "shop")
        try order.pack("C", ["3": 1])
        #expect(order.scenario.order.isHeldByGift)
        #expect(order.scenario.order.isKeptBack(resume) && !order.isSent(resume))
        try order.pack("D", ["H": 1])
        #expect(order.resumes() == [resume] && order.isSent(resume))
    }
}

extension Order {
    fileprivate var isHeldByGift: Bool { standingHolds.contains { $0.id == "rule:gift-packing" } }
}
