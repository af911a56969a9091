import HydrantCore
import HydrantTesting
import Testing

/// The way of a parcel through its channels, step by step.
@Suite struct FallbackTests {
    static let settings = FallbackRig.settings(channels: ["a", "b"], keeper: true)

    @Test func `the first channel is asked for every parcel, with its courier and its time`() throws {
        var rig = try FallbackRig(Self.settings, parcels: 2)
        #expect(rig.open == ["a create SO-1-1", "a create SO-1-2"])
        let instruction = try #require(rig.issued.first)
        #expect(instruction.courier == "courier" && instruction.lifetime == .minutes(5))
        #expect(rig.sets == [.channelATrying, .channelATrying])
        try rig.number("SO-1-1", "A1", by: "a")
        #expect(rig.open == ["a create SO-1-2"] && rig.sets == [.numberReadBack, .channelATrying])
    }

    @Test func `after a refusal for the channel's own reason the backup is asked, and nothing is looked for`() throws {
        var rig = try FallbackRig(Self.settings)
        try rig.answer("a create", .refused, .channel)
        #expect(rig.open == ["b create SO-1-1"] && rig.sets == [.channelBTrying])
        try rig.number("SO-1-1", "B1", by: "b")
        #expect(rig.open == [] && rig.sets == [.numberReadBack])
    }

    @Test func `a refusal because of the data spends no other channel and holds the order until they are right`() throws
    {
        var rig = try FallbackRig(Self.settings)
        try rig.answer("a create", .refused, .data)
        #expect(rig.order.standingHolds.map(\.id) == ["waybill-data-SO-1-1"])
        #expect(rig.open == ["a find SO-1-1"] && rig.sets == [.polling])
        try rig.say(.receiverChanged(ReceiverReference(id: "r", fingerprint: "f", area: "")))
        #expect(rig.order.standingHolds.map(\.id) == ["receiver-unverified"])
        try rig.say(.receiverVerified(fingerprint: "f"))
        #expect(rig.open == ["a create SO-1-1"] && rig.sets == [.channelATrying])
    }

    @Test func `a channel in doubt is looked at while the backup tries, and its late number is taken back`() throws {
        var rig = try FallbackRig(Self.settings)
        try rig.answer("a create", .unresolved)
        #expect(rig.open == ["a find SO-1-1", "b create SO-1-1"] && rig.sets == [.channelBTrying])
        try rig.number("SO-1-1", "B1", by: "b")
        #expect(rig.open == ["a find SO-1-1"])
        try rig.number("SO-1-1", "A1", by: "a", closing: "a find")
        #expect(rig.open == ["a void SO-1-1#A1"] && rig.live == "B1")
        #expect(rig.findings == [.late])
        try rig.answer("a void", .done)
        #expect(rig.open == [] && rig.live == "B1" && rig.findings == [])
        #expect(rig.order.parcels[0].waybills.map { $0.voided == nil } == [false, true])
    }

    @Test func `a late number while the backup is still trying counts, and the backup's is taken back`() throws {
        var rig = try FallbackRig(Self.settings)
        try rig.answer("a create", .unresolved)
        try rig.number("SO-1-1", "A1", by: "a", closing: "a find")
        #expect(rig.live == "A1" && rig.sets == [.numberReadBack])
        let backup = try #require(rig.issued.first { $0.system == "b" })
        #expect(!rig.order.isStillWanted(backup, Self.settings))
        try rig.number("SO-1-1", "B1", by: "b")
        #expect(rig.open == ["b void SO-1-1#B1"] && rig.live == "A1")
    }

    @Test func `a waybill that cannot be taken back holds the order until a person voids one`() throws {
        var rig = try FallbackRig(Self.settings)
        try rig.answer("a create", .unresolved)
        try rig.number("SO-1-1", "B1", by: "b")
        try rig.number("SO-1-1", "A1", by: "a", closing: "a find")
        try rig.answer("a void", .refused, .channel)
        #expect(rig.order.standingHolds.map(\.id) == ["waybills-SO-1-1"] && rig.findings == [.wrong])
        #expect(rig.live == "B1")
        try rig.say(.waybillVoided(parcel: "SO-1-1", number: "A1"), from: "person:li")
        #expect(rig.order.standingHolds == [] && rig.findings == [] && rig.live == "B1")
    }

