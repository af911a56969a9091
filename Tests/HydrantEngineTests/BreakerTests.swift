import HydrantCore
import HydrantTesting
import Testing

@testable import HydrantEngine

struct BreakerTests {
    private static let begin = Instant(milliseconds: 1_794_355_200_000)
    private static let failed = Breaker.Outcome.failed(.noAnswer, "no reply in time")

    /// One call that begins and ends at once.
    private static func call(
        _ breaker: inout Breaker, _ outcome: Breaker.Outcome, _ now: Instant, jitter: Milliseconds = 0
    ) {
        let ticket = breaker.begin(now)
        breaker.end(ticket, outcome, now, jitter: jitter)
    }

    /// Open since a moment, by five failures in a row.
    private static func opened(_ now: Instant = begin, jitter: Milliseconds = 0) -> Breaker {
        var breaker = Breaker()
        for _ in 1...5 { call(&breaker, failed, now, jitter: jitter) }
        return breaker
    }

    @Test func `five failures in a row open it, four do not, and an answer between them begins the count anew`() {
        var breaker = Breaker()
        for _ in 1...4 { Self.call(&breaker, Self.failed, Self.begin) }
        #expect(breaker.state == .closed)
        Self.call(&breaker, .answered, Self.begin)
        for _ in 1...4 { Self.call(&breaker, Self.failed, Self.begin) }
        // Eight of nine calls failed: too many, but too few calls to judge by their share.
        #expect(breaker.state == .closed)
        #expect(breaker.room(Self.begin) == .max)
        Self.call(&breaker, Self.failed, Self.begin + 1)
        #expect(breaker.state == .open)
        #expect(breaker.downSince == Self.begin + 1)
        #expect(breaker.lastError == CallError(kind: .noAnswer, detail: "no reply in time", at: Self.begin + 1))
    }

    @Test func `half of at least ten calls within half a minute opens it, less does not`() {
        var mild = Breaker()
        for index in 0..<100 {
            Self.call(&mild, index % 5 > 2 ? Self.failed : .answered, Self.begin + Milliseconds(index * 100))
        }
        #expect(mild.state == .closed)
        var bad = Breaker()
        for index in 0..<9 {
            Self.call(&bad, index % 2 == 0 ? Self.failed : .answered, Self.begin + Milliseconds(index * 100))
        }
        #expect(bad.state == .closed)
        Self.call(&bad, Self.failed, Self.begin + 1_000)
        #expect(bad.state == .open)
    }

    @Test func `what failed more than half a minute ago does not count`() {
        var breaker = Breaker()
        for _ in 0..<4 { Self.call(&breaker, Self.failed, Self.begin) }
        Self.call(&breaker, .answered, Self.begin)
        for index in 0..<6 {
            Self.call(&breaker, index % 2 == 0 ? Self.failed : .answered, Self.begin + .seconds(31))
        }
        #expect(breaker.state == .closed)
    }

    @Test func `credentials that are not accepted open it at once`() {
        var breaker = Breaker()
        Self.call(&breaker, .locked("the key is not known"), Self.begin)
        #expect(breaker.state == .open)
        #expect(breaker.lastError?.kind == .error)
        #expect(breaker.lastError?.isForEveryOrder == true)
    }

    @Test(arguments: [0, 7_000, 20_000, 99_000] as [Milliseconds])
    func `it stays open for ten to thirty seconds, as the jitter says`(jitter: Milliseconds) {
        let breaker = Self.opened(jitter: jitter)
        let pause = 10_000 + min(jitter, 20_000)
        #expect(breaker.room(Self.begin + pause - 1) == 0)
        #expect(breaker.room(Self.begin + pause) == 1)
        #expect(breaker.opensAgainAt == Self.begin + pause)
    }

