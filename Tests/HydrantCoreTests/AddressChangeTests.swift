import HydrantCore
import HydrantTesting
import Testing

/// An address that changes at every event of an order's life, against every answer of the warehouse and the courier.
@Suite struct AddressChangeTests {
    static let rule = Rule(
        id: "address-change", stage: .on, name: Text(chinese: "改地址", english: "Address change"),
        when: [.receiverChanged], occurrence: .each,
        condition: .all([.test(RuleTest(.isPaid, .equal, 1)), .test(RuleTest(.sincePayment, .less, 120))]),
        actions: [
            .hold(
                HoldAction(
                    reason: Text(chinese: "待核实", english: "to be verified"), owner: "service",
                    exits: [.condition(.test(RuleTest(.isReceiverVerified, .equal, 1)))])),
            .playbook(.addressChange),
        ])

    @Test func `a paused delivery goes on as it was when the old address is confirmed`() {
        var rig = AddressRig(answers: .init())
        rig.tell(upTo: 3)
        rig.change(to: "new")
        #expect(rig.kinds.last == .pauseDelivery)
        #expect(rig.order.addressChangeStanding == .unverified)
        rig.change(to: "old")
        rig.verify("old")
        #expect(rig.kinds.suffix(1) == [.resumeDelivery])
        #expect(rig.deliveries == ["SO-1": "old"])
        #expect(rig.order.addressChangeStanding == .settled)
        #expect(rig.order.standingHolds.isEmpty)
    }

    @Test func `a verified new address is ordered anew under another number`() {
        var rig = AddressRig(answers: .init())
        rig.tell(upTo: 3)
        rig.change(to: "new")
        rig.verify("new")
        #expect(rig.kinds.suffix(3) == [.pauseDelivery, .cancelDelivery, .createDelivery])
        #expect(rig.deliveries == ["SO-1~2": "new"])
        #expect(rig.order.addressChangeStanding == .settled)
    }

    @Test func `a pause that is refused becomes a cancellation at once`() {
        var rig = AddressRig(answers: .init(pause: .refused))
        rig.tell(upTo: 3)
        rig.change(to: "new")
        #expect(rig.kinds.suffix(2) == [.pauseDelivery, .cancelDelivery])
        #expect(rig.deliveries.isEmpty)
        // The cancellation took the pause's place: nobody has to see to it.
        #expect(rig.order.tasks.filter { $0.isOpen && $0.need.kind == .instructionFailed }.isEmpty)
        #expect(rig.order.issued.filter { $0.instruction.kind == .pauseDelivery }.count == 1)
        for entry in rig.order.issued where entry.instruction.kind == .pauseDelivery {
            #expect(!rig.order.stillLacks(entry.instruction))
        }
        // What is packed now would leave with the old address.
        #expect(rig.order.packList.obstacle != nil)
        rig.verify("new")
        #expect(rig.deliveries == ["SO-1~2": "new"])
    }

    @Test func `what nobody can stop waits for a person's decision`() {
        var rig = AddressRig(answers: .init(pause: .refused, cancel: .refused))
        rig.tell(upTo: 4)
        rig.change(to: "new")
        rig.verify("new")
        #expect(rig.order.addressChangeStanding == .undone)
        #expect(rig.order.standingHolds.map(\.id) == ["address-undone"])
        #expect(rig.order.standingTask("hold:address-undone") != nil)
        rig.decide()
        #expect(rig.order.standingHolds.isEmpty)
        #expect(rig.order.standingTask("hold:address-undone") == nil)
    }

    @Test func `a person answers the task of an address that nobody could stop`() throws {
        var rig = AddressRig(answers: .init(pause: .refused, cancel: .refused))
        rig.tell(upTo: 4)
        rig.change(to: "new")
        rig.verify("new")
        let task = try #require(rig.order.standingTask("hold:address-undone"))
        let facts = try rig.order.consequences(of: ["action": "redirected"], to: task, Settings())
        #expect(facts == [.decisionMade(Decision(person: "service", cause: "address-undone: redirected"))])
    }

    @Test func `a delivery that was not sent yet is withdrawn and made with the new address`() {
        var rig = AddressRig(answers: .init(), delay: 100)
        rig.tell(upTo: 3)
        rig.change(to: "new")
        rig.verify("new")
        rig.settle()
        #expect(rig.deliveries == ["SO-1~2": "new"])
    }

