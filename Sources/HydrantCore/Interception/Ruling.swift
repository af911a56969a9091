/// What a version of a rule says about an order: an event, and the last one of each rule counts.
package struct Ruling: Hashable, Sendable {
    package var rule: String
    package var version: Int
    /// It is only reported; nothing follows from it.
    package var isShadow: Bool
    /// A verdict in shadow stands beside that of the version that is on. Earlier releases kept one verdict of a rule,
    /// and what they wrote still takes the place of the other.
    package var isBeside = false
    /// When the fact happened that called the rule.
    package var occasion: Instant
    package var outcome: Outcome
    /// Of a rule that could not run: the fields that nobody has told.
    package var missing: [RuleField] = []
    /// The holds that stand because of it.
    package var holds: [RuledHold] = []
    /// The holds of others that it ends.
    package var releases: [String] = []
    package var refusals: [RuledRefusal] = []
    package var instructs: [RuledInstruction] = []
    package var playbooks: [Playbook] = []
    package var completesPartially = false
    /// What people have to do because of it.
    package var tasks: [TaskNeed] = []

    package enum Outcome: String, CaseIterable, Sendable {
        /// The condition is not true.
        case passed
        case matched
        /// A field is missing: the rule cannot run, and the order waits.
        case blocked

        package var text: Text {
            switch self {
            case .passed: Text(chinese: "通过", english: "passed")
            case .matched: Text(chinese: "命中", english: "matched")
            case .blocked: Text(chinese: "无法判断，已拦住", english: "cannot decide, blocked")
            }
        }
    }
}

extension Ruling {
    /// Whether both are about one rule at one stage: then the later takes the earlier's place.
    func isRival(of other: Ruling) -> Bool { rule == other.rule && isShadow == other.isShadow }

    /// Whether a newer verdict takes the place of this one.
    func isReplaced(by new: Ruling) -> Bool {
        guard rule == new.rule else { return false }
        if new.isShadow { return isShadow || !new.isBeside }
        // A version that came out of the shadow reports no more.
        return !isBeside || version == new.version
    }

    /// By rule, what is in force before what is in shadow.
    func precedes(_ other: Ruling) -> Bool {
        rule == other.rule ? !isShadow && other.isShadow : rule < other.rule
    }
}

package struct RuledHold: Hashable, Sendable {
    package var id: String
    package var reason: Text
    package var owner: String
    package var since: Instant
    /// When it ends by itself; nil when time alone does not end it.
    package var until: Instant?
    /// The kind of fact that ends it; nil when none does.
    package var fact: FactKind?
    /// Whether a person may end it.
    package var isForPerson: Bool

    init(
        id: String, reason: Text, owner: String, since: Instant, until: Instant?, fact: FactKind?, isForPerson: Bool
    ) {
        self.id = id
        self.reason = reason.bounded
        self.owner = owner
        self.since = since
        self.until = until
        self.fact = fact
        self.isForPerson = isForPerson
    }

    /// The exit that a screen names: a person's before a fact, a fact before the time, and a condition where there is
    /// nothing else.
    package var exit: StandingHold.Exit {
        if isForPerson { return .person }
        if let fact { return .fact(fact) }
        return until.map { .timer($0) } ?? .condition
    }

    /// When time ends it where ``exit`` names something else that may come before.
    var latestEnd: Instant? { if case .timer = exit { nil } else { until } }
}

package struct RuledRefusal: Hashable, Sendable {
    package var kind: InstructionKind
    package var reason: Text

    init(kind: InstructionKind, reason: Text) {
        self.kind = kind
        self.reason = reason.bounded
    }
}

/// What a rule asks of a system beside the flow.
package struct RuledInstruction: Hashable, Sendable {
    package var kind: InstructionKind
    package var system: String
    package var target: String
}

