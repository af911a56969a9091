// What the rules say about an order, as a function of its evidence.

extension Order {
    /// The verdicts that are new after a fact: those of the rules that it calls, and those of rules that were called
    /// before and say something else now.
    ///
    /// - Parameter kind: nil to look again only at the rules that were called before.
    func newRulings(after kind: FactKind?, _ rules: RuleSet) -> [Ruling] {
        guard !rules.isEmpty || !rulings.isEmpty else { return [] }
        var found: [Ruling] = []
        var called: Set<String> = []
        for index in rules.running {
            let rule = rules.rules[index]
            guard let kind, rule.isCalled(by: kind) else { continue }
            guard let ruling = ruling(of: rule, isShadow: rule.rule.stage == .shadow) else { continue }
            called.insert(rule.rule.id)
            if self.ruling(named: rule.rule.id) != ruling { found.append(ruling) }
        }
        for earlier in rulings where !called.contains(earlier.rule) {
            let next: Ruling? =
                if let rule = rules.rule(earlier.rule, version: earlier.version) {
                    ruling(of: rule, isShadow: earlier.isShadow)
                } else if rules.isBehind(earlier.rule, version: earlier.version) {
                    nil
                } else {
                    orphaned(earlier)
                }
            if let next, next != earlier { found.append(next) }
        }
        return found
    }

    /// The verdict of a version that is kept no more. Nobody can look at its conditions again, so that a person ends
    /// what it holds; a fact and time still do.
    private func orphaned(_ earlier: Ruling) -> Ruling {
        var ruling = earlier
        ruling.holds = earlier.holds.filter { hold in
            let isOver = hold.fact.flatMap { moments[$0]?.last }.map { $0 >= hold.since } ?? false
            return !isOver && !isEnded(hold.id)
        }
        for index in ruling.holds.indices { ruling.holds[index].isForPerson = true }
        return ruling
    }

    func ruling(named rule: String) -> Ruling? { rulings.first { $0.rule == rule } }

    /// What a rule says about the order as it is; nil while none of the facts that call it has happened.
    private func ruling(of rule: CompiledRule, isShadow: Bool) -> Ruling? {
        guard let occasion = occasion(of: rule.rule) else { return nil }
        var ruling = Ruling(
            rule: rule.rule.id, version: rule.rule.version, isShadow: isShadow, occasion: occasion, outcome: .passed)
        switch rule.condition.truth(of: self, at: occasion) {
        case .no: break
        case .unknown: block(&ruling, by: rule)
        case .yes: match(&ruling, by: rule)
        }
        return ruling
    }

    /// The outcome alone; nil while the rule is not called. Costs no allocation.
    package func outcome(of rules: RuleSet, at index: Int) -> Ruling.Outcome? {
        let rule = rules.rules[rules.running[index]]
        guard let occasion = occasion(of: rule.rule) else { return nil }
        switch rule.condition.truth(of: self, at: occasion) {
        case .no: return .passed
        case .yes: return .matched
        case .unknown: return .blocked
        }
    }

    private func occasion(of rule: Rule) -> Instant? {
        var found: Instant?
        for kind in rule.when {
            guard let times = moments[kind] else { continue }
            let time = rule.occurrence == .once ? times.first : times.last
            guard let time else { continue }
            guard let other = found else {
                found = time
                continue
            }
            found = rule.occurrence == .once ? min(other, time) : max(other, time)
        }
        return found
    }

