import HydrantConnectorKit
import HydrantCore
import HydrantSimulator
import HydrantStorage
import Synchronization
import Testing

@testable import HydrantEngine

/// A waybill does not wait for ever for a channel that is down.
struct GivingUpTests {
    private static let waybillAtZTO = Flow.Request(afterState: 1, kind: .createWaybill, system: "zto")

    private static func rig(_ zto: PlayedConnector) throws -> EngineRig {
        let rig = EngineRig(
            settings: EngineRig.asking([waybillAtZTO, EngineRig.creditAtCRM]),
            connectors: [zto, PlayedConnector("crm") { _ in .ambiguous(detail: "no reply in time") }],
            options: EngineRig.options { $0.watchSlice = .seconds(1) })
        try rig.start()
        return rig
    }

    private static func answers(_ rig: EngineRig, _ count: Int) throws -> [InstructionAnswer] {
        try (1...count).compactMap { number in
            try rig.order("SO-\(number)")?.issued
                .first { $0.instruction.kind == .createWaybill && $0.instruction.system == "zto" }?.answer?.value
        }
    }

    @Test func `what was never sent within five minutes is the channel's refusal, what may have been is unresolved`()
        throws
    {
        let zto = PlayedConnector("zto") { _ in .ambiguous(detail: "no reply in time") }
        let rig = try Self.rig(zto)
        for number in 1...60 { try rig.pay("SO-\(number)") }
        rig.advance(by: .minutes(4))
        #expect(try Self.answers(rig, 60).isEmpty)
        // What failed before the gate closed is due again within a quarter of an hour, and waits from then on.
        rig.advance(by: .minutes(21))
        let answers = try Self.answers(rig, 60)
        let refused = answers.filter { $0.outcome == .refused }
        let unresolved = answers.filter { $0.outcome == .unresolved }
        let sent = Set(zto.calls.map(\.key))
        #expect(answers.count == 60)
        #expect(refused.count + unresolved.count == answers.count)
        #expect(refused.allSatisfy { $0.refusal == .channel && !sent.contains($0.key) })
        #expect(unresolved.allSatisfy { sent.contains($0.key) })
        #expect(refused.count >= 30)
        #expect(refused.first?.detail.contains("not sent within 5 minutes") == true)
        // Other kinds wait on: no other channel can do them.
        let credits = try (1...60).flatMap { try rig.instructions("SO-\($0)") }
            .filter { $0.instruction.kind == .checkCredit }
        #expect(credits.allSatisfy { $0.status == .waiting || $0.status == .ambiguous })
        try rig.expectSoundness()
    }

    @Test func `what was never sent to a channel that wants to be left alone for two hours is its refusal`() throws {
        let zto = PlayedConnector("zto") { request in
            guard request.now < EngineRig.begin + .minutes(90) else { return .done(facts: [], detail: "") }
            CallScope.current?.note(.throttled(wait: .hours(2)))
            return .retryable(detail: "HTTP 429", after: .hours(2))
        }
        let rig = try Self.rig(zto)
        try rig.pay("SO-1")
        rig.advance(by: .seconds(2))
        for number in 2...20 { try rig.pay("SO-\(number)") }
        rig.advance(by: .minutes(10))
        let answers = try Self.answers(rig, 20)
        #expect(answers.count == 20 && answers.allSatisfy { $0.outcome == .refused && $0.refusal == .channel })
        rig.advance(by: .minutes(105))
        #expect(zto.calls.count == 1, "left alone for two hours")
        rig.advance(by: .minutes(10))
        try rig.pay("SO-21")
        rig.advance(by: .minutes(1))
        #expect(zto.calls.count > 1)
        try rig.expectSoundness()
    }

    @Test func `a channel that is back within five minutes gets all of them`() throws {
        let zto = PlayedConnector("zto") { request in
            request.now < EngineRig.begin + .minutes(3)
                ? .ambiguous(detail: "no reply in time") : .done(facts: [], detail: "")
        }
        let rig = try Self.rig(zto)
        for number in 1...60 { try rig.pay("SO-\(number)") }
        rig.advance(by: .minutes(30))
        #expect(try Self.answers(rig, 60).map(\.outcome) == Array(repeating: .done, count: 60))
    }
}
