import HydrantCore
import HydrantDocuments
import HydrantStorage

/// What each interceptor did to the orders that came in last.
package struct RuleCounts: Hashable, Sendable {
    /// Of one rule, all its versions together. An order is counted once in each column.
    package struct Count: Hashable, Sendable {
        package var judged = 0
        package var held = 0
        package var refused = 0
        /// The order counts as partially completed, a playbook ran, a system was asked or a person got a task.
        package var acted = 0
        /// A field was missing, so the order waited.
        package var blocked = 0
        /// Only reported, because the version was in shadow.
        package var shadowed = 0
        /// Orders that the rule holds now, the newest first; at most ``RuleCounts/namesMaximum``.
        package var holding: [String] = []

        package init() {}
    }

    /// How what one source said came past the rules that run.
    package struct Coverage: Hashable, Sendable {
        /// How often it said something that calls a rule.
        package var called = 0
        /// How often the rule gave its verdict on that order.
        package var judged = 0
        /// How often it said so before the rule gave its first verdict: it ran only later, in shadow or switched on.
        package var before = 0
        /// Orders that lack the verdict although the rule ran. The newest first; at most ``RuleCounts/namesMaximum``.
        package var unjudged: [String] = []
        /// How often there is neither.
        package var missing: Int { called - judged - before }
    }

    /// What a version in shadow says beside the one that is on, of orders that both have judged.
    package struct Comparison: Hashable, Sendable {
        package var judged = 0
        /// Orders to which only the version in shadow would have done something.
        package var more = 0
        /// The newest of them first; at most ``RuleCounts/namesMaximum``.
        package var moreNames: [String] = []
        /// Orders to which only the version that is on did something.
        package var fewer = 0
        package var fewerNames: [String] = []

        package init() {}

        mutating func add(_ order: String, shadow: Bool, running: Bool) {
            judged += 1
            if shadow, !running {
                more += 1
                if moreNames.count < RuleCounts.namesMaximum { moreNames.append(order) }
            } else if running, !shadow {
                fewer += 1
                if fewerNames.count < RuleCounts.namesMaximum { fewerNames.append(order) }
            }
        }
    }

    package static let namesMaximum = 5

    /// How many orders were looked at.
    package private(set) var orders = 0
    package private(set) var rules: [String: Count] = [:]
    /// By the source of the messages; people together.
    package private(set) var sources: [String: Coverage] = [:]
    /// Of the rules that have a version on and one in shadow.
    package private(set) var comparisons: [String: Comparison] = [:]
    /// When each rule gave its first verdict on one of the orders.
    private var begins: [String: Instant] = [:]
    /// What called a rule and has no verdict of it.
    private var open: [Call] = []

    private struct Call: Hashable, Sendable {
        var rule: String
        var source: String
        var order: String
        var at: Instant
    }

    mutating func add(order number: String, _ events: [Event], running: RuleSet) {
        orders += 1
        var rulings: [Ruling] = []
        var facts: [Fact] = []
        for event in events {
            switch event.body {
            case .ruleDecided(let ruling):
                rulings.append(ruling)
                begins[ruling.rule] = min(begins[ruling.rule] ?? event.recordedAt, event.recordedAt)
            case .factRecorded(let fact): facts.append(fact)
            default: break
            }
        }
        count(number, rulings)
        compare(number, rulings, running)
        let judged = Set(rulings.map(\.rule))
        let callers = running.callers
        for fact in facts {
            let source = fact.source.hasPrefix(SourceNames.personPrefix) ? SourceNames.personPrefix : fact.source
            for rule in callers[fact.body.kind] ?? [] {
                var coverage = sources[source] ?? Coverage()
                coverage.called += 1
                if judged.contains(rule.id) {
                    coverage.judged += 1
                } else {
                    open.append(Call(rule: rule.id, source: source, order: number, at: fact.receivedAt))
                }
                sources[source] = coverage
            }
        }
    }

    /// Tells what came before a rule ran from what it should have judged, once all orders were looked at.
    mutating func settle() {
        for call in open {
            guard var coverage = sources[call.source] else { continue }
            if begins[call.rule].map({ call.at < $0 }) ?? true {
                coverage.before += 1
            } else if coverage.unjudged.count < Self.namesMaximum, !coverage.unjudged.contains(call.order) {
                coverage.unjudged.append(call.order)
            }
            sources[call.source] = coverage
        }
        open = []
    }

    private mutating func count(_ number: String, _ rulings: [Ruling]) {
        for (rule, own) in Dictionary(grouping: rulings, by: \.rule) {
            var count = rules[rule] ?? Count()
            count.judged += 1
            let effective = own.filter { !$0.isShadow }
            if own.contains(where: { $0.isShadow && $0.outcome != .passed }) { count.shadowed += 1 }
            if effective.contains(where: { $0.outcome == .matched && !$0.holds.isEmpty }) { count.held += 1 }
            if effective.contains(where: { !$0.refusals.isEmpty }) { count.refused += 1 }
            if effective.contains(where: \.acts) { count.acted += 1 }
            if effective.contains(where: { $0.outcome == .blocked }) { count.blocked += 1 }
            let last = own.last { !$0.isBeside }
            if let last, !last.isShadow, !last.holds.isEmpty, count.holding.count < Self.namesMaximum {
                count.holding.append(number)
            }
            rules[rule] = count
        }
    }

    private mutating func compare(_ number: String, _ rulings: [Ruling], _ running: RuleSet) {
        let versions = running.runningRules
        for shadow in versions where shadow.stage == .shadow {
            guard let on = versions.first(where: { $0.id == shadow.id && $0.stage == .on }) else { continue }
            let reported = rulings.filter { $0.rule == shadow.id && $0.version == shadow.version && $0.isShadow }
            let ruled = rulings.filter { $0.rule == on.id && $0.version == on.version && !$0.isShadow }
            guard !reported.isEmpty, !ruled.isEmpty else { continue }
            comparisons[shadow.id, default: Comparison()]
                .add(number, shadow: reported.contains(where: \.does), running: ruled.contains(where: \.does))
        }
    }
}

