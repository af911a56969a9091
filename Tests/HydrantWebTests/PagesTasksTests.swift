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
            #expect(taken.text.contains("<b>machine console</b>"))
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
            // The answer in the form's words, not by its name.
            #expect(try after.section("timeline").contains("Release the hold · called · 6 min"))
            let chinese = try await fixture.get("/orders/SO-1?lang=zh").section("timeline")
            #expect(chinese.contains("解除拦截 · called · 6 分钟") && !chinese.contains("· release ·"))
            #expect(try await fixture.post("/tasks/one", "act=take&task=\(name)").status == 409)
        }
    }

    @Test func `no choice is made before a person makes it, and a missing one is refused in words`() async throws {
        let fixture = try PagesFixture()
        let asked = PageFacts.fact(
            "task.asked", "SO-1",
            [
                "id": "erp:1", "owner": "service", "reason": "agree",
                "fields": [
                    [
                        "name": "how", "label": "What was decided", "kind": "choice",
                        "options": [["value": "ship", "text": "ship"]],
                    ]
                ],
            ])
        try await fixture.holding([PageFacts.placed("SO-1"), asked]) {
            let page = try await fixture.get("/orders/SO-1?lang=en")
            let box = try page.section("tasks")
            #expect(box.contains("<option value=\"\">Choose …</option><option value=\"ship\">ship</option>"))
            #expect(!box.contains(" selected") && box.contains("name=\"a.how\" required"))
            let name = try Self.name(page)
            for missing in ["", "&a.how="] {
                let refused = try await fixture.post("/tasks/one?lang=en", "act=resolve&task=\(name)\(missing)")
                #expect(refused.status == 409 && refused.text.contains("is missing"))
            }
            #expect(try await fixture.hub.committer.order("SO-1")?.standingTasks.count == 1)
            #expect(try await fixture.post("/tasks/one", "act=resolve&task=\(name)&a.how=ship").status == 303)
        }
    }

    @Test func `who has a task is said with the time, gives it back, and others take it over`() async throws {
        let api = try APIFixture(withPages: true)
        let service = try await api.cookie(of: .service)
        let boss = try await api.cookie(of: .owner)
        try await api.running {
            let facts = try Self.held(["SO-1"]).map { try api.hub.intake.read($0, receivedAt: PagesFixture.begin) }
            _ = try await api.hub.submit(facts)
            func box(_ cookie: String) async throws -> String {
                let page = try await api.send(.get, "/orders/SO-1?lang=en", headers: [.cookie: cookie]).text
                return try PageAnswer(status: 200, headers: [:], text: page).section("tasks")
            }
            let page = try await api.send(.get, "/orders/SO-1", headers: [.cookie: boss]).text
            let name = try Self.name(PageAnswer(status: 200, headers: [:], text: page))
            func act(_ act: String, _ cookie: String) async throws -> Int {
                let form = "form=\(api.formToken(cookie))&task=\(name)&act=\(act)"
                return try await api.send(
                    .post, "/tasks/one", headers: [.cookie: cookie], body: Array(form.utf8)
                ).status
            }
            #expect(try await !box(service).contains("Taken by"))
            #expect(try await act("giveBack", service) == 409)
            #expect(try await act("take", service) == 303)
            let own = try await box(service)
            #expect(own.contains("Taken by you</b> (<time ") && own.contains("Give it back"))
            #expect(!own.contains("value=\"take\""))
            let other = try await box(boss)
            #expect(other.contains("Taken by service</b> (<time ") && other.contains("Take it over"))
            #expect(!other.contains("value=\"giveBack\""))
            #expect(try await act("giveBack", boss) == 409)
            #expect(try await act("take", boss) == 303)
            #expect(try await box(service).contains("Taken by owner</b>"))
            #expect(try await act("giveBack", boss) == 303)
            #expect(try await !box(boss).contains("Taken by"))
        }
    }

    /// A task that asks how and, after "refund", how much, which is filled in.
    private static let dependent = PageFacts.fact(
        "task.asked", "SO-1",
        [
            "id": "erp:1", "owner": "service", "reason": "agree",
            "fields": [
                [
                    "name": "how", "label": "How", "kind": "choice",
                    "options": [["value": "ship", "text": "ship"], ["value": "refund", "text": "refund"]],
                ],
                [
                    "name": "amount", "label": "Amount", "kind": "money",
                    "shownIf": ["answer": "how", "is": ["refund"]],
                    "prefill": [["value": "77.25", "from": "money.paid"]],
                ],
                [
                    "name": "why", "label": "Why", "kind": "text", "requiredIf": ["answer": "amount", "more": "50"],
                    "prefill": [["value": "broken", "if": ["answer": "how", "is": ["refund"]]]],
                ],
            ],
        ])

    @Test func `a task says what is to be done in its title, in the queue and on its order`() async throws {
        let asked = PageFacts.fact(
            "task.asked", "SO-1", ["id": "courier:P/1/x", "owner": "it", "reason": "Name x in the settings"])
        let fixture = try PagesFixture()
        try await fixture.holding([PageFacts.placed("SO-1"), asked]) {
            for path in ["/tasks", "/orders/SO-1"] {
                let english = try await fixture.get(path + "?lang=en").text
                #expect(english.contains("<b>Name a courier&#39;s code</b>"), "\(path)")
                let chinese = try await fixture.get(path + "?lang=zh").text
                #expect(chinese.contains("<b>补上快递公司代码</b>"), "\(path)")
            }
        }
    }

    @Test func `questions show what they depend on, and what is not asked is not recorded`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([PageFacts.placed("SO-1"), Self.dependent]) {
            let page = try await fixture.get("/orders/SO-1?lang=en")
            let box = try page.section("tasks")
            #expect(box.contains("name=\"a.amount\" inputmode=\"decimal\" value=\"77.25\">"))
            #expect(box.contains("&quot;answer&quot;:&quot;how&quot;"))
            #expect(box.contains("name=\"a.how\" required>") && !box.contains("value=\"broken\""))
            let name = try Self.name(page)
            func send(_ answers: String) async throws -> PageAnswer {
                try await fixture.post("/tasks/one?lang=en", "act=resolve&task=\(name)&\(answers)")
            }
            for (answers, words) in [
                ("a.how=refund", "Amount&quot; is missing"), ("a.how=refund&a.amount=60", "Why&quot; is missing"),
                ("a.how=refund&a.amount=x", "must be an amount"), ("a.amount=60", "How&quot; is missing"),
            ] {
                let refused = try await send(answers)
                #expect(refused.status == 409 && refused.text.contains(words), "\(answers)")
            }
            #expect(try await send("a.how=ship&a.amount=13900001111&a.why=&a.zzz=x").status == 303)
            let order = try #require(try await fixture.hub.committer.order("SO-1"))
            #expect(order.standingTasks.isEmpty)
            #expect(order.taskResolutions.entry("erp:1")?.value.answers["how"] == "ship")
            #expect(order.taskResolutions.entry("erp:1")?.value.answers["amount"] == nil)
            #expect(order.taskResolutions.entry("erp:1")?.value.answers["zzz"] == nil)
        }
    }

    @Test(arguments: [(Role.service, true), (.it, false)])
    func `what a role may not see of an order stands in no form for it`(role: Role, isSeen: Bool) async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: role)
        try await api.running {
            for fact in [PageFacts.placed("SO-1"), Self.dependent] {
                _ = try await api.hub.submit([try api.hub.intake.read(fact, receivedAt: PagesFixture.begin)])
            }
            let page = try await api.send(.get, "/orders/SO-1", headers: [.cookie: cookie]).text
            #expect(page.contains("a.amount") && page.contains("77.25") == isSeen)
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
