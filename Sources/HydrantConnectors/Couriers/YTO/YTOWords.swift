import HydrantCore

/// YTO's scan words in the hub's words.
enum YTOWords {
    static let statuses: [String: TrackingStatus] = [
        "GOT": .pickedUp, "ARRIVAL": .inTransit, "DEPARTURE": .inTransit, "AIRSEND": .inTransit, "AIRPICK": .inTransit,
        "FORWARDING": .inTransit, "SENT_SCAN": .outForDelivery, "INBOUND": .stored, "SIGNED": .signed,
        "TMS_RETURN": .returning, "FAILED": .problem,
    ]

    static func status(_ word: String) -> TrackingStatus { statuses[word] ?? .unmapped }

    /// "No routes": an object where the list would be, and called a success.
    static let noRoutes = "1001"
}
