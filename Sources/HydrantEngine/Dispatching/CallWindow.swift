import HydrantCore

/// Counts of the last so many slices of time. Slices older than the window are forgotten when somebody looks.
struct CallWindow: Hashable, Sendable {
    struct Counts: Hashable, Sendable {
        var calls = 0
        var failures = 0
    }

    private struct Slice: Hashable {
        /// Whole slices since 1970; tells a slice of now from one of an earlier round.
        var number: Int64 = .min
        var counts = Counts()
    }

    let sliceLength: Milliseconds
    private var slices: [Slice]

    init(slice length: Milliseconds, count: Int) {
        sliceLength = length
        slices = Array(repeating: Slice(), count: count)
    }

    var length: Milliseconds { sliceLength * Int64(slices.count) }

    private func number(_ moment: Instant) -> Int64 { moment.milliseconds / sliceLength }

    mutating func add(calls: Int = 0, failures: Int = 0, at moment: Instant) {
        let number = number(moment)
        let index = Int(number % Int64(slices.count))
        if slices[index].number != number { slices[index] = Slice(number: number) }
        slices[index].counts.calls += calls
        slices[index].counts.failures += failures
    }

    /// The sums over the window that ends now.
    func counts(_ now: Instant) -> Counts {
        reach(now).reduce(into: Counts()) { sum, slice in
            sum.calls += slice.counts.calls
            sum.failures += slice.counts.failures
        }
    }

    /// The most calls in one slice of the window.
    func busiestCalls(_ now: Instant) -> Int { reach(now).map(\.counts.calls).max() ?? 0 }

    mutating func clear() { slices = Array(repeating: Slice(), count: slices.count) }

    private func reach(_ now: Instant) -> some Sequence<Slice> {
        let last = number(now)
        return slices.lazy.filter { $0.number <= last && $0.number > last - Int64(slices.count) }
    }
}
