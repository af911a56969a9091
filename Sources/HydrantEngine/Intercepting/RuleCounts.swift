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
        /// Only reported, because the rule was in shadow.
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
        /// Orders without the verdict: the rule was switched on only later. The newest first; at most
        /// ``RuleCounts/namesMaximum``.
        package var unjudged: [String] = []
    }

    package static let namesMaximum = 5

    /// How many orders were looked at.
    package private(set) var orders = 0
    package private(set) var rules: [String: Count] = [:]
    /// By the source of the messages; people together.
    package private(set) var sources: [String: Coverage] = [:]

    mutating func add(order number: String, _ events: [Event], running: [Rule]) {
        orders += 1
        var rulings: [Ruling] = []
        var facts: [Fact] = []
        for event in events {
            switch event.body {
            case .ruleDecided(let ruling): rulings.append(ruling)
            case .factRecorded(let fact): facts.append(fact)
            default: break
            }
        }
        count(number, rulings)
        let judged = Set(rulings.map(\.rule))
        for fact in facts {
            let source = fact.source.hasPrefix(SourceNames.personPrefix) ? SourceNames.personPrefix : fact.source
            for rule in running where rule.when.contains(fact.body.kind) {
                var coverage = sources[source] ?? Coverage()
                coverage.called += 1
                if judged.contains(rule.id) {
                    coverage.judged += 1
                } else if coverage.unjudged.count < Self.namesMaximum, !coverage.unjudged.contains(number) {
                    coverage.unjudged.append(number)
                }
                sources[source] = coverage
            }
        }
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
            if let last = own.last, !last.isShadow, !last.holds.isEmpty, count.holding.count < Self.namesMaximum {
                count.holding.append(number)
            }
            rules[rule] = count
        }
    }
}

extension Ruling {
    fileprivate var acts: Bool {
        completesPartially || !playbooks.isEmpty || !instructs.isEmpty || !tasks.isEmpty || !releases.isEmpty
    }
}

extension Hub {
    /// Counts the verdicts on the orders that came in last, at most so many.
    package func ruleCounts(latest: Int) async throws -> RuleCounts {
        let running = try await book.saved().document.rules.filter { $0.stage == .on || $0.stage == .shadow }
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
