import HydrantCore
import HydrantDocuments

extension [TaskField] {
    /// The questions of a form, each with when it is asked and whether it must be answered.
    func sentence(_ words: Words) -> String {
        map { question in
            let label = question.quoted(words)
            let notes = question.notes(among: self, words)
            guard !notes.isEmpty else { return label }
            let joined = notes.joined(separator: words("interceptor_then_also"))
            return words("interceptor_question_noted", ["question": label, "notes": joined])
        }.joined(separator: words("interceptor_comma"))
    }
}

extension TaskField {
    fileprivate func quoted(_ words: Words) -> String { words("interceptor_quoted", ["text": words(label)]) }

    fileprivate func notes(among questions: [TaskField], _ words: Words) -> [String] {
        let older = shownWhen.map { asked in
            let comparison: RuleComparison = asked.values.count == 1 ? .equal : .oneOf
            return FormCondition.answer(AnswerTest(asked.field, comparison, .texts(asked.values)))
        }
        var notes = [older, shownIf].compactMap(\.self).map {
            words("interceptor_asked_if", ["if": $0.sentence(questions, words)])
        }
        if !isRequired {
            notes.append(words("interceptor_not_needed"))
        } else if let requiredIf {
            notes.append(words("interceptor_needed_if", ["if": requiredIf.sentence(questions, words)]))
        }
        return notes
    }
}

extension FormCondition {
    fileprivate func sentence(_ questions: [TaskField], _ words: Words) -> String {
        func join(_ parts: [FormCondition], _ word: String) -> String {
            parts.map { $0.sentence(questions, words) }.joined(separator: " \(words(word)) ")
        }
        switch self {
        case .all(let parts): return join(parts, "interceptor_and")
        case .any(let parts): return parts.count == 1 ? join(parts, "") : "(" + join(parts, "interceptor_or") + ")"
        case .none(let parts): return words("interceptor_none_of", ["parts": join(parts, "interceptor_or")])
        case .answer(let test): return test.sentence(questions, words)
        case .order(let test): return test.sentence(words)
        }
    }
}

extension AnswerTest {
    fileprivate func sentence(_ questions: [TaskField], _ words: Words) -> String {
        let asked = questions.first { $0.name == question }
        let subject = asked?.quoted(words) ?? question
        if comparison == .isKnown {
            let isOpen = operand == .number(0)
            return words(isOpen ? "interceptor_answer_open" : "interceptor_answer_given", ["question": subject])
        }
        let value =
            switch operand {
            case .number(let hundredths): FormNumber.text(hundredths)
            case .texts(let texts):
                texts.map { text in
                    asked?.options.first { $0.value == text }.map { words($0.text) } ?? text
                }.joined(separator: words("interceptor_comma"))
            }
        return "\(subject) \(words(comparison.text)) \(value)"
    }
}
