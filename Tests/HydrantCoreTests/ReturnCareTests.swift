import HydrantCore
import HydrantTesting
import Testing

/// What goes wrong with returns, exchanges and cancellations: each end leaves nothing to anybody's memory.
@Suite struct ReturnCareTests {
    private static let sent = ["how": "sent", "courier": "sf", "number": "SF1234567890123"]

    @Test func `the warehouse checks what arrives of a whole order, which is settled then`() throws {
        var rig = try ReturnRig()
        try rig.ask("")
        #expect(rig.tasks == ["return:way-back", "return:refund"])
        #expect(rig.refusal("return:way-back", Self.sent.merging(["number": "SF1"]) { $1 })?.code != nil)
        try rig.resolve("return:way-back", Self.sent)
        #expect(rig.tasks == ["return:refund", "return:arrival"])
        let need = try rig.need("return:arrival")
        #expect(need.owner == "warehouse" && need.severity == .low && need.title.english == "Check returned goods")
        #expect(need.reason.english.hasPrefix("On its way back SF1234567890123: LF9001 × 2"))
        let trace = Trace(
            parcel: "way-back:order", number: "SF1234567890123",
            scans: [Scan(at: OrderStory.standardBegin + .hours(32), status: .signed)], isComplete: true)
        try rig.say(.traceReported(trace), from: "sf")
        #expect(try rig.need("return:arrival").reason.chinese.hasPrefix("退货已送达 SF1234567890123"))
        #expect(rig.refusal("return:arrival", ["action": "kept"])?.code == "taskAnswer")
        try rig.refund(12_900)
        #expect(rig.tasks == ["return:arrival"] && rig.order.completion == .partiallyCompleted)
        try rig.resolve("return:arrival", ["action": "complete"])
        #expect(rig.tasks.isEmpty && rig.order.completion == .completed)
        // The same answer once more is no second one.
        let late = #expect(throws: Refusal.self) {
            try rig.move("return:arrival", .resolved(TaskResolution(answers: ["action": "lost"])))
        }
        #expect(late == Refusal.noSuchTask)
        #expect(rig.order.taskResolutions["return:arrival"]?.answers["action"] == "complete")
    }

    @Test func `an order that came back wholly has an end, and leaves the figures a window after it`() throws {
        var rig = try ReturnRig()
        try rig.ask("R1", units: 2)
        try rig.resolve("return:way-back:R1", Self.sent)
        try rig.resolve("return:arrival:R1", ["action": "complete"])
        #expect(rig.order.endedAt == nil && rig.order.overdueAfter(rig.scenario.settings) != nil)
        try rig.refund(12_900)
        let end = try #require(rig.order.refunds.entries.first?.evidence.at)
        #expect(rig.order.completion == .completed && rig.order.endedAt == end)
        func judged(_ now: Instant) -> HealthContribution {
            rig.order.healthContribution(settings: rig.scenario.settings, now: now)
        }
        let window = rig.scenario.settings.health.window
        #expect(judged(end + window - 1).isInPopulation && judged(end + window) == HealthContribution())
        // What stays with the customer keeps it live.
        var part = try ReturnRig()
        try part.ask("R1", units: 1)
        try part.resolve("return:way-back:R1", ["how": "none", "why": "worth little"])
        try part.refund(6_000)
        #expect(part.order.completion == .open && part.order.endedAt == nil)
    }

    @Test func `nothing of a whole order is waited for that need not come back`() throws {
        var rig = try ReturnRig()
        try rig.ask("", exchange: true)
        try rig.resolve("return:way-back", ["how": "none", "why": "worth little"])
        #expect(rig.tasks.isEmpty && rig.order.completion == .partiallyCompleted)
        try rig.place()
        #expect(rig.order.completion == .completed)
    }

    @Test func `goods that the customer keeps cost nobody anything, and can come back another time`() throws {
        var rig = try ReturnRig()
        try rig.ask("R1")
        try rig.resolve("return:way-back:R1", Self.sent)
        try rig.move("return:arrival:R1", .resolved(TaskResolution(answers: ["action": "kept"])))
        #expect(rig.tasks.isEmpty && rig.order.completion == .open && rig.order.refundDueMinor == nil)
        #expect(rig.order.returnable().map(\.units) == [2] && rig.order.obstacle(to: .askReturn) == nil)
        try rig.ask("R2", units: 2)
        #expect(rig.order.orderReturns().map(\.refundMinor) == [0, 12_900])
        #expect(rig.tasks == ["return:way-back:R2", "return:refund"])
    }

    @Test func `a whole order that the customer kept comes back with its lines, not by the same word`() throws {
        var rig = try ReturnRig()
        try rig.ask("")
        try rig.resolve("return:way-back", Self.sent)
        try rig.move("return:arrival", .resolved(TaskResolution(answers: ["action": "kept"])))
        #expect(rig.tasks.isEmpty && rig.order.obstacle(to: .askReturn) == nil)
        var request = ActionRequest(
            action: .askReturn, person: "li", reason: "broken", now: OrderStory.standardBegin + .hours(90))
        request.once = "7"
        let again = try #require(try rig.order.consequences(of: request).first)
        let lines = [ReturnedLine(line: "1", units: 2)]
        #expect(again == .returnAsked(reason: "broken", isExchange: false, lines: lines, id: "return-li-7"))
        let refusal = #expect(throws: Refusal.self) {
            try rig.say(.returnAsked(reason: "broken", isExchange: false), from: "person:li")
        }
        #expect(refusal?.code == "actionNotNow")
        #expect(refusal?.text.english == "The whole order was asked for once already: name the lines that come back")
        try rig.say(again, from: "person:li")
        #expect(rig.tasks == ["return:way-back:return-li-7", "return:refund"])
    }

    @Test func `an exchange of after the customer kept the goods of another has a replacement of its own`() throws {
        var rig = try ReturnRig()
        try rig.ask("", exchange: true)
        try rig.place()
        try rig.resolve("return:way-back", Self.sent)
        try rig.move("return:arrival", .resolved(TaskResolution(answers: ["action": "kept"])))
        #expect(rig.tasks == ["return:replacement:SO-1-R1"])
        try rig.ask("X1", exchange: true)
        #expect(rig.instructions(.createReplacement).map(\.target) == ["", "X1"])
        #expect(rig.order.exchanges.map(\.id) == ["X1"] && rig.order.replacement(of: "X1") == nil)
        #expect(rig.tasks == ["return:replacement:SO-1-R1", "return:way-back:X1"])
    }

    @Test func `a replacement that nobody is to get any more is cancelled by a person`() throws {
        var rig = try ReturnRig()
        try rig.ask("X1", exchange: true)
        try rig.place()
        try rig.resolve("return:way-back:X1", Self.sent)
        var corrected = rig
        try rig.move("return:arrival:X1", .resolved(TaskResolution(answers: ["action": "kept"])))
        #expect(rig.tasks == ["return:replacement:SO-1-R1"])
        #expect(try rig.need("return:replacement:SO-1-R1").owner == "service")
        try rig.resolve("return:replacement:SO-1-R1", ["action": "stopped"])
        #expect(rig.tasks.isEmpty)
        // The customer wants money instead.
        try corrected.ask("X1")
        #expect(corrected.tasks.contains("return:replacement:SO-1-R1") && corrected.tasks.contains("return:refund"))
        var cancelled = try ReturnRig()
        try cancelled.ask("X1", exchange: true)
        try cancelled.place()
        try cancelled.say(.orderCancelled(reason: ""))
        #expect(cancelled.tasks.contains("return:replacement:SO-1-R1"))
        var standing = try ReturnRig()
        try standing.ask("X1", exchange: true)
        try standing.place()
        #expect(standing.tasks == ["return:way-back:X1"])
    }

    private static let goods = "return:goods:SO-1-R1"

    @Test func `an exchange whose goods change after its order was placed is put right by a person`() throws {
        // Fewer, and more, than was placed.
        for (units, now) in [(2, 1), (1, 2)] {
            var rig = try ReturnRig()
            try rig.ask("X1", units: units, exchange: true)
            try rig.place()
            try rig.ask("X1", units: units, exchange: true)
            #expect(!rig.tasks.contains(Self.goods))
            try rig.ask("X1", units: now, exchange: true)
            let need = try rig.need(Self.goods)
            #expect(need.owner == "service" && need.title.english == "Correct a replacement order")
            #expect(need.reason.english.hasSuffix("cancel its order SO-1-R1; wanted now: LF9001 × \(now)"))
            #expect(need.reason.chinese.hasPrefix("换货商品有变化：请更正或取消换货订单 SO-1-R1"))
            var back = rig
            try rig.resolve(Self.goods, ["action": "corrected"])
            #expect(!rig.tasks.contains(Self.goods))
            try rig.ask("X1", units: now, exchange: true)
            #expect(!rig.tasks.contains(Self.goods))
            try rig.ask("X1", units: units, exchange: true)
            #expect(rig.tasks.contains(Self.goods))
            // Before anybody saw to it the customer wants the first goods again.
            try back.ask("X1", units: units, exchange: true)
            #expect(!back.tasks.contains(Self.goods))
        }
    }

    @Test func `money for a part of an exchange whose order was placed with it is a person's task`() throws {
        var rig = try ReturnRig()
        try rig.ask("", exchange: true)
        try rig.place()
        try rig.ask("X1", exchange: true)
        #expect(!rig.tasks.contains(Self.goods))
        try rig.ask("R2")
        #expect(rig.tasks.contains(Self.goods) && rig.tasks.contains("return:refund"))
        #expect(!rig.tasks.contains("return:replacement:SO-1-R1"))
        // An exchange that is over is stopped, and not corrected.
        try rig.say(.orderCancelled(reason: ""))
        #expect(!rig.tasks.contains(Self.goods) && rig.tasks.contains("return:replacement:SO-1-R1"))
    }

    @Test func `a replacement that was stopped is missing once the exchange is asked for again`() throws {
        var rig = try ReturnRig()
        try rig.ask("X1", exchange: true)
        try rig.place()
        try rig.ask("X1")
        try rig.resolve("return:replacement:SO-1-R1", ["action": "stopped"])
        try rig.ask("X1", exchange: true)
        #expect(rig.tasks.contains(Self.goods))
    }

    @Test func `what waits to be placed or bought for an exchange that is over is not asked for any more`() throws {
        var rig = try ReturnRig()
        try rig.ask("X1", exchange: true)
        let waiting = rig.instructions(.createReplacement) + rig.instructions(.pushPurchase)
        #expect(waiting.count == 2)
        #expect(waiting.allSatisfy { rig.order.isStillWanted($0, rig.scenario.settings) })
        try rig.resolve("return:way-back:X1", Self.sent)
        try rig.move("return:arrival:X1", .resolved(TaskResolution(answers: ["action": "kept"])))
        #expect(!waiting.contains { rig.order.isStillWanted($0, rig.scenario.settings) })
        for instruction in waiting {
            try rig.say(
                .instructionAnswered(
                    InstructionAnswer(key: instruction.key, kind: instruction.kind, outcome: .refused, detail: "no")),
                from: "hub")
        }
        #expect(rig.order.standingTasks.isEmpty)
    }

    @Test func `a replacement that cannot be placed is a task, and the exchange stays open until it is dealt with`()
        throws
    {
        var rig = try ReturnRig()
        try rig.ask("X1", exchange: true)
        try rig.resolve("return:way-back:X1", ["how": "none", "why": "worth little"])
        let asked = try #require(rig.instructions(.createReplacement).first)
        try rig.say(
            .instructionAnswered(
                InstructionAnswer(key: asked.key, kind: .createReplacement, outcome: .refused, detail: "no")),
            from: "hydrant")
        let task = "instruction:\(asked.key)"
        #expect(rig.order.standingTask(task)?.owner == "service" && rig.order.completion == .partiallyCompleted)
        var given = rig
        try rig.resolve(task, ["action": "retry"])
        #expect(rig.instructions(.createReplacement).count == 2 && rig.order.completion == .partiallyCompleted)
        try given.resolve(task, ["action": "notNeeded"])
        #expect(given.instructions(.createReplacement).count == 1 && given.order.completion == .open)
    }

    @Test func `an exchange of the whole order whose lines another system names is placed and bought once`() throws {
        var rig = try ReturnRig()
        try rig.ask("", exchange: true)
        try rig.ask("X1", exchange: true)
        #expect(rig.instructions(.createReplacement).map(\.target) == [""])
        #expect(rig.instructions(.pushPurchase).map(\.target) == [""])
        let header = try #require(rig.order.exchanges.first.flatMap { rig.order.replacementHeader(of: $0) })
        #expect(rig.order.exchanges.count == 1 && header.lines.map(\.units) == [2])
        try rig.place()
        #expect(rig.order.replacement(of: "X1") == "SO-1-R1" && rig.order.replacement(of: "") == "SO-1-R1")
        #expect(!rig.tasks.contains("return:replacement:SO-1-R1"))
        try rig.resolve("return:way-back:X1", ["how": "none", "why": "worth little"])
        #expect(rig.order.orderReturns().map { rig.order.isOpen($0) } == [false, true])
        // The other way round each has its own.
        var named = try ReturnRig()
        try named.ask("X1", exchange: true)
        try named.ask("", exchange: true)
        #expect(named.instructions(.createReplacement).map(\.target) == ["X1", ""])
        let headers = named.order.exchanges.compactMap { named.order.replacementHeader(of: $0) }
        #expect(headers.map { $0.lines.map(\.units) } == [[1], [1]])
    }

    @Test func `each parcel that leaves a cancelled order is called back, also one that leaves later`() throws {
        var rig = try ReturnRig(upTo: 5)
        try rig.say(.parcelHandedOver(parcel: "SO-1-1"))
        try rig.say(.orderCancelled(reason: ""))
        #expect(rig.tasks == ["cancellation:intercept:SO-1-1", "cancellation:refund"])
        #expect(try rig.need("cancellation:intercept:SO-1-1").severity == .urgent)
        try rig.resolve("cancellation:intercept:SO-1-1", ["action": "delivered"])
        // Everything that left stays with the customer, who has paid for it.
        #expect(rig.tasks.isEmpty)
        try rig.say(.parcelHandedOver(parcel: "SO-1-2"), earlier: 5)
        #expect(rig.tasks == ["cancellation:intercept:SO-1-2", "cancellation:refund"])
        try rig.resolve("cancellation:intercept:SO-1-2", ["action": "returning"])
        #expect(rig.tasks == ["cancellation:refund"])
    }

    @Test func `goods of a cancelled order that are with the customer still come back`() throws {
        var rig = try ReturnRig()
        try rig.ask("R1")
        try rig.say(.orderCancelled(reason: "closed by the platform"))
        #expect(rig.tasks.contains("return:way-back:R1"))
        try rig.resolve("return:way-back:R1", Self.sent)
        #expect(rig.tasks.contains("return:arrival:R1"))
        try rig.resolve("return:arrival:R1", ["action": "complete"])
        #expect(!rig.tasks.contains { $0.hasPrefix("return:") })
        // What never came to the customer is called back from the courier instead.
        var away = try ReturnRig(upTo: 5)
        try away.say(.parcelHandedOver(parcel: "SO-1-1"))
        try away.ask("R1")
        try away.say(.orderCancelled(reason: ""))
        #expect(away.tasks.sorted() == ["cancellation:intercept:SO-1-1", "cancellation:refund"])
    }

    @Test func `a whole order that a system asks for again after the customer kept it comes back`() throws {
        var rig = try ReturnRig()
        try rig.ask("")
        try rig.resolve("return:way-back", Self.sent)
        try rig.ask("")
        #expect(rig.tasks == ["return:refund", "return:arrival"])
        try rig.move("return:arrival", .resolved(TaskResolution(answers: ["action": "kept"])))
        #expect(rig.tasks.isEmpty && rig.order.completion == .open)
        try rig.ask("")
        #expect(rig.tasks == ["return:way-back", "return:refund"] && rig.order.completion == .partiallyCompleted)
        try rig.resolve("return:way-back", Self.sent)
        // The same word once more while the goods are on their way asks nothing new.
        try rig.ask("")
        #expect(rig.tasks == ["return:refund", "return:arrival"])
        var kept = rig
        try kept.move("return:arrival", .resolved(TaskResolution(answers: ["action": "kept"])))
        #expect(kept.tasks.isEmpty && kept.order.completion == .open)
        try rig.resolve("return:arrival", ["action": "complete"])
        #expect(rig.tasks == ["return:refund"])
        try rig.refund(12_900)
        #expect(rig.tasks.isEmpty && rig.order.completion == .completed)
        try rig.ask("")
        #expect(rig.tasks.isEmpty && rig.order.completion == .completed)
    }

    @Test func `what was an exchange and was kept can come back for money`() throws {
        var rig = try ReturnRig()
        try rig.ask("", exchange: true)
        try rig.place()
        try rig.resolve("return:way-back", Self.sent)
        try rig.move("return:arrival", .resolved(TaskResolution(answers: ["action": "kept"])))
        try rig.resolve("return:replacement:SO-1-R1", ["action": "stopped"])
        try rig.ask("")
        #expect(rig.order.orderReturns().map(\.isExchange) == [false])
        #expect(rig.tasks == ["return:way-back", "return:refund"])
    }

    @Test func `units that are added under the number of a return that arrived are asked about, repeated ones not`()
        throws
    {
        var rig = try ReturnRig()
        try rig.ask("R1")
        try rig.resolve("return:way-back:R1", Self.sent)
        try rig.resolve("return:arrival:R1", ["action": "complete"])
        #expect(rig.tasks == ["return:refund"])
        try rig.ask("R1")
        #expect(rig.tasks == ["return:refund"])
        try rig.ask("R1", units: 2)
        #expect(rig.tasks == ["return:refund", "return:way-back:R1"])
        try rig.resolve("return:way-back:R1", Self.sent)
        try rig.ask("R1", units: 2)
        #expect(rig.tasks == ["return:refund", "return:arrival:R1"])
        try rig.resolve("return:arrival:R1", ["action": "complete"])
        // Fewer, and as many as arrived before, are nothing new.
        for units in [1, 2] {
            try rig.ask("R1", units: units)
            #expect(rig.tasks == ["return:refund"])
        }
    }

    @Test func `words and answers about returns mean the same in every order`() throws {
        var messages = 0
        func fact(_ body: FactBody, _ minute: Int64, _ source: String = "shop") -> Fact {
            messages += 1
            let at = OrderStory.standardBegin + .minutes(minute)
            return Fact(
                source: source, messageID: "w\(messages)", order: "SO-1", occurredAt: at, receivedAt: at, body: body)
        }
        func word(_ id: String, _ units: Int, _ minute: Int64, exchange: Bool = false) -> Fact {
            let lines = units == 0 ? [] : [ReturnedLine(line: "1", units: units)]
            return fact(.returnAsked(reason: "", isExchange: exchange, lines: lines, id: id), minute)
        }
        func said(_ task: String, _ action: String, _ minute: Int64) -> Fact {
            let resolution = TaskResolution(answers: ["action": action])
            let move = TaskMove(task: task, person: "li", step: .resolved(resolution))
            return fact(.taskMoved(move), minute, "person:li")
        }
        let facts =
            OrderStory.walk(to: 6).facts + [
                fact(.lineReported(Line(id: "2", sku: "AF2506", units: 1)), 50),
                word("R1", 1, 100), said("return:arrival:R1", "complete", 110), word("R1", 2, 120), word("R1", 1, 130),
                word("R1", 2, 140), word("", 0, 200, exchange: true), said("return:arrival", "kept", 210),
                word("", 0, 220), word("", 0, 230), said("return:arrival", "lost", 240),
            ]
        func told(_ facts: [Fact]) -> Order {
            var order = Order(number: "SO-1")
            let settings = RuleTests.settings()
            for fact in facts { _ = order.recordAccepted(fact, settings: settings, now: fact.receivedAt) }
            return order.settled
        }
        let order = told(facts)
        let since = order.orderReturns().map { ($0.since - OrderStory.standardBegin) / .minutes(1) }
        #expect(since == [120, 220] && order.orderReturns().map(\.isExchange) == [false, false])
        for seed in 0..<50 as Range<UInt64> {
            var random = SplitMix64(seed: seed)
            let again = told(random.shuffledAndDoubled(facts))
            #expect(again == order && again.orderReturns() == order.orderReturns(), "seed \(seed)")
        }
    }
}
