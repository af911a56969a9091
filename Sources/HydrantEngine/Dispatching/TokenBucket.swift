import HydrantConnectorKit
import HydrantCore

/// So many calls a second and not more, with a small burst: in no second do more begin than the rate says.
struct TokenBucket: Sendable {
    /// Thousandths of calls.
    private var level: Int64
    private let capacity: Int64
    /// Thousandths that come each millisecond: calls a second.
    private let rate: Int64
    private var filledAt: Instant

    /// - Parameter perSecond: at least 1.
    init(perSecond: Int64, now: Instant) {
        let perSecond = max(1, perSecond)
        let burst = max(1, perSecond / 10)
        // A burst and what comes within the second after it are together one less than a call above the rate.
        rate = perSecond + 1 - burst
        capacity = burst * 1_000
        level = capacity
        filledAt = now
    }

    private func level(_ now: Instant) -> Int64 {
        #if HYDRANT_MUTANTS
            if Mutant.unusedQuotaIsSaved.isOn { return level + rate * max(0, now - filledAt) }
        #endif
        return min(capacity, level + rate * min(max(0, now - filledAt), 86_400_000))
    }

    func room(_ now: Instant) -> Int { Int(max(0, level(now)) / 1_000) }

    /// Takes calls that begin, also ones that were made without asking: then it is owing.
    mutating func take(_ calls: Int, _ now: Instant) {
        level = level(now) - Int64(calls) * 1_000
        filledAt = now
    }

    /// When so many calls may begin; now when they may already.
    func roomAt(_ calls: Int, _ now: Instant) -> Instant {
        let missing = Int64(calls) * 1_000 - level(now)
        return missing <= 0 ? now : now + (missing + rate - 1) / rate
    }
}

/// So many calls on a day of China's calendar.
struct DayCount: Hashable, Sendable {
    let limit: Int64
    private(set) var day: Int64
    private(set) var used: Int64

    private static let zone: Milliseconds = .hours(8)
    private static let dayLength: Milliseconds = .hours(24)

    init(limit: Int64, now: Instant) {
        self.limit = limit
        day = Self.day(now)
        used = 0
    }

    private static func day(_ moment: Instant) -> Int64 { (moment.milliseconds + zone) / dayLength }

    func used(_ now: Instant) -> Int64 { Self.day(now) == day ? used : 0 }

    func room(_ now: Instant) -> Int { Int(max(0, limit - used(now))) }

    mutating func take(_ calls: Int, _ now: Instant) {
        used = used(now) + Int64(calls)
        day = Self.day(now)
    }

    /// When the next day begins.
    func renewsAt(_ now: Instant) -> Instant {
        Instant(milliseconds: (Self.day(now) + 1) * Self.dayLength - Self.zone)
    }

    /// `DAY USED`, as it is kept over a restart.
    var text: String { "\(day) \(used)" }

    /// Takes over what a process before this one had used.
    mutating func resume(_ text: String) {
        let parts = text.split(separator: " ").compactMap { Int64($0) }
        guard parts.count == 2, parts[0] == day else { return }
        used = max(used, parts[1])
    }
}
