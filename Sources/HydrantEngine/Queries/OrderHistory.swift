package import HydrantCore

/// The events of one order, from which it can be seen at any time.
package struct OrderHistory: Sendable {
    package var number: String
    package var events: [Event]

    package init(number: String, events: [Event]) {
        self.number = number
        self.events = events
    }

    /// The order after all events.
    package var order: Order {
        var order = Order(number: number)
        for event in events { order.evolve(event) }
        return order
    }

    /// The order as it was at a moment of the world's time: decided again from the facts that had happened by then.
    package func order(asOf moment: Instant, settings: Settings) -> Order {
        var order = Order(number: number)
        for event in events {
            guard case .factRecorded(let fact) = event.body, fact.evidence.at <= moment else { continue }
            // A refusal cannot come back: the fact was accepted when it was recorded.
            guard let again = try? decide(order, fact, settings: settings, now: event.recordedAt) else { continue }
            for event in again { order.evolve(event) }
        }
        return order
    }
}
