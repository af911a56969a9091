import HydrantCore
import HydrantDocuments

extension RuleForm {
    /// The rule, or what is still missing.
    func rule() -> (rule: Rule?, problems: [FormProblem]) {
        var problems: [FormProblem] = []
        let occasions = when.compactMap { FactKind(rawValue: $0) }
        if occasions.isEmpty { problems.add("when0", Text(chinese: "请选择何时运行", english: "Choose when it runs")) }
        if name.isEmpty { problems.add("name", Text(chinese: "请填写名称", english: "Give it a name")) }
        let condition = tree.ruleCondition(&problems) ?? .always
        let actions = actions(&problems)
        if actions.isEmpty, problems.isEmpty {
            problems.add("hold", Text(chinese: "请选择至少一个动作", english: "Choose at least one thing to do"))
        }
        guard problems.isEmpty else { return (nil, problems) }
        return (
            Rule(
                id: id, name: name.text, when: occasions, occurrence: isEach ? .each : .once,
                condition: condition, actions: actions.sorted(like: order) { $0.name }), []
        )
    }

    // MARK: - THEN

    private func actions(_ problems: inout [FormProblem]) -> [RuleAction] {
        var actions: [RuleAction] = []
        if hold.isOn, let action = holdAction(&problems) { actions.append(action) }
        if refusal.isOn {
            let kinds = refusal.kinds.compactMap { InstructionKind(rawValue: $0) }
            if refusal.reason.isEmpty {
                problems.add("refusal", Text(chinese: "请填写拒绝的原因", english: "Say why it is refused"))
            }
            if kinds.isEmpty {
                let first = Self.refusable.first.map { "no-\($0.rawValue)" } ?? ""
                problems.add(first, Text(chinese: "请选择拒绝哪些指令", english: "Choose what is refused"))
            }
            actions.append(.refuse(kinds: kinds, reason: refusal.reason.text))
        }
        if task.isOn {
            if task.reason.isEmpty {
                problems.add("task-reason", Text(chinese: "请填写任务内容", english: "Say what the task is"))
            }
            if task.owner.isEmpty {
                problems.add("task-owner", Text(chinese: "请选择由谁完成任务", english: "Choose whose task it is"))
            }
            actions.append(
                .task(
                    TaskAction(
                        reason: task.reason.text, owner: task.owner,
                        severity: TaskSeverity(rawValue: task.severity) ?? .normal, fields: questions(&problems))))
        }
        if let playbook = Playbook(rawValue: playbook) { actions.append(.playbook(playbook)) }
        if completesPartially { actions.append(.completePartially) }
        if let touchpoint = Touchpoint(rawValue: message.touchpoint) {
            if message.system.isEmpty {
                problems.add("message-of", Text(chinese: "请填写由哪个系统发消息", english: "Say which system sends the message"))
            }
            actions.append(.notify(touchpoint, system: message.system))
        }
        actions += releases.filter { !$0.isEmpty }.map { .release(hold: $0) }
        for (index, ask) in asks.enumerated() {
            guard let kind = InstructionKind(rawValue: ask.kind), Self.askable.contains(kind) else { continue }
            if ask.system.isEmpty {
                problems.add(
                    "ask-of\(index)",
                    Text(
                        chinese: "请填写由哪个系统执行“\(kind.text.chinese)”",
                        english: "Say which system is asked for “\(kind.text.english)”"))
            }
            actions.append(.instruct(kind: kind, system: ask.system))
        }
        return actions
    }

    private func questions(_ problems: inout [FormProblem]) -> [TaskField] {
        var fields: [TaskField] = []
        for question in task.questions {
            guard let field = question.field(after: fields, &problems) else { continue }
            fields.append(field)
        }
        return fields
    }

    private func holdAction(_ problems: inout [FormProblem]) -> RuleAction? {
        if hold.reason.isEmpty { problems.add("reason", Text(chinese: "请填写拦住的原因", english: "Say why the order waits")) }
        if hold.owner.isEmpty { problems.add("owner", Text(chinese: "请选择由谁处理", english: "Choose who has to act")) }
        var exits: [HoldAction.Exit] = hold.isForPerson ? [.person] : []
        if !hold.limit.isEmpty {
            let unit: Milliseconds? = ["m": .minutes(1), "h": .hours(1), "d": .hours(24)][hold.unit]
            if let unit, let count = Int64(hold.limit), count > 0, count <= .hours(8_760) / unit {
                exits.append(.after(count * unit))
            } else {
                problems.add(
                    "limit", Text(chinese: "最长时间应是 1 分钟到 365 天", english: "The longest time is 1 minute to 365 days"))
            }
        }
        if let fact = FactKind(rawValue: hold.fact) { exits.append(.fact(fact)) }
        if let condition = hold.exit.ruleCondition(&problems) { exits.append(.condition(condition)) }
        if !hold.rule.isEmpty { exits.append(.rule(hold.rule)) }
        let sorted = exits.sorted(like: hold.order) { $0.name }
        return .hold(HoldAction(reason: hold.reason.text, owner: hold.owner, exits: sorted))
    }
}

