import HydrantConnectorKit
import HydrantCore
import HydrantTesting
import Testing

@testable import HydrantEngine

struct QuotaTests {
    private static let begin = Instant(milliseconds: 1_794_355_200_000)

    /// When calls begin that are made as soon as the bucket lets them.
    private static func starts(perSecond: Int64, during length: Milliseconds) -> [Instant] {
        var bucket = TokenBucket(perSecond: perSecond, now: begin)
        var starts: [Instant] = []
        var now = begin
        while now < begin + length {
            while bucket.room(now) > 0 {
                bucket.take(1, now)
                starts.append(now)
            }
            now = bucket.roomAt(1, now)
        }
        return starts
    }

    @Test(arguments: [1, 2, 3, 7, 10, 30, 100, 999] as [Int64])
    func `in no second do more calls begin than the rate, and on the average nearly as many`(rate: Int64) {
        let starts = Self.starts(perSecond: rate, during: .minutes(1))
        var first = 0
        for (index, start) in starts.enumerated() {
            while starts[first] <= start - 1_000 { first += 1 }
            #expect(index - first + 1 <= Int(rate))
        }
        #expect(Double(starts.count) >= 0.88 * Double(rate) * 60)
    }

    @Test func `calls that nobody asked for are owed`() {
        var bucket = TokenBucket(perSecond: 10, now: Self.begin)
        bucket.take(6, Self.begin)
        #expect(bucket.room(Self.begin) == 0)
        #expect(bucket.roomAt(1, Self.begin) == Self.begin + 600)
        #expect(bucket.room(Self.begin + 599) == 0)
        #expect(bucket.room(Self.begin + 600) == 1)
    }

    @Test func `a bucket fills to its brim, also while its clock goes back`() {
        var bucket = TokenBucket(perSecond: 100, now: Self.begin)
        bucket.take(10, Self.begin)
        #expect(bucket.room(Self.begin - .hours(3)) == 0)
        bucket.take(0, Self.begin - .hours(3))
        #expect(bucket.room(Self.begin - .hours(3) + .seconds(1)) == 10)
        #expect(bucket.room(Self.begin + .hours(24 * 400)) == 10)
    }

    @Test func `a pause is kept for hours, also while the clock is put right, and not when it is set back`() {
        var channel = Channel(quota: nil, now: Self.begin)
        channel.pause(until: Self.begin + .hours(2), Self.begin)
        channel.pause(until: Self.begin + .minutes(5), Self.begin + 1)
        #expect(channel.closedUntil(Self.begin + .minutes(90)) == Self.begin + .hours(2))
        #expect(channel.closedUntil(Self.begin - .seconds(30)) == Self.begin + .hours(2))
        #expect(channel.closedUntil(Self.begin + .hours(2)) == nil)
        // The clock was an hour ahead: the pause began in a future that is none any more.
        let past = Self.begin - .hours(1)
        #expect(channel.closedUntil(past) == nil)
        channel.pause(until: past + .minutes(1), past)
        #expect(channel.closedUntil(past) == past + .minutes(1))
    }

    @Test func `a day's quota is renewed at midnight in China`() throws {
        let evening = try #require(Instant(text: "2026-11-11T23:59:00+08:00"))
        var count = DayCount(limit: 3, now: evening)
        count.take(2, evening)
        #expect(count.room(evening) == 1)
        count.take(2, evening)
        #expect(count.room(evening) == 0)
        #expect(count.renewsAt(evening) == evening + .minutes(1))
        #expect(count.room(evening + .minutes(1)) == 3)
        count.take(1, evening + .minutes(1))
        #expect(count.used(evening + .minutes(1)) == 1)
    }

    @Test func `a day's count outlives the process, and no longer than the day`() throws {
        let now = try #require(Instant(text: "2026-11-11T12:00:00+08:00"))
        var before = DayCount(limit: 9, now: now)
        before.take(5, now)
        var same = DayCount(limit: 9, now: now + .hours(1))
        same.resume(before.text)
        #expect(same.room(now + .hours(1)) == 4)
        var next = DayCount(limit: 9, now: now + .hours(13))
        next.resume(before.text)
        #expect(next.room(now + .hours(13)) == 9)
        next.resume("not a count")
        #expect(next.room(now + .hours(13)) == 9)
    }

    @Test func `quotas come from the options that every system has`() throws {
        func settings(_ options: [String: String]) -> ConnectorSettings {
            ConnectorSettings(system: "zto", kind: "zto", baseURL: "https://zto.test", options: options)
        }
        #expect(try ChannelQuota(settings([:])) == nil)
        #expect(try ChannelQuota(settings(["requestsPerSecond": "20"])) == ChannelQuota(perSecond: 20))
        let both = settings(["requestsPerSecond": "20", "requestsPerDay": "50000"])
        #expect(try ChannelQuota(both) == ChannelQuota(perSecond: 20, perDay: 50_000))
        for text in ["0", "-1", "many", "1.5"] {
            #expect(throws: ConnectorSettingsProblem.self) { try ChannelQuota(settings(["requestsPerDay": text])) }
        }
    }

    // MARK: - Repetitions

