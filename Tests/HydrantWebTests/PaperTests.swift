import HTTPTypes
import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Testing

/// Waybills, slips and picking lists that people print from the pages.
@Suite struct PaperTests {
    private static let press = LabelPress(
        shipped: [
            "aggregated": "aggregated", "waybill": "waybill", "packing-slip": "packing-slip",
            "return-slip": "return-slip", "picking-list": "picking-list",
            "picking-list-label": "picking-list-label",
        ],
        render: { bag, wish in
            let orders = bag.orders.map { order in
                let goods = order.items.map { "\($0.sku)×\($0.units)" }.joined(separator: ",")
                return "\(order.number) \(order.tracking) \(goods)"
            }
            return [Array("\(wish.template) \(wish.format) \(bag.warehouse) \(orders.joined(separator: "; "))".utf8)]
        })

    private static func ask(
        _ fixture: PagesFixture, _ path: String, _ fields: [String: String]
    ) async throws -> PageAnswer {
        let form =
            [(name: "form", value: "")] + fields.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        return try await fixture.post(path, form, cookie: "hydrant_lang=en")
    }

    private static func place(_ answer: PageAnswer) -> String { answer.headers[.location] ?? "" }

    private static func more(_ fixture: PagesFixture, _ facts: [JSON]) async throws {
        let incoming = try facts.map { try fixture.hub.intake.read($0, receivedAt: PagesFixture.begin) }
        _ = try await fixture.hub.submit(incoming)
    }

    @Test func `a waybill is printed once for nothing and again for a reason, and the trail keeps both`() async throws {
        let fixture = try PagesFixture(press: Self.press)
        try await fixture.holding(PackingTests.packed("ORD1")) {
            let path = "/orders/ORD1/papers"
            let wish = ["kind": "waybill", "parcel": "ORD1-1", "to": "browser"]
            func with(_ more: [String: String]) -> [String: String] { wish.merging(more) { $1 } }
            let first = try await Self.ask(fixture, path, with(["once": "0"]))
            #expect(first.status == 303 && Self.place(first).hasPrefix("/papers/"), "\(first.text)")
            let document = try await fixture.get(Self.place(first))
            #expect(document.text == "waybill pdf W1 ORD1 SF77ORD1 LF9001×2")
            #expect(document.headers[.contentType] == "application/pdf")
            // The same form sent twice is one print.
            #expect(Self.place(try await Self.ask(fixture, path, with(["once": "0"]))) == Self.place(first))
            let again = try await Self.ask(fixture, path, with(["once": "1"]))
            #expect(again.status == 409 && again.text.contains("needs a reason"))
            let reason = try await Self.ask(fixture, path, with(["once": "1", "reason": "smudged 13711110007"]))
            #expect(reason.status == 303 && Self.place(reason) != Self.place(first))
            #expect(try await fixture.get("/papers/ZZZZZZZZ?print=x").status == 404)
            let key = ParcelKey(order: "ORD1", parcel: "ORD1-1")
            let owner = DeskPerson(actor: "user:owner", name: "owner", warehouses: nil)
            let sight = try #require(try await fixture.hub.desk.paper(.waybill, of: key, for: owner))
            #expect(sight.paper.prints.map(\.isForPrinter) == [false, false])
            #expect(try await fixture.get(Self.place(first).replacing("open-0", with: "open-7")).status == 404)
            let trail = try await fixture.hub.store.read {
                try $0.auditRows(AuditFilter(action: "paper.printed"), before: .max, limit: 9).map(\.entry)
            }
            #expect(trail.map(\.reason) == ["*** ***", ""])
            #expect(trail.allSatisfy { $0.object == "order:ORD1" })
            #expect(trail.allSatisfy { $0.actor == "user:owner" })
            #expect(try await Self.ask(fixture, path, ["kind": "picking-list"]).status == 400)
            #expect(try await Self.ask(fixture, path, ["kind": "waybill", "parcel": "NONE"]).status == 404)
        }
    }

