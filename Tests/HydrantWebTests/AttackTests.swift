import HTTPTypes
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Testing

/// What somebody tries who has a little and wants more.
@Suite struct AttackTests {
    private static func held(_ api: APIFixture, _ order: String, in warehouse: String) async throws {
        let hold: JSON = ["id": "H", "reason": "等客户确认", "owner": "service", "untilPerson": true]
        for fact in [
            Facts.placed(order, id: order, extra: [("warehouse", .string(warehouse))]),
            Facts.fact("hold.placed", order, "h-\(order)", hold),
        ] { _ = try await api.hub.submit([try api.hub.intake.read(fact, receivedAt: APIFixture.begin)]) }
    }

    private static func taskNames(_ page: Answer) -> [String] {
        page.text.matches(of: /name="task" value="([0-9a-f]+)"/).map { String($0.output.1) }
    }

    @Test func `a browser with a token that may only read changes nothing and sees no users`() async throws {
        let api = try APIFixture(withPages: true)
        let people = api.people()
        try await api.join(people, "boss", .owner)
        let form = Array("token=\(APIFixture.reader.text)".utf8)
        let cookie = try APIFixture.cookie(try await api.send(.post, "/sign-in", body: form))
        let made = try await api.submit("/settings/users", "name=evil&role=owner", cookie: cookie)
        #expect(made.status == 403 && made.text.contains("HY-2003"))
        let reset = try await api.submit("/settings/users/boss", "do=reset", cookie: cookie)
        #expect(reset.status == 403)
        #expect(try await people.all().map(\.name) == ["boss"])
        #expect(try await people.person("boss")?.password != nil)
        let bearer = "Bearer \(APIFixture.reader.text)"
        for rule in AccessTable.rules where rule.needsWholeToken && rule.path != "/demo/outage" {
            let method: HTTPRequest.Method = rule.method == "POST" ? .post : .get
            let path = rule.path.replacing("{name}", with: "boss").replacing("{number}", with: "A1")
            let byToken = try await api.send(method, path, headers: [.authorization: bearer])
            #expect(byToken.status == 403 && byToken.text.contains("HY-2003"), "\(rule.method) \(path)")
            let bySession = try await api.submit(path, "", cookie: cookie)
            #expect(method == .get || bySession.status == 403, "\(rule.method) \(path)")
        }
        #expect(try await api.send(.get, "/audit", headers: [.authorization: bearer]).status == 403)
        #expect(try await api.submit("/search", "q=A1", cookie: cookie).status == 200)
    }

