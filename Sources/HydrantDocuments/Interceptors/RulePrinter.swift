internal import HydrantCore

extension RuleDocument {
    /// The document in the one form in which it is exported: reading it gives the same rules.
    package var yaml: String {
        var out = "interceptors: \(quoted(name))\nrules:\n"
        if rules.isEmpty { out = "interceptors: \(quoted(name))\nrules: []\n" }
        for rule in rules { out += rule.yaml }
        return out
    }

    /// The lines that another document has more (`+`) and less (`-`), with the lines around them that are the same.
    package func difference(to other: RuleDocument) -> [String] {
        let before = yaml.split(separator: "\n").map(String.init)
        let after = other.yaml.split(separator: "\n").map(String.init)
        guard before != after else { return [] }
        var lines = before.map { " " + $0 }
        // Removals come from the end, insertions from the begin, so that every index still fits.
        let changes = after.difference(from: before)
        for case .remove(let offset, let line, _) in changes.removals { lines[offset] = "-" + line }
        var kept = -1
        var position = 0
        var inserted: [Int: String] = [:]
        for case .insert(let offset, let line, _) in changes.insertions { inserted[offset] = "+" + line }
        var result: [String] = []
        for line in lines {
            while let new = inserted[kept + 1 + position], line.first != "-" {
                result.append(new)
                position += 1
            }
            result.append(line)
            if line.first != "-" { kept += 1 }
        }
        while let new = inserted[kept + 1 + position] {
            result.append(new)
            position += 1
        }
        return result
    }
}

extension Rule {
    fileprivate var yaml: String {
        var out = "  - id: \(plain(id))\n    version: \(version)\n    stage: \(stage.rawValue)\n"
        out += "    name: \(name.yaml)\n"
        out += "    when: [\(when.map(\.rawValue).joined(separator: ", "))]\n"
        out += "    every: \(occurrence.rawValue)\n"
        if condition != .always { out += "    if:\n\(condition.yaml(indent: 6))" }
        out += "    then:\n"
        for action in actions { out += "      - \(action.yaml)\n" }
        return out
    }
}

extension Text {
    fileprivate var yaml: String { "{zh: \(quoted(chinese)), en: \(quoted(english))}" }
}

extension RuleCondition {
    fileprivate func yaml(indent: Int) -> String {
        let begin = String(repeating: " ", count: indent)
        switch self {
        case .test(let test): return "\(begin)\(test.yaml)\n"
        case .all(let parts): return "\(begin)all:\n" + parts.map { $0.item(indent: indent + 2) }.joined()
        case .any(let parts): return "\(begin)any:\n" + parts.map { $0.item(indent: indent + 2) }.joined()
        case .none(let parts): return "\(begin)none:\n" + parts.map { $0.item(indent: indent + 2) }.joined()
        }
    }

    private func item(indent: Int) -> String {
        let inner = yaml(indent: indent + 2)
        return String(repeating: " ", count: indent) + "- " + inner.dropFirst(indent + 2)
    }

    /// On one line, as a hold's exit writes it.
    fileprivate var flow: String {
        func group(_ name: String, _ parts: [RuleCondition]) -> String {
            "{\(name): [\(parts.map(\.flow).joined(separator: ", "))]}"
        }
        switch self {
        case .test(let test): return test.yaml
        case .all(let parts): return group("all", parts)
        case .any(let parts): return group("any", parts)
        case .none(let parts): return group("none", parts)
        }
    }
}

extension RuleTest {
    fileprivate var yaml: String {
        let written: String
        switch operand {
        case .number(let number):
            written = RuleValue.text(number, comparison == .isKnown ? .flag : field.type)
        case .texts(let texts): written = "[\(texts.map(quoted).joined(separator: ", "))]"
        }
        let of = system.isEmpty ? "" : ", of: \(quoted(system))"
        return "{field: \(field.rawValue)\(of), \(comparison.rawValue): \(written)}"
    }
}

extension RuleAction {
    fileprivate var yaml: String {
        switch self {
        case .hold(let hold):
            let exits = hold.exits.map(\.yaml).joined(separator: ", ")
            return "hold: {reason: \(hold.reason.yaml), owner: \(quoted(hold.owner)), until: [\(exits)]}"
        case .release(let hold): return "release: \(quoted(hold))"
        case .refuse(let kinds, let reason):
            return "refuse: {ask: [\(kinds.map(\.rawValue).joined(separator: ", "))], reason: \(reason.yaml)}"
        case .instruct(let kind, let system): return "instruct: {ask: \(kind.rawValue), of: \(quoted(system))}"
        case .playbook(let playbook): return "playbook: \(playbook.rawValue)"
        case .task(let task): return task.yaml
        case .completePartially: return "completion: \(Completion.partiallyCompleted.rawValue)"
        case .notify(let message, let system): return "notify: {message: \(message.rawValue), of: \(quoted(system))}"
        }
    }
}

