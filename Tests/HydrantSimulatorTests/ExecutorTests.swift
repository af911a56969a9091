import HydrantCore
import HydrantSimulator
import Synchronization
import Testing

struct ExecutorTests {
    private static let begin = Instant(milliseconds: 1_000_000)

    private actor Counter {
        private(set) var log: [Int] = []
        func add(_ number: Int) { log.append(number) }
    }

    /// The order in which ten tasks got through an actor three times.
    private static func interleaving(seed: UInt64) -> [Int] {
        let executor = SeededExecutor(seed: seed, begin: begin)
        let counter = Counter()
        let log = Mutex<[Int]>([])
        executor.start {
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<10 {
                    group.addTask {
                        for _ in 0..<3 {
                            await counter.add(number)
                            try? await executor.sleep(for: 5)
                        }
                    }
                }
            }
            let entries = await counter.log
            log.withLock { $0 = entries }
        }
        executor.run()
        return log.withLock { $0 }
    }

    @Test func `one seed is one interleaving`() {
        let first = Self.interleaving(seed: 1)
        #expect(first.count == 30)
        #expect(Self.interleaving(seed: 1) == first)
        #expect(Set((1...8).map { Self.interleaving(seed: $0) }).count > 4)
    }

    @Test func `time passes only as sleepers wake`() {
        let executor = SeededExecutor(seed: 1, begin: Self.begin)
        let woken = Mutex<[Milliseconds]>([])
        for length: Milliseconds in [300, 100, 200] {
            executor.start {
                try? await executor.sleep(for: length)
                woken.withLock { $0.append(executor.now - Self.begin) }
            }
        }
        executor.advance(by: 250)
        #expect(woken.withLock { $0 } == [100, 200])
        #expect(executor.now == Self.begin + 250)
        executor.run()
        #expect(woken.withLock { $0 } == [100, 200, 300])
        #expect(executor.now == Self.begin + 300)
    }

    @Test func `a cancelled sleeper wakes at once with an error`() {
        let executor = SeededExecutor(seed: 1, begin: Self.begin)
        let outcome = Mutex("")
        let task = Task(executorPreference: executor) {
            do {
                try await executor.sleep(for: 1_000)
                outcome.withLock { $0 = "slept" }
            } catch is CancellationError {
                outcome.withLock { $0 = "cancelled at \(executor.now - Self.begin)" }
            } catch {
                outcome.withLock { $0 = "\(error)" }
            }
        }
        executor.schedule(at: Self.begin + 400) { task.cancel() }
        executor.run()
        #expect(outcome.withLock { $0 } == "cancelled at 400")
    }

    @Test func `what is on the wire is not called back`() {
        let executor = SeededExecutor(seed: 1, begin: Self.begin)
        let arrivedAt = Mutex<Milliseconds>(0)
        let task = Task(executorPreference: executor) {
            await executor.pass(1_000)
            arrivedAt.withLock { $0 = executor.now - Self.begin }
        }
        executor.schedule(at: Self.begin + 400) { task.cancel() }
        executor.run()
        #expect(arrivedAt.withLock { $0 } == 1_000)
    }

    @Test func `a clock that is wrong sleeps as long as a right one`() {
        let executor = SeededExecutor(seed: 1, begin: Self.begin)
        let clock = SimulatedClock(executor: executor)
        clock.setError(.minutes(5))
        #expect(clock.now() == Self.begin + .minutes(5))
        let wokeAt = Mutex<Milliseconds>(0)
        executor.start {
            try? await clock.sleep(until: clock.now() + 700)
            wokeAt.withLock { $0 = executor.now - Self.begin }
        }
        executor.run()
        #expect(wokeAt.withLock { $0 } == 700)
    }

    @Test func `the heap gives the earliest, and among equals the first that came`() {
        var heap = TimeHeap<Int>()
        var random = SeededRandom(seed: 4)
        var expected: [(Int64, Int)] = []
        for number in 0..<500 {
            let at = Int64(random.below(50))
            heap.push(number, at: Instant(milliseconds: at))
            expected.append((at, number))
        }
        let sorted = expected.sorted { $0 < $1 }.map(\.1)
        var taken: [Int] = []
        while let next = heap.pop() { taken.append(next.content) }
        #expect(taken == sorted)
    }

    @Test func `numbers are the same on every machine`() {
        var random = SeededRandom(seed: 42)
        #expect(
            (0..<3).map { _ in random.next() } == [
                13_679_457_532_755_275_413, 2_949_826_092_126_892_291, 5_139_283_748_462_763_858,
            ])
        var hash = RunningHash()
        hash.add("a".utf8)
        #expect(hash.value == 0xaf63_dc4c_8601_ec8c)
    }
}
