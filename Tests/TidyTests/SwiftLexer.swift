/// Tells code, comments and string literals apart. Knows nested comments, raw, multi-line and interpolated literals,
/// and names in back-ticks. Regex literals are not told from division and must not hold quotes.
struct SwiftLexer {
    private let bytes: [UInt8]
    private var place = 0
    private var line = 1
    private(set) var code: [UInt8] = []
    private(set) var literals: [SourceFile.Piece] = []
    private(set) var comments: [SourceFile.Piece] = []

    init(_ text: String) {
        bytes = Array(text.utf8)
        code.reserveCapacity(bytes.count)
    }

    mutating func run() {
        while place < bytes.count { step() }
    }

    private func next(_ offset: Int = 0) -> UInt8? {
        place + offset < bytes.count ? bytes[place + offset] : nil
    }

    private func begins(with text: StaticString) -> Bool {
        guard place + text.utf8CodeUnitCount <= bytes.count else { return false }
        return text.withUTF8Buffer { $0.elementsEqual(bytes[place..<(place + $0.count)]) }
    }

    /// Takes one byte as code, or as a blank in its place.
    private mutating func take(blank: Bool) {
        let byte = bytes[place]
        if byte == newline { line += 1 }
        code.append(blank && byte != newline ? space : byte)
        place += 1
    }

    private mutating func step() {
        switch bytes[place] {
        case UInt8(ascii: "/"), UInt8(ascii: "#"), UInt8(ascii: "`"), quote: stepAtSign()
        default: take(blank: false)
        }
    }

    private mutating func stepAtSign() {
        if begins(with: "//") {
            takeLineComment()
        } else if begins(with: "/*") {
            takeBlockComment()
        } else if let hashes = hashesBeforeQuote {
            takeLiteral(hashes: hashes)
        } else if next() == UInt8(ascii: "`") {
            takeName()
        } else {
            take(blank: false)
        }
    }

    private mutating func takeLineComment() {
        let begin = place
        let beginLine = line
        while let byte = next(), byte != newline { take(blank: true) }
        comments.append(SourceFile.Piece(line: beginLine, text: String(decoding: bytes[begin..<place], as: UTF8.self)))
    }

    private mutating func takeBlockComment() {
        let begin = place
        let beginLine = line
        var depth = 0
        repeat {
            let change = begins(with: "/*") ? 1 : begins(with: "*/") ? -1 : 0
            depth += change
            take(blank: true)
            if change != 0 { take(blank: true) }
        } while depth > 0 && place < bytes.count
        comments.append(SourceFile.Piece(line: beginLine, text: String(decoding: bytes[begin..<place], as: UTF8.self)))
    }

    /// A name in back-ticks may hold anything; it is code, but its braces and quotes mean nothing.
    private mutating func takeName() {
        take(blank: false)
        while let byte = next(), byte != newline, byte != UInt8(ascii: "`") { take(blank: !SourceFile.isWord(byte)) }
        if next() == UInt8(ascii: "`") { take(blank: false) }
    }

    /// How many number signs stand before the quote that begins a literal here; nil where none begins.
    private var hashesBeforeQuote: Int? {
        var count = 0
        while next(count) == UInt8(ascii: "#") { count += 1 }
        return next(count) == quote ? count : nil
    }

    private mutating func takeLiteral(hashes: Int) {
        let beginLine = line
        for _ in 0..<hashes { take(blank: true) }
        let quotes = begins(with: "\"\"\"") ? 3 : 1
        for _ in 0..<quotes { take(blank: false) }
        let index = literals.count
        literals.append(SourceFile.Piece(line: beginLine, text: ""))
        var text: [UInt8] = []
        while let byte = next(), !(quotes == 1 && byte == newline) {
            if closes(quotes: quotes, hashes: hashes) { break }
            guard byte == UInt8(ascii: "\\"), escape(hashes: hashes) else {
                text.append(byte)
                take(blank: true)
                continue
            }
            for _ in 0...hashes { take(blank: true) }
            if next() == UInt8(ascii: "(") {
                text.append(contentsOf: "\\()".utf8)
                let value = takeInterpolation()
                literals[index].interpolations.append(value)
            } else if next() != nil {
                text.append(UInt8(ascii: "?"))
                take(blank: true)
            }
        }
        for _ in 0..<(next() == quote ? quotes : 0) { take(blank: false) }
        for _ in 0..<hashes where next() == UInt8(ascii: "#") { take(blank: true) }
        literals[index].text = String(decoding: text, as: UTF8.self)
    }

    private func closes(quotes: Int, hashes: Int) -> Bool {
        for offset in 0..<quotes where next(offset) != quote { return false }
        for offset in quotes..<(quotes + hashes) where next(offset) != UInt8(ascii: "#") { return false }
        return true
    }

    /// Whether the backslash here begins an escape: in a raw literal only with its number signs.
    private func escape(hashes: Int) -> Bool {
        for offset in 1..<(1 + hashes) where next(offset) != UInt8(ascii: "#") { return false }
        return true
    }

    /// What stands between the parentheses is code again.
    private mutating func takeInterpolation() -> String {
        let begin = place + 1
        var depth = 0
        while let byte = next() {
            if byte == UInt8(ascii: "(") { depth += 1 }
            if byte == UInt8(ascii: ")") { depth -= 1 }
            if byte == UInt8(ascii: "(") || byte == UInt8(ascii: ")") { take(blank: false) } else { step() }
            if depth == 0 { break }
        }
        return String(decoding: bytes[begin..<max(begin, place - 1)], as: UTF8.self)
    }
}

private let newline = UInt8(ascii: "\n")
private let space = UInt8(ascii: " ")
private let quote = UInt8(ascii: "\"")