    /// Every call fails and books its repetition; all repetitions fail too.
    @Test(arguments: [1, 10, 60] as [Int]) func `repetitions are a tenth of the first attempts and a few beside`(
        perSecond: Int
    ) {
        var budget = RetryBudget()
        var booked: [Instant] = []
        let seconds = 600
        for second in 0..<seconds {
            for _ in 0..<perSecond {
                let now = Self.begin + .seconds(Int64(second))
                budget.addFirst(now)
                booked.append(budget.book(1, now))
            }
        }
        let end = Self.begin + .seconds(Int64(seconds))
        let begun = booked.filter { $0 < end }.count
        let firsts = perSecond * seconds
        #expect(begun <= firsts / 10 + Int(RetryBudget.perMinute) * seconds / 60 + Int(RetryBudget.burst) + 1)
        #expect(zip(booked, booked.dropFirst()).allSatisfy { $0 <= $1 + 2_000 })
    }

    @Test func `a few repetitions after a quiet time begin at once`() {
        var budget = RetryBudget()
        let now = Self.begin + .hours(1)
        let booked = (1...11).map { _ in budget.book(1, now) }
        #expect(booked.prefix(10).allSatisfy { $0 == now })
        #expect(booked[10] == now + .seconds(2))
    }

    @Test func `first attempts of more than a minute ago allow no repetitions any more`() {
        var budget = RetryBudget()
        for _ in 0..<1_000 { budget.addFirst(Self.begin) }
        let soon = (1...110).map { _ in budget.book(1, Self.begin + 1) }
        #expect(soon.allSatisfy { $0 == Self.begin + 1 })
        var late = RetryBudget()
        for _ in 0..<1_000 { late.addFirst(Self.begin) }
        let now = Self.begin + .minutes(2)
        #expect((1...11).map { _ in late.book(1, now) }.last == now + .seconds(2))
    }

    @Test func `asking and telling again are two calls`() {
        var budget = RetryBudget()
        for _ in 1...5 { #expect(budget.book(2, Self.begin) == Self.begin) }
        #expect(budget.book(2, Self.begin) == Self.begin + .seconds(4))
    }

    @Test func `what is left of repetitions is what may begin at once, and when the next may`() {
        var budget = RetryBudget()
        let now = Self.begin
        #expect(budget.left(now) == RetriesLeft(count: 10, most: 10, nextAt: nil))
        for count in (0..<10).reversed() {
            #expect(budget.book(1, now) == now)
            #expect(budget.left(now).count == Int64(count))
        }
        #expect(budget.left(now).nextAt == now + .seconds(2))
        #expect(budget.left(now + .seconds(2)) == RetriesLeft(count: 1, most: 10, nextAt: nil))
        var busy = RetryBudget()
        for _ in 0..<100 { busy.addFirst(now) }
        #expect(busy.left(now) == RetriesLeft(count: 20, most: 20, nextAt: nil))
        #expect(busy.left(now + .hours(1)) == RetriesLeft(count: 10, most: 10, nextAt: nil))
        // To look changes nothing.
        #expect(busy.left(now).count == 20)
    }

    // MARK: - Windows

    @Test func `a window counts what lies in it and forgets the rest`() {
        var window = CallWindow(slice: .seconds(10), count: 6)
        window.add(calls: 2, failures: 1, at: Self.begin)
        window.add(calls: 3, at: Self.begin + .seconds(30))
        #expect(window.counts(Self.begin + .seconds(30)) == CallWindow.Counts(calls: 5, failures: 1))
        #expect(window.counts(Self.begin + .seconds(59)) == CallWindow.Counts(calls: 5, failures: 1))
        #expect(window.counts(Self.begin + .seconds(60)) == CallWindow.Counts(calls: 3, failures: 0))
        #expect(window.counts(Self.begin + .hours(1)) == CallWindow.Counts())
        #expect(window.busiestCalls(Self.begin + .seconds(59)) == 3)
        // The same slice of a later round begins at nothing.
        window.add(calls: 1, at: Self.begin + .seconds(60))
        #expect(window.counts(Self.begin + .seconds(60)) == CallWindow.Counts(calls: 4, failures: 0))
    }

    @Test func `quantiles are right to a fifth`() {
        var window = LatencyWindow()
        #expect(window.quantile(permille: 500, Self.begin) == nil)
        for length in 1...1_000 { window.add(Milliseconds(length), at: Self.begin) }
        for (permille, truth) in [(500, 500), (990, 990), (999, 999), (1, 1)] as [(Int64, Int64)] {
            let found = window.quantile(permille: permille, Self.begin) ?? 0
            #expect(found >= truth && found <= truth * 6 / 5 + 1)
        }
        #expect(window.count(Self.begin + .minutes(4)) == 1_000)
        #expect(window.count(Self.begin + .minutes(5)) == 0)
    }

    @Test func `the time limit follows what was measured, between its bounds`() {
        var window = LatencyWindow()
        for _ in 0..<199 { window.add(100, at: Self.begin) }
        #expect(window.timeLimit(between: 1_000, and: 8_000, Self.begin) == nil)
        window.add(100, at: Self.begin)
        #expect(window.timeLimit(between: 1_000, and: 8_000, Self.begin) == 1_000)
        for _ in 0..<10 { window.add(3_000, at: Self.begin) }
        let limit = window.timeLimit(between: 1_000, and: 8_000, Self.begin) ?? 0
        #expect(limit >= 4_500 && limit <= 5_400)
        for _ in 0..<10 { window.add(60_000, at: Self.begin) }
        #expect(window.timeLimit(between: 1_000, and: 8_000, Self.begin) == 8_000)
    }
}