    private func block(_ ruling: inout Ruling, by rule: CompiledRule) {
        ruling.outcome = .blocked
        let fields = rule.rule.condition.tests.filter { isUnknown($0, at: ruling.occasion) }.map(\.field)
        ruling.missing = RuleField.allCases.filter(fields.contains)
        let id = "rule:\(rule.rule.id):blocked"
        guard !isEnded(id) else { return }
        let names = ruling.missing.map(\.text)
        let chinese = names.map(\.chinese).joined(separator: "、")
        let english = names.map(\.english).joined(separator: ", ")
        ruling.holds = [
            RuledHold(
                id: id,
                reason: Text(
                    chinese: "拦截器“\(rule.rule.name.chinese)”无法判断：还不知道\(chinese)",
                    english: "The interceptor “\(rule.rule.name.english)” cannot decide: nobody has told \(english)"),
                owner: rule.rule.actions.firstOwner ?? "operations", since: ruling.occasion, until: nil, fact: nil,
                isForPerson: true)
        ]
    }

    private func isUnknown(_ test: RuleTest, at occasion: Instant) -> Bool {
        CompiledCondition(.test(test)).truth(of: self, at: occasion) == .unknown
    }

    private func match(_ ruling: inout Ruling, by rule: CompiledRule) {
        ruling.outcome = .matched
        for (index, action) in rule.rule.actions.enumerated() {
            switch action {
            case .hold(let hold):
                guard let standing = standing(hold, at: index, of: rule, since: ruling.occasion) else { continue }
                ruling.holds.append(standing)
            case .release(let hold): ruling.releases.append(hold)
            case .refuse(let kinds, let reason):
                ruling.refusals += kinds.map { RuledRefusal(kind: $0, reason: reason) }
            case .instruct(let kind, let system):
                let target = rule.rule.occurrence == .each ? "@\(ruling.occasion.milliseconds)" : ""
                ruling.instructs.append(RuledInstruction(kind: kind, system: system, target: target))
            case .playbook(let playbook): ruling.playbooks.append(playbook)
            case .completePartially: ruling.completesPartially = true
            case .task(let task):
                let id = rule.rule.holdID(action: index, at: ruling.occasion)
                var need = TaskNeed(
                    id: id, kind: .asked, owner: task.owner, reason: task.reason, fields: task.fields)
                need.severity = task.severity
                need.within = task.severity.time
                ruling.tasks.append(need)
            case .notify(let touchpoint, let system):
                ruling.instructs.append(
                    RuledInstruction(kind: .notifyCustomer, system: system, target: touchpoint.rawValue))
            }
        }
    }

    /// The hold of an action, unless one of its exits was reached.
    private func standing(
        _ action: HoldAction, at index: Int, of rule: CompiledRule, since occasion: Instant
    ) -> RuledHold? {
        let id = rule.rule.holdID(action: index, at: occasion)
        guard !isEnded(id) else { return nil }
        var hold = RuledHold(
            id: id, reason: action.reason, owner: action.owner, since: occasion, until: nil, fact: nil,
            isForPerson: false)
        for (exit, condition) in zip(action.exits, rule.exits[index]) {
            switch exit {
            case .person: hold.isForPerson = true
            case .after(let length): hold.until = min(hold.until ?? occasion + length, occasion + length)
            case .fact(let kind):
                if moments[kind]?.last.map({ $0 >= occasion }) == true { return nil }
                hold.fact = kind
            case .condition:
                if condition?.truth(of: self, at: occasion) == .yes { return nil }
            case .rule(let other):
                if ruling(named: other).map(\.holds.isEmpty) ?? true { return nil }
            }
        }
        return hold
    }

    private func isEnded(_ id: String) -> Bool { holds.contains { $0.hold.id == id && $0.ended != nil } }
}

extension Rule {
    /// The name of the hold that an action places: anew for each occasion where the rule speaks of each.
    func holdID(action index: Int, at occasion: Instant) -> String {
        let number = index == 0 ? "" : ".\(index + 1)"
        return occurrence == .once ? "rule:\(id)\(number)" : "rule:\(id)\(number)@\(occasion.milliseconds)"
    }
}

extension [RuleAction] {
    /// The role that the first hold names.
    fileprivate var firstOwner: String? {
        for case .hold(let hold) in self { return hold.owner }
        return nil
    }
}
