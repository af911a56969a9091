import HydrantCore

extension RuleProblem {
    /// What is wrong, with the part of the editor where it stands in front.
    func placed(in rule: Rule) -> Text {
        switch part {
        case "if": return text.behind(Text(chinese: "如果", english: "If"))
        case "when": return text.behind(Text(chinese: "何时", english: "When"))
        case "name": return text.behind(Text(chinese: "名称", english: "Name"))
        default: break
        }
        guard part.hasPrefix("then["), let index = Int(part.dropFirst(5).dropLast()) else { return text }
        return rule.placed(text, action: index)
    }
}

extension Rule {
    /// The id of the editor's field that a part of the rule begins with.
    func field(of part: String) -> String {
        switch part {
        case "name": return "name"
        case "when": return "when0"
        case "if": return "field1"
        default: break
        }
        guard part.hasPrefix("then["), let index = Int(part.dropFirst(5).dropLast()), actions.indices.contains(index)
        else { return "" }
        return actions[index].field
    }

    /// A problem with the action in front that has it.
    func placed(_ text: Text, action index: Int) -> Text {
        guard actions.indices.contains(index) else { return text }
        return text.behind(actions[index].title)
    }
}

extension Text {
    fileprivate func behind(_ place: Text) -> Text {
        Text(chinese: "\(place.chinese)：\(chinese)", english: "\(place.english): \(english)")
    }
}

extension RuleAction {
    /// The id of the editor's first field of it that says what it is about.
    fileprivate var field: String {
        switch self {
        case .hold: "person"
        case .release: "release0"
        case .refuse: "refusal"
        case .instruct: "ask0"
        case .playbook: "playbook"
        case .completePartially: "partial"
        case .notify: "message"
        case .task: "task-reason"
        }
    }

    /// As the editor heads it.
    fileprivate var title: Text {
        switch self {
        case .hold: Text(chinese: "拦住订单", english: "Hold the order")
        case .release: Text(chinese: "解除另一个拦截", english: "End another hold")
        case .refuse: Text(chinese: "拒绝指令", english: "Refuse instructions")
        case .instruct: Text(chinese: "请一个系统做事", english: "Ask a system")
        case .playbook: Text(chinese: "执行流程", english: "Run a playbook")
        case .completePartially: Text(chinese: "部分完成", english: "Partially completed")
        case .notify: Text(chinese: "给客户发消息", english: "Send the customer a message")
        case .task: Text(chinese: "给人派任务", english: "Give somebody a task")
        }
    }
}
