package import HydrantCore

/// How many calls to a system may be repetitions: a tenth of the first attempts of the last minute, and a few beside.
/// Each repetition is booked when the attempt before it fails, and gets the time at which it may begin; when many fail
/// at once, their repetitions are spread instead of coming back together.
struct RetryBudget: Sendable {
    /// Repetitions in a minute that are allowed however few first attempts there are.
    static let perMinute: Int64 = 30
    /// As many may be repeated at once after a quiet time.
    static let burst: Int64 = 10

    /// One repetition, in units of which ``perMinute`` come each millisecond.
    private static let one: Int64 = 60_000

    private var firsts = CallWindow(slice: .seconds(1), count: 60)
    /// Below zero, so much is booked ahead.
    private var level = burst * one
    private var countedAt: Instant?

    init() {}

    mutating func addFirst(_ now: Instant) {
        refill(now)
        firsts.add(calls: 1, at: now)
        level = min(level + Self.one / 10, capacity(now))
    }

    /// Books a repetition that makes so many calls.
    ///
    /// - Returns: when it may begin.
    mutating func book(_ calls: Int, _ now: Instant) -> Instant {
        refill(now)
        level -= Int64(calls) * Self.one
        guard level < 0 else { return now }
        return now + (-level + Self.perMinute - 1) / Self.perMinute
    }

    /// What may be repeated at once now.
    func left(_ now: Instant) -> RetriesLeft {
        var current = self
        current.refill(now)
        let missing = max(0, Self.one - current.level)
        return RetriesLeft(
            count: max(0, current.level / Self.one), most: current.capacity(now) / Self.one,
            nextAt: missing == 0 ? nil : now + (missing + Self.perMinute - 1) / Self.perMinute)
    }

    private func capacity(_ now: Instant) -> Int64 {
        Self.burst * Self.one + Int64(firsts.counts(now).calls) * Self.one / 10
    }

    private mutating func refill(_ now: Instant) {
        let passed = min(max(0, now - (countedAt ?? now)), 86_400_000)
        level = min(level + passed * Self.perMinute, capacity(now))
        countedAt = now
    }
}

/// How many calls to a system may be repetitions at a moment.
package struct RetriesLeft: Hashable, Sendable {
    package var count: Int64
    /// As many as there are after a quiet time.
    package var most: Int64
    /// When the next one may begin where none is left; nil while some are.
    package var nextAt: Instant?
}
