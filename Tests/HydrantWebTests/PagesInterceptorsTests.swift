import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Testing

/// Interceptors in the browser: written in sentences, tried, switched on, and then they hold.
@Suite struct PagesInterceptorsTests {
    /// "Orders over 5,000 yuan of new customers wait for the owner's approval, at most 2 hours."
    private static let approval: [(name: String, value: String)] = [
        ("id", "approval"), ("name", "Large orders of new customers"), ("when", "credit.checked"), ("match", "all"),
        ("field0", "money.payable"), ("is0", "more"), ("value0", "5000"), ("field1", "customer.orders"), ("is1", "is"),
        ("value1", "0"), ("action", "hold"), ("reason", "waits for approval"), ("owner", "owner"), ("person", "yes"),
        ("hours", "2"),
    ]

    private static func form(_ act: String, _ changes: [(name: String, value: String)] = []) -> [(
        name: String, value: String
    )] {
        approval + changes + [("do", act)]
    }

    private static func large(_ order: String, pastOrders: Int64 = 0) -> [JSON] {
        [
            PageFacts.fact(
                "order.placed", order,
                [
                    "payableMinor": 600_000,
                    "lines": [["id": "1", "sku": "LF9001", "units": 1, "priceMinor": 600_000]],
                ]),
            PageFacts.fact(
                "credit.checked", order, ["passed": true, "orders": .integer(pastOrders)], source: "crm", minute: 2),
        ]
    }

    private static func holds(_ number: String, _ hub: Hub) async throws -> [String] {
        try await hub.committer.order(number)?.rulings.flatMap(\.holds).map(\.id) ?? []
    }

    @Test func `a rule is written, tried on the past, switched on, and holds an order`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding(Self.large("SO-1") + Self.large("SO-2", pastOrders: 4)) {
            let tried = try await fixture.post("/interceptors/new?lang=en", Self.form("try"))
            #expect(tried.status == 200)
            #expect(tried.text.contains("2 orders: 1 held, 0 refused; 0 of them went wrong later, 1 did not"))
            #expect(tried.text.contains("href=\"/orders/SO-1\""))
            #expect(!tried.text.contains("href=\"/orders/SO-2\""))
            #expect(try await fixture.post("/interceptors/new", Self.form("save")).status == 303)
            let list = try await fixture.get("/interceptors?lang=en")
            #expect(list.text.contains("When “"))
            #expect(list.text.contains("the amount to pay is more than 5000.00 and"))
            #expect(list.text.contains("draft"))
            let on = try await fixture.post(
                "/interceptors/stage", [("rule", "approval"), ("version", "1"), ("stage", "on")])
            #expect(on.status == 303)
            let incoming = try (Self.large("SO-3") + Self.large("SO-4", pastOrders: 2)).map {
                try fixture.hub.intake.read($0, receivedAt: fixture.clock.now())
            }
            _ = try await fixture.hub.submit(incoming)
            #expect(try await Self.holds("SO-3", fixture.hub) == ["rule:approval"])
            #expect(try await Self.holds("SO-4", fixture.hub) == [])
            #expect(try await Self.holds("SO-1", fixture.hub) == [])
            #expect(try await fixture.get("/orders/SO-3").text.contains("waits for approval"))
        }
    }

    @Test func `what is wrong is said beside the form, and nothing is saved`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            let cases: [(changes: [(name: String, value: String)], words: String)] = [
                ([("value0", "much")], "must be an amount like 5000"),
                ([("is0", "contains")], "cannot be compared by"),
                ([("person", "no"), ("hours", "")], "has no exit"),
                ([("hours", "0")], "1 to 720 hours"),
                ([("id", "A b")], "an id has 1 to 60"),
                ([("field1", "money.payable"), ("is1", "less"), ("value1", "10")], "no order can ever meet"),
            ]
            for (changes, words) in cases {
                for act in ["check", "save"] {
                    let answer = try await fixture.post("/interceptors/new?lang=en", Self.form(act, changes))
                    #expect(answer.status == 422, "\(words)")
                    #expect(answer.text.contains(words), "\(words)")
                }
            }
            #expect(try await fixture.get("/interceptors?lang=en").text.contains("There are no interceptors yet"))
        }
    }

    @Test func `a second version retires the first when it is switched on`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            for version in ["1", "2"] {
                _ = try await fixture.post("/interceptors/new", Self.form("save"))
                let moved = try await fixture.post(
                    "/interceptors/stage", [("rule", "approval"), ("version", version), ("stage", "on")])
                #expect(moved.status == 303)
            }
            let list = try await fixture.get("/interceptors?lang=en").text
            #expect(list.contains("v2"))
            #expect(list.contains("retired"))
        }
    }

    @Test func `a form that another site may have sent changes nothing`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            let cookie = "hydrant_session=abc"
            let answer = try await fixture.post("/interceptors/new", Self.form("save"), cookie: cookie)
            #expect(answer.status == 403)
            let stage = try await fixture.post("/interceptors/stage", [("rule", "x"), ("stage", "on")])
            #expect(stage.status == 403)
        }
    }

    @Test func `pages speak both languages and miss no text`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            _ = try await fixture.post("/interceptors/new", Self.form("save"))
            for language in ["zh", "en"] {
                for path in ["/interceptors", "/interceptors/new"] {
                    let page = try await fixture.get("\(path)?lang=\(language)")
                    #expect(page.status == 200)
                    #expect(!page.text.contains("⟦"), "\(path) \(language)")
                }
            }
        }
    }
}