    @Test func `what goes to the warehouse's printer waits in its queue, and without a printer nothing is counted`()
        async throws
    {
        let fixture = try PagesFixture(press: Self.press)
        try await fixture.holding(PackingTests.packed("ORD1")) {
            let wish = ["kind": "packing-slip", "parcel": "ORD1-1", "to": "printer", "once": "0"]
            let none = try await Self.ask(fixture, "/orders/ORD1/papers", wish)
            #expect(none.status == 409 && none.text.contains("no printer"))
            var settings = try await fixture.hub.desk.settings()
            settings.printers = [DeskSettings.Printer(warehouse: "W1", address: "127.0.0.1:9")]
            try await fixture.hub.desk.save(settings, by: "user:owner")
            let sent = try await Self.ask(fixture, "/orders/ORD1/papers", wish)
            #expect(sent.status == 303 && Self.place(sent) == "/orders/ORD1#papers", "\(sent.text)")
            let jobs = try await fixture.hub.store.read { try $0.records("print-jobs", after: "", limit: 9) }
            let key = ParcelKey(order: "ORD1", parcel: "ORD1-1")
            let owner = DeskPerson(actor: "user:owner", name: "owner", warehouses: nil)
            let sight = try #require(try await fixture.hub.desk.paper(.packingSlip, of: key, for: owner))
            let job = try #require(sight.jobs.values.first)
            #expect(sight.paper.prints.map(\.isForPrinter) == [true])
            let part = try await fixture.get("/orders/ORD1", cookie: "hydrant_lang=en").text
            #expect(!part.contains("made as a PDF"))
            #expect(jobs.count == 1 && job.isPaper && job.template == "packing-slip" && job.printer.warehouse == "W1")
        }
    }

    @Test func `goods on their way back under a number that somebody told have no label here`() async throws {
        let fixture = try PagesFixture(press: Self.press)
        let lines: JSON = [["line": "1", "units": 1]]
        let way: JSON = ["parcel": "way-back:R1", "courier": "SF", "number": "SF1234567890123"]
        let facts =
            PackingTests.packed("ORD1") + [
                PageFacts.fact("parcel.handed-over", "ORD1", ["parcel": "ORD1-1"], source: "wms", minute: 20),
                PageFacts.fact("return.asked", "ORD1", ["id": "R1", "exchange": false, "lines": lines], minute: 21),
                PageFacts.fact("tracking.reported", "ORD1", way, minute: 22),
            ]
        try await fixture.holding(facts) {
            let wish = ["kind": "waybill", "parcel": "way-back:R1", "to": "browser", "once": "0"]
            let answer = try await Self.ask(fixture, "/orders/ORD1/papers", wish)
            #expect(answer.status == 409 && answer.text.contains("no tracking number"), "\(answer.text)")
        }
    }

    @Test func `a held, cancelled or departed order and a number that was taken back are named`() async throws {
        let fixture = try PagesFixture(press: Self.press)
        let facts =
            ["HELD", "GONE", "VOID", "DEAD"].flatMap { PackingTests.packed($0) } + PackingTests.locked("BARE")
            + [
                PageFacts.fact(
                    "hold.placed", "HELD",
                    ["id": "h", "reason": "ask the buyer", "owner": "service", "untilPerson": true], minute: 20),
                PageFacts.fact("parcel.handed-over", "GONE", ["parcel": "GONE-1"], source: "wms", minute: 20),
                PageFacts.fact(
                    "waybill.voided", "VOID", ["parcel": "VOID-1", "number": "SF77VOID"], source: "sf", minute: 20),
                PageFacts.fact("order.cancelled", "DEAD", ["reason": "no"], minute: 20),
            ]
        try await fixture.holding(facts) {
            for (order, kind, words) in [
                ("HELD", "waybill", "ask the buyer"), ("HELD", "packing-slip", "ask the buyer"),
                ("GONE", "waybill", "has left"), ("VOID", "waybill", "SF77VOID is void"),
                ("DEAD", "waybill", "cancelled"), ("DEAD", "packing-slip", "cancelled"),
                ("BARE", "waybill", "no tracking number"), ("GONE", "return-slip", "asked for a return"),
            ] {
                let wish = ["kind": kind, "parcel": "\(order)-1", "to": "browser"]
                let answer = try await Self.ask(fixture, "/orders/\(order)/papers", wish)
                #expect(answer.status == 409 && answer.text.contains(words), "\(order) \(kind): \(answer.text)")
            }
            let papers = try await fixture.hub.store.read { try $0.records("papers", after: "", limit: 9) }
            #expect(papers.isEmpty)
            // What was printed before the order was held is not shown any more.
            let slip = ["kind": "packing-slip", "parcel": "VOID-1", "to": "browser"]
            let printed = Self.place(try await Self.ask(fixture, "/orders/VOID/papers", slip))
            #expect(try await fixture.get(printed).status == 200)
            try await Self.more(fixture, [PageFacts.fact("order.cancelled", "VOID", ["reason": "no"], minute: 30)])
            let late = try await fixture.get(printed, cookie: "hydrant_lang=en")
            #expect(late.status == 409 && late.text.contains("cancelled"))
        }
    }

