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
            for _ in 1...2 {
                let answer = try await PackingTests.send(fixture, events)
                #expect(answer.tones == ["note", "good", "good"], "\(answer.texts)")
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
}
