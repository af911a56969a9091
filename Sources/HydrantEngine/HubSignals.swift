import HydrantCore
import HydrantStorage
import Synchronization

/// How the committer tells the others that there is work. Nothing here waits or starts a task, so the simulator sees
/// the same order of steps on every run.
struct HubSignals: Sendable {
    let instructions = Bell()
    let lanes = LaneNotes()
    /// Orders wait for the search index.
    let search = Bell()
    /// Words were mapped.
    let words = Bell()
    /// Orders or waybills came that messages may have waited for.
    let parked = Bell()
    let changes = ChangeBoard()
    let ready = ReadyBoard()

    func changesKnown(_ changes: [(String, Instant)], timers: [OrderTimer]) {
        guard !changes.isEmpty || !timers.isEmpty else { return }
        self.changes.add(changes, timers: timers)
    }
}

/// The lanes that got work since somebody asked.
final class LaneNotes: Sendable {
    struct Notes: Sendable {
        var lanes: Set<InstructionLane> = []
        /// Every lane that is known may have work.
        var isAll = false
    }

    private let notes = Mutex(Notes())

    func note(_ lanes: Set<InstructionLane>) { notes.withLock { $0.lanes.formUnion(lanes) } }

    func noteAll() { notes.withLock { $0.isAll = true } }

    /// Returns what was noted, and forgets it.
    func take() -> Notes {
        notes.withLock { notes in
            defer { notes = Notes() }
            return notes
        }
    }
}

/// Remembers that somebody rang until the one who waits has heard it. There is one who waits.
final class Bell: Sendable {
    private struct State {
        var isRung = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func ring() {
        let waiter = state.withLock { state in
            let waiter = state.waiter
            state.waiter = nil
            state.isRung = waiter == nil
            return waiter
        }
        waiter?.resume()
    }

    /// Returns at once when the bell was rung since the last call.
    func wait() async {
        await withCheckedContinuation { continuation in
            let isRung = state.withLock { state in
                if !state.isRung { state.waiter = continuation }
                defer { state.isRung = false }
                return state.isRung
            }
            if isRung { continuation.resume() }
        }
    }
}
