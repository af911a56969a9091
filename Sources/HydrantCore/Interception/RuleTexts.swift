extension Rule {
    /// The texts that a document of interceptors cannot hold, because they are empty or too long.
    func textProblems(at index: Int) -> [RuleProblem] {
        var found = name.problems.map { RuleProblem(index, "name", $0) }
        for (number, action) in actions.enumerated() {
            found += action.textProblems.map { RuleProblem(index, "then[\(number)]", $0) }
        }
        let words = condition.tests.flatMap { test -> [String] in
            guard case .texts(let words) = test.operand else { return [] }
            return words
        }
        return found + words.compactMap { problem($0, maximum: 200) }.map { RuleProblem(index, "if", $0) }
    }
}

extension RuleAction {
    fileprivate var textProblems: [Text] {
        switch self {
        case .hold(let hold): hold.reason.problems + [problem(hold.owner, maximum: 60)].compactMap(\.self)
        case .release(let hold): [problem(hold, maximum: 200)].compactMap(\.self)
        case .refuse(_, let reason): reason.problems
        case .instruct(_, let system), .notify(_, let system): [problem(system, maximum: 100)].compactMap(\.self)
        case .task(let task):
            task.reason.problems + [problem(task.owner, maximum: 60)].compactMap(\.self)
                + task.fields.flatMap(\.textProblems)
        case .playbook, .completePartially: []
        }
    }
}

extension TaskField {
    fileprivate var textProblems: [Text] {
        let prefilled = prefill.filter { $0.field == nil }.map(\.value)
        let words = [problem(name, maximum: 60)] + (options.map(\.value) + prefilled).map { problem($0, maximum: 200) }
        return label.problems + words.compactMap(\.self) + options.flatMap(\.text.problems)
    }
}

extension Text {
    fileprivate var problems: [Text] {
        let found = [problem(chinese, maximum: 300), problem(english, maximum: 300)].compactMap(\.self)
        return chinese == english ? Array(found.prefix(1)) : found
    }
}

private func problem(_ text: String, maximum: Int) -> Text? {
    if text.isEmpty { return Text(chinese: "有一处文字是空的，请填写", english: "a text is empty; write something there") }
    guard text.count > maximum || text.utf8.count > RuleLimits.bytes(of: maximum) else { return nil }
    let begin = String(String.UnicodeScalarView(text.unicodeScalars.prefix(20)))
    return Text(
        chinese: "“\(begin)…”太长，最多 \(maximum) 个字符，请缩短",
        english: "“\(begin)…” is too long; shorten it to at most \(maximum) characters")
}
