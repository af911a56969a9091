/// A hold that stands now, as the screens show it.
package struct StandingHold: Hashable, Sendable {
    package var id: String
    package var reason: Text
    package var owner: String
    package var since: Instant
    package var exit: Hold.Exit
}

extension Order {
    /// Every reason why the order must not go on: the ones that were placed, and the ones that follow from its
    /// evidence.
    package var standingHolds: [StandingHold] {
        var standing: [StandingHold] = holds.compactMap { held in
            guard held.isActive, let placed = held.placed else { return nil }
            let reason = Text(chinese: held.hold.reason, english: held.hold.reason)
            return StandingHold(
                id: held.hold.id, reason: reason, owner: held.hold.owner, since: placed.at, exit: held.hold.exit)
        }
        if let hold = receiverHold { standing.append(hold) }
        if let refused = creditRefused, creditPassed == nil {
            standing.append(
                StandingHold(
                    id: "credit", reason: Text(chinese: "信用检查未通过", english: "The credit check was refused"),
                    owner: "operations", since: refused.at, exit: .fact(.creditChecked)))
        }
        if let gift = unboundGifts.first, let since = placed?.at {
            standing.append(
                StandingHold(
                    id: "gift-unbound",
                    reason: Text(
                        chinese: "赠品 \(gift.sku) 没有绑定到本订单的付款商品行",
                        english: "Gift \(gift.sku) is not bound to a paid line of this order"),
                    owner: "operations", since: since, exit: .fact(.lineReported)))
        }
        return standing
    }

    /// A receiver that was changed after the order was placed holds the order until it is verified.
    private var receiverHold: StandingHold? {
        guard let changed = receiverChanged, let current = receiver,
            receiverVerifiedFingerprints[current.value.fingerprint] == nil,
            current.evidence.at >= changed.at, shipped == nil
        else { return nil }
        return StandingHold(
            id: "receiver-unverified",
            reason: Text(chinese: "收货信息已变更，等待核实", english: "The receiver was changed and is not verified yet"),
            owner: "service", since: current.evidence.at, exit: .fact(.receiverVerified))
    }
}
