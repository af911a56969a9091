import HydrantCore
import HydrantEngine
import HydrantWeb
import Testing

/// Weighing at the packing desk: what has to be weighed, and what is named.
@Suite struct WeighGateTests {
    private static func locked(_ order: String) -> [JSON] {
        let line: JSON = [
            "id": "1", "sku": "LF9001", "name": "机油滤清器", "units": 1, "priceMinor": 123_400, "weightGrams": 900,
        ]
        return [
            PageFacts.placed(order, lines: [line]), PageFacts.paid(order), PageFacts.passed(order),
            PageFacts.locked(order),
        ]
    }

    private static func number(_ order: String) -> JSON {
        PageFacts.fact(
            "tracking.reported", order,
            ["parcel": .string("\(order)-1"), "courier": "sf", "channel": "sf", "number": .string("SF7\(order)")],
            source: "sf", minute: 10)
    }

    private static func finish(_ order: String, grams: Int64 = 0) -> [(String, JSON)] {
        [
            ("kind", "finish"), ("order", .string(order)), ("parcel", .string("\(order)-1")),
            ("grams", .integer(grams)),
        ]
    }

    private static func set(_ mode: WeighGate.Mode, _ fixture: PagesFixture) async throws {
        var settings = try await fixture.hub.desk.settings()
        settings.weighing.mode = mode
        try await fixture.hub.desk.save(settings, by: "user:owner")
    }

    @Test func `where weighing is required nothing is packed or closed without it, and an odd parcel is named`()
        async throws
    {
        let fixture = try PagesFixture()
        try await fixture.holding(Self.locked("ORD1") + [Self.number("ORD1")]) {
            try await Self.set(.required, fixture)
            let scan = PackingTests.scan("LF9001", order: "ORD1")
            let full = try await PackingTests.send(fixture, [PackingTests.scan("ORD1"), scan])
            #expect(full.html.contains("data-do=\"finish\"") && !full.html.contains("data-optional"))
            let none = try await PackingTests.send(fixture, [Self.finish("ORD1")])
            #expect(none.tones == ["wrong"] && none.texts[0].contains("not weighed"))
            let packed = try await PackingTests.send(fixture, [Self.finish("ORD1", grams: 1_400)])
            #expect(packed.tones == ["late"] && packed.texts[0].contains("ORD1-1"), "\(packed.texts)")
            let code = packed.bag
            #expect(packed.html.contains("weighs 1.400 kg, its goods 0.900 kg"))
            _ = try await PackingTests.send(fixture, [PackingTests.scan("ORD1", bag: code)])
            func close(_ reason: String = "") async throws -> PackingTests.Answer {
                try await PackingTests.send(
                    fixture, [PackingTests.act("close", bag: code, [("reason", .string(reason))])])
            }
            let unweighed = try await close("no scale")
            #expect(unweighed.tones == ["wrong"] && unweighed.texts[0].contains("not weighed"))
            let weigh = PackingTests.act("weigh", bag: code, [("grams", 1_400)])
            #expect(try await PackingTests.send(fixture, [weigh]).tones == ["good"])
            let odd = try await close()
            #expect(odd.tones == ["wrong"] && odd.texts[0].contains("ORD1-1"))
            #expect(try await close("thick carton").tones == ["good"])
        }
    }

    @Test func `where weighing is off nothing is asked, and a warning asks for a reason only`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding(Self.locked("ORD1") + [Self.number("ORD1")]) {
            try await Self.set(.off, fixture)
            let events = [
                PackingTests.scan("ORD1"), PackingTests.scan("LF9001", order: "ORD1"),
                Self.finish("ORD1", grams: 1_400),
            ]
            let packed = try await PackingTests.send(fixture, events)
            #expect(packed.tones.last == "good" && !packed.html.contains("its goods"))
            let code = packed.bag
            _ = try await PackingTests.send(fixture, [PackingTests.scan("ORD1", bag: code)])
            try await Self.set(.warn, fixture)
            let warned = try await PackingTests.send(fixture, [PackingTests.act("close", bag: code)])
            #expect(warned.tones == ["wrong"] && warned.texts[0].contains("ORD1-1"))
            try await Self.set(.off, fixture)
            #expect(try await PackingTests.send(fixture, [PackingTests.act("close", bag: code)]).tones == ["good"])
        }
    }

    @Test func `the gate is set on the settings page, and what cannot be read is refused`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([]) {
            func save(_ mode: String, _ grams: String, _ percent: String) async throws -> PageAnswer {
                let version = try await fixture.hub.desk.versionedSettings().version
                let fields = [
                    ("parcels", "6"), ("kilograms", "20"), ("litres", "90"), ("weigh.mode", mode),
                    ("weigh.grams", grams), ("weigh.percent", percent), ("version", "\(version)"),
                ]
                return try await fixture.post(
                    "/settings/desk", fields.map { (name: $0.0, value: $0.1) }, cookie: "hydrant_lang=en")
            }
            #expect(try await save("required", "80", "1").status == 200)
            let gate = try await fixture.hub.desk.settings().weighing
            #expect(gate.mode == .required && gate.grams == 80 && gate.percent == 1)
            for (mode, grams, percent) in [("sometimes", "80", "1"), ("warn", "-1", "1"), ("warn", "80", "101")] {
                let answer = try await save(mode, grams, percent)
                #expect(answer.status == 422 && answer.text.contains("Weights may be off"), "\(mode) \(grams)")
            }
            #expect(try await fixture.hub.desk.settings().weighing == gate)
            let page = try await fixture.get("/settings/desk", cookie: "hydrant_lang=en").text
            #expect(page.contains("<option value=\"required\" selected>") && page.contains("value=\"80\""))
        }
    }
}
