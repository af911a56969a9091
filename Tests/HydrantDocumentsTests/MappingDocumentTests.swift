import HydrantCore
import Testing

@testable import HydrantDocuments

/// The smallest document that is right; tests change one thing in it.
enum SmallDocument {
    static let text = """
        mapping: small
        version: 1
        source: shop
        timeZone: Asia/Shanghai
        dateFormats: [yyyy-MM-dd HH:mm:ss]
        files:
          - file: orders.csv
            key: id
            facts:
              - kind: order.placed
                occurredAt: created
                data: {shop: tm, payableMinor: "{total}"}
        """

    static func with(_ old: String, _ new: String) -> String { text.replacing(old, with: new) }
}

struct MappingDocumentTests {
    private func problems(_ text: String) -> [String] {
        do {
            _ = try MappingDocument.load(text: text, path: "m.yaml")
            return []
        } catch { return error.problems.map(\.description) }
    }

    @Test func `a right document is loaded with its name, words and flow`() throws {
        let text =
            SmallDocument.text
                + """

                exportedAt: 2020-02-23T00:00:00+08:00
                flow: {reported: [paid, 签收确认], dwell: {default: 1h, signed: 3d}}
                words:
                  shop: {NEW: placed, PAID: [1, 已支付], X: any}
                grace: 10m
                tolerance: 0.5
                """.replacing("已支付", with: "支付成功")
        let mapping = try MappingDocument.load(text: text, path: "m.yaml")
        #expect(mapping.name == "small")
        #expect(mapping.version == "1")
        #expect(mapping.source == "shop")
        #expect(mapping.fileNames == ["orders.csv"])
        #expect(mapping.exportedAt == Instant(text: "2020-02-22T16:00:00Z"))
        #expect(mapping.settings.version == "small-1")
        #expect(mapping.settings.flow.steps.map(\.isReported) == [true, true, false, false, false, false, true, false])
        #expect(mapping.settings.flow.steps.map(\.dwellLimit) == [1, 1, 1, 1, 1, 1, 72, 1].map { .hours($0) })
        #expect(
            mapping.settings.words.systems == [
                "shop": [
                    "NEW": WordTable.Range(lowest: 0, highest: 0), "PAID": WordTable.Range(lowest: 1, highest: 1),
                    "X": WordTable.Range(lowest: 0, highest: 7),
                ]
            ])
        #expect(mapping.settings.grace == .minutes(10))
        #expect(mapping.settings.amountToleranceMinor == 50)
    }

    @Test func `an unknown key is named with its place, what is allowed, and what was meant`() {
        #expect(
            problems(SmallDocument.with("occurredAt", "ocurredAt")) == [
                "m.yaml:11:9: files[0].facts[0]: unknown key “ocurredAt”. Did you mean “occurredAt”? "
                    + "Allowed: kind, when, once, source, id, occurredAt, word, data"
            ])
    }

    @Test func `an unknown kind of fact is named with the closest one`() {
        let found = problems(SmallDocument.with("order.placed", "order.place"))
        #expect(found.count == 1)
        #expect(
            found.first?.hasPrefix(
                "m.yaml:10:15: files[0].facts[0].kind: unknown kind of fact “order.place”. "
                    + "Did you mean “order.placed”? Allowed: order.placed, line.reported, payment.reported, ") == true)
    }

    @Test func `facts that only the hub makes cannot be mapped`() {
        for kind in ["timer.fell", "instruction.answered", "receiver.changed"] {
            #expect(problems(SmallDocument.with("order.placed", kind)).count == 1)
        }
    }

    @Test func `all problems are reported at once, in the order of the lines`() {
        let text = """
            mapping: small
            sourc: shop
            version: 1
            timeZone: Asia/Shangai
            dateFormats: [DD-MM-YYYY, yyyy-MM-dd]
            grace: soon
            flow: {reported: [payd]}
            words: {shop: {A: [5, 1], B: lost}}
            files:
              - file: ../orders.csv
                key: id
                facts:
                  - kind: line.reported
                    data: {id: "{line", units: two, price: "1"}
              - key: id
                facts: []
            """
        #expect(
            problems(text) == [
                "m.yaml:1:1: document: the key “source” is missing",
                "m.yaml:2:1: document: unknown key “sourc”. Did you mean “source”? Allowed: mapping, version, source, "
                    + "exportedAt, lookups, files, encoding, separator, timeZone, dateFormats, emptyTexts, "
                    + "decimalSeparator, amountDecimals, flow, calendars, words, grace, tolerance, riskLimit, health",
                "m.yaml:4:11: timeZone: unknown time zone “Asia/Shangai”. Did you mean “Asia/Shanghai”? Allowed: "
                    + "Asia/Shanghai, Asia/Hong_Kong, Asia/Kolkata, Asia/Tokyo, America/Sao_Paulo, America/New_York, "
                    + "Europe/Berlin, Europe/London, UTC and every name of the tz database",
                "m.yaml:5:15: dateFormats[0]: is not a date format with year, month and day. Allowed: yyyy yy MM M "
                    + "dd d HH H mm m ss s SSS XXX, and signs; other letters in 'quotes'",
                "m.yaml:6:8: grace: must be a length of time like 90s, 5m, 2h or 3d, is “soon”",
                "m.yaml:7:19: flow.reported[0]: unknown state “payd”. Did you mean “paid”? Allowed: 1 paid, "
                    + "2 riskPassed, 3 inventoryLocked, 4 packed, 5 trackingReturned, 6 signed, 7 warrantyActivated",
                "m.yaml:8:19: words.shop.A: the lowest state 5 stands above the highest state 1",
                "m.yaml:8:30: words.shop.B: unknown state “lost”. Allowed: 0 placed, 1 paid, 2 riskPassed, "
                    + "3 inventoryLocked, 4 packed, 5 trackingReturned, 6 signed, 7 warrantyActivated",
                "m.yaml:10:11: files[0].file: must be a name inside the folder, like orders.csv or orders-*.csv",
                "m.yaml:14:15: files[0].facts[0].data: the key “sku” is missing",
                "m.yaml:14:20: files[0].facts[0].data.id: “{line” has an opening brace without a closing one",
                "m.yaml:14:36: files[0].facts[0].data.units: “two” is not a whole number",
                "m.yaml:14:41: files[0].facts[0].data: unknown key “price”. Did you mean “priceMinor”? Allowed: id, "
                    + "sku, name, units, priceMinor, freightMinor, gift, giftFor, weightGrams",
                "m.yaml:15:5: files[1]: the key “file” is missing",
                "m.yaml:16:12: files[1].facts: needs at least one fact",
            ])
    }

    @Test(arguments: [
        ("occurredAt: created", "occurredAt: {column: created, as: dat}", "unknown form “dat”. Did you mean “date”?"),
        ("\"{total}\"", "{column: total, as: flag}", "does not fit here. Allowed: amount (188.73) or whole"),
        ("\"{total}\"", "{column: total, sum: [total]}", "needs exactly one of column, text, sum, sumOfRows, has 2"),
        ("\"{total}\"", "{sumOfRows: total}", "sumOfRows needs “group: true” in the file"),
        ("\"{total}\"", "1.234", "“1.234” is not an amount with at most 2 decimals"),
        ("shop: tm", "shop: {sum: [a, b]}", "a sum is a number and cannot be a text"),
        ("shop: tm", "shop: [a]", "must be a text, is a list"),
        (
            "order.placed\n        occurredAt: created\n        data: {shop: tm, payableMinor: \"{total}\"}",
            "status.reported", "status.reported needs a word"
        ),
        ("key: id", "key: id\n    join: {lookup: goods, by: id}", "unknown lookup “goods”."),
        ("key: id", "key: id\n    columns: [id, creatd, total]", "the facts use the column “created”. Did you mean"),
        ("occurredAt: created", "once: true", "once needs “group: true” in the file"),
        ("occurredAt: created", "when: {created: {is: there}}", "unknown test “there”. Allowed: present, empty"),
        ("occurredAt: created", "when: {created: {above: much}}", "must be a number, is “much”"),
        ("occurredAt: created", "when: {any: []}", "needs at least one condition in the list"),
        ("occurredAt: created", "when: {column: created}", "needs a test. Allowed: is, equals, in, not, above, below"),
        ("dateFormats: [yyyy-MM-dd HH:mm:ss]\n", "", "needs dateFormats, here, in the file or in the document"),
        ("timeZone", "encoding: GKB\ntimeZone", "unknown word “GKB”. Did you mean “GBK”? Allowed: UTF-8, GBK,"),
        ("timeZone", "separator: dot\ntimeZone", "must be comma, semicolon, tab or bar, is “dot”"),
        ("timeZone", "exportedAt: 2020-01-01\ntimeZone", "must be a time with its zone like"),
        ("mapping: small", "mapping: small\nmapping: big", "the key “mapping” is written twice in one group"),
        ("source: shop", "source: &a shop", "anchors and aliases (& and *) are not allowed"),
        ("key: id", "key: id: x", "is not YAML here: mapping values are not allowed in this context"),
    ])
    func `each mistake has its own words`(old: String, new: String, message: String) {
        let found = problems(SmallDocument.with(old, new))
        #expect(found.contains { $0.contains(message) }, "\(found)")
        #expect(found.count == 1, "\(found)")
    }

    @Test func `a problem of the words of YAML itself has its line and column`() {
        #expect(problems("mapping: [a, b\nversion: 1\n").first?.hasPrefix("m.yaml:2:") == true)
        #expect(problems("") == ["m.yaml:1:1: the document is empty"])
        #expect(problems("just words") == ["m.yaml:1:1: document: must be a group of keys, is the text “just words”"])
    }
}

