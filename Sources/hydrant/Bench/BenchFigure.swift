import HydrantCore

/// One measured figure beside its limit.
struct BenchFigure {
    var name: String
    var value: Double
    var unit: String
    /// What is possible at most, or the aim; nil where there is none.
    var limit: Double?

    var ratio: Double? { limit.map { value / $0 } }

    var json: JSON {
        [
            "name": .string(name), "value": .rounded(value), "unit": .string(unit), "limit": .rounded(limit),
            "ratio": .rounded(ratio),
        ]
    }
}

/// Times in the order they were taken; percentiles of all of them.
struct Samples {
    private(set) var milliseconds: [Double] = []

    mutating func add(_ duration: Duration) {
        milliseconds.append(
            Double(duration.components.seconds) * 1_000 + Double(duration.components.attoseconds) / 1e15)
    }

    /// - Parameter share: 0.5 for the median, 0.99 for the 99th percentile.
    func percentile(_ share: Double) -> Double {
        guard !milliseconds.isEmpty else { return .nan }
        let sorted = milliseconds.sorted()
        return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
