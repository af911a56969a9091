import HydrantCore
import HydrantTesting
import Testing

/// When a courier that pushes scans is asked for its whole list.
struct RouteSilenceTests {
    private static let settings: Settings = {
        var settings = Settings(
            flow: Flow(
                steps: Flow.watching.steps,
                requests: [
                    Flow.Request(afterState: 5, kind: .subscribeTrace, system: "zto"),
                    Flow.Request(afterState: 5, kind: .queryTrace, system: "zto"),
                ]))
        settings.dispatch.chains = [.init(channels: ["zto", "cainiao"])]
        settings.dispatch.routes.asked = ["cainiao"]
        return settings
    }()
    private static let begin = OrderStory.standardBegin
    private static let question = "trace.query zto SO-1-1#N1"

    /// A parcel that was packed at minute 40 and whose number was told then.
    private static func told(
        _ minute: Int64 = 50, courier: String = "ZTO", channel: String = "zto", by source: String = "zto",
        _ settings: Settings = RouteSilenceTests.settings
    ) throws -> Scenario {
        var story = OrderStory.walk(to: 4)
        let tracking = Tracking(parcel: "SO-1-1", courier: courier, channel: channel, number: "N1")
        story.say(.trackingReported(tracking), minute: minute, from: source)
        var scenario = Scenario(settings: settings)
        try scenario.given(story.facts)
        return scenario
    }

    private static func say(_ body: FactBody, id: String, at moment: Instant, _ scenario: inout Scenario) throws {
        try scenario.given(
            Fact(
                source: "zto", messageID: id, order: "SO-1", occurredAt: moment, receivedAt: moment, body: body))
    }

    private static func list(_ scans: [Scan], isComplete: Bool = true) -> FactBody {
        .traceReported(Trace(parcel: "SO-1-1", number: "N1", scans: scans, isComplete: isComplete))
    }

    private static func questions(_ scenario: Scenario) -> [String] {
        scenario.order.issued.map(\.instruction).filter { $0.kind == .queryTrace }
            .map { "\($0.kind.rawValue) \($0.system) \($0.target)" }
    }

    /// Lets the hub tell itself what is due at its next moment.
    private static func wait(_ scenario: inout Scenario, after now: Instant) throws -> Instant {
        let at = try #require(scenario.order.nextDispatchMoment(settings, after: now))
        #expect(scenario.order.dueDispatchFacts(settings, now: at - 1).isEmpty)
        for (id, body) in scenario.order.dueDispatchFacts(settings, now: at) {
            try say(body, id: id, at: at, &scenario)
        }
        #expect(scenario.order.dueDispatchFacts(settings, now: at).isEmpty)
        return at
    }

    private static func answer(_ scenario: inout Scenario, at moment: Instant) throws {
        let open = try #require(scenario.order.issued.last { $0.instruction.kind == .queryTrace })
        let answer = InstructionAnswer(key: open.instruction.key, kind: .queryTrace, outcome: .done, detail: "")
        try say(.instructionAnswered(answer), id: "answer:\(open.instruction.key)", at: moment, &scenario)
    }

    @Test func `a parcel of which nothing is heard is asked for once a day, until it has arrived`() throws {
        var scenario = try Self.told()
        #expect(Self.questions(scenario) == [])
        let known = Self.begin + .minutes(50)
        let first = try Self.wait(&scenario, after: known)
        #expect(first > known + .hours(18) && first <= known + .hours(24))
        #expect(Self.questions(scenario) == [Self.question])
        #expect(scenario.order.issued.last?.instruction.lifetime == .hours(24))
        #expect(scenario.order.nextDispatchMoment(Self.settings, after: first) == nil, "a question is under way")
        try Self.answer(&scenario, at: first + 100)
        let second = try Self.wait(&scenario, after: first + 100)
        #expect(second > first + .hours(18) && second <= first + 100 + .hours(24))
        #expect(Self.questions(scenario) == [Self.question, Self.question])
        try Self.answer(&scenario, at: second + 100)
        let signed = Scan(at: second + 50, status: .signed, code: "SIGNED")
        try Self.say(Self.list([signed]), id: "t", at: second + 100, &scenario)
        #expect(scenario.order.state == 6)
        #expect(scenario.order.nextDispatchMoment(Self.settings, after: second + 100) == nil)
    }

