import HydrantConnectorKit
import HydrantCore

/// KDNiao's codes in the hub's words.
enum KDNiaoWords {
    static let couriers = [
        "SF": "SF", "ZTO": "ZTO", "YTO": "YTO", "STO": "STO", "YUNDA": "YD", "JD": "JD", "EMS": "EMS", "JT": "JTSD",
        "DEPPON": "DBL",
    ]

    static let statuses: [String: TrackingStatus] = [
        "1": .pickedUp, "2": .inTransit, "201": .inTransit, "202": .outForDelivery, "211": .stored, "3": .signed,
        "311": .signed, "4": .problem, "401": .problem, "402": .problem, "403": .problem, "404": .returning,
        "412": .problem,
    ]

    /// A code that is in no table is unmapped, never guessed.
    static func status(code: String, text: String) -> TrackingStatus {
        AggregatedTrace.status(statuses[code] ?? .unmapped, text: text)
    }

    private static let policies: [String: FailureClass] = [
        // Missing field, format, and faults of the number are the order's; signature, user and what is left are ours.
        "101": .data, "103": .data, "402": .data, "403": .data, "404": .data,
        "102": .channel, "104": .channel, "105": .channel, "401": .channel,
        "106": .alreadyDone, "405": .throttled(.minutes(60)),
    ]

    static func policy(of code: String) -> FailureClass { policies[code] ?? .channel }

    /// Signs that break KDNiao's signature check.
    static func withoutForbiddenSigns(_ text: String) -> String { text.filter { !"'\"#&+<>%".contains($0) } }

    private static let municipalities: Set<String> = ["北京", "上海", "天津", "重庆"]

    /// Provinces are written with their suffix, municipalities without one.
    static func province(_ text: String) -> String {
        let name = text.hasSuffix("市") ? String(text.dropLast()) : text
        return municipalities.contains(name) ? name : text
    }
}
