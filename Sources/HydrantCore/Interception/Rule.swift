/// An interceptor as people write it.
package struct Rule: Hashable, Sendable {
    /// Lower-case letters, digits and hyphens; part of the ids of its holds.
    package var id: String
    /// From 1; a change of a rule is a new version, and an order keeps the version that judged it.
    package var version: Int
    package var stage: Stage
    package var name: Text
    /// The rule runs when a fact of one of these kinds is recorded.
    package var when: [FactKind]
    package var occurrence: Occurrence
    package var condition: RuleCondition
    package var actions: [RuleAction]

    package init(
        id: String, version: Int = 1, stage: Stage = .draft, name: Text, when: [FactKind],
        occurrence: Occurrence = .once, condition: RuleCondition = .always, actions: [RuleAction]
    ) {
        self.id = id
        self.version = version
        self.stage = stage
        self.name = name
        self.when = when
        self.occurrence = occurrence
        self.condition = condition
        self.actions = actions
    }

    /// Whether it is called by new facts.
    package var isRunning: Bool { stage == .on || stage == .shadow }

    /// How far a version has come. In shadow it reports what it would have done and does nothing, beside the version
    /// that is on.
    package enum Stage: String, CaseIterable, Sendable {
        case draft
        case shadow
        case on
        case retired

        package var text: Text {
            switch self {
            case .draft: Text(chinese: "草稿", english: "draft")
            case .shadow: Text(chinese: "影子运行", english: "shadow")
            case .on: Text(chinese: "启用", english: "on")
            case .retired: Text(chinese: "停用", english: "retired")
            }
        }
    }

    /// Whether a rule speaks of the first such fact of an order, or anew of each.
    package enum Occurrence: String, CaseIterable, Sendable {
        case once
        case each
    }
}

/// The THEN of a rule.
package enum RuleAction: Hashable, Sendable {
    case hold(HoldAction)
    /// Ends a hold that another rule or a system placed.
    case release(hold: String)
    /// Instructions of these kinds are not issued while the condition is true.
    case refuse(kinds: [InstructionKind], reason: Text)
    /// Asks a system once, although a hold stands.
    case instruct(kind: InstructionKind, system: String)
    case playbook(Playbook)
    /// The order counts as partially completed.
    case completePartially
    /// A message to the customer, once.
    case notify(Touchpoint, system: String)
    /// A person gets a task, whose form stays open until it is answered or the condition is true no more.
    case task(TaskAction)

    /// The names in documents.
    package static let names = ["hold", "release", "refuse", "task", "instruct", "playbook", "completion", "notify"]
}

/// "Somebody has to do this, and answers these questions."
package struct TaskAction: Hashable, Sendable {
    package var reason: Text
    /// The role that it waits for.
    package var owner: String
    package var severity: TaskSeverity
    package var fields: [TaskField]

    package init(reason: Text, owner: String, severity: TaskSeverity = .normal, fields: [TaskField] = []) {
        self.reason = reason
        self.owner = owner
        self.severity = severity
        self.fields = fields
    }
}

/// "The order waits, for this reason, until …"
package struct HoldAction: Hashable, Sendable {
    package var reason: Text
    /// The role that has to act.
    package var owner: String
    /// The first of these ends the hold; a hold without any is refused when the rule is saved.
    package var exits: [Exit]

    package init(reason: Text, owner: String, exits: [Exit]) {
        self.reason = reason
        self.owner = owner
        self.exits = exits
    }

    package enum Exit: Hashable, Sendable {
        /// Somebody of the owner's role lets the order go on.
        case person
        /// So long after the occasion.
        case after(Milliseconds)
        /// The first such fact that happened at or after the occasion.
        case fact(FactKind)
        case condition(RuleCondition)
        /// The other rule holds this order no longer.
        case rule(String)
    }
}

