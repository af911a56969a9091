import HTTPTypes
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Testing

@Suite struct PagesOrderTests {
    private static let words = WordTable(systems: ["wms": ["ACCEPT": .init(lowest: 3, highest: 3)]])
    private static let settings = Settings(version: "flow-7", words: words)
    private static let english = "hydrant_lang=en"

    private static let walked = [
        PageFacts.placed("A"), PageFacts.paid("A"), PageFacts.passed("A"), PageFacts.locked("A", word: "ACCEPT"),
    ]

    @Test func `the rail shows what is proven, what is under way and what is ahead, each with a word`() async throws {
        let fixture = try PagesFixture(settings: Self.settings)
        try await fixture.holding(Self.walked) {
            let page = try await fixture.get("/orders/A", cookie: Self.english)
            let rail = try page.section("rail")
            let shapes = rail.split(separator: "class=\"step ").dropFirst().map { $0.prefix { $0 != "\"" } }
            #expect(shapes == ["filled", "filled", "filled", "active", "ahead", "ahead", "ahead"])
            #expect(rail.contains("Stock locked: Proven"))
            #expect(rail.contains("Packed: Under way"))
            #expect(rail.contains("title=\"2026-11-11 19:03:00.000 +08:00\">2026-11-11 19:03</time>"))
            #expect(rail.contains("Waiting for the packing confirmation"))
            #expect(try page.section("systems").contains("Agrees"))
            #expect(page.text.contains("Nothing is wrong. Systems that agree: 1."))
        }
    }

    @Test func `who a hold waits for is named in the page's language, in the timeline too`() async throws {
        let fixture = try PagesFixture(settings: Self.settings)
        let hold = PageFacts.fact(
            "hold.placed", "A", ["id": "H", "reason": "看一下", "owner": "service", "untilPerson": true], minute: 4)
        try await fixture.holding(Self.walked + [hold]) {
            let chinese = try await fixture.get("/orders/A?lang=zh").section("timeline")
            #expect(chinese.contains("看一下 · 客服") && !chinese.contains("· service"))
            #expect(try await fixture.get("/orders/A?lang=en").section("timeline").contains("看一下 · Service"))
        }
    }

    @Test func `a state that no system reports is inferred, and said to be`() async throws {
        var settings = Self.settings
        settings.flow.steps[2].isReported = false
        let fixture = try PagesFixture(settings: settings)
        try await fixture.holding([Self.walked[0], Self.walked[1], Self.walked[3]]) {
            let page = try await fixture.get("/orders/A", cookie: Self.english)
            #expect(try page.section("rail").contains("class=\"step hollow\""))
            let proof = try page.part(from: "data-part=\"proof\"", to: "</table>")
            #expect(proof.contains("Inferred"))
            #expect(proof.contains("A-inventory.locked-1"))
            #expect(proof.contains("flow-7"))
        }
    }

    @Test func `an order that is wrong says why in words and what to do first`() async throws {
        let fixture = try PagesFixture(settings: Self.settings)
        let refused = PageFacts.fact("inventory.refused", "A", ["reason": "缺 2 件"], source: "wms", minute: 4)
        try await fixture.holding([Self.walked[0], Self.walked[1], Self.walked[2], refused]) {
            let page = try await fixture.get("/orders/A")
            let cause = try page.section("cause")
            #expect(cause.contains("仓库拒绝锁定：缺 2 件"))
            #expect(cause.contains("先做："))
            #expect(cause.contains("查看仓库库存，必要时换仓"))
            #expect(try page.section("rail").contains("class=\"step stuck\" aria-current=\"step\""))
            #expect(try page.section("findings").contains("最后核实"))
        }
    }