    @Test func `every form that changes something needs a whole token`() {
        let forms = AccessTable.rules.filter { $0.method == "POST" && $0.gate == .roles && $0.scope == .read }
        #expect(
            forms.filter { !$0.needsWholeToken }.map(\.path).sorted() == ["/search", "/search/hits", "/v1/search"])
    }

    @Test func `a token of the owner that may only read writes no task and no rule`() async throws {
        let api = try APIFixture(withPages: true)
        let people = api.people()
        try await api.join(people, "boss", .owner)
        let token = try await people.addToken("reads", scopes: [.read], of: "boss", by: "user:boss")
        let paths = [
            "/tasks", "/tasks/one", "/interceptors/new", "/interceptors/stage", "/interceptors/import",
            "/interceptors/trial/stop",
        ]
        for path in paths {
            let answer = try await api.send(
                .post, path, headers: [.authorization: "Bearer \(token)"], body: Array("act=take".utf8))
            #expect(answer.status == 403, "\(path)")
        }
    }

    @Test func `a warehouse neither sees nor moves another one's tasks`() async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .warehouse, warehouses: ["W2"])
        let boss = try await api.cookie(of: .owner)
        try await api.running {
            try await Self.held(api, "HIDDEN1", in: "W1")
            let empty = try await api.send(.get, "/tasks", headers: [.cookie: cookie])
            #expect(empty.status == 200 && !empty.text.contains("HIDDEN1") && !empty.text.contains("等客户确认"))
            let hidden = try #require(
                Self.taskNames(try await api.send(.get, "/tasks", headers: [.cookie: boss])).first)
            for form in ["act=take", "act=snooze&hours=4&reason=x", "act=resolve&a.action=release"] {
                let one = try await api.submit("/tasks/one", "task=\(hidden)&\(form)", cookie: cookie)
                #expect(one.status == 409, "\(form) \(one.text)")
            }
            let bulk = try await api.submit("/tasks?lang=en", "task=\(hidden)&act=take", cookie: cookie)
            #expect(!bulk.text.contains("Recorded"))
            let untouched = try #require(try await api.hub.committer.order("HIDDEN1"))
            #expect(untouched.standingTasks.map(\.person) == [""] && untouched.standingTasks.first?.takenAt == nil)
            try await Self.held(api, "SEEN001", in: "W2")
            let list = try await api.send(.get, "/tasks?kind=hold.decide", headers: [.cookie: cookie])
            #expect(list.text.contains("SEEN001") && !list.text.contains("HIDDEN1"))
            let own = try #require(Self.taskNames(list).first)
            #expect(try await api.submit("/tasks/one", "task=\(own)&act=take", cookie: cookie).status == 303)
            #expect(try await api.hub.committer.order("SEEN001")?.standingTasks.first?.person == "warehouse")
            #expect(Self.taskNames(try await api.send(.get, "/tasks", headers: [.cookie: boss])).count == 2)
        }
    }

    @Test func `a newer link ends an older one, and a chosen password ends all`() async throws {
        let people = try APIFixture().people()
        let first = try await people.add("wang", role: .viewer, warehouses: [], by: "user:boss")
        let second = try await people.reset("wang", by: "user:boss")
        #expect(try await people.invitation(first) == nil)
        await #expect(throws: PeopleRefusal.linkOver) {
            _ = try await people.redeem(first, name: "", password: APIFixture.password)
        }
        let other = try await people.add("li", role: .viewer, warehouses: [], by: "user:boss")
        _ = try await people.redeem(second, name: "", password: APIFixture.password)
        #expect(try await people.invitation(second) == nil)
        #expect(try await people.invitation(other)?.user == "li")
    }

    @Test(arguments: [
        ("203.0.113.9", "203.0.113.9"), ("::ffff:203.0.113.9", "::ffff:203.0.113.9"), ("", ""),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"), ("2001:DB8:1:2::9", "2001:db8:1:2::"),
        ("2001:0db8:0001:0002::1", "2001:db8:1:2::"), ("2001:db8::7", "2001:db8::::"),
    ])
    func `the addresses of one IPv6 network are one source`(address: String, source: String) {
        #expect(HubContext.network(address) == source)
    }

    @Test func `other addresses of the same IPv6 network do not get round a lock`() async throws {
        let api = try APIFixture(withPages: true)
        let name = try #require(HTTPField.Name("x-forwarded-for"))
        func attempt(_ user: Int, _ address: String) async throws -> Int {
            try await api.send(
                .post, "/sign-in", headers: [name: address], body: Array("name=u\(user)&password=x".utf8)
            ).status
        }
        for user in 0..<GuessBook.sourceMaximum {
            if user == GuessRate.sourceMaximum { api.wallClock.move(by: 1_000) }
            #expect(try await attempt(user, "2001:db8:1:2::\(user)") == 401)
        }
        #expect(try await attempt(99, "2001:db8:1:2:ffff::1") == 429)
        #expect(try await attempt(99, "2001:db8:1:3::1") == 401)
    }

    @Test(arguments: ["/interceptors/import", "/templates/edit", "/orders/A1/notes", "/settings/words"])
    func `whoever pastes too much is told so on a page`(path: String) async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .owner)
        try await api.running {
            try await Self.held(api, "A1", in: "W1")
            let text = String(repeating: "x", count: 300_000)
            let answer = try await api.submit("\(path)?lang=en", "document=\(text)", cookie: cookie)
            #expect(answer.status == 413 && answer.text.contains("What was sent is too long"), "\(answer.text)")
            // A program is told in its own words.
            let bytes = Array("form=\(api.formToken(cookie))&document=\(text)".utf8)
            let program = try await api.send(.post, path, headers: [.cookie: cookie], body: bytes)
            #expect(program.status == 413 && program.text.contains("HY-2006"))
        }
    }

    @Test(arguments: ["//evil.example/x", "///evil.example", "/\\evil.example"])
    func `no page links to the host that an address names`(path: String) async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .viewer)
        let headers: HTTPFields = [.cookie: cookie, .accept: "text/html"]
        for headers in [headers, [.accept: "text/html"]] {
            let page = try await api.send(.get, path, headers: headers)
            #expect(page.text.contains("<html"))
            #expect(!page.text.contains("\"//evil") && !page.text.contains("\"/\\evil"), "\(path)")
        }
    }
}