    @Test func `a return slip is there once a return is open, and its code opens the order`() async throws {
        let fixture = try PagesFixture(press: Self.press)
        try await fixture.holding(PackingTests.packed("ORD1")) {
            let back = PageFacts.fact("return.asked", "ORD1", ["reason": "wrong model"], minute: 40)
            try await Self.more(fixture, [back])
            let answer = try await Self.ask(
                fixture, "/orders/ORD1/papers", ["kind": "return-slip", "to": "browser", "once": "0"])
            #expect(answer.status == 303, "\(answer.text)")
            #expect(try await fixture.get(Self.place(answer)).text.hasPrefix("return-slip pdf "))
            let code = String(Self.place(answer).dropFirst("/papers/".count).prefix(8))
            let opened = try await fixture.get("/b/\(code)-1")
            #expect(opened.status == 303 && Self.place(opened) == "/orders/ORD1")
            // At the desk the code means its order, as every number of it does.
            let scanned = try await PackingTests.send(fixture, [PackingTests.scan("https://hub.example/b/\(code)-1")])
            #expect(!scanned.html.contains("Unknown") && scanned.html.contains("ORD1"))
        }
    }

    @Test func `the picking list of a wave is printed, and its code offers its orders`() async throws {
        let fixture = try PagesFixture(press: Self.press)
        try await fixture.holding(["ORD1", "ORD2"].flatMap { PackingTests.locked($0) }) {
            let page = try await fixture.get("/waves/list?warehouse=&courier=", cookie: "hydrant_lang=en")
            #expect(page.text.contains("name=\"to\" value=\"browser\"") && !page.text.contains("⟦"))
            let wish = ["warehouse": "", "courier": "", "to": "browser", "once": "0"]
            let answer = try await Self.ask(fixture, "/waves/list", wish)
            #expect(answer.status == 303, "\(answer.text)")
            let text = try await fixture.get(Self.place(answer)).text
            #expect(text == "picking-list pdf  ORD1  LF9001×2; ORD2  LF9001×2")
            let code = String(Self.place(answer).dropFirst("/papers/".count).prefix(8))
            #expect(Self.place(try await fixture.get("/b/\(code)")).hasPrefix("/waves/list"))
            let scanned = try await PackingTests.send(fixture, [PackingTests.scan(code)])
            #expect(scanned.html.contains("data-scan=\"ORD1\"") && scanned.html.contains("data-scan=\"ORD2\""))
            let again = try await Self.ask(fixture, "/waves/list", wish.merging(["once": "1"]) { $1 })
            #expect(again.status == 409 && again.text.contains("needs a reason"))
            // What must not be packed any more is not fetched.
            try await Self.more(fixture, [PageFacts.fact("order.cancelled", "ORD1", ["reason": "no"], minute: 30)])
            #expect(try await fixture.get(Self.place(answer)).text == "picking-list pdf  ORD2  LF9001×2")
            // With other orders it is another list, whose first print needs no reason.
            #expect(try await Self.ask(fixture, "/waves/list", wish).status == 303)
            #expect(Self.place(try await Self.ask(fixture, "/waves/list", ["warehouse": "none"])) == "/waves")
        }
    }

