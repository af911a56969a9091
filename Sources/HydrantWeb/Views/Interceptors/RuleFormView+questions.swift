import HydrantCore
import HydrantDocuments

extension RuleFormView {
    /// The questions of the task's form, each with what it may depend on.
    var questions: [Bindings] {
        var before: [TaskField] = []
        return form.task.questions.enumerated().map { index, question in
            defer {
                var ignored: [FormProblem] = []
                if let field = question.field(after: before, &ignored) { before.append(field) }
            }
            return self.question(question, index, before)
        }
    }

    private func question(_ question: RuleQuestion, _ index: Int, _ before: [TaskField]) -> Bindings {
        let kind = TaskField.Kind(rawValue: question.kind) ?? .text
        let own = question.options.map { isChinese ? $0.text.text.chinese : $0.text.text.english }
        let other = question.options.map { isChinese ? $0.text.text.english : $0.text.text.chinese }
        return [
            "q": "q\(index)", "index": index, "name": question.name,
            "title": words("interceptor_question", ["number": String(index + 1)]),
            "label": text("q\(index)", question.label),
            "kinds": TaskField.Kind.allCases.map {
                option($0.rawValue, words("interceptor_kind_\($0.rawValue)"), kind.rawValue)
            },
            "isChoice": kind == .choice, "optionsName": isChinese ? "options-zh" : "options-en",
            "options": own.joined(separator: ", "), "was": own.joined(separator: "\n"),
            "other": other.joined(separator: "\n"),
            "values": question.options.map(\.value).joined(separator: "\n"),
            "shown": tree(question.shown, before),
            "needs": RuleQuestion.Need.allCases.map {
                option($0.rawValue, words("interceptor_need_\($0.rawValue)"), question.need)
            },
            "needed": question.need == RuleQuestion.Need.when.rawValue
                ? tree(question.needed, before) as Any : false,
            "sources": [
                option("", words("interceptor_fill_nothing"), question.source),
                option("text", words("interceptor_fill_text"), question.source),
            ], "sourceGroups": sources(kind, question.source), "fillsText": question.source == "text",
            "fillsWord": question.source == RuleField.word.rawValue, "value": question.value,
            "system": question.system,
            "filled": question.source.isEmpty ? false : tree(question.filled, before) as Any,
            "isMore": question.shown.rows.count > 1 || !question.source.isEmpty
                || question.need == RuleQuestion.Need.when.rawValue,
        ]
    }
}
