package import HydrantCore
import Synchronization

/// Runs every task of a simulation on the thread that calls ``run()``, on virtual time. Which of the ready jobs runs
/// next is drawn by the seed, so one seed is one interleaving, and the same one on every machine.
///
/// Tasks have to be made with `Task(executorPreference:)`; their child tasks and the default actors they call follow.
package final class SeededExecutor: TaskExecutor, Sendable {
    private enum Due {
        /// Wakes a sleeper, unless it was cancelled meanwhile.
        case wake(UInt64)
        case call(@Sendable () -> Void)
    }

    private enum Move {
        case run(UnownedJob)
        case call(@Sendable () -> Void)
        case wake(CheckedContinuation<Void, any Error>)
        case nothing
    }

    private struct State {
        var ready: [UnownedJob] = []
        var due = TimeHeap<Due>()
        var sleepers: [UInt64: CheckedContinuation<Void, any Error>] = [:]
        var cancelled: Set<UInt64> = []
        var lastSleeper: UInt64 = 0
        var now: Instant
        var random: SeededRandom
        var steps = 0
        var interruption: (step: Int, call: @Sendable () -> Void)?
    }

    private let state: Mutex<State>

    package init(seed: UInt64, begin: Instant) {
        state = Mutex(State(now: begin, random: SeededRandom(seed: seed, stream: 1)))
    }

    package var now: Instant { state.withLock { $0.now } }

    /// Jobs run so far.
    package var steps: Int { state.withLock { $0.steps } }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.ready.append(job) }
    }

    /// Calls the body at a moment, between two jobs.
    package func schedule(at moment: Instant, _ body: @Sendable @escaping () -> Void) {
        state.withLock { $0.due.push(.call(body), at: max(moment, $0.now)) }
    }

    /// Calls the body between two jobs, after so many more of them: in the midst of whatever goes on then.
    package func interrupt(afterSteps count: Int, _ body: @Sendable @escaping () -> Void) {
        state.withLock { $0.interruption = ($0.steps + max(1, count), body) }
    }

    /// Waits for a length of virtual time.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    package func sleep(for length: Milliseconds) async throws {
        let id = state.withLock { state in
            state.lastSleeper += 1
            return state.lastSleeper
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = state.withLock { state in
                    guard state.cancelled.remove(id) == nil else { return true }
                    state.sleepers[id] = continuation
                    state.due.push(.wake(id), at: state.now + max(0, length))
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                let sleeper = state.sleepers.removeValue(forKey: id)
                if sleeper == nil { state.cancelled.insert(id) }
                return sleeper
            }
            sleeper?.resume(throwing: CancellationError())
        }
    }

    /// Waits for a length of virtual time, whatever becomes of the task: what is on the wire is not called back.
    package func pass(_ length: Milliseconds) async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            schedule(at: now + max(0, length)) { continuation.resume() }
        }
    }

    /// Starts a task here.
    package func start(_ body: @Sendable @escaping () async -> Void) {
        _ = Task(executorPreference: self) { await body() }
    }

    /// Runs until no job is ready and nothing is due any more.
    package func run() { while step(until: nil) {} }

    /// Runs until the answer is yes, or nothing is left to run.
    package func run(until isDone: () -> Bool) { while !isDone(), step(until: nil) {} }

    /// Runs everything that is due within a length of time; afterwards so much time has passed.
    package func advance(by length: Milliseconds) {
        let end = now + length
        while step(until: end) {}
        state.withLock { $0.now = max($0.now, end) }
    }

    /// - Returns: whether there was something to do.
    private func step(until end: Instant?) -> Bool {
        if let call = takeInterruption() { call() }
        switch takeMove(until: end) {
        case .run(let job): job.runSynchronously(on: asUnownedTaskExecutor())
        case .call(let body): body()
        case .wake(let continuation): continuation.resume()
        case .nothing: return false
        }
        return true
    }

    private func takeInterruption() -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard let interruption = state.interruption, state.steps >= interruption.step else { return nil }
            state.interruption = nil
            return interruption.call
        }
    }

    private func takeMove(until end: Instant?) -> Move {
        state.withLock { state in
            if !state.ready.isEmpty {
                state.steps += 1
                let index = state.ready.count == 1 ? 0 : state.random.below(state.ready.count)
                state.ready.swapAt(index, state.ready.count - 1)
                return .run(state.ready.removeLast())
            }
            while let next = state.due.nextAt, end.map({ next <= $0 }) ?? true, let (at, due) = state.due.pop() {
                state.now = max(state.now, at)
                switch due {
                case .call(let body): return .call(body)
                case .wake(let id):
                    if let sleeper = state.sleepers.removeValue(forKey: id) { return .wake(sleeper) }
                }
            }
            return .nothing
        }
    }
}

/// The hub's clock in a simulation: virtual time and an error that the simulation can change, as on a machine whose
/// clock is set.
package final class SimulatedClock: HubClock {
    private let executor: SeededExecutor
    private let error: Mutex<Milliseconds>

    package init(executor: SeededExecutor) {
        self.executor = executor
        error = Mutex(0)
    }

    package func now() -> Instant { executor.now + error.withLock { $0 } }

    package func sleep(until moment: Instant) async throws { try await executor.sleep(for: moment - now()) }

    /// How far the clock is ahead of the world's time; negative when it is behind.
    package func setError(_ length: Milliseconds) { error.withLock { $0 = length } }
}
