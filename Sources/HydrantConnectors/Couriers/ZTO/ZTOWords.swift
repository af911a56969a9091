import HydrantConnectorKit
import HydrantCore

/// ZTO's scan words and error codes in the hub's words.
enum ZTOWords {
    /// Actions of pushes.
    static let actions: [String: TrackingStatus] = [
        "GOT": .pickedUp, "DEPARTURE": .inTransit, "ARRIVAL": .inTransit, "DISPATCH": .outForDelivery,
        "INBOUND": .stored, "HANDOVERSCAN_SIGNED": .stored, "SIGNED": .signed, "DEPARTURE_SIGNED": .signed,
    ]

    /// Scan types of query replies. ARRIVAL is another word here than in a push: into a locker, not at a site.
    static let scanTypes: [String: TrackingStatus] = [
        "收件": .pickedUp, "1": .pickedUp, "发件": .inTransit, "2": .inTransit, "到件": .inTransit, "3": .inTransit,
        "转单": .inTransit, "9": .inTransit, "安检": .inTransit, "派件": .outForDelivery, "4": .outForDelivery,
        "ARRIVAL": .stored, "44": .stored, "签收": .signed, "SIGNED": .signed, "5": .signed, "7": .signed,
        "退件": .returning, "8": .returning, "问题件": .problem, "事件": .problem,
    ]

    static func status(action: String) -> TrackingStatus { actions[action] ?? .unmapped }

    static func status(scanType: String) -> TrackingStatus { scanTypes[scanType] ?? .unmapped }

    static let successes: Set<String> = ["0000", "SYS000"]

    private static let kinds: [String: FailureClass] = [
        "S200": .ambiguous, "S202": .ambiguous,
        "S203": .throttled(.minutes(5)), "S206": .throttled(.minutes(10)), "S221": .throttled(.minutes(1)),
        "S211": .credentials(.minutes(5)), "S214": .credentials(.seconds(30)),
        "S207": .channel, "S208": .channel, "S210": .channel, "S212": .channel,
        "E404": .channel, "E418": .channel,
        "E409": .data, "E413": .data, "E416": .data,
    ]

    static func kind(of code: String, words: String, isCancelling: Bool) -> FailureClass {
        kinds[code] ?? RefusalWords.kind(of: words, isCancelling: isCancelling)
    }
}
