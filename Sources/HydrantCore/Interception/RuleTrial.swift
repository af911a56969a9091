/// Tries rules on what happened before: the same facts in the order in which they were recorded, the same engine, and
/// no instruction goes out.
package struct RuleTrial: Sendable {
    /// What one rule would have done to one order.
    package struct Verdict: Hashable, Sendable {
        package var order: String
        package var rule: String
        package var outcome: Ruling.Outcome
        /// When it would have begun to hold the order; nil when it would not.
        package var heldAt: Instant?
        /// When the hold would have ended: by what happened, by its own time, or at the end of the trial.
        package var releasedAt: Instant?
        package var isRefused: Bool
        /// The order turned out to be one that should not have gone on as it was: it was cancelled, refunded or
        /// returned, or its receiver changed.
        package var wentWrong: Bool

        package var delay: Milliseconds {
            guard let heldAt, let releasedAt else { return 0 }
            return max(0, releasedAt - heldAt)
        }

        package var stopped: Bool { heldAt != nil || isRefused }
    }

    private let settings: Settings
    private let window: Range<Instant>
    package private(set) var orders = 0
    package private(set) var events = 0
    package private(set) var verdicts: [Verdict] = []

    /// - Parameters:
    ///   - rules: tried whatever their stage is, retired ones excepted.
    ///   - window: occasions outside are not counted; what happened later still tells how they ended.
    package init(_ rules: [Rule], settings: Settings, window: Range<Instant>) {
        var trial = settings
        trial.flow.requests = []
        trial.rules = RuleSet(
            rules.filter { $0.stage != .retired }.map { rule in
                var rule = rule
                rule.stage = .on
                return rule
            })
        self.settings = trial
        self.window = window
    }

    /// Tries the rules on one order.
    package mutating func take(order number: String, _ history: [Event]) {
        orders += 1
        events += history.count
        var order = Order(number: number)
        var found: [String: Verdict] = [:]
        for event in history {
            guard case .factRecorded(let fact) = event.body,
                (try? order.record(fact, settings: settings, now: event.recordedAt)) != nil
            else { continue }
            for ruling in order.rulings where window.contains(ruling.occasion) {
                found[ruling.rule, default: Verdict(order: number, ruling)].follow(ruling, at: event.recordedAt)
            }
        }
        for var verdict in found.values {
            verdict.close(at: window.upperBound)
            verdict.wentWrong = order.wentWrong
            verdicts.append(verdict)
        }
    }

    /// Held or refused, and it turned out to be right or wrong.
    package var held: Int { verdicts.count { $0.heldAt != nil } }
    package var refused: Int { verdicts.count { $0.isRefused } }
    package var blocked: Int { verdicts.count { $0.outcome == .blocked } }
    package var right: Int { verdicts.count { $0.stopped && $0.wentWrong } }
    package var wrong: Int { verdicts.count { $0.stopped && !$0.wentWrong } }
    /// Of all holds together.
    package var delay: Milliseconds { verdicts.reduce(0) { $0 + $1.delay } }
}

extension RuleTrial.Verdict {
    fileprivate init(order: String, _ ruling: Ruling) {
        self.init(
            order: order, rule: ruling.rule, outcome: ruling.outcome, heldAt: nil, releasedAt: nil, isRefused: false,
            wentWrong: false)
    }

    fileprivate mutating func follow(_ ruling: Ruling, at now: Instant) {
        outcome = ruling.outcome
        if !ruling.refusals.isEmpty { isRefused = true }
        if let hold = ruling.holds.first {
            if heldAt == nil { heldAt = now }
            releasedAt = hold.until
        } else if heldAt != nil {
            releasedAt = min(releasedAt ?? now, now)
        }
    }

    fileprivate mutating func close(at end: Instant) {
        guard heldAt != nil else { return }
        releasedAt = min(releasedAt ?? end, end)
    }
}

extension Order {
    fileprivate var wentWrong: Bool {
        cancelled != nil || returnAsked != nil || refundedMinor > 0 || receiverChanged != nil
    }
}