    @Test func `at the desk the papers of the parcel in hand are printed by one press`() async throws {
        let fixture = try PagesFixture(press: Self.press)
        try await fixture.holding(PackingTests.packed("ORD1") + PackingTests.locked("ORD2")) {
            let bag = try await PackingTests.send(fixture, [PackingTests.scan("ORD1")])
            #expect(bag.html.contains("data-do=\"paper\" data-text=\"waybill\" data-to=\"browser\""))
            func press(_ kind: String, _ order: String, _ more: [(String, JSON)] = []) -> [(String, JSON)] {
                PackingTests.act(
                    "paper", bag: bag.bag,
                    [("text", .string(kind)), ("order", .string(order)), ("parcel", .string("\(order)-1"))] + more)
            }
            let first = try await PackingTests.send(fixture, [press("waybill", "ORD1", [("id", "paper-001")])])
            #expect(first.tones == ["good"] && first.opens.hasSuffix("?print=paper-001"), "\(first.texts)")
            #expect(first.texts == ["Made as a PDF"])
            #expect(first.html.contains("<span>made as a PDF</span>") && !first.html.contains("sent to print"))
            #expect(try await fixture.get(first.opens).text.hasPrefix("waybill pdf W1 ORD1"))
            // The parcel stays in hand, with what was printed of it.
            #expect(first.bag == bag.bag && first.html.contains("<small>made as a PDF 1 time</small>"))
            #expect(!first.html.contains("printed"))
            #expect(try await PackingTests.send(fixture, [press("waybill", "ORD1")]).tones == ["wrong"])
            let reason: [(String, JSON)] = [("reason", "torn")]
            #expect(try await PackingTests.send(fixture, [press("waybill", "ORD1", reason)]).tones == ["good"])
            let printer = try await PackingTests.send(
                fixture, [press("packing-slip", "ORD1", [("to", "printer")])])
            #expect(printer.tones == ["late"])
            // Of an order that is being packed there is a slip, and no waybill yet.
            let pack = try await PackingTests.send(fixture, [PackingTests.scan("ORD2")])
            #expect(pack.html.contains("data-text=\"packing-slip\"") && !pack.html.contains("data-text=\"waybill\""))
            #expect(pack.html.contains("no tracking number yet</em> <small>Print it once there is one</small>"))
            // What is not packed yet says so beside the button; what is packed does not.
            #expect(pack.html.contains("<em>not packed yet: 0 of 2 scanned</em>"))
            let more = try await PackingTests.send(fixture, [PackingTests.scan("LF9001", order: "ORD2")])
            #expect(more.html.contains("<em>not packed yet: 1 of 2 scanned</em>"))
            #expect(!first.html.contains("not packed yet"))
            // Where everything is scanned the desk says what is left to do, and the order's page what is missing.
            let all = try await PackingTests.send(fixture, [PackingTests.scan("LF9001", order: "ORD2")])
            #expect(all.html.contains("data-state=\"Everything is in\"") && !all.html.contains("not packed yet"))
            let number: JSON = ["parcel": "ORD2-1", "courier": "SF", "number": "SF1234567890123"]
            let told = PageFacts.fact("tracking.reported", "ORD2", number, source: "wms", minute: 30)
            _ = try await fixture.hub.submit([try fixture.hub.intake.read(told, receivedAt: PagesFixture.begin)])
            let page = try await fixture.get("/orders/ORD2", cookie: "hydrant_session=abc; hydrant_lang=en").text
            #expect(page.contains("all 2 scanned, but “Packed” was not pressed yet"))
            let unknown = try await PackingTests.send(fixture, [press("waybill", "NONE")])
            #expect(unknown.tones == ["wrong"] && unknown.texts[0].contains("NONE"))
        }
    }
}

/// Who may print what.
@Suite struct PaperAccessTests {
    private static func packed(_ order: String, _ warehouses: [String]) -> [JSON] {
        [Facts.placed(order, id: order, extra: [("warehouse", .string(warehouses[0]))])]
            + warehouses.enumerated().map { index, warehouse in
                [
                    "kind": "parcel.packed", "source": "wms", "id": .string("p-\(order)-\(index)"),
                    "order": .string(order), "occurredAt": .string(APIFixture.begin.text),
                    "data": ["parcel": .string("\(order)-\(index + 1)"), "warehouse": .string(warehouse)],
                ]
            }
    }

    private static func slip(_ parcel: String, _ to: String = "browser") -> String {
        "kind=packing-slip&parcel=\(parcel)&to=\(to)&once=0"
    }

