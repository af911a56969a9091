package import HydrantCore

/// Lets calls of one operation of one system through, or not. Opens when most calls of the last half minute failed,
/// when several in a row did, or at once when the system says that it takes nothing from us now; then tries with one
/// call, with a few, and closes again. A value: time and jitter come from outside.
struct Breaker: Sendable {
    /// How a call that was let through ended, as far as the way to the system is concerned.
    enum Outcome: Hashable, Sendable {
        /// The system answered, whatever it said about the order.
        case answered
        /// It answered that it must be left alone for a while, in its words.
        case paused(String)
        /// No answer, or one that says that the system does not work.
        case failed(CallError.Kind, String)
        /// Nothing goes through for now, whatever the order: credentials, clock, too many calls.
        case locked(String)
        /// Nothing was sent.
        case withdrawn
    }

    private enum Phase {
        case closed
        case open(until: Instant)
        /// Trying: so many may be sent in this round, so many were, so many of them were answered.
        case trying(allowed: Int, sent: Int, answered: Int)
    }

    /// Says to which phase a call belongs: the end of a call from before a change tells nothing about after it.
    struct Ticket: Hashable, Sendable {
        fileprivate var generation: Int
    }

    static let minimumCalls = 10
    static let failuresInRowLimit = 5
    static let shortestPause: Milliseconds = .seconds(10)
    /// What is added to the shortest pause at most, drawn anew each time.
    static let pauseJitter: Milliseconds = .seconds(20)
    /// How many are sent in each round of trying.
    static let rounds = [1, 5]

    private var phase = Phase.closed
    private var generation = 0
    private var window = CallWindow(slice: .seconds(1), count: 30)
    private(set) var failuresInRow = 0
    private(set) var lastError: CallError?
    /// Since when it is not closed; nil while it is.
    private(set) var downSince: Instant?

    /// How many calls may begin now beside those under way.
    func room(_ now: Instant) -> Int {
        switch phase {
        case .closed: .max
        case .open(let until): isOver(until, now) ? Self.rounds[0] : 0
        case .trying(let allowed, let sent, _): allowed - sent
        }
    }

    /// When the next try may begin; nil while calls go through or are being tried.
    var opensAgainAt: Instant? {
        if case .open(let until) = phase { until } else { nil }
    }

    /// What it does now: once its pause is over, the next call is a try.
    func state(_ now: Instant) -> CallGateState { state == .open && room(now) > 0 ? .trying : state }

    var state: CallGateState {
        switch phase {
        case .closed: .closed
        case .open: .open
        case .trying: .trying
        }
    }

    /// A clock that was set back must not keep it open for longer than a pause.
    private func isOver(_ until: Instant, _ now: Instant) -> Bool {
        #if HYDRANT_MUTANTS
            if Mutant.breakerStaysOpen.isOn { return false }
        #endif
        return until <= now || until - now > Self.shortestPause + Self.pauseJitter
    }

    /// A call begins; ``room(_:)`` was not 0.
    mutating func begin(_ now: Instant) -> Ticket {
        if case .open(let until) = phase, isOver(until, now) {
            enter(.trying(allowed: Self.rounds[0], sent: 0, answered: 0))
        }
        if case .trying(let allowed, let sent, let answered) = phase {
            phase = .trying(allowed: allowed, sent: sent + 1, answered: answered)
        }
        return Ticket(generation: generation)
    }

    /// - Parameter jitter: from 0 up to ``pauseJitter``.
    mutating func end(_ ticket: Ticket, _ outcome: Outcome, _ now: Instant, jitter: Milliseconds) {
        switch outcome {
        case .answered, .withdrawn: break
        case .failed(let kind, let detail): lastError = CallError(kind: kind, detail: detail, at: now)
        case .paused(let detail): lastError = CallError(kind: .error, detail: detail, at: now)
        case .locked(let detail): lastError = CallError(kind: .error, detail: detail, at: now, isForEveryOrder: true)
        }
        guard ticket.generation == generation else { return }
        switch (phase, outcome) {
        case (.open, _): break
        case (.closed, .withdrawn): break
        case (.trying(let allowed, let sent, let answered), .withdrawn):
            phase = .trying(allowed: allowed, sent: sent - 1, answered: answered)
        case (.closed, .answered), (.closed, .paused):
            failuresInRow = 0
            window.add(calls: 1, at: now)
        case (.trying(let allowed, let sent, let answered), .answered),
            (.trying(let allowed, let sent, let answered), .paused):
            tryFurther(allowed, sent, answered + 1)
        case (.trying, .failed), (.trying, .locked):
            failuresInRow += 1
            open(now, jitter)
        case (.closed, .failed):
            failuresInRow += 1
            window.add(calls: 1, failures: 1, at: now)
            if isTooBad(now) { open(now, jitter) }
        case (.closed, .locked):
            failuresInRow += 1
            open(now, jitter)
        }
    }

    private func isTooBad(_ now: Instant) -> Bool {
        let counts = window.counts(now)
        return failuresInRow >= Self.failuresInRowLimit
            || (counts.calls >= Self.minimumCalls && counts.failures * 2 >= counts.calls)
    }

    private mutating func tryFurther(_ allowed: Int, _ sent: Int, _ answered: Int) {
        guard answered >= allowed else {
            phase = .trying(allowed: allowed, sent: sent, answered: answered)
            return
        }
        if let next = Self.rounds.first(where: { $0 > allowed }) {
            enter(.trying(allowed: next, sent: 0, answered: 0))
        } else {
            enter(.closed)
            downSince = nil
            failuresInRow = 0
            window.clear()
        }
    }

    private mutating func open(_ now: Instant, _ jitter: Milliseconds) {
        downSince = downSince ?? now
        enter(.open(until: now + Self.shortestPause + min(max(0, jitter), Self.pauseJitter)))
    }

    private mutating func enter(_ next: Phase) {
        phase = next
        generation += 1
    }
}

/// Why a call failed, in words, and when.
package struct CallError: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// It was sent, and no answer came.
        case noAnswer
        /// No connection.
        case unreachable
        /// The system said that something is wrong with it, or with us.
        case error
    }

    package var kind: Kind
    package var detail: String
    package var at: Instant
    /// The system said that nothing goes through for now, so that one such answer is enough.
    package var isForEveryOrder = false
}

/// What a breaker does with calls.
package enum CallGateState: String, CaseIterable, Sendable {
    /// Everything goes through.
    case closed
    /// Nothing goes through.
    case open
    /// A few go through, to see whether the system is back.
    case trying
}
