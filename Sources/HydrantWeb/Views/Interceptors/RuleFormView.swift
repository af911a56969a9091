import HydrantCore
import HydrantDocuments

/// What stands around a rule and may be picked in it.
struct RuleSurroundings: Sendable {
    /// The systems that are connected.
    var systems: [String] = []
    /// All versions of all rules.
    var rules: [Rule] = []
}

/// The fields of the editor, with what may be picked in each.
struct RuleFormView {
    let form: RuleForm
    let isChinese: Bool
    let words: Words
    var around = RuleSurroundings()

    var bindings: Bindings {
        [
            "id": form.id, "name": text("name", form.name), "isEach": form.isEach, "when": occasions,
            "mayAddOccasion": form.when.count < RuleForm.occasionsMaximum, "tree": tree(form.tree),
            "systems": around.systems.sorted(), "actions": form.order.joined(separator: " "),
            "releases": form.releases.enumerated().map { release($1, $0) },
            "mayAddRelease": form.releases.count < RuleForm.releasesMaximum,
            "asks": form.asks.enumerated().map { ask($1, $0) }, "mayAddAsk": form.asks.count < RuleForm.asksMaximum,
            "hold": hold, "refuse": refusal, "task": task, "isPartial": form.completesPartially,
            "playbooks": [option("", words("interceptor_no_playbook"), form.playbook)]
                + Playbook.allCases.map { option($0.rawValue, words($0.text), form.playbook) },
            "messages": [option("", words("interceptor_no_message"), form.message.touchpoint)]
                + Touchpoint.allCases.map {
                    option($0.rawValue, words("touchpoint_\(keyPart($0.rawValue))"), form.message.touchpoint)
                },
            "messageOf": form.message.system,
        ]
    }

    func option(_ value: String, _ label: String, _ chosen: String) -> Bindings {
        ["value": value, "label": label, "chosen": value == chosen]
    }

    /// The field of the page's language, and the one of the other.
    func text(_ name: String, _ value: RuleForm.Words) -> Bindings {
        let (own, other) = isChinese ? (value.chinese, value.english) : (value.english, value.chinese)
        return [
            "field": name, "own": isChinese ? "\(name)-zh" : "\(name)-en",
            "other": isChinese ? "\(name)-en" : "\(name)-zh",
            // What is written in one language stands for both until the other is written too.
            "value": own.isEmpty ? other : own, "otherValue": own.isEmpty ? "" : other,
            "hasOther": !own.isEmpty && !other.isEmpty,
        ]
    }

    private var occasions: [Bindings] {
        form.when.enumerated().map { index, chosen in
            let kinds = self.kinds(with: chosen)
            let none = [option("", words("interceptor_pick"), chosen)]
            return [
                "index": index, "isLater": index > 0,
                "options": (chosen.isEmpty || index > 0 ? none : []) + kinds.map(fact(chosen)),
            ]
        }
    }

    /// What may be picked, and what a document has although it cannot.
    private func kinds(with chosen: String) -> [String] {
        let known = RuleForm.occasions.map(\.rawValue)
        return known.contains(chosen) || chosen.isEmpty ? known : known + [chosen]
    }

    private func fact(_ chosen: String) -> (String) -> Bindings {
        { option($0, words("fact_\(keyPart($0))"), chosen) }
    }

    private func roles(_ chosen: String) -> [Bindings] {
        let known = TaskOwners.roles
        return (known.contains(chosen) || chosen.isEmpty ? known : known + [chosen]).map {
            option($0, known.contains($0) ? words("role_\($0)") : $0, chosen)
        }
    }

    // MARK: - IF

    /// - Parameter questions: those whose answers may be tested.
    func tree(_ tree: RuleTree, _ questions: [TaskField] = []) -> Bindings {
        let isLonely = tree.rows.count == 1 && !tree.place.isEmpty
        // Without a condition a hold does not end by one; a question is always asked.
        let lonely = tree.place == form.hold.exit.place ? "interceptor_until_add" : "interceptor_add_condition"
        return [
            "place": tree.place, "isLonely": isLonely,
            "addLabel": words(isLonely ? lonely : "interceptor_add_test"),
            "rows": tree.rows.indices.map { row($0, of: tree, questions) },
        ]
    }

