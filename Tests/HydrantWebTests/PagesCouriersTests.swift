import HTTPTypes
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Testing

@Suite struct PagesCouriersTests {
    /// Orders with one packed parcel each; those before `numbered` have their number.
    private static func packed(_ count: Int, numbered: Int) -> [JSON] {
        (0..<count).flatMap { index -> [JSON] in
            let order = "SO-\(index)"
            let parcel = PageFacts.fact(
                "parcel.packed", order, ["parcel": .string("\(order)-1"), "items": [["line": "1", "units": 2]]],
                source: "wms", minute: 5)
            let tracking = PageFacts.fact(
                "tracking.reported", order,
                [
                    "parcel": .string("\(order)-1"), "courier": "sf", "channel": "sf",
                    "number": .string("SF\(1_000_000_000_000 + index)"),
                ], source: "sf", minute: 6)
            let facts = [
                PageFacts.placed(order), PageFacts.paid(order), PageFacts.passed(order), PageFacts.locked(order),
                parcel,
            ]
            return index < numbered ? facts + [tracking] : facts
        }
    }

    @Test func `every packed parcel is in one set, and every number opens its list`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding(Self.packed(7, numbered: 4)) {
            let counts = try await fixture.hub.store.read { try $0.parcelCounts() }
            #expect(counts.reduce(0) { $0 + $1.count } == 7)
            let page = try await fixture.get("/couriers?lang=en")
            #expect(page.status == 200)
            for name in ["Number read back", "Channel A trying", "Channel B trying", "Keeper asked", "Polling"] {
                #expect(page.text.contains(name))
            }
            #expect(page.text.contains("<a href=\"/couriers/parcels?set=number-read-back\">4</a>"))
            #expect(page.text.contains("<a href=\"/couriers/parcels?set=polling\">3</a>"))
            let list = try await fixture.get("/couriers/parcels?set=polling&lang=zh")
            #expect(list.text.contains("轮询中"))
            for index in 0..<7 {
                #expect(list.text.contains("href=\"/orders/SO-\(index)\"") == (index >= 4))
            }
            let chinese = try await fixture.get("/couriers?lang=zh")
            #expect(chinese.text.contains("已请仓管补录"))
            #expect(try await fixture.get("/couriers/parcels?set=nothing").status == 400)
            #expect(try await fixture.get("/couriers/parcels").status == 400)
        }
    }

    @Test func `an open board is told when nothing has changed`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding(Self.packed(2, numbered: 1)) {
            let page = try await fixture.get("/couriers")
            let seen = try page.part(from: "data-seen=\"", to: "\" ").dropFirst(11).prefix { $0 != "\"" }
            #expect(try await fixture.get("/couriers/fragment?seen=\(seen)").status == 204)
            #expect(try await fixture.get("/couriers/fragment?seen=0").status == 200)
        }
    }

    @Test func `a hub without packed parcels says so`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([PageFacts.placed("A")]) {
            let page = try await fixture.get("/couriers?lang=en")
            #expect(page.text.contains("No packed parcel yet."))
        }
    }
}