    @Test func `a packed parcel that the warehouse keeps gets its label changed at the courier`() {
        var rig = AddressRig(answers: .init(pause: .refused, cancel: .refused), hasWaybill: true)
        rig.tell(upTo: 4)
        #expect(rig.labels == ["SO-1-1": "old"])
        rig.change(to: "new")
        #expect(!rig.kinds.contains(.readdressWaybill))
        rig.verify("new")
        #expect(rig.kinds.suffix(1) == [.readdressWaybill])
        #expect(rig.labels == ["SO-1-1": "new"])
        #expect(rig.order.addressChangeStanding == .settled)
        #expect(rig.order.standingHolds.isEmpty)
    }

    @Test func `a delivery that was paused and cannot be cancelled goes on with its changed label`() {
        var rig = AddressRig(answers: .init(cancel: .refused), hasWaybill: true)
        rig.tell(upTo: 4)
        rig.change(to: "new")
        rig.verify("new")
        #expect(rig.kinds.suffix(4) == [.pauseDelivery, .cancelDelivery, .readdressWaybill, .resumeDelivery])
        #expect(rig.labels == ["SO-1-1": "new"])
        #expect(rig.order.addressChangeStanding == .settled)
    }

    @Test func `a courier that cannot change the label leaves it to a person`() {
        let answers = AddressRig.Answers(pause: .refused, cancel: .refused, readdress: .refused)
        var rig = AddressRig(answers: answers, hasWaybill: true)
        rig.tell(upTo: 4)
        rig.change(to: "new")
        rig.verify("new")
        #expect(rig.order.standingHolds.map(\.id) == ["address-undone"])
        #expect(rig.kinds.filter { $0 == .readdressWaybill }.count == 1)
    }

    @Test func `a delivery that is ordered anew leaves with a changed label, or not before a person has decided`() {
        var rig = AddressRig(answers: .init(), hasWaybill: true)
        rig.tell(upTo: 4)
        rig.change(to: "new")
        rig.verify("new")
        #expect(rig.kinds.suffix(4) == [.pauseDelivery, .cancelDelivery, .readdressWaybill, .createDelivery])
        #expect(rig.labels == ["SO-1-1": "new"])
        rig = AddressRig(answers: .init(readdress: .refused), hasWaybill: true)
        rig.tell(upTo: 4)
        rig.change(to: "new")
        rig.verify("new")
        #expect(rig.deliveries.isEmpty)
        #expect(rig.order.standingHolds.map(\.id) == ["address-undone"])
        rig.decide()
        #expect(rig.deliveries == ["SO-1~2": "new"])
        #expect(rig.order.addressChangeStanding == .settled)
    }

    /// An order whose goods come back under a label that the hub had made at `sf`, and whose address changes then.
    private static func changedOnTheWayBack(
        _ answer: InstructionAnswer.Outcome, _ said: [FactBody]
    ) throws -> Order {
        var settings = Settings(
            flow: Flow(
                steps: Flow.watching.steps,
                requests: [Flow.Request(afterState: 2, kind: .createDelivery, system: "wms")]))
        settings.rules = RuleSet(ReturnExchangeTests.rules + [rule])
        settings.dispatch.chains = [DispatchSettings.Chain(courier: "sf", channels: ["sf"])]
        var scenario = Scenario(settings: settings)
        var story = OrderStory()
        func say(_ body: FactBody) throws {
            try scenario.given(story.say(body, minute: Int64(story.facts.count), from: "hub"))
        }
        func end(_ kind: InstructionKind, _ outcome: InstructionAnswer.Outcome) throws {
            let open = scenario.order.issued.last { $0.answer == nil && $0.instruction.kind == kind }
            let key = try #require(open).instruction.key
            try say(
                .instructionAnswered(InstructionAnswer(key: key, kind: kind, outcome: outcome, detail: "")))
        }
        var header = OrderStory.standardHeader
        header.receiver = ReceiverReference(id: "r-old", fingerprint: "old", area: "")
        try say(.orderPlaced(header))
        for state in 1...2 { try say(OrderStory.proof(of: state)) }
        try end(.createDelivery, answer)
        for state in 3...4 { try say(OrderStory.proof(of: state)) }
        for body in said { try say(body) }
        let returned = [ReturnedLine(line: "1", units: 1)]
        try say(.returnAsked(reason: "", isExchange: false, lines: returned, id: "R1"))
        let label = TaskResolution(answers: ["how": "label"])
        try say(.taskMoved(TaskMove(task: "return:way-back:R1", person: "li", step: .resolved(label))))
        try say(
            .trackingReported(Tracking(parcel: "way-back:R1", courier: "sf", channel: "sf", number: "SF9")))
        try end(.createWaybill, .done)
        try say(.receiverChanged(ReceiverReference(id: "r-new", fingerprint: "new", area: "")))
        try say(.receiverVerified(fingerprint: "new"))
        return scenario.order
    }