extension Array {
    /// In the order of some names; what is not among them comes last, as it stands.
    fileprivate func sorted(like order: [String], by name: (Element) -> String) -> [Element] {
        let places = enumerated().map { index, element in
            (order.firstIndex(of: name(element)) ?? order.count, index, element)
        }
        return places.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
    }
}

/// What is wrong, and the id of the field where it is; empty where it is in no single one. What a test throws names
/// only the part of its line.
struct FormProblem: Error, Hashable {
    var text: Text
    var field = ""
}

extension [FormProblem] {
    mutating func add(_ field: String, _ text: Text) { append(FormProblem(text: text, field: field)) }
}

extension RuleCondition {
    /// One test needs no group around it.
    var simple: RuleCondition {
        guard case .all(let parts) = self, parts.count == 1 else { return self }
        return parts[0]
    }
}

extension RuleForm.Test {
    /// - Parameter questions: those whose answers may be tested.
    func condition(_ questions: [TaskField]) throws(FormProblem) -> FormCondition {
        guard field.hasPrefix(Self.answer) else { return .order(try test()) }
        let name = String(field.dropFirst(Self.answer.count))
        guard let question = questions.first(where: { $0.name == name }) else {
            throw FormProblem(
                text: Text(
                    chinese: "有一个条件看的问题不在它上面，请重新选择",
                    english: "A condition looks at a question that does not stand above it; choose another"),
                field: "field")
        }
        guard let comparison = RuleComparison(rawValue: comparison), question.kind.comparisons.contains(comparison)
        else {
            throw FormProblem(
                text: Text(
                    chinese: "请选择如何比较“\(question.label.chinese)”的回答",
                    english: "Choose how the answer to “\(question.label.english)” is compared"),
                field: "is")
        }
        let operand: RuleTest.Operand
        if comparison == .isKnown {
            operand = .number(value == "false" ? 0 : 1)
        } else if question.kind.isNumber {
            guard let number = FormNumber.hundredths(value.trimmed) else {
                throw FormProblem(
                    text: Text(
                        chinese: "与“\(question.label.chinese)”比较的值应为数字，如 12 或 12.50",
                        english: "What “\(question.label.english)” is compared with must be a number like 12 or 12.50"),
                    field: "value")
            }
            operand = .number(number)
        } else {
            let words = commaWords(value)
            guard !words.isEmpty else {
                throw FormProblem(
                    text: Text(
                        chinese: "请填写与“\(question.label.chinese)”比较的回答",
                        english: "Say which answer to “\(question.label.english)” is meant"), field: "value")
            }
            operand = .texts(words)
        }
        return .answer(AnswerTest(name, comparison, operand))
    }

    func test() throws(FormProblem) -> RuleTest {
        guard let field = RuleField(rawValue: field), let comparison = RuleComparison(rawValue: comparison) else {
            throw FormProblem(text: Text(chinese: "请选择条件", english: "Choose the condition"), field: "field")
        }
        guard field.type.comparisons.contains(comparison) else {
            throw FormProblem(
                text: Text(
                    chinese: "“\(field.text.chinese)”不能用“\(comparison.text.chinese)”比较",
                    english: "“\(field.text.english)” cannot be compared by “\(comparison.text.english)”"),
                field: "is")
        }
        if field == .word, system.isEmpty {
            throw FormProblem(
                text: Text(chinese: "请填写是哪个系统的状态词", english: "Say whose last word is meant"), field: "of")
        }
        let of = field == .word ? system : ""
        let type: RuleFieldType = comparison == .isKnown ? .flag : field.type
        if type.isText {
            let words = commaWords(value)
            guard !words.isEmpty else { throw missing(field, type) }
            return RuleTest(field, of: of, comparison, .texts(words))
        }
        let written = value.trimmed
        let number = type == .share && !written.hasSuffix("%") ? written + "%" : written
        guard let value = RuleValue.number(number, type), type.range?.contains(value) == true else {
            throw missing(field, type)
        }
        return RuleTest(field, of: of, comparison, .number(value))
    }

    private func missing(_ field: RuleField, _ type: RuleFieldType) -> FormProblem {
        FormProblem(
            text: Text(
                chinese: "“\(field.text.chinese)”的值应为\(type.hint.chinese)",
                english: "The value of “\(field.text.english)” must be \(type.hint.english)"),
            field: "value")
    }
}

extension RuleFieldType {
    /// What a value looks like.
    var hint: Text {
        let english = RuleValue.hint(self)
        let chinese =
            switch self {
            case .flag: "是或否"
            case .count: "不小于 0 的整数"
            case .money: "金额，如 5000 或 12.50"
            case .minutes: "分钟数，或 2h、1d 这样的时长"
            case .share: "0% 到 100% 的比例"
            case .state: "一个订单状态"
            case .hour: "0 到 23 点"
            case .weekday: "1（周一）到 7"
            case .text, .texts: "文字，多个用逗号分开"
            }
        return Text(chinese: chinese, english: english)
    }
}

extension StringProtocol {
    var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
