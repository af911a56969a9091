/// A channel may have made a waybill that nobody knows of, and asking for it has come to an end without an answer: the
/// channel cannot be asked by our own number, or has not said anything for days. Unknown until its number turns up, is
/// taken back, or the order is over.
enum WaybillInDoubt: MismatchDetector {
    static func finding(in order: Order, settings: Settings, now: Instant) -> Finding? {
        for parcel in order.numberedParcels {
            for (channel, since) in attempts(of: parcel, in: order, settings) where since <= now {
                let name = Text.system(channel, settings.dispatch.couriers)
                return Finding(
                    kind: .waybillInDoubt, verdict: .unknown,
                    reason: Text(
                        chinese: "包裹 \(parcel.id) 在 \(name.chinese) 可能还有一张未知面单：当时没有得到回答，之后也查不到",
                        english:
                            "\(name.english) may have made a waybill for parcel \(parcel.id): it gave no answer "
                            + "then, and cannot be asked about it"),
                    since: since, lastVerifiedAt: order.lastHeardAt(by: now))
            }
        }
        return nil
    }

    /// The channels in doubt of which asking has come to an end, and when it did; without those that a person has
    /// looked at since.
    static func attempts(
        of parcel: Parcel, in order: Order, _ settings: Settings
    ) -> [(channel: String, since: Instant)] {
        guard order.issued.contains(where: { $0.instruction.kind == .findWaybill && $0.answer != nil }) else {
            return []
        }
        let dispatch = ParcelDispatch(parcel.id, of: order, settings)
        var channels: [(channel: String, since: Instant)] = []
        for attempt in dispatch.attempts where dispatch.isInDoubt(attempt) {
            guard let answer = dispatch.lastFind(at: attempt.channel)?.answer, answer.value.outcome != .done,
                !channels.contains(where: { $0.channel == attempt.channel }),
                order.resolution(of: taskID(parcel.id, attempt.channel), since: answer.evidence.at) == nil
            else { continue }
            channels.append((attempt.channel, answer.evidence.at))
        }
        return channels
    }

    /// The task by which a person says what became of it.
    static func taskID(_ parcel: String, _ channel: String) -> String { "doubt:\(parcel)@\(channel)" }
}
