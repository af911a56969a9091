import HydrantCore
import HydrantTesting
import Testing

/// The parcel in which goods come back: told by a person or a system, followed, and none of the order's own.
@Suite struct WayBackTests {
    private static let number = "SF1234567890123"

    private static var settings: Settings {
        var settings = RuleTests.settings()
        settings.flow = Flow(
            steps: Flow.watching.steps,
            requests: [
                Flow.Request(afterState: 5, kind: .subscribeTrace, system: "sf"),
                Flow.Request(afterState: 5, kind: .queryTrace, system: "sf"),
            ])
        settings.rules = RuleSet(ReturnExchangeTests.rules)
        return settings
    }

    private static func asked() throws -> Scenario {
        var story = OrderStory.walk(to: 6)
        story.say(
            .returnAsked(reason: "", isExchange: false, lines: [ReturnedLine(line: "1", units: 1)], id: "R1"),
            minute: 100)
        var scenario = Scenario(settings: settings)
        try scenario.given(story.facts)
        return scenario
    }

    private static func fact(_ body: FactBody, _ id: String, source: String = "person:li", hour: Int64 = 30) -> Fact {
        let now = OrderStory.standardBegin + .hours(hour)
        return Fact(source: source, messageID: id, order: "SO-1", occurredAt: now, receivedAt: now, body: body)
    }

