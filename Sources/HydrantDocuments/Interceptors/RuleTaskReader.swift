internal import HydrantCore

/// Reads the task of a rule: what a person has to do, and the questions of its form.
struct RuleTaskReader {
    private static let fieldsMaximum = 20
    private static let prefillMaximum = 10

    /// - Parameter sentence: reads a text in both languages.
    func task(_ value: DocumentValue, _ sentence: (DocumentValue) -> Text?) -> RuleAction? {
        let allowed = ["reason", "owner", "severity", "form"]
        guard let group = value.group(allowed: allowed, required: ["reason", "owner"]),
            let reason = group["reason"].flatMap(sentence), let owner = group["owner"]?.name(maximum: 60)
        else { return nil }
        let severity = group["severity"].map { $0.choice(TaskSeverity.self) } ?? .normal
        let items = group["form"]?.items() ?? []
        if items.count > Self.fieldsMaximum { group["form"]?.problem("has more than \(Self.fieldsMaximum) questions") }
        var fields: [TaskField] = []
        for item in items.prefix(Self.fieldsMaximum) {
            guard let field = field(item, before: fields, sentence) else { continue }
            fields.append(field)
        }
        guard let severity, fields.count == items.count else { return nil }
        return .task(TaskAction(reason: reason, owner: owner, severity: severity, fields: fields))
    }

    private func field(
        _ value: DocumentValue, before fields: [TaskField], _ sentence: (DocumentValue) -> Text?
    ) -> TaskField? {
        let allowed = ["name", "label", "kind", "required", "options", "shownWhen", "prefill"]
        guard let group = value.group(allowed: allowed, required: ["name", "label"]),
            let name = group["name"]?.name(maximum: 60), let label = group["label"].flatMap(sentence)
        else { return nil }
        let options = (group["options"]?.items() ?? []).compactMap { option($0, sentence) }
        let standard: TaskField.Kind = options.isEmpty ? .text : .choice
        guard let kind = group["kind"].map({ $0.choice(TaskField.Kind.self) }) ?? standard else { return nil }
        var field = TaskField(name, label, kind: kind, options: options)
        let reader = FormConditionReader(before: fields)
        if let required = group["required"] {
            if required.isText {
                guard let flag = required.flag() else { return nil }
                field.isRequired = flag
            } else {
                guard let condition = reader.condition(required) else { return nil }
                field.requiredIf = condition
            }
        }
        if let condition = group["shownWhen"] {
            guard read(shownWhen: condition, reader, into: &field) else { return nil }
        }
        if let prefill = group["prefill"] {
            let items = prefill.itemsOrOne()
            if items.count > Self.prefillMaximum { prefill.problem("has more than \(Self.prefillMaximum) values") }
            field.prefill = items.prefix(Self.prefillMaximum).compactMap { self.prefill($0, reader) }
            guard field.prefill.count == items.count else { return nil }
        }
        return field
    }

    /// One question before this one with one of some answers is kept as such; anything else as a condition.
    private func read(
        shownWhen value: DocumentValue, _ reader: FormConditionReader, into field: inout TaskField
    ) -> Bool {
        guard let condition = reader.condition(value) else { return false }
        if case .answer(let test) = condition, test.comparison == .equal, case .texts(let words) = test.operand {
            field.shownWhen = (test.question, words)
        } else {
            field.shownIf = condition
        }
        return true
    }

    /// A value, or where it comes from, and when.
    private func prefill(_ value: DocumentValue, _ reader: FormConditionReader) -> Prefill? {
        if value.isText { return value.name(maximum: 200).map { Prefill($0) } }
        guard let group = value.group(allowed: ["value", "field", "of", "if"]) else { return nil }
        var prefill = Prefill("")
        switch (group["value"], group["field"]) {
        case (let written?, nil):
            guard let text = written.name(maximum: 200) else { return nil }
            prefill.value = text
        case (nil, let source?):
            guard let field = RuleConditionReader.field(source) else { return nil }
            prefill.field = field
            prefill.system = group["of"]?.name() ?? ""
        default:
            value.problem("needs either “value” or “field”, a field of the order")
            return nil
        }
        if (prefill.field == .word) == prefill.system.isEmpty {
            value.problem("“of”, the name of a system, goes with system.word and is needed there")
            return nil
        }
        if let condition = group["if"] {
            guard let read = reader.condition(condition) else { return nil }
            prefill.condition = read
        }
        return prefill
    }

    /// A word that stands for itself, or a word with what the form shows for it.
    private func option(_ value: DocumentValue, _ sentence: (DocumentValue) -> Text?) -> TaskField.Option? {
        if value.isText { return value.name(maximum: 200).map { .init($0, Text(chinese: $0, english: $0)) } }
        guard let group = value.group(allowed: ["value", "text"], required: ["value", "text"]),
            let word = group["value"]?.name(maximum: 200), let text = group["text"].flatMap(sentence)
        else { return nil }
        return .init(word, text)
    }
}
