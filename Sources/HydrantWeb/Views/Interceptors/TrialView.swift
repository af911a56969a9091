import HydrantCore
import HydrantEngine

/// What a rule would have done to past orders, as far as it has been tried.
struct TrialView {
    let number: Int
    let days: Int
    let progress: TrialRun.Progress

    private static let shownOrders = 20

    /// The part of the page that a trial under way renews.
    func fragment(_ formToken: String, _ language: Language, _ files: PageFiles) -> String {
        let words = files.words(language)
        return files.render(["w": words.bindings, "trial": bindings(formToken, words)], "trial")
    }

    func bindings(_ formToken: String, _ words: Words) -> Bindings {
        let trial = progress.found
        let stopped = trial.verdicts.filter(\.stopped).sorted { $0.order < $1.order }
        let running: Bindings = [
            "run": number, "form": formToken, "looked": progress.looked, "total": max(1, progress.total),
        ]
        return [
            "title": words("interceptor_tried", ["count": String(days)]),
            "running": progress.end == nil ? running as Any : false,
            "state": shown(state(words)),
            "figures": [
                ("orders", trial.orders), ("held", trial.held), ("refused", trial.refused), ("blocked", trial.blocked),
                ("right", trial.right), ("wrong", trial.wrong),
            ].map { name, number -> Bindings in ["label": words("interceptor_count_\(name)"), "number": number] },
            "delay": trial.held == 0
                ? false : words("interceptor_delay", ["delay": Self.length(trial.delay / Int64(trial.held), words)]),
            "isEmpty": stopped.isEmpty && progress.end != nil,
            "more": stopped.count > Self.shownOrders
                ? words("interceptor_more", ["count": String(stopped.count - Self.shownOrders)]) as Any : false,
            "orders": stopped.prefix(Self.shownOrders).map { row($0, words) },
        ]
    }

    /// How far it is, or why the result is not about every order.
    private func state(_ words: Words) -> String? {
        let values = [
            "tried": String(progress.found.orders), "looked": String(progress.looked), "total": String(progress.total),
        ]
        switch progress.end {
        case nil: return words("interceptor_trial_running", values)
        case .through: return nil
        case .cut: return words("interceptor_cut", ["count": String(progress.found.orders)])
        case .stopped: return words("interceptor_trial_stopped", values)
        case .outOfTime: return words("interceptor_trial_time", values)
        }
    }

    private static func length(_ length: Milliseconds, _ words: Words) -> String {
        Formats(words: words, now: Instant(milliseconds: 0)).length(length)
    }

    private func row(_ verdict: RuleTrial.Verdict, _ words: Words) -> Bindings {
        let what =
            verdict.outcome == .blocked
            ? words("interceptor_was_blocked")
            : verdict.heldAt == nil
                ? words("interceptor_was_refused")
                : words("interceptor_was_held", ["length": Self.length(verdict.delay, words)])
        return [
            "number": verdict.order, "href": orderPath(verdict.order), "what": what,
            "word": words(verdict.wentWrong ? "interceptor_right" : "interceptor_wrong"), "isRight": verdict.wentWrong,
        ]
    }
}
