/// Looks over the bytes of an XML document before the parser does, and refuses what could make it slow or change what
/// the bytes mean.
struct XMLScan {
    private let bytes: [UInt8]
    private static let encodings: Set<String> = ["utf-8", "utf8", "us-ascii", "gbk", "gb2312", "gb18030"]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func check(tagBytes: Int) throws(XMLProblem) {
        let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        guard !bytes.contains(0), bytes.count > start, bytes[start] == 0x3C || bytes[start] <= 0x20 else {
            throw XMLProblem("not XML in UTF-8 or GBK")
        }
        try checkEncoding(from: start)
        var place = start
        while let open = bytes[place...].firstIndex(of: 0x3C) { place = try end(ofMarkupAt: open, tagBytes) }
    }

    /// The declaration stands at the very beginning or nowhere.
    private func checkEncoding(from start: Int) throws(XMLProblem) {
        guard begins("<?xml", at: start), let end = find("?>", from: start) else { return }
        let declaration = String(decoding: bytes[start..<end], as: UTF8.self).lowercased()
        guard let name = declaration.firstRange(of: "encoding") else { return }
        let value = declaration[name.upperBound...].drop { $0 != "\"" && $0 != "'" }
        let encoding = value.dropFirst().prefix { $0 != value.first }
        guard Self.encodings.contains(String(encoding)) else { throw XMLProblem("not XML in UTF-8 or GBK") }
    }

    /// - Returns: the place behind a tag, a comment or the like.
    private func end(ofMarkupAt open: Int, _ tagBytes: Int) throws(XMLProblem) -> Int {
        if begins("<!--", at: open) { return try behind("-->", from: open + 4) }
        if begins("<![CDATA[", at: open) { return try behind("]]>", from: open + 9) }
        if begins("<?", at: open) { return try behind("?>", from: open + 2) }
        guard !begins("<!", at: open) else { throw XMLProblem("a document type is not allowed") }
        var quote: UInt8?
        for place in open + 1..<min(bytes.count, open + tagBytes) {
            switch (bytes[place], quote) {
            case (let byte, let open?): if byte == open { quote = nil }
            case (0x22, nil), (0x27, nil): quote = bytes[place]
            case (0x3E, nil): return place + 1
            default: break
            }
        }
        throw XMLProblem(
            bytes.count - open > tagBytes ? "a tag is longer than \(tagBytes) bytes" : "not well-formed XML")
    }

    private func behind(_ end: StaticString, from place: Int) throws(XMLProblem) -> Int {
        guard let found = find(end, from: place) else { throw XMLProblem("not well-formed XML") }
        return found + end.utf8CodeUnitCount
    }

    private func begins(_ text: StaticString, at place: Int) -> Bool {
        let count = text.utf8CodeUnitCount
        guard place + count <= bytes.count else { return false }
        return (0..<count).allSatisfy { bytes[place + $0] == text.utf8Start[$0] }
    }

    private func find(_ text: StaticString, from start: Int) -> Int? {
        var place = start
        while place <= bytes.count - text.utf8CodeUnitCount {
            if begins(text, at: place) { return place }
            place += 1
        }
        return nil
    }
}
