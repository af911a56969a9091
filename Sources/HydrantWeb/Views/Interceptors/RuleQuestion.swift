import HydrantCore
import HydrantDocuments

/// One question of a task's form as fields: what is asked, when, whether it must be answered, and what stands there.
struct RuleQuestion: Hashable, Sendable {
    static let maximum = 20

    struct Option: Hashable, Sendable {
        var value: String
        var text: RuleForm.Words
    }

    enum Need: String, CaseIterable, Sendable {
        case always
        case never
        case when
    }

    /// The name of its answer, which conditions of other questions use.
    var name = ""
    var label = RuleForm.Words()
    var kind = TaskField.Kind.text.rawValue
    var options: [Option] = []
    var shown = RuleTree("")
    var need = Need.always.rawValue
    var needed = RuleTree("")
    /// Empty: nothing; `text`, or the name of a field of the order.
    var source = ""
    var system = ""
    var value = ""
    var filled = RuleTree("")

    init(at index: Int) { move(to: index) }

    /// What the ids of its fields begin with.
    private var place: String { String(shown.place.dropFirst().dropLast()) }

    /// Gives the fields of its conditions the names that belong to its number.
    mutating func move(to index: Int) {
        shown.place = "-q\(index)s"
        needed.place = "-q\(index)n"
        filled.place = "-q\(index)f"
    }
}

// MARK: - As the browser sends it

extension RuleQuestion {
    /// Nil where there is no question of this number.
    init?(at index: Int, _ field: (String) -> String?) {
        let begin = "q\(index)-"
        func text(_ name: String) -> String { field(begin + name) ?? "" }
        guard let name = field(begin + "name") else { return nil }
        self.init(at: index)
        self.name = name
        label = RuleForm.Words(chinese: text("zh"), english: text("en"))
        kind = text("kind")
        options = Self.options(begin, field)
        shown = RuleTree(shown.place, field)
        need = text("need")
        needed = RuleTree(needed.place, field)
        source = text("source")
        system = text("of")
        value = text("value")
        filled = RuleTree(filled.place, field)
    }

    /// The options that stand in the field of the page's language; of those that were there before, the words behind
    /// them and the text in the other language stay.
    private static func options(_ begin: String, _ field: (String) -> String?) -> [Option] {
        func lines(_ name: String) -> [String] {
            (field(begin + name) ?? "").split(omittingEmptySubsequences: false) { $0.isNewline }.map(String.init)
        }
        let isChinese = field(begin + "options-zh") != nil
        let written = commaWords(field(begin + (isChinese ? "options-zh" : "options-en")) ?? "")
        let (was, other, values) = (lines("was"), lines("other"), lines("values"))
        return written.map { text in
            guard let index = was.firstIndex(of: text), other.indices.contains(index), values.indices.contains(index)
            else { return Option(value: text, text: RuleForm.Words(chinese: text)) }
            let own = RuleForm.Words(chinese: text, english: other[index])
            let turned = RuleForm.Words(chinese: other[index], english: text)
            return Option(value: values[index], text: isChinese ? own : turned)
        }
    }
}

// MARK: - From a rule, and back

extension RuleQuestion {
    init(_ field: TaskField, at index: Int, before questions: [TaskField]) {
        self.init(at: index)
        name = field.name
        label = RuleForm.Words(field.label)
        kind = field.kind.rawValue
        options = field.options.map { Option(value: $0.value, text: RuleForm.Words($0.text)) }
        let older = field.shownWhen.map { FormCondition.answer(AnswerTest($0.field, .equal, .texts($0.values))) }
        if let condition = older ?? field.shownIf { shown = RuleTree(shown.place, of: condition, questions) }
        need = (field.isRequired ? field.requiredIf == nil ? Need.always : .when : .never).rawValue
        if let condition = field.requiredIf { needed = RuleTree(needed.place, of: condition, questions) }
        guard let prefill = field.prefill.first else { return }
        source = prefill.field?.rawValue ?? "text"
        system = prefill.system
        value = prefill.value
        if let condition = prefill.condition { filled = RuleTree(filled.place, of: condition, questions) }
    }

    /// Whether the form can show it all.
    var fits: Bool {
        let lists = [options.map(\.value), options.map(\.text.text.chinese), options.map(\.text.text.english)]
        return shown.fits && needed.fits && filled.fits
            && lists.allSatisfy { $0.joined(separator: ", ").count <= RuleForm.lengthMaximum }
            // Options stand between commas.
            && lists.dropFirst().allSatisfy { $0.allSatisfy { commaWords($0) == [$0] } && Set($0).count == $0.count }
    }

    /// - Parameter questions: those that stand before it.
    /// - Returns: nil for one that nobody has written yet.
    func field(after questions: [TaskField], _ problems: inout [FormProblem]) -> TaskField? {
        guard !label.isEmpty else {
            if !options.isEmpty || !shown.isEmpty || !source.isEmpty {
                problems.add("\(place)-label", Text(chinese: "请填写问题的内容", english: "Write what the question asks"))
            }
            return nil
        }
        let kind = TaskField.Kind(rawValue: kind) ?? .text
        let choices = options.map { TaskField.Option($0.value, $0.text.text) }
        if kind == .choice, choices.isEmpty {
            problems.add(
                "\(place)-options",
                Text(
                    chinese: "问题“\(label.text.chinese)”是单选，请写出选项，用逗号分开",
                    english: "“\(label.text.english)” is answered by choosing: write what can be chosen, with commas"))
        }
        var field = TaskField(name, label.text, kind: kind, options: kind == .choice ? choices : [])
        if let condition = shown.condition(questions, &problems) {
            if case .answer(let test) = condition, test.comparison == .equal, case .texts(let words) = test.operand {
                field.shownWhen = (test.question, words)
            } else {
                field.shownIf = condition
            }
        }
        switch Need(rawValue: need) ?? .always {
        case .always: break
        case .never: field.isRequired = false
        case .when:
            field.requiredIf = needed.condition(questions, &problems)
            if field.requiredIf == nil {
                problems.add(
                    "\(place)-need",
                    Text(
                        chinese: "请写明问题“\(label.text.chinese)”何时必填",
                        english: "Say when “\(label.text.english)” must be answered"))
            }
        }
        if let prefill = prefill(questions, &problems) { field.prefill = [prefill] }
        return field
    }

    private func prefill(_ questions: [TaskField], _ problems: inout [FormProblem]) -> Prefill? {
        let condition = source.isEmpty ? nil : filled.condition(questions, &problems)
        guard let field = RuleField(rawValue: source) else {
            if source != "text" { return nil }
            if value.isEmpty {
                problems.add(
                    "\(place)-value",
                    Text(
                        chinese: "请填写问题“\(label.text.chinese)”预填的内容",
                        english: "Say what stands in “\(label.text.english)” from the start"))
            }
            return Prefill(value, if: condition)
        }
        if field == .word, system.isEmpty {
            problems.add("\(place)-of", Text(chinese: "请填写是哪个系统的状态词", english: "Say whose last word is meant"))
        }
        return Prefill("", from: field, of: field == .word ? system : "", if: condition)
    }
}

/// What stands between commas of either language.
func commaWords(_ text: String) -> [String] {
    text.split { $0 == "," || $0 == "，" }.map { $0.trimmed }.filter { !$0.isEmpty }
}
