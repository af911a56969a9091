import HydrantCore
import HydrantDocuments
import HydrantEngine

/// The editor of one rule: sentences with pick lists, what is wrong with it, and what it would have done.
struct InterceptorView {
    static let trialDays = [7, 30, 90]

    /// Nil for a rule that only its document can say.
    let form: RuleForm?
    let formToken: String?
    var problems: [FormProblem] = []
    var rule: Rule?
    /// The number of the version that the editor began from; 0 for a new rule.
    var base = 0
    /// What somebody else has saved meanwhile.
    var newer: Rule?
    /// The document as it was written, where somebody did.
    var written: String?
    var trial: TrialView?
    var days = 30
    /// The id of the field to go on with.
    var focus = ""
    var around = RuleSurroundings()

    func document(_ frame: PageFrame, files: PageFiles) -> String {
        let words = files.words(frame.language)
        let fields = form.map {
            RuleFormView(form: $0, isChinese: frame.language == .chinese, words: words, around: around)
        }
        let bindings: Bindings = [
            "w": words.bindings, "token": formToken ?? "", "base": base,
            "script": files.assets["trial.js"]?.address ?? "",
            "newer": newer.map { theirs($0, words) as Any } ?? false,
            "fields": fields.map { $0.bindings as Any } ?? false,
            "title": words(form?.id.isEmpty ?? rule?.id.isEmpty ?? true ? "interceptor_new" : "interceptor_title"),
            "problems": problems.map { problem -> Bindings in
                ["text": words(problem.text), "field": shown(problem.field.isEmpty ? nil : problem.field)]
            }, "hasProblems": !problems.isEmpty,
            "sentence": rule.map { $0.sentence(words) as Any } ?? false,
            "yaml": written ?? rule.map { RuleDocument(name: "interceptors", rules: [$0]).yaml } ?? "",
            "isWritten": written != nil, "trial": trial.map { $0.bindings(formToken ?? "", words) as Any } ?? false,
            "focus": focus,
            "days": Self.trialDays.map { count -> Bindings in
                [
                    "value": count, "label": words("interceptor_days", ["count": String(count)]),
                    "chosen": count == days,
                ]
            },
        ]
        let marks = FieldMarks(problems: problems, focus: focus, words: words)
        let html = marks.marked(files.render(bindings, "interceptor"))
        return frame.document(html, title: words("interceptor_title"), files: files)
    }

    private func theirs(_ newer: Rule, _ words: Words) -> Bindings {
        let changes = rule.map { mine in
            var mine = mine
            (mine.version, mine.stage) = (newer.version, newer.stage)
            let theirs = RuleDocument(name: "interceptors", rules: [newer])
            return theirs.difference(to: RuleDocument(name: "interceptors", rules: [mine]))
        }
        return [
            "title": words("interceptor_theirs", ["version": String(newer.version)]),
            "sentence": newer.sentence(words), "differs": words("interceptor_differs"),
            "changes": diffLines(changes ?? []),
        ]
    }
}
