import HydrantCore

/// Where the next page begins. Opaque to the caller: a letter for the list it belongs to, then a row id in 16
/// hexadecimal digits.
enum PageCursor: String {
    case orders = "o"
    case wrongOrders = "w"
    case audit = "a"

    func text(after row: Int64) -> String {
        let digits = String(row, radix: 16)
        return rawValue + String(repeating: "0", count: max(0, 16 - digits.utf8.count)) + digits
    }

    /// The row id, or nil when the text is no cursor of this list.
    func row(_ text: String) -> Int64? {
        let digits = text.dropFirst()
        guard text.hasPrefix(rawValue), digits.utf8.count == 16,
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        return Int64(digits, radix: 16)
    }

    /// The form of the text as a regular expression.
    var pattern: String { "^\(rawValue)[0-7][0-9a-f]{15}$" }
}
