package import HydrantCore

/// The facts of the busiest day of the year, in the order of their times: an iterator that holds only what is due
/// later about orders already placed.
package struct DoubleElevenDay: Sequence, IteratorProtocol, Sendable {
    package let orders: Int
    package let begin: Instant
    private let seed: UInt64
    private let returnDelay: ClosedRange<Milliseconds>
    private let fingerprint: @Sendable (Receiver) -> String
    private let perHour: [Int]
    private var hour = 0
    private var placedInHour = 0
    private var placed = 0
    private var nextPlacedAt: Instant?
    private var heap = TimeHeap<JSON>()

    /// - Parameters:
    ///   - seed: the same seed gives the same day.
    ///   - begin: midnight of the day.
    ///   - returnDelay: how long after placing a return is asked for; later than most parcels are signed.
    ///   - fingerprint: the hub's keyed fingerprint of a receiver (``Intake/seal(_:)``), which verifications name.
    package init(
        seed: UInt64, orders: Int = 24_000, begin: Instant,
        returnDelay: ClosedRange<Milliseconds> = .hours(96) ... .hours(168),
        fingerprint: @Sendable @escaping (Receiver) -> String
    ) {
        self.seed = seed
        self.orders = orders
        self.begin = begin
        self.returnDelay = returnDelay
        self.fingerprint = fingerprint
        perHour = DayCurve.share(orders, by: DayCurve.doubleEleven)
        nextPlacedAt = placingTime()
    }

    /// Facts that are known and not yet taken.
    package var waiting: Int { heap.count }

    /// The story of one order by its place in the day, from 0.
    package func story(_ index: Int, placedAt: Instant) -> CustomerStory {
        var random = SeededRandom(seed: seed, stream: UInt64(index) + 100)
        return CustomerStory(
            number: "D11" + paddedDecimal(index + 1, width: 6), placedAt: placedAt, returnDelay: returnDelay,
            random: &random)
    }

    package mutating func next() -> DueFact? {
        while let placedAt = nextPlacedAt, heap.nextAt.map({ placedAt <= $0 }) ?? true {
            for due in story(placed, placedAt: placedAt).facts(fingerprint: fingerprint) {
                heap.push(due.fact, at: due.dueAt)
            }
            placed += 1
            placedInHour += 1
            nextPlacedAt = placingTime()
        }
        return heap.pop().map { DueFact(dueAt: $0.at, fact: $0.content) }
    }

    /// When the next order is placed: evenly within its hour, with a jitter of at most one place; the midnight rush is
    /// densest in its first minutes.
    private mutating func placingTime() -> Instant? {
        while hour < perHour.count, placedInHour >= perHour[hour] {
            hour += 1
            placedInHour = 0
        }
        guard hour < perHour.count else { return nil }
        var random = SeededRandom(seed: seed, stream: UInt64(placed) &+ 1 << 40)
        let part = (Double(placedInHour) + Double(random.below(1_000)) / 1_000) / Double(perHour[hour])
        let position = hour == 0 ? part * part : part
        return begin + .hours(Int64(hour)) + Milliseconds(position * 3_600_000)
    }
}
