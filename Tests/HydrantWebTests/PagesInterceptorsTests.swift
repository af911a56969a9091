import Foundation
import HTTPTypes
import HydrantConnectorKit
import HydrantCore
import HydrantDocuments
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Testing

/// Interceptors in the browser: written in sentences, tried, switched on, and then they hold.
@Suite struct PagesInterceptorsTests {
    /// "Orders over 5,000 yuan of new customers wait for the owner's approval, at most 2 hours."
    private static let approval: [(name: String, value: String)] = [
        ("name-en", "Approval"), ("when0", "credit.checked"), ("kind0", "all"), ("depth0", "0"),
        ("kind1", "test"), ("depth1", "1"), ("field1", "money.payable"), ("is1", "more"), ("value1", "5000"),
        ("kind2", "test"), ("depth2", "1"), ("field2", "customer.orders"), ("is2", "is"), ("value2", "0"),
        ("hold", "yes"), ("reason-en", "waits for approval"), ("owner", "owner"), ("person", "yes"), ("limit", "2"),
        ("unit", "h"),
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
            #expect(tried.text.contains("<dt>held</dt><dd>1</dd>"))
            #expect(tried.text.contains("href=\"/orders/SO-1\""))
            #expect(!tried.text.contains("href=\"/orders/SO-2\""))
            #expect(try await fixture.post("/interceptors/new", Self.form("save")).status == 303)
            let list = try await fixture.get("/interceptors?lang=en")
            #expect(list.text.contains("When “"))
            #expect(list.text.contains("the amount to pay is more than 5000.00 yuan and"))
            #expect(
                list.text.contains("hold the order (“waits for approval”) for Owner until somebody lets it go on or"))
            #expect(list.text.contains("draft"))
            let on = try await fixture.move("approval", 1, to: "on")
            #expect(on.status == 303)
            let incoming = try (Self.large("SO-3") + Self.large("SO-4", pastOrders: 2)).map {
                try fixture.hub.intake.read($0, receivedAt: fixture.clock.now())
            }
            _ = try await fixture.hub.submit(incoming, through: .bulk)
            #expect(try await Self.holds("SO-3", fixture.hub) == ["rule:approval"])
            let doors = try await fixture.get("/interceptors?lang=en").text
            #expect(doors.contains("<th scope=\"row\">API, in bulk</th><td>Approval</td><td>2</td>"))
            #expect(doors.contains("<th scope=\"row\">Imports of files</th><td colspan=\"3\""))
            #expect(doors.contains("<th scope=\"row\">All ways, since the hub was started</th><td>Approval</td>"))
            #expect(try await Self.holds("SO-4", fixture.hub) == [])
            #expect(try await Self.holds("SO-1", fixture.hub) == [])
            #expect(try await fixture.get("/orders/SO-3").text.contains("waits for approval"))
            // Credit was checked at 19:02, and the hold is for two hours at most.
            let english = try await fixture.get("/orders/SO-3?lang=en").section("holds")
            #expect(english.contains("a person decides, or by itself at 2026-11-11 21:02"))
            let chinese = try await fixture.get("/orders/SO-3?lang=zh").section("holds")
            #expect(chinese.contains("由人决定，最迟到 2026-11-11 21:02 自动解除"))
            // Paid and not locked it is late, and the hold is why: the advice names its end too.
            let paid = PageFacts.fact(
                "payment.reported", "SO-3", ["id": "p", "amountMinor": 600_000], source: "pay", minute: 3)
            _ = try await fixture.hub.submit([try fixture.hub.intake.read(paid, receivedAt: fixture.clock.now())])
            let cause = try await fixture.get("/orders/SO-3?lang=en").section("cause")
            #expect(cause.contains("; this hold ends by itself at 2026-11-11 21:02 at the latest"))
            let advice = try await fixture.get("/orders/SO-3?lang=zh").section("cause")
            #expect(advice.contains("；最迟到 2026-11-11 21:02 自动解除"))
        }
    }

    @Test func `what is wrong is said beside the form, and nothing is saved`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            let cases: [(changes: [(name: String, value: String)], words: String)] = [
                ([("value1", "much")], "must be an amount like 5000"),
                ([("is1", "contains")], "cannot be compared by"),
                ([("person", "no"), ("limit", "")], "has no exit"),
                ([("limit", "0")], "1 minute to 365 days"),
                ([("limit", "9223372036854775807")], "1 minute to 365 days"),
                ([("name-en", "")], "Give it a name"),
                ([("hold", "no")], "Choose at least one thing to do"),
                ([("refuse", "yes")], "Say why it is refused"),
                ([("task", "yes"), ("task-owner", "service")], "Say what the task is"),
                ([("field2", "money.payable"), ("is2", "less"), ("value2", "10")], "no order can ever meet"),
                (
                    [
                        (
                            "document",
                            "interceptors: x\nrules: [{id: a, when: order.plced, then: [{playbook: address-change}]}]"
                        )
                    ],
                    "Did you mean"
                ),
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
            for version in [1, 2] {
                let id = version == 1 ? "" : "approval"
                _ = try await fixture.post(
                    "/interceptors/new", Self.form("save", [("id", id), ("base", "\(version - 1)")]))
                #expect(try await fixture.move("approval", version, to: "on").status == 303)
            }
            let list = try await fixture.get("/interceptors?lang=en").text
            #expect(list.contains("v2"))
            let versions = try await fixture.get("/interceptors/rules/approval?lang=en").text
            #expect(versions.contains("retired"))
            #expect(versions.contains("What differs from version 1"))
        }
    }

    @Test func `a version in shadow stands beside the one that is on, with what it would have done`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            _ = try await fixture.post("/interceptors/new", Self.form("save", [("value1", "9000")]))
            #expect(try await fixture.move("approval", 1, to: "on").status == 303)
            let lower = Self.form("save", [("id", "approval"), ("base", "1")])
            #expect(try await fixture.post("/interceptors/new", lower).status == 303)
            let moved = try await fixture.move("approval", 2, to: "shadow")
            #expect(moved.headers[.location] == "/interceptors?done=shadow")
            #expect(try await fixture.hub.book.saved().document.rules.map(\.stage) == [.on, .shadow])
            let incoming = try Self.large("SO-1").map {
                try fixture.hub.intake.read($0, receivedAt: fixture.clock.now())
            }
            _ = try await fixture.hub.submit(incoming)
            let order = try #require(try await fixture.hub.committer.order("SO-1"))
            #expect(order.rulings.map(\.isShadow) == [false, true])
            #expect(order.standingHolds.isEmpty)
            let list = try await fixture.get("/interceptors?done=shadow&lang=en").text
            #expect(list.contains("a version that is on goes on"))
            #expect(list.contains("Version 2 is in shadow: it judges beside the one that is on"))
            #expect(list.contains("<dt>only the shadow would act</dt><dd>1</dd>"))
            #expect(list.contains("only the shadow would act: <a href=\"/orders/SO-1\">SO-1</a>"))
            #expect(!list.contains("⟦"))
            // Switching it on retires the one that was on.
            #expect(try await fixture.move("approval", 2, to: "on").status == 303)
            #expect(try await fixture.hub.book.saved().document.rules.map(\.stage) == [.retired, .on])
            #expect(!(try await fixture.get("/interceptors?lang=en").text.contains("data-part=\"beside\"")))
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
                for path in [
                    "/interceptors", "/interceptors/new", "/interceptors/new?rule=approval",
                    "/interceptors/rules/approval",
                ] {
                    let page = try await fixture.get("\(path)\(path.contains("?") ? "&" : "?")lang=\(language)")
                    #expect(page.status == 200)
                    #expect(!page.text.contains("⟦"), "\(path) \(language)")
                }
            }
        }
    }

    @Test func `buttons give the form another shape`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            let grown = try await fixture.post("/interceptors/new?lang=en", Self.form("group:0"))
            #expect(grown.status == 200)
            #expect(grown.text.contains("id=\"kind3\""))
            #expect(grown.text.contains("id=\"field4\""))
            #expect(grown.text.contains("data-focus=\"field4\""))
            let shrunk = try await fixture.post("/interceptors/new?lang=en", Self.form("drop:1"))
            #expect(shrunk.text.contains("id=\"field1\""))
            #expect(!shrunk.text.contains("id=\"field2\""))
            #expect(!shrunk.text.contains("value=\"5000\""))
            for act in ["drop:0", "test:99", "group:1", "drop:-1", "test:x"] {
                #expect(try await fixture.post("/interceptors/new", Self.form(act)).status == 200, "\(act)")
            }
        }
    }

    @Test func `groups within groups are saved and shown again`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            let group: [(name: String, value: String)] = [
                ("kind3", "any"), ("depth3", "1"), ("kind4", "test"), ("depth4", "2"), ("field4", "customer.level"),
                ("is4", "oneOf"), ("value4", "C, D"), ("kind5", "test"), ("depth5", "2"), ("field5", "time.hour"),
                ("is5", "more"), ("value5", "21"),
            ]
            #expect(try await fixture.post("/interceptors/new", Self.form("save", group)).status == 303)
            let page = try await fixture.get("/interceptors/new?rule=approval&lang=en").text
            #expect(page.contains("(the customer&#39;s level is one of C, D or the hour of the day is more than 21)"))
            #expect(page.contains("name=\"depth5\" value=\"2\""))
            let yaml = try await fixture.get("/interceptors.yaml").text
            #expect(yaml.contains("- any:"))
            let again = try await fixture.post("/interceptors/import", [("document", yaml)])
            #expect(again.headers[.location] == "/interceptors?done=none")
            let other = try await fixture.post(
                "/interceptors/import",
                [("document", yaml.replacing("more: 21", with: "more: 22"))])
            #expect(other.headers[.location] == "/interceptors?done=1")
            let wrong = try await fixture.post("/interceptors/import?lang=en", [("document", "interceptors: [")])
            #expect(wrong.status == 422)
        }
    }

    @Test func `a rule gives a person a task, and what it did is counted`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            let task: [(name: String, value: String)] = [
                ("hold", ""), ("task", "yes"), ("task-en", "call the customer"), ("task-owner", "service"),
                ("task-severity", "high"), ("questions", "What was agreed: ship, refund\nNote?"),
            ]
            #expect(try await fixture.post("/interceptors/new", Self.form("save", task)).status == 303)
            #expect(try await fixture.move("approval", 1, to: "on").status == 303)
            let incoming = try (Self.large("SO-1") + Self.large("SO-2", pastOrders: 2)).map {
                try fixture.hub.intake.read($0, receivedAt: fixture.clock.now())
            }
            _ = try await fixture.hub.submit(incoming)
            let order = try #require(try await fixture.hub.committer.order("SO-1"))
            let open = try #require(order.standingTasks.first)
            #expect(open.need.reason.english == "call the customer")
            #expect(open.need.fields.map(\.isRequired) == [true, false])
            #expect(open.need.fields[0].options.map(\.value) == ["ship", "refund"])
            #expect(try await fixture.hub.committer.order("SO-2")?.standingTasks.isEmpty == true)
            let list = try await fixture.get("/interceptors?lang=en").text
            #expect(list.contains("<dt>judged</dt><dd>2</dd>"))
            #expect(list.contains("<dt>acted</dt><dd>1</dd>"))
            #expect(list.contains("<dt>held</dt><dd>0</dd>"))
        }
    }

    @Test func `nobody switches on what he has not seen`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            _ = try await fixture.post("/interceptors/new", Self.form("save"))
            let seen = try await fixture.shown("approval", 1)
            #expect(seen.count == 64)
            for shown in ["", "0", String(repeating: "0", count: 64)] {
                let refused = try await fixture.move("approval", 1, to: "on", shown: shown)
                #expect(refused.status == 409 && refused.text.contains("改过了"))
            }
            // Somebody saves another draft in its place: the page that shows the first one has no power over it.
            let other = Self.form("save", [("id", "approval"), ("base", "1"), ("value1", "1")])
            #expect(try await fixture.post("/interceptors/new", other).status == 303)
            for version in [1, 2] {
                let refused = try await fixture.move("approval", version, to: "on", shown: seen)
                #expect(refused.status == 409, "\(version)")
            }
            let rules = try await fixture.hub.book.saved().document.rules
            #expect(rules.map(\.version) == [2])
            #expect(rules.map(\.stage) == [.draft])
            #expect(try await fixture.move("approval", 2, to: "on").status == 303)
            // The stage is no part of what was shown: a second click does no harm.
            let again = try await fixture.shown("approval", 2)
            #expect(try await fixture.move("approval", 2, to: "shadow").status == 303)
            #expect(try await fixture.move("approval", 2, to: "on", shown: again).status == 303)
        }
    }

    @Test func `saving onto somebody else's newer version is refused with both shown, and then done knowingly`()
        async throws
    {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            _ = try await fixture.post("/interceptors/new", Self.form("save"))
            #expect(try await fixture.get("/interceptors/new?rule=approval").text.contains("name=\"base\" value=\"1\""))
            let theirs = Self.form("save", [("id", "approval"), ("base", "1"), ("value1", "7000")])
            #expect(try await fixture.post("/interceptors/new", theirs).status == 303)
            for base in ["1", "0", "", "x"] {
                let mine = Self.form("save", [("id", "approval"), ("base", base), ("value1", "9000")])
                let refused = try await fixture.post("/interceptors/new?lang=en", mine)
                #expect(refused.status == 409)
                #expect(refused.text.contains("Version 2, which somebody else saved"))
                #expect(refused.text.contains("more: 7000.00") && refused.text.contains("more: 9000.00"))
                #expect(refused.text.contains("name=\"base\" value=\"2\""))
            }
            #expect(try await fixture.hub.book.saved().document.rules.map(\.version) == [2])
            let knowing = Self.form("save", [("id", "approval"), ("base", "2"), ("value1", "9000")])
            #expect(try await fixture.post("/interceptors/new", knowing).status == 303)
            #expect(try await fixture.hub.book.saved().document.rules.map(\.version) == [3])
        }
    }

    @Test(arguments: [
        "Urgent *gifts*", "x &y", "A &b: x", "*a", "&a", "{&x *y}", "a\u{1}b\u{85}c\u{FFFE}", "null", "# &x",
        "a\n# &x \"",
    ])
    func `whatever somebody types, the pages still open and the rule is what was typed`(text: String) async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            let form = Self.form(
                "save",
                [
                    ("name-en", text), ("reason-en", text), ("owner", "service"), ("task", "yes"), ("task-en", text),
                    ("task-owner", "service"), ("questions", text),
                ])
            #expect(try await fixture.post("/interceptors/new", form).status == 303)
            for path in ["/interceptors", "/interceptors.yaml", "/interceptors/new"] {
                #expect(try await fixture.get(path).status == 200)
            }
            let rules = try await fixture.hub.book.saved().document.rules
            #expect(rules.map(\.name.english) == [text])
            let yaml = try await fixture.get("/interceptors.yaml").text
            let again = try await fixture.post("/interceptors/import", [("document", yaml)])
            #expect(again.headers[.location] == "/interceptors?done=none")
        }
    }

    @Test func `what is too long is refused in words, and nothing is saved`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            let long = String(repeating: "长", count: 301)
            let form = Self.form(
                "save", [("task", "yes"), ("task-en", "x"), ("task-owner", "service"), ("questions", long)])
            let refused = try await fixture.post("/interceptors/new?lang=en", form)
            #expect(refused.status == 422 && refused.text.contains("is too long; shorten it to at most 300"))
            #expect(try await fixture.hub.book.saved().version == 0)
        }
    }
}

extension PagesFixture {
    /// What the page of a rule's versions says about one of them in its forms.
    fileprivate func shown(_ rule: String, _ version: Int) async throws -> String {
        let page = try await get("/interceptors/rules/\(rule)").text
        let begin = "name=\"version\" value=\"\(version)\"><input type=\"hidden\" name=\"shown\" value=\""
        guard let place = page.range(of: begin) else { return "" }
        return String(page[place.upperBound...].prefix { $0 != "\"" })
    }

    /// Presses a button of the page; or of an older one, which showed something else.
    fileprivate func move(
        _ rule: String, _ version: Int, to stage: String, shown: String? = nil
    ) async throws -> PageAnswer {
        let text = if let shown { shown } else { try await self.shown(rule, version) }
        return try await post(
            "/interceptors/stage", [("rule", rule), ("version", "\(version)"), ("stage", stage), ("shown", text)])
    }
}
