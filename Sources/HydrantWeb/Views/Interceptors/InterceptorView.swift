import HydrantCore
import HydrantDocuments
import HydrantEngine

/// The editor of one rule: sentences with pick lists, what is wrong with it, and what it would have done.
struct InterceptorView {
    let form: RuleForm
    let formToken: String?
    var problems: [Text] = []
    var rule: Rule?
    var trial: RuleTrial?

    func document(_ frame: PageFrame, files: PageFiles) -> String {
        let words = files.words(frame.language)
        let bindings: Bindings = [
            "w": words.bindings, "token": formToken ?? "", "id": form.id, "name": form.name, "reason": form.reason,
            "owner": form.owner, "hours": form.hours, "isForPerson": form.isForPerson, "isEach": form.isEach,
            "isAny": form.isAny, "isHold": form.isHold, "isAddressChange": form.isAddressChange,
            "occasions": RuleForm.occasions.map { kind -> Bindings in
                option(kind.rawValue, words("fact_\(keyPart(kind.rawValue))"), form.when)
            },
            "tests": form.tests.enumerated().map { test($0.offset, $0.element, words) },
            "problems": problems.map { words($0) },
            "checked": rule.map { rule -> Any in
                [
                    "sentence": rule.sentence(words), "yaml": RuleDocument(name: "interceptors", rules: [rule]).yaml,
                ] as Bindings
            } ?? false,
            "trial": trial.map { result($0, words) as Any } ?? false,
        ]
        return frame.document(files.render(bindings, "interceptor"), title: words("interceptor_title"), files: files)
    }

    private func option(_ value: String, _ label: String, _ chosen: String) -> Bindings {
        ["value": value, "label": label, "chosen": value == chosen]
    }

    private func test(_ index: Int, _ test: RuleForm.Test, _ words: Words) -> Bindings {
        [
            "index": index, "number": index + 1, "value": test.value, "system": test.system,
            "fields": [option("", "—", test.field)]
                + RuleField.allCases.map { option($0.rawValue, words($0.text), test.field) },
            "comparisons": RuleComparison.allCases.map { option($0.rawValue, words($0.text), test.comparison) },
        ]
    }

    private func result(_ trial: RuleTrial, _ words: Words) -> Bindings {
        let stopped = trial.verdicts.filter(\.stopped).sorted { $0.order < $1.order }
        return [
            "summary": words(
                "interceptor_trial",
                [
                    "orders": String(trial.orders), "held": String(trial.held), "refused": String(trial.refused),
                    "right": String(trial.right), "wrong": String(trial.wrong),
                    "delay": words(durationText(trial.delay)),
                ]),
            "orders": stopped.prefix(20).map { verdict -> Bindings in
                [
                    "number": verdict.order, "href": orderPath(verdict.order),
                    "word": words(verdict.wentWrong ? "interceptor_right" : "interceptor_wrong"),
                ]
            },
        ]
    }
}
