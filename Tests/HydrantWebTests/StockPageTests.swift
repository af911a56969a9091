import HTTPTypes
import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Testing

/// A warehouse that always tells the same.
private struct StandingStock: StockKeeper {
    let system = "wms"
    var levels: Result<[StockLevel], StockProblem>

    func perform(_ request: InstructionRequest) async -> InstructionResult { .done(facts: [], detail: "") }

    func find(_ request: InstructionRequest) async -> InstructionResult { .notFound }

    func stockLevels(
        skus: [String], warehouse: String, now: Instant
    ) async -> Result<[StockLevel], StockProblem> { levels }
}

/// The question to the warehouse on an order's page.
@Suite struct StockPageTests {
    private static let path = "/orders/A1/stock"

    private static func fixture(
        quantity: Int = 1_120, problem: StockProblem? = nil, isConnected: Bool = true
    ) throws -> APIFixture {
        let level = StockLevel(sku: "LF9001", warehouse: "W1", quantity: quantity, lockQuantity: 7)
        let request = Flow.Request(afterState: 1, kind: .createDelivery, system: "wms")
        let settings = Settings(flow: Flow(steps: Flow.watching.steps, requests: [request]))
        let keeper = StandingStock(levels: problem.map { .failure($0) } ?? .success([level]))
        return try APIFixture(withPages: true, hubSettings: settings, connectors: isConnected ? [keeper] : [])
    }

    private static func begin(_ api: APIFixture) async throws {
        for fact in [Facts.placed("A1", extra: [("warehouse", "W1")]), Facts.paid("A1")] {
            _ = try await api.hub.submit([try api.hub.intake.read(fact, receivedAt: APIFixture.begin)])
        }
    }

    private static func page(_ api: APIFixture, _ cookie: String, _ language: String = "en") async throws -> String {
        try await api.send(.get, "/orders/A1", headers: [.cookie: cookie, .acceptLanguage: language]).text
    }

    private static func ask(
        _ api: APIFixture, _ cookie: String, _ language: String = "en", path: String = path
    ) async throws -> Answer {
        let headers: HTTPFields = [.cookie: cookie, .accept: "text/html", .acceptLanguage: language]
        return try await api.send(.post, path, headers: headers, body: Array("form=\(api.formToken(cookie))".utf8))
    }

    @Test func `the language link of an answer to a form leads to the page of the form`() async throws {
        let api = try Self.fixture()
        let cookie = try await api.cookie(of: .service)
        try await api.running {
            try await Self.begin(api)
            let asked = try await Self.ask(api, cookie)
            #expect(asked.text.contains("href=\"/orders/A1/stock?lang=zh\""))
            let headers: HTTPFields = [.cookie: cookie, .accept: "text/html"]
            let other = try await api.send(.get, Self.path + "?lang=zh", headers: headers)
            #expect(other.status == 303 && other.headers[.location] == "/orders/A1?lang=zh")
            let plain = try await api.send(.get, "/orders/A1/papers", headers: headers)
            #expect(plain.status == 303 && plain.headers[.location] == "/orders/A1")
            // Where there is no page to go to, and to a program, what the address takes is said.
            #expect(try await api.send(.get, "/sign-out", headers: headers).status == 405)
            #expect(try await api.send(.get, Self.path, headers: [.cookie: cookie]).status == 405)
        }
    }

