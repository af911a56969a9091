import HydrantConnectorKit
import HydrantCore

/// JD's categories, finer states and codes in the hub's words.
enum JDWords {
    /// Finer `state` codes that say more than their category.
    static let states: [String: TrackingStatus] = [
        "200001": .pickedUp, "11000": .outForDelivery, "200051": .stored, "200057": .stored, "10034": .signed,
        "200033": .returning, "200054": .returning,
    ]

    static let categories: [String: TrackingStatus] = [
        "420": .pickedUp, "430": .inTransit, "440": .outForDelivery, "510": .signed, "403": .problem,
        "480": .problem, "500": .problem, "530": .problem, "690": .cancelled,
    ]

    /// Accepted, given to a courier, refunded: known, and no news about the parcel's way.
    static let sideNotes: Set<String> = ["100", "390", "700"]

    /// Nil for what is known and says nothing about the parcel's way.
    static func status(category: String, state: String) -> TrackingStatus? {
        if let status = states[state] { return status }
        if sideNotes.contains(category) { return nil }
        return categories[category] ?? .unmapped
    }

    private static let kinds: [String: FailureClass] = [
        "2001": .channel, "2100": .unknownThere, "2101": .data, "4000": .ambiguous,
    ]

    static func kind(of code: String, words: String, isCancelling: Bool) -> FailureClass {
        kinds[code] ?? RefusalWords.kind(of: words, isCancelling: isCancelling)
    }

    /// "Merchant order number already used": a success whose data hold the existing waybill.
    static let alreadyThere = "0_0001"
}
