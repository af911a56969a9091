/// What the status words of a Qimen warehouse mean to the hub. Every word is also kept raw, for the mapping table.
enum QimenWord {
    enum Meaning: Equatable, Sendable {
        /// The warehouse took the order, which is as near as Qimen comes to "stock is locked".
        case locked
        case packed
        case handedOver
        case signed
        /// It cannot be delivered as asked; the text beside it says why.
        case refused
        /// Progress or an end that only the mapping table judges.
        case status
    }

    static let meanings: [String: Meaning] = [
        "ACCEPT": .locked, "PACKAGE": .packed, "DELIVERED": .handedOver, "PARTDELIVERED": .handedOver,
        "SIGN": .signed, "REJECT": .refused, "REFUSE": .refused, "EXCEPTION": .refused,
    ]

    static func meaning(of word: String) -> Meaning { meanings[word] ?? .status }

    /// Words of a failure that say: we have it already. Qimen leaves them to each warehouse system.
    static func saysAlreadyThere(_ message: String) -> Bool {
        contains(message, ["已存在", "重复", "exist", "duplicate"]) && !saysUnknown(message)
    }

    /// Words of a failure that say: we have no such order.
    static func saysUnknown(_ message: String) -> Bool {
        contains(message, ["不存在", "未找到", "not exist", "not found", "no such", "doesn't exist"])
    }

    static func saysAlreadyCancelled(_ message: String) -> Bool {
        contains(message, ["已取消", "already cancel", "has been cancel"])
    }

    /// Codes of the gateway that pass: throttling, its own faults, keys and clocks that somebody has to put right.
    static func isPassing(_ code: String) -> Bool {
        code.hasPrefix("isp.") || contains(code, ["sign-check-failure", "timestamp", "limit", "busy"])
    }

    private static func contains(_ text: String, _ words: [String]) -> Bool {
        let text = text.lowercased()
        return words.contains { text.contains($0) }
    }
}
