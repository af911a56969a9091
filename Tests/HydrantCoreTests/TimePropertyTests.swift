import HydrantCore
import HydrantTesting
import Testing

/// What the hub is told to look at again, and when: between these moments nothing changes by itself.
@Suite struct TimePropertyTests {
    private static var settings: Settings {
        var settings = Settings(flow: ConfluenceTests.flows[2])
        for system in ["shop", "wms", "sf", "bank", "crm"] {
            settings.words.systems[system] = [
                "NEW": WordTable.Range(lowest: 0, highest: 1), "PAID": WordTable.Range(lowest: 1, highest: 3),
                "PACKED": WordTable.Range(lowest: 4, highest: 4), "SHIPPED": WordTable.Range(lowest: 5, highest: 7),
                "DONE": WordTable.Range(lowest: 6, highest: 7),
            ]
        }
        return settings
    }

    private static func order(seed: UInt64) -> Order {
        var order = Order(number: "SO-\(seed)")
        for fact in FactSetGenerator.facts(seed: seed) {
            for event in (try? decide(order, fact, settings: settings, now: fact.receivedAt)) ?? [] {
                order.evolve(event)
            }
        }
        return order
    }

    /// The last moment that the stories speak of: facts come by minute 120, scans by minute 180.
    private static let told = OrderStory.standardBegin + .minutes(180)

    private static func moments(_ random: inout SplitMix64, from begin: Instant, to end: Instant?) -> [Instant] {
        let last = (end ?? begin + .hours(2_000)) - 1
        let length = Int(last - begin)
        return [last] + (0..<3).map { _ in begin + Int64(random.number(in: 0...max(0, length))) }
    }

    @Test func `a contribution to the index stays as it is until changesAt`() {
        let settings = Self.settings
        for seed in UInt64(0)..<150 {
            let order = Self.order(seed: seed)
            var random = SplitMix64(seed: seed)
            for _ in 0..<4 {
                let now = OrderStory.standardBegin + .minutes(Int64(random.number(in: -60...6_000)))
                var before = order.healthContribution(settings: settings, now: now)
                let end = before.changesAt
                #expect(end.map { $0 > now } ?? true, "seed \(seed)")
                before.changesAt = nil
                for moment in Self.moments(&random, from: now, to: end) {
                    var later = order.healthContribution(settings: settings, now: moment)
                    #expect(later.changesAt == end || end == nil, "seed \(seed) at \(now), \(moment)")
                    later.changesAt = nil
                    #expect(later == before, "seed \(seed) at \(now), \(moment)")
                }
            }
        }
    }

    private struct Answer: Hashable {
        var kind: MismatchKind
        var verdict: Verdict
        var since: Instant
        var turnsAt: Instant?

        init(_ finding: Finding) {
            (kind, verdict, since, turnsAt) = (finding.kind, finding.verdict, finding.since, finding.turnsAt)
        }
    }

    @Test func `findings stay as they are until the first of them turns, and that one turns to wrong`() {
        let settings = Self.settings
        var turns = 0
        for seed in UInt64(0)..<300 {
            let order = Self.order(seed: seed)
            var random = SplitMix64(seed: seed)
            for minute in [0, random.number(in: 0...60), random.number(in: 0...9_000)] {
                let now = Self.told + .minutes(Int64(minute))
                let before = order.findings(settings: settings, now: now)
                let end = before.compactMap(\.turnsAt).min()
                #expect(before.allSatisfy { ($0.verdict == .late) == ($0.turnsAt != nil) }, "seed \(seed)")
                #expect(before.allSatisfy { $0.since <= now && ($0.turnsAt ?? now + 1) > now }, "seed \(seed)")
                for moment in Self.moments(&random, from: now, to: end) {
                    let later = order.findings(settings: settings, now: moment)
                    #expect(later.map(Answer.init) == before.map(Answer.init), "seed \(seed) at \(now), \(moment)")
                }
                guard let end else { continue }
                turns += 1
                let turned = order.findings(settings: settings, now: end)
                for finding in before where finding.turnsAt == end {
                    let now = turned.first { $0.kind == finding.kind }
                    #expect(now?.verdict == .wrong && now?.since == finding.since, "seed \(seed) \(finding.kind)")
                }
            }
        }
        #expect(turns > 0)
    }

