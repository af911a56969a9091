import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage

/// The public name of a task: its order and its id in one word that fits into an address. Opaque to the caller.
struct TaskName: Hashable {
    var order: String
    var task: String

    init(order: String, task: String) {
        self.order = order
        self.task = task
    }

    /// Nil when the text is no such name.
    init?(_ text: String) {
        guard text.utf8.count <= 1_200, let bytes = hexadecimalBytes(text),
            let parted = bytes.firstIndex(of: 0x1F),
            let order = String(validating: bytes[..<parted], as: UTF8.self),
            let task = String(validating: bytes[(parted + 1)...], as: UTF8.self), !order.isEmpty, !task.isEmpty
        else { return nil }
        self.init(order: order, task: task)
    }

    var text: String { hexadecimal(Array(order.utf8) + [0x1F] + Array(task.utf8)) }
}

extension TaskPlace {
    /// Where the next page of the queue begins, as text. Opaque to the caller.
    var text: String { "\(severity).\(dueAt.milliseconds).\(orderID).\(hexadecimal(Array(task.utf8)))" }

    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, text.utf8.count <= 800, let severity = Int(parts[0]), (0...3).contains(severity),
            let due = Int64(parts[1]), let order = Int64(parts[2]), order >= 0,
            let bytes = hexadecimalBytes(String(parts[3]))
        else { return nil }
        let task = String(decoding: bytes, as: UTF8.self)
        self.init(severity: severity, dueAt: Instant(milliseconds: due), orderID: order, task: task)
    }

    static let pattern = "^[0-3]\\.[0-9]{1,15}\\.[0-9]{1,18}\\.([0-9a-f]{2}){1,300}$"
}
