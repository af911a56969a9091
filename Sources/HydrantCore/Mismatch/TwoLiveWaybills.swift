/// A parcel has more than one waybill that is not voided: it is paid for twice, and it may be collected twice. The one
/// with which it came back does not count beside the one with which it is sent again.
///
/// Late for a quarter of an hour while the hub is taking the surplus back by itself, wrong otherwise.
enum TwoLiveWaybills: MismatchDetector {
    static func finding(in order: Order, settings: Settings, now: Instant) -> Finding? {
        let doubled = order.parcels.filter { usable($0, now).count > 1 }
        guard let parcel = doubled.first else { return nil }
        let live = usable(parcel, now)
        let since = doubled.compactMap { secondReadBack(usable($0, now)) }.min() ?? now
        let names = parcelText(doubled.map(\.id))
        let couriers = live.map { Text.system($0.courier, settings.dispatch.couriers) }
        func numbers(_ language: (Text) -> String) -> String {
            zip(couriers.map(language), live).map { $0.isEmpty ? $1.number : "\($0) \($1.number)" }
                .joined(separator: ", ")
        }
        let reason = Text(
            chinese: "包裹 \(names.chinese) 同时有 \(live.count) 张有效面单：\(numbers(\.chinese))",
            english: "Parcel \(names.english) has \(live.count) live waybills: \(numbers(\.english))")
        let isClearing = doubled.allSatisfy { parcel in
            usable(parcel, now).count { !order.isBeingVoided($0, of: parcel) } <= 1
        }
        let waiting = Waiting(since: since, limit: isClearing ? .minutes(15) : 0, now: now)
        return overdue(.twoLiveWaybills, waiting, lastVerifiedAt: order.lastHeardAt(by: now)) { _ in reason }
    }

    private static func usable(_ parcel: Parcel, _ now: Instant) -> [Waybill] {
        parcel.liveWaybills(at: now).filter { !parcel.isSpent($0, by: now) }
    }

    /// When the second of these waybills was read back.
    private static func secondReadBack(_ live: [Waybill]) -> Instant? {
        live.compactMap { $0.readBack?.at }.sorted().dropFirst().first
    }
}
