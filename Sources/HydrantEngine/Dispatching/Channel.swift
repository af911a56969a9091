import HydrantConnectorKit
import HydrantCore
import HydrantStorage

/// One system as the dispatcher deals with it: its quota, its pause, and how many calls to it may be repetitions.
struct Channel: Sendable {
    let quota: ChannelQuota?
    private var bucket: TokenBucket?
    private(set) var dayCount: DayCount?
    private var pause: (from: Instant, until: Instant)?
    private var budget = RetryBudget()

    init(quota: ChannelQuota?, now: Instant) {
        self.quota = quota
        bucket = quota?.perSecond.map { TokenBucket(perSecond: $0, now: now) }
        dayCount = quota?.perDay.map { DayCount(limit: $0, now: now) }
    }

    /// The system asked to be left alone.
    mutating func pause(until moment: Instant, _ now: Instant) {
        pause = (now, max(moment, pausedUntil(now) ?? moment))
    }

    /// A clock that was set back behind the beginning of a pause has nothing to do with its end.
    private func pausedUntil(_ now: Instant) -> Instant? {
        guard let pause, now < pause.until, pause.from - now <= .minutes(1) else { return nil }
        return pause.until
    }

    /// When calls may begin again after a pause or a day that is used up; nil while they may.
    func closedUntil(_ now: Instant) -> Instant? {
        if let until = pausedUntil(now) { return until }
        if let dayCount, dayCount.room(now) == 0 { return dayCount.renewsAt(now) }
        return nil
    }

    /// When an attempt of so many calls may begin; now when it may already.
    func roomAt(_ calls: Int, _ now: Instant) -> Instant {
        closedUntil(now) ?? bucket?.roomAt(calls, now) ?? now
    }

    mutating func begin(calls: Int, isFirst: Bool, _ now: Instant) {
        if isFirst { budget.addFirst(now) }
        take(calls, now)
    }

    /// Counts calls against the quota that were not foreseen.
    mutating func take(_ calls: Int, _ now: Instant) {
        bucket?.take(calls, now)
        dayCount?.take(calls, now)
    }

    mutating func bookRetry(_ calls: Int, _ now: Instant) -> Instant { budget.book(calls, now) }

    func retriesLeft(_ now: Instant) -> RetriesLeft { budget.left(now) }

    mutating func resume(dayCount text: String) { dayCount?.resume(text) }
}

/// One operation of one system: what waits here for its turn, what is under way, and how calls went.
struct Lane: Sendable {
    /// An attempt that was let through.
    struct Pass: Sendable {
        var row: InstructionRow
        var ticket: Breaker.Ticket
        var calls: Int
        var timeLimit: Milliseconds?
    }

    /// Claimed, and not begun.
    var queue: [InstructionRow] = []
    var underWay = 0
    /// Whether the database may hold something that is due.
    var mayHaveDue = true
    var breaker = Breaker()
    private(set) var totals = CallWindow.Counts()
    /// What the page shows: five minutes.
    var recent = CallWindow(slice: .seconds(10), count: 30)
    var latency = LatencyWindow()
    /// How fast the backlog of a time of failure is worked off; nil when there is none.
    private(set) var recovery: TokenBucket?
    /// The most calls that began in ten seconds of the hour before it went down.
    private var busiest = CallWindow(slice: .seconds(10), count: 360)
    /// What that was when it went down.
    private var usual = 0

    /// Calls a second of a recovery, however quiet it was before.
    static let recoveryFloor: Int64 = 5

    func roomAt(_ now: Instant) -> Instant { recovery?.roomAt(1, now) ?? now }

    /// The row that may begin now, as far as the lane itself goes; nil when none may.
    func ready(_ now: Instant, callsPerLane: Int) -> InstructionRow? {
        guard underWay < callsPerLane, breaker.room(now) > 0, roomAt(now) <= now else { return nil }
        return queue.first
    }

    /// Begins the first of the queue, which is ``ready(_:callsPerLane:)``.
    mutating func begin(calls: Int, _ now: Instant) -> Pass {
        let row = queue.removeFirst()
        recovery?.take(1, now)
        // What a recovery sends says nothing about how busy it usually is.
        if recovery == nil { busiest.add(calls: 1, at: now) }
        if queue.isEmpty, !mayHaveDue { recovery = nil }
        underWay += 1
        return Pass(
            row: row, ticket: breaker.begin(now), calls: calls,
            timeLimit: timeLimit(now))
    }

    /// How long the next call may take by what calls took lately; nil while too few were seen.
    func timeLimit(_ now: Instant) -> Milliseconds? {
        latency.timeLimit(between: .seconds(1), and: .seconds(8), now)
    }

    mutating func end(_ ticket: Breaker.Ticket, _ outcome: Breaker.Outcome, _ now: Instant, jitter: Milliseconds) {
        let wasDown = breaker.downSince != nil
        breaker.end(ticket, outcome, now, jitter: jitter)
        if !wasDown, breaker.downSince != nil { usual = busiest.busiestCalls(now) }
        if wasDown, breaker.downSince == nil {
            // A fifth more than the busiest ten seconds, so that the return is no second storm.
            let rate = (Int64(usual) * 12 + 99) / 100
            recovery = TokenBucket(perSecond: max(Self.recoveryFloor, rate), now: now)
        }
        let failures: Int
        switch outcome {
        case .withdrawn: return
        case .answered, .paused: failures = 0
        case .failed, .locked: failures = 1
        }
        recent.add(calls: 1, failures: failures, at: now)
        totals.calls += 1
        totals.failures += failures
    }
}

extension InstructionKind {
    /// What goes first where a quota lets only a few through: 0 what an order waits for, 1 what finds out, 2 the rest.
    var urgency: Int {
        switch self {
        case .findWaybill, .queryTrace, .subscribeTrace: 1
        case .notifyCustomer, .tellReceiver: 2
        default: 0
        }
    }
}
