/// The buyer signed and the after-sales system has not registered the warranty.
///
/// Late from the signature, wrong once the dwell limit of "signed" is used up. Where no system reports warranties the
/// question is not asked.
enum SignedWithoutWarranty: MismatchDetector {
    static func finding(in order: Order, settings: Settings, now: Instant) -> Finding? {
        guard settings.flow.isReported(StateNumber.warrantyActivated), order.cancelled == nil,
            order.warrantyRegistered.known(at: now) == nil,
            let signed = order.stamps.first(where: { $0.number == StateNumber.signed }), signed.at <= now
        else { return nil }
        let limit = settings.flow.steps[StateNumber.signed].dwellLimit
        return overdue(
            .signedWithoutWarranty,
            Waiting(since: signed.at, deadline: order.deadline(since: signed.at, limit, settings), now: now),
            lastVerifiedAt: order.lastHeardAt(by: now)
        ) { length in
            Text(
                chinese: "买家签收 \(length.chinese)，质保仍未登记",
                english: "Signed \(length.english) ago and the warranty is still not registered")
        }
    }
}