    @Test func `who made only the label of a way back is not asked to change another one`() throws {
        let tracking = Tracking(parcel: "SO-1-1", courier: "sf", channel: "sf", number: "SF1")
        let order = try Self.changedOnTheWayBack(
            .done, [.trackingReported(tracking), .parcelHandedOver(parcel: "SO-1-1")])
        #expect(!order.issued.contains { $0.instruction.kind == .readdressWaybill })
        #expect(order.addressChangeStanding == .undone)
    }

    @Test func `nobody waits for a label that only a way back was given`() throws {
        let order = try Self.changedOnTheWayBack(.unresolved, [.signedReported(parcel: "SO-1-1")])
        #expect(order.addressChangeStanding == .undone)
    }

    @Test func `numbers of deliveries lead back to their order`() {
        #expect(Order.number(ofDelivery: "SO-1") == "SO-1")
        #expect(Order.number(ofDelivery: "SO-1~2") == "SO-1")
        #expect(Order.number(ofDelivery: "SO~A") == "SO~A")
        #expect(Order.number(ofDelivery: "~2") == "~2")
    }

    /// Of the change: before each step of the order's life, and after the last.
    private static let places = 0...8
    private static let delays = 0...4
    private static let endings = 0...3

    /// Every place × every answer to a pause, a cancellation and a changed label × how late answers come × whether the
    /// new address is verified, changed back or not × whether the hub makes the label.
    @Test(arguments: InstructionAnswer.Outcome.allCases, [false, true])
    func `no parcel leaves with an older address unless a person has to decide`(
        pause: InstructionAnswer.Outcome, hasWaybill: Bool
    ) {
        var checked = 0
        let readdresses = hasWaybill ? InstructionAnswer.Outcome.allCases : [.done]
        for cancel in InstructionAnswer.Outcome.allCases {
            for readdress in readdresses {
                for delay in Self.delays {
                    for place in Self.places {
                        for ending in Self.endings {
                            var answers = AddressRig.Answers(pause: pause, cancel: cancel, readdress: readdress)
                            answers.news = InstructionAnswer.Outcome.allCases[(place + ending) % 3]
                            var rig = AddressRig(answers: answers, delay: delay, hasWaybill: hasWaybill)
                            rig.live(changingAt: place, ending: ending)
                            check(rig, ending, "\(answers) \(hasWaybill) delay \(delay) at \(place) ending \(ending)")
                            checked += 1
                        }
                    }
                }
            }
        }
        let answers = InstructionAnswer.Outcome.allCases.count * readdresses.count
        #expect(checked == answers * Self.delays.count * Self.places.count * Self.endings.count)
        // Of all six runs together: 6,480.
        #expect(checked == (hasWaybill ? 1_620 : 540))
    }

    private func check(_ rig: AddressRig, _ ending: Int, _ name: String) {
        #expect(!rig.isWrong || rig.isWithPerson, "\(name): \(rig.trail)")
        if !rig.isWithPerson {
            let isSettled = rig.order.addressChangeStanding == .settled || ending == 0
            #expect(isSettled, "\(name): \(rig.order.addressChangeStanding) \(rig.trail)")
        }
        #expect(rig.deliveries.count <= 1, "\(name): \(rig.deliveries)")
        checkNews(rig, name)
    }

    /// Once the address is verified, each who is told and the pricing have given a receipt, or a person has a task.
    private func checkNews(_ rig: AddressRig, _ name: String) {
        let news = rig.order.issued.filter { [.tellReceiver, .repriceFreight].contains($0.instruction.kind) }
        if let steps = rig.order.playbookSteps(rig.settings).first?.steps, steps.first?.outcome == .done {
            #expect(news.count >= 4, "\(name): \(rig.trail)")
            let isTold = steps.suffix(4).allSatisfy { $0.outcome != nil && $0.isConnected }
            #expect(isTold, "\(name): \(steps)")
        }
        #expect(Set(news.map(\.instruction.target)).count == news.count, "\(name): told twice, \(rig.trail)")
        for entry in news where entry.answer?.value.outcome != .done {
            let task = rig.order.standingTask("instruction:\(entry.instruction.key)")
            #expect(task != nil, "\(name): nobody sees that \(entry.instruction.key) failed")
        }
    }
}