    @Test func `the number that the courier scans counts`() throws {
        var rig = try FallbackRig(Self.settings)
        try rig.answer("a create", .unresolved)
        try rig.number("SO-1-1", "B1", by: "b")
        try rig.number("SO-1-1", "A1", by: "a", closing: "a find")
        try rig.answer("a void", .refused, .channel)
        let scan = Scan(at: rig.now, status: .pickedUp)
        try rig.say(.traceReported(Trace(parcel: "SO-1-1", number: "A1", scans: [scan], isComplete: false)), from: "a")
        #expect(rig.live == "A1" && rig.open == ["b void SO-1-1#B1"])
        try rig.answer("b void", .done)
        #expect(rig.live == "A1" && rig.order.standingHolds == [] && rig.findings == [])
    }

    @Test func `a label that is scanned after it was taken back is shown until a person has settled it`() throws {
        func told(_ scan: String, _ order: Int) throws -> FallbackRig {
            var rig = try FallbackRig(Self.settings)
            try rig.answer("a create", .unresolved)
            try rig.number("SO-1-1", "B1", by: "b")
            try rig.number("SO-1-1", "A1", by: "a", closing: "a find")
            let early = Scan(at: rig.now, status: .pickedUp)
            try rig.say(.waybillVoided(parcel: "SO-1-1", number: "A1"), from: "a")
            try rig.answer("a void", .done)
            let late = Scan(at: rig.now + 1, status: .pickedUp)
            let trace = Trace(parcel: "SO-1-1", number: scan, scans: [order == 0 ? early : late], isComplete: false)
            try rig.say(.traceReported(trace), from: "a")
            return rig
        }
        // The live label's scan, and one from before the label was void, are nobody's business.
        #expect(try told("B1", 1).order.standingTasks.isEmpty && told("A1", 0).order.standingTasks.isEmpty)
        var rig = try told("A1", 1)
        let task = try #require(rig.order.standingTasks.first)
        #expect(task.need.id == "void-moves:SO-1-1#A1" && rig.order.standingTasks.count == 1 && rig.live == "B1")
        #expect(try rig.order.consequences(of: ["action": "settled"], to: task, Self.settings).isEmpty)
        let settled = TaskMove(
            task: task.need.id, person: "li", step: .resolved(TaskResolution(answers: ["action": "settled"])))
        try rig.say(.taskMoved(settled), from: "person:li")
        #expect(rig.order.standingTasks.isEmpty)
    }