    @Test func `another warehouse's papers are answered as those of an absent order`() async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .warehouse, warehouses: ["W2"])
        try await api.running {
            for fact in Self.packed("THEIRS01", ["W1"]) + Self.packed("BOTH0001", ["W1", "W2"]) {
                _ = try await api.hub.submit([try api.hub.intake.read(fact, receivedAt: APIFixture.begin)])
            }
            func ask(_ order: String, _ parcel: String) async throws -> Answer {
                try await api.submit("/orders/\(order)/papers", Self.slip(parcel), cookie: cookie)
            }
            let absent = try await ask("ABSENT01", "ABSENT01-1")
            let theirs = try await ask("THEIRS01", "THEIRS01-1")
            #expect(absent.status == 404 && theirs.status == 404)
            #expect(theirs.text.replacing("THEIRS", with: "ABSENT") == absent.text)
            // Of an order with parcels in two warehouses the other one's is no parcel.
            #expect(try await ask("BOTH0001", "BOTH0001-1").status == 404)
            #expect(try await ask("BOTH0001", "NONE").status == 404)
            // The own one gets as far as the hub's missing press.
            #expect(try await ask("BOTH0001", "BOTH0001-2").status == 409)
            let owner = DeskPerson(actor: "user:owner", name: "owner", warehouses: nil)
            let key = ParcelKey(order: "THEIRS01", parcel: "THEIRS01-1")
            let sight = try #require(try await api.hub.desk.paper(.packingSlip, of: key, for: owner))
            let command = PaperCommand(id: "print-01", person: owner, at: APIFixture.begin, reason: "")
            let paper = try await api.hub.desk.printPaper(sight.paper, command).paper
            let hidden = try await api.send(.get, "/papers/\(paper.code)?print=print-01", headers: [.cookie: cookie])
            let none = try await api.send(.get, "/papers/ZZZZZZZZ?print=print-01", headers: [.cookie: cookie])
            #expect(hidden.status == 404 && none.status == 404)
            #expect(hidden.text.replacing(paper.code.text, with: "ZZZZZZZZ") == none.text)
            #expect(try await api.send(.get, "/b/\(paper.code)", headers: [.cookie: cookie]).status == 404)
            func press(_ order: String) async throws -> String {
                let event: JSON = [
                    [
                        "id": "event-0001", "kind": "paper", "text": "waybill", "order": .string(order),
                        "parcel": .string("\(order)-1"), "to": "browser",
                    ]
                ]
                let form = formEncoded([("events", String(decoding: event.bytes, as: UTF8.self))])
                let answer: Answer = try await api.submit("/packing/events", form, cookie: cookie)
                return answer.text
            }
            let pressed = try await press("THEIRS01")
            #expect(pressed.contains("ABSENT01") == false)
            #expect(pressed.replacing("THEIRS", with: "ABSENT") == (try await press("ABSENT01")))
        }
    }

    @Test func `an agent sends slips from the browser and prints nothing in a warehouse`() async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .service)
        try await api.running {
            for fact in Self.packed("ORD00001", ["W1"]) {
                _ = try await api.hub.submit([try api.hub.intake.read(fact, receivedAt: APIFixture.begin)])
            }
            let path = "/orders/ORD00001/papers"
            // No press in this hub: whoever may, hears that.
            #expect(try await api.submit(path, Self.slip("ORD00001-1"), cookie: cookie).status == 409)
            for form in [Self.slip("ORD00001-1", "printer"), "kind=waybill&parcel=ORD00001-1&to=browser"] {
                let answer = try await api.submit(path, form, cookie: cookie)
                #expect(answer.status == 403 && answer.text.contains("HY-2030"), "\(form)")
            }
            #expect(try await api.submit("/waves/list", "warehouse=&courier=", cookie: cookie).status == 403)
            let page = try await api.send(.get, "/orders/ORD00001", headers: [.cookie: cookie]).text
            let part = page.components("data-part=\"papers\"", "</section>")
            #expect(part.contains("value=\"packing-slip\"") && !part.contains("value=\"printer\""))
            #expect(!part.contains("value=\"waybill\"") && !page.contains("⟦"))
        }
    }
}

extension String {
    /// The text between two marks; empty where the first is missing.
    fileprivate func components(_ begin: String, _ end: String) -> String {
        guard let first = firstRange(of: begin) else { return "" }
        let rest = self[first.upperBound...]
        return String(rest[..<(rest.firstRange(of: end)?.lowerBound ?? rest.endIndex)])
    }
}
