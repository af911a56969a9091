internal import HydrantCore

/// Reads what a question of a form depends on: a tree of tests of the answers before it and of the order, within limits
/// of depth and number.
struct FormConditionReader {
    /// The questions that stand before.
    private let before: [TaskField]
    private let tree = ConditionTreeReader<FormCondition>()

    init(before: [TaskField]) { self.before = before }

    func condition(_ value: DocumentValue) -> FormCondition? { tree.condition(value, test: test) }

    private func test(_ value: DocumentValue) -> FormCondition? {
        guard let members = value.members() else { return nil }
        if let asked = members.first(where: { $0.name == "answer" })?.value {
            return answerTest(value, asked, key: "answer")
        }
        guard let field = members.first(where: { $0.name == "field" })?.value, field.isText, let name = field.text()
        else {
            value.problem("needs “answer”, the name of a question before this one, or “field”, a field of the order")
            return nil
        }
        // A question may be meant by “field” too, as the first documents had it.
        let isQuestion = before.contains { $0.name == name }
        if !isQuestion, RuleField(rawValue: name) != nil {
            return RuleConditionReader.test(value).map { .order($0) }
        }
        return answerTest(value, field, key: "field")
    }

    private func answerTest(_ value: DocumentValue, _ asked: DocumentValue, key: String) -> FormCondition? {
        guard let name = asked.name(maximum: 60) else { return nil }
        guard let question = before.first(where: { $0.name == name }) else {
            let names = before.map(\.name)
            let allowed = key == "field" ? names + RuleField.allCases.map(\.rawValue) : names
            asked.problem(notAllowed("no question before this one is called", name, allowed: allowed))
            return nil
        }
        let comparisons = RuleComparison.allCases.map(\.rawValue)
        guard let group = value.group(allowed: [key] + comparisons, required: [key]) else { return nil }
        let kind = question.kind
        guard
            let (comparison, inner) = value.comparison(
                in: group, of: "an answer to \(name)", sort: "\(name) is a \(kind.rawValue)", kind.comparisons)
        else { return nil }
        // The first documents had lists of words whatever was asked.
        let isWords = key == "field" && comparison == .equal && inner.isList
        return operand(inner, comparison, isWords ? .text : kind).map { .answer(AnswerTest(name, comparison, $0)) }
    }

    private func operand(
        _ value: DocumentValue, _ comparison: RuleComparison, _ kind: TaskField.Kind
    ) -> RuleTest.Operand? {
        if comparison == .isKnown { return value.flag().map { .number($0 ? 1 : 0) } }
        if !kind.isNumber {
            let items = value.itemsOrOne()
            guard (1...200).contains(items.count) else {
                value.problem("needs 1 to 200 words")
                return nil
            }
            let words = items.compactMap { $0.name(maximum: 200) }
            return words.count == items.count ? .texts(words) : nil
        }
        guard let text = value.text() else { return nil }
        if let number = FormNumber.hundredths(text) { return .number(number) }
        value.problem("must be a number like 12 or 12.50, is “\(text.prefix(60))”")
        return nil
    }
}