    @Test func `the customer's other orders are there by number and by telephone, and nobody else's`() async throws {
        let fixture = try PagesFixture()
        let stranger: JSON = ["name": "别人", "phone": "13999990000", "city": "济南市"]
        let placed = PageFacts.placed("D", receiver: stranger)
        let data = try #require(placed["data"])
        let other = PageFacts.fact(
            "order.placed", "D",
            .object((data.members ?? []).map { $0.name == "customer" ? JSON.Member("customer", "C-9") : $0 }))
        try await fixture.holding([PageFacts.placed("A"), PageFacts.placed("B", receiver: stranger), other]) {
            while try await !fixture.hub.searchProgress().isComplete { await Task.yield() }
            let first = try await fixture.get("/orders/A", cookie: Self.english).section("related")
            #expect(first.contains("href=\"/orders/B\"") && first.contains("same customer number"))
            #expect(!first.contains("href=\"/orders/D\"") && first.contains("1 in all; 0 wrong"))
            let customer = try await fixture.get("/orders/A", cookie: Self.english).section("customer")
            #expect(customer.contains("Earlier orders") && customer.contains("1 more in this hub"))
            #expect(try await !fixture.get("/orders/D", cookie: Self.english).section("customer").contains("Earlier"))
            let last = try await fixture.get("/orders/D").section("related")
            #expect(last.contains("href=\"/orders/B\"") && last.contains("收件手机号相同"))
            #expect(!last.contains("13999990000"))
        }
    }

    @Test func `the CRM's count of orders goes before the hub's own, and an invoice has its number`() async throws {
        let fixture = try PagesFixture()
        let credit: JSON = ["passed": true, "level": "A", "orders": 12]
        let checked = PageFacts.fact("credit.checked", "A", credit, source: "crm")
        let invoice = PageFacts.fact(
            "invoice.issued", "A", ["id": "INV-0042", "amountMinor": 123_400], source: "finance", minute: 5)
        try await fixture.holding([PageFacts.placed("A"), PageFacts.placed("B"), checked, invoice]) {
            while try await !fixture.hub.searchProgress().isComplete { await Task.yield() }
            let page = try await fixture.get("/orders/A", cookie: Self.english)
            #expect(try page.section("customer").contains("12 (CRM)"))
            #expect(try !page.section("customer").contains("in this hub"))
            #expect(try page.section("money").contains("Invoice numbers"))
            #expect(try page.section("money").contains("INV-0042"))
            let related = try page.section("related")
            #expect(related.contains("href=\"/orders/B\""))
            #expect(related.contains("The CRM counts 12 earlier orders, also such as never came to this hub"))
            #expect(try await !fixture.get("/orders/B", cookie: Self.english).section("related").contains("The CRM"))
            let other = try await fixture.get("/orders/B", cookie: Self.english).section("money")
            #expect(!other.contains("Invoice numbers"))
        }
    }

    @Test func `a customer of whom only the CRM knows orders is explained, and one without any is not`() async throws {
        let fixture = try PagesFixture()
        func checked(_ order: String, _ count: Int64) -> JSON {
            PageFacts.fact("credit.checked", order, ["passed": true, "orders": .integer(count)], source: "crm")
        }
        let stranger: JSON = ["name": "别人", "phone": "13999990000", "city": "济南市"]
        let data = try #require(PageFacts.placed("D", receiver: stranger)["data"])
        let other = PageFacts.fact(
            "order.placed", "D",
            .object((data.members ?? []).map { $0.name == "customer" ? JSON.Member("customer", "C-9") : $0 }))
        try await fixture.holding([PageFacts.placed("A"), checked("A", 6), other, checked("D", 0)]) {
            while try await !fixture.hub.searchProgress().isComplete { await Task.yield() }
            let page = try await fixture.get("/orders/A?lang=zh")
            #expect(try page.section("customer").contains("6（CRM）"))
            let related = try page.section("related")
            #expect(related.contains("本系统里没有同一客户的其他订单") && related.contains("CRM 记录了 6 个历史订单"))
            #expect(try await !fixture.get("/orders/D?lang=zh").section("related").contains("CRM"))
        }
    }

