import HydrantCore
import HydrantEngine
import HydrantSimulator
import HydrantTesting
import Synchronization
import Testing

/// What people do at the same time: the order decides when it is recorded, not when the form was looked at.
struct DeedTests {
    private static let paid: [FactBody] = [
        .orderPlaced(OrderHeader(payableMinor: 12_900, lines: [Line(id: "1", sku: "A")])),
        .paymentReported(Payment(id: "pay-1", amountMinor: 12_900)),
    ]

    private func rig() throws -> EngineRig {
        let rig = EngineRig()
        try rig.start()
        for (index, body) in Self.paid.enumerated() { _ = try rig.submit(rig.fact(body, id: "m-\(index)")) }
        return rig
    }

    /// What is asked for at the same moment, and what became of each.
    private func together(_ rig: EngineRig, _ requests: [ActionRequest]) throws -> [ActionAnswer] {
        let hub = try rig.hub
        rig.store.slowDown(to: 100)
        let answers = Mutex<[ActionAnswer]>([])
        for request in requests {
            rig.executor.start {
                guard let answer = try? await hub.act(request, on: "SO-1") else { return }
                answers.withLock { $0.append(answer) }
            }
        }
        rig.executor.run { answers.withLock { $0.count } == requests.count }
        return answers.withLock { $0 }
    }

    private func refund(_ rig: EngineRig, _ amount: Int64, once: String, by person: String = "li") -> ActionRequest {
        var request = ActionRequest(
            action: .recordRefund, person: person, reason: "broken", now: rig.clock.now())
        request.amountMinor = amount
        request.once = once
        return request
    }

    private func words(_ answers: [ActionAnswer]) -> [String] {
        answers.map { answer in
            switch answer {
            case .done: "done"
            case .doneBefore: "before"
            case .refused(let refusal): refusal.code
            case .unknown: "unknown"
            }
        }.sorted()
    }

    @Test func `refunds at the same time never exceed what was paid, whoever records them`() throws {
        for isOnePerson in [true, false] {
            let rig = try rig()
            let requests = (1...12).map { refund(rig, 12_900, once: "\($0)", by: isOnePerson ? "li" : "p\($0)") }
            let answers = try together(rig, requests)
            #expect(words(answers) == Array(repeating: "actionNotNow", count: 11) + ["done"])
            let order = try #require(try rig.order())
            #expect(order.refundedMinor == 12_900 && order.refundableMinor == 0)
            // A refused deed leaves no decision behind.
            #expect(order.decisions.values.count == 1)
            try rig.expectSoundness()
        }
    }

    @Test func `parts are refunded up to what was paid`() throws {
        let rig = try rig()
        let answers = try together(rig, (1...4).map { refund(rig, 5_000, once: "\($0)") })
        #expect(words(answers).count { $0 == "done" } == 2)
        #expect(try rig.order()?.refundedMinor == 10_000)
    }

    @Test func `a form that is sent twice is one deed, at once and later, and another content is another deed`() throws
    {
        let rig = try rig()
        let request = refund(rig, 2_000, once: "17")
        let answers = try together(rig, Array(repeating: request, count: 5))
        #expect(words(answers) == Array(repeating: "before", count: 4) + ["done"])
        rig.advance(by: .minutes(3))
        var later = request
        later.now = rig.clock.now()
        #expect(words(try together(rig, [later])) == ["before"])
        #expect(try rig.order()?.refundedMinor == 2_000)
        #expect(words(try together(rig, [refund(rig, 3_000, once: "17")])) == ["done"])
        #expect(try rig.order()?.refundedMinor == 5_000)
        try rig.expectSoundness()
    }

    @Test func `two different deeds of one person in one millisecond are both recorded`() throws {
        let rig = try rig()
        let answers = try together(rig, [refund(rig, 1_000, once: "a"), refund(rig, 2_000, once: "b")])
        #expect(words(answers) == ["done", "done"])
        #expect(try rig.order()?.refundedMinor == 3_000)
        // Without a mark of the form, one of them is told that it was not recorded.
        let unmarked = try together(rig, [refund(rig, 3_000, once: ""), refund(rig, 4_000, once: "")])
        #expect(words(unmarked) == ["done", "saidAlready"])
    }

    @Test func `a person's fact that does not fit is refused wherever it comes from, a system's is not`() throws {
        let rig = try rig()
        let all = FactBody.refundReported(MoneyEntry(id: "R1", amountMinor: 12_900))
        let more = FactBody.refundReported(MoneyEntry(id: "R2", amountMinor: 1))
        #expect(try rig.submit(rig.fact(all, id: "r-1", from: "person:li")) == .accepted(state: 1))
        guard case .refused(let refusal) = try rig.submit(rig.fact(more, id: "r-2", from: "person:li")) else {
            Issue.record("a refund over what was paid was taken")
            return
        }
        #expect(refusal.code == "actionNotNow" && refusal.text.english == "Everything that was paid was given back")
        #expect(try rig.submit(rig.fact(more, id: "r-3", from: "finance")) == .accepted(state: 1))
        let call = FactBody.callAsked(CallWish(id: "c1", system: "pbx", person: "li"))
        let second = FactBody.callAsked(CallWish(id: "c2", system: "pbx", person: "wu"))
        #expect(try rig.submit(rig.fact(call, id: "c-1", from: "person:li")) == .accepted(state: 1))
        guard case .refused(let busy) = try rig.submit(rig.fact(second, id: "c-2", from: "person:wu")) else {
            Issue.record("a second call was taken while one is under way")
            return
        }
        #expect(busy.code == "callNotPossible")
    }

    @Test func `of two answers to one task at the same time the second leaves nothing behind`() throws {
        let rig = try rig()
        let hub = try rig.hub
        let packed = FactBody.parcelPacked(Packing(parcel: "P1", warehouse: "W1", items: [], weightGrams: 900))
        let numbers = [("keeper", "T1"), ("a", "A1")]
        _ = try rig.submit(rig.fact(packed, id: "p-1", from: "wms"))
        for (channel, number) in numbers {
            let tracking = Tracking(parcel: "P1", courier: "sf", channel: channel, number: number)
            _ = try rig.submit(rig.fact(.trackingReported(tracking), id: number, from: channel))
        }
        #expect(try rig.order()?.standingTask("waybills:P1") != nil)
        rig.store.slowDown(to: 100)
        let answers = Mutex<[TaskAnswer]>([])
        for (person, number) in [("li", "T1"), ("wu", "A1")] {
            let command = TaskCommand(order: "SO-1", task: "waybills:P1", person: person)
            rig.executor.start {
                let answer = try? await hub.resolve(command, TaskResolution(answers: ["keep": number]))
                answers.withLock { $0.append(answer ?? .unknown) }
            }
        }
        rig.executor.run { answers.withLock { $0.count } == 2 }
        #expect(answers.withLock { $0.count { $0 == .closed } } == 1)
        #expect(answers.withLock { $0.contains(.refused(.noSuchTask)) })
        let order = try #require(try rig.order())
        #expect(order.parcels[0].liveWaybills.count == 1 && order.decisions.values.count == 1)
        try rig.expectSoundness()
    }
}
