import HydrantCore
import HydrantTesting
import Testing

/// The label that the hub orders for goods on their way back.
@Suite struct WayBackLabelTests {
    private static let way = "way-back:R1"
    private static let task = "return:way-back:R1"
    private static let label = ["how": "label"]

    private static var settings: Settings {
        var settings = RuleTests.settings()
        settings.flow = Flow(
            steps: Flow.watching.steps,
            requests: [
                Flow.Request(afterState: 4, kind: .createWaybill, system: "sf"),
                Flow.Request(afterState: 5, kind: .subscribeTrace, system: "sf"),
            ])
        settings.rules = RuleSet(ReturnExchangeTests.rules)
        settings.dispatch.chains = [DispatchSettings.Chain(courier: "sf", channels: ["sf", "kuaidi100"])]
        settings.dispatch.keeper = DispatchSettings.Keeper(system: "sms")
        return settings
    }

    /// The returned order, with what was said after it, an hour each from the second day on.
    private struct Told {
        var scenario: Scenario
        var hour: Int64 = 30

        init(_ settings: Settings = WayBackLabelTests.settings) throws {
            var story = OrderStory.walk(to: 6)
            story.say(
                .returnAsked(reason: "", isExchange: false, lines: [ReturnedLine(line: "1", units: 1)], id: "R1"),
                minute: 100)
            scenario = Scenario(settings: settings)
            try scenario.given(story.facts)
        }

        mutating func say(_ body: FactBody, from source: String = "hub") throws {
            hour += 1
            let now = OrderStory.standardBegin + .hours(hour)
            let fact = Fact(
                source: source, messageID: "h\(hour)", order: "SO-1", occurredAt: now, receivedAt: now, body: body)
            try scenario.given(fact)
        }

        mutating func resolve(_ task: String, _ answers: [String: String]) throws {
            let standing = try #require(order.standingTask(task))
            for body in try order.consequences(of: answers, to: standing, scenario.settings) {
                try say(body, from: "person:li")
            }
            let move = TaskMove(task: task, person: "li", step: .resolved(TaskResolution(answers: answers)))
            try say(.taskMoved(move), from: "person:li")
        }

        mutating func answer(
            _ outcome: InstructionAnswer.Outcome, _ refusal: RefusalClass? = nil, detail: String = "no"
        ) throws {
            let open = try #require(instructions.last { $0.answer == nil })
            try say(
                .instructionAnswered(
                    InstructionAnswer(
                        key: open.instruction.key, kind: open.instruction.kind, outcome: outcome, detail: detail,
                        refusal: refusal)))
        }

        /// A channel tells the label's number, and that it has made it.
        mutating func make(_ number: String = "SF7", at channel: String = "sf") throws {
            try say(
                .trackingReported(
                    Tracking(parcel: WayBackLabelTests.way, courier: "sf", channel: channel, number: number)),
                from: channel)
        }

        /// What a person does on the order's page who knows another number.
        mutating func typeNumber() throws {
            let now = OrderStory.standardBegin + .hours(50)
            var request = ActionRequest(action: .recordWayBack, person: "li", reason: "sent otherwise", now: now)
            request.target = WayBackLabelTests.way
            request.courier = "sf"
            request.trackingNumber = "SF1234567890123"
            for body in try order.consequences(of: request) { try say(body, from: "person:li") }
        }

        var order: Order { scenario.order }

        /// What was asked about the label.
        var instructions: [IssuedInstruction] {
            order.issued.filter { entry in
                entry.instruction.parcel == WayBackLabelTests.way
                    && [.createWaybill, .findWaybill, .voidWaybill, .askKeeper].contains(entry.instruction.kind)
            }
        }

        var asked: [String] { instructions.map { "\($0.instruction.kind.rawValue) \($0.instruction.system)" } }

        var parcel: Parcel? { order.parcel(WayBackLabelTests.way) }
    }

    private static func labelled() throws -> Told {
        var told = try Told()
        try told.resolve(task, label)
        try told.make()
        try told.answer(.done)
        return told
    }

    @Test func `the chosen label is ordered from the first channel, and its number is followed`() throws {
        var told = try Told()
        try told.resolve(Self.task, Self.label)
        #expect(told.asked == ["waybill.create sf"])
        let create = try #require(told.instructions.first).instruction
        #expect(create.target == Self.way && create.courier == "sf")
        #expect(told.order.isStillWanted(create, Self.settings))
        #expect(told.order.standingTask(Self.task) == nil)
        try told.make()
        try told.answer(.done)
        #expect(told.parcel.flatMap { told.order.liveWaybill(of: $0) }?.number == "SF7")
        #expect(told.asked == ["waybill.create sf"])
        #expect(told.order.issued.contains { $0.instruction.target == "\(Self.way)#SF7" })
        let arrival = try #require(told.order.standingTask("return:arrival:R1")).need
        #expect(arrival.reason.english.hasPrefix("On its way back SF7"))
        let steps = told.order.playbookSteps(Self.settings).flatMap(\.steps)
        #expect(steps.contains { $0.detail == "SF7" && $0.system == "sf" && $0.outcome == .done })
    }

