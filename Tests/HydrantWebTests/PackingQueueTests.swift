import HTTPTypes
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Testing

/// Events that come together: scanned faster than the hub answers, or kept without a network.
@Suite struct PackingQueueTests {
    private static func next(_ text: String, id: String) -> [(String, JSON)] {
        PackingTests.scan(text, id: id) + [("follows", .bool(true))]
    }

    @Test func `a parcel that is scanned at once behind a bag's code is judged for that bag`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding(PackingTests.packed("ORD1") + PackingTests.packed("FAR1", warehouse: "W2")) {
            let first = try await PackingTests.send(fixture, [PackingTests.scan("ORD1")]).bag
            let far = try await PackingTests.send(fixture, [PackingTests.scan("FAR1")]).bag
            let answer = try await PackingTests.send(
                fixture, [PackingTests.scan(first, bag: far), Self.next("FAR1-1", id: "next-0001")])
            #expect(answer.tones == ["note", "wrong"] && answer.texts[1].contains("FAR1-1"), "\(answer.texts)")
            #expect(answer.bag == first && first != far)
            let own = try await PackingTests.bag(far, fixture)
            #expect(own.foreign.isEmpty && own.state == .open)
        }
    }

    @Test func `articles that are scanned at once behind their order are counted, once however often they are sent`()
        async throws
    {
        let fixture = try PagesFixture()
        try await fixture.holding(PackingTests.locked("ORD1") + PackingTests.locked("ORD2")) {
            let events = [
                PackingTests.scan("ORD2", order: "ORD1", id: "order-0001"), Self.next("LF9001", id: "unit-0001"),
                Self.next("LF9001", id: "unit-0002"),
            ]
            // Sent once more, each is answered with how its order stands by then.
            for first in ["note", "good"] {
                let answer = try await PackingTests.send(fixture, events)
                #expect(answer.tones == [first, "good", "good"], "\(answer.texts)")
                #expect(answer.texts[2] == "Everything is in")
            }
            let other = try await PackingTests.send(fixture, [PackingTests.scan("ORD1")])
            #expect(other.html.contains("0/2"))
        }
    }

    @Test func `an order that cannot be read back is said to be damaged, and what was scanned behind it is taken`()
        async throws
    {
        let fixture = try PagesFixture()
        try await fixture.holding(PackingTests.packed("ORD1")) {
            var row = OrderRow(number: "SO-9", changedAt: PagesFixture.begin)
            row.version = 1
            row.chainHead = Array(repeating: 1, count: 32)
            let event = StoredEvent(number: 1, bytes: Array("{}".utf8), hash: row.chainHead)
            let write = OrderWrite(row: row, events: [event], findings: [], waybills: nil)
            try await fixture.hub.store.transaction { transaction in
                var batch = WriteBatch()
                batch.orders = [write]
                try transaction.write(batch)
            }
            let answer = try await PackingTests.send(fixture, [PackingTests.scan("SO-9"), PackingTests.scan("ORD1")])
            #expect(answer.tones == ["wrong", "good"], "\(answer.texts)")
            #expect(answer.texts[0].contains("damaged") && BagCode(answer.bag) != nil)
        }
    }

    private static let owner = DeskPerson(actor: "user:owner", name: "owner", warehouses: nil)

    @Test func `two desks that pack one order at the same time lose no unit`() async throws {
        let fixture = try PagesFixture()
        let line: JSON = ["id": "1", "sku": "LF9001", "name": "机油滤清器", "units": 40, "priceMinor": 123_400]
        let facts = [
            PageFacts.placed("ORD1", lines: [line]), PageFacts.paid("ORD1"), PageFacts.passed("ORD1"),
            PageFacts.locked("ORD1"),
        ]
        try await fixture.holding(facts) {
            let desk = fixture.hub.desk
            for round in 0..<20 {
                try await withThrowingTaskGroup { group in
                    for place in 0..<2 {
                        group.addTask {
                            let answer = try await desk.pack(
                                "LF9001", into: "ORD1", id: "unit-\(round)-\(place)", at: desk.now, by: Self.owner)
                            #expect(answer?.refusal == nil)
                        }
                    }
                    try await group.waitForAll()
                }
            }
            let sight = try #require(try await desk.packing("ORD1"))
            #expect(sight.work.count("1") == 40 && sight.work.isComplete(sight.list))
        }
    }

    @Test func `a parcel is not packed as another one than stood on the screen`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding(PackingTests.locked("ORD1")) {
            _ = try await PackingTests.send(
                fixture, [PackingTests.scan("LF9001", order: "ORD1"), PackingTests.scan("LF9001", order: "ORD1")])
            func finish(_ parcel: String) async throws -> PackingTests.Answer {
                try await PackingTests.send(
                    fixture, [[("kind", "finish"), ("order", "ORD1"), ("parcel", .string(parcel))]])
            }
            let other = try await finish("ORD1-2")
            #expect(other.tones == ["wrong"] && other.texts[0].contains("ORD1-1"), "\(other.texts)")
            #expect(try await fixture.hub.committer.order("ORD1")?.parcels.isEmpty == true)
            #expect(try await finish("ORD1-1").tones == ["good"])
            #expect(try await fixture.hub.committer.order("ORD1")?.parcel("ORD1-1")?.packed != nil)
        }
    }

    @Test func `two desks fill one bag and not beyond its limits`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding(PackingTests.packed("ORD1")) {
            let desk = fixture.hub.desk
            var settings = try await desk.settings()
            settings.rules.parcels = 2
            try await desk.save(settings, by: "user:owner")
            let first = try await PackingTests.send(fixture, [PackingTests.scan("ORD1")]).bag
            let hub = fixture.hub
            let more = try (PackingTests.packed("ORD2") + PackingTests.packed("ORD3")).map {
                try hub.intake.read($0, receivedAt: PagesFixture.begin)
            }
            _ = try await hub.submit(more)
            let bags = try await withThrowingTaskGroup { group in
                for order in ["ORD2", "ORD3"] {
                    group.addTask {
                        let key = ParcelKey(order: order, parcel: "\(order)-1")
                        return try await desk.assign(key, id: "scan-\(order)", by: Self.owner)
                    }
                }
                return try await group.reduce(into: [Bag?]()) { $0.append($1) }.compactMap(\.self)
            }
            #expect(bags.count == 2 && Set(bags.map(\.code)).count == 2)
            #expect(try await PackingTests.bag(first, fixture).meant.count == 2)
            // What was decided about a bag holds for that bag only.
            let bag = try #require(bags.first { $0.code.text != first })
            let parcel = BagStep.Parcel(key: ParcelKey(order: "ORD9", parcel: "ORD9-1"))
            let command = BagCommand(id: "join-0009", person: Self.owner, at: desk.now, action: .join(parcel))
            #expect(try await desk.act(bag.code, command, atStep: bag.steps.count - 1) == nil)
            #expect(try await desk.bag(bag.code)?.meant.count == 1)
            #expect(try await desk.act(bag.code, command, atStep: bag.steps.count)?.step == .joined(parcel))
        }
    }

    /// The scans of one desk, whose answer is lost; another desk packs the parcel, and the scans come again.
    @Test func `a unit that was counted is counted no second time after its parcel was packed`() async throws {
        let fixture = try PagesFixture()
        let hub = fixture.hub
        try await fixture.holding(PackingTests.locked("ORD1") + PackingTests.locked("ORD2")) {
            let units = ["unit-0001", "unit-0002"].map { PackingTests.scan("LF9001", order: "ORD1", id: $0) }
            #expect(try await PackingTests.send(fixture, units).tones == ["good", "good"])
            let finish: [(String, JSON)] = [
                ("kind", "finish"), ("order", "ORD1"), ("parcel", "ORD1-1"), ("grams", 900),
            ]
            #expect(try await PackingTests.send(fixture, [finish]).tones == ["good"])
            let again = try await PackingTests.send(fixture, units)
            #expect(again.tones == ["good", "good"], "\(again.texts)")
            #expect(again.texts.first == "LF9001 was counted in parcel ORD1-1, which is packed")
            // Here the warehouse said what is inside, and the rest is still to be packed.
            let half = [PackingTests.scan("LF9001", order: "ORD2", id: "unit-0004")]
            #expect(try await PackingTests.send(fixture, half).tones == ["good"])
            let packed = PageFacts.fact(
                "parcel.packed", "ORD2",
                ["parcel": "ORD2-1", "warehouse": "W1", "items": [["line": "1", "units": 1]]], source: "wms",
                minute: 20)
            _ = try await hub.submit([try hub.intake.read(packed, receivedAt: PagesFixture.begin)])
            let late = try await PackingTests.send(fixture, half)
            #expect(late.tones == ["good"] && late.html.contains("0/1"), "\(late.texts) \(late.html)")
            let another = PackingTests.scan("LF9001", order: "ORD2", id: "unit-0005")
            let next = try await PackingTests.send(fixture, [another])
            #expect(next.tones == ["good"] && next.html.contains("1/1"))
            let kept = try await hub.store.read { reader in
                try ["pack-works", "pack-works-done"].map { try reader.records($0, after: "", limit: 9).count }
            }
            #expect(kept == [2, 1])
        }
    }

    @Test func `the address of a label whose bag is void leads to the bag`() async throws {
        let press = LabelPress(
            shipped: ["aggregated": "label: aggregated"],
            render: { bag, wish in [Array("\(wish.format) \(bag.orders.count)".utf8)] })
        let fixture = try PagesFixture(press: press)
        try await fixture.holding(PackingTests.packed("ORD1")) {
            let code = try await PackingTests.send(fixture, [PackingTests.scan("ORD1")]).bag
            let print = PackingTests.act("print", bag: code, [("to", "browser"), ("id", "print-001")])
            let opens = try await PackingTests.send(fixture, [print]).opens
            #expect(try await fixture.get(opens).text == "pdf 1")
            let void = PackingTests.act("void", bag: code, [("reason", "packed anew")])
            #expect(try await PackingTests.send(fixture, [void]).tones == ["good"])
            let late = try await fixture.get(opens)
            #expect(late.status == 303 && late.headers[.location] == "/b/\(code)", "\(late.text)")
            #expect(try await fixture.get("/b/\(code)", cookie: "hydrant_lang=en").text.contains("This bag is void"))
        }
    }
}
