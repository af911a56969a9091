import HydrantCore
import HydrantDocuments

extension Rule {
    /// "When … , if … and …, then …"
    func sentence(_ words: Words) -> String {
        let occasions = when.map { words("fact_\(keyPart($0.rawValue))") }.joined(separator: " / ")
        let condition = condition.sentence(words)
        let begin = words(
            condition.isEmpty ? "interceptor_sentence_always" : "interceptor_sentence",
            ["when": occasions, "if": condition])
        let actions = actions.map { $0.sentence(words) }.joined(separator: words("interceptor_then_also"))
        return words("interceptor_sentence_then", ["begin": begin, "then": actions])
    }
}

extension RuleCondition {
    fileprivate func sentence(_ words: Words) -> String {
        func join(_ parts: [RuleCondition], _ word: String) -> String {
            parts.map { $0.sentence(words) }.joined(separator: " \(words(word)) ")
        }
        switch self {
        case .test(let test): return test.sentence(words)
        case .all(let parts): return join(parts, "interceptor_and")
        case .any(let parts): return parts.count == 1 ? join(parts, "") : "(" + join(parts, "interceptor_or") + ")"
        case .none(let parts): return words("interceptor_none_of", ["parts": join(parts, "interceptor_or")])
        }
    }
}

extension RuleTest {
    func sentence(_ words: Words) -> String {
        let subject = name(words) + (system.isEmpty ? "" : " \(system)")
        if field.type == .flag || comparison == .isKnown {
            let isTrue = operand != .number(0)
            let known = comparison == .isKnown
            let key = known ? (isTrue ? "known" : "unknown") : isTrue ? "yes" : "no"
            return words("interceptor_test_\(key)", ["field": subject])
        }
        return "\(subject) \(words(comparison.text)) \(value(words))"
    }

    /// The value says the unit, so that the name does not.
    private func name(_ words: Words) -> String {
        let name = words(field.text)
        guard field.type == .minutes else { return name }
        return name.replacing("的分钟数", with: "").replacing("minutes since", with: "the time since")
    }

    private func value(_ words: Words) -> String {
        switch operand {
        case .texts(let texts): return texts.joined(separator: ", ")
        case .number(let number):
            switch field.type {
            case .state: return stateNames.indices.contains(Int(number)) ? words(stateNames[Int(number)].text) : ""
            case .weekday: return words("interceptor_day_\(number)")
            case .money: return "\(RuleValue.text(number, .money)) \(words("interceptor_unit_money"))"
            case .minutes: return inUnits(number * 60_000, words)
            default: return RuleValue.text(number, field.type)
            }
        }
    }
}

extension RuleAction {
    fileprivate func sentence(_ words: Words) -> String {
        switch self {
        case .hold(let hold):
            let exits = hold.exits.map { $0.sentence(words) }.joined(separator: " \(words("interceptor_or")) ")
            return words(
                "interceptor_says_hold",
                ["owner": TaskOwners.label(hold.owner, words), "until": exits, "reason": words(hold.reason)])
        case .release(let hold):
            guard hold.hasPrefix("rule:") else { return words("interceptor_says_release", ["hold": hold]) }
            return words("interceptor_says_release_rule", ["rule": String(hold.dropFirst(5))])
        case .refuse(let kinds, let reason):
            let names = kinds.map { words($0.text) }.joined(separator: " / ")
            return words("interceptor_says_refuse", ["kinds": names, "reason": words(reason)])
        case .instruct(let kind, let system):
            return words("interceptor_says_ask", ["system": system, "kind": words(kind.text)])
        case .playbook(let playbook): return words("interceptor_says_playbook", ["playbook": words(playbook.text)])
        case .completePartially: return words("interceptor_says_partial")
        case .notify(let touchpoint, let system):
            return words(
                "interceptor_says_message",
                ["message": words("touchpoint_\(keyPart(touchpoint.rawValue))"), "system": system])
        case .task(let task):
            let says = words(
                "interceptor_says_task",
                ["owner": TaskOwners.label(task.owner, words), "reason": words(task.reason)])
            guard !task.fields.isEmpty else { return says }
            return words(
                "interceptor_says_asking", ["task": says, "questions": task.fields.sentence(words)])
        }
    }
}

extension HoldAction.Exit {
    fileprivate func sentence(_ words: Words) -> String {
        switch self {
        case .person: words("interceptor_exit_person")
        case .after(let length): words("interceptor_exit_after", ["length": inUnits(length, words)])
        case .fact(let kind): words("interceptor_exit_fact", ["fact": words("fact_\(keyPart(kind.rawValue))")])
        case .condition(let condition): words("interceptor_exit_if", ["if": condition.sentence(words)])
        case .rule(let rule): words("interceptor_exit_rule", ["rule": rule])
        }
    }
}

/// In the largest unit that fits without a rest: "2 hours".
private func inUnits(_ length: Milliseconds, _ words: Words) -> String {
    let units: [(Milliseconds, String)] = [(.hours(24), "d"), (.hours(1), "h"), (.minutes(1), "m")]
    let unit = units.first { length != 0 && length % $0.0 == 0 } ?? (.minutes(1), "m")
    return "\(length / unit.0) \(words("interceptor_unit_\(unit.1)"))"
}