    @Test func `a parcel that was not scanned for two days says that its place is not known`() async throws {
        let fixture = try PagesFixture(settings: Self.settings)
        let handed = PageFacts.fact("parcel.handed-over", "A", ["parcel": "P1"], source: "wms", minute: 9)
        try await fixture.holding(Self.walked + [handed]) {
            let fresh = try await fixture.get("/orders/A", cookie: Self.english).section("parcels")
            #expect(!fresh.contains("No scan for"))
            fixture.clock.move(by: .hours(72))
            let old = try await fixture.get("/orders/A", cookie: Self.english).section("parcels")
            #expect(old.contains("No scan for 3"))
        }
    }

    @Test func `what the customer was told is there with its time`() async throws {
        let fixture = try PagesFixture(settings: Self.settings)
        let sent = PageFacts.fact(
            "touchpoint.sent", "A", ["kind": "shipped", "accepted": true], source: "sms", minute: 8)
        try await fixture.holding(Self.walked + [sent]) {
            let told = try await fixture.get("/orders/A", cookie: Self.english).section("told")
            #expect(told.contains("shipped") && told.contains("accepted by the messaging system"))
            #expect(told.contains("2026-11-11 19:08"))
        }
    }

    @Test func `a hold shows its owner, since when, and how it ends`() async throws {
        let fixture = try PagesFixture(settings: Self.settings)
        let hold = PageFacts.fact(
            "hold.placed", "A",
            ["id": "h", "reason": "客户改地址", "owner": "李娜", "untilFact": "receiver.verified"], minute: 5)
        try await fixture.holding(Self.walked + [hold]) {
            let page = try await fixture.get("/orders/A")
            let holds = try page.section("holds")
            #expect(holds.contains("客户改地址"))
            #expect(holds.contains("李娜"))
            #expect(holds.contains("收到“收货信息已核实”"))
            #expect(holds.contains("2026-11-11 19:05"))
            #expect(try page.section("rail").contains("class=\"step held\""))
        }
    }

    @Test func `a gift stands beside its line, and one that belongs to none is named`() async throws {
        let lines: [JSON] = [
            ["id": "1", "sku": "FIRST", "units": 1, "priceMinor": 100],
            ["id": "2", "sku": "SECOND", "units": 1, "priceMinor": 100],
            ["id": "3", "sku": "CAP", "units": 1, "gift": true, "giftFor": "1"],
            ["id": "4", "sku": "PEN", "units": 1, "gift": true],
        ]
        let fixture = try PagesFixture()
        try await fixture.holding([PageFacts.placed("A", lines: lines)]) {
            let text = try await fixture.get("/orders/A", cookie: Self.english).section("lines")
            let places = try ["FIRST", "CAP", "SECOND", "PEN"].map { try #require(text.firstRange(of: $0)).lowerBound }
            #expect(places == places.sorted())
            #expect(text.contains("Gift with line 1"))
            #expect(text.split(separator: "Not bound to a paid line").count == 2)
        }
    }

    @Test func `money that does not agree is named beside the figures`() async throws {
        let fixture = try PagesFixture()
        let paid = PageFacts.fact("payment.reported", "A", ["id": "p", "amountMinor": 120_000], minute: 1)
        try await fixture.holding([PageFacts.placed("A"), paid]) {
            let money = try await fixture.get("/orders/A").section("money")
            #expect(money.contains("<dd>¥1,234.00</dd>"))
            #expect(money.contains("<dd>¥1,200.00</dd>"))
            #expect(money.contains("相差 -34.00"))
        }
    }

    @Test func `the timeline can be narrowed, and counts each kind`() async throws {
        let fixture = try PagesFixture(settings: Self.settings)
        try await fixture.holding(Self.walked) {
            let all = try await fixture.get("/orders/A").section("timeline")
            #expect(all.contains("付款"))
            #expect(all.contains("到达 3 库存锁定"))
            #expect(all.contains("<q>ACCEPT</q>"))
            #expect(all.contains("全部 <b>7</b>"))
            let states = try await fixture.get("/orders/A?show=states").section("timeline")
            #expect(!states.contains("<q>ACCEPT</q>"))
            #expect(states.contains("证据：WMS A-inventory.locked-1"))
            #expect(try await fixture.get("/orders/A?show=secrets").status == 400)
        }
    }

    @Test(arguments: [
        "2026-11-11T19:01:30", "2026-11-11T19:01:30%2B08:00", "2026-11-11T19:01:30+08:00", "2026-11-11T19:01",
    ])
    func `time travel shows the order as it was then`(moment: String) async throws {
        let fixture = try PagesFixture(settings: Self.settings)
        try await fixture.holding(Self.walked) {
            let page = try await fixture.get("/orders/A?asOf=\(moment)", cookie: Self.english)
            #expect(page.status == 200)
            #expect(page.text.contains("Step 1 · Paid"))
            #expect(page.text.contains("This is the order as it was:"))
            #expect(!page.text.contains("data-refresh"))
            #expect(!page.text.contains("Reached 2"))
        }
    }

    @Test(arguments: ["yesterday", "2026-13-01T00:00", "2026-11-11"])
    func `a moment that is none is refused with what is allowed`(moment: String) async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([PageFacts.placed("A")]) {
            let page = try await fixture.get("/orders/A?asOf=\(moment)", cookie: Self.english)
            #expect(page.status == 400)
            #expect(page.text.contains("asOf"))
            #expect(page.text.contains("RFC 3339"))
        }
    }