    @Test(arguments: ["b", ""])
    func `a void label with an old address is stopped, and not delivered`(channel: String) throws {
        func told(_ address: String) throws -> String {
            var rig = try FallbackRig(Self.settings)
            try rig.say(.receiverChanged(ReceiverReference(id: "r1", fingerprint: "old", area: "")))
            try rig.say(.receiverVerified(fingerprint: "old"))
            try rig.answer("a create", .refused, .channel)
            try rig.number("SO-1-1", "B1", by: channel, closing: "b create")
            try rig.say(.waybillVoided(parcel: "SO-1-1", number: "B1"), from: "b")
            if address != "old" {
                try rig.say(.receiverChanged(ReceiverReference(id: "r2", fingerprint: address, area: "")))
            }
            let scan = Scan(at: rig.now + 1, status: .pickedUp)
            try rig.say(
                .traceReported(Trace(parcel: "SO-1-1", number: "B1", scans: [scan], isComplete: false)), from: "b")
            return try #require(rig.order.standingTask("void-moves:SO-1-1#B1")).need.reason.english
        }
        #expect(try told("old").hasSuffix("Have the courier deliver it, and tell the customer its number"))
        #expect(
            try told("new").hasSuffix(
                "its address is the old one. Have the courier stop or redirect it, and tell the customer"))
    }

    @Test func `a typed number stands against a channel's until a person decides`() throws {
        var rig = try FallbackRig(Self.settings)
        try rig.answer("a create", .unresolved)
        try rig.answer("b create", .refused, .channel)
        #expect(rig.open == ["a find SO-1-1", "b find SO-1-1", "sms ask SO-1-1"] && rig.sets == [.keeperAsked])
        try rig.number("SO-1-1", "K1", by: "keeper")
        #expect(rig.sets == [.numberReadBack])
        try rig.number("SO-1-1", "A1", by: "a", closing: "a find")
        #expect(rig.live == "K1" && rig.order.standingHolds.map(\.id) == ["waybills-SO-1-1"])
        #expect(!rig.issued.contains { $0.kind == .voidWaybill })
    }

    @Test func `a typed number that the channel confirms is no conflict`() throws {
        var rig = try FallbackRig(Self.settings)
        try rig.answer("a create", .unresolved)
        try rig.number("SO-1-1", "A1", by: "keeper")
        try rig.number("SO-1-1", "A1", by: "a", closing: "a find")
        #expect(rig.live == "A1" && rig.order.standingHolds == [])
        #expect(rig.order.parcels[0].waybills.map(\.channel) == ["a"])
        try rig.number("SO-1-1", "B1", by: "b")
        #expect(rig.open == ["b void SO-1-1#B1"])
    }

    @Test func `a try that nobody ends is over a minute after its deadline`() throws {
        var rig = try FallbackRig(Self.settings)
        let at = try #require(rig.order.nextDispatchMoment(Self.settings, after: rig.now))
        #expect(at == (rig.order.issued[0].issuedAt) + .minutes(6))
        #expect(rig.order.dueDispatchFacts(Self.settings, now: at - 1).isEmpty)
        try rig.pass(to: at)
        #expect(rig.open == ["a find SO-1-1", "b create SO-1-1"])
        #expect(rig.order.dueDispatchFacts(Self.settings, now: at).isEmpty)
    }

    @Test func `an end that comes after all is known goes before one that was not known`() throws {
        var rig = try FallbackRig(Self.settings)
        let key = try #require(rig.issued.first).key
        try rig.pass(to: rig.begin + .minutes(6))
        try rig.answer(key: key, .refused, .channel, at: rig.begin + .minutes(1))
        #expect(rig.order.attempts(for: "SO-1-1", Self.settings).map(\.end) == [.refused(.channel), .open])
    }

    @Test func `after a pause the channels that may do it now are tried again`() throws {
        var rig = try FallbackRig(Self.settings)
        try rig.answer("a create", .refused, .channel)
        try rig.answer("b create", .unresolved)
        #expect(rig.open == ["b find SO-1-1", "a find SO-1-1", "sms ask SO-1-1"])
        try rig.answer("b find", .refused, .channel)
        let at = try #require(rig.order.nextDispatchMoment(Self.settings, after: rig.now))
        try rig.pass(to: at)
        #expect(rig.open == ["sms ask SO-1-1", "a create SO-1-1"] && rig.sets == [.channelATrying])
        try rig.answer("a create", .refused, .channel)
        #expect(rig.sets == [.keeperAsked])
        try rig.answer("sms ask", .done)
        try rig.pass(to: rig.now + .hours(5))
        #expect(rig.sets == [.channelATrying])
    }

    @Test func `a channel in doubt that cannot be asked is shown`() throws {
        var rig = try FallbackRig(Self.settings)
        try rig.answer("a create", .unresolved)
        try rig.number("SO-1-1", "B1", by: "b")
        #expect(rig.order.findings(settings: Self.settings, now: rig.now).map(\.kind) == [])
        try rig.answer("a find", .refused, .channel)
        #expect(rig.order.findings(settings: Self.settings, now: rig.now).map(\.kind) == [.waybillInDoubt])
        // A person is asked to look, and that ends it.
        let task = try #require(rig.order.tasks.first { $0.isOpen && $0.need.kind == .waybillSurplus })
        #expect(task.need.id == "doubt:SO-1-1@a" && task.need.owner == "operations")
        let answers = TaskResolution(answers: ["action": "none"])
        try rig.say(
            .taskMoved(TaskMove(task: task.need.id, person: "li", step: .resolved(answers))), from: "person:li")
        #expect(rig.order.findings(settings: Self.settings, now: rig.now).map(\.kind) == [])
        #expect(!rig.order.tasks.contains { $0.isOpen })
        // The channel's refusal holds nothing up: the parcel has its number.
        for entry in rig.order.issued where entry.answer?.value.outcome == .refused {
            #expect(!rig.order.stillLacks(entry.instruction))
        }
    }

    @Test func `a channel in doubt is a person's before any parcel is known and after a cancellation`() throws {
        var settings = FallbackRig.settings(channels: ["a"])
        settings.flow.requests = [Flow.Request(afterState: 0, kind: .createWaybill, system: "a")]
        var story = OrderStory()
        var scenario = Scenario(settings: settings)
        _ = try scenario.given(story.say(.orderPlaced(OrderStory.standardHeader), minute: 0))
        func answer(_ outcome: InstructionAnswer.Outcome, minute: Int64) throws {
            let last = try #require(scenario.order.issued.last { $0.answer == nil }).instruction
            let answer = InstructionAnswer(
                key: last.key, kind: last.kind, outcome: outcome, detail: "",
                refusal: outcome == .refused ? .channel : nil)
            _ = try scenario.given(story.say(.instructionAnswered(answer), minute: minute, from: "hydrant"))
        }
        try answer(.unresolved, minute: 1)
        #expect(scenario.order.issued.last?.instruction.kind == .findWaybill)
        _ = try scenario.given(story.say(.orderCancelled(reason: ""), minute: 2))
        try answer(.refused, minute: 3)
        let kinds = scenario.order.findings(settings: settings, now: story.at(9)).map(\.kind)
        #expect(kinds.contains(.waybillInDoubt))
        #expect(scenario.order.standingTask("doubt:SO-1-1@a")?.owner == "operations")
    }

    @Test func `an order that wants a courier goes the way of the warehouse's chain for it`() {
        var settings = Settings()
        settings.dispatch.chains = [
            .init(warehouse: "W1", courier: "zto", channels: ["zto", "cainiao"]),
            .init(warehouse: "W1", courier: "sf", channels: ["sf"]), .init(courier: "jd", channels: ["jd"]),
        ]
        #expect(settings.chain(warehouse: "W1")?.channels == ["zto", "cainiao"])
        #expect(settings.chain(warehouse: "W1", courier: "SF")?.channels == ["sf"])
        #expect(settings.chain(warehouse: "W1", courier: "yto")?.channels == ["zto", "cainiao"])
        #expect(settings.chain(warehouse: "W2", courier: "sf")?.channels == ["jd"])
    }

    @Test func `a held order begins nothing, and still finds out and clears up`() throws {
        var rig = try FallbackRig(Self.settings)
        try rig.say(.holdPlaced(Hold(id: "h", reason: "r", owner: "o", exit: .person)))
        try rig.answer("a create", .unresolved)
        #expect(rig.open == ["a find SO-1-1"] && rig.sets == [.polling])
        try rig.say(.holdReleased(id: "h", note: ""), from: "person:li")
        #expect(rig.open == ["a find SO-1-1", "b create SO-1-1"])
    }

    @Test func `without a keeper and without channels a parcel is still in a set`() throws {
        let none = Settings()
        var rig = try FallbackRig(none)
        #expect(rig.sets == [.polling] && rig.open == [])
        try rig.say(.trackingReported(Tracking(parcel: "SO-1-1")))
        #expect(rig.sets == [.numberReadBack])
    }
}
