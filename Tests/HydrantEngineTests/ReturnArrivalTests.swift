import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantSimulator
import Synchronization
import Testing

/// The return of a whole order at the hub: its number, its arrival and its refund, also when two people answer at once.
@Suite struct ReturnArrivalTests {
    private static let outbound = "SF5555555555555"
    private static let free = "SF9999999999999"
    private static let text = Text(chinese: "退货", english: "Return")

    /// An order that was sent out and comes back whole.
    private static func rig(
        requests: [Flow.Request] = [], connectors: [any Connector] = []
    ) throws -> EngineRig {
        var settings = EngineRig.asking(requests)
        settings.rules = RuleSet([
            Rule(
                id: "return-exchange", stage: .on, name: text, when: [.returnAsked],
                actions: [.completePartially, .playbook(.returnExchange)])
        ])
        let rig = EngineRig(settings: settings, connectors: connectors)
        try rig.start()
        let line = Line(id: "1", sku: "A", units: 2, priceMinor: 1_000)
        let tracking = Tracking(parcel: "SO-1-1", courier: "sf", channel: "sf", number: outbound)
        let bodies: [FactBody] = [
            .orderPlaced(OrderHeader(payableMinor: 1_000, lines: [line])),
            .paymentReported(Payment(id: "p", amountMinor: 1_000)), .parcelPacked(Packing(parcel: "SO-1-1")),
            .trackingReported(tracking), .parcelHandedOver(parcel: "SO-1-1"),
        ]
        _ = try rig.submit(bodies.enumerated().map { rig.fact($1, id: "\($0)") })
        _ = try rig.submit(rig.fact(.returnAsked(reason: "", isExchange: false), id: "asked"))
        return rig
    }

    private static func answer(
        _ rig: EngineRig, _ task: String, _ answers: [String: String], by person: String = "li"
    ) throws -> TaskAnswer {
        let hub = try rig.hub
        rig.advance(by: 1)
        let command = TaskCommand(order: "SO-1", task: task, person: person)
        return try rig.ask { try await hub.resolve(command, TaskResolution(answers: answers)) }
    }

    private static func refusal(_ answer: TaskAnswer) -> Refusal? {
        if case .refused(let refusal) = answer { refusal } else { nil }
    }

    private static func sent(_ number: String) -> [String: String] {
        ["how": "sent", "courier": "sf", "number": number]
    }

    @Test func `its number is checked and followed, and the warehouse is asked what arrives`() throws {
        let rig = try Self.rig(requests: [Flow.Request(afterState: 1, kind: .subscribeTrace, system: "sf")])
        let own = try #require(Self.refusal(try Self.answer(rig, "return:way-back", Self.sent(Self.outbound))))
        #expect(own.code == "numberTaken" && own.text.english.hasSuffix("that this order sent out"))
        #expect(try rig.order()?.standingTask("return:arrival") == nil)
        #expect(try Self.answer(rig, "return:way-back", Self.sent(Self.free)) == .closed)
        let order = try #require(try rig.order())
        #expect(order.issued.contains { $0.instruction.target == "way-back:order#\(Self.free)" })
        let need = try #require(order.standingTask("return:arrival")).need
        #expect(need.owner == "warehouse" && need.reason.english.hasPrefix("On its way back \(Self.free): A × 2"))
        #expect(try Self.answer(rig, "return:way-back", Self.sent(Self.free)) == .unknown)
        #expect(Self.refusal(try Self.answer(rig, "return:arrival", ["action": "eaten"]))?.code == "taskAnswer")
        _ = try rig.submit(
            rig.fact(.refundReported(MoneyEntry(id: "RF", amountMinor: 1_000)), id: "rf", from: "finance"))
        #expect(try rig.order()?.completion == .partiallyCompleted)
        #expect(try Self.answer(rig, "return:arrival", ["action": "complete"]) == .closed)
        #expect(try rig.order()?.completion == .completed)
        #expect(try Self.answer(rig, "return:arrival", ["action": "lost"]) == .unknown)
        try rig.expectSoundness()
    }

    @Test func `a refund that no system reports is recorded once, whoever answers at the same time`() throws {
        let rig = try Self.rig()
        let hub = try rig.hub
        #expect(try rig.order()?.standingTask("return:refund")?.need.closesItself == false)
        rig.store.slowDown(to: 100)
        let answers = Mutex<[TaskAnswer]>([])
        for person in ["li", "wu"] {
            let command = TaskCommand(order: "SO-1", task: "return:refund", person: person)
            let said = ["action": "outside", "refundReference": "2026112312345678-\(person)", "amount": "4.00"]
            rig.executor.start {
                let answer = try? await hub.resolve(command, TaskResolution(answers: said))
                answers.withLock { $0.append(answer ?? .unknown) }
            }
        }
        rig.executor.run { answers.withLock { $0.count } == 2 }
        #expect(answers.withLock { $0.count { $0 == .closed } } == 1)
        let order = try #require(try rig.order())
        // A reference is no telephone number, and stays as it was typed.
        #expect(order.refunds.values.count == 1 && order.refundedMinor == 400)
        #expect(order.refunds.values.allSatisfy { $0.id.hasPrefix("outside-2026112312345678-") })
        #expect(order.decisions.values.count == 1 && order.standingTask("return:refund") == nil)
        try rig.expectSoundness()
    }

    @Test func `a task that only a report ends takes no answer at the hub either`() throws {
        let invoices = Flow.Request(afterState: 7, kind: .issueInvoice, system: "finance")
        let alone = try Self.rig(requests: [invoices])
        // Nobody has connected finance.
        #expect(try alone.order()?.standingTask("return:refund")?.need.closesItself == false)
        let rig = try Self.rig(requests: [invoices], connectors: [ScriptedConnector("finance")])
        #expect(try rig.order()?.standingTask("return:refund")?.need.closesItself == true)
        #expect(Self.refusal(try Self.answer(rig, "return:refund", [:])) == Refusal.closesItself)
        let move = TaskMove(task: "return:refund", person: "li", step: .resolved(TaskResolution(note: "paid")))
        let receipt = try rig.submit(rig.fact(.taskMoved(move), id: "typed", from: "person:li"))
        #expect(receipt.refusal == Refusal.closesItself)
        #expect(try rig.order()?.decisions.isEmpty == true)
        let hub = try rig.hub
        let command = TaskCommand(order: "SO-1", task: "return:refund", person: "li")
        #expect(try rig.ask { try await hub.move(command, .taken) } == .moved)
        #expect(try rig.order()?.standingTask("return:refund")?.person == "li")
        try rig.expectSoundness()
    }
}
