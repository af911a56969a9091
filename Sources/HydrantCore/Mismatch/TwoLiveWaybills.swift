/// A parcel has more than one waybill that is not voided: it is paid for twice, and it may be collected twice.
enum TwoLiveWaybills: MismatchDetector {
    static func finding(in order: Order, settings: Settings, now: Instant) -> Finding? {
        let doubled = order.parcels.filter { $0.liveWaybills(at: now).count > 1 }
        guard let parcel = doubled.first else { return nil }
        let live = parcel.liveWaybills(at: now)
        let since = doubled.compactMap { secondReadBack($0.liveWaybills(at: now)) }.min() ?? now
        let names = parcelText(doubled.map(\.id))
        let numbers = live.map { $0.courier.isEmpty ? $0.number : "\($0.courier) \($0.number)" }.joined(separator: ", ")
        return Finding(
            kind: .twoLiveWaybills, verdict: .wrong,
            reason: Text(
                chinese: "包裹 \(names.chinese) 同时有 \(live.count) 张有效面单：\(numbers)",
                english: "Parcel \(names.english) has \(live.count) live waybills: \(numbers)"),
            since: since, lastVerifiedAt: order.lastHeardAt(by: now))
    }

    /// When the second of these waybills was read back.
    private static func secondReadBack(_ live: [Waybill]) -> Instant? {
        live.compactMap { $0.readBack?.at }.sorted().dropFirst().first
    }
}
