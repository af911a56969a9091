import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantSimulator
import HydrantStorage
import Testing

struct DispatcherTests {
    private static let lines = [Line(id: "1", sku: "A", priceMinor: 1_000)]
    private static let requests = [Flow.Request(afterState: 1, kind: .checkCredit, system: "crm")]
    private static let credit = ReportedFact(
        messageID: "c-1", order: "SO-1", occurredAt: EngineRig.begin,
        body: .creditChecked(CreditCheck(isPassed: true)))

    /// A rig with a paid order whose credit check is asked of the scripted system.
    private static func rig(
        _ crm: ScriptedConnector, options: HubOptions = EngineRig.options(), others: [ScriptedConnector] = [],
        requests: [Flow.Request] = requests
    ) throws -> EngineRig {
        let rig = EngineRig(settings: EngineRig.asking(requests), connectors: [crm] + others, options: options)
        try rig.start()
        return rig
    }

    private static func pay(_ rig: EngineRig, order: String = "SO-1") throws {
        let header = OrderHeader(payableMinor: 1_000, lines: lines)
        #expect(
            try rig.submit([
                rig.fact(.orderPlaced(header), order: order, id: "placed-\(order)"),
                rig.fact(.paymentReported(Payment(id: "p", amountMinor: 1_000)), order: order, id: "paid-\(order)"),
            ]) == [.accepted(state: 0), .accepted(state: 1)])
    }

    private static func onlyRow(_ rig: EngineRig, _ order: String = "SO-1") throws -> InstructionRow {
        let rows = try rig.instructions(order)
        #expect(rows.count == 1)
        return try #require(rows.first)
    }

    @Test func `what a system did comes back as facts, together with its answer`() throws {
        let crm = ScriptedConnector("crm", perform: [.done(facts: [Self.credit], detail: "ok")])
        let rig = try Self.rig(crm)
        try Self.pay(rig)
        rig.advance(by: 1)
        #expect(crm.kinds == [.perform])
        #expect(try rig.row()?.state == 2)
        let row = try Self.onlyRow(rig)
        #expect(row.status == .done)
        #expect(row.attempts == 1)
        #expect(row.instruction.key == "SO-1/4/credit.check")
        let answer = MessageKey(source: "hydrant", messageID: "answer:SO-1/4/credit.check")
        #expect(try rig.read { try $0.inboxRow(answer) }?.order == "SO-1")
        try rig.expectSoundness()
        rig.advance(by: .hours(1))
        #expect(crm.calls.count == 1)
    }

    @Test func `a reply that cannot be recorded waits for a person, with its content`() throws {
        let long = String(repeating: "L", count: 400)
        let unread = ReportedFact(
            messageID: "c-1", order: "SO-1", occurredAt: EngineRig.begin,
            body: .creditChecked(CreditCheck(isPassed: true, level: long)))
        let crm = ScriptedConnector("crm", perform: [.done(facts: [unread], detail: "ok")])
        let rig = try Self.rig(crm)
        try Self.pay(rig)
        rig.advance(by: 1)
        let row = try Self.onlyRow(rig)
        #expect(row.status == .parked)
        #expect(row.lastError.hasPrefix("the reply cannot be recorded: data.level"))
        #expect(try rig.row()?.state == 1)
        let answer = MessageKey(source: "crm", messageID: "answer:SO-1/4/credit.check")
        #expect(try rig.read { try $0.inboxRow(answer) } == nil)
        let parked = try rig.read { try $0.parked(after: 0, limit: 10) }
        #expect(parked.count == 1)
        let bytes = try EngineRig.keyring.open(try #require(parked.first).sealedBody, context: "parked")
        #expect(try JSON(bytes: bytes)["data"]?["level"]?.string == long)
        rig.advance(by: .hours(30))
        #expect(crm.calls.count == 1)
    }

    @Test func `a waybill's number that is told again is nothing new`() throws {
        func tracking(_ number: String) -> FactBody {
            .trackingReported(Tracking(parcel: "SO-1-1", courier: "SF", channel: "crm", number: number))
        }
        let again = ReportedFact(
            messageID: "waybill", order: "SO-1", occurredAt: EngineRig.begin, body: tracking("SF1"))
        let other = ReportedFact(
            messageID: "waybill", order: "SO-1", occurredAt: EngineRig.begin, body: tracking("SF2"))
        let crm = ScriptedConnector("crm", perform: [.done(facts: [again, other], detail: "ok")])
        let rig = try Self.rig(crm)
        _ = try rig.submit(rig.fact(tracking("SF1"), id: "waybill", from: "crm"))
        try Self.pay(rig)
        rig.advance(by: 1)
        let parked = try rig.read { try $0.parked(after: 0, limit: 10) }
        #expect(parked.count == 1)
        let bytes = try EngineRig.keyring.open(try #require(parked.first).sealedBody, context: "parked")
        #expect(try JSON(bytes: bytes)["data"]?["number"]?.string == "SF2")
    }

    @Test func `what a system did under a number that somebody took is kept for a person`() throws {
        let credit = ReportedFact(
            messageID: "taken", order: "SO-1", occurredAt: EngineRig.begin,
            body: .creditChecked(CreditCheck(isPassed: true)))
        let crm = ScriptedConnector("crm", perform: [.done(facts: [credit], detail: "ok")])
        let rig = try Self.rig(crm)
        _ = try rig.submit(rig.fact(.statusReported, id: "taken", from: "crm"))
        try Self.pay(rig)
        rig.advance(by: 1)
        let parked = try rig.read { try $0.parked(after: 0, limit: 10) }
        #expect(parked.map(\.source) == ["crm"])
        #expect(parked.first?.reason.contains("recorded before") == true)
        #expect(try Self.onlyRow(rig).status == .done)
    }

    @Test func `a refusal ends the instruction and is recorded`() throws {
        let crm = ScriptedConnector("crm", perform: [.refused(detail: "unknown customer")])
        let rig = try Self.rig(crm)
        try Self.pay(rig)
        rig.advance(by: .hours(1))
        #expect(crm.kinds == [.perform])
        let row = try Self.onlyRow(rig)
        #expect(row.status == .refused)
        #expect(row.lastError == "unknown customer")
        let order = try #require(try rig.order())
        #expect(order.issued.first?.answer?.value.outcome == .refused)
        #expect(order.state == 1)
        try rig.expectSoundness()
    }

    @Test func `an attempt that may be repeated is repeated with the same key`() throws {
        let busy = InstructionResult.retryable(detail: "busy", after: nil)
        let crm = ScriptedConnector("crm", perform: [busy, busy, .done(facts: [Self.credit], detail: "")])
        let rig = try Self.rig(crm)
        try Self.pay(rig)
        rig.advance(by: .minutes(5))
        #expect(crm.kinds == [.perform, .perform, .perform])
        #expect(Set(crm.calls.map(\.key)) == ["SO-1/4/credit.check"])
        #expect(try Self.onlyRow(rig).status == .done)
        #expect(try Self.onlyRow(rig).attempts == 3)
        #expect(try rig.row()?.state == 2)
    }

    @Test func `a system that asks to wait is left alone for so long`() throws {
        let crm = ScriptedConnector(
            "crm", perform: [.retryable(detail: "later", after: .minutes(10)), .done(facts: [], detail: "")])
        let rig = try Self.rig(crm)
        try Self.pay(rig)
        rig.advance(by: .minutes(9))
        #expect(crm.calls.count == 1)
        rig.advance(by: .minutes(3))
        #expect(crm.calls.count == 2)
        #expect(crm.calls[1].at >= crm.calls[0].at + .minutes(10))
    }

    @Test func `after an ambiguous end the system is asked, and what it did is adopted`() throws {
        let crm = ScriptedConnector(
            "crm", perform: [.ambiguous(detail: "no answer")], find: [.done(facts: [Self.credit], detail: "found")])
        let rig = try Self.rig(crm)
        try Self.pay(rig)
        rig.advance(by: .minutes(3))
        #expect(crm.kinds == [.perform, .find])
        #expect(try Self.onlyRow(rig).status == .done)
        #expect(try rig.row()?.state == 2)
    }

    @Test func `what the system does not know is carried out again, under the same key`() throws {
        let crm = ScriptedConnector(
            "crm", perform: [.ambiguous(detail: "no answer"), .done(facts: [Self.credit], detail: "")],
            find: [.notFound])
        let rig = try Self.rig(crm)
        try Self.pay(rig)
        rig.advance(by: .minutes(3))
        #expect(crm.kinds == [.perform, .find, .perform])
        #expect(Set(crm.calls.map(\.key)).count == 1)
        #expect(try Self.onlyRow(rig).status == .done)
    }

    @Test func `as long as the asking itself is ambiguous nothing is carried out again`() throws {
        let unclear = InstructionResult.ambiguous(detail: "no answer")
        let crm = ScriptedConnector("crm", perform: [unclear], find: [unclear, unclear, .done(facts: [], detail: "")])
        let rig = try Self.rig(crm)
        try Self.pay(rig)
        rig.advance(by: .hours(1))
        #expect(crm.kinds == [.perform, .find, .find, .find])
    }

    @Test func `a system that is busy when it is asked leaves the doubt, and nothing is carried out again`() throws {
        let busy = InstructionResult.retryable(detail: "too many calls", after: .minutes(1))
        let crm = ScriptedConnector(
            "crm", perform: [.ambiguous(detail: "no answer")],
            find: [busy, busy, .done(facts: [Self.credit], detail: "found")])
        let rig = try Self.rig(crm)
        try Self.pay(rig)
        for _ in 1...30 where crm.kinds.count < 2 { rig.advance(by: .seconds(10)) }
        #expect(crm.kinds == [.perform, .find])
        #expect(try Self.onlyRow(rig).status == .ambiguous)
        rig.advance(by: .minutes(30))
        #expect(crm.kinds == [.perform, .find, .find, .find])
        #expect(try Self.onlyRow(rig).status == .done)
        try rig.expectSoundness()
    }

    @Test func `once it is certain that nothing was done, a try that is put off is no doubt`() throws {
        let busy = InstructionResult.retryable(detail: "busy", after: nil)
        let crm = ScriptedConnector(
            "crm", perform: [.ambiguous(detail: "no answer"), busy, .done(facts: [Self.credit], detail: "")],
            find: [.notFound])
        let rig = try Self.rig(crm)
        try Self.pay(rig)
        rig.advance(by: .minutes(10))
        #expect(crm.kinds == [.perform, .find, .perform, .perform])
        #expect(try Self.onlyRow(rig).status == .done)
    }

    @Test func `a restart keeps the key and asks about what was ambiguous`() throws {
        let crm = ScriptedConnector(
            "crm", perform: [.ambiguous(detail: "no answer")], find: [.done(facts: [Self.credit], detail: "")])
        let rig = try Self.rig(crm)
        rig.store.slowDown(to: 20)
        try Self.pay(rig)
        rig.advance(by: .seconds(1))
        #expect(try Self.onlyRow(rig).status == .ambiguous)
        rig.stop()
        #expect(crm.kinds == [.perform])
        rig.advance(by: .minutes(10))
        try rig.start()
        rig.advance(by: .minutes(3))
        #expect(crm.kinds == [.perform, .find])
        #expect(Set(crm.calls.map(\.key)) == ["SO-1/4/credit.check"])
        #expect(try Self.onlyRow(rig).status == .done)
    }

    @Test func `an instruction without a connector waits and says so`() throws {
        let rig = try Self.rig(ScriptedConnector("other"))
        try Self.pay(rig)
        rig.advance(by: .minutes(2))
        #expect(try Self.onlyRow(rig).lastError == "no connector is set up for the system crm")
        #expect(try Self.onlyRow(rig).status == .waiting)
    }

    @Test func `the receiver is opened for a delivery and for nothing else`() throws {
        let crm = ScriptedConnector("crm")
        let wms = ScriptedConnector("wms")
        let requests = Self.requests + [Flow.Request(afterState: 1, kind: .createDelivery, system: "wms")]
        let rig = try Self.rig(crm, others: [wms], requests: requests)
        let document: JSON = [
            "kind": "order.placed", "source": "shop", "id": "m-1", "order": "SO-1",
            "data": ["payableMinor": 0, "receiver": ["name": "张建国"]],
        ]
        let paid = rig.fact(.paymentReported(Payment(id: "p", amountMinor: 0, isComplete: true)), id: "m-2")
        let hub = try rig.hub
        _ = try rig.ask {
            try await hub.submit([
                try hub.intake.read(document, receivedAt: EngineRig.begin), try hub.intake.seal(paid),
            ])
        }
        rig.advance(by: .minutes(2))
        #expect(wms.receivers == ["张建国"])
        #expect(crm.receivers == [""])
    }
}
