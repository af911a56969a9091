import Foundation

/// Calls and words that have no place in the sources, each with what to write instead.
enum CallRules {
    struct Ban: Sendable {
        /// Found as a whole word in code.
        var word: String
        /// What to do instead.
        var instead: String
        /// Targets where it is allowed.
        var allowed: Set<String> = []
        /// Whether a comment on the same line that says why makes it right.
        var mayBeExplained = false
        /// Files where it is what the file is for.
        var files: Set<String> = []
    }

    private static let shell: Set<String> = ["HydrantEngine", "HydrantSandbox", "hydrant"]

    static let bans: [Ban] = [
        Ban(word: "Date()", instead: "take the time from a HubClock", allowed: shell),
        Ban(word: "Date.now", instead: "take the time from a HubClock", allowed: shell),
        Ban(word: "UUID()", instead: "derive ids from facts, or take them from outside", allowed: shell),
        Ban(
            word: ".random(", instead: "take a seeded generator as an argument", allowed: shell,
            files: ["Sources/HydrantStorage/KeyFile.swift"]),
        Ban(word: ".randomElement(", instead: "take a seeded generator as an argument", allowed: shell),
        Ban(word: ".shuffled()", instead: "take a seeded generator as an argument", allowed: shell),
        Ban(word: "Task.sleep", instead: "wait on a HubClock", allowed: shell),
        Ban(word: "Task.detached", instead: "use a task group or a service", allowed: shell),
        Ban(word: "print(", instead: "write to the output that was passed in", allowed: ["hydrant"]),
        Ban(word: "try!", instead: "handle or pass on the error"),
        Ban(word: "as!", instead: "use as? and say what happens otherwise"),
        Ban(word: "fatalError(", instead: "use precondition with both sides, or an error", mayBeExplained: true),
        Ban(word: "@unchecked Sendable", instead: "say on the line why it is safe", mayBeExplained: true),
        Ban(word: "nonisolated(unsafe)", instead: "say on the line why it is safe", mayBeExplained: true),
    ]

    static func banned(_ file: SourceFile) -> [String] {
        guard file.isSource, let target = file.target else { return [] }
        var found: [String] = []
        for ban in bans where !ban.allowed.contains(target) && !ban.files.contains(file.path) {
            for line in file.lines(of: ban.word) where !(ban.mayBeExplained && isExplained(file, line)) {
                found.append(file.violation(line, "\(ban.word): \(ban.instead)"))
            }
        }
        return found
    }

    private static func isExplained(_ file: SourceFile, _ line: Int) -> Bool {
        file.comments.contains { $0.line == line && $0.text.count > 8 }
    }

    static func unfinished(_ file: SourceFile) -> [String] {
        file.comments.flatMap { comment in
            markers.filter { SourceFile.holds(comment.text, $0) }.map {
                file.violation(comment.line, "\($0) is for an issue, not for a comment")
            }
        }
    }

    private static let markers = ["TODO", "FIXME", "XXX", "HACK"]

    /// Values go into SQL as arguments. A statement may be put together only from constants of the same file, such as
    /// lists of columns; and the schema, whose names cannot be arguments, from the tables it describes. `SQLName` takes
    /// nothing but such names.
    static func builtSQL(_ file: SourceFile) -> [String] {
        guard file.isSource else { return [] }
        let constants = Set(file.code.compactMap(constantName))
        let isSchema = file.components.last?.hasPrefix("Schema+") == true
        return file.literals.filter { literal in
            guard isSQL(literal.text), !(isSchema && definesSchema(literal.text)) else { return false }
            return literal.interpolations.contains { !constants.contains($0) && !$0.hasPrefix("SQLName(") }
        }.map { file.violation($0.line, "a statement with text put into it; use arguments") }
    }

    private static func constantName(_ line: String) -> String? {
        guard let range = line.range(of: "static let ") else { return nil }
        return String(line[range.upperBound...].prefix { $0.isLetter || $0.isNumber })
    }

    private static func definesSchema(_ text: String) -> Bool {
        ["CREATE", "ALTER", "DROP", "WHERE"].contains(text.split(whereSeparator: \.isWhitespace).first ?? "")
    }

    private static func isSQL(_ text: String) -> Bool {
        let words = text.split(whereSeparator: \.isWhitespace).prefix(3).map(String.init)
        guard let first = words.first, words.count > 1 else { return false }
        switch first {
        case "SELECT": return true
        case "INSERT", "REPLACE": return words[1] == "INTO" || words[1] == "OR"
        case "UPDATE": return words.count > 2
        case "DELETE": return words[1] == "FROM"
        case "WITH", "WHERE": return words.count > 2
        case "CREATE", "DROP", "ALTER":
            return ["TABLE", "INDEX", "TRIGGER", "VIEW", "UNIQUE", "TEMP", "TEMPORARY"].contains(words[1])
        default: return false
        }
    }
}
