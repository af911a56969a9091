package import HydrantCore

/// The facts of one order as a story that is told from a beginning, minute by minute. Message ids count up, so that
/// every `say` is a message of its own.
package struct OrderStory: Sendable {
    package let order: String
    package let begin: Instant
    package private(set) var facts: [Fact] = []

    /// 2026-11-11T00:00:00Z
    package static let standardBegin = Instant(milliseconds: 1_794_355_200_000)

    package init(order: String = "SO-1", begin: Instant = OrderStory.standardBegin) {
        self.order = order
        self.begin = begin
    }

    package func at(_ minute: Int64) -> Instant { begin + .minutes(minute) }

    /// Adds a message. An untimed one happened, as far as anybody knows, when it was received.
    @discardableResult
    package mutating func say(
        _ body: FactBody, minute: Int64, from source: String = "shop", isTimed: Bool = true, word: String? = nil
    ) -> Fact {
        let fact = fact(body, minute: minute, from: source, isTimed: isTimed, word: word)
        facts.append(fact)
        return fact
    }

    /// The message that `say` would add next.
    package func fact(
        _ body: FactBody, minute: Int64, from source: String = "shop", isTimed: Bool = true, word: String? = nil
    ) -> Fact {
        Fact(
            source: source, messageID: "m-\(facts.count + 1)", order: order, occurredAt: isTimed ? at(minute) : nil,
            receivedAt: at(minute), word: word, body: body)
    }
}

extension OrderStory {
    /// Two units of one line, paid with 129.00, in one parcel; each state is proven ten minutes after the one below it.
    package static let standardHeader = OrderHeader(
        shop: "tmall", customer: "C-1", warehouse: "W-1", payableMinor: 12_900,
        lines: [Line(id: "1", sku: "LF9001", units: 2, priceMinor: 12_000, freightMinor: 900)])

    /// The message that proves a state of the standard order, by its number; 0 places it.
    package static func proof(of state: Int, order: String = "SO-1") -> FactBody {
        let parcel = "\(order)-1"
        switch state {
        case StateNumber.placed: return .orderPlaced(standardHeader)
        case StateNumber.paid: return .paymentReported(Payment(id: "P-1", amountMinor: 12_900))
        case StateNumber.riskPassed: return .creditChecked(CreditCheck(isPassed: true, level: "gold"))
        case StateNumber.inventoryLocked: return .inventoryLocked(InventoryLock(warehouse: "W-1"))
        case StateNumber.packed:
            return .parcelPacked(Packing(parcel: parcel, items: [ParcelItem(line: "1", units: 2)]))
        case StateNumber.trackingReturned:
            return .trackingReported(Tracking(parcel: parcel, courier: "sf", channel: "sf", number: "SF1"))
        case StateNumber.signed: return .signedReported(parcel: parcel)
        default: return .warrantyRegistered(until: standardBegin + .hours(24 * 365))
        }
    }

    /// The story of the standard order up to a state, in one call.
    package static func walk(to state: Int, order: String = "SO-1") -> OrderStory {
        var story = OrderStory(order: order)
        for number in 0...state { story.say(proof(of: number, order: order), minute: Int64(number) * 10) }
        return story
    }
}