    @Test(arguments: [Role.owner, .operations, .service, .warehouse])
    func `the warehouse is asked from the order's page, and says in both languages whether it is enough`(
        role: Role
    ) async throws {
        let api = try Self.fixture()
        let cookie = try await api.cookie(of: role)
        try await api.running {
            try await Self.begin(api)
            let english = try await Self.page(api, cookie)
            #expect(english.contains("action=\"/orders/A1/stock\"") && english.contains("Ask the warehouse for stock"))
            #expect(try await Self.page(api, cookie, "zh-CN").contains("问仓库库存"))
            let told = try await Self.ask(api, cookie)
            #expect(told.status == 200 && told.headers[.cacheControl] == "no-store")
            for words in [
                "LF9001",
                "data-label=\"Wanted\">2</td>", "data-label=\"Free\">1,120</td>", "data-label=\"Frozen\">7</td>",
                "Enough: the order needs 2 in all", "There is enough for the whole order.", "What WMS said at",
                "warehouse: W1", "href=\"/orders/A1\"",
            ] { #expect(told.text.contains(words), "\(words)") }
            let chinese = try await Self.ask(api, cookie, "zh-CN").text
            #expect(chinese.contains("够：本单共需 2 件") && chinese.contains("库存够，可以发货。"))
            #expect(!told.text.contains("⟦") && !chinese.contains("⟦"))
        }
        let rows = try await api.store.read {
            try $0.auditRows(AuditFilter(action: "stock.asked"), before: .max, limit: 9)
        }
        #expect(rows.count == 2 && rows.allSatisfy { $0.entry.actor == "user:\(role.rawValue)" })
    }

    @Test func `what is lacking is counted`() async throws {
        let api = try Self.fixture(quantity: 0)
        let cookie = try await api.cookie(of: .service)
        try await api.running {
            try await Self.begin(api)
            let english = try await Self.ask(api, cookie).text
            #expect(english.contains("Not enough: the order needs 2 in all, 2 are lacking"))
            #expect(english.contains("Not enough stock (articles concerned: 1)"))
            #expect(try await Self.ask(api, cookie, "zh-CN").text.contains("不够：本单共需 2 件，缺 2 件"))
        }
    }

    @Test func `a warehouse that says no is quoted with what to do`() async throws {
        let api = try Self.fixture(problem: StockProblem(.refused, detail: "S009 <no>"))
        let cookie = try await api.cookie(of: .service)
        try await api.running {
            try await Self.begin(api)
            let english = try await Self.ask(api, cookie)
            #expect(english.status == 409 && english.text.contains("WMS refuses to tell: S009 &lt;no&gt;"))
            #expect(english.text.contains("speak with the warehouse itself"))
            let chinese = try await Self.ask(api, cookie, "zh-CN").text
            #expect(chinese.contains("WMS 拒绝了查询") && chinese.contains("直接联系仓库"))
        }
    }

    @Test func `another warehouse's order is answered as one that does not exist`() async throws {
        let api = try Self.fixture()
        let cookie = try await api.cookie(of: .warehouse, warehouses: ["W2"])
        try await api.running {
            try await Self.begin(api)
            let hidden = try await Self.ask(api, cookie)
            let absent = try await Self.ask(api, cookie, path: "/orders/B1/stock")
            #expect(hidden.status == 404 && absent.status == 404 && hidden.headers == absent.headers)
            #expect(hidden.text.replacing("A1", with: "B1") == absent.text)
        }
    }

    @Test(arguments: [Role.viewer, .finance, .it])
    func `other roles have no button and are refused`(role: Role) async throws {
        let api = try Self.fixture()
        let cookie = try await api.cookie(of: role)
        try await api.running {
            try await Self.begin(api)
            let page = try await Self.page(api, cookie)
            #expect(page.contains("LF9001") && !page.contains("/orders/A1/stock"))
            #expect(try await Self.ask(api, cookie).status == 403)
        }
        let rows = try await api.store.read {
            try $0.auditRows(AuditFilter(action: "stock.asked"), before: .max, limit: 9)
        }
        #expect(rows.isEmpty)
    }

    @Test func `without a warehouse that can be asked there is no button`() async throws {
        let api = try Self.fixture(isConnected: false)
        let cookie = try await api.cookie(of: .operations)
        try await api.running {
            try await Self.begin(api)
            #expect(try await !Self.page(api, cookie).contains("/orders/A1/stock"))
            let answer = try await Self.ask(api, cookie)
            #expect(answer.status == 409 && answer.text.contains("No warehouse system that can be asked for stock"))
        }
    }

    @Test func `every verdict on stock has a text`() throws {
        let words = try #require(try PageFiles().words[.english])
        for verdict in StockLine.Verdict.allCases {
            let key = "stock_" + verdict.rawValue.replacing("-", with: "_")
            #expect(words.keys.contains(key), "\(key)")
        }
    }
}
