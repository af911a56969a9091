/// Something that a person must do about an order, and why: the condition that opens a task and keeps it open.
///
/// A need is found again at every look at the order. It must not change by itself, or it would be written anew each
/// time: no ages and no "since 3 hours" in its texts.
package struct TaskNeed: Hashable, Sendable {
    /// What it is about, the same as long as it is the same thing: `hold:H-1`, `instruction:SO-1/9/invoice.issue`.
    /// Unique in the order, at most 300 bytes.
    package var id: String
    package var kind: TaskKind
    package var severity: TaskSeverity
    /// The role that it waits for: operations, warehouse, service, finance, it, owner.
    package var owner: String
    /// How long it may take.
    package var within: Milliseconds
    /// Why, and what is to be done.
    package var reason: Text
    package var fields: [TaskField]
    /// Whether only what systems report ends it: no answer of a person is taken.
    package var closesItself = false

    package init(
        id: String, kind: TaskKind, owner: String, reason: Text, fields: [TaskField] = []
    ) {
        self.id = id
        self.kind = kind
        severity = kind.severity
        self.owner = owner
        within = kind.severity.time
        self.reason = reason.bounded
        self.fields = fields.map(\.bounded)
    }
}

/// The storage names of kinds of tasks; the list may only grow.
package enum TaskKind: String, CaseIterable, Sendable {
    /// A system refused an instruction, or nobody knows how it ended.
    case instructionFailed = "instruction.failed"
    /// No channel gave a number, and no keeper typed one.
    case numberMissing = "number.missing"
    /// A parcel has two numbers that the hub cannot choose between.
    case waybillConflict = "waybill.conflict"
    /// A waybill that nobody needs could not be taken back.
    case waybillSurplus = "waybill.surplus"
    case holdDecision = "hold.decide"
    case receiverUnverified = "receiver.verify"
    /// A channel refuses the order's own data.
    case receiverWrong = "receiver.correct"
    case creditRefused = "credit.decide"
    case giftUnbound = "gift.bind"
    /// Another part of the hub, a rule or a system asked for it.
    case asked
    /// Messages of one source that could not be taken in, for one reason.
    case messagesParked = "messages.parked"
    /// A status word that the mapping table does not know.
    case wordUnmapped = "word.unmapped"
    /// The order is wrong, and no message will put it right by itself.
    case wrongOrder = "order.wrong"
}

/// How bad it is when nobody does it, the gravest first.
package enum TaskSeverity: String, CaseIterable, Sendable, Comparable {
    case urgent
    case high
    case normal
    case low

    /// From 0 for the gravest.
    package var rank: Int { self == .urgent ? 0 : self == .high ? 1 : self == .normal ? 2 : 3 }

    package static func < (left: TaskSeverity, right: TaskSeverity) -> Bool { left.rank < right.rank }

    /// How long a task of this severity may take where its need does not say.
    package var time: Milliseconds {
        switch self {
        case .urgent: .minutes(30)
        case .high: .hours(2)
        case .normal: .hours(8)
        case .low: .hours(48)
        }
    }
}

/// One question of a task's form.
package struct TaskField: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// One of the options.
        case choice
        case text
        case number
        /// An amount with at most two decimals.
        case money
    }

    package struct Option: Hashable, Sendable {
        package var value: String
        package var text: Text

        package init(_ value: String, _ text: Text) {
            self.value = value
            self.text = text
        }
    }

    /// The name of the answer.
    package var name: String
    package var label: Text
    package var kind: Kind
    package var isRequired: Bool
    package var options: [Option]
    /// Only asked when another field has one of these answers.
    package var shownWhen: (field: String, values: [String])?
    /// Only asked when this is so, too.
    package var shownIf: FormCondition?
    /// Must be answered only when this is so.
    package var requiredIf: FormCondition?
    /// What stands in it from the start: the first whose condition is so.
    package var prefill: [Prefill] = []

    package init(_ name: String, _ label: Text, kind: Kind, isRequired: Bool = true, options: [Option] = []) {
        self.name = name
        self.label = label
        self.kind = kind
        self.isRequired = isRequired
        self.options = options
    }

    package static func == (left: TaskField, right: TaskField) -> Bool {
        (left.name, left.label, left.kind, left.isRequired, left.options)
            == (right.name, right.label, right.kind, right.isRequired, right.options)
            && left.shownWhen?.field == right.shownWhen?.field && left.shownWhen?.values == right.shownWhen?.values
            && (left.shownIf, left.requiredIf, left.prefill) == (right.shownIf, right.requiredIf, right.prefill)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(kind)
    }

    /// With as much of its texts as an event keeps.
    fileprivate var bounded: TaskField {
        var field = self
        field.label = label.bounded
        field.options = options.map { Option($0.value, $0.text.bounded) }
        return field
    }

    /// Whether the answers so far make this a question.
    package func isAsked(_ answers: [String: String]) -> Bool {
        if let condition = shownWhen, !(answers[condition.field].map(condition.values.contains) ?? false) {
            return false
        }
        return shownIf?.holds(answers) ?? true
    }
}

extension TaskKind {
    package var severity: TaskSeverity {
        switch self {
        case .waybillConflict, .numberMissing, .receiverUnverified: .urgent
        case .receiverWrong, .holdDecision, .giftUnbound, .creditRefused, .wrongOrder: .high
        case .instructionFailed, .waybillSurplus, .asked, .messagesParked: .normal
        case .wordUnmapped: .low
        }
    }

    /// What it is called on screens.
    package var text: Text {
        switch self {
        case .instructionFailed: Text(chinese: "指令失败", english: "Instruction failed")
        case .numberMissing: Text(chinese: "缺少运单号", english: "Tracking number missing")
        case .waybillConflict: Text(chinese: "运单号冲突", english: "Two numbers on a parcel")
        case .waybillSurplus: Text(chinese: "多余面单未作废", english: "Spare waybill not voided")
        case .holdDecision: Text(chinese: "拦截待决定", english: "Hold to decide")
        case .receiverUnverified: Text(chinese: "收货信息待核实", english: "Receiver to verify")
        case .receiverWrong: Text(chinese: "收货信息待更正", english: "Receiver to correct")
        case .creditRefused: Text(chinese: "信用待决定", english: "Credit to decide")
        case .giftUnbound: Text(chinese: "赠品待绑定", english: "Gift to bind")
        case .asked: Text(chinese: "待办", english: "To do")
        case .messagesParked: Text(chinese: "无法处理的消息", english: "Messages set aside")
        case .wordUnmapped: Text(chinese: "未映射的状态词", english: "Word without a mapping")
        case .wrongOrder: Text(chinese: "问题订单", english: "Wrong order")
        }
    }
}

extension TaskSeverity {
    package var text: Text {
        switch self {
        case .urgent: Text(chinese: "紧急", english: "Urgent")
        case .high: Text(chinese: "高", english: "High")
        case .normal: Text(chinese: "普通", english: "Normal")
        case .low: Text(chinese: "低", english: "Low")
        }
    }
}