    @Test func `an open page gets its content again only when something changed`() async throws {
        let fixture = try PagesFixture(settings: Self.settings)
        try await fixture.holding(Self.walked) {
            let page = try await fixture.get("/orders/A")
            let seen = try page.part(from: "data-seen=\"", to: "\">").dropFirst("data-seen=\"".count)
            let same = try await fixture.get("/orders/A/fragment?seen=\(seen)")
            #expect(same.status == 204)
            #expect(same.text.isEmpty)
            #expect(same.headers[try #require(HTTPField.Name("hydrant-as-of"))] == "2026-11-11 20:00:00")
            let decided = PageFacts.fact(
                "decision.made", "A", ["person": "li", "cause": "checked", "minutes": 1], minute: 8)
            _ = try await fixture.hub.submit([fixture.hub.intake.read(decided, receivedAt: fixture.clock.now())])
            let noted = try await fixture.get("/orders/A/fragment?seen=\(seen)")
            #expect(noted.status == 200)
            #expect(noted.text.contains("li · checked · 1 分钟"))
            let packed = PageFacts.fact("parcel.packed", "A", ["parcel": "A-1"], source: "wms", minute: 9)
            _ = try await fixture.hub.submit([fixture.hub.intake.read(packed, receivedAt: fixture.clock.now())])
            let changed = try await fixture.get("/orders/A/fragment?seen=\(seen)")
            #expect(changed.status == 200)
            #expect(changed.text.hasPrefix("<div class=\"page order\" id=\"live\""))
            #expect(changed.text.contains("第 4 步 · 打包完成"))
            #expect(try await fixture.get("/orders/B/fragment?seen=\(seen)").status == 404)
        }
    }

    @Test func `an order that nobody named is a page that says so and offers to search`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            let page = try await fixture.get("/orders/NO-SUCH-ORDER")
            #expect(page.status == 404)
            #expect(page.text.contains("没有订单 NO-SUCH-ORDER。"))
            #expect(page.text.contains("href=\"/orders?prefix=NO-SUCH-\""))
        }
    }

    @Test func `a store that cannot be read is a page with a number and a way to try again`() async throws {
        let store = UnreadableStore()
        let fixture = try PagesFixture(store: store)
        try await fixture.holding([PageFacts.placed("A")]) {
            store.breakDown()
            for path in ["/orders/A", "/orders?state=3", "/wrong-orders", "/", "/search?q=A"] {
                let page = try await fixture.get(path, cookie: Self.english)
                #expect(page.status == 503)
                #expect(page.text.contains("HY-1003"))
                #expect(page.text.contains("href=\"\(path)\">Try again"))
            }
        }
    }
}
