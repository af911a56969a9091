package import HydrantCore

/// The texts of the pages in one language, from `Pages/words.json`.
package struct Words: Sendable {
    package let language: Language
    private let texts: [String: String]

    init(language: Language, texts: [String: String]) {
        self.language = language
        self.texts = texts
    }

    /// Reads the table of all languages: `{"key": ["中文", "English"]}`.
    package static func tables(_ bytes: [UInt8]) throws -> [Language: Words] {
        let members = try JSON(bytes: bytes).members ?? []
        var tables: [Language: Words] = [:]
        for (index, language) in [Language.chinese, .english].enumerated() {
            var texts: [String: String] = [:]
            for member in members {
                guard let pair = member.value.array, pair.count == 2, let text = pair[index].string, !text.isEmpty
                else {
                    throw PageProblem(file: "words.json", reason: "\(member.name) must have two texts")
                }
                guard texts.updateValue(text, forKey: member.name) == nil else {
                    throw PageProblem(file: "words.json", reason: "\(member.name) is there twice")
                }
            }
            tables[language] = Words(language: language, texts: texts)
        }
        return tables
    }

    /// The text of a key. A key that is missing shows itself in brackets, which a test looks for on every page.
    package func callAsFunction(_ key: String) -> String { texts[key] ?? "⟦\(key)⟧" }

    /// The text of a key with `{name}` replaced; the values are never searched for names themselves.
    package func callAsFunction(_ key: String, _ values: [String: String]) -> String {
        var out = ""
        var rest = self(key)[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            let name = String(rest[rest.index(after: open)..<close])
            out += rest[..<open] + (values[name] ?? "⟦\(name)⟧")
            rest = rest[rest.index(after: close)...]
        }
        return out + rest
    }

    package func callAsFunction(_ text: Text) -> String { text.seen[language] }

    package var keys: Set<String> { Set(texts.keys) }

    /// For the templates: `{{w.key}}`.
    var bindings: Bindings { texts }
}

/// A page file that is part of the program is broken.
package struct PageProblem: Error, CustomStringConvertible {
    package var file: String
    package var reason: String

    package var description: String { "\(file): \(reason)" }
}

/// What a template reads. Every name a section asks for must be there, with `false` where there is nothing: a missing
/// name is looked up in the sections around it.
typealias Bindings = [String: Any]

/// Text for a section that is left out when there is none.
func shown(_ text: String?) -> Any {
    guard let text, !text.isEmpty else { return false }
    return text
}
