import HydrantCore
import HydrantEngine
import HydrantWeb
import Testing

/// How a parcel stands is said once, with the one thing to do next.
@Suite struct PackingVerdictTests {
    private struct Answer {
        var tone: String
        var text: String
        var detail: String
        var isVerdict: Bool
        var html: String

        /// What the screen itself says, for who comes back to it; nil where it says nothing.
        var shown: (state: String, next: String)? {
            guard let state = value(of: "data-state"), let next = value(of: "data-next") else { return nil }
            return (state, next)
        }

        private func value(of name: String) -> String? {
            let parts = html.split(separator: name + "=\"", maxSplits: 1, omittingEmptySubsequences: false)
            return parts.count == 2 ? String(parts[1].prefix { $0 != "\"" }).replacing("&#39;", with: "'") : nil
        }
    }

    private static func send(
        _ fixture: PagesFixture, _ event: [(String, JSON)], _ language: String = "en"
    ) async throws -> Answer {
        let id = event.first { $0.0 == "id" }?.1 ?? "event-0001"
        let list = JSON.array([.compact([("id", id)] + event.filter { $0.0 != "id" }.map { ($0.0, $0.1) })])
        let form = [(name: "form", value: ""), (name: "events", value: String(decoding: list.bytes, as: UTF8.self))]
        let answer = try await fixture.post("/packing/events", form, cookie: "hydrant_lang=\(language)")
        let json = try JSON(bytes: Array(answer.text.utf8))
        let result = try #require(json["results"]?.array?.first, "\(answer.text)")
        return Answer(
            tone: result["tone"]?.string ?? "", text: result["text"]?.string ?? "",
            detail: result["detail"]?.string ?? "", isVerdict: result["verdict"]?.bool ?? false,
            html: json["html"]?.string ?? "")
    }

    private static let facts =
        ["DEAD", "WAITS"].flatMap { PackingTests.locked($0) }
        + ["STOPPED", "GONE"].flatMap { PackingTests.packed($0) }
        + [PageFacts.placed("EARLY", lines: [["id": "1", "sku": "LF9001", "units": 2, "priceMinor": 100]])]
        + [
            PageFacts.fact("order.cancelled", "DEAD", ["reason": "no"], minute: 20),
            PageFacts.fact("order.cancelled", "STOPPED", ["reason": "no"], minute: 20),
            PageFacts.fact("parcel.handed-over", "GONE", ["parcel": "GONE-1"], source: "wms", minute: 20),
        ]

    @Test(arguments: [
        ("DEAD", "wrong", "The order is cancelled: do not pack it", "Put the goods back on the shelf"),
        ("STOPPED", "wrong", "Cancelled, must not leave: STOPPED-1", "Take it out and put it aside"),
        ("GONE", "note", "GONE-1 has left already", "Nothing to do here: its trace is on the order's page"),
        ("EARLY", "late", "The stock is not locked yet", "Wait for the WMS"),
    ])
    func `an order that is scanned is answered as the screen says it, and nowhere else`(
        order: String, tone: String, state: String, next: String
    ) async throws {
        let fixture = try PagesFixture()
        try await fixture.holding(Self.facts) {
            let answer = try await Self.send(fixture, PackingTests.scan(order))
            #expect(answer.tone == tone && answer.text == state && answer.detail == next && answer.isVerdict)
            let shown = try #require(answer.shown, "\(answer.html)")
            #expect(shown.state == state && shown.next == next)
            // Once to be read and once to be compared with the answer.
            #expect(answer.html.components(of: state) == 2)
            #expect(!answer.html.contains("Everything of this order is packed"))
            #expect(order == "EARLY" || !answer.html.contains("<em>"), "\(answer.html)")
            let again = try await Self.send(fixture, [("kind", "look"), ("order", .string(order))])
            #expect(again.text.isEmpty && again.shown?.state.isEmpty == false)
            let chinese = try await Self.send(fixture, PackingTests.scan(order), "zh")
            #expect(chinese.shown?.state == chinese.text && chinese.text != state && !chinese.html.contains("⟦"))
        }
    }

    @Test func `what is scanned in full waits for the button, then for its number`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding(Self.facts) {
            let begin = try await Self.send(fixture, PackingTests.scan("WAITS"))
            #expect(begin.shown == nil && !begin.isVerdict)
            let one = try await Self.send(fixture, PackingTests.scan("LF9001", order: "WAITS", id: "unit-0001"))
            #expect(one.shown == nil && !one.isVerdict && one.text.contains("1/2"))
            let all = try await Self.send(fixture, PackingTests.scan("LF9001", order: "WAITS", id: "unit-0002"))
            #expect(all.isVerdict && all.shown?.state == "Everything is in" && all.shown?.next == "Press “Packed”")
            #expect(all.text == "Everything is in" && !all.html.contains("not packed yet"))
            let finish: [(String, JSON)] = [
                ("kind", "finish"), ("order", "WAITS"), ("parcel", "WAITS-1"), ("grams", 900),
            ]
            let packed = try await Self.send(fixture, finish)
            #expect(packed.tone == "good" && packed.text == "Packed, but it has no tracking number yet")
            #expect(packed.shown?.state == packed.text && packed.shown?.next == packed.detail)
            // What is scanned into an order that was cancelled meanwhile hears that and nothing of the article.
            let goods = try await Self.send(fixture, PackingTests.scan("LF9001", order: "DEAD"))
            #expect(goods.isVerdict && goods.text == "The order is cancelled: do not pack it")
        }
    }
}

extension String {
    fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
