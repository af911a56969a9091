// Questions of a form depend on each other and on the order: whether one is asked, whether it must be answered, and
// what stands in it from the start. A rule says so in the language of its own conditions. A task that a rule gives
// holds only what is left of that once the order is known: whoever fills in the form needs nothing but the form.

/// When a question is asked, must be answered or is filled in: tests of the answers before it and of the order.
package indirect enum FormCondition: Hashable, Sendable {
    case all([FormCondition])
    case any([FormCondition])
    /// None of them holds.
    case none([FormCondition])
    case answer(AnswerTest)
    /// Only in rules: a task holds what it came to.
    case order(RuleTest)

    static let always = FormCondition.all([])
    static let never = FormCondition.any([])

    /// Every test of an answer, from left to right.
    var answers: [AnswerTest] {
        switch self {
        case .all(let parts), .any(let parts), .none(let parts): parts.flatMap(\.answers)
        case .answer(let test): [test]
        case .order: []
        }
    }

    /// Whether it holds after these answers. What was not answered, and what nobody has told, is not so.
    package func holds(_ answers: [String: String]) -> Bool {
        switch self {
        case .all(let parts): parts.allSatisfy { $0.holds(answers) }
        case .any(let parts): parts.contains { $0.holds(answers) }
        case .none(let parts): !parts.contains { $0.holds(answers) }
        case .answer(let test): test.holds(answers[test.question] ?? "")
        case .order: false
        }
    }

    /// What is left of it for one order: only tests of answers.
    func resolved(for order: Order, at occasion: Instant) -> FormCondition {
        func left(of parts: [FormCondition], without nothing: FormCondition) -> [FormCondition] {
            parts.map { $0.resolved(for: order, at: occasion) }.filter { $0 != nothing }
        }
        switch self {
        case .answer: return self
        case .order(let test):
            return CompiledCondition(.test(test)).truth(of: order, at: occasion) == .yes ? .always : .never
        case .all(let parts):
            let left = left(of: parts, without: .always)
            if left.contains(.never) { return .never }
            return left.count == 1 ? left[0] : .all(left)
        case .any(let parts):
            let left = left(of: parts, without: .never)
            if left.contains(.always) { return .always }
            return left.count == 1 ? left[0] : .any(left)
        case .none(let parts):
            let left = left(of: parts, without: .never)
            if left.contains(.always) { return .never }
            return left.isEmpty ? .always : FormCondition.none(left)
        }
    }
}

/// One comparison of an answer with a value.
package struct AnswerTest: Hashable, Sendable {
    /// The name of the question.
    package var question: String
    package var comparison: RuleComparison
    /// Numbers and amounts in hundredths; whether there is an answer at all as 0 and 1.
    package var operand: RuleTest.Operand

    package init(_ question: String, _ comparison: RuleComparison, _ operand: RuleTest.Operand) {
        self.question = question
        self.comparison = comparison
        self.operand = operand
    }

    func holds(_ answer: String) -> Bool {
        if comparison == .isKnown { return answer.isEmpty == (operand == .number(0)) }
        guard !answer.isEmpty else { return false }
        switch operand {
        case .texts(let words):
            switch comparison {
            case .equal, .oneOf: return words.contains(answer)
            case .notEqual, .noneOf: return !words.contains(answer)
            case .contains: return words.contains { answer.contains($0) }
            case .startsWith: return words.contains { answer.hasPrefix($0) }
            default: return false
            }
        case .number(let wanted):
            guard let given = FormNumber.hundredths(answer) else { return false }
            switch comparison {
            case .equal: return given == wanted
            case .notEqual: return given != wanted
            case .less: return given < wanted
            case .atMost: return given <= wanted
            case .more: return given > wanted
            case .atLeast: return given >= wanted
            default: return false
            }
        }
    }
}

/// Numbers that people type into forms, with at most two decimals.
package enum FormNumber {
    /// "12.5" is 1250; nil where it is no such number.
    package static func hundredths(_ text: String) -> Int64? {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), (1...15).contains(parts[0].utf8.count),
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            parts.count == 1 || (1...2).contains(parts[1].utf8.count), let whole = Int64(parts[0])
        else { return nil }
        let fraction = parts.count == 2 ? Int64(parts[1]) ?? 0 : 0
        let size = whole * 100 + (parts.count == 2 && parts[1].utf8.count == 1 ? fraction * 10 : fraction)
        return text.hasPrefix("-") ? -size : size
    }

    /// As it is read: "12", "12.50".
    package static func text(_ hundredths: Int64) -> String {
        hundredths % 100 == 0 ? "\(hundredths / 100)" : amountText(minor: hundredths)
    }
}

/// What stands in a question before anybody has answered it.
package struct Prefill: Hashable, Sendable {
    /// Empty in a rule that takes the value of a field of the order.
    package var value: String
    /// The field of the order that the value is taken from.
    package var field: RuleField?
    /// For ``RuleField/word``: the system.
    package var system: String
    /// Nil: always.
    package var condition: FormCondition?

    package init(
        _ value: String, from field: RuleField? = nil, of system: String = "", if condition: FormCondition? = nil
    ) {
        self.value = value
        self.field = field
        self.system = system
        self.condition = condition
    }
}

extension TaskField.Kind {
    /// How an answer of this kind is compared.
    package var comparisons: [RuleComparison] {
        switch self {
        case .choice: [.equal, .notEqual, .oneOf, .noneOf, .isKnown]
        case .text: [.equal, .notEqual, .oneOf, .noneOf, .contains, .startsWith, .isKnown]
        case .number, .money: [.equal, .notEqual, .less, .atMost, .more, .atLeast, .isKnown]
        }
    }