    @Test func `each push puts the question off`() throws {
        var scenario = try Self.told()
        let heard = Self.begin + .hours(12)
        let push = Self.list([Scan(at: heard, status: .inTransit, code: "ARRIVAL")], isComplete: false)
        try Self.say(push, id: "p", at: heard, &scenario)
        let at = try Self.wait(&scenario, after: heard)
        #expect(at > heard + .hours(18) && at <= heard + .hours(24))
        #expect(Self.questions(scenario) == [Self.question])
    }

    @Test func `a scan of tomorrow puts nothing off before tomorrow`() throws {
        var scenario = try Self.told()
        let now = Self.begin + .minutes(60)
        let push = Self.list([Scan(at: now + .hours(2), status: .inTransit, code: "ARRIVAL")], isComplete: false)
        try Self.say(push, id: "p", at: now, &scenario)
        #expect(scenario.order.nextDispatchMoment(Self.settings, after: now) == now + .hours(2))
        let later = try #require(scenario.order.nextDispatchMoment(Self.settings, after: now + .hours(2)))
        #expect(later > now + .hours(20) && later <= now + .hours(26))
    }

    @Test func `while a hold stands nobody is asked, and then at once`() throws {
        var scenario = try Self.told()
        let hold = Hold(id: "h", reason: "r", owner: "service", exit: .person)
        try Self.say(.holdPlaced(hold), id: "h", at: Self.begin + .hours(2), &scenario)
        #expect(scenario.order.nextDispatchMoment(Self.settings, after: Self.begin + .hours(2)) == nil)
        #expect(scenario.order.dueDispatchFacts(Self.settings, now: Self.begin + .hours(48)).isEmpty)
        let later = Self.begin + .hours(48)
        try Self.say(.holdReleased(id: "h", note: ""), id: "r", at: later, &scenario)
        #expect(try Self.wait(&scenario, after: later) < later)
        #expect(Self.questions(scenario) == [Self.question])
    }

    @Test func `the timer of a silence names its parcel, and no other timer does`() {
        #expect(Order.silence(ofTimer: "route-silence:1794355200000:A:1")?.parcel == "A:1")
        for other in ["h", "route-silence:x:A", "route-silence:0:A", "route-silence:1", "waybill-round:2:A"] {
            #expect(Order.silence(ofTimer: other) == nil, "\(other)")
        }
    }

    @Test func `a number that was typed, or came late, is asked about at once and once`() throws {
        #expect(Self.questions(try Self.told(55)) == [])
        #expect(Self.questions(try Self.told(56)) == [Self.question])
        var typed = try Self.told(50, channel: "", by: "keeper")
        #expect(Self.questions(typed) == [Self.question])
        try Self.say(.parcelHandedOver(parcel: "SO-1-1"), id: "h", at: Self.begin + .minutes(51), &typed)
        try Self.answer(&typed, at: Self.begin + .minutes(52))
        #expect(Self.questions(typed) == [Self.question])
        let at = try Self.wait(&typed, after: Self.begin + .minutes(52))
        #expect(at > Self.begin + .hours(18))
        #expect(Self.questions(typed) == [Self.question, Self.question])
    }

    @Test func `a number that was found is asked about once it is there`() throws {
        var settings = FallbackRig.settings(channels: ["a"])
        settings.flow = Flow(
            steps: settings.flow.steps,
            requests: settings.flow.requests + [Flow.Request(afterState: 5, kind: .queryTrace, system: "a")])
        var rig = try FallbackRig(settings)
        try rig.answer("a create", .unresolved)
        try rig.say(
            .trackingReported(Tracking(parcel: "SO-1-1", courier: "courier", channel: "a", number: "N1")), from: "a")
        #expect(!rig.issued.contains { $0.kind == .queryTrace })
        try rig.answer("a find", .done)
        #expect(rig.issued.filter { $0.kind == .queryTrace }.map(\.target) == ["SO-1-1#N1"])
    }

