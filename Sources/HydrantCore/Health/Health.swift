/// The four dimensions of the order health index.
package enum HealthDimension: String, CaseIterable, Sendable {
    case consistency
    case dwell
    case intervention
    case touchpoints

    /// Consistency and touchpoints should be high, dwell and intervention low.
    package var isBetterHigh: Bool { self == .consistency || self == .touchpoints }
}

/// The window, alert lines and weights of the index.
package struct HealthSettings: Hashable, Sendable {
    package var window: Milliseconds
    /// Shares from 0 to 1.
    package var alertLines: [HealthDimension: Double]
    package var weights: [HealthDimension: Double]

    package init() {
        window = .hours(24)
        alertLines = [.consistency: 0.985, .dwell: 0.012, .intervention: 0.025, .touchpoints: 0.85]
        weights = [.consistency: 1, .dwell: 1, .intervention: 1, .touchpoints: 1]
    }
}

/// What one order adds to the index at a moment, and until when that stays so if nothing happens.
package struct HealthContribution: Hashable, Sendable {
    package var isInPopulation = false
    package var hasVerifiedSystem = false
    package var agrees = false
    package var isUnknown = false
    package var dwelled = false
    package var intervened = false
    package var hasTouchpointDue = false
    package var touchpointsDone = false
    /// The next moment at which one of these may change by itself.
    package var changesAt: Instant?

    package init() {}
}

/// Sums of contributions: the index at a moment.
package struct HealthFigures: Hashable, Sendable {
    package var population: Int64 = 0
    package var verified: Int64 = 0
    package var agreeing: Int64 = 0
    package var unknown: Int64 = 0
    package var dwelled: Int64 = 0
    package var intervened: Int64 = 0
    package var touchpointsDue: Int64 = 0
    package var touchpointsDone: Int64 = 0

    package init() {}

    package mutating func add(_ contribution: HealthContribution, times factor: Int64 = 1) {
        guard contribution.isInPopulation else { return }
        #if HYDRANT_MUTANTS
            if Mutant.figuresOnlyGrow.isOn, factor < 0 { return }
        #endif
        population += factor
        if contribution.hasVerifiedSystem { verified += factor }
        if contribution.hasVerifiedSystem && contribution.agrees { agreeing += factor }
        if contribution.isUnknown { unknown += factor }
        if contribution.dwelled { dwelled += factor }
        if contribution.intervened { intervened += factor }
        if contribution.hasTouchpointDue { touchpointsDue += factor }
        if contribution.hasTouchpointDue && contribution.touchpointsDone { touchpointsDone += factor }
    }

    package func counts(of dimension: HealthDimension) -> (numerator: Int64, denominator: Int64) {
        switch dimension {
        case .consistency: (agreeing, verified)
        case .dwell: (dwelled, population)
        case .intervention: (intervened, population)
        case .touchpoints: (touchpointsDone, touchpointsDue)
        }
    }

    /// The share from 0 to 1; nil while there is nothing to divide by.
    package func value(of dimension: HealthDimension) -> Double? {
        let (numerator, denominator) = counts(of: dimension)
        return denominator == 0 ? nil : Double(numerator) / Double(denominator)
    }

    package func isPastAlertLine(_ dimension: HealthDimension, _ settings: HealthSettings) -> Bool {
        guard let value = value(of: dimension), let line = settings.alertLines[dimension] else { return false }
        return dimension.isBetterHigh ? value < line : value > line
    }

    /// One dimension from 0 to 100: 100 at perfect, 60 at its alert line, straight through both.
    package func score(of dimension: HealthDimension, _ settings: HealthSettings) -> Double? {
        guard let value = value(of: dimension), let line = settings.alertLines[dimension] else { return nil }
        let distance = dimension.isBetterHigh ? 1 - value : value
        let distanceAtLine = dimension.isBetterHigh ? 1 - line : line
        guard distanceAtLine > 0 else { return distance == 0 ? 100 : 0 }
        return max(0, 100 - 40 * distance / distanceAtLine)
    }

    /// The weighted mean of the scores, from 0 to 100; a dimension past its alert line counts double. Nil while no
    /// dimension has a value.
    package func index(_ settings: HealthSettings) -> Double? {
        var sum = 0.0
        var weights = 0.0
        for dimension in HealthDimension.allCases {
            guard let score = score(of: dimension, settings) else { continue }
            let weight = (settings.weights[dimension] ?? 0) * (isPastAlertLine(dimension, settings) ? 2 : 1)
            sum += score * weight
            weights += weight
        }
        return weights > 0 ? sum / weights : nil
    }
}
