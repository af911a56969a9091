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
        tree = RuleTree("", of: rule.condition)
        hold.isOn = false
        for action in rule.actions { read(action) }
        order = rule.actions.map(\.name)
        var same = rule
        same.condition = rule.condition.simple
        guard let again = self.rule().rule, again.saysTheSame(as: same), tree.fits, hold.exit.fits,
            task.questions.allSatisfy(\.fits), releases.count <= Self.releasesMaximum, asks.count <= Self.asksMaximum,
            when.count <= Self.occasionsMaximum, rule.isOfLines
        else { return nil }
    }

    private mutating func read(_ action: RuleAction) {
        switch action {
        case .hold(let action):
            hold = Hold(
                isOn: true, reason: Words(action.reason), owner: action.owner, isForPerson: false, limit: "")
            for exit in action.exits { read(exit) }
            hold.order = action.exits.map(\.name)
        case .refuse(let kinds, let reason):
            refusal = Refusal(isOn: true, kinds: kinds.map(\.rawValue), reason: Words(reason))
        case .task(let action):
            task = PersonTask(
                isOn: true, reason: Words(action.reason), owner: action.owner, severity: action.severity.rawValue)
            task.questions = action.fields.enumerated().map { index, field in
                RuleQuestion(field, at: index, before: Array(action.fields[..<index]))
            }
        case .playbook(let action): playbook = action.rawValue
        case .completePartially: completesPartially = true
        case .notify(let touchpoint, let system): message = Message(touchpoint: touchpoint.rawValue, system: system)
        case .release(let hold): releases.append(hold)
        case .instruct(let kind, let system): asks.append(Ask(kind: kind.rawValue, system: system))
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
        case .condition(let condition): hold.exit = RuleTree(hold.exit.place, of: condition)
        case .rule(let rule): hold.rule = rule
        }
    }
}

extension RuleAction {
    /// As documents name it.
    var name: String {
        switch self {
        case .hold: "hold"
        case .release: "release"
        case .refuse: "refuse"
        case .instruct: "instruct"
        case .playbook: "playbook"
        case .completePartially: "completion"
        case .notify: "notify"
        case .task: "task"
        }
    }
}

extension HoldAction.Exit {
    /// One word for its kind.
    var name: String {
        switch self {
        case .person: "person"
        case .after: "after"
        case .fact: "fact"
        case .condition: "if"
        case .rule: "rule"
        }
    }
}

extension Rule {
    /// Whether none of its texts has more than one line, which the fields of a browser would take away.
    fileprivate var isOfLines: Bool { !RuleDocument(name: "", rules: [self]).yaml.contains("\\n") }
}

extension RuleForm.Words {
    init(_ text: Text) {
        self.init(chinese: text.chinese, english: text.english == text.chinese ? "" : text.english)
    }
}

extension RuleForm.Test {
    /// In front of the name of a question whose answer is tested.
    static let answer = "answer:"

    init(_ test: AnswerTest) {
        let written: String
        switch test.operand {
        case .number(let number):
            written = test.comparison == .isKnown ? "\(number != 0)" : FormNumber.text(number)
        case .texts(let texts): written = texts.joined(separator: ", ")
        }
        self.init(field: Self.answer + test.question, comparison: test.comparison.rawValue, value: written)
    }

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
}
