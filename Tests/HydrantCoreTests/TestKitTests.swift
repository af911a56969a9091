import HydrantCore
import HydrantTesting
import Testing

/// The test kit itself.
@Suite struct TestKitTests {
    @Test func `the generator gives the numbers of its published algorithm`() {
        var random = SplitMix64(seed: 1_234_567)
        #expect(
            (0..<5).map { _ in random.next() } == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ])
    }

    @Test func `shuffling keeps every element, doubling gives each a second time`() {
        var random = SplitMix64(seed: 1)
        #expect(random.shuffled(Array(0..<50)).sorted() == Array(0..<50))
        #expect(random.shuffled(Array(0..<50)) != Array(0..<50))
        #expect(random.shuffledAndDoubled([1, 2, 3]).sorted() == [1, 1, 2, 2, 3, 3])
        #expect(Set((0..<200).map { _ in random.number(in: -1...1) }) == [-1, 0, 1])
        #expect(random.shuffled([Int]()).isEmpty)
    }

    @Test(arguments: 0...7) func `one call brings an order to any state`(state: Int) throws {
        let order = try Scenario.standard(at: state).order
        #expect(order.state == state)
        #expect(
            order.findings(settings: Settings(), now: OrderStory.standardBegin + .minutes(Int64(state) * 10))
                .allSatisfy { $0.verdict == .late })
    }

    @Test func `a virtual clock wakes sleepers in the order of their moments`() async throws {
        let clock = VirtualClock(Instant(milliseconds: 0))
        let (woken, report) = AsyncStream.makeStream(of: Int64.self)
        let sleepers = [30, 10, 20].map { (moment: Int64) in
            Task {
                try await clock.sleep(until: Instant(milliseconds: moment))
                report.yield(moment)
            }
        }
        while clock.sleeperCount < 3 { await Task.yield() }
        #expect(clock.nextWakeAt == Instant(milliseconds: 10))
        var order: [Int64] = []
        var iterator = woken.makeAsyncIterator()
        for moment in [10, 20, 30] as [Int64] {
            clock.advance(to: Instant(milliseconds: moment))
            order.append(await iterator.next() ?? -1)
        }
        #expect(order == [10, 20, 30])
        #expect(clock.now() == Instant(milliseconds: 30) && clock.sleeperCount == 0 && clock.nextWakeAt == nil)
        for sleeper in sleepers { try await sleeper.value }
        try await clock.sleep(until: Instant(milliseconds: 30))
        clock.advance(by: 5)
        #expect(clock.now() == Instant(milliseconds: 35))
    }

    @Test func `a cancelled sleeper wakes with an error`() async {
        let clock = VirtualClock(Instant(milliseconds: 0))
        let sleeper = Task { try await clock.sleep(until: Instant(milliseconds: 5)) }
        while clock.sleeperCount == 0 { await Task.yield() }
        sleeper.cancel()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
        #expect(clock.sleeperCount == 0)
        let late = Task {
            while !Task.isCancelled { await Task.yield() }
            try await clock.sleep(until: Instant(milliseconds: 5))
        }
        late.cancel()
        await #expect(throws: CancellationError.self) { try await late.value }
    }
}
