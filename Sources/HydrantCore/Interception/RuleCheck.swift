/// Something that is wrong with a set of rules, although each of its words is allowed.
package struct RuleProblem: Error, Hashable, Sendable {
    /// The index of the rule.
    package var rule: Int
    /// The part of the rule: "id", "when", "if", "then[2]".
    package var part: String
    /// What is wrong and what to do.
    package var text: Text

    package init(_ rule: Int, _ part: String, _ text: Text) {
        self.rule = rule
        self.part = part
        self.text = text
    }
}

/// Looks for what would hold orders for ever, never run, or contradict itself. Drafts are looked at like all others:
/// what is written down must make sense. Retired versions contradict nobody and wait for nobody.
package func problems(in rules: [Rule]) -> [RuleProblem] {
    var found: [RuleProblem] = []
    for (index, rule) in rules.enumerated() {
        found += rule.nameProblems(at: index, among: rules) + rule.textProblems(at: index)
        if rule.condition.isImpossible {
            let text = Text(
                chinese: "条件互相矛盾，没有订单能满足；请放宽其中一个",
                english: "no order can ever meet this condition; ease one of its tests")
            found.append(RuleProblem(index, "if", text))
        }
        for (number, action) in rule.actions.enumerated() {
            for text in problems(with: action, of: rule, among: rules) {
                found.append(RuleProblem(index, "then[\(number)]", text))
            }
        }
    }
    return found + waitingCircles(in: rules) + conflicts(in: rules)
}

/// The most rules, tests of a rule, and actions of a rule that are read.
package enum RuleLimits {
    /// Versions that are not retired.
    package static let rules = 200
    /// Versions, the retired ones too.
    package static let versions = 1_000
    /// Retired versions of one rule; when it is saved, older ones are dropped.
    package static let retired = 20
    package static let tests = 100
    package static let actions = 10
    package static let depth = 10
    /// Options of a question.
    static let options = 100

    /// So many bytes may a text of so many characters have. A character that people see can be made of any number of
    /// bytes, and what an event keeps is counted in those.
    static func bytes(of characters: Int) -> Int { characters * 4 }
}

extension Rule {
    fileprivate func nameProblems(at index: Int, among rules: [Rule]) -> [RuleProblem] {
        var found: [RuleProblem] = []
        let isPlain = id.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
        if id.isEmpty || id.utf8.count > 60 || !isPlain {
            let text = Text(
                chinese: "编号只能用小写字母、数字和连字符，1 到 60 个字符",
                english: "an id has 1 to 60 lower-case letters, digits and hyphens")
            found.append(RuleProblem(index, "id", text))
        }
        if rules[..<index].contains(where: { $0.id == id && $0.version == version }) {
            let text = Text(
                chinese: "编号 \(id) 的版本 \(version) 写了两次，请换编号或版本",
                english: "version \(version) of \(id) is written twice; change the id or the version")
            found.append(RuleProblem(index, "id", text))
        }
        if isRunning, let other = rules[..<index].first(where: { $0.id == id && $0.stage == stage }) {
            let text = Text(
                chinese: "编号 \(id) 的版本 \(other.version) 也是“\(stage.text.chinese)”；"
                    + "只能有一个版本启用、一个版本影子运行，请先停用一个",
                english: "version \(other.version) of \(id) is \(stage.text.english) too; one version of a rule "
                    + "can be on and one in shadow, so retire one of them first")
            found.append(RuleProblem(index, "stage", text))
        }
        return found
    }
}

private func problems(with action: RuleAction, of rule: Rule, among rules: [Rule]) -> [Text] {
    switch action {
    case .hold(let hold): return problems(with: hold, of: rule, among: rules)
    case .release(let id):
        guard let name = ruleName(ofHold: id), !rules.contains(where: { $0.id == name }) else { return [] }
        return [Text(chinese: "没有编号为 \(name) 的拦截器", english: "there is no interceptor \(name)")]
    case .task(let task): return problems(with: task.fields) + task.formProblems
    default: return []
    }
}

