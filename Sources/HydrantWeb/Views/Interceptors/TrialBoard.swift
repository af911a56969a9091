package import HydrantEngine
import Synchronization

/// The trials of rules: one of each viewer, and so many altogether at a time.
package final class TrialBoard: Sendable {
    package struct Entry: Sendable {
        /// The page asks for it by this number.
        package let number: Int
        package let run: TrialRun
        let days: Int
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var numbers = 0
    }

    private let state = Mutex(State())
    private let maximum: Int

    /// - Parameter maximum: how many run at a time.
    package init(maximum: Int) { self.maximum = maximum }

    /// Begins a trial; the viewer's own that still runs is stopped first.
    ///
    /// - Returns: nil when as many run as may.
    package func begin(_ viewer: String, days: Int, _ make: () -> TrialRun) async -> Entry? {
        if let own = entry(of: viewer) {
            own.run.stop()
            await own.run.looked()
        }
        let entry = state.withLock { state -> Entry? in
            state.entries = state.entries.filter { !$0.value.run.isOver }
            guard state.entries[viewer] == nil, state.entries.count < maximum else { return nil }
            state.numbers += 1
            let entry = Entry(number: state.numbers, run: make(), days: days)
            state.entries[viewer] = entry
            return entry
        }
        if let entry { Task { await entry.run.run() } }
        return entry
    }

    package func entry(of viewer: String) -> Entry? { state.withLock { $0.entries[viewer] } }

    /// Nothing more will be asked of a trial that is over.
    package func forget(_ viewer: String, _ number: Int) {
        state.withLock { state in
            if state.entries[viewer]?.number == number { state.entries[viewer] = nil }
        }
    }
}
