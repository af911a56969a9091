/// Tries rules on what happened before: the same facts, the same engine, and no instruction goes out. The facts are
/// told when the hub recorded them; those of imported orders at their own times, because a file of last year's orders
/// comes in a minute.
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

    /// A verdict and when it was given, as a live hub would write it into the order's events.
    package struct Moment: Hashable, Sendable {
        package var at: Instant
        package var ruling: Ruling

        package init(at: Instant, ruling: Ruling) {
            self.at = at
            self.ruling = ruling
        }
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
    ///
    /// - Returns: every verdict in the order in which they are given.
    @discardableResult
    package mutating func take(order number: String, _ history: [Event]) -> [Moment] {
        orders += 1
        events += history.count
        var order = Order(number: number)
        var found: [String: Verdict] = [:]
        var moments: [Moment] = []
        let (imported, told) = Self.told(history)
        for (moment, facts) in told {
            var refused = facts
            // Of one moment nobody knows the order: what is refused may follow the others.
            for _ in 0..<(facts.count > 1 ? 2 : 1) {
                refused = refused.filter { fact in
                    guard let decided = try? order.record(fact, settings: settings, now: moment) else { return true }
                    for case .ruleDecided(let ruling) in decided.map(\.body) {
                        moments.append(Moment(at: moment, ruling: ruling))
                    }
                    return false
                }
            }
            for ruling in order.rulings where window.contains(ruling.occasion) {
                found[ruling.rule, default: Verdict(order: number, ruling)].follow(
                    ruling, at: moment, imported ? window : nil)
            }
        }
        for var verdict in found.values {
            verdict.close(at: window.upperBound)
            verdict.wentWrong = order.wentWrong
            verdicts.append(verdict)
        }
        return moments
    }

    /// From this age on of its youngest fact an order was imported and did not happen before the hub's eyes.
    private static let importedAfter: Milliseconds = .hours(24)

    /// The facts as they were told, each by itself; those of an imported order at their own times.
    private static func told(_ history: [Event]) -> (isImported: Bool, told: [(at: Instant, facts: [Fact])]) {
        let told = history.compactMap { event in event.fact.map { (at: event.recordedAt, facts: [$0]) } }
        let ages = told.compactMap { $0.facts[0].evidence.isTimed ? $0.at - $0.facts[0].evidence.at : nil }
        guard let youngest = ages.min(), youngest > importedAfter else { return (false, told) }
        return (true, self.told(told.flatMap(\.facts)))
    }

    /// The facts in the order of their own times, those of one moment together. Facts that say no time are told with
    /// the earliest of those that came in at the same moment, as the lines of an imported order are.
    ///
    /// - Parameter facts: as they were recorded.
    package static func told(_ facts: [Fact]) -> [(at: Instant, facts: [Fact])] {
        var begins: [Instant: Instant] = [:]
        for fact in facts {
            begins[fact.receivedAt] = min(begins[fact.receivedAt] ?? fact.evidence.at, fact.evidence.at)
        }
        let timed = facts.map { fact in
            (fact.evidence.isTimed ? fact.evidence.at : begins[fact.receivedAt] ?? fact.receivedAt, fact)
        }
        var told: [(at: Instant, facts: [Fact])] = []
        for (at, group) in Dictionary(grouping: timed, by: \.0).sorted(by: { $0.key < $1.key }) {
            told.append((at, group.map(\.1)))
        }
        return told
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

    /// - Parameter window: of the trial, for an imported order, whose facts may lie behind its end.
    fileprivate mutating func follow(_ ruling: Ruling, at now: Instant, _ window: Range<Instant>?) {
        outcome = ruling.outcome
        if !ruling.refusals.isEmpty { isRefused = true }
        guard let window else {
            if let hold = ruling.holds.first {
                if heldAt == nil { heldAt = now }
                releasedAt = hold.until
            } else if heldAt != nil {
                releasedAt = min(releasedAt ?? now, now)
            }
            return
        }
        if let hold = ruling.holds.first {
            let begin = max(now, hold.since)
            if heldAt == nil, begin < window.upperBound { heldAt = begin }
            releasedAt = hold.until.map { max($0, heldAt ?? $0) }
        } else if let heldAt {
            releasedAt = max(heldAt, min(releasedAt ?? now, now))
        }
    }

    fileprivate mutating func close(at end: Instant) {
        guard heldAt != nil else { return }
        releasedAt = min(releasedAt ?? end, end)
    }
}

extension Event {
    fileprivate var fact: Fact? {
        guard case .factRecorded(let fact) = body else { return nil }
        return fact
    }
}

extension Order {
    fileprivate var wentWrong: Bool {
        cancelled != nil || returnAsked != nil || refundedMinor > 0 || receiverChanged != nil
    }
}
