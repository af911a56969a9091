import Foundation
import HTTPTypes
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Testing

/// The packing page's events and what they do, and the pages about bags.
@Suite struct PackingTests {
    /// Placed, paid, checked, locked; two filters and a cap that belongs to them.
    static func locked(_ order: String, gift: Bool = false) -> [JSON] {
        let line: JSON = ["id": "1", "sku": "LF9001", "name": "机油滤清器", "units": 2, "priceMinor": 123_400]
        let cap: JSON = ["id": "2", "sku": "CAP-9", "name": "鸭舌帽", "gift": true]
        return [
            PageFacts.placed(order, lines: gift ? [line, cap] : [line]), PageFacts.paid(order), PageFacts.passed(order),
            PageFacts.locked(order),
        ]
    }

    static func packed(_ order: String, warehouse: String = "W1", minute: Int64 = 10) -> [JSON] {
        locked(order) + [
            PageFacts.fact(
                "parcel.packed", order,
                ["parcel": .string("\(order)-1"), "warehouse": .string(warehouse), "weightGrams": 1_000],
                source: "wms", minute: minute),
            PageFacts.fact(
                "tracking.reported", order,
                [
                    "parcel": .string("\(order)-1"), "courier": "sf", "channel": "sf",
                    "number": .string("SF77\(order)"),
                ], source: "sf", minute: minute),
        ]
    }

    struct Answer {
        var tones: [String]
        var texts: [String]
        var html: String
        var bag: String
        var opens: String
    }

    static func send(
        _ fixture: PagesFixture, _ events: [[(String, JSON)]]
    ) async throws -> Answer {
        let list = JSON.array(
            events.enumerated().map { index, event in
                let id = event.first { $0.0 == "id" }?.1 ?? .string("event-\(UUID().uuidString)-\(index)")
                return .compact([("id", id)] + event.filter { $0.0 != "id" }.map { ($0.0, $0.1) })
            })
        let form = [
            (name: "form", value: ""), (name: "events", value: String(decoding: list.bytes, as: UTF8.self)),
        ]
        let answer = try await fixture.post("/packing/events", form, cookie: "hydrant_lang=en")
        #expect(answer.status == 200, "\(answer.text)")
        let json = try JSON(bytes: Array(answer.text.utf8))
        let results = json["results"]?.array ?? []
        #expect(results.count == events.count)
        return Answer(
            tones: results.compactMap { $0["tone"]?.string }, texts: results.compactMap { $0["text"]?.string },
            html: json["html"]?.string ?? "", bag: json["sight"]?["bag"]?.string ?? "",
            opens: results.last?["opens"]?.string ?? "")
    }

    static func scan(_ text: String, bag: String = "", order: String = "", id: String? = nil) -> [(
        String, JSON
    )] {
        var event: [(String, JSON)] = [("kind", "scan"), ("text", .string(text))]
        if !bag.isEmpty { event.append(("bag", .string(bag))) }
        if !order.isEmpty { event.append(("order", .string(order))) }
        if let id { event.append(("id", .string(id))) }
        return event
    }

    static func act(_ kind: String, bag: String, _ more: [(String, JSON)] = []) -> [(String, JSON)] {
        [("kind", .string(kind)), ("bag", .string(bag))] + more
    }

    static func bag(_ text: String, _ fixture: PagesFixture) async throws -> Bag {
        let code = try #require(BagCode(text))
        return try #require(try await fixture.hub.desk.bag(code))
    }

