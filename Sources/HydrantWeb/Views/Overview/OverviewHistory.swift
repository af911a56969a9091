package import HydrantCore
package import HydrantEngine

/// The overview now and its last few minutes: the model of the overview page.
package struct OverviewHistory: Sendable {
    /// One look at the hub.
    package struct Point: Hashable, Sendable {
        package var index: Double?
        /// Shares from 0 to 1.
        package var values: [HealthDimension: Double]
        package var factsPerSecond: Double
    }

    package static let capacity = 300

    package private(set) var latest: Overview
    package private(set) var points: [Point] = []
    /// The facts counted at the last few looks; the rate reaches over them so that it can be read.
    private var marks: [(facts: Int64, at: Instant)] = []

    /// How many looks the rate reaches back.
    private static let rateSpan = 3

    /// - Parameter at: the machine's clock.
    package init(_ overview: Overview, at: Instant) {
        latest = overview
        add(overview, at: at)
    }

    package mutating func add(_ overview: Overview, at: Instant) {
        latest = overview
        marks.append((overview.totals.facts, at))
        if marks.count > Self.rateSpan + 1 { marks.removeFirst() }
        let figures = overview.health
        var values: [HealthDimension: Double] = [:]
        for dimension in HealthDimension.allCases { values[dimension] = figures.value(of: dimension) }
        points.append(
            Point(index: figures.index(overview.healthSettings), values: values, factsPerSecond: rate))
        if points.count > Self.capacity { points.removeFirst() }
    }

    private var rate: Double {
        guard let first = marks.first, let last = marks.last, last.at > first.at else { return 0 }
        return Double(last.facts - first.facts) * 1_000 / Double(last.at - first.at)
    }
}