    /// The settings once the courier does not push any more and is asked regularly.
    private static let joined: Settings = {
        var settings = RouteSilenceTests.settings
        settings.dispatch.routes.asked = ["cainiao", "zto"]
        return settings
    }()

    /// The scenario from now on under other settings.
    private static func rejudged(_ scenario: Scenario, _ settings: Settings) -> Scenario {
        Scenario(scenario.order, settings: settings)
    }

    @Test func `a courier that joins those who are asked is asked regularly about its quiet parcels`() throws {
        for hasBeenAsked in [false, true] {
            var scenario = try Self.told()
            var now = Self.begin + .minutes(50)
            if hasBeenAsked {
                now = try Self.wait(&scenario, after: now) + 100
                try Self.answer(&scenario, at: now)
            }
            scenario = Self.rejudged(scenario, Self.joined)
            // Nothing is heard, so silence begins the regular question; there is no other beside it.
            let at = try #require(scenario.order.nextDispatchMoment(Self.joined, after: now))
            for (id, body) in scenario.order.dueDispatchFacts(Self.joined, now: at) {
                try Self.say(body, id: id, at: at, &scenario)
            }
            let asked = scenario.order.issued.map(\.instruction).filter { $0.kind == .queryTrace }
            #expect(asked.count == (hasBeenAsked ? 2 : 1))
            #expect(asked.last?.lifetime == .hours(24 * 30) && asked.last?.isAboutSilence == false)
            #expect(scenario.order.nextDispatchMoment(Self.joined, after: at) == nil)
            #expect(scenario.order.dueDispatchFacts(Self.joined, now: at + .hours(72)).isEmpty)
            try Self.say(.parcelHandedOver(parcel: "SO-1-1"), id: "h", at: at + .hours(1), &scenario)
            #expect(Self.questions(scenario).count == asked.count)
        }
    }

    @Test func `a question about silence that is under way ends before the regular one begins`() throws {
        var scenario = try Self.told()
        let at = try Self.wait(&scenario, after: Self.begin + .minutes(50))
        scenario = Self.rejudged(scenario, Self.joined)
        try Self.say(.parcelHandedOver(parcel: "SO-1-1"), id: "h", at: at + 50, &scenario)
        #expect(Self.questions(scenario) == [Self.question])
        try Self.answer(&scenario, at: at + 100)
        #expect(Self.questions(scenario) == [Self.question, Self.question])
        #expect(scenario.order.issued.last?.instruction.isAboutSilence == false)
    }

    @Test(arguments: [TrackingStatus.returned, .cancelled, .signed])
    func `whoever is asked is not asked any more once nothing is to come`(last: TrackingStatus) throws {
        for settings in [Self.settings, Self.joined] {
            var scenario = try Self.told(56, settings)
            let question = try #require(scenario.order.issued.last { $0.instruction.kind == .queryTrace }).instruction
            #expect(scenario.order.isStillWanted(question, settings))
            let now = Self.begin + .hours(2)
            let scans = [Scan(at: now, status: .returning, code: "R"), Scan(at: now + 1, status: last, code: "S")]
            try Self.say(Self.list(scans), id: "t", at: now + 1, &scenario)
            #expect(!scenario.order.isStillWanted(question, settings))
            try Self.answer(&scenario, at: now + 2)
            #expect(scenario.order.nextDispatchMoment(settings, after: now + 2) == nil)
            #expect(Self.questions(scenario).count == 1)
        }
    }