    private func row(_ index: Int, of tree: RuleTree, _ questions: [TaskField]) -> Bindings {
        let row = tree.rows[index]
        let end = "\(tree.place)\(index)"
        return [
            "index": index, "end": end, "depth": row.depth, "level": "d\(row.depth)", "isTest": row.kind == .test,
            "isRoot": index == 0, "kind": row.kind.rawValue,
            "kinds": [RuleTree.Row.Kind.all, .any, .none].map {
                option($0.rawValue, words("interceptor_\($0.rawValue)"), row.kind.rawValue)
            },
            "mayAdd": tree.mayTake("test", row: index),
            "mayNest": tree.mayTake("group", row: index) && (tree.place.isEmpty || tree.rows.count > 1),
            "test": test(row.test, end: end, questions),
        ]
    }

    private func test(_ test: RuleForm.Test, end: String, _ questions: [TaskField]) -> Bindings {
        let answer = RuleForm.Test.answer
        if let question = questions.first(where: { answer + $0.name == test.field }) {
            return answerTest(test, end: end, question, questions)
        }
        let field = RuleField(rawValue: test.field)
        let type: RuleFieldType? = test.comparison == RuleComparison.isKnown.rawValue ? .flag : field?.type
        let comparisons = field?.type.comparisons ?? RuleComparison.allCases
        let choices = values(type, test.value)
        return [
            "end": end, "value": test.value, "system": test.system, "isWord": field == .word, "isOpen": field != nil,
            "pick": option("", words("interceptor_pick"), test.field), "groups": groups(test.field, questions),
            "comparisons": comparisons.map { option($0.rawValue, words($0.text), test.comparison) },
            "isChoice": !choices.isEmpty, "choices": choices,
            "hint": type.map { words($0.hint) } ?? words("interceptor_value"),
            "unit": unit(type).map { $0 as Any } ?? false,
        ]
    }

    private func answerTest(
        _ test: RuleForm.Test, end: String, _ question: TaskField, _ questions: [TaskField]
    ) -> Bindings {
        let isAnswered = test.comparison == RuleComparison.isKnown.rawValue
        var choices = isAnswered ? values(.flag, test.value) : []
        if !isAnswered, question.kind == .choice {
            choices = question.options.map { option($0.value, words($0.text), test.value) }
            let isKnown = question.options.contains { $0.value == test.value }
            if !isKnown, !test.value.isEmpty { choices.append(option(test.value, test.value, test.value)) }
        }
        return [
            "end": end, "value": test.value, "system": "", "isWord": false, "isOpen": true,
            "pick": option("", words("interceptor_pick"), test.field), "groups": groups(test.field, questions),
            "comparisons": question.kind.comparisons.map { comparison in
                let isKnown = comparison == .isKnown
                let label = isKnown ? words("interceptor_answered") : words(comparison.text)
                return option(comparison.rawValue, label, test.comparison)
            },
            "isChoice": !choices.isEmpty, "choices": choices,
            "hint": words(question.kind.isNumber ? "interceptor_hint_number" : "interceptor_value"), "unit": false,
        ]
    }

    /// What may be looked at: the questions before, then the fields of the order by what they are about.
    private func groups(_ chosen: String, _ questions: [TaskField]) -> [Bindings] {
        let answer = RuleForm.Test.answer
        var answers = questions.map { option(answer + $0.name, words($0.label), chosen) }
        // A choice that is not offered would be sent back as another.
        if chosen.hasPrefix(answer), !questions.contains(where: { answer + $0.name == chosen }) {
            answers.append(option(chosen, words("interceptor_question_missing"), chosen))
        }
        let own: [Bindings] =
            answers.isEmpty ? [] : [["label": words("interceptor_group_answers"), "fields": answers]]
        return own + Self.subjects.map { subject in fieldGroup(subject, chosen) { _ in true } }
    }

    private static let subjects = [
        "order", "customer", "receiver", "lines", "money", "time", "parcels", "return", "system",
    ]

    private func fieldGroup(
        _ subject: String, _ chosen: String, _ isOffered: (RuleField) -> Bool
    ) -> Bindings {
        let fields = RuleField.allCases.filter { $0.rawValue.hasPrefix(subject + ".") && isOffered($0) }
        return [
            "label": words("interceptor_group_\(subject)"),
            "fields": fields.map { option($0.rawValue, words($0.text), chosen) },
        ]
    }

