import HydrantCore
import HydrantDocuments
import HydrantEngine

/// The editor of one rule: sentences with pick lists, what is wrong with it, and what it would have done.
struct InterceptorView {
    static let trialDays = [7, 30, 90]

    /// Nil for a rule that only its document can say.
    let form: RuleForm?
    let formToken: String?
    var problems: [Text] = []
    var rule: Rule?
    /// The number of the version that the editor began from; 0 for a new rule.
    var base = 0
    /// What somebody else has saved meanwhile.
    var newer: Rule?
    /// The document as it was written, where somebody did.
    var written: String?
    var trial: RuleTrial?
    /// Whether there are more orders than it was tried on.
    var isCut = false
    var days = 30
    /// The id of the field to go on with.
    var focus = ""

    func document(_ frame: PageFrame, files: PageFiles) -> String {
        let words = files.words(frame.language)
        let fields = form.map { RuleFormView(form: $0, isChinese: frame.language == .chinese, words: words) }
        let bindings: Bindings = [
            "w": words.bindings, "token": formToken ?? "", "base": base,
            "newer": newer.map { theirs($0, words) as Any } ?? false,
            "fields": fields.map { $0.bindings as Any } ?? false,
            "title": words(form?.id.isEmpty ?? rule?.id.isEmpty ?? true ? "interceptor_new" : "interceptor_title"),
            "problems": problems.map { words($0) }, "hasProblems": !problems.isEmpty,
            "sentence": rule.map { $0.sentence(words) as Any } ?? false,
            "yaml": written ?? rule.map { RuleDocument(name: "interceptors", rules: [$0]).yaml } ?? "",
            "isWritten": written != nil, "trial": trial.map { result($0, words) as Any } ?? false, "focus": focus,
            "days": Self.trialDays.map { count -> Bindings in
                [
                    "value": count, "label": words("interceptor_days", ["count": String(count)]),
                    "chosen": count == days,
                ]
            },
        ]
        return frame.document(files.render(bindings, "interceptor"), title: words("interceptor_title"), files: files)
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

    private func result(_ trial: RuleTrial, _ words: Words) -> Bindings {
        let stopped = trial.verdicts.filter(\.stopped).sorted { $0.order < $1.order }
        let shown = 20
        return [
            "title": words("interceptor_tried", ["count": String(days)]),
            "figures": [
                ("orders", trial.orders), ("held", trial.held), ("refused", trial.refused), ("blocked", trial.blocked),
                ("right", trial.right), ("wrong", trial.wrong),
            ].map { name, number -> Bindings in ["label": words("interceptor_count_\(name)"), "number": number] },
            "delay": trial.held == 0
                ? false : words("interceptor_delay", ["delay": words(durationText(trial.delay / Int64(trial.held)))]),
            "isEmpty": stopped.isEmpty,
            "cut": isCut
                ? words("interceptor_cut", ["count": String(PastOrders.ordersOfPage)]) as Any : false,
            "more": stopped.count > shown
                ? words("interceptor_more", ["count": String(stopped.count - shown)]) as Any : false,
            "orders": stopped.prefix(shown).map { row($0, words) },
        ]
    }

    private func row(_ verdict: RuleTrial.Verdict, _ words: Words) -> Bindings {
        let what =
            verdict.outcome == .blocked
            ? words("interceptor_was_blocked")
            : verdict.heldAt == nil
                ? words("interceptor_was_refused")
                : words("interceptor_was_held", ["length": words(durationText(verdict.delay))])
        return [
            "number": verdict.order, "href": orderPath(verdict.order), "what": what,
            "word": words(verdict.wentWrong ? "interceptor_right" : "interceptor_wrong"), "isRight": verdict.wentWrong,
        ]
    }
}