    /// What the agent typed, as the task's form records it.
    private static func told() throws -> Scenario {
        var scenario = try asked()
        let answers = ["how": "sent", "courier": "sf", "number": number.lowercased()]
        let task = try #require(scenario.order.standingTask("return:way-back:R1"))
        let bodies = try scenario.order.consequences(of: answers, to: task, settings)
        #expect(
            bodies == [
                .trackingReported(
                    Tracking(parcel: "way-back:R1", courier: "sf", channel: "keeper", number: number))
            ])
        for body in bodies { try scenario.given(fact(body, "t")) }
        let move = TaskMove(task: task.need.id, person: "li", step: .resolved(TaskResolution(answers: answers)))
        try scenario.given(fact(.taskMoved(move), "m"))
        return scenario
    }

    @Test func `the number that an agent types is followed, and touches none of the order's own parcels`() throws {
        let before = try Self.asked().order
        let order = try Self.told().order
        let item = try #require(order.orderReturns().first)
        let parcel = try #require(order.wayBack(of: item))
        #expect(order.liveWaybill(of: parcel)?.number == Self.number)
        #expect(order.parcels == before.parcels && order.stamps == before.stamps)
        let target = "way-back:R1#\(Self.number)"
        let wanted = order.issued.map(\.instruction).filter { $0.target == target }
        #expect(wanted.map(\.kind) == [.subscribeTrace])
        #expect(order.isStillWanted(try #require(wanted.first), Self.settings))
        #expect(order.waybillNumbers.contains(Self.number))
        let steps = order.playbookSteps(Self.settings).flatMap(\.steps)
        #expect(steps.contains { $0.detail == Self.number && $0.system == "sf" })
        let arrival = try #require(order.standingTask("return:arrival:R1")).need
        #expect(arrival.reason.english.hasPrefix("On its way back \(Self.number): LF9001 × 1"))
    }

    @Test func `a delivery at the warehouse is said to who checks the goods, and the order waits for that`() throws {
        var scenario = try Self.told()
        let at = OrderStory.standardBegin + .hours(50)
        let trace = Trace(
            parcel: "way-back:R1", number: Self.number,
            scans: [Scan(at: at - .hours(9), status: .pickedUp), Scan(at: at, status: .signed)], isComplete: true)
        try scenario.given(Self.fact(.traceReported(trace), "s", source: "sf", hour: 51))
        let item = try #require(scenario.order.orderReturns().first)
        #expect(scenario.order.wayBack(of: item)?.signed?.at == at)
        let arrival = try #require(scenario.order.standingTask("return:arrival:R1")).need
        #expect(arrival.reason.english.hasPrefix("Back at the warehouse") && arrival.severity == .normal)
        #expect(scenario.order.isOpen(item))
    }

    @Test func `a refused subscription is a task`() throws {
        var scenario = try Self.told()
        let asked = try #require(scenario.order.issued.last { $0.instruction.parcel == "way-back:R1" })
        let answer = InstructionAnswer(
            key: asked.instruction.key, kind: .subscribeTrace, outcome: .refused, detail: "unknown number")
        try scenario.given(Self.fact(.instructionAnswered(answer), "a", source: "hub", hour: 31))
        let failed = scenario.order.standingTasks.filter { $0.need.kind == .instructionFailed }
        #expect(failed.map(\.need.id) == ["instruction:\(asked.instruction.key)"])
    }

    @Test(arguments: [
        ["how": "sent", "courier": "sf", "number": "SF1"],
        ["how": "sent", "courier": "sf", "number": "13800001111"],
        ["how": "sent", "courier": String(repeating: "顺", count: 20), "number": number],
    ])
    func `what is no number is refused in words`(answers: [String: String]) throws {
        let scenario = try Self.asked()
        let task = try #require(scenario.order.standingTask("return:way-back:R1"))
        do throws(Refusal) {
            _ = try scenario.order.consequences(of: answers, to: task, Self.settings)
            Issue.record("it was taken")
        } catch {
            #expect(!error.text.chinese.isEmpty && !error.nextStep.english.isEmpty)
        }
    }

    @Test func `a number is corrected from the page, and the one before counts no more`() throws {
        var scenario = try Self.told()
        func deed(_ number: String, _ target: String = "way-back:R1") throws(Refusal) -> [FactBody] {
            let now = OrderStory.standardBegin + .hours(40)
            var request = ActionRequest(action: .recordWayBack, person: "li", reason: "typed wrong", now: now)
            request.target = target
            request.courier = "sf"
            request.trackingNumber = number
            return try scenario.order.consequences(of: request)
        }
        for (index, body) in try deed("SF9999999999999").enumerated() {
            try scenario.given(Self.fact(body, "c\(index)", hour: 40))
        }
        let item = try #require(scenario.order.orderReturns().first)
        let parcel = try #require(scenario.order.wayBack(of: item))
        #expect(parcel.liveWaybills.map(\.number) == ["SF9999999999999"])
        #expect(scenario.order.issued.map(\.instruction.target).contains("way-back:R1#SF9999999999999"))
        #expect(throws: Refusal.self) { try deed(Self.number) }
        #expect(throws: Refusal.self) { try deed("SF1") }
        #expect(throws: Refusal.self) { try deed("SF9999999999999", "SO-1-1") }
        let none = try Scenario.standard(at: 6).order
        #expect(none.obstacle(to: .recordWayBack)?.english == "Nothing is to come back")
    }

    @Test func `goods that need not come have no parcel, whatever was typed before`() throws {
        let scenario = try Self.asked()
        let task = try #require(scenario.order.standingTask("return:way-back:R1"))
        let answers = ["how": "none", "why": "worth little", "number": Self.number]
        #expect(try scenario.order.consequences(of: answers, to: task, Self.settings).isEmpty)
    }

    @Test func `the parcel's name is short and parts no target`() throws {
        var story = OrderStory.walk(to: 0)
        let ids = ["R1", "order", "a#b", "a@b", String(repeating: "x", count: 95), ""]
        for (index, id) in ids.enumerated() {
            let lines = id.isEmpty ? [] : [ReturnedLine(line: "1", units: 1)]
            story.say(.returnAsked(reason: "", isExchange: false, lines: lines, id: id), minute: Int64(100 + index))
        }
        var scenario = Scenario()
        try scenario.given(story.facts)
        let names = scenario.order.orderReturns().map(\.wayBackParcel)
        #expect(Set(names).count == names.count && names.count >= 5)
        #expect(names.allSatisfy { $0.utf8.count <= 100 && !$0.contains("#") && !$0.contains("@") })
    }
}
