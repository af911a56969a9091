import HydrantCore
import HydrantStorage

/// One order read back from its events, with what was found wrong on the way.
struct VerifiedOrder {
    let row: OrderRow
    /// The events as documents, as far as they could be read.
    var documents: [JSON] = []
    /// The order after the last event that could be applied.
    var order: Order
    /// How many of the messages that it recorded are in the inbox.
    var messagesInInbox = 0
    /// Whether every event could be applied.
    var isWhole = true
    private(set) var violations: [String] = []

    init(row: OrderRow) {
        self.row = row
        order = Order(number: row.number)
    }

    mutating func add(_ sentence: String) { violations.append("order \(row.number): \(sentence)") }

    mutating func require(_ condition: Bool, _ sentence: @autoclosure () -> String) {
        if !condition { add(sentence()) }
    }
}
