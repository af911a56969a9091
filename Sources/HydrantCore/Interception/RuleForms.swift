// What is looked for in the forms of rules when they are saved, beyond that each question depends on one before it.

extension TaskAction {
    /// Tests of answers that cannot be given, values that do not fit, and what the owner may not see.
    var formProblems: [Text] {
        fields.enumerated().flatMap { index, field in
            let before = Array(fields[..<index])
            let conditions = [field.shownIf, field.requiredIf] + field.prefill.map(\.condition)
            return conditions.compactMap(\.self).flatMap(\.answers).flatMap { field.problems(with: $0, before: before) }
                + field.prefill.flatMap { field.problems(with: $0, owner: owner) }
        }
    }
}

extension TaskField {
    fileprivate func problems(with test: AnswerTest, before fields: [TaskField]) -> [Text] {
        guard let other = fields.first(where: { $0.name == test.question }) else {
            return [
                Text(
                    chinese: "问题“\(label.chinese)”依赖的 \(test.question) 不在它前面",
                    english: "the question “\(label.english)” depends on \(test.question), which does not stand before "
                        + "it")
            ]
        }
        guard other.kind.comparisons.contains(test.comparison) else {
            return [
                Text(
                    chinese: "对“\(other.label.chinese)”的回答不能用“\(test.comparison.text.chinese)”比较",
                    english: "an answer to “\(other.label.english)” cannot be compared by "
                        + "“\(test.comparison.text.english)”")
            ]
        }
        if test.comparison == .isKnown { return [] }
        switch test.operand {
        case .number where other.kind.isNumber: return []
        case .texts(let words) where !other.kind.isNumber:
            let options = other.options.map(\.value)
            guard other.kind == .choice, let word = words.first(where: { !options.contains($0) }) else { return [] }
            return [
                Text(
                    chinese: "问题“\(label.chinese)”等待的回答“\(word)”不是“\(other.label.chinese)”的选项",
                    english: "the question “\(label.english)” waits for “\(word)”, which is no option of "
                        + "“\(other.label.english)”")
            ]
        default:
            return [
                Text(
                    chinese: "“\(other.label.chinese)”的回答要和\(other.kind.isNumber ? "数字" : "文字")比较",
                    english: "an answer to “\(other.label.english)” is compared with "
                        + (other.kind.isNumber ? "a number" : "a text"))
            ]
        }
    }

    fileprivate func problems(with prefill: Prefill, owner: String) -> [Text] {
        guard let field = prefill.field else {
            if fits(prefill.value) { return [] }
            return [
                Text(
                    chinese: "“\(label.chinese)”不能预填“\(prefill.value)”：它不是这个问题的回答",
                    english: "“\(label.english)” cannot be filled in with “\(prefill.value)”, which is no answer to it")
            ]
        }
        guard kind.takes(field.type) else {
            return [
                Text(
                    chinese: "“\(label.chinese)”不能预填“\(field.text.chinese)”：类型不同",
                    english: "“\(label.english)” cannot be filled in with \(field.text.english): it is of another kind")
            ]
        }
        guard field.part != nil, RuleField.rolesWithoutParts.contains(owner) else { return [] }
        return [
            Text(
                chinese: "“\(label.chinese)”预填“\(field.text.chinese)”，但任务所属的角色看不到它；请去掉预填或换一个角色",
                english: "“\(label.english)” is filled in with \(field.text.english), which the role of the task may "
                    + "not see; leave it empty or give the task to another role")
        ]
    }
}

extension RuleField {
    /// A part of an order that some roles do not see.
    package enum Part: Sendable {
        case customer
        case money
    }

    /// The part that the field tells of; nil for what everybody sees who sees the order.
    package var part: Part? {
        switch self {
        case .customer, .level, .pastOrders, .returnRate: .customer
        case .payable, .linesValue, .paid, .refunded, .received, .recognised: .money
        default: nil
        }
    }

    /// The roles that see neither part.
    package static let rolesWithoutParts: Set<String> = ["warehouse", "it"]
}
