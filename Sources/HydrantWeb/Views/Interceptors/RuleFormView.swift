import HydrantCore
import HydrantDocuments

/// The fields of the editor, with what may be picked in each.
struct RuleFormView {
    let form: RuleForm
    let isChinese: Bool
    let words: Words

    var bindings: Bindings {
        [
            "id": form.id, "name": text("name", form.name), "isEach": form.isEach, "when": occasions,
            "mayAddOccasion": form.when.count < RuleForm.occasionsMaximum, "rows": form.rows.indices.map(row),
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

    private func option(_ value: String, _ label: String, _ chosen: String) -> Bindings {
        ["value": value, "label": label, "chosen": value == chosen]
    }

    /// The field of the page's language, and the one of the other.
    private func text(_ name: String, _ value: RuleForm.Words) -> Bindings {
        let (own, other) = isChinese ? (value.chinese, value.english) : (value.english, value.chinese)
        return [
            "field": name, "own": isChinese ? "\(name)-zh" : "\(name)-en",
            "other": isChinese ? "\(name)-en" : "\(name)-zh",
            // What is written in one language stands for both until the other is written too.
            "value": own.isEmpty ? other : own, "otherValue": own.isEmpty ? "" : other,
        ]
    }

    private var occasions: [Bindings] {
        form.when.enumerated().map { index, chosen in
            let known = RuleForm.occasions.map(\.rawValue)
            let kinds = known.contains(chosen) || chosen.isEmpty ? known : known + [chosen]
            let none = [option("", words("interceptor_pick"), chosen)]
            return [
                "index": index, "isLater": index > 0,
                "options": (chosen.isEmpty || index > 0 ? none : []) + kinds.map(fact(chosen)),
            ]
        }
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

    private func row(_ index: Int) -> Bindings {
        let row = form.rows[index]
        return [
            "index": index, "depth": row.depth, "level": "d\(row.depth)", "isTest": row.kind == .test,
            "isRoot": index == 0, "kind": row.kind.rawValue,
            "kinds": [RuleForm.Row.Kind.all, .any, .none].map {
                option($0.rawValue, words("interceptor_\($0.rawValue)"), row.kind.rawValue)
            },
            "mayNest": row.depth < RuleForm.depthMaximum, "test": test(row.test, end: "\(index)"),
        ]
    }

    private func test(_ test: RuleForm.Test, end: String) -> Bindings {
        let field = RuleField(rawValue: test.field)
        let type: RuleFieldType? = test.comparison == RuleComparison.isKnown.rawValue ? .flag : field?.type
        let comparisons = field?.type.comparisons ?? RuleComparison.allCases
        let choices = values(type, test.value)
        return [
            "end": end, "value": test.value, "system": test.system, "isWord": field == .word, "isOpen": field != nil,
            "fields": [option("", words("interceptor_pick"), test.field)]
                + RuleField.allCases.map { option($0.rawValue, words($0.text), test.field) },
            "comparisons": comparisons.map { option($0.rawValue, words($0.text), test.comparison) },
            "isChoice": !choices.isEmpty, "choices": choices,
            "hint": type.map { words($0.hint) } ?? words("interceptor_value"),
            "unit": unit(type).map { $0 as Any } ?? false,
        ]
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
                + RuleForm.occasions.map(\.rawValue).map(fact(hold.fact)),
            "exit": test(hold.exit, end: "-exit"), "isMore": !hold.fact.isEmpty || !hold.exit.field.isEmpty,
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
            "questions": form.task.questions,
        ]
    }
}
