import HydrantCore
import HydrantTesting
import Testing

/// Parcels that a courier brings back without a signature: what is said of them, who is asked, and what ends it.
@Suite struct ReturnedToSenderTests {
    private static let begin = OrderStory.standardBegin
    private static let settings = Settings()
    private static let task = "returned:SO-1-1"

    private static func at(_ minute: Int64) -> Instant { begin + .minutes(minute) }

    private static func trace(_ scans: [(Int64, TrackingStatus)], number: String = "SF1") -> FactBody {
        .traceReported(
            Trace(
                parcel: "SO-1-1", number: number, scans: scans.map { Scan(at: at($0), status: $1, code: "c") },
                isComplete: true))
    }

    /// The standard order, sent out and on its way back since minute 90, after these things were said.
    private static func told(
        _ said: [(FactBody, Int64)] = [], _ end: [(Int64, TrackingStatus)] = [(90, .returning)]
    ) throws -> Scenario {
        var story = OrderStory.walk(to: 5)
        story.say(trace([(60, .pickedUp)] + end), minute: 95, from: "sf")
        for (body, minute) in said { story.say(body, minute: minute) }
        var scenario = Scenario(settings: settings)
        try scenario.given(story.facts)
        return scenario
    }

    private static func finding(_ scenario: Scenario, minute: Int64 = 9_000) -> Finding? {
        scenario.order.findings(settings: settings, now: at(minute)).first { $0.kind == .returnedToSender }
    }

    private static func finding(_ said: [(FactBody, Int64)], minute: Int64 = 9_000) throws -> Finding? {
        finding(try told(said), minute: minute)
    }

    private static func refund(_ amount: Int64) -> FactBody {
        .refundReported(MoneyEntry(id: "R\(amount)", amountMinor: amount))
    }

    @discardableResult
    private static func answer(
        _ action: String, minute: Int64, _ scenario: inout Scenario, task: String = task
    ) throws -> [FactBody] {
        let standing = try #require(scenario.order.standingTask(task))
        let answers = ["action": action, "note": "asked twice"]
        let bodies = try scenario.order.consequences(of: answers, to: standing, settings)
        let resolution = TaskResolution(answers: answers, note: "asked twice")
        let moved = FactBody.taskMoved(TaskMove(task: task, person: "li", step: .resolved(resolution)))
        for (index, body) in (bodies + [moved]).enumerated() {
            try scenario.given(
                Fact(
                    source: "person:li", messageID: "\(action)-\(minute)-\(index)", order: "SO-1",
                    occurredAt: at(minute), receivedAt: at(minute), body: body))
        }
        return bodies
    }

