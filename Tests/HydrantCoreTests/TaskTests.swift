import HydrantCore
import HydrantTesting
import Testing

/// Tasks open with their condition, and close when it is gone; what people say does not close them alone.
@Suite struct TaskTests {
    private static let flow = Flow(
        steps: Flow.watching.steps,
        requests: [
            Flow.Request(afterState: 0, kind: .checkCredit, system: "crm"),
            Flow.Request(afterState: 1, kind: .issueInvoice, system: "fin"),
            Flow.Request(afterState: 1, kind: .notifyCustomer, system: "sms", touchpoint: .shipped),
        ])

    /// An order that is told about in short sentences.
    private struct Desk {
        var order = Order(number: "SO-1")
        var now = OrderStory.standardBegin
        var settings = Settings(flow: TaskTests.flow)
        private var messages = 0

        init() throws {
            try say(.orderPlaced(OrderHeader(payableMinor: 100, lines: [Line(id: "1", sku: "A", priceMinor: 100)])))
        }

        @discardableResult
        mutating func say(_ body: FactBody, from source: String = "shop") throws -> [Event] {
            messages += 1
            now = now + .minutes(1)
            let fact = Fact(
                source: source, messageID: "m\(messages)", order: "SO-1", occurredAt: now, receivedAt: now, body: body)
            return try order.record(fact, settings: settings, now: now)
        }

        mutating func move(_ task: String, _ step: TaskMove.Step, by person: String = "li") throws -> [Event] {
            try say(.taskMoved(TaskMove(task: task, person: person, step: step)), from: "person:\(person)")
        }

        /// Sends the form as a page does: what the answers mean first, then that it was dealt with.
        mutating func resolve(_ task: String, _ answers: [String: String], minutes: Int = 3) throws -> [Event] {
            let standing = try #require(order.standingTask(task), "no open task \(task)")
            for body in try order.consequences(of: answers, to: standing, settings) { try say(body, from: "person:li") }
            return try move(task, .resolved(TaskResolution(answers: answers, minutes: minutes)))
        }

        mutating func answer(
            _ kind: InstructionKind, _ outcome: InstructionAnswer.Outcome, _ detail: String = "no"
        ) throws -> String {
            let entry = try #require(order.issued.last { $0.instruction.kind == kind && $0.answer == nil })
            let key = entry.instruction.key
            try say(
                .instructionAnswered(
                    InstructionAnswer(key: key, kind: kind, outcome: outcome, detail: detail, refusal: .channel)),
                from: "hydrant")
            return "instruction:\(key)"
        }

        var open: [String] { order.standingTasks.map(\.need.id) }
    }

    @Test func `a task with the longest reason that was not dealt with is read back`() throws {
        var desk = try Desk()
        let reason = String(repeating: "看", count: 660)
        try desk.say(.holdPlaced(Hold(id: "H", reason: reason + reason, owner: "service", exit: .person)))
        let events = try desk.move("hold:H", .resolved(TaskResolution()))
        let again = try #require(events.last)
        #expect(again.name == "task.reopened")
        #expect(try Event(json: again.json) == again)
    }

    @Test func `a hold for a person opens a task, and its release closes it`() throws {
        var desk = try Desk()
        let hold = Hold(id: "H", reason: "看一下", owner: "service", exit: .person)
        let events = try desk.say(.holdPlaced(hold))
        #expect(events.map(\.name) == ["fact.recorded", "task.opened"])
        let task = try #require(desk.order.standingTask("hold:H"))
        #expect(task.need.kind == .holdDecision && task.owner == "service" && task.person.isEmpty)
        #expect(task.dueAt == task.openedAt + .hours(2))
        _ = try desk.resolve("hold:H", ["action": "release", "note": "ok"])
        #expect(desk.open.isEmpty)
        #expect(desk.order.tasks.map(\.ending) == [.resolved])
        #expect(desk.order.decisions.values.map(\.minutes) == [3])
    }

    @Test(arguments: [Hold.Exit.timer(OrderStory.standardBegin + .hours(5)), .fact(.paymentReported)])
    func `a hold that ends by itself needs nobody`(exit: Hold.Exit) throws {
        var desk = try Desk()
        try desk.say(.holdPlaced(Hold(id: "H", reason: "r", owner: "o", exit: exit)))
        #expect(desk.open.isEmpty)
    }

