/// The order is cancelled and goods left the house all the same, before or after the cancellation.
enum CancelledButShipped: MismatchDetector {
    static func finding(in order: Order, settings: Settings, now: Instant) -> Finding? {
        guard let cancelled = order.cancelled, cancelled.evidence.at <= now, let shipped = order.shipped(by: now)
        else { return nil }
        let why = cancelled.value.isEmpty ? "" : " (\(cancelled.value))"
        let isLater = shipped.isTimed && cancelled.evidence.isTimed && shipped.at > cancelled.evidence.at
        let length = durationText(shipped.at - cancelled.evidence.at)
        let reason =
            if isLater {
                Text(
                    chinese: "订单取消\(why)，\(length.chinese)后仍然发货",
                    english: "Cancelled\(why), and handed over \(length.english) later")
            } else {
                Text(chinese: "订单已取消\(why)，但包裹已经发出", english: "Cancelled\(why), and its goods have left")
            }
        return Finding(
            kind: .cancelledButShipped, verdict: .wrong, reason: reason,
            since: max(cancelled.evidence.at, shipped.at), lastVerifiedAt: order.lastHeardAt(by: now))
    }
}
