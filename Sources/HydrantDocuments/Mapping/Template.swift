/// A text with columns in braces: `{order_id}-1`. Two braces stand for one.
///
/// It has no value in a row in which one of its columns is empty.
struct Template: Hashable, Sendable {
    enum Part: Hashable, Sendable {
        case text(String)
        /// A slot of the file's column table.
        case column(Int)
    }

    let parts: [Part]

    var isConstant: Bool { parts.allSatisfy { if case .text = $0 { true } else { false } } }

    /// The text of a template without columns.
    var constant: String? {
        guard isConstant else { return nil }
        return parts.map { if case .text(let text) = $0 { text } else { "" } }.joined()
    }

    /// The slots of the columns in it.
    var slots: [Int] { parts.compactMap { if case .column(let slot) = $0 { slot } else { nil } } }

    init(parts: [Part]) { self.parts = parts }

    /// - Parameter slot: gives a column its place in the file's table.
    init(_ text: String, slot: (String) -> Int) throws(TemplateProblem) {
        var parts: [Part] = []
        var literal = ""
        var rest = Substring(text)
        while let letter = rest.first {
            rest = rest.dropFirst()
            if letter == "{" || letter == "}", rest.first == letter {
                literal.append(letter)
                rest = rest.dropFirst()
                continue
            }
            if letter == "}" { throw TemplateProblem(message: "has a closing brace without an opening one") }
            guard letter == "{" else {
                literal.append(letter)
                continue
            }
            guard let end = rest.firstIndex(of: "}") else {
                throw TemplateProblem(message: "has an opening brace without a closing one")
            }
            let name = String(rest[..<end])
            guard !name.isEmpty, !name.contains("{") else {
                throw TemplateProblem(message: "has braces without the name of a column")
            }
            if !literal.isEmpty { parts.append(.text(literal)) }
            literal = ""
            parts.append(.column(slot(name)))
            rest = rest[rest.index(after: end)...]
        }
        if !literal.isEmpty || parts.isEmpty { parts.append(.text(literal)) }
        self.parts = parts
    }
}

/// Why a text is not a template.
struct TemplateProblem: Error {
    let message: String
}