    @Test func `a resolution that does not remove the cause opens the task again in words`() throws {
        var desk = try Desk()
        try desk.say(.holdPlaced(Hold(id: "H", reason: "why", owner: "service", exit: .person)))
        let events = try desk.move("hold:H", .resolved(TaskResolution(answers: ["action": "release"])))
        guard case .taskReopened("hold:H", let reason)? = events.last?.body else {
            Issue.record("no event opens it again: \(events.map(\.name))")
            return
        }
        #expect(reason.english == "Checked again, it is still so: why")
        #expect(reason.chinese.hasPrefix("复查后问题仍在"))
        #expect(desk.order.standingTask("hold:H")?.reopenings == 1)
        // The same answer counts once.
        #expect(try desk.say(.statusReported).map(\.name) == ["fact.recorded"])
        try desk.say(.holdReleased(id: "H", note: ""), from: "person:li")
        #expect(desk.open.isEmpty)
    }

    @Test func `taking, handing over and putting off are told, and the newest counts`() throws {
        var desk = try Desk()
        try desk.say(.holdPlaced(Hold(id: "H", reason: "r", owner: "service", exit: .person)))
        _ = try desk.move("hold:H", .taken)
        #expect(desk.order.standingTask("hold:H")?.person == "li")
        #expect(desk.order.standingTask("hold:H")?.takenAt == desk.now)
        _ = try desk.move("hold:H", .handedOver(to: "finance", note: "money"))
        #expect(desk.order.standingTask("hold:H")?.owner == "finance")
        #expect(desk.order.standingTask("hold:H")?.person == "")
        let until = desk.now + .hours(1)
        _ = try desk.move("hold:H", .snoozed(until: until, reason: "calls back"), by: "wang")
        let task = try #require(desk.order.standingTask("hold:H"))
        #expect(task.owner == "finance" && task.person == "wang" && task.snoozeReason == "calls back")
        #expect(task.isSnoozed(at: until - 1) && !task.isSnoozed(at: until))
    }

    @Test func `a decision counts as manual intervention with its minutes`() throws {
        var desk = try Desk()
        try desk.say(.paymentReported(Payment(id: "P", amountMinor: 100)))
        try desk.say(.holdPlaced(Hold(id: "H", reason: "r", owner: "service", exit: .person)))
        _ = try desk.move("hold:H", .taken)
        #expect(!desk.order.healthContribution(settings: desk.settings, now: desk.now).intervened)
        _ = try desk.move(
            "hold:H", .resolved(TaskResolution(answers: ["action": "release"], note: "called", minutes: 7)))
        #expect(desk.order.decisions.values == [Decision(person: "li", cause: "hold:H: called", minutes: 7)])
        #expect(desk.order.healthContribution(settings: desk.settings, now: desk.now).intervened)
    }

    @Test func `nobody moves a task that is not open`() throws {
        var desk = try Desk()
        #expect(throws: Refusal.self) { try desk.move("hold:H", .taken) }
        try desk.say(.holdPlaced(Hold(id: "H", reason: "r", owner: "service", exit: .person)))
        for until in [desk.now - .hours(1), desk.now + .hours(721)] {
            #expect(throws: Refusal.self) { try desk.move("hold:H", .snoozed(until: until, reason: "r")) }
        }
        try desk.say(.holdReleased(id: "H", note: ""), from: "person:li")
        #expect(throws: Refusal.self) { try desk.move("hold:H", .taken) }
    }

    @Test func `a refused instruction is a task until it is sent again, not needed, or its fact is there`() throws {
        var desk = try Desk()
        try desk.say(.paymentReported(Payment(id: "P", amountMinor: 100)))
        let first = try desk.answer(.issueInvoice, .refused, "tax number missing")
        #expect(desk.open == [first])
        #expect(desk.order.standingTasks[0].need.reason.english.contains("tax number missing"))
        #expect(desk.order.standingTasks[0].owner == "finance")
        let events = try desk.resolve(first, ["action": "retry"])
        #expect(events.map(\.name) == ["fact.recorded", "instruction.issued", "task.closed"])
        #expect(desk.order.issued.count { $0.instruction.kind == .issueInvoice } == 2)
        let second = try desk.answer(.issueInvoice, .unresolved)
        #expect(desk.open == [second] && second != first)
        let still = try desk.resolve(second, ["action": "doneByHand"])
        #expect(still.map(\.name) == ["fact.recorded", "task.reopened"])
        try desk.say(.invoiceIssued(MoneyEntry(id: "I", amountMinor: 100)), from: "fin")
        #expect(desk.open.isEmpty)
    }

