/// The text of a document without anchors and aliases: a few lines of them can stand for billions of values. The parser
/// itself refuses deep nesting.
///
/// A line that begins with `#` is a comment, in which everything may stand, or the middle of a quoted text, behind
/// which the line goes on. Only the parser can tell, so a sign in such a line is exchanged for a mark before it sees
/// the text: no value has the mark in it when the line was a comment.
struct CheckedText {
    private(set) var text: String
    /// Where the first mark stands.
    private var marked: Place?
    private var mark: Unicode.Scalar = "\u{E000}"

    init(unchecked text: String) { self.text = text }

    init(_ text: String, _ list: ProblemList) {
        self.text = text
        guard text.utf8.count <= documentByteLimit else {
            list.add("the document is larger than \(documentByteLimit) bytes", at: nil)
            return
        }
        guard text.utf8.contains(where: { $0 == 0x26 || $0 == 0x2A }) else { return }
        let known = Set(text.unicodeScalars.filter { (0xE000...0xF8FF).contains($0.value) })
        mark = (0xE000...0xF8FF).lazy.compactMap { Unicode.Scalar($0) }.first { !known.contains($0) } ?? mark
        look(list)
    }

    private mutating func look(_ list: ProblemList) {
        let scalars = Array(text.unicodeScalars)
        var out = String.UnicodeScalarView()
        var line = 1
        var column = 0
        var before: Unicode.Scalar = " "
        var isComment: Bool?
        for (index, scalar) in scalars.enumerated() {
            if scalar == "\u{FEFF}" {
                out.append(scalar)
                continue
            }
            let next = index + 1 < scalars.count ? scalars[index + 1] : " "
            column += 1
            if isComment == nil, scalar != " " { isComment = scalar == "#" }
            let isSign = Self.standsForMore(scalar, after: before, before: next)
            if isSign, isComment != true { return refuse(list, at: Place(line: line, column: column)) }
            if isSign { marked = marked ?? Place(line: line, column: column) }
            out.append(isSign ? mark : scalar)
            before = scalar
            guard Self.isLineEnd(scalar) else { continue }
            before = " "
            column = 0
            isComment = nil
            if scalar != "\r" || next != "\n" { line += 1 }
        }
        text = String(out)
    }

    /// What the parser takes for the end of a line: besides LF and CR LF also CR alone, NEL, LS and PS.
    private static func isLineEnd(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": true
        default: false
        }
    }

    /// Whether `&name` or `*name` stands at the begin of a value.
    private static func standsForMore(
        _ scalar: Unicode.Scalar, after before: Unicode.Scalar, before next: Unicode.Scalar
    ) -> Bool {
        guard scalar == "&" || scalar == "*" else { return false }
        let isWordBegin = next.value > 0x20 && !"*&,]}'\"".unicodeScalars.contains(next) && !isLineEnd(next)
        return mayBeginValue(after: before) && isWordBegin
    }

    static func mayBeginValue(after before: Unicode.Scalar) -> Bool { " \t[{,:?".unicodeScalars.contains(before) }

    func isMarked(_ value: String) -> Bool { marked != nil && value.unicodeScalars.contains(mark) }

    func refuse(_ list: ProblemList) { refuse(list, at: marked) }

    private func refuse(_ list: ProblemList, at place: Place?) {
        list.add("anchors and aliases (& and *) are not allowed; write the value out, or put it in quotes", at: place)
    }
}
