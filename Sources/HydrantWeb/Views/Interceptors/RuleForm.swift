import HydrantCore
import HydrantDocuments

/// A rule as sentences with pick lists: what stands in the fields of the form, right or wrong.
struct RuleForm: Hashable, Sendable {
    static let occasionsMaximum = 5
    /// The longest that one field may hold.
    static let lengthMaximum = 2_000
    static let releasesMaximum = 5
    static let asksMaximum = 5
    /// What a rule may be called by, in the order of an order's life.
    static let occasions: [FactKind] = [
        .orderPlaced, .lineReported, .paymentReported, .creditChecked, .receiverChanged, .receiverVerified,
        .inventoryLocked, .inventoryRefused, .parcelPacked, .trackingReported, .parcelHandedOver, .traceReported,
        .signedReported, .returnAsked, .refundReported, .orderCancelled, .invoiceIssued, .revenueRecognised,
        .receiptReported, .warrantyRegistered, .statusReported, .decisionMade, .instructionAnswered,
    ]
    static let refusable = InstructionKind.allCases.filter(\.isStoppedByRules)
    /// What a rule may ask of a system.
    static let askable: [InstructionKind] = [
        .pauseDelivery, .resumeDelivery, .cancelDelivery, .checkCredit, .pushPurchase,
    ]

    struct Test: Hashable, Sendable {
        var field = ""
        var system = ""
        var comparison = RuleComparison.equal.rawValue
        var value = ""
    }

    /// A text in both languages; where one is empty the other stands for it.
    struct Words: Hashable, Sendable {
        var chinese = ""
        var english = ""

        var isEmpty: Bool { chinese.isEmpty && english.isEmpty }
        var text: Text {
            Text(chinese: chinese.isEmpty ? english : chinese, english: english.isEmpty ? chinese : english)
        }
    }

    struct Hold: Hashable, Sendable {
        var isOn = true
        var reason = Words()
        var owner = "owner"
        var isForPerson = true
        /// A whole number of the unit, or empty.
        var limit = "2"
        /// m, h or d.
        var unit = "h"
        /// The kind of fact that ends it; empty for none.
        var fact = ""
        /// The rule whose own hold it waits for; empty for none.
        var rule = ""
        /// The condition that ends it.
        var exit = RuleTree("-exit")
        /// Its exits as the document has them, one after the other: their kinds.
        var order: [String] = []
    }

    /// What is asked of a system.
    struct Ask: Hashable, Sendable {
        var kind = ""
        var system = ""
    }

    struct Refusal: Hashable, Sendable {
        var isOn = false
        var kinds: [String] = [InstructionKind.createDelivery.rawValue, InstructionKind.createWaybill.rawValue]
        var reason = Words()
    }

    struct PersonTask: Hashable, Sendable {
        var isOn = false
        var reason = Words()
        var owner = "service"
        var severity = TaskSeverity.normal.rawValue
        var questions: [RuleQuestion] = []
    }

    struct Message: Hashable, Sendable {
        var touchpoint = ""
        var system = "sms"
    }

    /// Empty: made from the name when the rule is saved.
    var id = ""
    var name = Words()
    var when = [FactKind.orderPlaced.rawValue]
    var isEach = false
    var tree = RuleTree("", withTest: true)
    var hold = Hold()
    var refusal = Refusal()
    var task = PersonTask()
    var playbook = ""
    var completesPartially = false
    var message = Message()
    /// The holds that it ends, by their ids.
    var releases: [String] = []
    var asks: [Ask] = []
    /// Its actions as the document has them, one after the other: their names.
    var order: [String] = []

    init() {}
}

// MARK: - Changes of the shape

