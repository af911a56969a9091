import HydrantCore

/// How long calls took lately: histograms of slices of time, in steps of a fifth.
struct LatencyWindow: Sendable {
    private struct Slice {
        var number: Int64 = .min
        var counts: [Int32] = []
    }

    /// Upper bounds in milliseconds: 1, 2, 3, …, each about a fifth above the one before, up to ten minutes.
    static let bounds: [Milliseconds] = {
        var bounds: [Milliseconds] = [1]
        while let last = bounds.last, last < 600_000 { bounds.append(max(last + 1, last * 6 / 5)) }
        return bounds
    }()

    private let sliceLength: Milliseconds
    private var slices: [Slice]

    init(slice length: Milliseconds = .seconds(30), count: Int = 10) {
        sliceLength = length
        slices = Array(repeating: Slice(), count: count)
    }

    /// - Parameter length: how long the call took, on the machine's clock.
    mutating func add(_ length: Milliseconds, at moment: Instant) {
        let number = moment.milliseconds / sliceLength
        let index = Int(number % Int64(slices.count))
        if slices[index].number != number {
            slices[index] = Slice(number: number, counts: Array(repeating: 0, count: Self.bounds.count))
        }
        slices[index].counts[Self.step(of: length)] += 1
    }

    private static func step(of length: Milliseconds) -> Int {
        var low = 0
        var high = bounds.count - 1
        while low < high {
            let middle = (low + high) / 2
            if bounds[middle] >= length { high = middle } else { low = middle + 1 }
        }
        return low
    }

    func count(_ now: Instant) -> Int { Int(sums(now).reduce(0, +)) }

    /// The length that so many thousandths of the calls did not exceed, to the upper bound of its step; nil without
    /// calls.
    func quantile(permille: Int64, _ now: Instant) -> Milliseconds? {
        let sums = sums(now)
        let all = sums.reduce(0, +)
        guard all > 0 else { return nil }
        let rank = max(1, (all * permille + 999) / 1_000)
        var seen: Int64 = 0
        for (index, count) in sums.enumerated() {
            seen += count
            if seen >= rank { return Self.bounds[index] }
        }
        return Self.bounds.last
    }

    private func sums(_ now: Instant) -> [Int64] {
        let last = now.milliseconds / sliceLength
        var sums = [Int64](repeating: 0, count: Self.bounds.count)
        for slice in slices where slice.number <= last && slice.number > last - Int64(slices.count) {
            for (index, count) in slice.counts.enumerated() { sums[index] += Int64(count) }
        }
        return sums
    }

    /// How long a call may take: half as long again as nearly all of them took, between a floor and a ceiling; nil
    /// while too few were seen.
    func timeLimit(between floor: Milliseconds, and ceiling: Milliseconds, _ now: Instant) -> Milliseconds? {
        guard count(now) >= 200, let slowest = quantile(permille: 999, now) else { return nil }
        return min(ceiling, max(floor, slowest * 3 / 2))
    }
}
