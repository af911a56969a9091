/// Tries rules on what happened before: the same facts, the same engine, and no instruction goes out. The facts are
/// told when the hub recorded them; those of imported orders at their own times, because a file of last year's orders
/// comes in a minute.
package struct RuleTrial: Sendable {
    /// What one rule would have done to one order.
    package struct Verdict: Hashable, Sendable {
        package var order: String
        package var rule: String
        package var version: Int
        package var outcome: Ruling.Outcome
        /// When it would have begun to hold the order; nil when it would not.
        package var heldAt: Instant?
        /// When the hold would have ended: by what happened, by its own time, or at the end of the trial.
        package var releasedAt: Instant?
        package var isRefused: Bool
        /// The time of the fact because of which the rule first stopped the order.
        package var stoppedBy: Instant?
        /// The order turned out to be one that should not have gone on as it was: after that fact it was cancelled,
        /// refunded or returned, or its receiver changed. The fact itself, and what came before it, count for
        /// nothing: a rule about changed addresses is not right because the address changed.
        package var wentWrong: Bool

        /// From the occasion of the hold to its own end; nil where time alone does not end it.
        fileprivate var ownTime: Range<Instant>?

        /// A message is under way for some seconds. A hold that ended by its own time was as long as the rule says all
        /// the same, unless its occasion was told late.
        private static let underWay: Milliseconds = .minutes(5)

        package var delay: Milliseconds {
            guard let heldAt, let releasedAt else { return 0 }
            if let ownTime, ownTime.upperBound == releasedAt, heldAt > ownTime.lowerBound,
                heldAt < releasedAt, heldAt - ownTime.lowerBound < Self.underWay
            {
                return releasedAt - ownTime.lowerBound
            }
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
    package let window: Range<Instant>
    package private(set) var orders = 0
    package private(set) var events = 0
    package private(set) var verdicts: [Verdict] = []

    /// - Parameters:
    ///   - rules: tried whatever their stage is, retired ones excepted; of each rule its newest version.
    ///   - window: occasions outside are not counted; what happened later still tells how they ended.
    package init(_ rules: [Rule], settings: Settings, window: Range<Instant>) {
        var trial = settings
        trial.flow.requests = []
        trial.rules = RuleSet(
            rules.tried.map { rule in
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
        // Without a fact that calls a rule there is no verdict, whatever else happened.
        let kinds = FactKindSet(history.compactMap { $0.fact?.body.kind })
        guard settings.rules.isCalled(by: kinds) else { return [] }
        // A task says of an order only whether a person may answer it, and counts in the numbers of instructions.
        let isAnswered = !kinds.isDisjoint(with: Self.answers)
        let isMoved = !kinds.isDisjoint(with: Self.taskMoves)
        let light = isMoved ? nil : tell(number, history, asksPeople: false, mayIssue: !isAnswered)
        let run = light ?? tell(number, history, asksPeople: true, mayIssue: true)
        guard let (order, found, moments) = run else { return [] }
        for var verdict in found.values {
            verdict.close(at: window.upperBound)
            verdict.wentWrong = verdict.stoppedBy.map(order.wentWrong) ?? false
            verdicts.append(verdict)
        }
        return moments
    }

    private static let answers = FactKindSet([.instructionAnswered])
    private static let taskMoves = FactKindSet([.taskTaken, .taskHandedOver, .taskSnoozed, .taskResolved])

    /// Tells an order's facts with the rules on.
    ///
    /// - Parameters:
    ///   - asksPeople: whether the order's tasks are told too.
    ///   - mayIssue: whether instructions may go out; nil comes back with the first one where they may not.
    private func tell(
        _ number: String, _ history: [Event], asksPeople: Bool, mayIssue: Bool
    ) -> (order: Order, found: [String: Verdict], moments: [Moment])? {
        var order = Order(number: number)
        var found: [String: Verdict] = [:]
        var moments: [Moment] = []
        let (imported, told) = Self.told(history)
        for (moment, facts) in told {
            var refused = facts
            // Of one moment nobody knows the order: what is refused may follow the others.
            for _ in 0..<(facts.count > 1 ? 2 : 1) {
                refused = refused.filter { fact in
                    guard
                        let decided = try? order.record(
                            fact, settings: settings, now: moment, asksPeople: asksPeople)
                    else { return true }
                    for case .ruleDecided(let ruling) in decided.map(\.body) {
                        moments.append(Moment(at: moment, ruling: ruling))
                    }
                    return false
                }
            }
            if !mayIssue, !order.issued.isEmpty { return nil }
            let said = facts.map(\.evidence.at).max() ?? moment
            for ruling in order.rulings where window.contains(ruling.occasion) {
                var verdict = found[ruling.rule] ?? Verdict(order: number, ruling)
                verdict.follow(ruling, at: moment, imported ? window : nil)
                if verdict.stopped, verdict.stoppedBy == nil { verdict.stoppedBy = max(said, ruling.occasion) }
                found[ruling.rule] = verdict
            }
        }
        return (order, found, moments)
    }

    /// Takes over what another trial of the same rules found on other orders.
    package mutating func add(_ other: RuleTrial) {
        orders += other.orders
        events += other.events
        verdicts += other.verdicts
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

    /// Held or refused; right where the order went wrong after that, wrong where it did not.
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
            order: order, rule: ruling.rule, version: ruling.version, outcome: ruling.outcome, heldAt: nil,
            releasedAt: nil, isRefused: false, stoppedBy: nil, wentWrong: false)
    }

    /// - Parameter window: of the trial, for an imported order, whose facts may lie behind its end.
    fileprivate mutating func follow(_ ruling: Ruling, at now: Instant, _ window: Range<Instant>?) {
        outcome = ruling.outcome
        if !ruling.refusals.isEmpty { isRefused = true }
        guard let window else {
            if let hold = ruling.holds.first {
                ownTime = hold.ownTime
                if heldAt == nil { heldAt = now }
                releasedAt = hold.until
            } else if heldAt != nil {
                releasedAt = min(releasedAt ?? now, now)
            }
            return
        }
        if let hold = ruling.holds.first {
            ownTime = hold.ownTime
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

extension RuledHold {
    fileprivate var ownTime: Range<Instant>? { until.map { since..<max(since, $0) } }
}

extension Event {
    fileprivate var fact: Fact? {
        guard case .factRecorded(let fact) = body else { return nil }
        return fact
    }
}

extension Order {
    /// Whether it was cancelled, refunded or returned, or its receiver changed, after a moment.
    fileprivate func wentWrong(after moment: Instant) -> Bool {
        func happened(_ kind: FactKind) -> Bool { moments[kind]?.last.map { $0 > moment } ?? false }
        return happened(.orderCancelled) || happened(.returnAsked) || happened(.receiverChanged)
            || refundedMinor > 0 && happened(.refundReported)
    }
}

extension [Rule] {
    /// Of each id the newest version that is not retired.
    fileprivate var tried: [Rule] {
        let candidates = filter { $0.stage != .retired }
        return candidates.filter { rule in !candidates.contains { $0.id == rule.id && $0.version > rule.version } }
    }
}
