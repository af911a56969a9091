/// The customer paid and the warehouse has not reserved the goods: they can be sold to somebody else.
///
/// Late from the moment of payment, wrong once the dwell limits of "paid" and "risk passed" are used up, unknown never:
/// where no system reports locks the question is not asked.
enum PaidNotLocked: MismatchDetector {
    static func finding(in order: Order, settings: Settings, now: Instant) -> Finding? {
        let flow = settings.flow
        guard flow.isReported(StateNumber.inventoryLocked), order.completion == .open, order.locked == nil,
            let paid = order.stamps.first, paid.number == StateNumber.paid, paid.at <= now
        else { return nil }
        let limit = flow.steps[StateNumber.paid].dwellLimit + flow.steps[StateNumber.riskPassed].dwellLimit
        let refused = order.lockRefused?.value
        let deadline = refused == nil ? order.deadline(since: paid.at, limit, settings) : paid.at
        return overdue(
            .paidNotLocked, Waiting(since: paid.at, deadline: deadline, now: now),
            lastVerifiedAt: order.lastHeardAt
        ) { length in
            if let refused {
                return Text(
                    chinese: "已支付 \(length.chinese)，仓库拒绝锁定：\(refused)",
                    english: "Paid \(length.english) ago; the warehouse refused to lock: \(refused)")
            }
            return Text(
                chinese: "已支付 \(length.chinese)，库存仍未锁定",
                english: "Paid \(length.english) ago and stock is still not locked")
        }
    }
}
