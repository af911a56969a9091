/// The books show more revenue than is left of the payment after the refunds.
///
/// Late for the grace time, because finance reverses revenue after the refund; wrong from then on. Unknown where nobody
/// says how much was paid.
enum RevenueButRefunded: MismatchDetector {
    static func finding(in order: Order, settings: Settings, now: Instant) -> Finding? {
        let refunds = order.refunds.known(at: now).filter { $0.value.amountMinor > 0 }
        let revenues = order.revenues.known(at: now).filter { $0.value.amountMinor > 0 }
        guard let lastRefund = refunds.map(\.evidence.at).max(), let lastRevenue = revenues.map(\.evidence.at).max()
        else { return nil }
        let since = max(lastRefund, lastRevenue)
        let refunded = refunds.reduce(0) { $0 + $1.value.amountMinor }
        let revenue = revenues.reduce(0) { $0 + $1.value.amountMinor }
        guard let paid = order.paidMinor(by: now) else {
            return Finding(
                kind: .revenueButRefunded, verdict: .unknown,
                reason: Text(
                    chinese: "已确认收入 \(amountText(minor: revenue))，又退款 \(amountText(minor: refunded))，但不知道实付金额，无法核对",
                    english: "Revenue of \(amountText(minor: revenue)) and refunds of \(amountText(minor: refunded)) "
                        + "cannot be compared, because nobody names what was paid"),
                since: since, lastVerifiedAt: order.lastHeardAt(by: now))
        }
        let excess = revenue - (paid - refunded)
        guard excess > settings.amountToleranceMinor else { return nil }
        return overdue(
            .revenueButRefunded, Waiting(since: since, limit: settings.grace, now: now),
            lastVerifiedAt: order.lastHeardAt(by: now)
        ) { _ in
            Text(
                chinese: "实付 \(amountText(minor: paid))，已退款 \(amountText(minor: refunded))，"
                    + "但确认收入 \(amountText(minor: revenue))，多出 \(amountText(minor: excess))",
                english: "Paid \(amountText(minor: paid)), refunded \(amountText(minor: refunded)), and revenue is "
                    + "still \(amountText(minor: revenue)): \(amountText(minor: excess)) too much")
        }
    }
}
