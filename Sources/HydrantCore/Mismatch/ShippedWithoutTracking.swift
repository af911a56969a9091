/// A parcel left the house and nobody can follow it: no tracking number was read back, or its only waybill is voided.
///
/// Late for the grace time after the hand-over, wrong from then on. Where no system reports tracking numbers the
/// question is not asked.
enum ShippedWithoutTracking: MismatchDetector {
    static func finding(in order: Order, settings: Settings, now: Instant) -> Finding? {
        guard settings.flow.isReported(StateNumber.trackingReturned) else { return nil }
        let lost = order.parcels.filter { $0.shipped.known(at: now) != nil && !isFollowed($0, now) }
        guard let first = lost.compactMap(\.shipped).min() else { return nil }
        let names = parcelText(lost.map(\.id))
        let isVoided = lost.contains { $0.tracked.known(at: now) != nil }
        return overdue(
            .shippedWithoutTracking, Waiting(since: first.at, limit: settings.grace, now: now),
            lastVerifiedAt: order.lastHeardAt(by: now)
        ) { length in
            if isVoided {
                return Text(
                    chinese: "包裹 \(names.chinese) 已发出 \(length.chinese)，但面单已全部作废，没有有效运单号",
                    english: "Parcel \(names.english) left \(length.english) ago and its waybill is voided")
            }
            return Text(
                chinese: "包裹 \(names.chinese) 已发出 \(length.chinese)，仍没有运单号",
                english: "Parcel \(names.english) left \(length.english) ago and has no tracking number")
        }
    }

    /// A live waybill, or the word of a source that says that a number exists and does not export it.
    private static func isFollowed(_ parcel: Parcel, _ now: Instant) -> Bool {
        if !parcel.liveWaybills(at: now).isEmpty { return true }
        return parcel.tracked.known(at: now) != nil && !parcel.waybills.contains { $0.readBack.known(at: now) != nil }
    }
}
