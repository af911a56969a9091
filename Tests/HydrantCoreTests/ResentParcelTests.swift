import HydrantCore
import HydrantTesting
import Testing

/// A parcel that came back and leaves again with a new label: which number counts, and how its signature is proven.
@Suite struct ResentParcelTests {
    /// A parcel under way with SF1, which the hub had made; `sf` pushes its scans.
    private static func sent() throws -> FallbackRig {
        var settings = FallbackRig.settings(channels: ["sf", "zto"])
        settings.flow = Flow(
            steps: settings.flow.steps,
            requests: settings.flow.requests + [
                Flow.Request(afterState: 5, kind: .subscribeTrace, system: "sf"),
                Flow.Request(afterState: 5, kind: .queryTrace, system: "sf"),
            ])
        var rig = try FallbackRig(settings)
        try rig.number("SO-1-1", "SF1", by: "sf")
        try scan(.pickedUp, "SF1", &rig)
        return rig
    }

    private static func scan(
        _ status: TrackingStatus, _ number: String, isComplete: Bool = false, _ rig: inout FallbackRig
    ) throws {
        let scan = Scan(at: rig.now + 1, status: status, code: "c")
        try rig.say(
            .traceReported(Trace(parcel: "SO-1-1", number: number, scans: [scan], isComplete: isComplete)), from: "sf")
    }

    private static func label(_ number: String, channel: String, _ rig: inout FallbackRig) throws {
        let tracking = Tracking(parcel: "SO-1-1", courier: "courier", channel: channel, number: number)
        try rig.say(.trackingReported(tracking), from: channel.isEmpty ? "wms" : channel)
    }

    private static func questions(_ rig: FallbackRig) -> Int {
        rig.issued.count { $0.kind == .queryTrace && $0.target.hasPrefix("SO-1-1@") }
    }

    private static func isUnclear(_ rig: FallbackRig) -> Bool {
        rig.issued.contains { $0.kind == .voidWaybill } || !rig.order.standingHolds.isEmpty || !rig.findings.isEmpty
    }

    @Test(arguments: ["sf", ""])
    func `the new label counts, and nothing is taken back`(channel: String) throws {
        var rig = try Self.sent()
        try Self.scan(.returned, "SF1", &rig)
        try Self.label("SF2", channel: channel, &rig)
        #expect(rig.live == "SF2" && !Self.isUnclear(rig))
        try Self.scan(.pickedUp, "SF2", &rig)
        #expect(rig.live == "SF2" && !Self.isUnclear(rig))
        // It comes back again, and leaves once more.
        try Self.scan(.returned, "SF2", &rig)
        try Self.label("SF3", channel: channel, &rig)
        #expect(rig.live == "SF3" && !Self.isUnclear(rig))
    }

    @Test func `its signature is asked for and proven`() throws {
        var rig = try Self.sent()
        try Self.scan(.returning, "SF1", &rig)
        try Self.label("SF2", channel: "sf", &rig)
        // The courier brings it back only now, and somebody of the house signs.
        try Self.scan(.signed, "SF1", &rig)
        #expect(Self.questions(rig) == 0)
        try Self.scan(.pickedUp, "SF2", &rig)
        try Self.scan(.signed, "SF2", &rig)
        #expect(Self.questions(rig) == 1 && rig.order.state == 5)
        try Self.scan(.signed, "SF2", isComplete: true, &rig)
        #expect(rig.order.state == 6)
    }

    @Test func `a parcel that comes back again is asked about no more`() throws {
        var rig = try Self.sent()
        try Self.scan(.returned, "SF1", &rig)
        try Self.label("SF2", channel: "sf", &rig)
        try Self.scan(.pickedUp, "SF2", &rig)
        try Self.scan(.returning, "SF2", &rig)
        try Self.scan(.signed, "SF2", &rig)
        #expect(Self.questions(rig) == 0)
    }

    @Test func `a second label from before the return is one too many as ever`() throws {
        var rig = try Self.sent()
        try Self.label("SF2", channel: "sf", &rig)
        #expect(rig.live == "SF1" && rig.issued.contains { $0.kind == .voidWaybill && $0.target == "SO-1-1#SF2" })
        try Self.scan(.returned, "SF1", &rig)
        #expect(rig.live == "SF1" && !rig.findings.isEmpty)
    }

    @Test func `of two new labels one is too many`() throws {
        var rig = try Self.sent()
        try Self.scan(.returned, "SF1", &rig)
        try Self.label("SF2", channel: "sf", &rig)
        try Self.label("SF3", channel: "sf", &rig)
        #expect(rig.live == "SF2" && !rig.findings.isEmpty)
        #expect(rig.issued.filter { $0.kind == .voidWaybill }.map(\.target) == ["SO-1-1#SF3"])
    }
}
