// What the rules say about an order, as a function of its evidence.

extension Order {
    /// The verdicts that are new after a fact: those of the rules that it calls, and those of rules that were called
    /// before and say something else now.
    ///
    /// - Parameter kind: nil to look again only at the rules that were called before.
    func newRulings(after kind: FactKind?, _ rules: RuleSet) -> [Ruling] {
        var found: [Ruling] = []
        var judged: [Ruling] = []
        let kinds = FactKindSet(kind.map { [$0] } ?? [])
        if rules.isCalled(by: kinds) {
            for index in rules.running {
                let rule = rules.rules[index]
                guard !rule.calls.isDisjoint(with: kinds), let ruling = ruling(of: rule, isShadow: rule.isShadow)
                else { continue }
                judged.append(ruling)
                if !rulings.contains(ruling) { found.append(ruling) }
            }
        }
        for earlier in rulings where !judged.contains(where: earlier.isRival) {
            if let next = lookedAtAgain(earlier, rules), next != earlier { found.append(next) }
        }
        return found
    }

    /// What a version says now about an order that it was called for before; nil where it is not asked any more.
    private func lookedAtAgain(_ earlier: Ruling, _ rules: RuleSet) -> Ruling? {
        guard let rule = rules.rule(earlier.rule, version: earlier.version) else {
            guard !earlier.isShadow, !rules.isBehind(earlier.rule, version: earlier.version) else { return nil }
            return earlier.refusals.isEmpty ? orphaned(earlier) : askedAgain(orphaned(earlier), rules)
        }
        guard earlier.isShadow else {
            guard let next = ruling(of: rule, isShadow: false) else { return nil }
            return rule.rule.stage == .on || next.refusals.isEmpty ? next : askedAgain(next, rules)
        }
        // A report is over with the shadow.
        guard rule.isShadow, var next = ruling(of: rule, isShadow: true) else { return nil }
        next.isBeside = earlier.isBeside
        return next
    }

    /// A verdict that refuses something, of a version that is on no more. A refusal has no exit of its own, so that it
    /// would stand for ever: the version that is on judges instead, and where none is that speaks of the order, its
    /// owner decides, and a hold stands until then.
    private func askedAgain(_ ruling: Ruling, _ rules: RuleSet) -> Ruling {
        if let on = rules.ruleOn(ruling.rule), let anew = self.ruling(of: on, isShadow: false) { return anew }
        guard let refusal = ruling.refusals.first else { return ruling }
        var asked = ruling
        asked.refusals = []
        let id = "rule:\(ruling.rule):refused-\(ruling.version)@\(ruling.occasion.milliseconds)"
        guard !isEnded(id) else { return asked }
        let owner = rules.rule(ruling.rule, version: ruling.version)?.rule.actions.firstOwner
        asked.holds.append(
            RuledHold(
                id: id,
                reason: Text(
                    chinese: "\(refusal.reason.chinese)（作出拒绝的拦截器版本已停用，请决定订单是否继续）",
                    english: "\(refusal.reason.english) (the version of the interceptor that refused it is on no more: "
                        + "decide whether the order goes on)"),
                owner: owner ?? ruling.holds.first?.owner ?? "operations", since: ruling.occasion, until: nil,
                fact: nil, isForPerson: true))
        return asked
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

    /// What a version that runs has said about the order.
    package func verdict(of rule: Rule) -> Ruling? {
        rulings.first { $0.rule == rule.id && $0.isShadow == (rule.stage == .shadow) }
    }

    /// What a hold stands by that waits for another rule's. What is only reported holds nothing, but a report may wait
    /// for another one.
    private func ruling(named rule: String, for shadow: Bool) -> Ruling? {
        rulings.first { $0.rule == rule && (shadow || !$0.isShadow) }
    }

    /// What a rule says about the order as it is; nil while none of the facts that call it has happened.
    private func ruling(of rule: CompiledRule, isShadow: Bool) -> Ruling? {
        guard let occasion = occasion(of: rule) else { return nil }
        var ruling = Ruling(
            rule: rule.rule.id, version: rule.rule.version, isShadow: isShadow, isBeside: isShadow, occasion: occasion,
            outcome: .passed)
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
        guard let occasion = occasion(of: rule) else { return nil }
        switch rule.condition.truth(of: self, at: occasion) {
        case .no: return .passed
        case .yes: return .matched
        case .unknown: return .blocked
        }
    }

    private func occasion(of rule: CompiledRule) -> Instant? {
        guard !rule.calls.isDisjoint(with: happened) else { return nil }
        let isOnce = rule.rule.occurrence == .once
        var found: Instant?
        for occasion in rule.occasions where !occasion.set.isDisjoint(with: happened) {
            guard let time = isOnce ? moments[occasion.kind]?.first : moments[occasion.kind]?.last else { continue }
            found = found.map { isOnce ? min($0, time) : max($0, time) } ?? time
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
                guard let standing = standing(hold, at: index, of: rule, ruling) else { continue }
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
                let fields = task.fields.compactMap { $0.resolved(for: self, at: ruling.occasion) }
                var need = TaskNeed(id: id, kind: .asked, owner: task.owner, reason: task.reason, fields: fields)
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
        _ action: HoldAction, at index: Int, of rule: CompiledRule, _ ruling: Ruling
    ) -> RuledHold? {
        let occasion = ruling.occasion
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
                if self.ruling(named: other, for: ruling.isShadow).map(\.holds.isEmpty) ?? true { return nil }
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
