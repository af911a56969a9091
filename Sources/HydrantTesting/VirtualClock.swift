package import HydrantCore
import Synchronization

/// A clock that stands still until a test moves it. Sleepers wake in the order of their moments, and among equal
/// moments in the order in which they fell asleep.
package final class VirtualClock: HubClock {
    private struct Sleeper {
        var number: Int
        var moment: Instant
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now: Instant
        var nextNumber = 0
        var sleepers: [Sleeper] = []
        /// Sleepers that were cancelled before they fell asleep.
        var cancelledEarly: Set<Int> = []
    }

    private let state: Mutex<State>

    package init(_ now: Instant) { state = Mutex(State(now: now)) }

    package func now() -> Instant { state.withLock { $0.now } }

    /// How many tasks wait for a moment to come.
    package var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// The earliest moment that somebody waits for; nil while nobody waits.
    package var nextWakeAt: Instant? { state.withLock { $0.sleepers.map(\.moment).min() } }

    /// Returns at once when the moment has come already; throws `CancellationError` when the task is cancelled.
    package func sleep(until moment: Instant) async throws {
        let number = state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                fallAsleep(Sleeper(number: number, moment: moment, continuation: continuation))
            }
        } onCancel: {
            cancel(number)
        }
    }

    /// Moves the clock to a moment that is not before now and wakes everybody whose moment has come.
    package func advance(to moment: Instant) {
        let woken = state.withLock { state -> [Sleeper] in
            precondition(moment >= state.now, "the clock would go back from \(state.now) to \(moment)")
            state.now = moment
            let due = state.sleepers.filter { $0.moment <= moment }
            state.sleepers.removeAll { $0.moment <= moment }
            return due
        }
        for sleeper in woken.sorted(by: { ($0.moment, $0.number) < ($1.moment, $1.number) }) {
            sleeper.continuation.resume()
        }
    }

    package func advance(by length: Milliseconds) { advance(to: now() + length) }

    private func fallAsleep(_ sleeper: Sleeper) {
        let outcome = state.withLock { state -> Result<Void, any Error>? in
            if state.cancelledEarly.remove(sleeper.number) != nil { return .failure(CancellationError()) }
            if sleeper.moment <= state.now { return .success(()) }
            state.sleepers.append(sleeper)
            return nil
        }
        if let outcome { sleeper.continuation.resume(with: outcome) }
    }

    private func cancel(_ number: Int) {
        let sleeper = state.withLock { state -> Sleeper? in
            guard let index = state.sleepers.firstIndex(where: { $0.number == number }) else {
                state.cancelledEarly.insert(number)
                return nil
            }
            return state.sleepers.remove(at: index)
        }
        sleeper?.continuation.resume(throwing: CancellationError())
    }
}
