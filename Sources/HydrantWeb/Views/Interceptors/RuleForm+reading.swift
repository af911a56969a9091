import HydrantCore
import HydrantDocuments
import HydrantEngine

extension RuleForm {
    /// The form of a rule; nil for one that says what the form has no fields for, which is changed as a document.
    init?(_ rule: Rule) {
        self.init()
        id = rule.id
        name = Words(rule.name)
        when = rule.when.map(\.rawValue)
        isEach = rule.occurrence == .each
        rows = Self.rows(of: rule.condition)
        hold.isOn = false
        for action in rule.actions { read(action) }
        guard let again = self.rule().rule, again.saysTheSame(as: rule), rows.count <= Self.rowsMaximum,
            rows.allSatisfy({ $0.depth <= Self.depthMaximum + 1 })
        else { return nil }
    }

    private static func rows(of condition: RuleCondition) -> [Row] {
        switch condition {
        case .test: rows(of: .all([condition]), depth: 0)
        default: rows(of: condition, depth: 0)
        }
    }

    private static func rows(of condition: RuleCondition, depth: Int) -> [Row] {
        func group(_ kind: Row.Kind, _ parts: [RuleCondition]) -> [Row] {
            [Row(depth: depth, kind: kind)] + parts.flatMap { rows(of: $0, depth: depth + 1) }
        }
        switch condition {
        case .all(let parts): return group(.all, parts)
        case .any(let parts): return group(.any, parts)
        case .none(let parts): return group(.none, parts)
        case .test(let test): return [Row(depth: depth, test: Test(test))]
        }
    }

    private mutating func read(_ action: RuleAction) {
        switch action {
        case .hold(let action):
            hold = Hold(
                isOn: true, reason: Words(action.reason), owner: action.owner, isForPerson: false, limit: "")
            for exit in action.exits { read(exit) }
        case .refuse(let kinds, let reason):
            refusal = Refusal(isOn: true, kinds: kinds.map(\.rawValue), reason: Words(reason))
        case .task(let action):
            task = PersonTask(
                isOn: true, reason: Words(action.reason), owner: action.owner, severity: action.severity.rawValue,
                questions: TaskQuestions.text(of: action.fields))
        case .playbook(let action): playbook = action.rawValue
        case .completePartially: completesPartially = true
        case .notify(let touchpoint, let system): message = Message(touchpoint: touchpoint.rawValue, system: system)
        case .release, .instruct: break
        }
    }

    private mutating func read(_ exit: HoldAction.Exit) {
        switch exit {
        case .person: hold.isForPerson = true
        case .after(let length):
            let units: [(Milliseconds, String)] = [(.hours(24), "d"), (.hours(1), "h"), (.minutes(1), "m")]
            guard let unit = units.first(where: { length % $0.0 == 0 }) else { return }
            hold.limit = "\(length / unit.0)"
            hold.unit = unit.1
        case .fact(let kind): hold.fact = kind.rawValue
        case .condition(.test(let test)): hold.exit = Test(test)
        case .condition, .rule: break
        }
    }
}

extension RuleForm.Words {
    init(_ text: Text) {
        self.init(chinese: text.chinese, english: text.english == text.chinese ? "" : text.english)
    }
}

extension RuleForm.Test {
    init(_ test: RuleTest) {
        let type: RuleFieldType = test.comparison == .isKnown ? .flag : test.field.type
        let written: String
        switch test.operand {
        case .number(let number): written = RuleValue.text(number, type)
        case .texts(let texts): written = texts.joined(separator: ", ")
        }
        self.init(
            field: test.field.rawValue, system: test.system, comparison: test.comparison.rawValue, value: written)
    }
}

/// The questions of a task as lines that people write: `Label: option, option`, and a question mark behind the label of
/// what need not be answered.
enum TaskQuestions {
    private static let maximum = 20

    static func fields(of text: String) -> [TaskField] {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmed }.filter { !$0.isEmpty }
        return lines.prefix(maximum).enumerated().map { index, line in
            let halves = line.split(maxSplits: 1) { $0 == ":" || $0 == "：" }
            var label = (halves.first ?? "").trimmed
            let isRequired = !label.hasSuffix("?") && !label.hasSuffix("？")
            if !isRequired { label.removeLast() }
            let words = halves.count < 2 ? [] : halves[1].split { $0 == "," || $0 == "，" }.map { $0.trimmed }
            let options = words.filter { !$0.isEmpty }.map { TaskField.Option($0, Text(chinese: $0, english: $0)) }
            return TaskField(
                "q\(index + 1)", Text(chinese: label, english: label), kind: options.isEmpty ? .text : .choice,
                isRequired: isRequired, options: options)
        }
    }

    /// What people would have written; a form that says more than that is not the same when it is read again.
    static func text(of fields: [TaskField]) -> String {
        fields.map { field in
            let options = field.options.map(\.text.chinese).joined(separator: ", ")
            return field.label.chinese + (field.isRequired ? "" : "?") + (options.isEmpty ? "" : ": \(options)")
        }.joined(separator: "\n")
    }
}
