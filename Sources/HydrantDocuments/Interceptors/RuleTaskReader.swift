internal import HydrantCore

/// Reads the task of a rule: what a person has to do, and the questions of its form.
struct RuleTaskReader {
    private static let fieldsMaximum = 20

    /// - Parameter sentence: reads a text in both languages.
    func task(_ value: DocumentValue, _ sentence: (DocumentValue) -> Text?) -> RuleAction? {
        let allowed = ["reason", "owner", "severity", "form"]
        guard let group = value.group(allowed: allowed, required: ["reason", "owner"]),
            let reason = group["reason"].flatMap(sentence), let owner = group["owner"]?.name(maximum: 60)
        else { return nil }
        let severity = group["severity"].map { $0.choice(TaskSeverity.self) } ?? .normal
        let items = group["form"]?.items() ?? []
        if items.count > Self.fieldsMaximum { group["form"]?.problem("has more than \(Self.fieldsMaximum) questions") }
        let fields = items.prefix(Self.fieldsMaximum).compactMap { field($0, sentence) }
        guard let severity, fields.count == items.count else { return nil }
        return .task(TaskAction(reason: reason, owner: owner, severity: severity, fields: fields))
    }

    private func field(_ value: DocumentValue, _ sentence: (DocumentValue) -> Text?) -> TaskField? {
        let allowed = ["name", "label", "kind", "required", "options", "shownWhen"]
        guard let group = value.group(allowed: allowed, required: ["name", "label"]),
            let name = group["name"]?.name(maximum: 60), let label = group["label"].flatMap(sentence)
        else { return nil }
        let options = (group["options"]?.items() ?? []).compactMap { option($0, sentence) }
        let standard: TaskField.Kind = options.isEmpty ? .text : .choice
        guard let kind = group["kind"].map({ $0.choice(TaskField.Kind.self) }) ?? standard,
            let isRequired = group["required"].map({ $0.flag() }) ?? true
        else { return nil }
        var field = TaskField(name, label, kind: kind, isRequired: isRequired, options: options)
        guard let condition = group["shownWhen"] else { return field }
        guard let inner = condition.group(allowed: ["field", "is"], required: ["field", "is"]),
            let other = inner["field"]?.name(maximum: 60), let words = inner["is"]
        else { return nil }
        field.shownWhen = (other, words.itemsOrOne().compactMap { $0.name(maximum: 200) })
        return field
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