    @Test func `silence ends with the time for which a completed order counts`() throws {
        var settings = Self.settings
        for (window, isAsked) in [(Milliseconds.hours(72), true), (.hours(12), false)] {
            settings.health.window = window
            var scenario = try Self.told(50, settings)
            let done = Self.begin + .hours(2)
            try Self.say(.orderCompleted, id: "c", at: done, &scenario)
            #expect(scenario.order.endedAt == done && scenario.order.parcels[0].signed == nil)
            #expect((scenario.order.nextDispatchMoment(settings, after: done) != nil) == isAsked)
            #expect(scenario.order.dueDispatchFacts(settings, now: done + .hours(60)).isEmpty != isAsked)
        }
    }

    @Test func `nobody waits for the parcels of an order in its last state`() throws {
        for var settings in [Self.settings, Self.joined] {
            // Nobody reports signatures, so that the last state proves the one below it.
            settings.flow.steps[6].isReported = false
            var scenario = try Self.told(56, settings)
            let question = try #require(scenario.order.issued.last { $0.instruction.kind == .queryTrace }).instruction
            #expect(scenario.order.isStillWanted(question, settings))
            try Self.say(.warrantyRegistered(until: Self.begin), id: "w", at: Self.begin + .hours(2), &scenario)
            #expect(scenario.order.state == 7 && scenario.order.parcels[0].signed == nil)
            #expect(!scenario.order.isStillWanted(question, settings))
            try Self.answer(&scenario, at: Self.begin + .hours(3))
            #expect(scenario.order.nextDispatchMoment(settings, after: Self.begin + .hours(3)) == nil)
            #expect(Self.questions(scenario).count == 1)
        }
    }

    @Test func `the cancellation of another waybill, which was taken back, ends nothing`() throws {
        var scenario = try Self.told()
        let now = Self.begin + .hours(2)
        let other = Tracking(parcel: "SO-1-1", courier: "ZTO", channel: "cainiao", number: "N0")
        try Self.say(.trackingReported(other), id: "o", at: now, &scenario)
        try Self.say(.waybillVoided(parcel: "SO-1-1", number: "N0"), id: "v", at: now + 1, &scenario)
        let scan = Scan(at: now + 2, status: .cancelled, code: "C")
        let trace = Trace(parcel: "SO-1-1", number: "N0", scans: [scan], isComplete: false)
        try Self.say(.traceReported(trace), id: "t", at: now + 2, &scenario)
        #expect(scenario.order.nextDispatchMoment(Self.settings, after: now + 2) != nil)
    }

    @Test func `a signature before the return began ends nothing that a push told`() throws {
        var scenario = try Self.told()
        let now = Self.begin + .hours(2)
        let scans = [Scan(at: now, status: .signed, code: "S"), Scan(at: now + 1, status: .returning, code: "R")]
        try Self.say(Self.list(scans, isComplete: false), id: "t", at: now + 1, &scenario)
        #expect(scenario.order.nextDispatchMoment(Self.settings, after: now + 1) != nil)
    }

    @Test func `nobody is asked who is asked anyway, who does not carry the parcel, or whose parcel came back`()
        throws
    {
        let now = Self.begin + .hours(1)
        let asked = try Self.told(channel: "cainiao", by: "cainiao")
        #expect(Self.questions(asked) == ["trace.query cainiao SO-1-1#N1"])
        #expect(asked.order.nextDispatchMoment(Self.settings, after: now) == nil)
        let foreign = try Self.told(56, courier: "EMS", channel: "", by: "wms")
        #expect(Self.questions(foreign) == [])
        #expect(foreign.order.nextDispatchMoment(Self.settings, after: now) == nil)
        var back = try Self.told()
        let scans = [Scan(at: now, status: .returning, code: "R"), Scan(at: now + 1, status: .signed, code: "S")]
        try Self.say(Self.list(scans), id: "t", at: now + 1, &back)
        #expect(back.order.nextDispatchMoment(Self.settings, after: now + 1) == nil)
        var never = Self.settings
        never.dispatch.routes.silence = nil
        let quiet = try Self.told(56, channel: "", by: "keeper", never)
        #expect(Self.questions(quiet) == [])
        #expect(quiet.order.nextDispatchMoment(never, after: now) == nil)
    }
}
