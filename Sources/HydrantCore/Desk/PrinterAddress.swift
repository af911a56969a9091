/// Where a printer listens for raw data, port 9100 as a rule.
package struct PrinterAddress: Hashable, Sendable {
    package let host: String
    package let port: Int

    /// Reads `HOST` or `HOST:PORT`.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let port = parts.count == 2 ? UInt16(parts[1]) : 9_100
        guard (1...2).contains(parts.count), !parts[0].isEmpty, let port, port > 0,
            parts[0].utf8.allSatisfy({ $0 > 0x20 && $0 != 0x2F && $0 != 0x40 })
        else { return nil }
        host = parts[0]
        self.port = Int(port)
    }
}

/// Why a label did not get onto paper. The words are storage and never change.
package enum PrintTrouble: String, Sendable, CaseIterable {
    case unreachable = "cannot be reached"
    /// The printer hung up before it had everything.
    case brokeOff = "broke off"
    /// The printer took nothing more for too long.
    case tooSlow = "took too long"
    case noAddress = "the printer's address is none"
    case noPress = "this hub prints nothing"
    case bagGone = "the bag is gone"
    /// The order was held, cancelled or re-addressed, or its waybill taken back, before the paper was printed.
    case stopped = "it must not be printed any more"
    case templateGone = "the template is gone"
    case notDrawn = "the label could not be drawn"
}
