package import HydrantCore
import HydrantEngine

/// The texts of the pages in one language, from `Pages/words.json`.
package struct Words: Sendable {
    package let language: Language
    private let texts: [String: String]
    /// The couriers of the settings document, whose names come before the known ones.
    package var couriers: [String: CourierNumbers] = [:]

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
    /// `{count|order|orders}` is the first word where the value is 1, else the second.
    package func callAsFunction(_ key: String, _ values: [String: String]) -> String {
        var out = ""
        var rest = self(key)[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            let name = String(rest[rest.index(after: open)..<close])
            out += rest[..<open] + (Self.chosen(name, values) ?? values[name] ?? "⟦\(name)⟧")
            rest = rest[rest.index(after: close)...]
        }
        return out + rest
    }

    private static func chosen(_ hole: String, _ values: [String: String]) -> String? {
        let parts = hole.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let value = values[parts[0]] else { return nil }
        return value == "1" ? parts[1] : parts[2]
    }

    /// Who did something, or to whom it was done, by name: what the trail calls `user:wang`, and a fact
    /// `person:wang`, is "wang".
    package func actor(_ written: String) -> String {
        if written == "command-line" { return self("actor_terminal") }
        for prefix in ["user:", ActorName.personPrefix] where written.hasPrefix(prefix) {
            return String(written.dropFirst(prefix.count))
        }
        for (prefix, key) in [(ActorName.machinePrefix, "actor_machine"), ("token:", "actor_token")]
        where written.hasPrefix(prefix) {
            let name = String(written.dropFirst(prefix.count))
            return name == AccessToken.fileName ? self("actor_token_file") : self(key, ["name": name])
        }
        return written
    }

    /// What an entry of the trail is about: `order:A1` is "order A1".
    package func object(_ written: String) -> String {
        guard let colon = written.firstIndex(of: ":") else { return actor(written) }
        let name = self("object_\(written[..<colon])", ["name": String(written[written.index(after: colon)...])])
        return name.hasPrefix("⟦") ? actor(written) : name
    }

    /// What a system or a courier is called.
    package func system(_ id: String) -> String { self(Text.system(id, couriers)) }

    /// Whose word a fact is: an outside system, a person, or a part of the hub.
    package func source(_ written: String) -> String {
        switch written {
        case SourceNames.keeper: self("source_keeper")
        case SourceNames.desk: self("source_desk")
        case SourceNames.hub: self("source_hub")
        default: actor(system(written))
        }
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