    @Test func `an order is packed unit by unit, and its packing is a fact`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding(Self.locked("ORD1", gift: true)) {
            let begin = try await Self.send(fixture, [Self.scan("ORD1")])
            #expect(begin.tones == ["note"] && begin.html.contains("LF9001") && begin.html.contains("0/2"))
            #expect(begin.html.contains("data-do=\"bind\""))
            let wrong = try await Self.send(fixture, [Self.scan("LF9009", order: "ORD1")])
            #expect(wrong.tones == ["wrong"] && wrong.texts[0].contains("LF9009"))
            let event = Self.scan("LF9001", order: "ORD1", id: "unit-one")
            // A scan that is sent again counts once.
            #expect(try await Self.send(fixture, [event, event]).tones == ["good", "good"])
            let all = try await Self.send(
                fixture, [Self.scan("lf9001", order: "ORD1"), Self.scan("CAP-9", order: "ORD1")])
            #expect(all.tones == ["good", "good"])
            let finish: [(String, JSON)] = [
                ("kind", "finish"), ("order", "ORD1"), ("parcel", "ORD1-1"), ("grams", 900),
            ]
            #expect(try await Self.send(fixture, [finish]).tones == ["wrong"])
            let bind: [(String, JSON)] = [("kind", "bind"), ("order", "ORD1"), ("text", "2"), ("line", "1")]
            #expect(try await Self.send(fixture, [bind]).tones == ["good"])
            // A bar code that was scanned where the weight is typed: nothing is packed, and the desk goes on.
            let weights: [JSON] = [6_901_234_567_890_000, 1_000_001, -1, "1.5", "900"]
            for weight in weights {
                let scanned: [(String, JSON)] = [
                    ("kind", "finish"), ("order", "ORD1"), ("parcel", "ORD1-1"), ("grams", weight),
                ]
                let answer = try await Self.send(fixture, [scanned])
                #expect(answer.tones == ["wrong"] && answer.texts == ["That is no weight"], "\(weight)")
                #expect(answer.html.contains("LF9001"))
            }
            #expect(try await fixture.hub.committer.order("ORD1")?.parcels.isEmpty == true)
            let done = try await Self.send(fixture, [finish])
            // Without a number it goes into no bag.
            #expect(done.tones == ["good"] && done.bag.isEmpty)
            #expect(try await Self.send(fixture, [Self.scan("ORD1")]).tones == ["late"])
            #expect(try await Self.send(fixture, [finish]).tones == ["good"])
            let order = try #require(try await fixture.hub.committer.order("ORD1"))
            #expect(order.state == StateNumber.packed && order.parcels.count == 1)
            let packing = try #require(order.parcels[0].packing?.value)
            #expect(packing.warehouse == "W1" || packing.warehouse.isEmpty)
            #expect(packing.items.map(\.units) == [2, 1] && packing.weightGrams == 900)
            #expect(order.parcels[0].packed?.source == "desk")
            let trail = try await fixture.hub.store.read {
                try $0.auditRows(AuditFilter(action: "parcel.packed"), before: .max, limit: 9)
            }
            #expect(trail.map(\.entry.object) == ["order:ORD1"] && trail[0].entry.actor == "user:owner")
        }
    }

    @Test func `parcels of one way share a bag, a foreign one is named, and the bag goes its whole way`() async throws {
        let fixture = try PagesFixture()
        let facts = Self.packed("ORD1") + Self.packed("ORD2", minute: 15) + Self.packed("FAR1", warehouse: "W2")
        try await fixture.holding(facts) {
            let first = try await Self.send(fixture, [Self.scan("SF77ORD1")])
            #expect(first.tones == ["good"] && first.texts[0].contains("1/2"), "\(first.texts)")
            let code = first.bag
            #expect(BagCode(code) != nil && first.html.contains("ORD2-1"))
            let early = try await Self.send(fixture, [Self.act("close", bag: code)])
            #expect(early.tones == ["wrong"] && early.texts[0].contains("ORD2-1"))
            let foreign = try await Self.send(fixture, [Self.scan("FAR1-1", bag: code)])
            #expect(foreign.tones == ["wrong"] && foreign.texts[0].contains("FAR1-1"))
            #expect(foreign.html.contains("class=\"stray\""))
            let second = try await Self.send(fixture, [Self.scan("ORD2", bag: code)])
            #expect(second.tones == ["good"])
            #expect(try await Self.send(fixture, [Self.act("close", bag: code)]).tones == ["wrong"])
            let out: [(String, JSON)] = [("order", "FAR1"), ("parcel", "FAR1-1")]
            let right = try await Self.send(
                fixture, [Self.act("takeOut", bag: code, out), Self.act("close", bag: code)])
            #expect(right.tones == ["good", "good"])
            #expect(try await fixture.get("/bags", cookie: "hydrant_lang=en").text.contains(code))
            let gone = try await Self.send(fixture, [Self.act("handOver", bag: code)])
            #expect(gone.tones == ["good"])
            for number in ["ORD1", "ORD2"] {
                let order = try #require(try await fixture.hub.committer.order(number))
                #expect(order.parcels[0].handedOver?.source == "desk")
            }
            let page = try await fixture.get("/b/\(code)-2", cookie: "hydrant_lang=en")
            #expect(page.status == 200 && page.text.contains("ORD1") && page.text.contains("marked"))
            let list = try await fixture.get("/bags").text
            #expect(!list.contains(code))
            let trail = try await fixture.hub.store.read {
                try $0.auditRows(AuditFilter(object: "bag:\(code)"), before: .max, limit: 9).map(\.entry.action)
            }
            #expect(trail == ["bag.handed-over", "bag.closed"])
        }
    }

    @Test func `litres and the courier's line decide about bags as far as they are known`() async throws {
        func measured(_ order: String, litres: Int64, line: String) -> [JSON] {
            let parcel = JSON.string("\(order)-1")
            return Self.locked(order) + [
                PageFacts.fact(
                    "parcel.packed", order,
                    ["parcel": parcel, "warehouse": "W1", "volumeMillilitres": .integer(litres * 1_000)],
                    source: "wms", minute: 10),
                PageFacts.fact(
                    "tracking.reported", order,
                    [
                        "parcel": parcel, "courier": "zto", "channel": "zto", "number": .string("ZT7\(order)"),
                        "line": .string(line),
                    ], source: "zto", minute: 10),
            ]
        }
        let fixture = try PagesFixture()
        let facts =
            measured("ORD1", litres: 70, line: "L1") + measured("ORD2", litres: 70, line: "L1")
            + measured("ORD3", litres: 40, line: "L1") + measured("ORD4", litres: 1, line: "L2")
        try await fixture.holding(facts) {
            var bags: [String: Set<String>] = [:]
            for order in ["ORD1", "ORD2", "ORD3", "ORD4"] {
                let code = try await Self.send(fixture, [Self.scan("ZT7\(order)")]).bag
                bags[code, default: []].insert(order)
            }
            // 120 litres go into a bag: two of 70 do not, one of 70 and one of 40 do; L2 goes its own way.
            #expect(bags.count == 3 && bags.values.contains(["ORD4"]), "\(bags)")
            #expect(!bags.values.contains { $0.isSuperset(of: ["ORD1", "ORD2"]) })
            let alone = try #require(bags.first { $0.value == ["ORD4"] })
            #expect(try await Self.bag(alone.key, fixture).way.line == "L2")
            let page = try await fixture.get("/b/\(alone.key)", cookie: "hydrant_lang=en").text
            #expect(page.contains("line L2"))
        }
    }

    @Test func `a later parcel of the same way joins the open bag`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding(Self.packed("ORD1")) {
            let code = try await Self.send(fixture, [Self.scan("ORD1")]).bag
            let hub = fixture.hub
            let more = try Self.packed("ORD2", minute: 12).map {
                try hub.intake.read($0, receivedAt: PagesFixture.begin)
            }
            _ = try await hub.submit(more)
            let late = try Self.packed("LATE", minute: 40).map {
                try hub.intake.read($0, receivedAt: PagesFixture.begin)
            }
            _ = try await hub.submit(late)
            let second = try await Self.send(fixture, [Self.scan("ORD2")])
            #expect(second.bag == code && second.tones == ["good"])
            // Packed half an hour later, it leaves half an hour later.
            #expect(try await Self.send(fixture, [Self.scan("LATE")]).bag != code)
        }
    }

    @Test func `a cancelled order leaves the closed bag at once, its label is old, and nobody hands it over`()
        async throws
    {
        let fixture = try PagesFixture()
        try await fixture.holding(Self.packed("ORD1") + Self.packed("ORD2")) {
            let code = try await Self.send(fixture, [Self.scan("ORD1")]).bag
            _ = try await Self.send(fixture, [Self.scan("ORD2", bag: code), Self.act("close", bag: code)])
            let cancel = PageFacts.fact("order.cancelled", "ORD2", ["reason": "no"], minute: 30)
            let incoming = try fixture.hub.intake.read(cancel, receivedAt: PagesFixture.begin)
            _ = try await fixture.hub.submit([incoming])
            let answer = try await Self.send(fixture, [Self.act("handOver", bag: code)])
            #expect(answer.tones == ["wrong"] && answer.html.contains("cancelled"))
            let place = try #require(try await Self.bag(code, fixture).places.first { !$0.isMeant })
            let page = try await fixture.get("/b/\(code)-\(place.number)", cookie: "hydrant_lang=en")
            #expect(page.text.contains("oldlabel") && page.text.contains("Old label"))
            // The order's own code warns; the other one's does not.
            let other = try await fixture.get("/b/\(code)-\(3 - place.number)", cookie: "hydrant_lang=en")
            #expect(!other.text.contains("oldlabel"))
            let out: [(String, JSON)] = [("order", "ORD2"), ("parcel", "ORD2-1")]
            let right = try await Self.send(
                fixture,
                [Self.act("takeOut", bag: code, out), Self.act("close", bag: code), Self.act("handOver", bag: code)])
            #expect(right.tones == ["good", "good", "good"])
            #expect(try await fixture.hub.committer.order("ORD2")?.parcels[0].handedOver == nil)
            let again = try await Self.send(fixture, [Self.scan("SF77ORD2")])
            #expect(again.tones == ["wrong"] && again.texts[0].contains("ancelled"))
        }
    }

    @Test func `a bag whose parcels the courier has by somebody else's word is gone`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding(Self.packed("ORD1") + Self.packed("ORD2")) {
            let code = try await Self.send(fixture, [Self.scan("ORD1")]).bag
            for (order, isGone) in [("ORD1", false), ("ORD2", true)] {
                let left = PageFacts.fact(
                    "parcel.handed-over", order, ["parcel": .string("\(order)-1")], source: "wms", minute: 40)
                _ = try await fixture.hub.submit([
                    try fixture.hub.intake.read(left, receivedAt: PagesFixture.begin)
                ])
                #expect(try await fixture.get("/bags").text.contains(code) == !isGone)
            }
            let bag = try await Self.bag(code, fixture)
            #expect(bag.state == .handedOver && bag.steps.last?.person == "hub")
        }
    }

    @Test func `what was sent again after a lost answer is said again and done once`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding(Self.packed("ORD1") + Self.packed("ORD2")) {
            let code = try await Self.send(fixture, [Self.scan("ORD1")]).bag
            let kept = [
                Self.scan("ORD2", bag: code, id: "scan-00001"),
                Self.act("close", bag: code, [("id", "close-0001")]),
                Self.act("handOver", bag: code, [("id", "handover-1")]),
            ]
            #expect(try await Self.send(fixture, kept).tones == ["good", "good", "good"])
            let again = try await Self.send(fixture, kept)
            #expect(again.tones == ["good", "good", "good"], "\(again.texts)")
            let bag = try await Self.bag(code, fixture)
            #expect(bag.steps.map(\.body.name) == ["opened", "scanned", "scanned", "closed", "handed-over"])
        }
    }

    @Test func `a label needs a reason the second time, and without a printer nothing is printed`() async throws {
        let press = LabelPress(
            shipped: ["aggregated": "label: aggregated"],
            render: { bag, wish in [Array("\(wish.format) \(bag.orders.count)".utf8)] },
            check: { $0.contains("wrong") ? ["line 1: wrong"] : [] })
        let fixture = try PagesFixture(press: press)
        try await fixture.holding(Self.packed("ORD1")) {
            let code = try await Self.send(fixture, [Self.scan("ORD1")]).bag
            let none = try await Self.send(fixture, [Self.act("print", bag: code, [("to", "printer")])])
            #expect(none.tones == ["late"])
            let print = Self.act("print", bag: code, [("to", "browser"), ("id", "print-001")])
            let first = try await Self.send(fixture, [print])
            #expect(first.tones == ["good"] && first.opens == "/b/\(code)/label?print=print-001")
            #expect(first.texts == ["Made as a PDF"] && first.html.contains("<span>made as a PDF</span>"))
            let document = try await fixture.get(first.opens)
            #expect(document.text == "pdf 1" && document.headers[.contentType] == "application/pdf")
            #expect(try await fixture.get("/b/\(code)/label?print=other").status == 404)
            #expect(
                try await Self.send(fixture, [Self.act("print", bag: code, [("to", "browser")])]).tones == ["wrong"])
            let reason = [("to", JSON.string("browser")), ("reason", "smudged! 13711110007")]
            let second = try await Self.send(fixture, [Self.act("print", bag: code, reason)])
            #expect(second.tones == ["good"] && second.html.contains("smudged"))
            let bag = try await Self.bag(code, fixture)
            #expect(bag.prints.map(\.reason) == ["", "smudged! ***"])
        }
    }

    @Test func `unknown codes and broken messages are refused in words`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            let unknown = try await Self.send(fixture, [Self.scan("nothing")])
            #expect(unknown.tones == ["wrong"])
            #expect(try await Self.send(fixture, [Self.act("close", bag: "ZZZZZZZZ")]).tones == ["wrong"])
            for events in ["", "[]", "{}", "[{}]", "[{\"id\":\"12345678\",\"kind\":\"dance\"}]"] {
                let form = [(name: "form", value: ""), (name: "events", value: events)]
                #expect(try await fixture.post("/packing/events", form).status == 400, "\(events)")
            }
            #expect(try await fixture.get("/b/ZZZZZZZZ").status == 404)
            #expect(try await fixture.get("/b/x").status == 404)
            #expect(try await fixture.post("/packing/frame?width=20&height=20", "abc").status == 400)
            let grey = String(repeating: "a", count: 400)
            #expect(try await fixture.post("/packing/frame?width=20&height=20", grey).text == "{\"codes\":[]}")
        }
    }

    @Test func `a fact under the desk's name is refused, and what was not recorded is said`() async throws {
        let token = AccessToken(name: "t", hash: [], scopes: [.factsWrite], sources: ["*", "desk"])
        #expect(!token.maySpeak(for: "desk", connected: []) && token.maySpeak(for: "wms", connected: []))
        let fixture = try PagesFixture()
        try await fixture.holding(Self.packed("ORD1")) {
            // As a message that an older release let in: the number is taken by something else.
            let code = try await Self.send(fixture, [Self.scan("SF77ORD1")]).bag
            let stray = Fact(
                source: "desk", messageID: "handed-over:\(code):4:ORD1:ORD1-1", order: "OTHER",
                occurredAt: PagesFixture.begin, receivedAt: PagesFixture.begin, body: .orderCompleted)
            _ = try await fixture.hub.submit([fixture.hub.intake.seal(stray)])
            let answers = try await Self.send(fixture, [Self.act("close", bag: code), Self.act("handOver", bag: code)])
            #expect(answers.tones == ["good", "wrong"])
            #expect(try await Self.bag(code, fixture).state == .closed)
        }
    }

    @Test func `a parcel of the day goes from one bag to another with the scanner at a closed one`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding(Self.packed("ORD1") + Self.packed("FAR1", warehouse: "W2")) {
            let first = try await Self.send(fixture, [Self.scan("ORD1")]).bag
            #expect(try await Self.send(fixture, [Self.act("close", bag: first)]).tones == ["good"])
            // The next parcel is not foreign to a bag that is closed: it opens its own.
            let next = try await Self.send(fixture, [Self.scan("FAR1", bag: first)])
            #expect(next.tones == ["good"] && next.bag != first)
        }
    }

    @Test(arguments: ["zh", "en"])
    func `the pages have all their texts and no script in themselves`(language: String) async throws {
        let fixture = try PagesFixture()
        try await fixture.holding(Self.packed("ORD1") + Self.packed("ORD2") + Self.locked("ORD3", gift: true)) {
            let code = try await Self.send(fixture, [Self.scan("ORD1")]).bag
            for path in ["/packing", "/bags", "/b/\(code)", "/settings/desk"] {
                let text = try await fixture.get(path, cookie: "hydrant_lang=\(language)").text
                #expect(!text.contains("⟦") && !text.contains("{{") && !text.contains(" style="), "\(path)")
                #expect(!text.contains("onclick") && !text.contains("<style"), "\(path)")
            }
            let form = [
                (name: "form", value: ""),
                (name: "events", value: "[{\"id\":\"look-0001\",\"kind\":\"scan\",\"text\":\"ORD3\"}]"),
            ]
            let pack = try await fixture.post("/packing/events", form, cookie: "hydrant_lang=\(language)")
            #expect(!pack.text.contains("⟦") && pack.text.contains("CAP-9"))
        }
    }
}