    /// The fields of the order that can stand in a question of this kind.
    func sources(_ kind: TaskField.Kind, _ chosen: String) -> [Bindings] {
        Self.subjects.map { subject in
            fieldGroup(subject, chosen) { kind.takes($0.type) || $0.rawValue == chosen }
        }.filter { !(($0["fields"] as? [Bindings])?.isEmpty ?? true) }
    }

    private func values(_ type: RuleFieldType?, _ chosen: String) -> [Bindings] {
        switch type {
        case .flag: ["true", "false"].map { option($0, words("interceptor_flag_\($0)"), chosen) }
        case .state: stateNames.map { option($0.identifier, words($0.text), chosen) }
        case .weekday: (1...7).map { option("\($0)", words("interceptor_day_\($0)"), chosen) }
        default: []
        }
    }

    private func unit(_ type: RuleFieldType?) -> String? {
        switch type {
        case .money: words("interceptor_unit_money")
        case .minutes: words("interceptor_unit_minutes")
        default: nil
        }
    }

    // MARK: - THEN

    private var hold: Bindings {
        let hold = form.hold
        return [
            "isOn": hold.isOn, "reason": text("reason", hold.reason), "owners": roles(hold.owner),
            "isForPerson": hold.isForPerson, "limit": hold.limit,
            "units": ["m", "h", "d"].map { option($0, words("interceptor_unit_\($0)"), hold.unit) },
            "facts": [option("", words("interceptor_no_fact"), hold.fact)]
                + kinds(with: hold.fact).map(fact(hold.fact)),
            "exits": hold.order.joined(separator: " "), "exit": tree(hold.exit),
            "rules": [option("", words("interceptor_no_fact"), hold.rule)] + holders(hold.rule),
            "isMore": !hold.fact.isEmpty || !hold.rule.isEmpty || hold.exit.rows.count > 1,
        ]
    }

    /// The other rules that hold orders.
    private func holders(_ chosen: String) -> [Bindings] {
        var names = around.holders.filter { $0.id != form.id }.map { option($0.id, words($0.name), chosen) }
        let isKnown = names.contains { $0["value"] as? String == chosen }
        if !chosen.isEmpty, !isKnown { names.append(option(chosen, chosen, chosen)) }
        return names
    }

    private func release(_ hold: String, _ index: Int) -> Bindings {
        let holds = around.holders.filter { $0.id != form.id && $0.occurrence == .once }.flatMap { rule in
            rule.actions.enumerated().compactMap { number, action -> Bindings? in
                guard case .hold(let held) = action else { return nil }
                let id = "rule:\(rule.id)" + (number == 0 ? "" : ".\(number + 1)")
                return option(id, "\(words(rule.name)) (\(words(held.reason)))", hold)
            }
        }
        let isKnown = holds.contains { $0["value"] as? String == hold }
        return [
            "index": index, "options": [option("", words("interceptor_release_other"), isKnown ? hold : "")] + holds,
            "typed": isKnown ? "" : hold,
        ]
    }

    private func ask(_ ask: RuleForm.Ask, _ index: Int) -> Bindings {
        [
            "index": index, "system": ask.system,
            "kinds": [option("", words("interceptor_no_fact"), ask.kind)]
                + RuleForm.askable.map { option($0.rawValue, words($0.text), ask.kind) },
        ]
    }

    private var refusal: Bindings {
        [
            "isOn": form.refusal.isOn, "reason": text("refusal", form.refusal.reason),
            "kinds": RuleForm.refusable.map { kind -> Bindings in
                [
                    "value": kind.rawValue, "label": words(kind.text),
                    "chosen": form.refusal.kinds.contains(kind.rawValue),
                ]
            },
        ]
    }

    private var task: Bindings {
        [
            "isOn": form.task.isOn, "reason": text("task", form.task.reason), "owners": roles(form.task.owner),
            "severities": TaskSeverity.allCases.map {
                option($0.rawValue, words($0.text), form.task.severity)
            },
            "questions": questions, "mayAddQuestion": form.task.questions.count < RuleQuestion.maximum,
        ]
    }
}

extension RuleSurroundings {
    /// The newest version of each rule that holds orders and is not retired.
    fileprivate var holders: [Rule] {
        Set(rules.map(\.id)).sorted().compactMap { id in
            guard let rule = rules.newest(id), rule.stage != .retired else { return nil }
            let holds = rule.actions.contains { if case .hold = $0 { true } else { false } }
            return holds ? rule : nil
        }
    }
}
