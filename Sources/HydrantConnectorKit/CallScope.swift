package import HydrantCore
import Synchronization

/// What surrounds the calls of one attempt: how long each may take, and how they went. The dispatcher sets it around a
/// connector; the egress client keeps to it and writes into it, so that a connector need not know of it.
package final class CallScope: Sendable {
    @TaskLocal package static var current: CallScope?

    /// How the last call ended.
    package enum LastCall: Hashable, Sendable {
        /// The system answered; `status` is HTTP's.
        case answered(status: Int)
        /// It answered that we ask too often, or that it cannot now, and named a time.
        case throttled(wait: Milliseconds)
        /// It answered in its own words that it takes nothing of this kind from us for now, whatever HTTP's status was.
        case turnedAway
        /// It answered in words that read so, and may be about the one order alone.
        case seemsTurnedAway
        /// No answer came; `wasSent` tells a time-out from a connection that there was none.
        case failed(wasSent: Bool)
    }

    private struct State {
        var calls = 0
        var last: LastCall?
    }

    /// At most so long may a call take, whatever its own limit says, in milliseconds of the machine's clock.
    package let timeLimit: Milliseconds?
    private let state = Mutex(State())

    package init(timeLimit: Milliseconds?) { self.timeLimit = timeLimit }

    package var calls: Int { state.withLock { $0.calls } }
    package var last: LastCall? { state.withLock { $0.last } }

    package func note(_ call: LastCall) {
        state.withLock { state in
            state.calls += 1
            state.last = call
        }
    }

    /// The answer that was noted last says that nothing of its kind goes through for now: too many calls, or a key or a
    /// clock that is not accepted.
    ///
    /// - Parameter isCertain: whether a code says so, and not words alone.
    package func noteTurnedAway(isCertain: Bool) {
        state.withLock { state in
            if case .answered = state.last { state.last = isCertain ? .turnedAway : .seemsTurnedAway }
        }
    }

    /// Notes an answer by its status and, where it asks to wait, its `Retry-After`.
    package func note(_ reply: HTTPReply) {
        if reply.status == 429 || reply.status == 503, let wait = reply.waitingTime {
            note(.throttled(wait: wait))
        } else {
            note(.answered(status: reply.status))
        }
    }
}

extension HTTPReply {
    /// What `Retry-After` asks for; only its form in seconds is read, and more than a day is none.
    package var waitingTime: Milliseconds? {
        guard let text = headers["retry-after"], let seconds = Int64(text), (0...86_400).contains(seconds) else {
            return nil
        }
        return .seconds(seconds)
    }
}
