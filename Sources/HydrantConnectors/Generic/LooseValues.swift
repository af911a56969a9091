import HydrantConnectorKit
import HydrantCore

/// Values that partners write now as text and now as what they are.
extension JSON {
    /// Text that is not empty, or a whole number as text.
    var looseText: String? {
        if let text = string { return text.isEmpty ? nil : text }
        return integer.map { String($0) }
    }

    /// True or false, also as text or as 1 and 0.
    var looseBool: Bool? {
        if let bool { return bool }
        switch looseText?.lowercased() {
        case "true", "1", "y", "t": return true
        case "false", "0", "n", "f": return false
        default: return nil
        }
    }

    /// A whole number, also as text.
    var looseInteger: Int64? { integer ?? string.flatMap { Int64($0) } }

    /// A time in any of the forms that couriers write; local times are +08:00.
    var looseInstant: Instant? { looseText.flatMap(ChinaTime.lenientInstant) }

    /// The document inside a text, or the value itself where it came as what it is.
    var opened: JSON? {
        guard let text = string else { return self }
        return try? JSON(bytes: Array(text.utf8))
    }
}

extension [JSON] {
    /// What branches have left of a courier's numbers, all together; nil where none of them says. What is no such count
    /// tells nothing, so that no answer adds up to more than a number holds.
    var numbersLeft: Int64? {
        let counts = compactMap { $0["quantity"]?.looseInteger }.filter { $0.magnitude <= 1_000_000_000_000 }
        return counts.isEmpty ? nil : counts.reduce(0, +)
    }
}
