import HydrantCore
import HydrantTesting
import Testing

@Suite struct InstructionTests {
    private static let settings = Settings(
        flow: Flow(
            steps: Flow.watching.steps,
            requests: [
                Flow.Request(afterState: 0, kind: .notifyCustomer, system: "sms", touchpoint: .shipped),
                Flow.Request(afterState: 1, kind: .checkCredit, system: "crm"),
                Flow.Request(afterState: 2, kind: .createDelivery, system: "wms"),
                Flow.Request(afterState: 3, kind: .createWaybill, system: "sf"),
                Flow.Request(afterState: 5, kind: .issueInvoice, system: "erp"),
                Flow.Request(afterState: 6, kind: .registerWarranty, system: "crm"),
                Flow.Request(afterState: 0, kind: .cancelDelivery, system: "wms"),
            ]))

    private static func kinds(_ events: [Event]) -> [InstructionKind] {
        react(to: events).instructions.map(\.kind)
    }

    @Test func `each state asks for its own, once`() throws {
        var scenario = Scenario(settings: Self.settings)
        var asked: [[InstructionKind]] = []
        for fact in OrderStory.walk(to: 7).facts { asked.append(Self.kinds(try scenario.given(fact))) }
        #expect(
            asked == [
                [.notifyCustomer], [.checkCredit], [.createDelivery], [.createWaybill], [], [.issueInvoice],
                [.registerWarranty], [],
            ])
        #expect(scenario.order.issued.count == 6)
    }

    @Test func `an instruction names its event, its system and its target`() throws {
        let scenario = try Scenario.standard(at: 2, settings: Self.settings)
        let outcome = try scenario.when(OrderStory.walk(to: 3).facts[3])
        let number = scenario.order.version + 3
        var instruction = Instruction(
            key: "SO-1/\(number)/waybill.create", kind: .createWaybill, system: "sf", target: "SO-1-1")
        instruction.lifetime = .minutes(5)
        #expect(react(to: outcome.events).instructions == [instruction])
        #expect(outcome.events.last?.number == number && outcome.repeated == [])
    }

    @Test func `nothing is asked for before the order itself is known`() throws {
        var scenario = Scenario(settings: Self.settings)
        var story = OrderStory()
        #expect(Self.kinds(try scenario.given(story.say(.statusReported, minute: 0))) == [])
        #expect(Self.kinds(try scenario.given(story.say(OrderStory.proof(of: 0), minute: 1))) == [.notifyCustomer])
    }

    @Test func `a number that came early needs no waybill`() throws {
        var story = OrderStory()
        let facts = [0, 5, 1, 2, 3].map { story.say(OrderStory.proof(of: $0), minute: Int64($0)) }
        var scenario = Scenario(settings: Self.settings)
        try scenario.given(facts)
        #expect(scenario.order.issued.map(\.instruction.kind) == [.notifyCustomer, .checkCredit, .createDelivery])
    }

    @Test func `a hold withholds what is due, and its release issues it`() throws {
        var scenario = try Scenario.standard(at: 1, settings: Self.settings)
        var story = OrderStory.walk(to: 1)
        let hold = Hold(id: "h", reason: "r", owner: "o", exit: .person)
        try scenario.given(story.say(.holdPlaced(hold), minute: 11, from: "rules"))
        #expect(Self.kinds(try scenario.given(story.say(OrderStory.proof(of: 2), minute: 20))) == [])
        #expect(Self.kinds(try scenario.given(story.say(OrderStory.proof(of: 3), minute: 30))) == [])
        #expect(scenario.order.state == 3)
        let release = story.say(.holdReleased(id: "h", note: ""), minute: 31, from: "person:li")
        #expect(Self.kinds(try scenario.given(release)) == [.createDelivery, .createWaybill])
    }

    @Test func `an unverified receiver withholds the waybill`() throws {
        var scenario = try Scenario.standard(at: 2, settings: Self.settings)
        var story = OrderStory.walk(to: 2)
        let reference = ReceiverReference(id: "R", fingerprint: "f1", area: "")
        try scenario.given(story.say(.receiverChanged(reference), minute: 25))
        #expect(Self.kinds(try scenario.given(story.say(OrderStory.proof(of: 3), minute: 30))) == [])
        #expect(
            Self.kinds(try scenario.given(story.say(.receiverVerified(fingerprint: "f1"), minute: 31)))
                == [.createWaybill])
    }

    @Test func `after a cancellation only the delivery is cancelled, and only where one was asked for`() throws {
        for (state, expected) in [(1, []), (2, [InstructionKind.cancelDelivery]), (6, [.cancelDelivery])] {
            var scenario = try Scenario.standard(at: state, settings: Self.settings)
            var story = OrderStory.walk(to: state)
            let cancel = story.say(.orderCancelled(reason: "买家取消"), minute: 90)
            #expect(Self.kinds(try scenario.given(cancel)) == expected, "state \(state)")
            #expect(Self.kinds(try scenario.given(story.say(OrderStory.proof(of: state + 1), minute: 91))) == [])
            #expect(Self.kinds(try scenario.given(story.say(.orderCancelled(reason: "x"), minute: 92))) == [])
        }
    }

    @Test func `the newest answer is kept with its instruction, an answer to nothing is only history`() throws {
        var scenario = try Scenario.standard(at: 1, settings: Self.settings)
        var story = OrderStory.walk(to: 1)
        let key = try #require(scenario.order.issued.last).instruction.key
        func answer(_ key: String, _ outcome: InstructionAnswer.Outcome) -> InstructionAnswer {
            InstructionAnswer(key: key, kind: .checkCredit, outcome: outcome, detail: "d")
        }
        try scenario.given(story.say(.instructionAnswered(answer(key, .done)), minute: 15))
        try scenario.given(story.say(.instructionAnswered(answer(key, .refused)), minute: 14))
        try scenario.given(story.say(.instructionAnswered(answer("SO-1/99/x", .refused)), minute: 16))
        #expect(scenario.order.issued.map(\.answer?.value) == [nil, answer(key, .done)])
    }

    @Test func `a parcel out for delivery is told once, and not after the signature`() throws {
        let request = Flow.Request(
            afterState: 5, kind: .notifyCustomer, system: "sms", touchpoint: .outForDelivery)
        let settings = Settings(flow: Flow(steps: Flow.watching.steps, requests: [request]))
        func scan(_ minute: Int64, _ status: TrackingStatus) -> FactBody {
            let at = OrderStory.standardBegin + .minutes(minute)
            return .traceReported(
                Trace(parcel: "SO-1-1", number: "SF1", scans: [Scan(at: at, status: status)], isComplete: false))
        }
        var story = OrderStory.walk(to: 5)
        var scenario = Scenario(settings: settings)
        try scenario.given(story.facts)
        #expect(scenario.order.issued.isEmpty && scenario.order.dueTouchpoints(settings) == [])
        #expect(Self.kinds(try scenario.given(story.say(scan(70, .outForDelivery), minute: 70))) == [.notifyCustomer])
        #expect(Self.kinds(try scenario.given(story.say(scan(80, .outForDelivery), minute: 80))) == [])
        #expect(scenario.order.dueTouchpoints(settings) == [.outForDelivery])
        try scenario.given(story.say(OrderStory.proof(of: 6), minute: 90))
        #expect(scenario.order.dueTouchpoints(settings) == [.outForDelivery])
        var late = Scenario(settings: settings)
        try late.given(OrderStory.walk(to: 6).facts)
        #expect(Self.kinds(try late.given(story.say(scan(70, .outForDelivery), minute: 95))) == [])
        #expect(late.order.dueTouchpoints(settings) == [])
    }

    @Test func `touchpoints remember the first acceptance and the first refusal of each message`() throws {
        var scenario = try Scenario.standard(at: 6, settings: Self.settings)
        var story = OrderStory.walk(to: 6)
        for (touchpoint, isAccepted, minute) in [
            (Touchpoint.signed, false, 70), (.signed, true, 72), (.signed, true, 71), (.shipped, true, 60),
        ] as [(Touchpoint, Bool, Int64)] {
            try scenario.given(story.say(.touchpointSent(kind: touchpoint, isAccepted: isAccepted), minute: minute))
        }
        let records = scenario.order.touchpoints
        #expect(records.map(\.kind) == [.shipped, .signed])
        #expect(records.map(\.accepted?.at) == [story.at(60), story.at(71)])
        #expect(records.map(\.refused?.at) == [nil, story.at(70)])
    }
}