    @Test func `a parcel that comes back is wrong from the first scan of its way back on`() throws {
        let scenario = try Self.told()
        #expect(Self.finding(scenario, minute: 89) == nil)
        let found = try #require(Self.finding(scenario, minute: 100))
        #expect(found.verdict == .wrong && found.since == Self.at(90) && found.turnsAt == nil)
        #expect(
            found.reason.english
                == "The courier began to take parcel SO-1-1 back 10 min ago without a signature, and nobody has "
                + "decided what follows")
        #expect(found.reason.chinese == "包裹 SO-1-1 未签收，10 分钟前开始被快递退回，还没有决定如何处理")
        #expect(scenario.order.state == 5)
        #expect(scenario.order.sentBackText(Self.settings)?.english.contains("is on its way back") == true)
    }

    @Test(arguments: [TrackingStatus.returned, .signed])
    func `one that the sender has again says so, also where the courier calls it signed`(last: TrackingStatus) throws {
        let scenario = try Self.told([], [(90, .returning), (200, last)])
        let found = try #require(Self.finding(scenario))
        #expect(found.since == Self.at(90) && found.reason.english.hasPrefix("The courier brought parcel SO-1-1 back"))
        #expect(scenario.order.sentBackText(Self.settings)?.chinese.hasPrefix("包裹 SO-1-1 已退回寄件方") == true)
    }

    @Test func `a parcel that is delivered, or stored, does not come back`() throws {
        for status in TrackingStatus.allCases where ![.returning, .returned].contains(status) {
            let scenario = try Self.told([], [(90, status)])
            #expect(Self.finding(scenario) == nil && scenario.order.sentBackText(Self.settings) == nil)
            #expect(scenario.order.standingTask(Self.task) == nil)
        }
    }

    @Test func `money that went back, a cancellation and a signature end it, less money does not`() throws {
        for body in [Self.refund(12_900), .orderCancelled(reason: ""), .signedReported(parcel: "SO-1-1")] {
            #expect(try Self.finding([(body, 200)]) == nil, "\(body.kind)")
            #expect(try Self.told([(body, 200)]).order.standingTask(Self.task) == nil, "\(body.kind)")
        }
        #expect(try Self.finding([(Self.refund(1_000), 200)]) != nil)
        #expect(try Self.finding([(Self.refund(1_000), 200), (Self.refund(11_900), 300)]) == nil)
        let refunded = try Self.told([(Self.refund(12_900), 200)]).order
        #expect(refunded.sentBackText(Self.settings)?.english.hasSuffix("no signature is waited for") == true)
    }

    @Test func `a return that takes the goods in ends it`() throws {
        func asked(_ units: Int) -> FactBody {
            .returnAsked(
                reason: "", isExchange: false, lines: [ReturnedLine(line: "1", units: units)], id: "R\(units)")
        }
        #expect(try Self.finding([(.returnAsked(reason: "", isExchange: true), 200)]) == nil)
        let kept = TaskResolution(answers: ["action": "kept"])
        let moved = FactBody.taskMoved(TaskMove(task: "return:arrival", person: "li", step: .resolved(kept)))
        #expect(try Self.finding([(.returnAsked(reason: "", isExchange: false), 200), (moved, 250)]) != nil)
        #expect(try Self.finding([(asked(2), 200)]) == nil)
        #expect(try Self.finding([(asked(1), 200)]) != nil)
    }

    @Test func `another parcel ends it once it holds the goods, and only one that came after it`() throws {
        func packed(_ units: Int, minute: Int64) throws -> Scenario {
            let items = [ParcelItem(line: "1", units: units)]
            return try Self.told([(.parcelPacked(Packing(parcel: "SO-1-2", items: items)), minute)])
        }
        let again = try packed(2, minute: 120)
        #expect(Self.finding(again) == nil && again.order.sentBackText(Self.settings) == nil)
        #expect(Self.finding(try packed(1, minute: 120)) != nil)
        #expect(Self.finding(try packed(2, minute: 85)) != nil)
    }

    @Test func `a new label on the same parcel ends it, until that comes back too`() throws {
        let label = FactBody.trackingReported(Tracking(parcel: "SO-1-1", courier: "sf", channel: "sf", number: "SF2"))
        #expect(try Self.finding([(label, 120)]) == nil)
        let again = Self.trace([(130, .pickedUp), (140, .returning)], number: "SF2")
        #expect(try Self.finding([(label, 120), (again, 150)])?.since == Self.at(140))
    }

    @Test func `service is asked, and the warehouse or finance hears what was decided`() throws {
        var scenario = try Self.told()
        let standing = try #require(scenario.order.standingTask(Self.task))
        #expect(standing.owner == "service" && standing.need.kind == .wrongOrder)
        #expect(standing.need.reason.english.hasPrefix("The courier brings parcel SO-1-1 (SF1) back"))
        #expect(standing.need.fields.first?.options.map(\.value) == ["resend", "refund", "settled"])
        let asked = try Self.answer("resend", minute: 300, &scenario)
        #expect(asked.map(\.kind) == [.taskAsked])
        #expect(scenario.order.standingTasks.map(\.need.id) == ["resend:SO-1-1"])
        let resend = try #require(scenario.order.standingTasks.first)
        #expect(resend.owner == "warehouse" && resend.need.reason.english.hasSuffix("service says: asked twice"))
        #expect(Self.finding(scenario) == nil)
        #expect(scenario.order.sentBackText(Self.settings)?.english.contains("what was decided") == true)
        // The same parcel goes out again and comes back again: it is asked again.
        let again = Self.trace([(400, .pickedUp), (500, .returning)])
        try scenario.given(
            Fact(
                source: "sf", messageID: "again", order: "SO-1", occurredAt: Self.at(510), receivedAt: Self.at(510),
                body: again))
        #expect(Self.finding(scenario)?.since == Self.at(500))
        #expect(scenario.order.standingTask(Self.task) != nil)
        _ = try Self.answer("refund", minute: 600, &scenario)
        let owed = try #require(scenario.order.standingTask("returned-refund:SO-1-1"))
        #expect(owed.owner == "finance" && Self.finding(scenario) == nil)
        #expect(owed.need.reason.english.hasSuffix("Service says: asked twice"))
        #expect(owed.need.fields.first?.options.map(\.value) == ["declined"])
        // Only what finance reports closes it.
        for (amount, isOpen) in [(Int64(1_000), true), (11_900, false)] {
            try scenario.given(
                Fact(
                    source: "finance", messageID: "R\(amount)", order: "SO-1", occurredAt: Self.at(700),
                    receivedAt: Self.at(700), body: Self.refund(amount)))
            #expect((scenario.order.standingTask("returned-refund:SO-1-1") != nil) == isOpen)
        }
    }

    @Test func `what was settled in another way asks nobody`() throws {
        var scenario = try Self.told()
        #expect(try Self.answer("settled", minute: 300, &scenario).isEmpty)
        #expect(scenario.order.standingTasks.isEmpty && Self.finding(scenario) == nil)
    }

    /// The standard order in two parcels of one unit each, both on their way back.
    private static func two() throws -> Scenario {
        var story = OrderStory.walk(to: 3)
        for (index, parcel) in ["SO-1-1", "SO-1-2"].enumerated() {
            let items = [ParcelItem(line: "1", units: 1)]
            story.say(.parcelPacked(Packing(parcel: parcel, items: items)), minute: 40)
            let number = "SF\(index + 1)"
            story.say(
                .trackingReported(Tracking(parcel: parcel, courier: "sf", channel: "sf", number: number)), minute: 50)
            let scans: [(Int64, TrackingStatus)] = [(60, .pickedUp), (90 + Int64(index), .returning)]
            let trace = Trace(
                parcel: parcel, number: number, scans: scans.map { Scan(at: at($0.0), status: $0.1, code: "c") },
                isComplete: true)
            story.say(.traceReported(trace), minute: 95, from: "sf")
        }
        var scenario = Scenario(settings: settings)
        try scenario.given(story.facts)
        return scenario
    }

    private static func tell(
        _ body: FactBody, minute: Int64, from source: String, _ scenario: inout Scenario
    ) throws {
        try scenario.given(
            Fact(
                source: source, messageID: "\(source)-\(minute)", order: "SO-1", occurredAt: at(minute),
                receivedAt: at(minute), body: body))
    }

    private static func refund(_ id: String, minute: Int64, _ scenario: inout Scenario) throws {
        try tell(
            .refundReported(MoneyEntry(id: id, amountMinor: 6_000)), minute: minute, from: "finance", &scenario)
    }

    @Test(arguments: [["SO-1-1", "SO-1-2"], ["SO-1-2", "SO-1-1"]])
    func `one refund pays for one parcel, the one that was decided first`(order: [String]) throws {
        var scenario = try Self.two()
        for (index, parcel) in order.enumerated() {
            try Self.answer("refund", minute: 300 + Int64(index), &scenario, task: "returned:" + parcel)
        }
        let tasks = order.map { "returned-refund:" + $0 }
        #expect(scenario.order.standingTasks.map(\.need.id).sorted() == tasks.sorted())
        try Self.refund("A", minute: 400, &scenario)
        #expect(scenario.order.standingTasks.map(\.need.id) == [tasks[1]])
        var declined = scenario
        try Self.refund("B", minute: 500, &scenario)
        #expect(scenario.order.standingTasks.isEmpty)
        let said = TaskResolution(answers: ["action": "declined"])
        let move = TaskMove(task: tasks[1], person: "wu", step: .resolved(said))
        try Self.tell(.taskMoved(move), minute: 500, from: "person:wu", &declined)
        #expect(declined.order.standingTasks.isEmpty)
    }

    @Test func `a refund that nobody decided on is for the parcel that came back first`() throws {
        var scenario = try Self.two()
        try Self.refund("A", minute: 200, &scenario)
        #expect(scenario.order.standingTasks.map(\.need.id) == ["returned:SO-1-2"])
        // What is sent again is owed nothing.
        var again = try Self.two()
        try Self.answer("resend", minute: 300, &again)
        try Self.answer("refund", minute: 310, &again, task: "returned:SO-1-2")
        try Self.refund("A", minute: 400, &again)
        #expect(again.order.standingTasks.map(\.need.id) == ["resend:SO-1-1"])
    }

    @Test func `what the warehouse cannot send again is decided anew`() throws {
        var scenario = try Self.told()
        try Self.answer("resend", minute: 300, &scenario)
        let impossible = TaskResolution(answers: ["action": "impossible"])
        let move = TaskMove(task: "resend:SO-1-1", person: "wu", step: .resolved(impossible))
        try Self.tell(.taskMoved(move), minute: 400, from: "person:wu", &scenario)
        #expect(scenario.order.standingTasks.map(\.need.id) == [Self.task])
        #expect(Self.finding(scenario)?.since == Self.at(90) && Self.finding(scenario, minute: 399) == nil)
        var once = scenario
        try Self.answer("resend", minute: 500, &once)
        #expect(once.order.standingTasks.map(\.need.id) == ["resend:SO-1-1"] && Self.finding(once) == nil)
        try Self.answer("refund", minute: 500, &scenario)
        #expect(scenario.order.standingTasks.map(\.need.id) == ["returned-refund:SO-1-1"])
        #expect(Self.finding(scenario) == nil)
    }
}
