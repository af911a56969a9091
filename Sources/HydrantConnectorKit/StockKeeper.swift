package import HydrantCore

/// A warehouse system that can be asked how much it holds and has frozen. Asking changes nothing there.
package protocol StockKeeper: Connector {
    /// What a warehouse holds and has frozen of some articles: evidence for or against a lock. It may leave out an
    /// article that it does not know.
    ///
    /// - Parameter warehouse: the code of the warehouse; empty for the one that the system takes where none is named.
    func stockLevels(skus: [String], warehouse: String, now: Instant) async -> Result<[StockLevel], StockProblem>
}

/// What a warehouse holds of one article.
package struct StockLevel: Hashable, Sendable {
    package var sku: String
    /// Empty where the system does not name it.
    package var warehouse: String
    /// Units that can still be promised.
    package var quantity: Int
    /// Units that are frozen.
    package var lockQuantity: Int

    package init(sku: String, warehouse: String, quantity: Int, lockQuantity: Int) {
        self.sku = sku
        self.warehouse = warehouse
        self.quantity = quantity
        self.lockQuantity = lockQuantity
    }
}

/// Why stock could not be asked for.
package struct StockProblem: Error, Hashable, Sendable {
    package enum Kind: Sendable {
        /// The system says no.
        case refused
        /// The question did not get there, or the system cannot answer now.
        case unreachable
        /// It was asked, and no answer came that can be read.
        case noAnswer
    }

    package var kind: Kind
    /// In the system's words or ours.
    package var detail: String

    package init(_ kind: Kind, detail: String) {
        self.kind = kind
        self.detail = detail
    }
}
