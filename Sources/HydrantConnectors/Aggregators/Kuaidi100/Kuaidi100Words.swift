import HydrantConnectorKit
import HydrantCore

/// Kuaidi100's codes in the hub's words.
enum Kuaidi100Words {
    static let couriers = [
        "SF": "shunfeng", "ZTO": "zhongtong", "YTO": "yuantong", "STO": "shentong", "YUNDA": "yunda", "JD": "jd",
        "EMS": "ems", "JT": "jtexpress", "DEPPON": "debangkuaidi",
    ]

    /// Couriers that show a trace only to who knows the phone.
    static let couriersThatCheckPhones: Set<String> = ["shunfeng", "zhongtong"]

    static let statuses: [String: TrackingStatus] = [
        "1": .pickedUp, "103": .pickedUp,
        "0": .inTransit, "7": .inTransit, "8": .inTransit, "1001": .inTransit, "1002": .inTransit,
        "1003": .inTransit,
        "5": .outForDelivery, "501": .stored,
        "3": .signed, "301": .signed, "302": .signed, "303": .signed, "304": .signed,
        "4": .returned, "6": .returning,
        "2": .problem, "14": .problem, "201": .problem, "202": .problem, "203": .problem, "204": .problem,
        "205": .problem, "206": .problem, "207": .problem, "208": .problem, "209": .problem, "210": .problem,
    ]

    /// The words of rows that carry no code.
    private static let names: [String: String] = [
        "揽收": "1", "在途": "0", "派件": "5", "签收": "3", "退签": "4", "退回": "6", "疑难": "2", "转投": "7", "清关": "8", "拒签": "14",
    ]

    /// Ordered and waiting for the pick-up: nothing that the courier saw happen to a parcel.
    static let beforePickUp: Set<String> = ["101", "102"]

    static func code(ofName name: String) -> String? { names[name] }

    /// A code that is in no table is unmapped, never guessed.
    static func status(code: String, text: String) -> TrackingStatus {
        AggregatedTrace.status(statuses[code] ?? .unmapped, text: text)
    }

    private static let policies: [String: FailureClass] = [
        "500": .ambiguous, "501": .alreadyDone,
        "503": .channel, "600": .channel, "601": .channel, "700": .data, "701": .channel, "702": .channel,
        "400": .data, "30001": .data,
    ]

    /// What a code asks for; the vendor names many more for waybills than it explains, and those are the channel's.
    static func policy(of code: String) -> FailureClass { policies[code] ?? .channel }
}