extension Text {
    init(member name: String, of data: FieldReader) throws(FactProblem) {
        let reader = try FieldReader(data.json[name], path: data.path.isEmpty ? name : "\(data.path).\(name)")
        self.init(chinese: try reader.optionalText("zh") ?? "", english: try reader.optionalText("en") ?? "")
    }
}

extension Ruling {
    var json: JSON {
        .compact([
            ("rule", .string(rule)), ("version", .integer(Int64(version))), ("shadow", isShadow ? true : nil),
            ("beside", isBeside ? true : nil), ("occasion", .integer(occasion.milliseconds)),
            ("outcome", .string(outcome.rawValue)),
            ("missing", .list(missing.map { .string($0.rawValue) })), ("holds", .list(holds.map(\.json))),
            ("releases", .list(releases.map { .string($0) })), ("refuses", .list(refusals.map(\.json))),
            ("asks", .list(instructs.map(\.json))), ("playbooks", .list(playbooks.map { .string($0.rawValue) })),
            ("partial", completesPartially ? true : nil), ("tasks", .list(tasks.map(\.json))),
        ])
    }

    init(_ data: FieldReader) throws(FactProblem) {
        rule = try data.text("rule", maximum: 100)
        version = Int(try data.integer("version", in: 1...1_000_000))
        isShadow = try data.flag("shadow", default: false)
        isBeside = try data.flag("beside", default: false)
        occasion = try data.time("occasion")
        outcome = try data.choice("outcome", Outcome.self)
        missing = try data.choices("missing", RuleField.self)
        holds = try data.list("holds") { (item) throws(FactProblem) in try RuledHold(item) }
        releases = try data.texts("releases")
        refusals = try data.list("refuses") { (item) throws(FactProblem) in
            RuledRefusal(
                kind: try item.choice("kind", InstructionKind.self), reason: try Text(member: "reason", of: item))
        }
        instructs = try data.list("asks") { (item) throws(FactProblem) in
            RuledInstruction(
                kind: try item.choice("kind", InstructionKind.self), system: try item.text("system"),
                target: try item.optionalText("target") ?? "")
        }
        playbooks = try data.choices("playbooks", Playbook.self)
        completesPartially = try data.flag("partial", default: false)
        tasks = try data.list("tasks") { (item) throws(FactProblem) in try TaskNeed(item) }
    }
}

extension RuledHold {
    fileprivate var json: JSON {
        .compact([
            ("id", .string(id)), ("reason", reason.json), ("owner", .string(owner)),
            ("since", .integer(since.milliseconds)), ("until", .time(until)),
            ("fact", fact.map { .string($0.rawValue) }), ("person", isForPerson ? true : nil),
        ])
    }

    fileprivate init(_ data: FieldReader) throws(FactProblem) {
        id = try data.text("id", maximum: 200)
        reason = try Text(member: "reason", of: data)
        owner = try data.text("owner", maximum: 100)
        since = try data.time("since")
        until = try data.optionalTime("until")
        fact = data.json["fact"] == nil ? nil : try data.choice("fact", FactKind.self)
        isForPerson = try data.flag("person", default: false)
    }
}

extension RuledRefusal {
    fileprivate var json: JSON { ["kind": .string(kind.rawValue), "reason": reason.json] }
}

extension RuledInstruction {
    fileprivate var json: JSON {
        .compact([
            ("kind", .string(kind.rawValue)), ("system", .string(system)),
            ("target", target.isEmpty ? nil : .string(target)),
        ])
    }
}

extension JSON {
    /// A member that is left out when the list is empty.
    fileprivate static func list(_ items: [JSON]) -> JSON? { items.isEmpty ? nil : .array(items) }
}

extension FieldReader {
    fileprivate func choices<Choice: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Choice.Type
    ) throws(FactProblem) -> [Choice] where Choice.RawValue == String {
        var choices: [Choice] = []
        for text in try texts(name) {
            guard let choice = Choice(rawValue: text) else { throw problem(name, "unknown word \(text)") }
            choices.append(choice)
        }
        return choices
    }
}
