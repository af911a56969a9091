internal import HydrantCore
internal import Yams

/// A place in a document, from 1.
struct Place {
    let line: Int
    let column: Int

    init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    init(_ mark: Mark) { self.init(line: mark.line, column: mark.column) }
}

extension Node {
    var startsAt: Place? { mark.map(Place.init) }
}

/// Collects problems while a document is read, so that all of them are reported and not only the first.
final class ProblemList {
    let path: String
    /// The hub wrote the document itself: lengths were judged then.
    let isKept: Bool
    private(set) var problems: [DocumentProblem] = []

    init(path: String, isKept: Bool = false) {
        self.path = path
        self.isKept = isKept
    }

    func add(_ message: String, at place: Place?) {
        guard problems.count < 200 else { return }
        problems.append(
            DocumentProblem(path: path, line: place?.line ?? 1, column: place?.column ?? 1, message: message))
    }

    func throwIfAny() throws(DocumentProblems) {
        guard problems.isEmpty else { throw DocumentProblems(problems) }
    }
}

/// One value of a YAML document, with its place.
struct DocumentValue {
    let node: Node
    /// Where it stands, in words: `files[2].facts[0].data.id`.
    let place: String
    let list: ProblemList

    func problem(_ message: String) { list.add("\(place.isEmpty ? "document" : place): \(message)", at: node.startsAt) }

    private var kindName: String {
        switch node {
        case .scalar: "the text “\((node.scalar?.string ?? "").prefix(40))”"
        case .mapping: "a group of keys"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }

    var isText: Bool { node.scalar != nil }
    var isGroup: Bool { node.mapping != nil }
    var isList: Bool { node.sequence != nil }
    var isEmptyList: Bool { node.sequence?.isEmpty == true }

    /// The text as it is written, without quotes.
    func text() -> String? {
        guard let scalar = node.scalar else {
            problem("must be a text, is \(kindName)")
            return nil
        }
        return scalar.string
    }

    /// A text that is not empty and at most so many characters long.
    func name(maximum: Int = 100) -> String? {
        guard let text = text() else { return nil }
        guard list.isKept || !text.isEmpty && text.count <= maximum else {
            problem("must have 1 to \(maximum) characters")
            return nil
        }
        return text
    }

    func items() -> [DocumentValue]? {
        guard let sequence = node.sequence else {
            problem("must be a list, is \(kindName)")
            return nil
        }
        return sequence.enumerated().map { DocumentValue(node: $1, place: "\(place)[\($0)]", list: list) }
    }

    /// A list, or one value that stands for a list of one.
    func itemsOrOne() -> [DocumentValue] { isList ? items() ?? [] : [self] }

    /// The members in the order of the document, with names that the reader has to judge.
    func members() -> [(name: String, key: DocumentValue, value: DocumentValue)]? {
        guard let mapping = node.mapping else {
            problem("must be a group of keys, is \(kindName)")
            return nil
        }
        return mapping.compactMap { key, value in
            guard let name = key.scalar?.string else {
                list.add("\(place): a key must be a text", at: key.startsAt)
                return nil
            }
            let inner = place.isEmpty ? name : "\(place).\(name)"
            return (
                name, DocumentValue(node: key, place: inner, list: list),
                DocumentValue(node: value, place: inner, list: list)
            )
        }
    }

    /// A group with known keys; unknown and missing ones are reported.
    func group(allowed: [String], required: [String] = []) -> DocumentGroup? {
        guard let members = members() else { return nil }
        var values: [String: DocumentValue] = [:]
        for (name, key, value) in members {
            guard allowed.contains(name) else {
                list.add(
                    "\(place.isEmpty ? "document" : place): " + notAllowed("unknown key", name, allowed: allowed),
                    at: key.node.startsAt)
                continue
            }
            if value.node.null == nil || value.node.scalar?.style != .plain { values[name] = value }
        }
        for name in required where values[name] == nil { problem("the key “\(name)” is missing") }
        return DocumentGroup(values: values)
    }

    func flag() -> Bool? {
        guard let text = text() else { return nil }
        switch text {
        case "true", "yes": return true
        case "false", "no": return false
        default:
            problem("must be true or false, is “\(text)”")
            return nil
        }
    }

    func whole(in range: ClosedRange<Int>) -> Int? {
        guard let text = text() else { return nil }
        guard let number = Int(text), range.contains(number) else {
            problem("must be a whole number from \(range.lowerBound) to \(range.upperBound), is “\(text)”")
            return nil
        }
        return number
    }

    func choice<Choice: RawRepresentable & CaseIterable>(_ type: Choice.Type) -> Choice?
    where Choice.RawValue == String {
        guard let text = text() else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        problem(notAllowed("unknown word", text, allowed: type.allCases.map(\.rawValue)))
        return nil
    }

    /// A length of time like `90s`, `5m`, `2h`, `3d`.
    func duration() -> Milliseconds? {
        guard let text = text() else { return nil }
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        let number = Int64(text.dropLast())
        if let unit = text.last.flatMap({ units[$0] }), let number, (0...100_000).contains(number) {
            return .seconds(number * unit)
        }
        problem("must be a length of time like 90s, 5m, 2h or 3d, is “\(text)”")
        return nil
    }

    /// A moment with its zone.
    func moment() -> Instant? {
        guard let text = text() else { return nil }
        if let moment = Instant(text: text) { return moment }
        problem("must be a time with its zone like 2018-10-17T00:00:00-03:00, is “\(text)”")
        return nil
    }

    /// A share like `98.5%`, from 0 to 1.
    func share() -> Double? {
        guard let text = text() else { return nil }
        if text.hasSuffix("%"), let number = Double(text.dropLast()), (0...100).contains(number) { return number / 100 }
        problem("must be a percentage like 98.5%, is “\(text)”")
        return nil
    }
}

/// The members of a group that were written.
struct DocumentGroup {
    let values: [String: DocumentValue]

    subscript(name: String) -> DocumentValue? { values[name] }
}
