import HydrantCore
import HydrantTesting
import Testing

/// Who is asked for the scans of a parcel, and who is told to push them.
@Suite struct RouteQuestionTests {
    private static let settings: Settings = {
        var settings = Settings(
            flow: Flow(
                steps: Flow.watching.steps,
                requests: [
                    Flow.Request(afterState: 5, kind: .subscribeTrace, system: "sf"),
                    Flow.Request(afterState: 5, kind: .queryTrace, system: "sf"),
                ]))
        settings.dispatch.chains = [.init(channels: ["zto", "cainiao", "yto"])]
        settings.dispatch.routes.asked = ["cainiao", "yto"]
        return settings
    }()

    private static func tracking(_ courier: String, _ channel: String) -> FactBody {
        .trackingReported(Tracking(parcel: "SO-1-1", courier: courier, channel: channel, number: "N1"))
    }

    private static func asked(_ facts: [(FactBody, source: String)]) throws -> Scenario {
        var story = OrderStory.walk(to: 4)
        for (index, fact) in facts.enumerated() {
            story.say(fact.0, minute: 50 + Int64(index), from: fact.source)
        }
        var scenario = Scenario(settings: settings)
        try scenario.given(story.facts)
        return scenario
    }

    private static func texts(_ scenario: Scenario) -> [String] {
        scenario.order.issued.map(\.instruction).map { "\($0.kind.rawValue) \($0.system) \($0.target)" }
    }

    @Test func `who pushes scans is subscribed, and not asked`() throws {
        let scenario = try Self.asked([(Self.tracking("ZTO", "zto"), "zto")])
        #expect(Self.texts(scenario) == ["trace.subscribe zto SO-1-1#N1"])
    }

    @Test(arguments: ["cainiao", "yto"])
    func `who pushes none is asked once, until the parcel has arrived`(channel: String) throws {
        var scenario = try Self.asked([(Self.tracking("ZTO", channel), channel)])
        #expect(Self.texts(scenario) == ["trace.query \(channel) SO-1-1#N1"])
        let question = try #require(scenario.order.issued.first).instruction
        #expect(question.lifetime == .hours(24 * 30))
        #expect(scenario.order.isStillWanted(question, Self.settings))
        let scan = Scan(at: OrderStory.standardBegin + .minutes(60), status: .inTransit, code: "01")
        let halfway = Trace(parcel: "SO-1-1", number: "N1", scans: [scan], isComplete: true)
        try scenario.given(
            Fact(
                source: channel, messageID: "t1", order: "SO-1", occurredAt: scan.at, receivedAt: scan.at,
                body: .traceReported(halfway)))
        #expect(Self.texts(scenario).count == 1)
        #expect(scenario.order.isStillWanted(question, Self.settings))
        let signed = Scan(at: scan.at + .minutes(60), status: .signed, code: "07")
        try scenario.given(
            Fact(
                source: channel, messageID: "t2", order: "SO-1", occurredAt: signed.at, receivedAt: signed.at,
                body: .traceReported(Trace(parcel: "SO-1-1", number: "N1", scans: [scan, signed], isComplete: true))))
        #expect(scenario.order.state == 6)
        #expect(!scenario.order.isStillWanted(question, Self.settings))
    }

    @Test func `a number that another one told belongs to its courier where that is a channel`() throws {
        #expect(
            Self.texts(try Self.asked([(Self.tracking("ZTO", ""), "wms")])) == ["trace.subscribe zto SO-1-1#N1"])
        #expect(Self.texts(try Self.asked([(Self.tracking("YTO", ""), "wms")])) == ["trace.query yto SO-1-1#N1"])
        #expect(Self.texts(try Self.asked([(Self.tracking("EMS", ""), "wms")])) == ["trace.subscribe sf SO-1-1#N1"])
    }

    @Test func `who repeats a number does not become the channel that made it, in any order`() throws {
        let told: [(FactBody, source: String)] = [
            (Self.tracking("ZTO", "cainiao"), "cainiao"), (Self.tracking("ZTO", ""), "wms"),
        ]
        for facts in [told, told.reversed()] {
            let order = try Self.asked(facts).order
            let waybill = try #require(order.parcels.first?.waybills.first)
            #expect(waybill.channel == "cainiao")
            #expect(waybill.courier == "ZTO")
        }
    }

    @Test func `where no channel is known, who told the number stands in its place`() throws {
        let order = try Self.asked([(Self.tracking("ZTO", ""), "wms")]).order
        let standing = try #require(order.parcelStandings(Self.settings, now: OrderStory.standardBegin).first)
        #expect(standing.set == .numberReadBack)
        #expect(standing.channel == "wms")
    }
}