/// A question that depends on another one comes after it, and waits for an answer that can be given.
private func problems(with fields: [TaskField]) -> [Text] {
    var found: [Text] = []
    for (index, field) in fields.enumerated() {
        if fields[..<index].contains(where: { $0.name == field.name }) {
            found.append(
                Text(chinese: "问题 \(field.name) 写了两次", english: "the question \(field.name) is written twice"))
        }
        if field.kind == .choice, field.options.isEmpty {
            found.append(
                Text(chinese: "问题 \(field.name) 没有选项", english: "the question \(field.name) has no options"))
        }
        if field.options.count > RuleLimits.options {
            found.append(
                Text(
                    chinese: "问题 \(field.name) 的选项多于 \(RuleLimits.options) 个",
                    english: "the question \(field.name) has more than \(RuleLimits.options) options"))
        }
        guard let condition = field.shownWhen else { continue }
        guard let other = fields[..<index].first(where: { $0.name == condition.field }) else {
            found.append(
                Text(
                    chinese: "问题 \(field.name) 依赖的 \(condition.field) 不在它前面",
                    english: "the question \(field.name) depends on \(condition.field), which does not stand before it")
            )
            continue
        }
        let options = other.options.map(\.value)
        if other.kind == .choice, let word = condition.values.first(where: { !options.contains($0) }) {
            found.append(
                Text(
                    chinese: "问题 \(field.name) 等待的答案 \(word) 不是 \(other.name) 的选项",
                    english: "the question \(field.name) waits for \(word), which is no option of \(other.name)"))
        }
    }
    return found
}

private func problems(with hold: HoldAction, of rule: Rule, among rules: [Rule]) -> [Text] {
    guard !hold.exits.isEmpty else {
        return [
            Text(
                chinese: "拦截没有出口；请写明由谁放行、最多多久或等到什么。在文档里给 hold 加上 until:，例如 until: [person, 2h]",
                english: "the hold has no exit; say who lets it go on, how long at most, or what it waits for. In the "
                    + "document add `until:` to the hold, for instance until: [person, 2h]")
        ]
    }
    var found: [Text] = []
    for exit in hold.exits {
        switch exit {
        case .condition(let condition) where condition.isImpossible:
            found.append(Text(chinese: "出口的条件永远不会成立", english: "the condition of this exit can never be true"))
        case .condition where !rule.condition.isImpossible && rule.endsAtOnce(exit):
            found.append(
                Text(
                    chinese: "只要命中，出口的条件就已成立，拦截一开始就会结束；请换一个出口",
                    english:
                        "whenever the rule matches, the condition of this exit is true too, so the hold would end at "
                        + "once; choose another exit"))
        case .fact(let kind) where rule.endsAtOnce(exit):
            found.append(
                Text(
                    chinese: "出口所等的 \(kind.rawValue) 正是触发本规则的事，拦截一开始就会结束；请换一个出口",
                    english: "\(kind.rawValue) is what calls the rule, so as an exit it would end the hold at once; "
                        + "choose another exit"))
        case .rule(let other) where other == rule.id:
            found.append(Text(chinese: "拦截在等自己结束", english: "the hold waits for itself"))
        case .rule(let other) where !rules.contains(where: { $0.id == other }):
            found.append(Text(chinese: "没有编号为 \(other) 的拦截器", english: "there is no interceptor \(other)"))
        default: break
        }
    }
    if let words = rule.exitsKeptBack(by: hold) {
        let names = words.uniqued.joined(separator: ", ")
        found.append(
            Text(
                chinese: "拦截在等自己挡住的事（\(names)）：订单被拦时它不会发生；请再加一个人工放行或时限",
                english: "the hold waits for what it prevents: \(names) does not come while the order is held; add "
                    + "until: person or a length of time"))
    }
    return found
}

