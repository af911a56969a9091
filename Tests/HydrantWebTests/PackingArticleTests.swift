import HydrantCore
import HydrantEngine
import HydrantWeb
import Testing

/// Articles that are scanned while an order is open, and what else takes its place.
@Suite struct PackingArticleTests {
    private static func line(_ id: String, _ sku: String) -> JSON {
        ["id": .string(id), "sku": .string(sku), "name": "机油滤清器", "units": 2, "priceMinor": 123_400]
    }

    private static func locked(_ order: String, _ skus: [String]) -> [JSON] {
        let lines = skus.enumerated().map { line("\($0.offset + 1)", $0.element) }
        return [
            PageFacts.placed(order, lines: lines), PageFacts.paid(order), PageFacts.passed(order),
            PageFacts.locked(order),
        ]
    }

    /// Two orders have SKU-7, one has SKU-8; ORD5 is packed, and ORD6 as far as its SKU-9.
    private static func desk(_ body: @Sendable @escaping (PagesFixture) async throws -> Void) async throws {
        let partly = PageFacts.fact(
            "parcel.packed", "ORD6",
            ["parcel": "ORD6-1", "warehouse": "W1", "items": [["line": "2", "units": 2]]], source: "wms", minute: 10)
        var facts = PackingTests.locked("ORD1") + PackingTests.packed("ORD5")
        for (order, skus) in [
            ("ORD2", ["SKU-7"]), ("ORD3", ["SKU-7"]), ("ORD4", ["SKU-8"]), ("ORD6", ["LF9001", "SKU-9"]),
        ] {
            facts += locked(order, skus)
        }
        facts.append(partly)
        let all = facts
        let fixture = try PagesFixture()
        try await fixture.holding(all) {
            while try await !fixture.hub.searchProgress().isComplete { await Task.yield() }
            try await body(fixture)
        }
    }

    @Test(arguments: ["SKU-7", "sku-7", "SKU-8", "SKU-9", "SKU-0"])
    func `an article of other orders is refused in red, and the order stays open`(sku: String) async throws {
        try await Self.desk { fixture in
            let answer = try await PackingTests.send(fixture, [PackingTests.scan(sku, order: "ORD1")])
            #expect(answer.tones == ["wrong"] && answer.texts == ["\(sku) does not belong to order ORD1"])
            #expect(answer.html.contains("data-order=\"ORD1\"") && answer.html.contains("0/2"))
        }
    }

    @Test func `behind a wrong article the next right piece counts, and all is scanned is not packed yet`()
        async throws
    {
        try await Self.desk { fixture in
            let follows: [(String, JSON)] = [("follows", .bool(true))]
            let answer = try await PackingTests.send(
                fixture,
                [
                    PackingTests.scan("LF9001", order: "ORD1"), PackingTests.scan("SKU-7") + follows,
                    PackingTests.scan("SKU-8") + follows, PackingTests.scan("LF9001") + follows,
                    PackingTests.scan("SKU-7") + follows,
                ])
            #expect(answer.tones == ["good", "wrong", "wrong", "good", "wrong"], "\(answer.texts)")
            #expect(answer.texts[3] == "Everything is in")
            #expect(answer.html.contains("data-order=\"ORD1\"") && answer.html.contains("2/2"))
        }
    }

    @Test func `an article of a parcel that the order has packed already is one too many`() async throws {
        try await Self.desk { fixture in
            let answer = try await PackingTests.send(fixture, [PackingTests.scan("SKU-9", order: "ORD6")])
            #expect(answer.tones == ["wrong"] && answer.texts == ["There are enough of SKU-9"])
            #expect(answer.html.contains("data-order=\"ORD6\""))
        }
    }

    @Test func `the codes of orders, parcels and bags take over from an open order`() async throws {
        try await Self.desk { fixture in
            let order = try await PackingTests.send(fixture, [PackingTests.scan("ORD2", order: "ORD1")])
            #expect(order.tones == ["note"] && order.html.contains("data-order=\"ORD2\""))
            let waybill = try await PackingTests.send(fixture, [PackingTests.scan("SF77ORD5", order: "ORD1")])
            #expect(waybill.tones == ["good"] && BagCode(waybill.bag) != nil)
            for text in ["ORD5-1", waybill.bag] {
                let answer = try await PackingTests.send(fixture, [PackingTests.scan(text, order: "ORD1")])
                #expect(answer.tones == ["note"] && answer.bag == waybill.bag, "\(text)")
            }
        }
    }

    @Test func `without an open order, or behind a packed one, an article offers its orders`() async throws {
        try await Self.desk { fixture in
            for order in ["", "ORD5"] {
                let several = try await PackingTests.send(fixture, [PackingTests.scan("SKU-7", order: order)])
                #expect(several.tones == ["note"] && several.texts == ["Several orders fit"], "\(order)")
                let one = try await PackingTests.send(fixture, [PackingTests.scan("SKU-8", order: order)])
                #expect(one.tones == ["note"] && one.html.contains("data-order=\"ORD4\""), "\(order)")
            }
        }
    }
}