struct HostileDocumentTests {
    private func message(_ text: String) -> String {
        do {
            _ = try MappingDocument.load(text: text, path: "m.yaml")
            return "accepted"
        } catch { return error.problems.first?.message ?? "" }
    }

    @Test func `deep nesting is refused`() {
        #expect(message(String(repeating: "[", count: 100_000)) == "is nested too deeply")
        #expect(message("a: " + String(repeating: "{a: ", count: 5_000)) == "is nested too deeply")
        #expect(message(String(repeating: "- ", count: 50_000) + "a") == "is nested too deeply")
        #expect(message(String(repeating: "? ", count: 50_000) + "a") == "is nested too deeply")
        let stairs = (0..<1_400).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n")
        #expect(message(stairs) == "is nested too deeply")
    }

    @Test func `nesting up to the limit is parsed and judged like any other mistake`() {
        let text = "a: " + String(repeating: "[", count: 990) + String(repeating: "]", count: 990)
        #expect(message(text).contains("is missing"))
    }

    @Test func `a bomb of aliases is refused`() {
        var text = "a0: &a0 [x, x]\n"
        for level in 1...40 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        #expect(message(text).hasPrefix("anchors and aliases"))
        #expect(message("a: {&k b: *k}\n").hasPrefix("anchors and aliases"))
        #expect(message("a: [*k]\n").hasPrefix("anchors and aliases"))
        for end in ["\r", "\u{85}", "\u{2028}", "\u{2029}", "\r\n"] {
            #expect(message("# words\(end)a: 1\(end)&k b: 1\(end)c: *k").hasPrefix("anchors and aliases"))
        }
        #expect(message("a: {\"b\":&k 1}\n").hasPrefix("anchors and aliases"))
        #expect(message("\u{FEFF}&k a: 1\n").hasPrefix("anchors and aliases"))
    }

    @Test func `a huge document is refused, and one with very many values too`() {
        #expect(message(String(repeating: "a: 1\n", count: 300_000)) == "the document is larger than 1048576 bytes")
        #expect(message("a:\n" + String(repeating: "- b\n", count: 150_000)).contains("has more than 100000 values"))
    }
}
