import HydrantCore
import HydrantEngine
import HydrantSimulator
import HydrantStorage
import Testing

/// The number of a way back is that of no other parcel; where it is all the same, the other parcel is meant.
@Suite struct WayBackNumberTests {
    private static let outbound = "SF1234567890123"
    private static let free = "SF9999999999999"

    /// SO-1 was sent out and two of its lines come back; SO-2 is on its way.
    private static func rig() throws -> EngineRig {
        var settings = EngineRig.asking([])
        settings.rules = RuleSet([
            Rule(
                id: "return-exchange", stage: .on, name: Text(chinese: "退货", english: "Return"), when: [.returnAsked],
                actions: [.completePartially, .playbook(.returnExchange)])
        ])
        let rig = EngineRig(settings: settings)
        try rig.start()
        let lines = ["1", "2"].map { Line(id: $0, sku: "A\($0)", units: 1, priceMinor: 500) }
        for (order, number) in [("SO-1", "SF5555555555555"), ("SO-2", outbound)] {
            let tracking = Tracking(parcel: "\(order)-1", courier: "sf", channel: "sf", number: number)
            let bodies: [FactBody] = [
                .orderPlaced(OrderHeader(payableMinor: 1_000, lines: lines)),
                .paymentReported(Payment(id: "p", amountMinor: 1_000)),
                .parcelPacked(Packing(parcel: "\(order)-1")), .trackingReported(tracking),
                .parcelHandedOver(parcel: "\(order)-1"),
            ]
            _ = try rig.submit(bodies.enumerated().map { rig.fact($1, order: order, id: "\(order)-\($0)") })
        }
        for line in ["1", "2"] {
            let asked = FactBody.returnAsked(
                reason: "", isExchange: false, lines: [ReturnedLine(line: line, units: 1)], id: "R\(line)")
            _ = try rig.submit(rig.fact(asked, id: "asked-\(line)"))
        }
        return rig
    }

    private static func answer(_ rig: EngineRig, _ number: String, to id: String = "R1") throws -> TaskAnswer {
        let hub = try rig.hub
        rig.advance(by: 1)
        let command = TaskCommand(order: "SO-1", task: "return:way-back:\(id)", person: "li")
        let resolution = TaskResolution(answers: ["how": "sent", "courier": "sf", "number": number])
        return try rig.ask { try await hub.resolve(command, resolution) }
    }

    private static func deed(_ rig: EngineRig, _ number: String) throws -> ActionAnswer {
        let hub = try rig.hub
        rig.advance(by: 1)
        var request = ActionRequest(action: .recordWayBack, person: "li", reason: "told", now: rig.clock.now())
        request.target = "way-back:R1"
        request.courier = "sf"
        request.trackingNumber = number
        return try rig.ask { [request] in try await hub.act(request, on: "SO-1") }
    }

    private static func refusal(_ answer: ActionAnswer) -> Refusal? {
        if case .refused(let refusal) = answer { refusal } else { nil }
    }

    private static func refusal(_ answer: TaskAnswer) -> Refusal? {
        if case .refused(let refusal) = answer { refusal } else { nil }
    }

    private static func isDone(_ answer: ActionAnswer) -> Bool { if case .done = answer { true } else { false } }

    @Test func `a number that another parcel has is refused in words, in the task and in the deed`() throws {
        let rig = try Self.rig()
        let version = try rig.order()?.version
        let foreign = try #require(Self.refusal(try Self.answer(rig, Self.outbound.lowercased())))
        #expect(foreign.code == "numberTaken" && foreign.text.chinese == "运单号 \(Self.outbound) 已是另一个订单的包裹的单号")
        #expect(!foreign.text.english.contains("SO-2") && foreign.nextStep.english.hasPrefix("Look at the label"))
        #expect(try Self.refusal(Self.deed(rig, Self.outbound)) == foreign)
        let own = try #require(Self.refusal(try Self.answer(rig, "SF5555555555555")))
        #expect(own.text.english == "The number SF5555555555555 is already that of the parcel that this order sent out")
        #expect(own.nextStep.english.contains("leave the number empty"))
        #expect(try rig.order()?.version == version && rig.order()?.standingTask("return:way-back:R1") != nil)
        #expect(try Self.answer(rig, Self.free) == .closed)
        let twice = try #require(Self.refusal(try Self.answer(rig, Self.free, to: "R2")))
        #expect(twice.text.english.hasSuffix("that of another return of this order"))
        try rig.expectSoundness()
    }

    @Test func `the same number once more, and one that its parcel has no more, are taken`() throws {
        let rig = try Self.rig()
        #expect(Self.isDone(try Self.deed(rig, Self.free)))
        #expect(Self.isDone(try Self.deed(rig, Self.free)))
        _ = try rig.submit(
            rig.fact(.waybillVoided(parcel: "SO-2-1", number: Self.outbound), order: "SO-2", id: "void"))
        #expect(Self.isDone(try Self.deed(rig, Self.outbound)))
        let order = try #require(try rig.order())
        let parcel = try #require(order.parcel("way-back:R1"))
        #expect(order.liveWaybill(of: parcel)?.number == Self.outbound)
    }

    @Test func `where both are on record, a scan and a search mean the parcel that was sent out`() throws {
        let rig = try Self.rig()
        // What a system says is not refused.
        let typed = Tracking(parcel: "way-back:R1", courier: "sf", channel: "crm", number: Self.outbound)
        _ = try rig.submit(rig.fact(.trackingReported(typed), id: "typed", from: "crm"))
        let hub = try rig.hub
        let person = DeskPerson(actor: "user:li", name: "li", warehouses: nil)
        let found = try rig.ask { try await hub.desk.find(Self.outbound, for: person) }
        guard case .order(let order, let parcel) = found else {
            Issue.record("found \(found)")
            return
        }
        #expect(order.number == "SO-2" && parcel == "SO-2-1")
        let scan = Scan(at: rig.clock.now(), status: .pickedUp, code: "GOT")
        let trace = Trace(parcel: "", number: Self.outbound, scans: [scan], isComplete: false)
        let unplaced = rig.fact(.traceReported(trace), order: "", id: "t1", from: "sf")
        try rig.ask {
            let row = try hub.intake.park(
                unplaced.json.bytes, source: "sf", place: "push from sf", reason: ParkedReason.unknownWaybill,
                now: rig.clock.now())
            _ = try await hub.committer.submit(Submission(parked: [row]))
        }
        // Messages that wait are looked at again when a waybill comes.
        let news = Tracking(parcel: "SO-2-2", courier: "sf", channel: "sf", number: "SF7777777777777")
        _ = try rig.submit(rig.fact(.trackingReported(news), order: "SO-2", id: "news", from: "sf"))
        rig.advance(by: .minutes(2))
        #expect(try rig.read { try $0.parked(after: 0, limit: 9) }.isEmpty)
        #expect(try rig.order("SO-2")?.parcel("SO-2-1")?.scans.map(\.code) == ["GOT"])
        #expect(try rig.order()?.parcel("way-back:R1")?.scans.isEmpty == true)
    }

    @Test func `of several parcels that were sent out none is meant, of ways back alone the only one`() {
        let sent = WaybillPlace(order: "A", parcel: "A-1")
        let back = WaybillPlace(order: "B", parcel: "way-back:R1")
        let other = WaybillPlace(order: "C", parcel: "way-back:R1")
        #expect([back, sent].meant == sent && [sent, back, other].meant == sent)
        #expect([back].meant == back && [back, other].meant == nil && [WaybillPlace]().meant == nil)
        #expect([sent, WaybillPlace(order: "D", parcel: "D-1")].meant == nil)
    }
}
