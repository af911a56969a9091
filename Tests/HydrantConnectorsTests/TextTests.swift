import HydrantConnectorKit
import HydrantCore
import Testing

/// Encodings and XML.
@Suite struct TextTests {
    @Test func `Java's URL encoding keeps four signs and turns a blank into plus`() {
        #expect(javaURLEncoded(Array("中 *~+-_.1aZ".utf8)) == "%E4%B8%AD+*%7E%2B-_.1aZ")
    }

    @Test func `RFC 3986 keeps the tilde and encodes the star`() {
        #expect(percentEncoded(" ~/*-+") == "%20~%2F%2A-%2B")
    }

    @Test func `a form comes back as it went`() throws {
        let pairs = [("a b", "1&2=3"), ("空", "中 +%"), ("empty", "")].map { (name: $0.0, value: $0.1) }
        let decoded = try #require(formDecoded(formEncoded(pairs).utf8))
        #expect(decoded.map(\.name) == pairs.map(\.name))
        #expect(decoded.map(\.value) == pairs.map(\.value))
    }

    @Test(arguments: ["a=%", "a=%4", "a=%zz", "a=%ff"])
    func `a broken escape makes no form`(text: String) {
        #expect(formDecoded(text.utf8) == nil)
    }

    @Test func `a time like the year 1 is none`() {
        #expect(ChinaTime.instant("0001-01-01 00:00:00") == nil)
        #expect(ChinaTime.lenientInstant("0001/01/01 00:00:00") == nil)
    }

    @Test func `Chinese local time is eight hours ahead`() {
        #expect(ChinaTime.text(Sample.now) == "2026-11-22 12:00:00")
        #expect(ChinaTime.instant("2026-11-22 12:00:00") == Sample.now)
        #expect(ChinaTime.instant("2026-11-22") == nil)
        #expect(ChinaTime.instant("2026-02-30 12:00:00") == nil)
    }

    @Test func `XML comes back as it went, with the five signs escaped`() throws {
        let tree = XMLTree(
            "request",
            [XMLTree("a", "1 < 2 & \"x\" 'y' >"), XMLTree("空", "一号仓"), XMLTree("e"), XMLTree("b", [XMLTree("c", "d")])])
        let text = tree.bytes.utf8Text
        #expect(text.hasPrefix(#"<?xml version="1.0" encoding="utf-8"?><request><a>1 &lt; 2 &amp; &quot;x&quot;"#))
        #expect(text.contains("<e/>"))
        #expect(try XMLTree(bytes: tree.bytes) == tree)
    }

    @Test func `control characters that XML cannot carry are left out`() throws {
        let tree = XMLTree("a", "x\u{0}\u{8}y")
        #expect(try XMLTree(bytes: tree.bytes).text == "xy")
    }

    @Test func `CDATA, comments and attributes are read over`() throws {
        let text = "<r a='1'><!-- c --><x><![CDATA[1 < 2]]></x> <y> z </y></r>"
        let tree = try XMLTree(bytes: Array(text.utf8))
        #expect(tree == XMLTree("r", [XMLTree("x", "1 < 2"), XMLTree("y", "z")]))
    }

    @Test(arguments: ["", "<a>", "<a></b>", "text", "<a/><b/>", "<a>&unknown;</a>", "<a>\u{1}</a>"])
    func `what is not well-formed is refused`(text: String) {
        #expect(throws: XMLProblem.self) { try XMLTree(bytes: Array(text.utf8)) }
    }

    @Test func `a document type is refused unread, whatever its case`() {
        let bomb = """
            <!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>
            <x>&b;&f;</x>
            """
        for text in [bomb, bomb.replacing("DOCTYPE", with: "doctype")] {
            #expect(throws: XMLProblem("a document type is not allowed")) { try XMLTree(bytes: Array(text.utf8)) }
        }
    }

    @Test(arguments: ["utf-16", "utf-16le", "utf-7", "ebcdic-cp-us", "iso-2022-jp"])
    func `other encodings than UTF-8 and GBK are refused by name`(encoding: String) {
        let text = "<?xml version=\"1.0\" encoding='\(encoding)'?><a/>"
        #expect(throws: XMLProblem("not XML in UTF-8 or GBK")) { try XMLTree(bytes: Array(text.utf8)) }
    }

    @Test func `a document type cannot hide in another encoding`() {
        let text = "<?xml version=\"1.0\"?><!DOCTYPE r [<!ENTITY a \"x\">]><r>&a;</r>"
        let units = Array(text.utf16)
        let little = units.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        let big = units.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
        for bytes in [little, big, [0xFF, 0xFE] + little, [0xFE, 0xFF] + big] {
            #expect(throws: XMLProblem("not XML in UTF-8 or GBK")) { try XMLTree(bytes: bytes) }
        }
        let seven =
            "<?xml version=\"1.0\" encoding=\"UTF-7\"?>+ADwAIQ-DOCTYPE r [+ADwAIQ-ENTITY a \"x\"+AD4]+AD4<r>&a;</r>"
        #expect(throws: XMLProblem.self) { try XMLTree(bytes: Array(seven.utf8)) }
        #expect(throws: XMLProblem("a document type is not allowed")) {
            try XMLTree(bytes: [0xEF, 0xBB, 0xBF] + Array(text.utf8))
        }
    }

    @Test func `a byte order mark of UTF-8 and a declaration of GBK are read`() throws {
        #expect(try XMLTree(bytes: [0xEF, 0xBB, 0xBF] + Array("<a>b</a>".utf8)) == XMLTree("a", "b"))
        let text = Array("<?xml version=\"1.0\" encoding=\"GBK\"?><a>".utf8) + [0xD6, 0xD0] + Array("</a>".utf8)
        #expect(try XMLTree(bytes: text) == XMLTree("a", "中"))
    }

    @Test func `a long tag is refused before the parser compares its attributes`() {
        let attributes = (0..<20_000).map { "a\($0)=\"1\"" }.joined(separator: " ")
        #expect(throws: XMLProblem("a tag is longer than 8192 bytes")) {
            try XMLTree(bytes: Array("<a \(attributes)/>".utf8))
        }
        let comment = String(repeating: "<", count: 20_000)
        #expect((try? XMLTree(bytes: Array("<a><!-- \(comment) --><b x='>'/></a>".utf8))) != nil)
    }

    @Test func `depth, number and size are limited`() {
        let deep = String(repeating: "<a>", count: 40) + String(repeating: "</a>", count: 40)
        #expect(throws: XMLProblem("nested deeper than 32 levels")) { try XMLTree(bytes: Array(deep.utf8)) }
        let many = "<r>" + String(repeating: "<a/>", count: 20) + "</r>"
        #expect(throws: XMLProblem("more than 10 elements")) {
            try XMLTree(bytes: Array(many.utf8), limits: XMLTree.Limits(elements: 10))
        }
        #expect(throws: XMLProblem("larger than 10 bytes")) {
            try XMLTree(bytes: Array(many.utf8), limits: XMLTree.Limits(bytes: 10))
        }
    }

    @Test(arguments: [
        ("https://wms.example.com/router/x?y", "https://wms.example.com:443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"), ("HTTPS://A.b/", "https://a.b:443"),
    ])
    func `an address has an origin`(url: String, origin: String) { #expect(Origin(url: url)?.text == origin) }

    @Test(arguments: [
        "", "wms.example.com", "ftp://x", "http://", "https://good@evil.com/", "http://a:99999/", "http://a:b/",
        "https://a\\b/", "https:/a/b",
    ])
    func `what could hide its host has no origin`(url: String) { #expect(Origin(url: url) == nil) }
}
