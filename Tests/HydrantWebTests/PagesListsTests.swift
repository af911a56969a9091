import HTTPTypes
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Testing

@Suite struct PagesListsTests {
    private static let english = "hydrant_lang=en"

    /// So many orders with numbers that rise: S-001, S-002, …
    private static func orders(_ count: Int, _ facts: (String) -> [JSON] = { [PageFacts.placed($0)] }) -> [JSON] {
        (1...count).flatMap { facts("S-\(paddedDecimal($0, width: 3))") }
    }

    private static func numbers(_ page: PageAnswer) -> [String] {
        page.text.split(separator: "<th scope=\"row\"><a href=\"/orders/").dropFirst().map {
            String($0.prefix { $0 != "\"" })
        }
    }

    @Test func `orders come in pages, each order once`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding(Self.orders(120)) {
            var path: String? = "/orders?prefix=S"
            var seen: [String] = []
            var pages = 0
            while let current = path {
                let page = try await fixture.get(current)
                #expect(page.status == 200)
                seen += Self.numbers(page)
                pages += 1
                let next = try? page.part(from: "rel=\"next\" href=\"", to: "\">").dropFirst(
                    "rel=\"next\" href=\"".count)
                path = next.map { String($0.replacing("&amp;", with: "&")) }
            }
            #expect(pages == 3)
            #expect(seen == (1...120).map { "S-\(paddedDecimal($0, width: 3))" })
        }
    }

    @Test func `orders are filtered by state, verdict and beginning of the number`() async throws {
        let fixture = try PagesFixture()
        let facts = [
            PageFacts.placed("A-1"), PageFacts.paid("A-1"), PageFacts.placed("A-2"), PageFacts.placed("B-1", lines: []),
        ]
        try await fixture.holding(facts) {
            #expect(Self.numbers(try await fixture.get("/orders?state=1")) == ["A-1"])
            #expect(Self.numbers(try await fixture.get("/orders?prefix=A")) == ["A-1", "A-2"])
            #expect(Self.numbers(try await fixture.get("/orders?prefix=A&state=0")) == ["A-2"])
            #expect(Self.numbers(try await fixture.get("/orders?verdict=late")) == ["A-1"])
            let page = try await fixture.get("/orders?state=1", cookie: Self.english)
            #expect(page.text.contains("<option value=\"1\" selected>1 Paid</option>"))
            #expect(page.text.contains("aria-label=\"Step 1 of 7: Paid\""))
            let placed = try await fixture.get("/orders?prefix=A&state=0", cookie: Self.english)
            #expect(placed.text.contains("aria-label=\"Placed, none of the 7 steps reached\""))
        }
    }

    @Test func `orders that ended are left out of a state's list until they are asked for`() async throws {
        let fixture = try PagesFixture()
        let facts = [
            PageFacts.placed("A-1"), PageFacts.paid("A-1"), PageFacts.fact("order.cancelled", "A-1", ["reason": "no"]),
            PageFacts.placed("A-2"), PageFacts.paid("A-2"), PageFacts.placed("A-3"),
            PageFacts.fact("order.cancelled", "A-3", ["reason": "no"]),
        ]
        try await fixture.holding(facts) {
            let work = try await fixture.get("/orders?state=1", cookie: Self.english)
            #expect(Self.numbers(work) == ["A-2"])
            #expect(work.text.contains("href=\"/orders?state=1\" aria-current=\"true\">Not ended</a>"))
            let all = try await fixture.get("/orders?state=1&ended=also", cookie: Self.english)
            #expect(Self.numbers(all) == ["A-1", "A-2"])
            #expect(all.text.contains("ended=also\" aria-current=\"true\">Also cancelled and completed</a>"))
            #expect(all.text.contains("<input type=\"hidden\" name=\"ended\" value=\"also\">"))
            // Where nothing but ended orders is there, the page leads to them.
            let none = try await fixture.get("/orders?state=0", cookie: Self.english)
            #expect(Self.numbers(none).isEmpty && none.text.contains("still under way"))
            #expect(none.text.contains("<a class=\"button\" href=\"/orders?state=0&amp;ended=also\">"))
            // Who looks for a number, for all orders or for those that were signed for, sees every one.
            #expect(Self.numbers(try await fixture.get("/orders?state=1&prefix=A")) == ["A-1", "A-2"])
            #expect(Self.numbers(try await fixture.get("/orders")) == ["A-1", "A-2", "A-3"])
            let signed = try await fixture.get("/orders?state=6", cookie: Self.english)
            #expect(!signed.text.contains("Not ended"))
        }
    }

    @Test func `each row of chips of the wrong orders says what it filters`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([PageFacts.placed("A"), PageFacts.paid("A")]) {
            fixture.clock.move(by: .hours(5))
            for (language, rows) in [
                ("en", [("Verdict", "All verdicts"), ("Kind", "All kinds")]),
                ("zh", [("结论", "全部结论"), ("类别", "全部类别")]),
            ] {
                let text = try await fixture.get("/wrong-orders", cookie: "hydrant_lang=\(language)").text
                for (name, all) in rows {
                    #expect(text.contains(">\(name)</span>") && text.contains(">\(all) <b>"), "\(name)")
                }
            }
        }
    }

    @Test func `a figure of the health index opens to the orders behind it`() async throws {
        let words = WordTable(systems: ["wms": ["ACCEPT": .init(lowest: 3, highest: 3)]])
        let fixture = try PagesFixture(settings: Settings(words: words))
        let agrees = [PageFacts.paid("A"), PageFacts.passed("A"), PageFacts.locked("A", word: "ACCEPT")]
        let disagrees = [PageFacts.placed("B"), PageFacts.paid("B"), PageFacts.locked("B", word: "ACCEPT")]
        let unknown = [PageFacts.placed("C"), PageFacts.paid("C"), PageFacts.locked("C", word: "STRANGE")]
        try await fixture.holding([PageFacts.placed("A")] + agrees + disagrees + unknown) {
            #expect(Self.numbers(try await fixture.get("/orders?health=agreeing")) == ["A"])
            #expect(Self.numbers(try await fixture.get("/orders?health=disagreeing")) == ["B"])
            #expect(Self.numbers(try await fixture.get("/orders?health=unknown")) == ["C"])
            #expect(Self.numbers(try await fixture.get("/orders?health=population")) == ["A", "B", "C"])
            #expect(Self.numbers(try await fixture.get("/orders?health=intervened")) == [])
            let page = try await fixture.get("/health", cookie: Self.english)
            #expect(page.text.contains("<span class=\"big\">50.00%</span>"))
            #expect(
                page.text.contains(
                    "<a href=\"/orders?health=agreeing\">1</a> / <a href=\"/orders?health=verified\">2</a>"))
            #expect(page.text.contains("1.0 (doubled: past its line)"))
        }
    }

    @Test(arguments: [
        ("/orders?state=8", "state"), ("/orders?state=x", "state"), ("/orders?verdict=bad", "verdict"),
        ("/orders?after=-1", "after"), ("/orders?health=bad", "health"),
        ("/orders?state=1&ended=no", "ended"), ("/wrong-orders?kind=bad", "kind"),
        ("/wrong-orders?verdict=bad", "verdict"), ("/wrong-orders?after=bad", "after"),
    ])
    func `a value that is not allowed is refused with its name`(path: String, name: String) async throws {
        let fixture = try PagesFixture()
        let page = try await fixture.get(path, cookie: Self.english)
        #expect(page.status == 400)
        #expect(page.text.contains("The value of \(name) is not right."))
    }

    @Test func `wrong orders show kind, reason, advice and when it was verified`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([PageFacts.placed("A"), PageFacts.paid("A"), PageFacts.placed("B")]) {
            fixture.clock.move(by: .hours(5))
            let page = try await fixture.get("/wrong-orders?kind=paidNotLocked", cookie: Self.english)
            #expect(Self.numbers(page) == ["A"])
            #expect(page.text.contains("stock is still not locked"))
            #expect(page.text.contains("Check the stock; ship from elsewhere if need be"))
            #expect(page.text.contains("5 h 59 min ago"))
            #expect(page.text.contains("2026-11-11 19:01</time></td></tr>"))
        }
    }

    @Test func `a page of wrong orders never ends in the midst of an order`() async throws {
        // The first has one finding and the others two, so that the fiftieth finding is the first of an order's two.
        let fixture = try PagesFixture()
        let facts = Self.orders(40) { number in
            let amount: JSON = number == "S-001" ? 123_400 : 100
            let payment: JSON = ["id": "p", "amountMinor": amount, "complete": true]
            return [PageFacts.placed(number), PageFacts.fact("payment.reported", number, payment, minute: 1)]
        }
        try await fixture.holding(facts) {
            var request = WrongOrdersRequest()
            let first = try await WrongOrdersPage.load(request, from: fixture.hub)
            #expect(first.counts.reduce(0) { $0 + $1.count } == 79)
            #expect(first.rows.count == 51)
            request.cursor = try #require(first.next)
            let second = try await WrongOrdersPage.load(request, from: fixture.hub)
            #expect(second.rows.count == 28)
            #expect(second.next == nil)
            #expect(Set(first.rows.map(\.saved.order)).isDisjoint(with: second.rows.map(\.saved.order)))
            #expect((first.rows + second.rows).allSatisfy { $0.finding?.kind == $0.saved.kind })
        }
    }

    @Test func `a list without orders says so and offers one thing to do`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            let none = try await fixture.get("/orders", cookie: Self.english)
            #expect(none.text.contains("There are no orders yet."))
            let filtered = try await fixture.get("/orders?state=3", cookie: Self.english)
            #expect(filtered.text.contains("No order in this state is still under way."))
            let also = try await fixture.get("/orders?state=3&ended=also", cookie: Self.english)
            #expect(also.text.contains("No order matches."))
            #expect(also.text.contains("href=\"/orders\">Clear the filter"))
            let wrong = try await fixture.get("/wrong-orders?kind=noLines", cookie: Self.english)
            #expect(wrong.text.contains("nothing of this kind is wrong now"))
        }
    }

    @Test(arguments: [("A-1", "/orders/A-1"), (" A-1 ", "/orders/A-1"), ("B/7", "/orders/B%2F7")])
    func `the search box jumps to the only order that it can mean`(query: String, target: String) async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([PageFacts.placed("A-1"), PageFacts.placed("B/7")]) {
            let answer = try await fixture.post("/search", [("q", query)])
            #expect(answer.status == 303)
            #expect(answer.headers[.location] == target)
        }
    }

    @Test func `a number with a slash has a page`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([PageFacts.placed("B/7")]) {
            let page = try await fixture.get("/orders/B%2F7")
            #expect(page.status == 200)
            #expect(page.text.contains("<h1 class=\"number\">B/7</h1>"))
        }
    }

    @Test func `a language that was chosen is remembered, and the link to the other keeps the page`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([PageFacts.placed("A")]) {
            let chosen = try await fixture.get("/orders?state=0&lang=en")
            #expect(chosen.text.contains("<html lang=\"en\">"))
            #expect(chosen.headers[.setCookie]?.hasPrefix("hydrant_lang=en; ") == true)
            #expect(chosen.text.contains("href=\"/orders?state=0&amp;lang=zh\""))
            let remembered = try await fixture.get("/orders", cookie: Self.english)
            #expect(remembered.text.contains("<html lang=\"en\">"))
            #expect(remembered.headers[.setCookie] == nil)
            #expect(try await fixture.get("/orders?lang=fr").text.contains("<html lang=\"zh-CN\">"))
        }
    }

    @Test func `pages are Chinese, except for a browser that asks for English and not for Chinese`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([PageFacts.placed("A")]) {
            for (accepts, language) in [
                ("en-US,en;q=0.9", "en"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"), ("fr-FR,fr", "zh-CN"), ("", "zh-CN"),
            ] {
                let page = try await fixture.get("/orders", accepts: accepts)
                #expect(page.text.contains("<html lang=\"\(language)\">"), "\(accepts)")
            }
        }
    }

    @Test func `assets are kept for ever under the hash of their content, and weigh little`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([PageFacts.placed("A")]) {
            let page = try await fixture.get("/")
            var weight = page.text.utf8.count
            for (name, type) in [
                ("hydrant.css", "text/css; charset=utf-8"), ("hydrant.js", "text/javascript; charset=utf-8"),
                ("logo.svg", "image/svg+xml"),
            ] {
                let mark = "/assets/\(name)?v="
                let address = try page.part(from: mark, to: "\"")
                let asset = try await fixture.get(address)
                #expect(asset.status == 200)
                #expect(asset.headers[.contentType] == type)
                #expect(asset.headers[.cacheControl] == "public, max-age=31536000, immutable")
                let old = try await fixture.get("/assets/\(name)?v=0")
                #expect(old.headers[.cacheControl] == "public, max-age=300")
                weight += asset.text.utf8.count
            }
            #expect(weight < 250_000)
        }
    }

    @Test func `the guard of pressed buttons stands once at the head of both scripts that need it`() throws {
        let assets = try PageFiles().assets
        for name in ["hydrant.js", "packing.js", "stage.js", "templates.js"] {
            let script = String(decoding: try #require(assets[name]).bytes, as: UTF8.self)
            let isGuarded = ["hydrant.js", "packing.js"].contains(name)
            #expect(script.hasPrefix("/* Nothing moves or takes the place of a button") == isGuarded, "\(name)")
            #expect(script.split(separator: "\n").count { $0.hasPrefix("var whenLetGo = ") } == (isGuarded ? 1 : 0))
            #expect(script.split(separator: "\n").contains { $0.contains("whenLetGo(function") } == isGuarded)
            // The editor of templates has what reads and writes their mappings in front.
            #expect(script.contains("\nvar mapping = (function () {\n") == (name == "stage.js"))
        }
    }
}
