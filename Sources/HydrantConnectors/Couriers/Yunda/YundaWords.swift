import HydrantCore

/// Yunda's scan words in the hub's words.
enum YundaWords {
    static let statuses: [String: TrackingStatus] = [
        "GOT": .pickedUp, "ACCEPT": .pickedUp, "ARRIVAL": .inTransit, "DEPARTURE": .inTransit, "TRANSIT": .inTransit,
        "SENT": .outForDelivery, "OUTBOUND": .outForDelivery, "INBOUND": .stored, "SIGNED": .signed,
        "RETURN": .returning, "ISSUE": .problem, "REJECTION": .problem, "SIGNFAIL": .problem, "OTHER": .problem,
    ]

    static func status(_ word: String) -> TrackingStatus { statuses[word] ?? .unmapped }
}
