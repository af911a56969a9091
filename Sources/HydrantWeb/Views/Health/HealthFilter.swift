import HydrantCore
package import HydrantStorage

/// The orders behind a figure of the health index, so that every number is a door.
package enum HealthFilter: String, CaseIterable, Sendable {
    case population
    case verified
    case agreeing
    case disagreeing
    case unknown
    case dwelled
    case intervened
    case due
    case touched
    case untouched

    /// Whether an order counts, by what it adds to the index as last saved.
    package func includes(_ row: OrderRow) -> Bool {
        let part = HealthContribution(packed: row.health)
        guard part.isInPopulation else { return false }
        return switch self {
        case .population: true
        case .verified: part.hasVerifiedSystem
        case .agreeing: part.hasVerifiedSystem && part.agrees
        case .disagreeing: part.hasVerifiedSystem && !part.agrees
        case .unknown: part.isUnknown
        case .dwelled: part.dwelled
        case .intervened: part.intervened
        case .due: part.hasTouchpointDue
        case .touched: part.hasTouchpointDue && part.touchpointsDone
        case .untouched: part.hasTouchpointDue && !part.touchpointsDone
        }
    }

    static func numerator(of dimension: HealthDimension) -> HealthFilter {
        switch dimension {
        case .consistency: .agreeing
        case .dwell: .dwelled
        case .intervention: .intervened
        case .touchpoints: .touched
        }
    }

    static func denominator(of dimension: HealthDimension) -> HealthFilter {
        switch dimension {
        case .consistency: .verified
        case .dwell, .intervention: .population
        case .touchpoints: .due
        }
    }
}
