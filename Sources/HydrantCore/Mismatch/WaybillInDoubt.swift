/// A channel may have made a waybill that nobody knows of, and asking for it has come to an end without an answer: the
/// channel cannot be asked by our own number, or has not said anything for days. Unknown until its number turns up, is
/// taken back, or the order is over.
enum WaybillInDoubt: MismatchDetector {
    static func finding(in order: Order, settings: Settings, now: Instant) -> Finding? {
        guard order.issued.contains(where: { $0.instruction.kind == .findWaybill && $0.answer != nil }) else {
            return nil
        }
        for parcel in order.parcels {
            let dispatch = ParcelDispatch(parcel.id, of: order, settings)
            for attempt in dispatch.attempts where dispatch.isInDoubt(attempt) {
                guard let answer = dispatch.lastFind(at: attempt.channel)?.answer, answer.value.outcome != .done,
                    answer.evidence.at <= now
                else { continue }
                return Finding(
                    kind: .waybillInDoubt, verdict: .unknown,
                    reason: Text(
                        chinese: "包裹 \(parcel.id) 在 \(attempt.channel) 可能还有一张未知面单：当时没有得到回答，之后也查不到",
                        english:
                            "\(attempt.channel) may have made a waybill for parcel \(parcel.id): it gave no answer "
                            + "then, and cannot be asked about it"),
                    since: answer.evidence.at, lastVerifiedAt: order.lastHeardAt(by: now))
            }
        }
        return nil
    }
}