    package var isNumber: Bool { self == .number || self == .money }

    /// Whether the value of a field of the order can stand in such a question.
    package func takes(_ type: RuleFieldType) -> Bool {
        switch self {
        case .text: ![.flag, .state, .weekday].contains(type)
        case .number: [.count, .minutes, .hour].contains(type)
        case .money: type == .money
        case .choice: [.text, .flag, .state, .weekday, .count].contains(type)
        }
    }
}

extension TaskField {
    static let prefillBytes = 600

    /// Whether the answers so far make this a question that must be answered.
    package func isNeeded(_ answers: [String: String]) -> Bool {
        isRequired && requiredIf?.holds(answers) ?? true
    }

    /// What stands in it after the answers so far; empty for nothing.
    package func start(_ answers: [String: String]) -> String {
        prefill.first { $0.condition?.holds(answers) ?? true }?.value ?? ""
    }

    /// Whether an answer is of the question's kind.
    func fits(_ answer: String) -> Bool {
        switch kind {
        case .choice: options.contains { $0.value == answer }
        case .number: Int64(answer) != nil
        case .money: FormNumber.hundredths(answer).map { $0 >= 0 } ?? false
        case .text: !answer.isEmpty && answer.utf8.count <= 1_000
        }
    }

    /// The question as a task asks it of one order; nil where it is not asked whatever is answered.
    func resolved(for order: Order, at occasion: Instant) -> TaskField? {
        var field = self
        field.shownIf = shownIf?.resolved(for: order, at: occasion)
        if field.shownIf == .never { return nil }
        if field.shownIf == .always { field.shownIf = nil }
        field.requiredIf = requiredIf?.resolved(for: order, at: occasion)
        if field.requiredIf == .never { field.isRequired = false }
        if !field.isRequired || field.requiredIf == .always { field.requiredIf = nil }
        field.prefill = []
        for item in prefill {
            var item = item
            item.condition = item.condition?.resolved(for: order, at: occasion)
            if item.condition == .always { item.condition = nil }
            if let source = item.field { item.value = order.formText(source, of: item.system, at: occasion) ?? "" }
            item.system = ""
            let isShort = item.value.utf8.count <= Self.prefillBytes
            guard item.condition != .never, isShort, fits(item.value) else { continue }
            field.prefill.append(item)
            if item.condition == nil { break }
        }
        return field
    }
}

extension Order {
    /// A field as it is written into a form; nil while nobody has told it.
    fileprivate func formText(_ field: RuleField, of system: String, at occasion: Instant) -> String? {
        switch field.type {
        case .text: return ruleText(field, of: system)
        case .texts: return ruleTexts(field).joined(separator: ", ")
        default: break
        }
        guard let number = ruleNumber(field, at: occasion) else { return nil }
        switch field.type {
        case .flag: return number == 0 ? "false" : "true"
        case .money: return amountText(minor: number)
        case .share: return number % 10 == 0 ? "\(number / 10)%" : "\(number / 10).\(number % 10)%"
        case .state: return stateNames.indices.contains(Int(number)) ? stateNames[Int(number)].identifier : nil
        default: return String(number)
        }
    }
}

extension TaskNeed {
    /// The answers that count: those to questions that are asked. What was answered to a question that is not asked, or
    /// that the form does not have, is left out.
    ///
    /// - Throws: which answer is missing or does not fit, and what to do.
    package func counted(_ answers: [String: String]) throws(Refusal) -> [String: String] {
        let names = Set(fields.map(\.name))
        var counted = answers.filter { names.contains($0.key) }
        for field in fields {
            guard field.isAsked(counted) else {
                counted[field.name] = nil
                continue
            }
            let answer = counted[field.name] ?? ""
            let isRefused = answer.isEmpty ? field.isNeeded(counted) : !field.fits(answer)
            if isRefused { throw field.refusal(of: answer) }
        }
        return counted
    }

    /// What a program hears that answers questions that the form does not have; nil where it has all of them.
    package func refusalOfOthers(than answers: [String: String]) -> Refusal? {
        let names = fields.map(\.name)
        let others = answers.keys.count { !names.contains($0) }
        guard others > 0 else { return nil }
        let list = names.joined(separator: ", ")
        return Refusal(
            code: "taskAnswer",
            text: Text(
                chinese: "有 \(others) 个答案在任务的表单里没有对应的问题",
                english: "\(others) of the answers are to questions that the task's form does not have"),
            nextStep: names.isEmpty
                ? Text(chinese: "这个任务没有问题，请不带 answers 提交", english: "It asks nothing: send it without answers")
                : Text(chinese: "只回答表单里的问题：\(list)", english: "Answer only what it asks: \(list)"))
    }
}

extension TaskField {
    fileprivate func refusal(of answer: String) -> Refusal {
        let isMissing = answer.isEmpty
        let must =
            switch kind {
            case _ where isMissing:
                Text(chinese: "没有填写", english: "is missing")
            case .choice: Text(chinese: "不在选项内", english: "is none of the options")
            case .number: Text(chinese: "应为整数", english: "must be a whole number")
            case .money: Text(chinese: "应为金额，如 12.50", english: "must be an amount like 12.50")
            case .text: Text(chinese: "太长", english: "is too long")
            }
        return Refusal(
            code: "taskAnswer",
            text: Text(
                chinese: "“\(label.chinese)”\(must.chinese)", english: "\"\(label.english)\" \(must.english)"),
            nextStep: isMissing
                ? Text(chinese: "请补充后再提交", english: "Fill it in and send the form again")
                : Text(chinese: "请更正后再提交", english: "Correct it and send the form again"))
    }
}