extension TaskAction {
    fileprivate var yaml: String {
        let begin = "task: {reason: \(reason.yaml), owner: \(quoted(owner)), severity: \(severity.rawValue)"
        guard !fields.isEmpty else { return begin + "}" }
        return begin + ", form: [\(fields.map(\.yaml).joined(separator: ", "))]}"
    }
}

extension TaskField {
    fileprivate var yaml: String {
        var out = "{name: \(quoted(name)), label: \(label.yaml), kind: \(kind.rawValue)"
        if !isRequired {
            out += ", required: false"
        } else if let condition = requiredIf {
            out += ", required: \(condition.flow)"
        }
        if !options.isEmpty {
            let list = options.map { "{value: \(quoted($0.value)), text: \($0.text.yaml)}" }
            out += ", options: [\(list.joined(separator: ", "))]"
        }
        if let condition = shownWhen {
            let values = condition.values.map(quoted).joined(separator: ", ")
            out += ", shownWhen: {field: \(quoted(condition.field)), is: [\(values)]}"
        } else if let condition = shownIf {
            out += ", shownWhen: \(condition.flow)"
        }
        if !prefill.isEmpty { out += ", prefill: [\(prefill.map(\.yaml).joined(separator: ", "))]" }
        return out + "}"
    }
}

extension FormCondition {
    /// On one line.
    fileprivate var flow: String {
        func group(_ name: String, _ parts: [FormCondition]) -> String {
            "{\(name): [\(parts.map(\.flow).joined(separator: ", "))]}"
        }
        switch self {
        case .answer(let test): return test.yaml
        case .order(let test): return test.yaml
        case .all(let parts): return group("all", parts)
        case .any(let parts): return group("any", parts)
        case .none(let parts): return group("none", parts)
        }
    }
}

extension AnswerTest {
    fileprivate var yaml: String {
        let written: String
        switch operand {
        case .number(let number): written = comparison == .isKnown ? "\(number != 0)" : FormNumber.text(number)
        case .texts(let texts): written = "[\(texts.map(quoted).joined(separator: ", "))]"
        }
        return "{answer: \(quoted(question)), \(comparison.rawValue): \(written)}"
    }
}

extension Prefill {
    fileprivate var yaml: String {
        var out = field.map { "{field: \($0.rawValue)" } ?? "{value: \(quoted(value))"
        if !system.isEmpty { out += ", of: \(quoted(system))" }
        if let condition { out += ", if: \(condition.flow)" }
        return out + "}"
    }
}

extension HoldAction.Exit {
    fileprivate var yaml: String {
        switch self {
        case .person: return "person"
        case .after(let length):
            let units: [(Milliseconds, String)] = [(.hours(24), "d"), (.hours(1), "h"), (.minutes(1), "m")]
            let unit = units.first { length % $0.0 == 0 } ?? (.seconds(1), "s")
            return "\(length / unit.0)\(unit.1)"
        case .fact(let kind): return "{fact: \(kind.rawValue)}"
        case .condition(let condition): return "{if: \(condition.flow)}"
        case .rule(let rule): return "{rule: \(plain(rule))}"
        }
    }
}

/// An id as it is; but one word of YAML is no text without quotes.
private func plain(_ id: String) -> String { id == "null" ? quoted(id) : id }

/// A text in double quotes, as YAML reads it, and without what the reader of documents takes for anchors and aliases.
private func quoted(_ text: String) -> String {
    var out = "\""
    var before: Unicode.Scalar = "\""
    let scalars = Array(text.unicodeScalars)
    for (index, scalar) in scalars.enumerated() {
        let next = index + 1 < scalars.count ? scalars[index + 1] : " "
        switch scalar {
        case "\"": out += "\\\""
        case "\\": out += "\\\\"
        case "\n": out += "\\n"
        case "&" where CheckedText.mayBeginValue(after: before) && next != " ": out += "\\x26"
        case "*" where CheckedText.mayBeginValue(after: before) && next != " ": out += "\\x2A"
        default:
            if isPrintable(scalar) {
                out.unicodeScalars.append(scalar)
            } else {
                let hex = String(scalar.value, radix: 16, uppercase: true)
                out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            }
        }
        before = scalar
    }
    return out + "\""
}

/// Whether a document may have the sign in it as it is, and it ends no line there.
private func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case ..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: false
    default: true
    }
}