    @Test func `after the pause one is tried, then five, and then everything goes through`() {
        var breaker = Self.opened()
        let now = Self.begin + .seconds(10)
        let first = breaker.begin(now)
        #expect(breaker.state == .trying)
        #expect(breaker.room(now) == 0)
        breaker.end(first, .answered, now, jitter: 0)
        #expect(breaker.room(now) == 5)
        let tickets = (1...5).map { _ in breaker.begin(now) }
        #expect(breaker.room(now) == 0)
        for ticket in tickets.dropLast() { breaker.end(ticket, .answered, now, jitter: 0) }
        #expect(breaker.state == .trying)
        #expect(breaker.downSince == Self.begin)
        breaker.end(tickets[4], .answered, now, jitter: 0)
        #expect(breaker.state == .closed)
        #expect(breaker.downSince == nil)
        #expect(breaker.failuresInRow == 0)
        // The failures of before are forgotten: four more do not open it.
        for _ in 1...4 { Self.call(&breaker, Self.failed, now) }
        #expect(breaker.state == .closed)
    }

    @Test(arguments: [0, 1, 3]) func `a try that fails opens it again, in each round`(answered: Int) {
        var breaker = Self.opened()
        let now = Self.begin + .seconds(10)
        for _ in 0..<answered { Self.call(&breaker, .answered, now) }
        Self.call(&breaker, Self.failed, now, jitter: 5_000)
        #expect(breaker.state == .open)
        #expect(breaker.opensAgainAt == now + 15_000)
        // It has been down since the first time.
        #expect(breaker.downSince == Self.begin)
    }

    @Test func `the end of a call from before it opened is no try`() {
        var breaker = Breaker()
        let early = breaker.begin(Self.begin)
        let other = breaker.begin(Self.begin)
        for _ in 1...5 { Self.call(&breaker, Self.failed, Self.begin) }
        breaker.end(early, .answered, Self.begin + 5, jitter: 0)
        #expect(breaker.state == .open)
        let now = Self.begin + .seconds(10)
        let probe = breaker.begin(now)
        breaker.end(other, Self.failed, now, jitter: 0)
        #expect(breaker.state == .trying)
        breaker.end(probe, .answered, now, jitter: 0)
        #expect(breaker.room(now) == 5)
    }

    @Test func `a try that was never sent frees its place`() {
        var breaker = Self.opened()
        let now = Self.begin + .seconds(10)
        let probe = breaker.begin(now)
        breaker.end(probe, .withdrawn, now, jitter: 0)
        #expect(breaker.state == .trying)
        #expect(breaker.room(now) == 1)
    }

    @Test func `a clock that is set back keeps it open no longer than a pause`() {
        let breaker = Self.opened(Self.begin, jitter: 20_000)
        #expect(breaker.room(Self.begin - .hours(1)) == 1)
    }

    @Test func `whatever happens, it is never open for good and never lets more through than it may`() {
        var generator = SplitMix64(seed: 5)
        for _ in 0..<300 {
            var breaker = Breaker()
            var now = Self.begin
            var tickets: [Breaker.Ticket] = []
            // How many were sent in each round of trying; those of one round have the same ticket.
            var tries: [Breaker.Ticket: Int] = [:]
            for _ in 0..<200 {
                now = now + Milliseconds(generator.next() % 3_000)
                if generator.next() % 2 == 0, breaker.room(now) > 0 {
                    let ticket = breaker.begin(now)
                    tickets.append(ticket)
                    if breaker.state == .trying { tries[ticket, default: 0] += 1 }
                } else if !tickets.isEmpty {
                    let ticket = tickets.remove(at: Int(generator.next() % UInt64(tickets.count)))
                    let outcomes = [Breaker.Outcome.answered, Self.failed, Self.failed, .withdrawn, .locked("x")]
                    let jitter = Milliseconds(generator.next() % 20_001)
                    let outcome = outcomes[Int(generator.next() % 5)]
                    if outcome == .withdrawn, tries[ticket] != nil { tries[ticket, default: 0] -= 1 }
                    breaker.end(ticket, outcome, now, jitter: jitter)
                }
                #expect(tries.values.allSatisfy { $0 <= Breaker.rounds[1] })
                #expect((breaker.state == .closed) == (breaker.downSince == nil))
                if breaker.state != .closed { #expect(breaker.room(now) <= 5) }
                if let at = breaker.opensAgainAt { #expect(at - now <= 30_000) }
            }
            for ticket in tickets { breaker.end(ticket, .withdrawn, now, jitter: 0) }
            // Whatever state it is left in, good calls close it again.
            for _ in 0..<7 {
                now = now + .seconds(31)
                Self.call(&breaker, .answered, now)
            }
            #expect(breaker.state == .closed)
        }
    }
}
