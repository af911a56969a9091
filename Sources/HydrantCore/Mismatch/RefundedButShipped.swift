/// The customer got all the money back, and after that goods left the house.
///
/// Times are compared only where both sides gave one. Unknown where goods left after a refund and nobody says how much
/// the order cost.
enum RefundedButShipped: MismatchDetector {
    static func finding(in order: Order, settings: Settings, now: Instant) -> Finding? {
        let refunds = order.refunds.known(at: now).filter { $0.value.amountMinor > 0 }
            .sorted { $0.evidence < $1.evidence }
        guard let firstRefund = refunds.first else { return nil }
        let paid = order.paidMinor(by: now)
        guard let refunded = paid == nil ? firstRefund.evidence : covering(refunds, paid ?? 0, settings),
            refunded.isTimed
        else { return nil }
        let later = order.parcels.filter { parcel in
            guard let shipped = parcel.shipped.known(at: now), shipped.isTimed else { return false }
            return shipped.at > refunded.at
        }
        guard let since = later.compactMap({ $0.shipped?.at }).min() else { return nil }
        let amount = amountText(minor: refunds.reduce(0) { $0 + $1.value.amountMinor })
        let names = parcelText(later.map(\.id))
        let length = durationText(since - refunded.at)
        let reason =
            if paid == nil {
                Text(
                    chinese: "退款 \(amount) 之后 \(length.chinese)发出包裹 \(names.chinese)，但不知道订单金额，无法判断是否全额退款",
                    english: "Parcel \(names.english) left \(length.english) after a refund of \(amount); whether it "
                        + "was all of the money cannot be told, because nobody names what was paid")
            } else {
                Text(
                    chinese: "已全额退款 \(amount)，\(length.chinese)后仍发出包裹 \(names.chinese)",
                    english: "Refunded in full (\(amount)), and parcel \(names.english) left \(length.english) later")
            }
        return Finding(
            kind: .refundedButShipped, verdict: paid == nil ? .unknown : .wrong, reason: reason, since: since,
            lastVerifiedAt: order.lastHeardAt(by: now))
    }

    /// The refund with which everything that was paid had gone back.
    private static func covering(
        _ refunds: [Ledger<MoneyEntry>.Entry], _ paid: Int64, _ settings: Settings
    ) -> Evidence? {
        var sum: Int64 = 0
        for refund in refunds {
            #if HYDRANT_MUTANTS
                if Mutant.anyRefundIsWhole.isOn { return refund.evidence }
            #endif
            sum += refund.value.amountMinor
            if sum >= paid - settings.amountToleranceMinor { return refund.evidence }
        }
        return nil
    }
}
