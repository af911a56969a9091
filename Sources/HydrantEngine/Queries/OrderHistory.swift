package import HydrantCore
package import HydrantStorage

/// The events of one order, from which it can be seen at any time.
package struct OrderHistory: Sendable {
    package let number: String
    package let events: [Event]
    /// The order after all events.
    package let order: Order

    /// Reads an order back from what is stored.
    ///
    /// - Throws: `StoreFailure` of kind `damagedOrder` when it cannot be read, or its events do not follow each other.
    package init(number: String, stored: [StoredEvent]) throws(StoreFailure) {
        var order = Order(number: number)
        var events: [Event] = []
        events.reserveCapacity(stored.count)
        for row in stored {
            let event: Event
            do {
                event = try Event(json: JSON(bytes: row.bytes))
            } catch {
                throw .damaged(number, "event \(row.number) cannot be read")
            }
            do throws(ReplayProblem) {
                try order.replay(event)
            } catch {
                throw .damaged(number, "event \(row.number) \(error.reason)")
            }
            events.append(event)
        }
        self.number = number
        self.events = events
        self.order = order
    }

    /// The order as it was at a moment of the world's time: decided again from the facts that had happened by then.
    package func order(asOf moment: Instant, settings: Settings) -> Order {
        var order = Order(number: number)
        for event in events {
            guard case .factRecorded(let fact) = event.body, fact.evidence.at <= moment else { continue }
            _ = order.recordAccepted(fact, settings: settings, now: event.recordedAt)
        }
        return order
    }
}

extension StoreReader {
    /// The order read back; nil when its events are damaged, which `hydrant verify` tells.
    package func undamagedOrder(_ number: String) throws -> Order? {
        do {
            return try OrderHistory(number: number, stored: try events(of: number)).order
        } catch let failure as StoreFailure where failure.kind == .damagedOrder {
            return nil
        }
    }
}

extension StoreFailure {
    static func damaged(_ number: String, _ reason: String) -> StoreFailure {
        StoreFailure(.damagedOrder, message: "Order \(number) is damaged: \(reason).")
    }
}
