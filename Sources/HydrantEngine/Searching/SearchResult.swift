package import HydrantCore
package import HydrantStorage

/// Orders that were found, the best first.
package struct SearchResult: Sendable {
    package var hits: [SearchedHit] = []
    /// Whether there may be more.
    package var hasMore = false
    package var asOf: Instant
}

/// One order and why it was found.
package struct SearchedHit: Sendable {
    package var row: OrderRow
    /// One for each word; never empty.
    package var matches: [SearchMatch]
}

/// What of an order met a word. Tells nothing that the viewer did not type, except for numbers.
package struct SearchMatch: Hashable, Sendable {
    package enum Field: String, CaseIterable, Sendable {
        case number
        case tracking
        case document
        case phone
        case phoneTail = "phone-tail"
        case name
        case sku
        case customer
        case product
    }

    package enum Manner: String, CaseIterable, Sendable, Comparable {
        case whole
        case beginning
        case ending
        case part
        /// One slip of a finger away.
        case similar

        package static func < (left: Manner, right: Manner) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    package var field: Field
    package var manner: Manner
    /// The number, SKU or product that was met; empty for what is personal.
    package var value: String

    package init(_ field: Field, _ manner: Manner, _ value: String = "") {
        self.field = field
        self.manner = manner
        self.value = value
    }
}
