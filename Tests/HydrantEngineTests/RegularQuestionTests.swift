import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantTesting
import Testing

/// Questions that are asked until they have their whole answer.
struct RegularQuestionTests {
    private static func fact(_ index: Int) -> ReportedFact {
        let scan = Scan(at: EngineRig.begin + .minutes(Int64(index)), status: .inTransit, code: "\(index)")
        return ReportedFact(
            messageID: "t-\(index)", order: "SO-1", occurredAt: scan.at, word: scan.code,
            body: .traceReported(Trace(parcel: "SO-1-1", number: "N1", scans: [scan], isComplete: true)))
    }

    @Test func `what is known so far is recorded, and the question comes again at its own times until it is over`()
        throws
    {
        let crm = ScriptedConnector(
            "crm",
            perform: [
                .underWay(facts: [], detail: "no scans yet"), .underWay(facts: [Self.fact(1)], detail: "1 scans"),
                .done(facts: [Self.fact(2)], detail: "2 scans"),
            ])
        var settings = EngineRig.asking([Flow.Request(afterState: 1, kind: .checkCredit, system: "crm")])
        settings.dispatch.routes.every = .minutes(30)
        let rig = EngineRig(settings: settings, connectors: [crm])
        try rig.start()
        try rig.pay("SO-1")
        rig.advance(by: 1)
        #expect(crm.calls.count == 1)
        var row = try #require(try rig.instructions().first)
        #expect(row.status == .waiting)
        #expect(row.lastError == "no scans yet")
        rig.advance(by: .minutes(30))
        #expect(crm.calls.count == 2)
        #expect(try rig.read { try $0.inboxRow(MessageKey(source: "crm", messageID: "t-1")) }?.order == "SO-1")
        row = try #require(try rig.instructions().first)
        #expect(row.status == .waiting)
        #expect(row.attempts == 2)
        rig.advance(by: .minutes(30))
        #expect(crm.calls.count == 3)
        let times = crm.calls.map(\.at)
        #expect(times[2] - times[1] == .minutes(30))
        #expect(try rig.instructions().first?.status == .done)
        try rig.expectSoundness()
        rig.advance(by: .hours(3))
        #expect(crm.calls.count == 3)
    }

    @Test func `a courier that stopped pushing is asked once a day, and each answer is the end of its question`()
        throws
    {
        func list(_ minute: Int64, _ status: TrackingStatus) -> ReportedFact {
            let scan = Scan(at: EngineRig.begin + .minutes(minute), status: status, code: "\(minute)")
            return ReportedFact(
                messageID: "l-\(minute)", order: "SO-1", occurredAt: scan.at, word: scan.code,
                body: .traceReported(Trace(parcel: "SO-1-1", number: "SF1", scans: [scan], isComplete: true)))
        }
        let courier = ScriptedConnector(
            "sf",
            perform: [
                .underWay(facts: [], detail: "no scans yet"), .underWay(facts: [list(60, .inTransit)], detail: ""),
                .done(facts: [list(120, .signed)], detail: ""),
            ])
        let settings = EngineRig.asking([Flow.Request(afterState: 5, kind: .queryTrace, system: "sf")])
        let rig = EngineRig(settings: settings, connectors: [courier])
        try rig.start()
        rig.advance(by: .minutes(51))
        _ = try rig.submit(OrderStory.walk(to: 5).facts)
        rig.advance(by: .hours(1))
        #expect(courier.calls.isEmpty)
        for day in 1...2 {
            rig.advance(by: .hours(24))
            #expect(courier.calls.count == day)
            #expect(try rig.instructions().map(\.status) == Array(repeating: .done, count: day))
        }
        #expect(try rig.order()?.parcel("SO-1-1")?.lastScan?.code == "60")
        rig.advance(by: .hours(24))
        #expect(courier.calls.count == 3)
        #expect(try rig.order()?.state == 6)
        rig.advance(by: .hours(72))
        #expect(courier.calls.count == 3)
        try rig.expectSoundness()
    }
}
