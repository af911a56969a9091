package import HydrantCore
import Synchronization

/// A trial of rules on the past that a person waits for: the newest orders first, so that there is something to see
/// at once, a few at a time, so that it can be stopped, and no longer than it may take.
package final class TrialRun: Sendable {
    package struct Limits: Sendable {
        /// So many orders of the window are tried, the newest.
        package var orders: Int
        package var time: Milliseconds
        /// A trial that is watched ends when nobody has asked for so long how far it is.
        package var unwatched: Milliseconds

        package init(orders: Int = 50_000, time: Milliseconds = .minutes(1), unwatched: Milliseconds = .seconds(15)) {
            self.orders = orders
            self.time = time
            self.unwatched = unwatched
        }
    }

    /// Why it goes on no more.
    package enum End: String, CaseIterable, Sendable {
        /// Every order of the window was tried.
        case through
        /// There are more orders than it may be.
        case cut
        case stopped
        case outOfTime
    }

    package struct Progress: Sendable {
        /// Of the orders that were tried until now.
        package fileprivate(set) var found: RuleTrial
        /// So many orders of the hub were looked at, with those outside the window.
        package fileprivate(set) var looked = 0
        package fileprivate(set) var total = 0
        /// Nil while it goes on.
        package fileprivate(set) var end: End?
    }

    private struct State {
        var progress: Progress
        var isStopped = false
        var askedAt: Instant
        var failure: (any Error)?
        var isOver = false
        var waiting: [(orders: Int, go: CheckedContinuation<Void, Never>)] = []
    }

    private let past: PastOrders
    private let empty: RuleTrial
    private let limits: Limits
    private let isWatched: Bool
    private let clock: any HubClock
    private let state: Mutex<State>

    /// So many row ids are looked at in one go.
    private static let idsAtOnce: Int64 = 200

    /// - Parameters:
    ///   - watched: whether somebody asks again and again how far it is; otherwise it runs to its end.
    ///   - clock: the machine's.
    package init(
        _ trial: RuleTrial, on past: PastOrders, limits: Limits = Limits(), watched: Bool, clock: any HubClock
    ) {
        self.past = past
        empty = trial
        self.limits = limits
        isWatched = watched
        self.clock = clock
        state = Mutex(State(progress: Progress(found: trial), askedAt: clock.now()))
    }

    /// Runs it. Nothing is changed in the store, which is read in small snapshots.
    package func run() async {
        do {
            let begin = clock.now()
            let extent = try await past.extent()
            state.withLock { $0.progress.total = extent.count }
            var last = extent.last
            var tried = 0
            while last > 0 {
                if let end = early(begin, clock.now()) { return finish(end) }
                let ids = max(1, last - Self.idsAtOnce + 1)...last
                let step = try await past.take(ids, atMost: limits.orders - tried, with: empty)
                last = ids.lowerBound - 1
                tried += step.found.orders
                note(step.found, step.looked)
                if step.isCut { return finish(.cut) }
            }
            finish(.through)
        } catch {
            finish(nil, error)
        }
    }

    /// Whether it ends before every order was looked at.
    private func early(_ begin: Instant, _ now: Instant) -> End? {
        let (isStopped, looked, askedAt) = state.withLock { ($0.isStopped, $0.progress.looked, $0.askedAt) }
        if isStopped || isWatched && now - askedAt >= limits.unwatched { return .stopped }
        return looked > 0 && now - begin >= limits.time ? .outOfTime : nil
    }

    private func note(_ found: RuleTrial, _ looked: Int) {
        let ready = state.withLock { state in
            state.progress.found.add(found)
            state.progress.looked += looked
            state.progress.total = max(state.progress.total, state.progress.looked)
            let count = state.progress.looked
            defer { state.waiting.removeAll { $0.orders <= count } }
            return state.waiting.filter { $0.orders <= count }
        }
        for waiting in ready { waiting.go.resume() }
    }

    private func finish(_ end: End?, _ failure: (any Error)? = nil) {
        let ready = state.withLock { state in
            state.progress.end = end
            state.failure = failure
            state.isOver = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for waiting in ready { waiting.go.resume() }
    }

    /// Ends it after the orders that are being tried; what was found until then stays.
    package func stop() { state.withLock { $0.isStopped = true } }

    package var isOver: Bool { state.withLock { $0.isOver } }

    /// How far it is.
    ///
    /// - Throws: why it failed, when it did.
    package func progress() throws -> Progress {
        let now = clock.now()
        return try state.withLock { state in
            state.askedAt = now
            if let failure = state.failure { throw failure }
            return state.progress
        }
    }

    /// Waits until so many orders were looked at, or it is over.
    package func looked(at orders: Int = .max) async {
        await withCheckedContinuation { go in
            let isReady = state.withLock { state in
                if state.isOver || state.progress.looked >= orders { return true }
                state.waiting.append((orders, go))
                return false
            }
            if isReady { go.resume() }
        }
    }
}
