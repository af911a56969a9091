import HTTPTypes
import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Testing

@Suite struct APITasksTests {
    private static let hold = Facts.fact(
        "hold.placed", "A1", "h-1", ["id": "H", "reason": "看一下", "owner": "service", "untilPerson": true])

    /// Runs the body on a hub whose order A1 is held for a person, with the id of its task.
    private static func held(
        _ body: @Sendable @escaping (APIFixture, String) async throws -> Void
    ) async throws {
        let api = try APIFixture()
        try await api.running {
            _ = try await api.post([Facts.placed("A1"), Facts.paid("A1"), hold])
            let list = try await api.get("/v1/tasks").json()
            try await body(api, try #require(list["tasks"]?.array?.first?["id"]?.string))
        }
    }

    @Test func `the list fits its schema and is narrowed by its parameters`() async throws {
        try await Self.held { api, _ in
            let check = APISchemaCheck(document: try await api.get("/openapi.json").json())
            let document = try await api.get("/v1/tasks").json()
            #expect(check.faults(document, check.definition("TaskPage")) == [])
            #expect(document["tasks"]?.array?.first?["kind"]?.string == "hold.decide")
            #expect(document["counts"]?.array?.first?["count"]?.integer == 1)
            for query in ["kind=hold.decide", "severity=high", "owner=service", "asleep=shown"] {
                #expect(try await api.get("/v1/tasks?\(query)").json()["tasks"]?.array?.count == 1, "\(query)")
            }
            for query in ["kind=gift.bind", "severity=low", "owner=finance", "person=li"] {
                #expect(try await api.get("/v1/tasks?\(query)").json()["tasks"]?.array?.isEmpty == true, "\(query)")
            }
            for query in ["kind=nonsense", "cursor=x", "limit=0"] {
                #expect(try await api.get("/v1/tasks?\(query)").problemCode() == "HY-2012", "\(query)")
            }
        }
    }

    @Test func `a task is taken, handed over, put off and resolved`() async throws {
        try await Self.held { api, id in
            let clerk = APIFixture.clerk.text
            func send(_ step: String, _ body: JSON) async throws -> JSON {
                try await api.post(path: "/v1/tasks/\(id)/\(step)", body, token: clerk).json()
            }
            func first() async throws -> JSON? {
                try await api.get("/v1/tasks?asleep=shown").json()["tasks"]?.array?.first
            }
            #expect(try await send("take", [:])["result"]?.string == "moved")
            #expect(try await first()?["person"]?.string == "machine:clerk")
            #expect(try await send("hand-over", ["to": "finance"])["result"]?.string == "moved")
            #expect(try await first()?["owner"]?.string == "finance")
            let until = (APIFixture.begin + .hours(2)).text
            #expect(
                try await send("snooze", ["until": .string(until), "reason": "calls back"])["result"]?.string == "moved"
            )
            #expect(try await first()?["snoozedUntil"]?.string == until)
            #expect(try await api.get("/v1/tasks").json()["tasks"]?.array?.isEmpty == true)
            let answers: JSON = ["answers": ["action": "release"], "minutes": 4]
            #expect(try await send("resolve", answers)["result"]?.string == "closed")
            #expect(try await first() == nil)
            let order = try #require(try await api.hub.committer.order("A1"))
            #expect(order.decisions.values.map(\.minutes).contains(4))
            let told = order.decisions.entries.map { [$0.evidence.source, $0.value.person] }
            #expect(!told.isEmpty && told.allSatisfy { $0 == ["machine:clerk", "machine:clerk"] })
            let health = await api.hub.committer.health
            #expect(health.intervened == 1)
        }
    }