extension RuleForm {
    /// Does what a button asks for that changes the shape of the form: `test:N` and `group:N` put a test or a group to
    /// the end of the group in row N, `drop:N` takes a row away with all that is below it; `test-exit:N` does so in the
    /// tree of that place. `when`, `release`, `ask` and `question` ask for one more, `unask:N` takes a question away.
    ///
    /// - Returns: the id of the field to go on with; nil when the button is none of these.
    mutating func reshape(_ act: String) -> String? {
        switch act {
        case "when" where when.count < Self.occasionsMaximum:
            when.append("")
            return "when\(when.count - 1)"
        case "release" where releases.count < Self.releasesMaximum:
            releases.append("")
            return "release\(releases.count - 1)"
        case "ask" where asks.count < Self.asksMaximum:
            asks.append(Ask())
            return "ask\(asks.count - 1)"
        case "question" where task.questions.count < RuleQuestion.maximum:
            var question = RuleQuestion(at: task.questions.count)
            question.name = freeQuestionName
            task.questions.append(question)
            return "q\(task.questions.count - 1)-label"
        default: break
        }
        let parts = act.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let row = Int(parts[1]) else { return nil }
        if parts[0] == "unask" { return drop(question: row) }
        let word = String(parts[0].prefix { $0 != "-" })
        let place = String(parts[0].dropFirst(word.count))
        if place.isEmpty { return tree.reshape(word, row: row) }
        if place == hold.exit.place { return hold.exit.reshape(word, row: row) }
        for index in task.questions.indices {
            for path in [\RuleQuestion.shown, \.needed, \.filled]
            where task.questions[index][keyPath: path].place == place {
                return task.questions[index][keyPath: path].reshape(word, row: row)
            }
        }
        return nil
    }

    var freeQuestionName: String {
        // A condition on a question that was taken away must not become one on another.
        let tested = task.questions.flatMap { $0.shown.rows + $0.needed.rows + $0.filled.rows }.map(\.test.field)
        let taken = Set(task.questions.map { Test.answer + $0.name } + tested)
        return (1...).lazy.map { "q\($0)" }.first { !taken.contains(Test.answer + $0) } ?? "q"
    }

    private mutating func drop(question index: Int) -> String? {
        guard task.questions.indices.contains(index) else { return nil }
        task.questions.remove(at: index)
        for index in task.questions.indices { task.questions[index].move(to: index) }
        return task.questions.isEmpty ? "task-reason" : "q\(max(0, index - 1))-label"
    }
}

// MARK: - As the browser sends it

extension RuleForm {
    init(_ fields: [(name: String, value: String)]) {
        var values: [String: String] = [:]
        for field in fields { values[field.name] = String(field.value.prefix(Self.lengthMaximum)) }
        func short(_ name: String) -> String? { values[name].map { String($0.prefix(300)) } }
        func field(_ name: String) -> String { short(name) ?? "" }
        func words(_ name: String) -> Words { Words(chinese: field("\(name)-zh"), english: field("\(name)-en")) }
        func list(_ name: String) -> [String] { field(name).split(separator: " ").map(String.init) }
        id = field("id")
        name = words("name")
        when = (0..<Self.occasionsMaximum).map { field("when\($0)") }.filter { !$0.isEmpty }
        if when.isEmpty { when = [""] }
        isEach = field("every") == "each"
        tree = RuleTree("") { values[$0] }
        hold = Hold(
            isOn: field("hold") == "yes", reason: words("reason"), owner: field("owner"),
            isForPerson: field("person") == "yes", limit: field("limit"), unit: field("unit"), fact: field("until"),
            rule: field("until-rule"), exit: RuleTree("-exit") { values[$0] }, order: list("exits"))
        refusal = Refusal(
            isOn: field("refuse") == "yes", kinds: Self.refusable.map(\.rawValue).filter { field("no-\($0)") == "yes" },
            reason: words("refusal"))
        task = PersonTask(
            isOn: field("task") == "yes", reason: words("task"), owner: field("task-owner"),
            severity: field("task-severity"))
        task.questions = (0..<RuleQuestion.maximum).compactMap { RuleQuestion(at: $0) { values[$0] } }
        for index in task.questions.indices { task.questions[index].move(to: index) }
        for line in TaskQuestions.fields(of: values["questions"] ?? "") {
            guard task.questions.count < RuleQuestion.maximum else { break }
            var question = RuleQuestion(line, at: task.questions.count, before: [])
            question.name = freeQuestionName
            task.questions.append(question)
        }
        playbook = field("playbook")
        completesPartially = field("partial") == "yes"
        message = Message(touchpoint: field("message"), system: field("message-of"))
        releases = (0..<Self.releasesMaximum).map { index in
            field("release\(index)").isEmpty ? field("release-id\(index)").trimmed : field("release\(index)")
        }.filter { !$0.isEmpty }
        asks = (0..<Self.asksMaximum).map { Ask(kind: field("ask\($0)"), system: field("ask-of\($0)").trimmed) }
            .filter { !$0.kind.isEmpty }
        order = list("actions")
    }
}