    @Test func `what no fact can prove is done when a person says so`() throws {
        var desk = try Desk()
        try desk.say(.paymentReported(Payment(id: "P", amountMinor: 100)))
        let task = try desk.answer(.notifyCustomer, .refused)
        #expect(try desk.resolve(task, ["action": "doneByHand"]).map(\.name) == ["fact.recorded", "task.closed"])
        #expect(desk.order.tasks.map(\.ending) == [.resolved])
        #expect(desk.order.issued.count { $0.instruction.kind == .notifyCustomer } == 1)
    }

    @Test func `what others ask for stays until it is answered, and can be asked for again`() throws {
        var desk = try Desk()
        let need = TaskNeed(
            id: "rule:1", kind: .asked, owner: "owner", reason: Text(chinese: "批准", english: "Approve"))
        try desk.say(.taskAsked(need), from: "rules")
        #expect(desk.open == ["rule:1"])
        _ = try desk.resolve("rule:1", [:])
        #expect(desk.open.isEmpty)
        try desk.say(.taskAsked(need), from: "rules")
        #expect(desk.open == ["rule:1"])
        #expect(desk.order.tasks.count == 2)
    }

    @Test func `forms refuse what is missing and what is none of their options`() throws {
        var desk = try Desk()
        try desk.say(.holdPlaced(Hold(id: "H", reason: "r", owner: "service", exit: .person)))
        let task = try #require(desk.order.standingTask("hold:H"))
        for answers in [[:], ["action": ""], ["action": "explode"]] {
            #expect(throws: Refusal.self) { try desk.order.consequences(of: answers, to: task, desk.settings) }
        }
    }

    @Test func `the receiver, the credit and the gift are settled by their forms`() throws {
        var desk = try Desk()
        try desk.say(.receiverChanged(ReceiverReference(id: "r-2", fingerprint: "f2", area: "")))
        #expect(desk.open == ["receiver:f2"])
        _ = try desk.resolve("receiver:f2", ["action": "verified"])
        #expect(desk.open.isEmpty && desk.order.standingHolds.isEmpty)
        try desk.say(.creditChecked(CreditCheck(isPassed: false)), from: "crm")
        #expect(desk.open == ["credit"])
        _ = try desk.resolve("credit", ["action": "accept"])
        #expect(desk.open.isEmpty && desk.order.creditPassed != nil)
        try desk.say(.lineReported(Line(id: "G", sku: "GIFT", isGift: true)))
        #expect(desk.open == ["gift:G"])
        _ = try desk.resolve("gift:G", ["line": "1"])
        #expect(desk.open.isEmpty && desk.order.unboundGifts.isEmpty)
    }

    @Test func `a cancelled order holds nobody up`() throws {
        var desk = try Desk()
        try desk.say(.holdPlaced(Hold(id: "H", reason: "r", owner: "service", exit: .person)))
        let events = try desk.say(.orderCancelled(reason: ""))
        #expect(events.map(\.name).contains("task.closed"))
        #expect(desk.open.isEmpty)
    }

    @Test func `a need that changes is written anew and keeps its age`() throws {
        var desk = try Desk()
        let hold = Hold(id: "H", reason: "a", owner: "service", exit: .person)
        try desk.say(.holdPlaced(hold))
        let opened = desk.order.standingTask("hold:H")?.openedAt
        try desk.say(.holdPlaced(Hold(id: "H", reason: "b", owner: "service", exit: .person)))
        #expect(desk.order.standingTask("hold:H")?.need.reason.english == "b")
        #expect(desk.order.standingTask("hold:H")?.openedAt == opened)
    }

    @Test func `looking again without news changes nothing`() throws {
        var desk = try Desk()
        try desk.say(.holdPlaced(Hold(id: "H", reason: "a", owner: "service", exit: .person)))
        #expect(desk.order.lookAtTasks(settings: desk.settings, now: desk.now + .hours(900)).isEmpty)
        var empty = Order(number: "SO-2")
        #expect(empty.lookAtTasks(settings: desk.settings, now: desk.now).isEmpty)
    }
}