    @Test func `answers that do not fit are refused with words`() async throws {
        try await Self.held { api, id in
            let clerk = APIFixture.clerk.text
            let cases: [(String, JSON, Int, String)] = [
                ("\(id)/resolve", [:], 409, "HY-2060"),
                ("\(id)/resolve", ["answers": ["action": "explode"]], 409, "HY-2060"),
                ("\(id)/resolve", ["answers": ["action": "release", "zzz": "x"]], 409, "HY-2060"),
                ("\(id)/resolve", ["answers": "x"], 400, "HY-2062"),
                ("\(id)/resolve", ["minutes": -1], 400, "HY-2062"), ("\(id)/hand-over", [:], 400, "HY-2062"),
                ("\(id)/snooze", ["until": "tomorrow", "reason": "r"], 400, "HY-2062"),
                (
                    "\(id)/snooze", ["until": .string((APIFixture.begin - .hours(2)).text), "reason": "r"], 409,
                    "HY-2060"
                ),
                ("00/take", [:], 404, "HY-2061"), ("nonsense/take", [:], 404, "HY-2061"),
                ("\(id)00/take", [:], 404, "HY-2061"),
            ]
            for (path, body, status, code) in cases {
                let answer = try await api.post(path: "/v1/tasks/\(path)", body, token: clerk)
                #expect(answer.status == status, "\(path) \(body.text)")
                #expect(try answer.problemCode() == code, "\(path) \(body.text)")
            }
            #expect(try await api.get("/v1/tasks").json()["tasks"]?.array?.count == 1)
        }
    }

    @Test func `a machine that has a user's name is not taken for the user`() async throws {
        let api = try APIFixture(withPages: true)
        let service = try await api.cookie(of: .service)
        // Made before the user, when machines could be named so.
        let named = APIFixture.token("service", [.tasksWrite], 6)
        let sender = try APIFixture(store: api.store, withPages: true) { $0.tokens.tokens.append(named.token) }
        try await sender.running {
            _ = try await sender.post([Facts.placed("A1"), Facts.paid("A1"), Self.hold])
            let list = try await sender.get("/v1/tasks").json()
            let id = try #require(list["tasks"]?.array?.first?["id"]?.string)
            let taken = try await sender.post(path: "/v1/tasks/\(id)/take", [:], token: named.text)
            #expect(taken.status == 200)
            #expect(try await sender.get("/v1/tasks?person=service").json()["tasks"]?.array?.isEmpty == true)
            for (language, words, box) in [
                ("en", "<b>machine service</b>", "<b>Taken by machine service</b>"),
                ("zh", "<b>机器 service</b>", "<b>由 机器 service 认领</b>"),
            ] {
                let headers: HTTPFields = [.cookie: service, .acceptLanguage: language, .accept: "text/html"]
                let queue = try await sender.send(.get, "/tasks", headers: headers)
                #expect(queue.status == 200 && queue.text.contains(words), "\(language)")
                #expect(!queue.text.contains("<b>service</b>"))
                let order = try await sender.send(.get, "/orders/A1", headers: headers)
                #expect(order.text.contains(box) && !order.text.contains("person:service"))
            }
        }
    }

