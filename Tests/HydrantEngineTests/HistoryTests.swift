import HydrantCore
import HydrantEngine
import HydrantSimulator
import HydrantStorage
import HydrantTesting
import Testing

struct HistoryTests {
    @Test func `an order can be seen as it was at any moment`() throws {
        let rig = EngineRig()
        try rig.start()
        let story = OrderStory.walk(to: 7)
        // They arrive in the wrong order; what counts is when they happened.
        for fact in story.facts.reversed() { _ = try rig.submit(fact) }
        rig.advance(by: .hours(5))
        let times = story.facts.map(\.evidence.at)
        for (index, at) in times.enumerated() {
            let now = try #require(try rig.detail("SO-1", asOf: at))
            #expect(now.order.state == index)
            guard index > 0 else { continue }
            let before = try #require(try rig.detail("SO-1", asOf: at - 1))
            #expect(before.order.state == index - 1)
            #expect(before.asOf == at - 1)
        }
        let whole = try rig.detail()
        #expect(whole?.order.state == 7)
    }

    @Test func `nothing of the future shows in the past`() throws {
        let rig = EngineRig()
        try rig.start()
        let story = OrderStory.walk(to: 3)
        for fact in story.facts { _ = try rig.submit(fact) }
        rig.advance(by: .hours(1))
        let asOf = story.facts[1].evidence.at
        let detail = try #require(try rig.detail("SO-1", asOf: asOf))
        #expect(detail.order.credit == nil)
        #expect(detail.events.allSatisfy { $0.happenedAt <= asOf })
        #expect(detail.missing?.english == "Waiting for the CRM's credit check")
    }

    @Test func `what a person said about a task that time had opened is there in the past too`() throws {
        let rig = EngineRig()
        try rig.start()
        for fact in OrderStory.walk(to: 2).facts { _ = try rig.submit(fact) }
        rig.advance(by: .minutes(30))
        _ = try rig.submit(rig.fact(.parcelPacked(Packing(parcel: "SO-1-1")), id: "packed", from: "wms"))
        // Nobody says that it was locked, and the grace time ends.
        rig.advance(by: .minutes(10))
        let task = "wrong:packedNotLocked"
        #expect(try rig.order()?.standingTasks.map(\.need.id) == [task])
        let resolution = TaskResolution(answers: ["action": "locked"])
        let move = TaskMove(task: task, person: "li", step: .resolved(resolution))
        let said = try rig.submit(rig.fact(.taskMoved(move), id: "resolved", from: "person:li"))
        #expect(said.isRecorded)
        let resolvedAt = rig.clock.now()
        rig.advance(by: .hours(1))
        let after = try #require(try rig.detail("SO-1", asOf: resolvedAt))
        let before = try #require(try rig.detail("SO-1", asOf: resolvedAt - 1))
        #expect(after.order.decisions.values.map(\.person) == ["li"])
        #expect(before.order.decisions.isEmpty)
        let settings = rig.settings
        #expect(after.order.healthContribution(settings: settings, now: resolvedAt).intervened)
    }

    @Test func `an order that nobody named is nil`() throws {
        let rig = EngineRig()
        try rig.start()
        let detail = try rig.detail("SO-9")
        #expect(detail == nil)
        let order = try rig.order("SO-9")
        #expect(order == nil)
    }

    @Test func `wrong orders are listed with their reasons`() throws {
        let rig = EngineRig()
        let hub = try rig.start()
        for number in 1...3 {
            for fact in OrderStory.walk(to: 1, order: "SO-\(number)").facts {
                var fact = fact
                fact.messageID = "\(number)-\(fact.messageID)"
                _ = try rig.submit(fact)
            }
        }
        rig.advance(by: .hours(6))
        let found = try rig.ask { try await hub.wrongOrders(kind: .paidNotLocked, verdict: .wrong, after: 0, limit: 2) }
        #expect(found.map(\.row.order) == ["SO-1", "SO-2"])
        #expect(found.allSatisfy { $0.finding.verdict == .wrong })
        let last = try #require(found.last)
        let rest = try rig.ask {
            try await hub.wrongOrders(kind: .paidNotLocked, verdict: .wrong, after: last.row.orderID, limit: 2)
        }
        #expect(rest.map(\.row.order) == ["SO-3"])
    }
}

struct HealthTests {
    /// Facts of random orders at random times, some in the future, told in a random order while time passes.
    @Test(arguments: 1...40 as ClosedRange<UInt64>) func `live health equals recomputed after any facts and any time`(
        seed: UInt64
    ) throws {
        let rig = EngineRig(seed: seed, options: EngineRig.options { $0.cachedOrders = seed % 2 == 0 ? 2 : 1_000 })
        try rig.start()
        var facts = FactSetGenerator.facts(seed: seed)
        var random = SplitMix64(seed: seed)
        facts = random.shuffledAndDoubled(facts)
        for fact in facts {
            if random.chance(permille: 300) { rig.advance(by: Milliseconds(random.number(in: 1...7_200)) * 1_000) }
            _ = try rig.submit(fact)
            if random.chance(permille: 30) {
                rig.stop()
                rig.advance(by: Milliseconds(random.number(in: 1...600)) * 1_000)
                try rig.start()
            }
        }
        for hours in [0, 1, 5, 30] {
            rig.advance(by: .hours(Int64(hours)) + .minutes(2))
            let live = try rig.liveHealth()
            let settings = rig.settings
            let now = rig.clock.now()
            let recomputed = try rig.read { reader in
                var figures = HealthFigures()
                try reader.scanOrders { row, events in
                    figures.add(
                        try OrderHistory(number: row.number, stored: events).order
                            .healthContribution(settings: settings, now: now))
                }
                return figures
            }
            #expect(live == recomputed, "seed \(seed), \(hours) hours on")
            try rig.expectSoundness()
        }
    }
}