extension Ruling {
    /// Whether it would change anything about the order.
    fileprivate var does: Bool { !holds.isEmpty || !refusals.isEmpty || acts }

    fileprivate var acts: Bool {
        completesPartially || !playbooks.isEmpty || !instructs.isEmpty || !tasks.isEmpty || !releases.isEmpty
    }
}

extension Hub {
    /// Counts the verdicts on the orders that came in last, at most so many.
    package func ruleCounts(latest: Int) async throws -> RuleCounts {
        let running = RuleSet(try await book.saved().document.rules.filter(\.isRunning))
        return try await store.read { reader in
            var cursor = max(0, try reader.counts().orders - Int64(latest))
            var rows: [OrderRow] = []
            while rows.count < 2 * latest {
                let page = try reader.orderRows(OrderFilter(), after: cursor, limit: latest)
                guard let last = page.last else { break }
                rows += page
                cursor = last.id
            }
            var counts = RuleCounts()
            for row in rows.suffix(latest).reversed() {
                let events = try reader.events(of: row.number).compactMap(\.ofInterest)
                counts.add(order: row.number, events, running: running)
            }
            counts.settle()
            return counts
        }
    }
}

extension StoredEvent {
    /// The fact or the verdict that it is; nil for other events, which are not read for this.
    fileprivate var ofInterest: Event? {
        // The name stands at the begin of every event.
        let begin = String(decoding: bytes.prefix(60), as: UTF8.self)
        guard begin.contains(Event.ruleDecidedName) || begin.contains(Event.names[0]) else { return nil }
        return try? Event(json: JSON(bytes: bytes))
    }
}