    @Test func `its own number is no parcel's, and a later way back changes none`() throws {
        let told = try Self.labelled()
        #expect(told.order.ownNumber(of: Self.way) == "SO-1-B1")
        #expect(told.order.ownNumber(of: "way-back:R2") == "SO-1-B2")
        #expect(told.order.ownNumber(of: "SO-1-1") == "SO-1-1")
    }

    @Test func `the label is no parcel of the order's own in any set, figure, bag, hold or state`() throws {
        let before = try Told().order
        var told = try Told()
        try told.resolve(Self.task, Self.label)
        let now = OrderStory.standardBegin + .hours(60)
        for _ in 0..<2 {
            let order = told.order
            #expect(order.parcels == before.parcels && order.stamps == before.stamps)
            #expect(order.completion == before.completion && order.standingHolds == before.standingHolds)
            #expect(
                order.parcelStandings(Self.settings, now: now) == before.parcelStandings(Self.settings, now: now))
            #expect(Self.health(of: order, now) == Self.health(of: before, now))
            try told.make()
        }
    }

    /// Without what a person's answer changes, which counts as any other.
    private static func health(of order: Order, _ now: Instant) -> HealthContribution {
        var health = order.healthContribution(settings: settings, now: now)
        health.intervened = false
        health.changesAt = nil
        return health
    }

    @Test func `what one channel refuses the next one makes, and no keeper is texted`() throws {
        var told = try Told()
        try told.resolve(Self.task, Self.label)
        try told.answer(.refused, .channel)
        #expect(told.asked == ["waybill.create sf", "waybill.create kuaidi100"])
        #expect(told.order.standingTask(Self.task) == nil)
        try told.answer(.refused, .channel, detail: "sold out")
        #expect(told.asked.count == 2)
        let again = try #require(told.order.standingTask(Self.task)).need
        #expect(again.reason.english.hasPrefix("The hub has no label for the way back (kuaidi100: sold out)"))
        #expect(again.owner == "service" && told.order.standingTask("return:arrival:R1") == nil)
        try told.resolve(Self.task, Self.label)
        #expect(told.asked == ["waybill.create sf", "waybill.create kuaidi100", "waybill.create sf"])
        try told.make()
        #expect(told.order.standingTask("return:arrival:R1") != nil && told.order.standingTask(Self.task) == nil)
    }

    @Test func `refused data are asked about in words and hold nothing`() throws {
        var told = try Told()
        try told.resolve(Self.task, Self.label)
        try told.answer(.refused, .data, detail: "bad phone")
        #expect(told.asked == ["waybill.create sf"] && told.order.standingHolds.isEmpty)
        #expect(told.order.standingTask(Self.task)?.need.reason.english.contains("bad phone") == true)
        try told.resolve(Self.task, ["how": "none", "why": "worth little"])
        #expect(told.order.standingTask(Self.task) == nil && told.asked.count == 1)
    }

    @Test func `a time-out is looked for, and of two labels one is taken back`() throws {
        var told = try Told()
        try told.resolve(Self.task, Self.label)
        try told.answer(.unresolved)
        #expect(
            Set(told.asked) == ["waybill.create sf", "waybill.find sf", "waybill.create kuaidi100"])
        try told.make("KD1", at: "kuaidi100")
        try told.make("SF7", at: "sf")
        let live = try #require(told.parcel.flatMap { told.order.liveWaybill(of: $0) })
        #expect(live.number == "KD1")
        let void = try #require(told.instructions.last).instruction
        #expect(void.kind == .voidWaybill && void.target == "\(Self.way)#SF7" && void.system == "sf")
    }

    @Test func `an answer that nobody brings ends the try as any other`() throws {
        var told = try Told()
        try told.resolve(Self.task, Self.label)
        let create = try #require(told.instructions.first)
        let late = create.issuedAt + Self.settings.dispatch.channelTime + .minutes(1)
        let due = told.order.dueDispatchFacts(Self.settings, now: late)
        #expect(due.map(\.messageID) == ["answer:\(create.instruction.key)/overdue"])
        #expect(told.order.nextDispatchMoment(Self.settings, after: create.issuedAt) == late)
    }

    @Test func `neither holds nor a cancellation of the order stop it`() throws {
        var told = try Told()
        let hold = Hold(id: "H-1", reason: "look", owner: "operations", exit: .person)
        try told.say(.holdPlaced(hold), from: "person:li")
        try told.resolve(Self.task, Self.label)
        #expect(told.asked == ["waybill.create sf"])
        try told.say(.orderCancelled(reason: ""), from: "shop")
        #expect(told.order.isStillWanted(try #require(told.instructions.first).instruction, Self.settings))
        try told.answer(.refused, .channel)
        try told.answer(.refused, .channel)
        #expect(told.asked == ["waybill.create sf", "waybill.create kuaidi100"])
        #expect(told.order.standingTask(Self.task) != nil)
    }

    @Test func `what the customer keeps needs no label, and a label that moves is taken back by nobody`() throws {
        var told = try Self.labelled()
        var moved = told
        try told.resolve("return:arrival:R1", ["action": "kept"])
        let void = try #require(told.instructions.last).instruction
        #expect(void.kind == .voidWaybill && void.target == "\(Self.way)#SF7")
        #expect(told.order.isStillWanted(void, Self.settings))
        try told.answer(.refused, .channel)
        #expect(told.order.standingTasks.contains { $0.need.kind == .waybillSurplus })
        let at = OrderStory.standardBegin + .hours(40)
        try moved.say(
            .traceReported(
                Trace(parcel: Self.way, number: "SF7", scans: [Scan(at: at, status: .pickedUp)], isComplete: false)),
            from: "sf")
        try moved.resolve("return:arrival:R1", ["action": "kept"])
        #expect(moved.asked == ["waybill.create sf"])
    }

    @Test func `a number that is typed instead counts, and the hub's label is taken back`() throws {
        var told = try Self.labelled()
        try told.typeNumber()
        #expect(told.parcel.flatMap { told.order.liveWaybill(of: $0) }?.number == "SF1234567890123")
        #expect(told.instructions.last?.instruction.target == "\(Self.way)#SF7")
    }

    @Test func `a label that turns up after another number was typed is taken back`() throws {
        var told = try Told()
        try told.resolve(Self.task, Self.label)
        try told.answer(.unresolved)
        try told.say(
            .instructionAnswered(
                InstructionAnswer(
                    key: try #require(told.instructions.last { $0.instruction.system == "kuaidi100" }).instruction.key,
                    kind: .createWaybill, outcome: .refused, detail: "no", refusal: .channel)))
        try told.typeNumber()
        try told.make()
        #expect(told.parcel.flatMap { told.order.liveWaybill(of: $0) }?.number == "SF1234567890123")
        #expect(told.instructions.last?.instruction.target == "\(Self.way)#SF7")
    }

    @Test func `without a channel no label is offered`() throws {
        var settings = Self.settings
        settings.dispatch = DispatchSettings()
        settings.flow.requests = []
        let told = try Told(settings)
        let need = try #require(told.order.standingTask(Self.task)).need
        #expect(need.fields.first?.options.map(\.value) == ["pickup", "sent", "none"])
        let offered = try #require(try Told().order.standingTask(Self.task)).need
        #expect(offered.fields.first?.options.map(\.value) == ["pickup", "label", "sent", "none"])
    }

    @Test func `a channel that has had its tries is offered no more`() throws {
        var settings = Self.settings
        settings.dispatch.chains = [DispatchSettings.Chain(courier: "sf", channels: ["sf"])]
        var told = try Told(settings)
        func isOffered() throws -> Bool {
            let need = try #require(told.order.standingTask(Self.task)).need
            return need.fields.first?.options.contains { $0.value == "label" } == true
        }
        for _ in 1...4 {
            #expect(try isOffered())
            try told.resolve(Self.task, Self.label)
            try told.answer(.refused, .channel)
        }
        #expect(told.asked.count == 4)
        #expect(try !isOffered())
    }

    @Test func `a channel that may have made a label is not offered again`() throws {
        var settings = Self.settings
        settings.dispatch.chains = [DispatchSettings.Chain(courier: "sf", channels: ["sf"])]
        var told = try Told(settings)
        try told.resolve(Self.task, Self.label)
        try told.answer(.unresolved)
        let need = try #require(told.order.standingTask(Self.task)).need
        #expect(need.fields.first?.options.map(\.value) == ["pickup", "sent", "none"])
    }

    @Test func `the label is printed until it is fetched, and a typed number has none`() throws {
        var typed = try Told()
        let sent = ["how": "sent", "courier": "sf", "number": "SF1234567890123"]
        try typed.resolve(Self.task, sent)
        #expect(typed.order.obstacle(toPrint: .waybill, of: Self.way)?.code == "paper.noNumber")
        let told = try Self.labelled()
        #expect(told.order.obstacle(toPrint: .waybill, of: Self.way) == nil)
        #expect(told.order.obstacle(toPrint: .packingSlip, of: Self.way) != nil)
        #expect(told.order.paperGoods(of: Self.way).map(\.units) == [1])
        #expect(try Told().order.obstacle(toPrint: .waybill, of: Self.way)?.code == "paper.noNumber")
    }
}
