import HydrantCore
import HydrantDocuments

extension RuleForm {
    /// The rule, or what is still missing.
    func rule() -> (rule: Rule?, problems: [Text]) {
        var problems: [Text] = []
        let occasions = when.compactMap { FactKind(rawValue: $0) }
        if occasions.isEmpty { problems.append(Text(chinese: "请选择何时运行", english: "Choose when it runs")) }
        if name.isEmpty { problems.append(Text(chinese: "请填写名称", english: "Give it a name")) }
        let condition = group(at: 0, &problems)
        let actions = actions(&problems)
        if actions.isEmpty, problems.isEmpty {
            problems.append(Text(chinese: "请选择至少一个动作", english: "Choose at least one thing to do"))
        }
        guard problems.isEmpty else { return (nil, problems) }
        return (
            Rule(
                id: id, name: name.text, when: occasions, occurrence: isEach ? .each : .once,
                condition: condition.simple, actions: actions), []
        )
    }

    /// The group in a row with everything below it.
    private func group(at row: Int, _ problems: inout [Text]) -> RuleCondition {
        var parts: [RuleCondition] = []
        var index = row + 1
        while index < rows.count, rows[index].depth > rows[row].depth {
            defer { index += 1 }
            guard rows[index].depth == rows[row].depth + 1 else { continue }
            guard rows[index].kind == .test else {
                let inner = group(at: index, &problems)
                if inner.tests.isEmpty { continue }
                parts.append(inner)
                continue
            }
            // A line that nobody has filled is no condition.
            if rows[index].test.field.isEmpty { continue }
            do throws(FormProblem) {
                parts.append(.test(try rows[index].test.test()))
            } catch {
                problems.append(error.text)
            }
        }
        switch rows[row].kind {
        case .any: return parts.isEmpty ? .always : .any(parts)
        case .none: return parts.isEmpty ? .always : RuleCondition.none(parts)
        case .all, .test: return .all(parts)
        }
    }

    // MARK: - THEN

    private func actions(_ problems: inout [Text]) -> [RuleAction] {
        var actions: [RuleAction] = []
        if hold.isOn, let action = holdAction(&problems) { actions.append(action) }
        if refusal.isOn {
            let kinds = refusal.kinds.compactMap { InstructionKind(rawValue: $0) }
            if refusal.reason.isEmpty {
                problems.append(Text(chinese: "请填写拒绝的原因", english: "Say why it is refused"))
            }
            if kinds.isEmpty { problems.append(Text(chinese: "请选择拒绝哪些指令", english: "Choose what is refused")) }
            actions.append(.refuse(kinds: kinds, reason: refusal.reason.text))
        }
        if task.isOn {
            if task.reason.isEmpty {
                problems.append(Text(chinese: "请填写任务内容", english: "Say what the task is"))
            }
            if task.owner.isEmpty {
                problems.append(Text(chinese: "请选择由谁完成任务", english: "Choose whose task it is"))
            }
            actions.append(
                .task(
                    TaskAction(
                        reason: task.reason.text, owner: task.owner,
                        severity: TaskSeverity(rawValue: task.severity) ?? .normal,
                        fields: TaskQuestions.fields(of: task.questions))))
        }
        if let playbook = Playbook(rawValue: playbook) { actions.append(.playbook(playbook)) }
        if completesPartially { actions.append(.completePartially) }
        if let touchpoint = Touchpoint(rawValue: message.touchpoint) {
            if message.system.isEmpty {
                problems.append(Text(chinese: "请填写由哪个系统发消息", english: "Say which system sends the message"))
            }
            actions.append(.notify(touchpoint, system: message.system))
        }
        return actions
    }

    private func holdAction(_ problems: inout [Text]) -> RuleAction? {
        if hold.reason.isEmpty { problems.append(Text(chinese: "请填写拦住的原因", english: "Say why the order waits")) }
        if hold.owner.isEmpty { problems.append(Text(chinese: "请选择由谁处理", english: "Choose who has to act")) }
        var exits: [HoldAction.Exit] = hold.isForPerson ? [.person] : []
        if !hold.limit.isEmpty {
            let unit: Milliseconds? = ["m": .minutes(1), "h": .hours(1), "d": .hours(24)][hold.unit]
            if let unit, let count = Int64(hold.limit), count > 0, count <= .hours(8_760) / unit {
                exits.append(.after(count * unit))
            } else {
                problems.append(
                    Text(chinese: "最长时间应是 1 分钟到 365 天", english: "The longest time is 1 minute to 365 days"))
            }
        }
        if let fact = FactKind(rawValue: hold.fact) { exits.append(.fact(fact)) }
        if !hold.exit.field.isEmpty {
            do throws(FormProblem) {
                exits.append(.condition(.test(try hold.exit.test())))
            } catch {
                problems.append(error.text)
            }
        }
        return .hold(HoldAction(reason: hold.reason.text, owner: hold.owner, exits: exits))
    }
}

struct FormProblem: Error {
    var text: Text
}

extension RuleCondition {
    /// One test needs no group around it.
    fileprivate var simple: RuleCondition {
        guard case .all(let parts) = self, parts.count == 1 else { return self }
        return parts[0]
    }
}

extension RuleForm.Test {
    func test() throws(FormProblem) -> RuleTest {
        guard let field = RuleField(rawValue: field), let comparison = RuleComparison(rawValue: comparison) else {
            throw FormProblem(text: Text(chinese: "请选择条件", english: "Choose the condition"))
        }
        guard field.type.comparisons.contains(comparison) else {
            throw FormProblem(
                text: Text(
                    chinese: "“\(field.text.chinese)”不能用“\(comparison.text.chinese)”比较",
                    english: "“\(field.text.english)” cannot be compared by “\(comparison.text.english)”"))
        }
        if field == .word, system.isEmpty {
            throw FormProblem(text: Text(chinese: "请填写是哪个系统的状态词", english: "Say whose last word is meant"))
        }
        let of = field == .word ? system : ""
        let type: RuleFieldType = comparison == .isKnown ? .flag : field.type
        if type.isText {
            let words = value.split { $0 == "," || $0 == "，" }.map { $0.trimmed }.filter { !$0.isEmpty }
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
                english: "The value of “\(field.text.english)” must be \(type.hint.english)"))
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
