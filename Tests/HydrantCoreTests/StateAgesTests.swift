import HydrantCore
import Testing

@Suite struct StateAgesTests {
    private static let now = Instant(milliseconds: 1_794_398_400_000)

    private static func place(_ state: Int, minutesAgo: Int64) -> StatePlace? {
        StatePlace(
            state: state, since: now - .minutes(minutesAgo), completion: .open,
            overdueAfter: now - .minutes(minutesAgo - 120))
    }

    private static func ages(_ minutes: [Int64], state: Int = 3) -> StateAges {
        var ages = StateAges()
        for place in minutes.compactMap({ place(state, minutesAgo: $0) }) { ages.add(place) }
        return ages
    }

    @Test func `half and nine in ten are percentiles, and what is beyond the limit is counted`() {
        let figures = Self.ages([1, 2, 3, 4, 5, 6, 7, 8, 121, 300]).figures(of: 3, now: Self.now)
        #expect(figures.orders == 10)
        #expect(figures.beyond == 2)
        #expect(figures.median == 5)
        #expect(figures.ninth == 121)
    }

    @Test func `an order at its limit is not beyond it, a minute later it is`() {
        let ages = Self.ages([120])
        #expect(ages.figures(of: 3, now: Self.now).beyond == 0)
        #expect(ages.figures(of: 3, now: Self.now + .minutes(1)).beyond == 1)
        #expect(ages.figures(of: 4, now: Self.now) == DwellFigures())
    }

    @Test func `an order that goes on leaves nothing behind`() throws {
        var ages = Self.ages([10, 30])
        ages.add(try #require(Self.place(3, minutesAgo: 30)), times: -1)
        ages.add(try #require(Self.place(4, minutesAgo: 0)))
        #expect(ages.figures(of: 3, now: Self.now).ninth == 10)
        #expect(ages.figures(of: 4, now: Self.now).median == 0)
        ages.add(try #require(Self.place(3, minutesAgo: 10)), times: -1)
        ages.add(try #require(Self.place(4, minutesAgo: 0)), times: -1)
        #expect(ages == StateAges())
    }

    @Test(arguments: [
        (0, Completion.open), (7, .open), (3, .completed), (3, .cancelled),
    ])
    func `nobody waits for an order that is not paid, at the end or over`(state: Int, completion: Completion) {
        #expect(StatePlace(state: state, since: Self.now, completion: completion) == nil)
        #expect(StatePlace(state: 3, since: nil, completion: .open) == nil)
        #expect(StatePlace(state: 3, since: Self.now, completion: .partiallyCompleted) != nil)
    }
}
