import HydrantCore
import HydrantDocuments

/// A rule as sentences with pick lists: what stands in the fields of the form, right or wrong.
struct RuleForm: Hashable, Sendable {
    static let rowsMaximum = 40
    static let occasionsMaximum = 5
    static let depthMaximum = 4
    /// What a rule may be called by, in the order of an order's life.
    static let occasions: [FactKind] = [
        .orderPlaced, .lineReported, .paymentReported, .creditChecked, .receiverChanged, .receiverVerified,
        .inventoryLocked, .inventoryRefused, .parcelPacked, .trackingReported, .parcelHandedOver, .traceReported,
        .signedReported, .returnAsked, .refundReported, .orderCancelled, .invoiceIssued, .revenueRecognised,
        .receiptReported, .warrantyRegistered, .statusReported, .decisionMade, .instructionAnswered,
    ]
    static let refusable = InstructionKind.allCases.filter(\.isStoppedByRules)

    /// One line of the tree of conditions: a test, or a group, whose parts follow with a greater depth.
    struct Row: Hashable, Sendable {
        enum Kind: String, CaseIterable, Sendable {
            case all
            case any
            case none
            case test
        }

        var depth = 1
        var kind = Kind.test
        var test = Test()
    }

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
        /// The test that ends it; without a field for none.
        var exit = Test()
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
        /// One question a line: `Label: option, option`; `?` behind the label where no answer is needed.
        var questions = ""
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
    /// The first is the group of all.
    var rows = [Row(depth: 0, kind: .all), Row()]
    var hold = Hold()
    var refusal = Refusal()
    var task = PersonTask()
    var playbook = ""
    var completesPartially = false
    var message = Message()

    init() {}
}

// MARK: - Changes of the shape

extension RuleForm {
    /// Does what a button asks for that changes the shape of the form: `test:N` and `group:N` put a test or a group to
    /// the end of the group in row N, `drop:N` takes a row away with all that is below it, `when` asks for one more
    /// occasion.
    ///
    /// - Returns: the id of the field to go on with; nil when the button is none of these.
    mutating func reshape(_ act: String) -> String? {
        let parts = act.split(separator: ":", maxSplits: 1)
        if act == "when", when.count < Self.occasionsMaximum {
            when.append("")
            return "when\(when.count - 1)"
        }
        guard parts.count == 2, let row = Int(parts[1]), rows.indices.contains(row) else { return nil }
        switch parts[0] {
        case "test" where rows[row].kind != .test && rows.count < Self.rowsMaximum:
            let end = self.end(of: row)
            rows.insert(Row(depth: rows[row].depth + 1), at: end)
            return "field\(end)"
        case "group"
        where rows[row].kind != .test && rows[row].depth < Self.depthMaximum && rows.count + 1 < Self.rowsMaximum:
            let end = self.end(of: row)
            let kind: Row.Kind = rows[row].kind == .all ? .any : .all
            rows.insert(
                contentsOf: [Row(depth: rows[row].depth + 1, kind: kind), Row(depth: rows[row].depth + 2)], at: end)
            return "field\(end + 1)"
        case "drop" where row > 0:
            rows.removeSubrange(row..<end(of: row))
            return rows.count > 1 ? "kind0" : "when0"
        default: return nil
        }
    }

    /// The row behind the last that belongs to this one.
    private func end(of row: Int) -> Int {
        rows[(row + 1)...].firstIndex { $0.depth <= rows[row].depth } ?? rows.endIndex
    }
}

// MARK: - As the browser sends it

extension RuleForm {
    init(_ fields: [(name: String, value: String)]) {
        var values: [String: String] = [:]
        for field in fields { values[field.name] = String(field.value.prefix(2_000)) }
        func field(_ name: String) -> String { String((values[name] ?? "").prefix(300)) }
        func words(_ name: String) -> Words { Words(chinese: field("\(name)-zh"), english: field("\(name)-en")) }
        func test(_ end: String) -> Test {
            Test(
                field: field("field\(end)"), system: field("of\(end)"), comparison: field("is\(end)"),
                value: field("value\(end)"))
        }
        id = field("id")
        name = words("name")
        when = (0..<Self.occasionsMaximum).map { field("when\($0)") }.filter { !$0.isEmpty }
        isEach = field("every") == "each"
        rows = (0..<Self.rowsMaximum).prefix { values["kind\($0)"] != nil }.map { index in
            Row(
                depth: Int(field("depth\(index)")) ?? 1, kind: Row.Kind(rawValue: field("kind\(index)")) ?? .test,
                test: test("\(index)"))
        }
        hold = Hold(
            isOn: field("hold") == "yes", reason: words("reason"), owner: field("owner"),
            isForPerson: field("person") == "yes", limit: field("limit"), unit: field("unit"), fact: field("until"),
            exit: test("-exit"))
        refusal = Refusal(
            isOn: field("refuse") == "yes", kinds: Self.refusable.map(\.rawValue).filter { field("no-\($0)") == "yes" },
            reason: words("refusal"))
        task = PersonTask(
            isOn: field("task") == "yes", reason: words("task"), owner: field("task-owner"),
            severity: field("task-severity"), questions: values["questions"] ?? "")
        playbook = field("playbook")
        completesPartially = field("partial") == "yes"
        message = Message(touchpoint: field("message"), system: field("message-of"))
        mend()
    }

    /// Brings rows into a tree whatever was sent: the first is a group at depth 0, and none is deeper than one below
    /// the group before it.
    private mutating func mend() {
        if when.isEmpty { when = [""] }
        if rows.isEmpty || rows[0].kind == .test { rows.insert(Row(depth: 0, kind: .all), at: 0) }
        rows[0].depth = 0
        for index in rows.indices.dropFirst() {
            let before = rows[index - 1]
            let deepest = before.kind == .test ? before.depth : before.depth + 1
            rows[index].depth = min(max(1, rows[index].depth), deepest)
        }
    }
}