/// What a person's action means to every system: steps with receipts, each with its undo. See ``AddressChange``.
package enum Playbook: String, CaseIterable, Sendable {
    case addressChange = "address-change"
    /// See ``PlaybookTasks`` and `ReturnExchange.swift`.
    case returnExchange = "return-exchange"
    /// What a cancelled order still needs of people.
    case cancellation
    /// A gift that was left out at packing. See `GiftBinding.swift`.
    case giftBinding = "gift-binding"

    package var text: Text {
        switch self {
        case .returnExchange:
            Text(
                chinese: "退换货：创建换货订单、安排退回、盯住退款",
                english: "Return and exchange: place the replacement, arrange the way back, watch the refund")
        case .cancellation:
            Text(
                chinese: "取消：出库后拦截退回、盯住退款",
                english: "Cancellation: have a parcel that left sent back, watch the refund")
        case .addressChange:
            Text(
                chinese: "改地址：暂停仓库、核实、改约或重下发货单、改面单、重算运费、告知各系统",
                english: "Address change: pause the warehouse, verify, resume or order anew, change the label, price "
                    + "the freight again, tell the other systems")
        case .giftBinding:
            Text(
                chinese: "赠品随单：暂停仓库，补装赠品或人工决定后继续",
                english: "Gift binding: pause the warehouse until the gift is packed or a person has decided")
        }
    }
}

/// The rules that are in force, ready to run. Versions that were replaced or retired stay for the orders that they
/// judged. Of one rule two versions may run: one that is on, and one in shadow beside it.
package struct RuleSet: Hashable, Sendable {
    private(set) var rules: [CompiledRule] = []
    /// Indexes of the versions that run on new occasions.
    private(set) var running: [Int] = []
    private var versions: [String: [CompiledRule]] = [:]
    private var calls = FactKindSet()

    package init() {}

    package init(_ rules: [Rule]) {
        self.rules = rules.filter { $0.stage != .draft }.map(CompiledRule.init)
        running = self.rules.indices.filter { self.rules[$0].rule.isRunning }
        versions = Dictionary(grouping: self.rules, by: \.rule.id)
        for index in running { calls.formUnion(self.rules[index].calls) }
    }

    package var isEmpty: Bool { rules.isEmpty }
    package var count: Int { rules.count }
    package var runningCount: Int { running.count }
    package var runningRules: [Rule] { running.map { rules[$0].rule } }

    /// The versions that a fact of each kind calls, one of each rule: the one that is on, or else the one in shadow.
    package var callers: [FactKind: [Rule]] {
        let sorted = runningRules.filter { $0.stage == .on } + runningRules.filter { $0.stage == .shadow }
        return sorted.reduce(into: [:]) { callers, rule in
            for kind in Set(rule.when) where callers[kind]?.contains(where: { $0.id == rule.id }) != true {
                callers[kind, default: []].append(rule)
            }
        }
    }

    /// The version that judged an order.
    func rule(_ id: String, version: Int) -> CompiledRule? {
        versions[id]?.first { $0.rule.version == version }
    }

    /// The version that is on; nil where none is.
    func ruleOn(_ id: String) -> CompiledRule? { versions[id]?.first { $0.rule.stage == .on } }

    /// Whether only older versions are known here: another process has read a newer document already.
    func isBehind(_ id: String, version: Int) -> Bool {
        versions[id]?.map(\.rule.version).max().map { $0 < version } ?? false
    }

    /// Whether a fact of one of these kinds calls any rule that runs.
    func isCalled(by kinds: FactKindSet) -> Bool { !calls.isDisjoint(with: kinds) }
}

/// A rule with its conditions laid out for speed. A class, so that looking at a rule copies nothing of it.
final class CompiledRule: Hashable, Sendable {
    let rule: Rule
    let condition: CompiledCondition
    let isShadow: Bool
    /// By action, then by exit; nil where the exit is no condition.
    let exits: [[CompiledCondition?]]
    /// The kinds of facts that call the rule.
    let calls: FactKindSet
    /// Each of them by itself.
    let occasions: [(kind: FactKind, set: FactKindSet)]

    init(_ rule: Rule) {
        self.rule = rule
        condition = CompiledCondition(rule.condition)
        isShadow = rule.stage == .shadow
        calls = FactKindSet(rule.when)
        occasions = rule.when.map { ($0, FactKindSet([$0])) }
        exits = rule.actions.map { action in
            guard case .hold(let hold) = action else { return [] }
            return hold.exits.map { exit in
                guard case .condition(let condition) = exit else { return nil }
                return CompiledCondition(condition)
            }
        }
    }

    static func == (left: CompiledRule, right: CompiledRule) -> Bool { left === right || left.rule == right.rule }

    func hash(into hasher: inout Hasher) { hasher.combine(rule) }
}
