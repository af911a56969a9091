extension Order {
    /// More facts than any real order has: what comes after is somebody's mistake or ill will, and may not slow down
    /// the others.
    package static let messagesMaximum = 10_000
    package static let holdsMaximum = 200
    /// Returns and exchanges that name lines. Each is reckoned against all before it.
    package static let returnsMaximum = 100

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
        case .returnAsked(_, _, let lines, let id):
            guard !lines.isEmpty, isFullOfReturns, !isAskedReturn(id, fact.evidence) else { return nil }
            return "the order has \(returnRequests.entries.count) returns and exchanges, and no more than "
                + "\(Self.returnsMaximum) are taken in"
        default: return nil
        }
        guard holds.count >= Self.holdsMaximum, !holds.contains(where: { $0.hold.id == named }) else { return nil }
        return "the order has \(holds.count) holds, and no more than \(Self.holdsMaximum) are taken in"
    }

    /// Whether no further return or exchange that names lines is taken in.
    var isFullOfReturns: Bool { returnRequests.entries.count >= Self.returnsMaximum }
}
