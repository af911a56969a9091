package import HydrantCore

/// Something to offer the customer of an order, shown on the order's page to whoever speaks with them.
package struct Offer: Hashable, Sendable {
    /// What is offered, with its price.
    package var title: Text
    /// Why this customer may want it.
    package var reason: Text

    package init(title: Text, reason: Text) {
        self.title = title
        self.reason = reason
    }
}

/// Where offers come from. Asked each time an order's page is drawn, so it has to answer from memory; without one,
/// and where it knows none, the page has no such place.
package protocol OfferSource: Sendable {
    /// The best first.
    func offers(for order: Order) async -> [Offer]
}
