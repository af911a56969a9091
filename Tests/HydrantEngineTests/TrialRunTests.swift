import HydrantCore
import HydrantEngine
import HydrantSimulator
import HydrantStorage
import Testing

/// A rule that is tried on the past while a person waits.
struct TrialRunTests {
    private static let rule = Rule(
        id: "large", version: 1, stage: .on, name: Text(chinese: "大额", english: "Large"), when: [.orderPlaced],
        condition: .test(RuleTest(.payable, .more, 500_000)),
        actions: [
            .hold(HoldAction(reason: Text(chinese: "大额", english: "Large"), owner: "owner", exits: [.person]))
        ])

    private static let window = EngineRig.begin..<EngineRig.begin + .hours(24)

    /// A store with so many orders; of three each the last is large.
    private static func filled(_ count: Int) throws -> EngineRig {
        let rig = EngineRig()
        try rig.start()
        let facts = (0..<count).map { index in
            let minor: Int64 = index % 3 == 2 ? 600_000 : 400_000
            let header = OrderHeader(payableMinor: minor, lines: [Line(id: "1", sku: "A", priceMinor: minor)])
            return rig.fact(.orderPlaced(header), order: "SO-\(index)", id: "\(index)")
        }
        for begin in stride(from: 0, to: count, by: 100) {
            _ = try rig.submit(Array(facts[begin..<min(count, begin + 100)]))
        }
        return rig
    }

    private static func run(
        _ rig: EngineRig, _ window: Range<Instant> = window, limits: TrialRun.Limits = TrialRun.Limits(),
        watched: Bool = false
    ) -> TrialRun {
        TrialRun(
            RuleTrial([rule], settings: Settings(), window: window), on: PastOrders(store: rig.memory), limits: limits,
            watched: watched, clock: rig.clock)
    }

    private static func ended(_ run: TrialRun, _ rig: EngineRig) throws -> TrialRun.Progress {
        try rig.ask {
            await run.run()
            await run.looked()
            return try run.progress()
        }
    }

    @Test func `a trial that runs through finds what one look at everything finds`() throws {
        let rig = try Self.filled(450)
        let memory = rig.memory
        let whole = try rig.ask {
            try await PastOrders(store: memory).trial(of: [Self.rule], settings: Settings(), window: Self.window)
        }
        let progress = try Self.ended(Self.run(rig), rig)
        #expect(progress.end == .through && progress.looked == 450 && progress.total == 450)
        #expect(progress.found.orders == whole.orders && progress.found.events == whole.events)
        #expect(whole.held == 150)
        #expect(progress.found.verdicts.count == whole.verdicts.count)
        #expect(Set(progress.found.verdicts) == Set(whole.verdicts))
    }

    @Test func `no more orders of the window are tried than may be, the newest`() throws {
        let rig = try Self.filled(3)
        rig.advance(by: .hours(2))
        let begin = rig.clock.now()
        for number in ["SO-A", "SO-B", "SO-C"] {
            let header = OrderHeader(payableMinor: 600_000, lines: [Line(id: "1", sku: "A", priceMinor: 600_000)])
            _ = try rig.submit(rig.fact(.orderPlaced(header), order: number, id: number))
        }
        let window = begin..<begin + .hours(1)
        let cut = try Self.ended(Self.run(rig, window, limits: TrialRun.Limits(orders: 2)), rig)
        #expect(cut.end == .cut && cut.found.orders == 2)
        #expect(Set(cut.found.verdicts.map(\.order)) == ["SO-B", "SO-C"])
        let exact = try Self.ended(Self.run(rig, window, limits: TrialRun.Limits(orders: 3)), rig)
        #expect(exact.end == .through && exact.found.orders == 3 && exact.looked == 6)
    }

    @Test func `a trial that was stopped or had no time keeps what was found until then`() throws {
        let rig = try Self.filled(450)
        let late = try Self.ended(Self.run(rig, limits: TrialRun.Limits(time: 0)), rig)
        #expect(late.end == .outOfTime && late.looked == 200 && late.total == 450)
        #expect(late.found.orders == 200)
        #expect(late.found.verdicts.contains { $0.order == "SO-449" })
        let stopped = Self.run(rig)
        stopped.stop()
        #expect(!stopped.isOver)
        #expect(try Self.ended(stopped, rig).end == .stopped)
        #expect(stopped.isOver)
    }

    @Test func `a trial that nobody watches any more ends, one that a request waits for goes on`() throws {
        let rig = try Self.filled(3)
        let limits = TrialRun.Limits(unwatched: 0)
        #expect(try Self.ended(Self.run(rig, limits: limits, watched: true), rig).end == .stopped)
        #expect(try Self.ended(Self.run(rig, limits: limits), rig).end == .through)
    }

    @Test func `an empty store has nothing to try, a broken one says so`() async throws {
        let rig = try Self.filled(0)
        let empty = try Self.ended(Self.run(rig), rig)
        #expect(empty.end == .through && empty.total == 0 && empty.found.orders == 0)
        let store = InMemoryStore()
        try await store.close()
        let run = TrialRun(
            RuleTrial([Self.rule], settings: Settings(), window: Self.window), on: PastOrders(store: store),
            watched: false, clock: rig.clock)
        await run.run()
        await run.looked()
        #expect(run.isOver)
        #expect(throws: StoreFailure.self) { try run.progress() }
    }
}
