internal import Foundation
internal import Yams

/// Limits against hostile documents; all are far above what people write.
let documentByteLimit = 1_024 * 1_024
private let nodeLimit = 100_000

extension DocumentValue {
    /// Parses a YAML document. What would take unbounded time or depth is refused before the parser sees it.
    ///
    /// - Parameter isKept: the hub wrote the document itself from what it had checked, so nothing in it is hostile.
    static func parse(text: String, path: String, isKept: Bool = false) throws(DocumentProblems) -> DocumentValue {
        let list = ProblemList(path: path, isKept: isKept)
        let checked = isKept ? CheckedText(unchecked: text) : CheckedText(text, list)
        try list.throwIfAny()
        do {
            guard let node = try Yams.compose(yaml: checked.text) else {
                list.add("the document is empty", at: nil)
                throw DocumentProblems(list.problems)
            }
            let value = DocumentValue(node: node, place: "", list: list)
            if !isKept { check(value, checked) }
            try list.throwIfAny()
            return value
        } catch let problems as DocumentProblems {
            throw problems
        } catch {
            list.add(message(of: error), at: mark(of: error).map(Place.init))
            throw DocumentProblems(list.problems)
        }
    }

    private static func check(_ value: DocumentValue, _ checked: CheckedText) {
        var count = 0
        var isMarked = false
        var waiting = [value.node]
        while let node = waiting.popLast(), count <= nodeLimit {
            count += 1
            if let mapping = node.mapping {
                for (key, inner) in mapping {
                    waiting.append(key)
                    waiting.append(inner)
                }
            } else if let sequence = node.sequence {
                waiting.append(contentsOf: sequence)
            } else if let text = node.scalar?.string {
                isMarked = isMarked || checked.isMarked(text)
            }
        }
        if count > nodeLimit { value.problem("has more than \(nodeLimit) values") }
        if isMarked { checked.refuse(value.list) }
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
