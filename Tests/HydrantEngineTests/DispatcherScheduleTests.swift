import HydrantConnectorKit
import HydrantCore
import HydrantSimulator
import HydrantStorage
import Testing

@testable import HydrantEngine

struct DispatcherScheduleTests {
    private static func rig(
        _ connectors: [ScriptedConnector], requests: [Flow.Request], options: HubOptions = EngineRig.options()
    ) throws -> EngineRig {
        let rig = EngineRig(settings: EngineRig.asking(requests), connectors: connectors, options: options)
        try rig.start()
        return rig
    }

    private static func pay(_ rig: EngineRig, order: String = "SO-1") throws {
        let header = OrderHeader(payableMinor: 1_000, lines: [Line(id: "1", sku: "A", priceMinor: 1_000)])
        _ = try rig.submit([
            rig.fact(.orderPlaced(header), order: order, id: "placed-\(order)"),
            rig.fact(.paymentReported(Payment(id: "p", amountMinor: 1_000)), order: order, id: "paid-\(order)"),
        ])
    }

    private static let credit = [Flow.Request(afterState: 1, kind: .checkCredit, system: "crm")]

    @Test func `three quick repetitions, then longer and longer ones up to a quarter of an hour`() async {
        let random = RandomSource(seed: 3)
        for _ in 0..<200 {
            let lengths = [
                await random.backoff(afterAttempts: 1), await random.backoff(afterAttempts: 2),
                await random.backoff(afterAttempts: 3), await random.backoff(afterAttempts: 4),
                await random.backoff(afterAttempts: 5), await random.backoff(afterAttempts: 6),
                await random.backoff(afterAttempts: 40),
            ]
            let bounds: [ClosedRange<Milliseconds>] = [
                1...200, 1...800, 1...3_200, 30_000...59_999, 240_000...359_999, 840_000...959_999, 840_000...959_999,
            ]
            for (length, bound) in zip(lengths, bounds) { #expect(bound.contains(length)) }
        }
    }

    @Test func `a system that stays busy is asked ever more rarely until the deadline, then a person has to look`()
        throws
    {
        let crm = ScriptedConnector("crm", perform: [.retryable(detail: "busy", after: nil)])
        let rig = try Self.rig(
            [crm], requests: Self.credit, options: EngineRig.options { $0.instructionLifetime = .hours(2) })
        try Self.pay(rig)
        rig.advance(by: .hours(6))
        let gaps = zip(crm.calls, crm.calls.dropFirst()).map { $1.at - $0.at }
        #expect(gaps.dropFirst(5).allSatisfy { $0 >= .minutes(14) && $0 <= .minutes(17) })
        let row = try #require(try rig.instructions().first)
        #expect(row.status == .parked)
        #expect(row.attempts == crm.calls.count)
        #expect(row.lastError == "busy")
        #expect(crm.calls.allSatisfy { $0.at < row.deadline })
        let detail = try #require(try rig.detail())
        #expect(detail.rootCause?.verdict == .wrong)
        #expect(detail.rootCause?.reason.english.contains("busy") == true)
    }

    @Test func `what was not begun before its deadline is not begun after it`() throws {
        let crm = ScriptedConnector("crm")
        let rig = EngineRig(
            settings: EngineRig.asking(Self.credit), connectors: [crm],
            options: EngineRig.options { $0.instructionLifetime = .hours(1) })
        try rig.start { $0.callsPerLane = 0 }
        try Self.pay(rig)
        rig.stop()
        #expect(crm.calls.isEmpty)
        rig.advance(by: .hours(2))
        try rig.start()
        rig.advance(by: .minutes(2))
        // It is only asked whether an attempt whose end was lost did it.
        #expect(crm.kinds == [.find])
        #expect(try rig.instructions().first?.status == .refused)
        #expect(try rig.instructions().first?.lastError == "the deadline has passed")
    }

    @Test func `what turns out to be done after the deadline is done`() throws {
        let fact = ReportedFact(
            messageID: "c-1", order: "SO-1", occurredAt: EngineRig.begin,
            body: .creditChecked(CreditCheck(isPassed: true)))
        let crm = ScriptedConnector(
            "crm", perform: [.ambiguous(detail: "no answer")], find: [.done(facts: [fact], detail: "")])
        let rig = try Self.rig(
            [crm], requests: Self.credit, options: EngineRig.options { $0.instructionLifetime = .hours(1) })
        rig.store.slowDown(to: 20)
        try Self.pay(rig)
        rig.advance(by: .seconds(1))
        #expect(try rig.instructions().first?.status == .ambiguous)
        rig.stop()
        rig.advance(by: .hours(2))
        try rig.start()
        rig.advance(by: .minutes(2))
        #expect(crm.kinds == [.perform, .find])
        #expect(try rig.instructions().first?.status == .done)
        #expect(try rig.row()?.state == 2)
    }

    @Test func `a system that hangs does not stop the others`() throws {
        let slow = ScriptedConnector("crm", length: .hours(2))
        let quick = ScriptedConnector("finance")
        let requests = Self.credit + [Flow.Request(afterState: 1, kind: .issueInvoice, system: "finance")]
        let rig = try Self.rig([slow, quick], requests: requests)
        for number in 1...30 { try Self.pay(rig, order: "SO-\(number)") }
        rig.advance(by: .minutes(5))
        // As many as may be under way at one system, and all of the other system's.
        #expect(slow.calls.count == 8)
        #expect(quick.calls.count == 30)
        let statuses = try (1...30).map { number in
            try rig.instructions("SO-\(number)").first { $0.instruction.system == "finance" }?.status
        }
        #expect(statuses == Array(repeating: .done, count: 30))
    }

    @Test func `a call that outlasts its lease is not begun a second time`() throws {
        let slow = ScriptedConnector("crm", length: .minutes(30))
        let rig = try Self.rig([slow], requests: Self.credit)
        try Self.pay(rig)
        rig.advance(by: .hours(2))
        #expect(slow.calls.count == 1)
        #expect(try rig.instructions().first?.status == .done)
    }

    @Test func `a call that outlasts its lease and ends ambiguous is asked about, not begun again`() throws {
        let slow = ScriptedConnector(
            "crm", perform: [.ambiguous(detail: "no answer")], find: [.done(facts: [], detail: "")],
            length: .minutes(30))
        let rig = try Self.rig([slow], requests: Self.credit)
        try Self.pay(rig)
        rig.advance(by: .hours(3))
        #expect(slow.kinds == [.perform, .find])
        #expect(try rig.instructions().first?.status == .done)
    }

    @Test func `an end that could not be written is brought in again`() throws {
        let fact = ReportedFact(
            messageID: "c-1", order: "SO-1", occurredAt: EngineRig.begin,
            body: .creditChecked(CreditCheck(isPassed: true)))
        let crm = ScriptedConnector("crm", perform: [.done(facts: [fact], detail: "")], length: .seconds(10))
        let rig = try Self.rig([crm], requests: Self.credit)
        try Self.pay(rig)
        rig.advance(by: .seconds(5))
        rig.store.fail(with: StoreFailure(.diskFull))
        rig.advance(by: .minutes(2))
        #expect(crm.calls.count == 1)
        #expect(try rig.instructions().first?.status == .waiting)
        rig.store.fail(with: nil)
        rig.advance(by: .minutes(10))
        // It was sent, and nobody recorded its end: the system is asked before it is sent again.
        #expect(crm.kinds == [.perform, .find, .perform])
        #expect(Set(crm.calls.map(\.key)).count == 1)
        #expect(try rig.instructions().first?.status == .done)
        #expect(try rig.row()?.state == 2)
        try rig.expectSoundness()
    }
}
