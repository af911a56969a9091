import HydrantCore
import HydrantDocuments

/// A rule as sentences with pick lists: what stands in the fields of the form, right or wrong.
struct RuleForm: Sendable {
    static let testCount = 4
    /// What a rule of this form may be called by.
    static let occasions: [FactKind] = [
        .orderPlaced, .paymentReported, .creditChecked, .receiverChanged, .lineReported, .inventoryLocked,
        .parcelPacked,
        .parcelHandedOver, .returnAsked, .refundReported, .signedReported,
    ]

    struct Test: Sendable {
        var field = ""
        var system = ""
        var comparison = ""
        var value = ""
    }

    var id = ""
    var name = ""
    var when = FactKind.orderPlaced.rawValue
    var isEach = false
    var isAny = false
    var tests: [Test] = Array(repeating: Test(), count: testCount)
    var isHold = true
    var reason = ""
    var owner = "owner"
    var isForPerson = true
    /// Whole hours, or empty.
    var hours = "2"
    var isAddressChange = false

    init() {}

    init(_ fields: [(name: String, value: String)]) {
        func field(_ name: String) -> String { String((fields.last { $0.name == name }?.value ?? "").prefix(300)) }
        id = field("id")
        name = field("name")
        when = field("when")
        isEach = field("every") == "each"
        isAny = field("match") == "any"
        tests = (0..<Self.testCount).map { index in
            Test(
                field: field("field\(index)"), system: field("of\(index)"), comparison: field("is\(index)"),
                value: field("value\(index)"))
        }
        isHold = field("action") != "refuse"
        reason = field("reason")
        owner = field("owner")
        isForPerson = field("person") == "yes"
        hours = field("hours")
        isAddressChange = field("playbook") == "yes"
    }

    /// The rule, or what is still missing, with the name of the field.
    func rule() -> (rule: Rule?, problems: [Text]) {
        var problems: [Text] = []
        let occasion = FactKind(rawValue: when)
        if occasion == nil { problems.append(Text(chinese: "请选择何时运行", english: "Choose when it runs")) }
        if name.isEmpty { problems.append(Text(chinese: "请填写名称", english: "Give it a name")) }
        if reason.isEmpty { problems.append(Text(chinese: "请填写原因", english: "Give the reason in words")) }
        if isHold, owner.isEmpty { problems.append(Text(chinese: "请填写由谁处理", english: "Say who has to act")) }
        let parts = tests.filter { !$0.field.isEmpty }.compactMap { test in
            do throws(FormProblem) {
                return RuleCondition.test(try test.test())
            } catch {
                problems.append(error.text)
                return nil
            }
        }
        guard let occasion, problems.isEmpty, let action = action(&problems) else { return (nil, problems) }
        let condition: RuleCondition = parts.count == 1 ? parts[0] : isAny && !parts.isEmpty ? .any(parts) : .all(parts)
        var actions = [action]
        if isAddressChange { actions.append(.playbook(.addressChange)) }
        return (
            Rule(
                id: id, name: Text(chinese: name, english: name), when: [occasion], occurrence: isEach ? .each : .once,
                condition: condition, actions: actions), []
        )
    }

    private func action(_ problems: inout [Text]) -> RuleAction? {
        let words = Text(chinese: reason, english: reason)
        guard isHold else { return .refuse(kinds: [.createDelivery, .createWaybill], reason: words) }
        var exits: [HoldAction.Exit] = isForPerson ? [.person] : []
        if !hours.isEmpty {
            guard let count = Int64(hours), (1...720).contains(count) else {
                problems.append(Text(chinese: "最长时间是 1 到 720 小时", english: "The longest time is 1 to 720 hours"))
                return nil
            }
            exits.append(.after(.hours(count)))
        }
        return .hold(HoldAction(reason: words, owner: owner, exits: exits))
    }
}

struct FormProblem: Error {
    var text: Text
}

extension RuleForm.Test {
    fileprivate func test() throws(FormProblem) -> RuleTest {
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
            let words = value.split(separator: ",").map { $0.trimmed }.filter { !$0.isEmpty }
            guard !words.isEmpty else { throw missing(field, type) }
            return RuleTest(field, of: of, comparison, .texts(words))
        }
        guard let number = RuleValue.number(value, type), type.range?.contains(number) == true else {
            throw missing(field, type)
        }
        return RuleTest(field, of: of, comparison, .number(number))
    }

    private func missing(_ field: RuleField, _ type: RuleFieldType) -> FormProblem {
        FormProblem(
            text: Text(
                chinese: "“\(field.text.chinese)”的值不对，应为 \(RuleValue.hint(type))",
                english: "The value of “\(field.text.english)” must be \(RuleValue.hint(type))"))
    }
}

extension Substring {
    fileprivate var trimmed: String {
        var text = self
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
