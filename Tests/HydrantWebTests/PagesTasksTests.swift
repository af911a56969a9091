import HTTPTypes
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Testing

@Suite struct PagesTasksTests {
    private static func held(_ numbers: [String]) -> [JSON] {
        numbers.flatMap { number in
            [
                PageFacts.placed(number),
                PageFacts.fact(
                    "hold.placed", number,
                    ["id": "H", "reason": "等客户确认", "owner": "service", "untilPerson": true]),
            ]
        }
    }

    private static func name(_ page: PageAnswer) throws -> String {
        try #require(page.text.firstMatch(of: /name="task" value="([0-9a-f]+)"/)).output.1.description
    }

    @Test func `an empty queue says so, and offers the way on`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            let page = try await fixture.get("/tasks?lang=en")
            #expect(page.status == 200)
            #expect(page.text.contains("Nothing waits for a person"))
            #expect(try await fixture.get("/tasks").text.contains("没有待办任务"))
        }
    }

    @Test func `the queue shows why, for whom and by when, and is narrowed by its chips`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding(Self.held(["SO-1", "SO-2"])) {
            let page = try await fixture.get("/tasks?lang=en")
            for text in ["等客户确认", "Hold to decide", "Service", "SO-1", "SO-2", "With the ticked tasks"] {
                #expect(page.text.contains(text), "\(text)")
            }
            #expect(try await fixture.get("/tasks?lang=en&owner=finance").text.contains("Nothing waits here"))
            #expect(try await fixture.get("/tasks?kind=hold.decide").text.contains("SO-1"))
            #expect(try await fixture.get("/tasks?kind=nonsense").status == 400)
        }
    }

    @Test func `who works in one role begins with the tasks of that role, and all others are one press away`()
        async throws
    {
        let api = try APIFixture(withPages: true)
        let service = try await api.cookie(of: .service)
        let boss = try await api.cookie(of: .owner)
        try await api.running {
            let bare = try await api.send(.get, "/tasks", headers: [.cookie: service]).text
            #expect(bare.contains("<a href=\"/tasks?owner=service\" aria-current=\"true\">"))
            #expect(bare.contains("<a href=\"/tasks?owner=all\">"))
            let all = try await api.send(.get, "/tasks?owner=all", headers: [.cookie: service]).text
            #expect(all.contains("<a href=\"/tasks?owner=all\" aria-current=\"true\">"))
            let whole = try await api.send(.get, "/tasks", headers: [.cookie: boss]).text
            #expect(whole.contains("<a href=\"/tasks\" aria-current=\"true\">"))
        }
    }

    @Test func `a bulk action tells what became of each order`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding(Self.held(["SO-1", "SO-2"])) {
            let list = try await fixture.get("/tasks?lang=en")
            let names = list.text.matches(of: /name="task" value="([0-9a-f]+)"/).map { String($0.output.1) }
            #expect(names.count == 2)
            let form = names.map { "task=\($0)" }.joined(separator: "&")
            let taken = try await fixture.post("/tasks?lang=en", "act=take&\(form)")
            #expect(taken.status == 200)
            #expect(taken.text.contains("What became of them"))
            #expect(taken.text.matches(of: /Recorded/).count == 2)
            #expect(taken.text.contains("<b>console</b>"))
            let put = try await fixture.post("/tasks?lang=en", "act=snooze&hours=4&reason=calls+back&\(form)")
            #expect(put.text.contains("Nothing waits for a person"))
            #expect(try await fixture.get("/tasks?asleep=yes").text.contains("SO-1"))
            for bad in ["act=explode", "act=snooze&hours=0&reason=r", "act=snooze&hours=4", "act=handOver&to=nobody"] {
                #expect(try await fixture.post("/tasks", "\(bad)&\(form)").status == 400, "\(bad)")
            }
        }
    }

    @Test func `the order's page has the task with its form, and its answer closes it`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding(Self.held(["SO-1"])) {
            let page = try await fixture.get("/orders/SO-1?lang=en")
            let box = try page.section("tasks")
            #expect(box.contains("Release the hold") && box.contains("Minutes spent"))
            let name = try Self.name(page)
            let refused = try await fixture.post("/tasks/one", "act=resolve&task=\(name)&a.action=explode")
            #expect(refused.status == 409)
            let done = try await fixture.post(
                "/tasks/one", "act=resolve&task=\(name)&a.action=release&a.note=called&minutes=6")
            #expect(done.status == 303)
            #expect(done.headers[.location] == "/orders/SO-1#tasks")
            let order = try #require(try await fixture.hub.committer.order("SO-1"))
            #expect(order.standingTasks.isEmpty && order.standingHolds.isEmpty)
            #expect(order.decisions.values.map(\.minutes) == [6])
            let after = try await fixture.get("/orders/SO-1?lang=en")
            #expect(!after.text.contains("data-part=\"tasks\""))
            #expect(after.text.contains("Task done and checked: Hold to decide"))
            #expect(try await fixture.post("/tasks/one", "act=take&task=\(name)").status == 409)
        }
    }

    @Test func `a form that is not of this session changes nothing`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding(Self.held(["SO-1"])) {
            let name = try Self.name(try await fixture.get("/orders/SO-1"))
            let session = "hydrant_session=abc"
            for form in ["", PagesFixture.forms.token(for: "other")] {
                for path in ["/tasks", "/tasks/one"] {
                    let answer = try await fixture.post(
                        path, [("act", "take"), ("task", name), ("form", form)], cookie: session)
                    #expect(answer.status == 403, "\(path) \(form)")
                }
            }
            let order = try #require(try await fixture.hub.committer.order("SO-1"))
            #expect(order.standingTasks.first?.person == "")
        }
    }
}