extension [String] {
    fileprivate var uniqued: [String] {
        reduce(into: []) { names, name in if !names.contains(name) { names.append(name) } }
    }
}

/// The rule whose hold has this id; nil for holds that no rule places.
private func ruleName(ofHold id: String) -> String? {
    guard id.hasPrefix("rule:") else { return nil }
    return String(id.dropFirst(5).prefix { $0 != "." && $0 != "@" && $0 != ":" })
}

/// Holds that end only when another rule's hold has ended, in a circle.
private func waitingCircles(in rules: [Rule]) -> [RuleProblem] {
    var waits: [String: Set<String>] = [:]
    for rule in rules where rule.stage != .retired {
        for case .hold(let hold) in rule.actions {
            var others: Set<String> = []
            for exit in hold.exits {
                guard case .rule(let other) = exit else {
                    others = []
                    break
                }
                others.insert(other)
            }
            waits[rule.id, default: []].formUnion(others)
        }
    }
    return rules.enumerated().compactMap { index, rule in
        guard rule.stage != .retired, let circle = circle(from: rule.id, waits) else { return nil }
        let names = circle.joined(separator: " → ")
        return RuleProblem(
            index, "then",
            Text(
                chinese: "这些拦截互相等待：\(names)；请给其中一个加人工放行或时限",
                english: "these holds wait for each other: \(names); give one of them a person or a length of time"))
    }
}

/// The way back to a rule along those that it waits for; nil where there is none or it waits only for itself.
private func circle(from start: String, _ waits: [String: Set<String>]) -> [String]? {
    var waiting = [[start]]
    var seen: Set<String> = [start]
    while !waiting.isEmpty {
        let path = waiting.removeFirst()
        for next in (waits[path[path.count - 1]] ?? []).sorted() {
            if next == start { return path.count > 1 ? path + [start] : nil }
            if seen.insert(next).inserted { waiting.append(path + [next]) }
        }
    }
    return nil
}

/// Two rules that run at the same time on the same order and say opposite things.
private func conflicts(in rules: [Rule]) -> [RuleProblem] {
    var found: [RuleProblem] = []
    let others = rules.filter { $0.stage != .retired }
    for (index, rule) in rules.enumerated() where rule.stage != .retired {
        for (number, action) in rule.actions.enumerated() {
            // Two versions of one rule never both speak.
            for other in others
            where (other.id != rule.id || other.version == rule.version) && action.opposes(other)
                && rule.mayMeet(other)
            {
                found.append(
                    RuleProblem(
                        index, "then[\(number)]",
                        Text(
                            chinese: "与拦截器 \(other.id) 矛盾：两者可能同时对同一订单成立；请让条件互不重叠",
                            english:
                                "contradicts the interceptor \(other.id): both can speak of one order at once; "
                                + "make their conditions exclude each other")))
            }
        }
    }
    return found
}

extension RuleAction {
    fileprivate func opposes(_ other: Rule) -> Bool {
        switch self {
        case .release(let id):
            guard ruleName(ofHold: id) == other.id else { return false }
            return other.actions.contains { if case .hold = $0 { true } else { false } }
        case .refuse(let kinds, _):
            return other.actions.contains {
                guard case .instruct(let kind, _) = $0 else { return false }
                return kinds.contains(kind)
            }
        case .instruct(.pauseDelivery, let system): return other.actions.contains(.instruct(.resumeDelivery, system))
        default: return false
        }
    }
}

extension Rule {
    fileprivate func mayMeet(_ other: Rule) -> Bool {
        guard !Set(when).isDisjoint(with: other.when) else { return false }
        return !RuleCondition.all([condition, other.condition]).isImpossible
    }
}

extension RuleAction {
    fileprivate static func instruct(_ kind: InstructionKind, _ system: String) -> RuleAction {
        .instruct(kind: kind, system: system)
    }
}