    @Test func `systemsDisagree and the health index draw the same line`() {
        let settings = Self.settings
        var verdicts: Set<Verdict?> = []
        for seed in UInt64(0)..<400 {
            let order = Self.order(seed: seed)
            let now = Self.told - .minutes(Int64(seed % 59))
            guard order.words.entries.allSatisfy({ $0.evidence.at <= now }) else { continue }
            let health = order.healthContribution(settings: settings, now: now)
            guard health.isInPopulation else { continue }
            let finding = order.findings(settings: settings, now: now).first { $0.kind == .systemsDisagree }
            verdicts.insert(finding?.verdict)
            #expect((finding?.verdict == .wrong) == (health.hasVerifiedSystem && !health.agrees), "seed \(seed)")
            #expect(finding?.verdict != .unknown || health.isUnknown, "seed \(seed)")
            #expect(finding != nil || !health.isUnknown, "seed \(seed)")
        }
        #expect(verdicts == [.wrong, .unknown, nil])
    }
}

@Suite struct SystemsDisagreeTests {
    private static var settings: Settings {
        var settings = Settings()
        settings.words.systems = [
            "shop": ["NEW": WordTable.Range(lowest: 0, highest: 1), "PAID": WordTable.Range(lowest: 1, highest: 3)],
            "wms": ["NEW": WordTable.Range(lowest: 0, highest: 1)],
        ]
        return settings
    }

    private static func finding(_ words: [(String, String, Int64)], minute: Int64) throws -> Finding? {
        var story = OrderStory.walk(to: 2)
        for (system, word, at) in words { story.say(.statusReported, minute: at, from: system, word: word) }
        var scenario = Scenario(settings: settings)
        try scenario.given(story.facts)
        return scenario.order.findings(settings: settings, now: story.at(minute)).first { $0.kind == .systemsDisagree }
    }

    @Test func `a disagreement is late for the grace time after the word or the state, whichever came later`() throws {
        let begin = OrderStory.standardBegin
        for (said, since) in [(15, 20), (40, 40)] as [(Int64, Int64)] {
            let words = [("wms", "NEW", said)]
            let late = try #require(try Self.finding(words, minute: since + 4))
            #expect(late.verdict == .late && late.since == begin + .minutes(since))
            #expect(late.turnsAt == begin + .minutes(since + 5) && late.lastVerifiedAt == begin + .minutes(said))
            let wrong = try #require(try Self.finding(words, minute: since + 5))
            #expect(wrong.verdict == .wrong && wrong.turnsAt == nil && wrong.since == late.since)
            #expect(wrong.reason.english == "WMS says \"NEW\" while the order is in state \"Risk passed\"")
            #expect(wrong.reason.chinese == "WMS 的状态是“NEW”，订单却处于“风控通过”")
        }
    }

    @Test func `wrong beats late, late beats unknown, and the answer names the systems that it is about`() throws {
        let all = [("shop", "NEW", 22), ("wms", "NEW", 40), ("crm", "???", 10)] as [(String, String, Int64)]
        let wrong = try #require(try Self.finding(all, minute: 41))
        #expect(wrong.verdict == .wrong && wrong.reason.english.hasPrefix("shop says \"NEW\" while"))
        let both = try #require(try Self.finding(all, minute: 45))
        #expect(both.reason.english.hasPrefix("shop says \"NEW\", WMS says \"NEW\" while"))
        #expect(both.lastVerifiedAt == OrderStory.standardBegin + .minutes(40))
        #expect(try Self.finding([("crm", "???", 10), ("wms", "NEW", 40)], minute: 41)?.verdict == .late)
        let unknown = try #require(try Self.finding([("crm", "???", 10), ("shop", "PAID", 15)], minute: 99))
        #expect(unknown.verdict == .unknown && unknown.since == OrderStory.standardBegin + .minutes(10))
        #expect(unknown.reason.english == "CRM says \"???\", which the mapping table does not know")
    }

    @Test func `a word in its range and a word that is still to come say nothing`() throws {
        #expect(try Self.finding([("shop", "PAID", 15)], minute: 99) == nil)
        #expect(try Self.finding([("shop", "NEW", 90)], minute: 89) == nil)
        #expect(try Self.finding([], minute: 99) == nil)
    }

    @Test func `an unmapped word is looked up per system and never guessed`() throws {
        #expect(try Self.finding([("wms", "PAID", 15)], minute: 99)?.verdict == .unknown)
    }
}
