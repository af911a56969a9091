extension Order {
    /// More facts than any real order has: what comes after is somebody's mistake or ill will, and may not slow down
    /// the others.
    package static let messagesMaximum = 10_000
    package static let holdsMaximum = 200

    /// Why the order takes no such fact any more, in words; nil while it does. How the hub's own instructions and
    /// timers end is always taken in.
    package func fullness(for fact: Fact) -> String? {
        guard !fact.body.kind.isInternal else { return nil }
        if messages.count >= Self.messagesMaximum {
            return "the order has \(messages.count) messages, and no more than \(Self.messagesMaximum) are taken in"
        }
        let named: String
        switch fact.body {
        case .holdPlaced(let hold): named = hold.id
        case .holdReleased(let id, _): named = id
        default: return nil
        }
        guard holds.count >= Self.holdsMaximum, !holds.contains(where: { $0.hold.id == named }) else { return nil }
        return "the order has \(holds.count) holds, and no more than \(Self.holdsMaximum) are taken in"
    }
}
