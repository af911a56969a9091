internal import HydrantCore

/// Reads one rule.
struct RuleReader {
    func rule(_ value: DocumentValue) -> Rule? {
        let allowed = ["id", "version", "stage", "name", "when", "every", "if", "then"]
        guard let group = value.group(allowed: allowed, required: ["id", "when", "then"]) else { return nil }
        let id = group["id"]?.name(maximum: 60)
        let version = group["version"].map { $0.whole(in: 1...1_000_000) } ?? 1
        let stage = group["stage"].map { $0.choice(Rule.Stage.self) } ?? .draft
        let when = (group["when"]?.itemsOrOne() ?? []).compactMap { $0.choice(FactKind.self) }
        if when.isEmpty, group["when"]?.isEmptyList == true {
            group["when"]?.problem("needs at least one kind of fact")
        }
        let condition = group["if"].map { RuleConditionReader.condition($0) } ?? .always
        let actions = group["then"].map(actions) ?? []
        guard let id, let version, let stage, let condition, !when.isEmpty, !actions.isEmpty else { return nil }
        return Rule(
            id: id, version: version, stage: stage,
            name: group["name"].flatMap(sentence) ?? Text(chinese: id, english: id), when: when,
            occurrence: group["every"]?.choice(Rule.Occurrence.self) ?? .once, condition: condition, actions: actions)
    }

    /// One text for both languages, or one for each.
    private func sentence(_ value: DocumentValue) -> Text? {
        if value.isText { return value.name(maximum: 300).map { Text(chinese: $0, english: $0) } }
        guard let group = value.group(allowed: ["zh", "en"], required: ["zh", "en"]),
            let chinese = group["zh"]?.name(maximum: 300), let english = group["en"]?.name(maximum: 300)
        else { return nil }
        return Text(chinese: chinese, english: english)
    }

    // MARK: - THEN

    private func actions(_ value: DocumentValue) -> [RuleAction] {
        let items = value.itemsOrOne()
        if items.isEmpty { value.problem("needs at least one action: \(RuleAction.names.joined(separator: ", "))") }
        if items.count > RuleLimits.actions { value.problem("has more than \(RuleLimits.actions) actions") }
        return items.prefix(RuleLimits.actions).compactMap(action)
    }

    private func action(_ value: DocumentValue) -> RuleAction? {
        guard let group = value.group(allowed: RuleAction.names) else { return nil }
        guard group.values.count == 1, let (name, inner) = group.values.first else {
            value.problem("must name exactly one action: \(RuleAction.names.joined(separator: ", "))")
            return nil
        }
        switch name {
        case "hold": return hold(inner)
        case "release": return inner.name(maximum: 200).map { .release(hold: $0) }
        case "refuse": return refusal(inner)
        case "task": return RuleTaskReader().task(inner, sentence)
        case "instruct": return instruction(inner)
        case "playbook": return inner.choice(Playbook.self).map { .playbook($0) }
        case "completion":
            guard let word = inner.text() else { return nil }
            if word == Completion.partiallyCompleted.rawValue { return .completePartially }
            inner.problem(
                notAllowed("unknown completion", word, allowed: [Completion.partiallyCompleted.rawValue]))
            return nil
        default: return message(inner)
        }
    }

    private func hold(_ value: DocumentValue) -> RuleAction? {
        guard let group = value.group(allowed: ["reason", "owner", "until"], required: ["reason", "owner"]) else {
            return nil
        }
        let exits = (group["until"]?.itemsOrOne() ?? []).compactMap { exit($0, of: value) }
        guard let reason = group["reason"].flatMap(sentence), let owner = group["owner"]?.name(maximum: 60) else {
            return nil
        }
        return .hold(HoldAction(reason: reason, owner: owner, exits: exits))
    }

    private func exit(_ value: DocumentValue, of hold: DocumentValue) -> HoldAction.Exit? {
        if value.isText {
            if value.text() == "person" { return .person }
            guard let length = value.duration() else { return nil }
            if length >= .minutes(1) { return .after(length) }
            value.problem("must be at least 1m")
            return nil
        }
        guard let group = value.group(allowed: ["fact", "rule", "if"]), group.values.count == 1 else {
            value.problem("must be person, a length of time like 2h, or one of fact, rule and if")
            return nil
        }
        if let fact = group["fact"] { return fact.choice(FactKind.self).map { .fact($0) } }
        if let rule = group["rule"] { return rule.name(maximum: 60).map { .rule($0) } }
        return group["if"].flatMap { RuleConditionReader.condition($0) }.map { .condition($0) }
    }

    private func refusal(_ value: DocumentValue) -> RuleAction? {
        guard let group = value.group(allowed: ["ask", "reason"], required: ["ask", "reason"]),
            let reason = group["reason"].flatMap(sentence)
        else { return nil }
        let kinds = (group["ask"]?.itemsOrOne() ?? []).compactMap { $0.choice(InstructionKind.self) }
        for kind in kinds where !kind.isStoppedByRules {
            value.problem("\(kind.rawValue) changes nothing that a rule protects and cannot be refused")
        }
        return kinds.isEmpty ? nil : .refuse(kinds: kinds, reason: reason)
    }

    private func instruction(_ value: DocumentValue) -> RuleAction? {
        guard let group = value.group(allowed: ["ask", "of"], required: ["ask", "of"]),
            let kind = group["ask"]?.choice(InstructionKind.self), let system = group["of"]?.name()
        else { return nil }
        let allowed: [InstructionKind] = [
            .pauseDelivery, .resumeDelivery, .cancelDelivery, .checkCredit, .pushPurchase,
        ]
        if allowed.contains(kind) { return .instruct(kind: kind, system: system) }
        value.problem(
            "a rule asks for \(allowed.map(\.rawValue).joined(separator: ", ")); \(kind.rawValue) belongs to the flow"
        )
        return nil
    }

    private func message(_ value: DocumentValue) -> RuleAction? {
        guard let group = value.group(allowed: ["message", "of"], required: ["message", "of"]),
            let message = group["message"]?.choice(Touchpoint.self), let system = group["of"]?.name()
        else { return nil }
        return .notify(message, system: system)
    }
}
