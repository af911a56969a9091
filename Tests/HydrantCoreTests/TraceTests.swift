import HydrantCore
import HydrantTesting
import Testing

@Suite struct TraceTests {
    private static let begin = OrderStory.standardBegin

    private static func scan(_ minute: Int64, _ status: TrackingStatus, code: String = "") -> Scan {
        Scan(at: begin + .minutes(minute), status: status, code: code)
    }

    private static func list(_ scans: [Scan], isComplete: Bool = true) -> FactBody {
        .traceReported(Trace(parcel: "SO-1-1", number: "SF1", scans: scans, isComplete: isComplete))
    }

    /// The standard order with its number read back, after these traces.
    private static func order(_ traces: [FactBody]) throws -> Order {
        var story = OrderStory.walk(to: 5)
        for (index, trace) in traces.enumerated() { story.say(trace, minute: 500 + Int64(index), from: "sf") }
        var scenario = Scenario()
        try scenario.given(story.facts)
        return scenario.order
    }

    @Test func `a complete list proves the signature at the time of its scan`() throws {
        let order = try Self.order([Self.list([Self.scan(60, .pickedUp), Self.scan(90, .signed)])])
        #expect(order.state == 6 && order.stateSince == Self.begin + .minutes(90))
        #expect(
            order.stamps[5].proof == [
                Evidence(at: Self.begin + .minutes(90), isTimed: true, source: "sf", messageID: "m-7")
            ])
    }

    @Test func `a push never proves a signature, and asks for the complete list`() throws {
        let flow = Flow(
            steps: Flow.watching.steps, requests: [Flow.Request(afterState: 5, kind: .queryTrace, system: "sf")])
        var story = OrderStory.walk(to: 5)
        var scenario = Scenario(settings: Settings(flow: flow))
        try scenario.given(story.facts)
        let push = Self.list([Self.scan(90, .signed)], isComplete: false)
        let asked = try scenario.given(story.say(push, minute: 91, from: "sf"))
        #expect(scenario.order.state == 5)
        let target = "SO-1-1@\((Self.begin + .minutes(90)).milliseconds)"
        let instruction = Instruction(key: "SO-1/13/trace.query", kind: .queryTrace, system: "sf", target: target)
        #expect(asked.map(\.body).last == .instructionIssued(instruction))
        #expect(try scenario.given(story.say(push, minute: 92, from: "sf")).map(\.name) == ["fact.recorded"])
        let whole = story.say(Self.list([Self.scan(60, .pickedUp), Self.scan(90, .signed)]), minute: 93, from: "sf")
        #expect(try scenario.given(whole).map(\.name) == ["fact.recorded", "state.reached"])
    }

    @Test func `stored in a locker or a shop is not signed`() throws {
        #expect(try Self.order([Self.list([Self.scan(60, .pickedUp), Self.scan(90, .stored)])]).state == 5)
    }

    @Test(arguments: [TrackingStatus.returning, .returned])
    func `signed after a return began is not signed`(status: TrackingStatus) throws {
        #expect(try Self.order([Self.list([Self.scan(60, status), Self.scan(90, .signed)])]).state == 5)
        #expect(try Self.order([Self.list([Self.scan(90, status), Self.scan(90, .signed)])]).state == 5)
        #expect(try Self.order([Self.list([Self.scan(91, status), Self.scan(90, .signed)])]).state == 6)
    }

    @Test func `no status but signed proves a signature`() throws {
        for status in TrackingStatus.allCases where status != .signed {
            #expect(try Self.order([Self.list([Self.scan(90, status)])]).state == 5, "\(status.rawValue)")
        }
    }

    @Test func `the first scan in the courier's hands is the hand-over, whatever the order of the list`() throws {
        let scans = [Self.scan(90, .inTransit), Self.scan(70, .pickedUp), Self.scan(65, .problem)]
        for list in [scans, scans.reversed()] {
            #expect(try Self.order([Self.list(list, isComplete: false)]).shipped?.at == Self.begin + .minutes(70))
        }
        let moving: Set<TrackingStatus> = [
            .pickedUp, .inTransit, .outForDelivery, .stored, .signed, .returning, .returned,
        ]
        for status in TrackingStatus.allCases {
            let shipped = try Self.order([Self.list([Self.scan(70, status)])]).shipped
            #expect((shipped != nil) == moving.contains(status), "\(status.rawValue)")
        }
    }

    @Test func `scans are kept once and in order of their times`() throws {
        let first = Self.scan(70, .pickedUp, code: "50")
        let second = Self.scan(80, .inTransit, code: "30")
        let twin = Self.scan(80, .inTransit, code: "31")
        let order = try Self.order([
            Self.list([twin, first], isComplete: false), Self.list([second, first, twin], isComplete: false),
        ])
        #expect(order.parcels[0].scans == [first, second, twin])
        #expect(order.parcels[0].lastScan == twin)
    }

    @Test func `a waybill keeps its first reading and its newest courier, and can be voided`() throws {
        var story = OrderStory()
        let first = story.say(
            .trackingReported(Tracking(parcel: "P", courier: "zto", channel: "a", number: "1")), minute: 2)
        let second = story.say(
            .trackingReported(Tracking(parcel: "P", courier: "sf", channel: "b", number: "1")), minute: 1)
        for facts in [[first, second], [second, first]] {
            var scenario = Scenario()
            try scenario.given(facts)
            let waybill = try #require(scenario.order.parcel("P")?.waybills.first)
            #expect(waybill.courier == "zto" && waybill.channel == "a" && waybill.readBack == second.evidence)
            #expect(scenario.order.parcel("P")?.liveWaybills == [waybill])
            let void = story.say(.waybillVoided(parcel: "P", number: "1"), minute: 9)
            try scenario.given(void)
            #expect(scenario.order.parcel("P")?.liveWaybills == [])
            #expect(scenario.order.parcel("Q") == nil)
        }
    }

    @Test func `the courier's order number of a waybill is the newest that was told, whoever names none`() throws {
        var story = OrderStory()
        let facts = [("EO-1", 1), ("EO-2", 2), ("", 3)].map { reference, minute in
            story.say(
                .trackingReported(
                    Tracking(parcel: "P", courier: "jd", channel: "a", number: "1", reference: reference)),
                minute: Int64(minute))
        }
        for told in [facts, facts.reversed(), [facts[1], facts[2], facts[0]]] {
            var scenario = Scenario()
            try scenario.given(told)
            let waybill = try #require(scenario.order.parcel("P")?.waybills.first)
            #expect(waybill.reference?.value == "EO-2")
            #expect(waybill.readBack == facts[0].evidence)
        }
    }

    @Test func `a number that exists and is not exported proves the state and makes no waybill`() throws {
        var story = OrderStory.walk(to: 4)
        story.say(.trackingReported(Tracking(parcel: "SO-1-1")), minute: 50)
        var scenario = Scenario()
        try scenario.given(story.facts)
        #expect(scenario.order.state == 5 && scenario.order.parcels[0].waybills == [])
    }
}
