/// A parcel has more than one waybill that is not voided: it is paid for twice, and it may be collected twice.
///
/// Late for a quarter of an hour while the hub is taking the surplus back by itself, wrong otherwise.
enum TwoLiveWaybills: MismatchDetector {
    static func finding(in order: Order, settings: Settings, now: Instant) -> Finding? {
        let doubled = order.parcels.filter { $0.liveWaybills(at: now).count > 1 }
        guard let parcel = doubled.first else { return nil }
        let live = parcel.liveWaybills(at: now)
        let since = doubled.compactMap { secondReadBack($0.liveWaybills(at: now)) }.min() ?? now
        let names = parcelText(doubled.map(\.id))
        let numbers = live.map { $0.courier.isEmpty ? $0.number : "\($0.courier) \($0.number)" }.joined(separator: ", ")
        let reason = Text(
            chinese: "包裹 \(names.chinese) 同时有 \(live.count) 张有效面单：\(numbers)",
            english: "Parcel \(names.english) has \(live.count) live waybills: \(numbers)")
        let isClearing = doubled.allSatisfy { parcel in
            parcel.liveWaybills(at: now).count { !order.isBeingVoided($0, of: parcel) } <= 1
        }
        let waiting = Waiting(since: since, limit: isClearing ? .minutes(15) : 0, now: now)
        return overdue(.twoLiveWaybills, waiting, lastVerifiedAt: order.lastHeardAt(by: now)) { _ in reason }
    }

    /// When the second of these waybills was read back.
    private static func secondReadBack(_ live: [Waybill]) -> Instant? {
        live.compactMap { $0.readBack?.at }.sorted().dropFirst().first
    }
}
