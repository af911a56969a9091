/// A system says that a parcel was signed for and does not say when: nothing that counts from the signature (warranty,
/// return period) can be trusted.
enum SignedWithoutTime: MismatchDetector {
    static func finding(in order: Order, settings: Settings, now: Instant) -> Finding? {
        let untimed: [(parcel: String, evidence: Evidence)] = order.parcels.compactMap { parcel in
            guard let signed = parcel.signed.known(at: now), !signed.isTimed else { return nil }
            return (parcel.id, signed)
        }
        guard let first = untimed.min(by: { $0.evidence < $1.evidence }) else { return nil }
        let source = Text.system(first.evidence.source, settings.dispatch.couriers)
        let names = parcelText(untimed.map(\.parcel))
        return Finding(
            kind: .signedWithoutTime, verdict: .wrong,
            reason: Text(
                chinese: "\(source.chinese) 说包裹 \(names.chinese) 已签收，但没有签收时间",
                english: "\(source.english) says that parcel \(names.english) was signed for, and not when"),
            since: first.evidence.at, lastVerifiedAt: order.lastHeardAt(by: now))
    }
}
