import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Testing

/// What users and partners send never becomes part of a page's markup.
@Suite struct PagesSafetyTests {
    private static let attack = "<script>alert('1')</script>"
    /// A quotation mark and a combining accent are one Character, which an escaping by Characters lets through.
    private static let accent = "\"\u{301} onmouseover=\"\u{301}alert(1)"

    private static func facts(_ text: String) -> [JSON] {
        let line: JSON = [
            "id": .string(text), "sku": .string(text), "name": .string(text), "units": 1, "priceMinor": 100,
        ]
        let scan: JSON = [
            "at": .string(PagesFixture.begin.text), "status": "problem", "code": .string(text), "place": .string(text),
            "remark": .string(text),
        ]
        let parcel = JSON.string(text)
        return [
            PageFacts.fact(
                "order.placed", text,
                ["shop": .string(text), "customer": .string(text), "warehouse": .string(text), "lines": [line]],
                source: text, word: text),
            PageFacts.fact("tracking.reported", text, ["parcel": parcel, "number": .string(text), "courier": parcel]),
            PageFacts.fact(
                "trace.reported", text, ["parcel": parcel, "number": .string(text), "scans": [scan]]),
            PageFacts.fact(
                "hold.placed", text,
                ["id": .string(text), "reason": .string(text), "owner": .string(text), "untilPerson": true]),
            PageFacts.fact("order.cancelled", text, ["reason": .string(text)]),
        ]
    }

    @Test(arguments: [attack, accent])
    func `markup in numbers, names and remarks stays text on every page`(text: String) async throws {
        let fixture = try PagesFixture()
        try await fixture.holding(Self.facts(text)) {
            for path in [
                orderPath(text), "/orders", "/wrong-orders", address("/orders", [("prefix", text)]),
                orderPath(text + "x"), address(orderPath(text), [("asOf", text)]),
            ] {
                let answer = try await fixture.get(path)
                #expect(!answer.text.contains(Self.attack), "\(path)")
                #expect(Self.tagsWithForeignAttributes(answer.text) == [], "\(path)")
            }
            let page = try await fixture.get(orderPath(text))
            #expect(page.status == 200)
            let escaped =
                text == Self.attack ? "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;" : "&quot;\u{301} onmouseover="
            #expect(page.text.unicodeScalars.split(separator: "\n").contains { String($0).contains(escaped) })
        }
    }

    @Test(arguments: [
        "/", "/orders", "/wrong-orders", "/health", "/channels", "/interceptors", "/interceptors/new",
        "/channels/sf/waybill.create", "/couriers",
        "/couriers/parcels?set=polling", "/orders/A",
        "/orders/none", "/orders?state=9",
    ])
    func `no page has a script, a style or a handler in itself, nor a text that is missing`(path: String) async throws {
        let fixture = try PagesFixture(demo: true)
        try await fixture.holding([PageFacts.placed("A"), PageFacts.paid("A")]) {
            for language in ["zh", "en"] {
                let text = try await fixture.get(path, cookie: "hydrant_lang=\(language)").text
                #expect(!text.contains("⟦"), "\(language)")
                #expect(!text.contains("{{"))
                #expect(!text.contains("<style"))
                let scripts = text.components(of: "<script src=\"/assets/").count
                #expect(text.components(of: "<script").count == scripts)
                #expect(text.contains("<script src=\"/assets/hydrant.js?v="))
                #expect(Self.tagsWithForeignAttributes(text) == [])
                #expect(text.contains("<html lang=\"\(language == "zh" ? "zh-CN" : "en")\">"))
            }
        }
    }

    @Test func `only the frame puts in text unescaped, and only the content`() {
        for (name, text) in PageFiles.templateTexts {
            #expect(text.components(of: "{{{").count == (name == "layout" ? 2 : 1), "\(name)")
            #expect(!text.contains("{{&"))
        }
    }

    @Test func `a receiver is masked, and the address names nobody`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding([PageFacts.placed("A")]) {
            let text = try await fixture.get("/orders/A").text
            #expect(text.contains("王**"))
            #expect(text.contains("1******5678"))
            for secret in ["王小明", "13812345678", "12345 号"] { #expect(!text.contains(secret)) }
        }
    }

    /// The attributes, read as a browser reads them, that would carry a style or a script.
    private static func tagsWithForeignAttributes(_ text: String) -> [String] {
        var found: [String] = []
        var quote: Unicode.Scalar?
        var isInTag = false
        var name = ""
        for scalar in text.unicodeScalars {
            if !isInTag {
                isInTag = scalar == "<"
                name = ""
            } else if let open = quote {
                if scalar == open { quote = nil }
            } else if scalar == "\"" || scalar == "'" {
                quote = scalar
            } else if scalar == ">" {
                isInTag = false
            } else if scalar == "=" {
                if name.hasPrefix("on") || name == "style" { found.append(name) }
            } else if scalar.properties.isWhitespace {
                name = ""
            } else {
                name.unicodeScalars.append(scalar)
            }
        }
        return found
    }

    @Test func `the reader of attributes finds what it looks for`() {
        #expect(Self.tagsWithForeignAttributes("<a href=\"x\" onclick=\"y\" style='z'>") == ["onclick", "style"])
        #expect(Self.tagsWithForeignAttributes("<a title=\" onclick=\">on=1") == [])
    }
}

extension String {
    fileprivate func components(of mark: String) -> [Substring] {
        split(separator: mark, omittingEmptySubsequences: false)
    }
}
