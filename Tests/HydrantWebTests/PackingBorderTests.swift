import HTTPTypes
import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Testing

/// Bags that are somebody else's: another bag's parcel, another warehouse's bag.
@Suite struct PackingBorderTests {
    private static let owner = DeskPerson(actor: "user:owner", name: "owner", warehouses: nil)

    @Test func `a parcel that another bag has does not join, and the answer says so at once`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding(PackingTests.packed("ORD1") + PackingTests.packed("FAR1", warehouse: "W2")) {
            let first = try await PackingTests.send(fixture, [PackingTests.scan("ORD1")]).bag
            let other = try await PackingTests.send(fixture, [PackingTests.scan("FAR1")]).bag
            let parcel = BagStep.Parcel(key: ParcelKey(order: "FAR1", parcel: "FAR1-1"))
            let command = BagCommand(
                id: "join-0001", person: Self.owner, at: fixture.hub.clock.now(), action: .join(parcel))
            let code = try #require(BagCode(first))
            let outcome = try #require(try await fixture.hub.desk.act(code, command))
            #expect(outcome.refusal?.code == "bag.elsewhere" && outcome.step == nil)
            #expect(outcome.refusal?.text.english.contains("FAR1-1") == true)
            #expect(try await PackingTests.bag(first, fixture).steps.map(\.body.name) == ["opened", "scanned"])
            #expect(try await PackingTests.bag(other, fixture).meant.map(\.key) == [parcel.key])
        }
    }

    @Test func `nobody's orders are found at the desk by the customer's number`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding(PackingTests.packed("ORD1") + PackingTests.packed("ORD2")) {
            #expect(try await fixture.hub.committer.order("ORD1")?.header?.value.customer == "C-1")
            while try await !fixture.hub.searchProgress().isComplete { await Task.yield() }
            #expect(try await fixture.hub.search("C-1", limit: 6, scope: SearchScope()).hits.count == 2)
            guard case .nothing = try await fixture.hub.desk.find("C-1", for: Self.owner) else {
                Issue.record("the customer's number opens an order at the desk")
                return
            }
        }
    }

    @Test func `parcels of two orders with the same number leave in one bag`() async throws {
        func sent(_ order: String) -> [JSON] {
            PackingTests.locked(order) + [
                PageFacts.fact(
                    "parcel.packed", order, ["parcel": "P1", "warehouse": "W1", "weightGrams": 1_000], source: "wms",
                    minute: 10),
                PageFacts.fact(
                    "tracking.reported", order,
                    ["parcel": "P1", "courier": "sf", "channel": "sf", "number": .string("SF77\(order)")],
                    source: "sf", minute: 10),
            ]
        }
        let fixture = try PagesFixture()
        try await fixture.holding(sent("ORD1") + sent("ORD2")) {
            let code = try await PackingTests.send(fixture, [PackingTests.scan("ORD1")]).bag
            let answer = try await PackingTests.send(
                fixture,
                [
                    PackingTests.scan("ORD2", bag: code), PackingTests.act("close", bag: code),
                    PackingTests.act("handOver", bag: code),
                ])
            #expect(answer.tones == ["good", "good", "good"], "\(answer.texts)")
            let bag = try await PackingTests.bag(code, fixture)
            #expect(bag.state == .handedOver && bag.meant.map(\.key.parcel) == ["P1", "P1"])
            for order in ["ORD1", "ORD2"] {
                #expect(try await fixture.hub.committer.order(order)?.parcel("P1")?.handedOver != nil)
            }
        }
    }

    @Test func `the newest of 600 versions of a template is found, and the next one is 601`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            let desk = fixture.hub.desk
            for number in 1...600 { #expect(try await desk.saveTemplate("bag", "v\(number)", by: "ada") == number) }
            #expect(try await desk.saveTemplate("bag-b", "other", by: "ada") == 1)
            #expect(try await desk.template("bag") == "v600")
            #expect(try await desk.template("bag", version: 7) == "v7")
            #expect(try await desk.saveTemplate("bag", "v601", by: "ada") == 601)
            #expect(try await desk.template("bag") == "v601")
            #expect(try await desk.template("bag-b") == "other")
            #expect(try await desk.templates().map(\.version) == [601, 1])
            let editor = try await fixture.get("/templates/edit?name=bag").text
            #expect(editor.contains("v601") && editor.contains("version=600") && !editor.contains("version=500"))
        }
    }

    /// Packed in a warehouse, with a number; an order may have parcels in several.
    private static func packed(_ order: String, _ warehouses: [String]) -> [JSON] {
        [Facts.placed(order, id: order, extra: [("warehouse", .string(warehouses[0]))])]
            + warehouses.enumerated().flatMap { index, warehouse -> [JSON] in
                let parcel = "\(order)-\(index + 1)"
                return [
                    [
                        "kind": "parcel.packed", "source": "wms", "id": .string("p-\(parcel)"),
                        "order": .string(order), "occurredAt": .string(APIFixture.begin.text),
                        "data": ["parcel": .string(parcel), "warehouse": .string(warehouse)],
                    ],
                    [
                        "kind": "tracking.reported", "source": "sf", "id": .string("t-\(parcel)"),
                        "order": .string(order), "occurredAt": .string(APIFixture.begin.text),
                        "data": ["parcel": .string(parcel), "courier": "sf", "number": .string("SF9\(parcel)")],
                    ],
                ]
            }
    }

    private static func send(_ api: APIFixture, _ event: [(String, JSON)], _ cookie: String) async throws -> JSON {
        let list = JSON.array([.compact(event.map { ($0.0, $0.1) })])
        let form = formEncoded([("events", String(decoding: list.bytes, as: UTF8.self))])
        let answer = try await api.submit("/packing/events", form, cookie: cookie)
        #expect(answer.status == 200, "\(answer.text)")
        return try answer.json()
    }

    @Test func `whatever a keeper asks of another warehouse's bag, the answer is that of an absent one`() async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .warehouse, warehouses: ["W2"])
        try await api.running {
            for fact in Self.packed("THEIRS01", ["W1"]) + Self.packed("OWN00001", ["W2"]) {
                _ = try await api.hub.submit([try api.hub.intake.read(fact, receivedAt: APIFixture.begin)])
            }
            let theirs = ParcelKey(order: "THEIRS01", parcel: "THEIRS01-1")
            let bag = try #require(try await api.hub.desk.assign(theirs, id: "x", by: Self.owner))
            let absent = "ZZZZZZZZ"
            let kinds = [
                "scan", "look", "takeOut", "leaveOut", "weigh", "close", "print", "handOver", "void",
            ]
            for (number, kind) in kinds.enumerated() {
                func ask(_ code: String) async throws -> String {
                    let event: [(String, JSON)] = [
                        ("id", .string("event-00\(number)")), ("kind", .string(kind)), ("bag", .string(code)),
                        ("text", "nothing"), ("order", "THEIRS01"), ("parcel", "THEIRS01-1"), ("grams", 900),
                        ("reason", "because"), ("to", "browser"),
                    ]
                    return String(decoding: try await Self.send(api, event, cookie).bytes, as: UTF8.self)
                }
                let answer = try await ask(bag.code.text)
                let missing = try await ask(absent)
                #expect(answer == missing && !answer.contains(bag.code.text), "\(kind)")
            }
            // A parcel of one's own is not pushed into a bag that is not there: it gets one of its own.
            let push: [(String, JSON)] = [
                ("id", "event-push"), ("kind", "scan"), ("text", "OWN00001"), ("bag", .string(bag.code.text)),
            ]
            let answer = try await Self.send(api, push, cookie)
            let own = try #require(answer["sight"]?["bag"]?.string)
            #expect(own != bag.code.text && answer["results"]?.array?.first?["tone"]?.string == "good")
            let after = try #require(try await api.hub.desk.bag(bag.code))
            #expect(after.steps == bag.steps && after.state == .open)
            #expect(try await api.send(.get, "/b/\(bag.code)/label?print=x", headers: [.cookie: cookie]).status == 404)
        }
    }

    @Test func `of an order with parcels in two warehouses a keeper packs the own one only`() async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .warehouse, warehouses: ["W2"])
        try await api.running {
            for fact in Self.packed("BOTH0001", ["W1", "W2"]) {
                _ = try await api.hub.submit([try api.hub.intake.read(fact, receivedAt: APIFixture.begin)])
            }
            let theirs: [(String, JSON)] = [("id", "event-01"), ("kind", "scan"), ("text", "SF9BOTH0001-1")]
            let refused = try await Self.send(api, theirs, cookie)
            #expect(refused["results"]?.array?.first?["tone"]?.string == "wrong" && refused["sight"]?["bag"] == nil)
            let own: [(String, JSON)] = [("id", "event-02"), ("kind", "scan"), ("text", "BOTH0001")]
            let answer = try await Self.send(api, own, cookie)
            let code = try #require(answer["sight"]?["bag"]?.string.flatMap { BagCode($0) })
            #expect(try await api.hub.desk.bag(code)?.way.warehouse == "W2")
        }
    }

    @Test func `a keeper neither sees nor packs what another warehouse has to pack of an order`() async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .warehouse, warehouses: ["W2"])
        let begin = JSON.string(APIFixture.begin.text)
        let facts: [JSON] = [
            Facts.placed("SPLIT001", id: "SPLIT001", extra: [("warehouse", "W1")]),
            [
                "kind": "parcel.packed", "source": "wms", "id": "p-split", "order": "SPLIT001", "occurredAt": begin,
                "data": ["parcel": "SPLIT001-1", "warehouse": "W2", "items": [["line": "1", "units": 1]]],
            ],
            [
                "kind": "tracking.reported", "source": "sf", "id": "t-split", "order": "SPLIT001",
                "occurredAt": begin, "data": ["parcel": "SPLIT001-1", "courier": "sf", "number": "SF9SPLIT1"],
            ],
        ]
        try await api.running {
            for fact in facts {
                _ = try await api.hub.submit([try api.hub.intake.read(fact, receivedAt: APIFixture.begin)])
            }
            let next: [(String, JSON)] = [("order", "SPLIT001"), ("parcel", "SPLIT001-2")]
            for (id, kind) in [("event-01", "look"), ("event-02", "finish")] {
                let event: [(String, JSON)] = [("id", .string(id)), ("kind", .string(kind))] + next
                let answer = try await Self.send(api, event, cookie)
                #expect(answer["sight"]?["order"] == nil && answer["sight"]?["bag"] == nil, "\(kind)")
            }
            // What is packed here, by its order's number and said again.
            let own: [(String, JSON)] = [("id", "event-03"), ("kind", "scan"), ("text", "SPLIT001")]
            let again: [(String, JSON)] = [
                ("id", "event-04"), ("kind", "finish"), ("order", "SPLIT001"), ("parcel", "SPLIT001-1"),
            ]
            for event in [own, again] {
                let answer = try await Self.send(api, event, cookie)
                let code = try #require(answer["sight"]?["bag"]?.string.flatMap { BagCode($0) })
                #expect(try await api.hub.desk.bag(code)?.way.warehouse == "W2")
                #expect(answer["results"]?.array?.first?["tone"]?.string == "good")
            }
            #expect(try await api.hub.committer.order("SPLIT001")?.parcels.count == 1)
        }
    }

    @Test func `a label whose number was taken back is red, and the one that counts is named`() async throws {
        let fixture = try PagesFixture()
        let again = [
            PageFacts.fact(
                "waybill.voided", "OLD1", ["parcel": "OLD1-1", "number": "SF77OLD1"], source: "sf", minute: 12),
            PageFacts.fact(
                "tracking.reported", "OLD1",
                ["parcel": "OLD1-1", "courier": "sf", "channel": "sf", "number": "SF99OLD1"], source: "sf", id: "2",
                minute: 13),
        ]
        try await fixture.holding(PackingTests.packed("OLD1") + again) {
            let old = try await PackingTests.send(fixture, [PackingTests.scan("SF77OLD1")])
            #expect(old.tones == ["wrong"] && old.texts[0].contains("SF77OLD1"), "\(old.texts)")
            #expect(old.bag.isEmpty)
            let live = try await PackingTests.send(fixture, [PackingTests.scan("SF99OLD1")])
            #expect(live.tones == ["good"] && !live.bag.isEmpty, "\(live.texts)")
        }
    }
}
