import HydrantCore
import HydrantEngine

/// Why messages were set aside, in the language of the page. They are kept in one language, as they stand in logs.
enum ParkedWords {
    private static let keys = [
        ParkedReason.unknownOrder: "parked_unknown_order",
        ParkedReason.unknownWaybill: "parked_unknown_waybill",
        "the message names no order": "parked_no_order",
        ParkedReason.otherMessage: "parked_conflicting",
    ]

    static func text(_ reason: String, _ words: Words) -> String {
        if let key = keys[reason] { return words(key) }
        return words("parked_raw_reason", ["reason": reason])
    }
}
