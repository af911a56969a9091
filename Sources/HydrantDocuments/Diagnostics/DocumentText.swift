internal import Foundation
internal import Yams

/// Limits against hostile documents; all are far above what people write.
private let byteLimit = 1_024 * 1_024
private let nodeLimit = 100_000

extension DocumentValue {
    /// Parses a YAML document. What would take unbounded time or depth is refused before the parser sees it.
    static func parse(text: String, path: String) throws(DocumentProblems) -> DocumentValue {
        let list = ProblemList(path: path)
        refuseHostile(text, list)
        try list.throwIfAny()
        do {
            guard let node = try Yams.compose(yaml: text) else {
                list.add("the document is empty", at: nil)
                throw DocumentProblems(list.problems)
            }
            let value = DocumentValue(node: node, place: "", list: list)
            if count(node) > nodeLimit { value.problem("has more than \(nodeLimit) values") }
            try list.throwIfAny()
            return value
        } catch let problems as DocumentProblems {
            throw problems
        } catch {
            list.add(message(of: error), at: mark(of: error).map(Place.init))
            throw DocumentProblems(list.problems)
        }
    }

    /// Size, and anchors: a few lines of them can stand for billions of values. The parser itself refuses deep nesting.
    private static func refuseHostile(_ text: String, _ list: ProblemList) {
        guard text.utf8.count <= byteLimit else {
            list.add("the document is larger than \(byteLimit) bytes", at: nil)
            return
        }
        for (index, line) in lines(of: text).enumerated() {
            guard line.first(where: { $0 != 0x20 }) != 0x23, let column = anchorColumn(line) else { continue }
            list.add(
                "anchors and aliases (& and *) are not allowed; write the value out, or put it in quotes",
                at: Place(line: index + 1, column: column))
            return
        }
    }

    /// What the parser takes for lines: besides LF and CR LF also CR alone, NEL, LS and PS end one.
    private static func lines(of text: String) -> [[UInt8]] {
        var lines: [[UInt8]] = [[]]
        var before: Unicode.Scalar = " "
        for scalar in text.unicodeScalars where scalar != "\u{FEFF}" {
            switch scalar {
            case "\n" where before == "\r": break
            case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": lines.append([])
            default: lines[lines.count - 1].append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
            before = scalar
        }
        return lines
    }

    /// Where `&name` or `*name` stands at the begin of a value.
    private static func anchorColumn(_ line: [UInt8]) -> Int? {
        for (index, byte) in line.enumerated() where byte == 0x26 || byte == 0x2A {
            let before = index == 0 ? 0x20 : line[index - 1]
            let after = index + 1 < line.count ? line[index + 1] : 0x20
            let isWordBegin = after > 0x20 && !"*&,]}'\"".utf8.contains(after)
            if " \t[{,:".utf8.contains(before), isWordBegin { return index + 1 }
        }
        return nil
    }

    private static func count(_ root: Node) -> Int {
        var waiting = [root]
        var count = 0
        while let node = waiting.popLast(), count <= nodeLimit {
            count += 1
            if let mapping = node.mapping {
                for (key, value) in mapping {
                    waiting.append(key)
                    waiting.append(value)
                }
            } else if let sequence = node.sequence {
                waiting.append(contentsOf: sequence)
            }
        }
        return count
    }

    private static func message(of error: any Error) -> String {
        guard let error = error as? YamlError else { return "is not YAML" }
        switch error {
        case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _):
            return problem.contains("nesting level") ? "is nested too deeply" : "is not YAML here: \(problem)"
        case .reader(let problem, _, _, _): return "is not readable text: \(problem)"
        case .duplicatedKeysInMapping(let duplicates, _):
            return "the key “\(duplicates.first ?? "")” is written twice in one group"
        default: return "is not YAML"
        }
    }

    private static func mark(of error: any Error) -> Mark? {
        guard let error = error as? YamlError else { return nil }
        switch error {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): return mark
        case .duplicatedKeysInMapping(_, let context): return context.mark
        default: return nil
        }
    }
}
