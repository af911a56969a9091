import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage
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
}
