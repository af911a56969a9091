/// A parcel was signed for before it left the house, by the times that the systems themselves give.
enum SignedBeforeShipped: MismatchDetector {
    static func finding(in order: Order, settings: Settings, now: Instant) -> Finding? {
        let impossible: [(parcel: String, signed: Instant, shipped: Instant)] = order.parcels.compactMap { parcel in
            guard let signed = parcel.signed.known(at: now), signed.isTimed,
                let shipped = parcel.shipped.known(at: now), shipped.isTimed, signed.at < shipped.at
            else { return nil }
            return (parcel.id, signed.at, shipped.at)
        }
        guard let first = impossible.min(by: { $0.signed < $1.signed }) else { return nil }
        let names = parcelText(impossible.map(\.parcel))
        let length = durationText(first.shipped - first.signed)
        return Finding(
            kind: .signedBeforeShipped, verdict: .wrong,
            reason: Text(
                chinese: "包裹 \(names.chinese) 的签收时间比发出时间早 \(length.chinese)",
                english: "Parcel \(names.english) was signed for \(length.english) before it left"),
            since: impossible.map(\.shipped).min() ?? first.shipped, lastVerifiedAt: order.lastHeardAt(by: now))
    }
}
