import HydrantCore
import HydrantTesting
import Testing

/// The tasks that watch for refunds: what ends them, and who may say so.
@Suite struct RefundTests {
    private static let outside = ["action": "outside", "refundReference": "TX20261123-0042", "amount": "129.00"]

    private static func changed(_ name: String, _ value: String?) -> [String: String] {
        var answers = outside
        answers[name] = value
        return answers
    }

    @Test func `a refund that a system reports closes the task, which takes no answer and says so`() throws {
        var rig = try ReturnRig()
        try rig.ask("")
        let need = try rig.need("return:refund")
        #expect(need.closesItself && need.fields.isEmpty && need.owner == "finance")
        #expect(need.reason.chinese == "还没有退款记录；财务系统 报告退款后此任务自动关闭")
        #expect(need.reason.english.hasSuffix("the task closes by itself when Finance reports the refund"))
        #expect(rig.refusal("return:refund", ["note": "done"])?.code == "taskClosesItself")
        let refusal = #expect(throws: Refusal.self) {
            try rig.move("return:refund", .resolved(TaskResolution(note: "done")))
        }
        #expect(refusal == Refusal.closesItself && rig.tasks.contains("return:refund"))
        // It is still taken, handed over and put off.
        try rig.move("return:refund", .taken)
        #expect(rig.order.standingTask("return:refund")?.person == "li")
        try rig.move("return:refund", .handedOver(to: "service", note: ""))
        let until = OrderStory.standardBegin + .hours(100)
        try rig.move("return:refund", .snoozed(until: until, reason: "monday"))
        #expect(rig.order.standingTask("return:refund")?.snoozedUntil == until)
        try rig.refund(100)
        #expect(rig.tasks == ["return:way-back"])
    }

    @Test func `whoever reports refunds is named by the flow and the playbooks, as far as it is connected`() {
        var settings = Settings()
        settings.flow = Flow(
            steps: Flow.watching.steps, requests: [Flow.Request(afterState: 5, kind: .issueInvoice, system: "books")])
        settings.told = [
            ToldSystem(.crm, "crm"), ToldSystem(.finance, "books"), ToldSystem(.marketplace, "tmall"),
        ]
        #expect(settings.refundReporters == ["books", "tmall"])
        settings.connected = ["crm", "tmall"]
        #expect(settings.refundReporters == ["tmall"])
        settings.connected = ["crm"]
        #expect(settings.refundReporters.isEmpty)
    }

    @Test func `where no system reports refunds, a person records one with its reference`() throws {
        var rig = try ReturnRig(reporters: ["wms"])
        try rig.ask("")
        let need = try rig.need("return:refund")
        #expect(!need.closesItself && need.reason.chinese.contains("没有已连接的系统报告退款"))
        #expect(need.fields.map(\.name) == ["action", "refundReference", "amount", "note"])
        #expect(need.fields[2].prefill.map(\.value) == ["129.00"])
        #expect(rig.refusal("return:refund", Self.outside) == nil)
        let wrong = [
            ("refundReference", nil), ("refundReference", ""), ("refundReference", "TX1"),
            ("refundReference", "TX 2026 1"), ("refundReference", "13800138000"),
            ("refundReference", "138-0013-8000"), ("refundReference", "8613800138000"),
            ("refundReference", "tel13800138000"), ("amount", nil), ("amount", "0"), ("amount", "-1"),
            ("amount", "129.01"), ("action", nil), ("action", "less"),
        ]
        for (name, value) in wrong {
            let refusal = rig.refusal("return:refund", Self.changed(name, value))
            #expect(refusal?.code == "taskAnswer", "\(name) \(value ?? "nothing")")
            #expect(refusal?.nextStep.chinese.isEmpty == false)
        }
        for good in ["2026112300112345678", "4200001234567890", "A1-2/3_4.5"] {
            #expect(Order.isRefundReference(good), "\(good)")
        }
        try rig.resolve("return:refund", Self.outside)
        #expect(rig.tasks == ["return:way-back"])
        #expect(rig.order.refunds["outside-TX20261123-0042"]?.amountMinor == 12_900)
        #expect(rig.order.decisions.values.map(\.person) == ["li"])
        #expect(rig.order.taskResolutions["return:refund"]?.answers["refundReference"] == "TX20261123-0042")
    }

    @Test func `a part leaves the task open, and one reference is one refund`() throws {
        var rig = try ReturnRig(reporters: [])
        try rig.ask("R1")
        #expect(try rig.need("return:refund").fields[2].prefill.map(\.value) == ["60.00"])
        try rig.resolve("return:refund", Self.changed("amount", "50.00"))
        #expect(rig.order.standingTask("return:refund")?.reopenings == 1)
        #expect(try rig.need("return:refund").fields[2].prefill.map(\.value) == ["10.00"])
        let again = rig.refusal("return:refund", Self.changed("amount", "10.00"))
        #expect(again?.text.english == "The refund TX20261123-0042 is recorded already")
        var rest = Self.changed("amount", "10.00")
        rest["refundReference"] = "TX20261124-0001"
        try rig.resolve("return:refund", rest)
        #expect(rig.tasks == ["return:way-back:R1"] && rig.order.refundedMinor == 6_000)
        #expect(rig.refusal("return:refund", rest) == Refusal.noSuchTask)
    }

    @Test func `what another system asks for ends with an answer, whatever it says of itself`() throws {
        var rig = try ReturnRig()
        var need = TaskNeed(
            id: "erp:1", kind: .asked, owner: "finance", reason: Text(chinese: "退款", english: "refund"))
        need.closesItself = true
        try rig.say(.taskAsked(need), from: "erp")
        #expect(try !rig.need("erp:1").closesItself)
        try rig.resolve("erp:1", [:])
        #expect(rig.order.standingTask("erp:1") == nil)
    }

    @Test func `a refund from before a cancellation is about something else, unless it is everything`() throws {
        var rig = try ReturnRig(upTo: 3)
        try rig.refund(500)
        try rig.say(.orderCancelled(reason: ""))
        let need = try rig.need("cancellation:refund")
        // What went back before may have been all that was agreed.
        #expect(!need.closesItself && need.fields[0].options.map(\.value) == ["less"])
        #expect(rig.refusal("cancellation:refund", ["action": "less"])?.code == "taskAnswer")
        var settled = rig
        try settled.resolve("cancellation:refund", ["action": "less", "why": "agreed by telephone"])
        #expect(settled.tasks.isEmpty)
        try rig.refund(12_400)
        #expect(rig.tasks.isEmpty)
        var agreed = try ReturnRig(upTo: 3)
        try agreed.say(.orderCancelled(reason: ""))
        #expect(try agreed.need("cancellation:refund").closesItself)
        try agreed.refund(12_000)
        #expect(agreed.tasks.isEmpty)
        var whole = try ReturnRig(upTo: 3)
        try whole.refund(12_900)
        try whole.say(.orderCancelled(reason: ""))
        #expect(whole.tasks.isEmpty)
    }

    @Test func `a refund from before a return of the whole order does not end it`() throws {
        var rig = try ReturnRig()
        try rig.refund(500)
        try rig.ask("")
        #expect(rig.tasks == ["return:way-back", "return:refund"])
        try rig.refund(9_000)
        #expect(rig.tasks == ["return:way-back"])
    }

    @Test func `more than the sum is no reason to ask again, and a person cannot record it`() throws {
        var rig = try ReturnRig()
        try rig.ask("R1")
        try rig.refund(20_000)
        #expect(rig.tasks == ["return:way-back:R1"])
        #expect(throws: Refusal.self) {
            try rig.say(.refundReported(MoneyEntry(id: "x", amountMinor: 1)), from: "person:li")
        }
    }

    @Test func `goods that came back incomplete may be settled for less, and a later return for its own sum`() throws {
        var rig = try ReturnRig()
        try rig.ask("R1")
        #expect(try rig.need("return:refund").closesItself)
        try rig.resolve("return:way-back:R1", ["how": "sent", "courier": "sf", "number": "SF1234567890123"])
        try rig.resolve("return:arrival:R1", ["action": "different"])
        #expect(try rig.need("return:refund").fields.map(\.name) == ["action", "why", "note"])
        #expect(rig.refusal("return:refund", ["action": "less"])?.text.chinese == "“原因”没有填写")
        try rig.resolve("return:refund", ["action": "less", "why": "one part was missing"])
        let first = try #require(rig.order.orderReturns().first)
        #expect(rig.tasks.isEmpty && !rig.order.isOpen(first))
        try rig.ask("R2")
        #expect(rig.tasks == ["return:way-back:R2", "return:refund"])
        try rig.refund(6_899)
        #expect(rig.tasks.contains("return:refund"))
        try rig.refund(1)
        #expect(rig.tasks == ["return:way-back:R2"])
    }

    @Test func `a part that went back may have been all that was agreed`() throws {
        var rig = try ReturnRig()
        try rig.ask("R1")
        #expect(try rig.need("return:refund").closesItself)
        try rig.refund(2_000)
        let need = try rig.need("return:refund")
        #expect(!need.closesItself && need.fields.map(\.name) == ["action", "why", "note"])
        #expect(rig.refusal("return:refund", ["action": "outside", "why": "x"])?.code == "taskAnswer")
        var paid = rig
        try rig.resolve("return:refund", ["action": "less", "why": "the customer keeps a worn part"])
        #expect(rig.tasks == ["return:way-back:R1"])
        try paid.refund(4_000)
        #expect(paid.tasks == ["return:way-back:R1"])
    }

    @Test func `a replacement that comes back for money is refunded with the order that was paid`() throws {
        var story = OrderStory(order: "SO-1-R1")
        var header = OrderHeader(payableMinor: 0, lines: [Line(id: "1", sku: "A", units: 1)])
        header.replaces = "SO-1"
        story.say(.orderPlaced(header), minute: 0)
        story.say(.paymentReported(Payment(id: "exchange", amountMinor: 0, isComplete: true)), minute: 0)
        story.say(.parcelHandedOver(parcel: "SO-1-R1-1"), minute: 5)
        story.say(.signedReported(parcel: "SO-1-R1-1"), minute: 9)
        var rig = try ReturnRig(story)
        try rig.ask("R1")
        #expect(rig.tasks == ["return:way-back:R1", "return:original-refund"])
        #expect(try rig.need("return:original-refund").reason.english.contains("the order SO-1:"))
        try rig.resolve("return:way-back:R1", ["how": "none", "why": "worth little"])
        #expect(rig.order.completion == .partiallyCompleted)
        #expect(rig.refusal("return:original-refund", ["action": "refunded"])?.code == "taskAnswer")
        let phone = ["action": "refunded", "refundReference": "13800138000"]
        #expect(rig.refusal("return:original-refund", phone)?.code == "taskAnswer")
        try rig.resolve("return:original-refund", ["action": "refunded", "refundReference": "RF-2026-1"])
        #expect(rig.tasks.isEmpty && rig.order.completion == .completed && rig.order.refundedMinor == 0)
        // The replacement is cancelled before it is there: its customer has paid with another order.
        var early = OrderStory(order: "SO-1-R1")
        early.say(.orderPlaced(header), minute: 0)
        var cancelled = try ReturnRig(early)
        try cancelled.say(.orderCancelled(reason: "sold out"))
        #expect(cancelled.tasks == ["cancellation:replacement"])
        try cancelled.resolve("cancellation:replacement", ["action": "refund"])
        #expect(cancelled.tasks.isEmpty)
    }
}
