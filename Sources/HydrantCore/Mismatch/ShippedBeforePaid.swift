/// Goods left the house before the payment was proven, or without any proof of payment at all.
///
/// Times are compared only where both sides gave one. Where no system reports payments the question is not asked.
enum ShippedBeforePaid: MismatchDetector {
    static func finding(in order: Order, settings: Settings, now: Instant) -> Finding? {
        guard settings.flow.isReported(StateNumber.paid), let shipped = order.shipped(by: now) else { return nil }
        let proof = order.trigger(of: StateNumber.paid, settings)
        guard let paidAt = proof.map(\.at).max(), paidAt <= now else {
            return wrong(
                order, since: shipped.at, now,
                Text(
                    chinese: "已发货，但没有任何付款完成的凭证",
                    english: "Handed over without any proof that it is paid"))
        }
        guard shipped.isTimed, proof.allSatisfy(\.isTimed), shipped.at < paidAt else { return nil }
        let length = durationText(paidAt - shipped.at)
        return wrong(
            order, since: shipped.at, now,
            Text(
                chinese: "付款确认前 \(length.chinese)就已发货",
                english: "Handed over \(length.english) before the payment was confirmed"))
    }

    private static func wrong(_ order: Order, since: Instant, _ now: Instant, _ reason: Text) -> Finding {
        Finding(
            kind: .shippedBeforePaid, verdict: .wrong, reason: reason, since: since,
            lastVerifiedAt: order.lastHeardAt(by: now))
    }
}