    @Test func `tasks are read by readers, moved by writers, and counted`() async throws {
        try await Self.held { api, id in
            let reader = try await api.post(path: "/v1/tasks/\(id)/take", [:], token: APIFixture.reader.text)
            #expect(reader.status == 403)
            for step in ["take", "hand-over", "snooze", "resolve"] {
                let path = "/v1/tasks/\(id)/\(step)"
                let writer = try await api.post(path: path, [:], token: APIFixture.writer.text)
                #expect(try writer.problemCode() == "HY-2003", "\(step)")
                #expect(writer.text.contains("tasks:write"), "\(step)")
            }
            #expect(try await api.get("/v1/tasks", token: APIFixture.stranger.text).status == 403)
            let metrics = try await api.get("/metrics", token: APIFixture.operations.text).text
            #expect(
                metrics.contains("hydrant_tasks{kind=\"hold.decide\",severity=\"high\",owner=\"service\"} 1"))
        }
    }

    @Test func `nobody outside moves a task with a fact`() async throws {
        try await Self.held { api, _ in
            let fact = Facts.fact("task.resolved", "A1", "x-1", ["id": "hold:H", "person": "li"])
            let results = try await api.post([fact]).json()["results"]?.array
            #expect(results?.first?["status"]?.string == "invalid")
        }
    }

    @Test func `words that no table knows are in the list of whoever may map them, on its first page`() async throws {
        let api = try APIFixture(withPages: true)
        let service = try await api.cookie(of: .service)
        try await api.running {
            var members = try #require(Facts.fact("inventory.locked", "A1", "l-1", ["warehouse": "W1"]).members)
            members.append(JSON.Member("word", "FROZEN"))
            _ = try await api.post([Facts.placed("A1"), Facts.paid("A1"), .object(members)])
            let check = APISchemaCheck(document: try await api.get("/openapi.json").json())
            let document = try await api.get("/v1/tasks").json()
            #expect(check.faults(document, check.definition("TaskPage")) == [])
            let house = try #require(document["house"]?.array)
            #expect(house.count == 1)
            #expect(house.first?["kind"]?.string == "word.unmapped")
            #expect(house.first?["owner"]?.string == "operations")
            #expect(house.first?["page"]?.string == "/settings/words")
            #expect(house.first?["reason"]?["en"]?.string?.contains("FROZEN") == true)
            #expect(house.first?["reason"]?["zh"]?.string?.contains("没有映射") == true)
            for query in ["owner=finance", "person=li", "kind=hold.decide", "severity=urgent"] {
                #expect(try await api.get("/v1/tasks?\(query)").json()["house"]?.array?.isEmpty == true, "\(query)")
            }
            let owned = try await api.get("/v1/tasks?owner=operations&kind=word.unmapped&severity=low").json()
            #expect(owned["house"]?.array?.count == 1)
            let hidden = try await api.send(.get, "/v1/tasks", headers: [.cookie: service]).json()
            #expect(hidden["house"]?.array?.isEmpty == true)
        }
    }

    @Test func `a warehouse has its own orders' tasks in the list and no count of others`() async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .warehouse, warehouses: ["W2"])
        try await api.running {
            for (order, warehouse) in [("HIDDEN1", "W1"), ("SEEN001", "W2")] {
                let hold = Facts.fact(
                    "hold.placed", order, "h-\(order)",
                    ["id": "H", "reason": "看一下", "owner": "warehouse", "untilPerson": true])
                _ = try await api.post([
                    Facts.placed(order, id: order, extra: [("warehouse", .string(warehouse))]),
                    Facts.paid(order, id: "y-\(order)"),
                    hold,
                ])
            }
            // Before the index has the orders and after it.
            for _ in 0..<2 {
                let list = try await api.send(.get, "/v1/tasks", headers: [.cookie: cookie]).json()
                #expect(list["tasks"]?.array?.map { $0["order"]?.string } == ["SEEN001"])
                #expect(list["counts"]?.array?.compactMap { $0["count"]?.integer } == [1])
                let orders = try await api.send(.get, "/orders", headers: [.cookie: cookie, .accept: "text/html"])
                #expect(orders.text.contains("SEEN001") && !orders.text.contains("HIDDEN1"))
                while try await !api.hub.searchProgress().isComplete { await Task.yield() }
            }
            let rows = try await api.store.read { try $0.orderRows(OrderFilter(), after: 0, limit: 9) }
            let answer = try await api.store.read { [keyring = api.hub.keyring] reader in
                try WarehouseIndex(["W2"], keyring).ask(rows.map(\.id), reader)
            }
            #expect(answer.found == Set(rows.filter { $0.number == "SEEN001" }.map(\.id)))
            #expect(answer.unknown.isEmpty)
            // As 0.4.0 leaves them behind, which knows no warehouses: none is missing, and none is somebody else's.
            try await api.store.transaction { transaction in
                try transaction.writeSearch(
                    rows.map { SearchedOrder(order: $0.id, version: $0.version, hashes: [7]) })
            }
            let list = try await api.send(.get, "/v1/tasks", headers: [.cookie: cookie]).json()
            #expect(list["tasks"]?.array?.map { $0["order"]?.string } == ["SEEN001"])
            let orders = try await api.send(.get, "/orders", headers: [.cookie: cookie, .accept: "text/html"])
            #expect(orders.text.contains("SEEN001") && !orders.text.contains("HIDDEN1"))
        }
    }
}