/// Two numbers on a parcel, numbers that nobody has, and spare waybills.
@Suite struct WaybillTaskTests {
    private static func resolve(_ rig: inout FallbackRig, _ id: String, _ answers: [String: String]) throws {
        let task = try #require(rig.order.standingTask(id), "no open task \(id)")
        for body in try rig.order.consequences(of: answers, to: task, rig.settings) {
            try rig.say(body, from: "person:li")
        }
        let move = TaskMove(task: id, person: "li", step: .resolved(TaskResolution(answers: answers)))
        try rig.say(.taskMoved(move), from: "person:li")
    }

    /// A parcel with a typed number and, later, one from the channel.
    private static func conflict() throws -> FallbackRig {
        var rig = try FallbackRig(FallbackRig.settings(channels: ["a"], keeper: true))
        try rig.say(.trackingReported(Tracking(parcel: "SO-1-1", channel: "keeper", number: "T1")), from: "keeper")
        try rig.number("SO-1-1", "A1", by: "a")
        #expect(rig.order.standingTasks.map(\.need.id) == ["waybills:SO-1-1"])
        return rig
    }

    @Test func `keeping the typed number has the channel's one voided by the channel`() throws {
        var rig = try Self.conflict()
        try Self.resolve(&rig, "waybills:SO-1-1", ["keep": "T1"])
        #expect(rig.live == "T1")
        #expect(rig.open == ["a void SO-1-1#A1"])
        try rig.answer("a void", .done)
        #expect(rig.order.standingTasks.isEmpty && rig.order.standingHolds.isEmpty)
        #expect(rig.order.parcels[0].liveWaybills.map(\.number) == ["T1"])
    }

    @Test func `keeping the channel's number ends the typed one at once`() throws {
        var rig = try Self.conflict()
        try Self.resolve(&rig, "waybills:SO-1-1", ["keep": "A1"])
        #expect(rig.live == "A1" && rig.open.isEmpty)
        #expect(rig.order.standingTasks.isEmpty && rig.order.standingHolds.isEmpty)
        #expect(rig.order.parcels[0].liveWaybills.map(\.number) == ["A1"])
    }

    @Test func `a spare waybill that cannot be voided is a task until it is`() throws {
        var rig = try Self.conflict()
        try Self.resolve(&rig, "waybills:SO-1-1", ["keep": "T1"])
        try rig.answer("a void", .refused, .channel)
        let task = try #require(rig.order.standingTasks.first)
        #expect(task.need.kind == .waybillSurplus && rig.order.standingTasks.count == 1)
        try Self.resolve(&rig, task.need.id, ["action": "retry"])
        #expect(rig.open == ["a void SO-1-1#A1"])
        try rig.answer("a void", .refused, .channel)
        let again = try #require(rig.order.standingTasks.first)
        #expect(again.need.id != task.need.id)
        try Self.resolve(&rig, again.need.id, ["action": "voided"])
        #expect(rig.order.standingTasks.isEmpty && rig.live == "T1")
    }

    @Test func `a parcel without channels and keeper is a task until its number is typed`() throws {
        var rig = try FallbackRig(FallbackRig.settings(channels: ["a"]))
        try rig.answer("a create", .refused, .channel)
        #expect(rig.order.standingTasks.map(\.need.kind) == [.numberMissing])
        let task = rig.order.standingTasks[0]
        #expect(throws: Refusal.self) {
            try rig.order.consequences(of: ["number": "12"], to: task, rig.settings)
        }
        try Self.resolve(&rig, task.need.id, ["number": "SF1234567890"])
        #expect(rig.order.standingTasks.isEmpty && rig.live == "SF1234567890")
    }

    @Test func `while a keeper may answer nobody else is asked, and when he does not somebody is`() throws {
        var rig = try FallbackRig(FallbackRig.settings(channels: ["a"], keeper: true))
        try rig.answer("a create", .refused, .channel)
        #expect(rig.order.standingTasks.isEmpty)
        try rig.answer("sms ask", .done)
        #expect(rig.order.standingTasks.isEmpty)
        var order = rig.order
        let late = rig.now + .hours(5)
        #expect(order.lookAtTasks(settings: rig.settings, now: late).map(\.name) == ["task.opened"])
        #expect(order.standingTasks.map(\.need.kind) == [.numberMissing])
    }
}
