/// What was paid differs from what the lines cost, by more than the tolerance. Judged only where both are known.
enum PaymentMismatch: MismatchDetector {
    static func finding(in order: Order, settings: Settings, now: Instant) -> Finding? {
        guard let first = order.payments.entries.map(\.evidence.at).min(), !order.lines.isEmpty,
            order.payments.values.contains(where: { $0.amountMinor > 0 || !$0.isComplete }), first <= now
        else { return nil }
        let expected = order.header?.value.payableMinor ?? order.linesMinor
        let difference = order.paidMinor - expected
        guard difference.magnitude > UInt64(settings.amountToleranceMinor) else { return nil }
        let paid = amountText(minor: order.paidMinor)
        let due = amountText(minor: expected)
        return Finding(
            kind: .paymentMismatch, verdict: .wrong,
            reason: Text(
                chinese: "实付 \(paid)，应付 \(due)，相差 \(amountText(minor: difference))",
                english: "Paid \(paid) where \(due) is due, a difference of \(amountText(minor: difference))"),
            since: first, lastVerifiedAt: order.lastHeardAt)
    }
}
