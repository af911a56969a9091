import HydrantCore
import HydrantTesting
import Testing

@Suite struct JSONTests {
    @Test func `every kind of value is written compactly`() {
        let document: JSON = [
            "a": .null, "b": true, "c": -12, "d": .number(1.5), "e": "文\"\\\n\r\t\u{1}/", "f": [1, [], [:]],
        ]
        #expect(
            document.text
                == #"{"a":null,"b":true,"c":-12,"d":1.5,"e":"文\"\\\n\r\t\u0001/","f":[1,[],{}]}"#)
    }

    @Test func `white space, escapes and numbers are read as RFC 8259 says`() throws {
        let text = " {\t\"a\" : [ 0 , -0.5e+1 , 1E2 ],\r\n\"b\":\"\\u4e2d\\ud83d\\ude00\\/\\b\\f\\n\\r\\t\\\"\\\\\" } "
        let expected: JSON = [
            "a": [0, .number(-5), .number(100)], "b": "中😀/\u{8}\u{c}\n\r\t\"\\",
        ]
        #expect(try JSON(text: text) == expected)
    }

    @Test func `whole numbers keep all their digits`() throws {
        #expect(try JSON(text: "9223372036854775807") == .integer(.max))
        #expect(try JSON(text: "-9223372036854775808") == .integer(.min))
        #expect(try JSON(text: "9223372036854775808") == .number(9_223_372_036_854_775_808))
        #expect(try JSON(text: "2.0").integer == 2)
        #expect(try JSON(text: "2.5").integer == nil)
    }

    @Test func `a repeated name keeps its first value`() throws {
        #expect(try JSON(text: #"{"a":1,"a":2}"#)["a"] == 1)
    }

    @Test func `random documents survive writing and reading`() throws {
        for seed in UInt64(0)..<300 {
            var random = SplitMix64(seed: seed)
            let document = randomDocument(&random, depth: 4)
            #expect(try JSON(text: document.text) == document, "seed \(seed)")
            #expect(try JSON(bytes: document.bytes.lazy.map(\.self)) == document, "seed \(seed)")
        }
    }

    @Test(arguments: [
        ("", 0, "the text ends too early"), ("{", 1, "expected a name in quotes"),
        ("[1", 2, "the text ends inside a list"), ("[1,]", 3, "expected a value"),
        ("{\"a\"}", 4, "expected ':'"), ("{\"a\":1", 6, "the text ends inside an object"),
        ("{\"a\":1;", 6, "expected ',' or '}'"), ("[1;", 2, "expected ',' or ']'"),
        ("nul", 0, "the text ends too early"),
        ("nulx", 0, "expected null"), ("tree", 0, "expected true"), ("01", 2, "a number begins with 0"),
        ("-", 1, "expected a value"), ("1.", 2, "expected digits after '.'"),
        ("1e", 2, "expected digits in the exponent"),
        ("1e999", 5, "the number is too large"), ("1 2", 2, "nothing may follow the document"),
        ("\"a", 2, "the text ends inside a string"), ("\"\u{1}\"", 1, "a control character in text must be escaped"),
        ("\"\\n\u{1}\"", 3, "a control character in text must be escaped"),
        ("\"\\", 2, "the text ends inside a string"),
        ("\"\\n", 3, "the text ends inside a string"), ("\"\\x\"", 3, "unknown escape"),
        ("\"\\u12g4\"", 3, "expected four hexadecimal digits"), ("\"\\u12", 3, "expected four hexadecimal digits"),
        ("\"\\ud800\"", 7, "half of a surrogate pair"), ("\"\\ud800\\u0041\"", 13, "half of a surrogate pair"),
        ("\"\\udc00\"", 7, "half of a surrogate pair"), ("NaN", 0, "expected a value"), ("'a'", 0, "expected a value"),
        ("{a:1}", 1, "expected a name in quotes"), ("\u{FEFF}1", 0, "expected a value"),
    ])
    func `broken text is refused with its place`(text: String, offset: Int, message: String) {
        #expect(throws: JSONProblem(offset: offset, message: message)) { try JSON(text: text) }
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        #expect(throws: JSONProblem(offset: 2, message: "the text is not UTF-8")) {
            try JSON(bytes: [0x22, 0xFF, 0x22] as [UInt8])
        }
        #expect(throws: JSONProblem(offset: 4, message: "the text is not UTF-8")) {
            try JSON(bytes: [0x22, 0x5C, 0x6E, 0xC3, 0x22] as [UInt8])
        }
    }

    @Test func `documents that are too deep or too large are refused`() throws {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: JSONProblem(offset: 33, message: "nested deeper than 32 levels")) { try JSON(text: deep) }
        let allowed = String(repeating: "[", count: 33) + String(repeating: "]", count: 33)
        #expect(try JSON(text: allowed).text == allowed)
        let limits = JSON.Limits(depth: 2, values: 3)
        #expect(throws: JSONProblem(offset: 5, message: "more than 3 values")) {
            try JSON(text: "[1,2,3]", limits: limits)
        }
        #expect(try JSON(text: "[1,2]", limits: limits) == [1, 2])
    }

    @Test func `cut anywhere, a document is refused and never misread`() throws {
        let text = #"{"a":[1,-2.5e3,true,null,"x\u4e2d"],"b":{"c":"d"}}"#
        for length in 0..<text.utf8.count {
            #expect(throws: JSONProblem.self) { try JSON(bytes: Array(text.utf8.prefix(length))) }
        }
    }

    @Test func `members are asked for by kind`() {
        let document: JSON = ["t": "x", "i": 1, "b": true, "l": [1], "o": [:]]
        #expect(document["t"]?.string == "x" && document["t"]?.integer == nil)
        #expect(document["b"]?.bool == true && document["i"]?.bool == nil)
        #expect(document["l"]?.array == [1] && document["o"]?.members == [])
        #expect(document["none"] == nil && JSON.array([])["t"] == nil)
        let kinds = ["t", "i", "b", "l", "o"].compactMap { document[$0]?.kindName }
        #expect(kinds == ["text", "a number", "true or false", "a list", "an object"])
        #expect(JSON.null.kindName == "null")
        #expect(JSON.compact([("a", nil), ("b", 1)]) == ["b": 1])
        #expect(JSON.number(.infinity).text == "null")
    }
}

private func randomDocument(_ random: inout SplitMix64, depth: Int) -> JSON {
    switch random.number(in: 0...(depth > 0 ? 6 : 4)) {
    case 0: return .null
    case 1: return .bool(random.chance(permille: 500))
    case 2: return .integer(Int64(bitPattern: random.next()))
    case 3: return .number(Double(random.number(in: -1_000_000...1_000_000)) / 8 + 0.0625)
    case 4:
        let scalars = (0..<random.number(in: 0...8)).compactMap { _ in Unicode.Scalar(random.number(in: 0...0x1FFFF)) }
        return .string(String(String.UnicodeScalarView(scalars)))
    case 5: return .array((0..<random.number(in: 0...4)).map { _ in randomDocument(&random, depth: depth - 1) })
    default:
        return .object(
            (0..<random.number(in: 0...4)).map { JSON.Member("n\($0)", randomDocument(&random, depth: depth - 1)) })
    }
}

extension Unicode.Scalar {
    fileprivate init?(_ value: Int) { self.init(UInt32(value)) }
}
