/// A courier takes a parcel back to its sender, or has brought it back, and nobody has decided what follows.
///
/// It is decided when the order is cancelled, when the money went back, when a return takes the goods in, when other
/// parcels bring them, or by a person's word in the task that it opens.
enum ReturnedToSender: MismatchDetector {
    static func finding(in order: Order, settings: Settings, now: Instant) -> Finding? {
        let back = order.undecidedReturns(settings, by: now)
        guard let since = back.map(\.since).min() else { return nil }
        let names = parcelText(back.map(\.parcel.id))
        let length = durationText(now - since)
        let reason =
            if back.allSatisfy({ $0.parcel.isBackAtSender(by: now) }) {
                Text(
                    chinese: "包裹 \(names.chinese) 未签收，已被快递退回（\(length.chinese)前开始退回），还没有决定如何处理",
                    english: "The courier brought parcel \(names.english) back without a signature (the return began "
                        + "\(length.english) ago), and nobody has decided what follows")
            } else {
                Text(
                    chinese: "包裹 \(names.chinese) 未签收，\(length.chinese)前开始被快递退回，还没有决定如何处理",
                    english: "The courier began to take parcel \(names.english) back \(length.english) ago without a "
                        + "signature, and nobody has decided what follows")
            }
        return Finding(
            kind: .returnedToSender, verdict: .wrong, reason: reason, since: since,
            lastVerifiedAt: order.lastHeardAt(by: now))
    }
}

/// A parcel on its way back to the sender, and since when.
struct SentBackParcel {
    var parcel: Parcel
    var since: Instant
}

extension Order {
    /// The task that asks what is to be done about a parcel that comes back.
    static func returnTask(of parcel: String) -> String { returnTaskPrefix + parcel }
    static let returnTaskPrefix = "returned:"

    /// The task that asks the warehouse to send a parcel again.
    static func resendTask(of parcel: String) -> String { "resend:" + parcel }

    /// The parcels that the courier takes back, for which nobody has decided anything.
    func undecidedReturns(_ settings: Settings, by now: Instant) -> [SentBackParcel] {
        let back = sentBack(by: now)
        guard !back.isEmpty, cancelled.map({ $0.evidence.at > now }) ?? true, !isAllRefunded(settings, by: now) else {
            return []
        }
        return back.filter { !isReplaced($0, besides: back, by: now) && !isGivenBack($0, by: now) }
    }

    /// What a person reads where the order would wait for a signature that cannot come; nil while no parcel comes back.
    package func sentBackText(_ settings: Settings) -> Text? {
        let last = Instant(milliseconds: .max)
        let back = allSentBack(by: last).filter { !isReplaced($0, besides: [$0], by: last) }
        guard !back.isEmpty else { return nil }
        let open = undecidedReturns(settings, by: last)
        let names = parcelText((open.isEmpty ? back : open).map(\.parcel.id))
        guard open.isEmpty else {
            return open.allSatisfy { $0.parcel.isBackAtSender(by: last) }
                ? Text(
                    chinese: "包裹 \(names.chinese) 已退回寄件方，买家不会再签收：请决定重新发货或退款",
                    english: "Parcel \(names.english) is back with the sender and will not be signed for: decide "
                        + "whether it is sent again or refunded")
                : Text(
                    chinese: "包裹 \(names.chinese) 正在退回寄件方，买家不会再签收：请决定重新发货或退款",
                    english: "Parcel \(names.english) is on its way back and will not be signed for: decide whether "
                        + "it is sent again or refunded")
        }
        if isAllRefunded(settings, by: last) || back.allSatisfy({ isGivenBack($0, by: last) }) {
            return Text(
                chinese: "包裹 \(names.chinese) 已退回，商品已退款或已登记退换货，不再等待签收",
                english: "Parcel \(names.english) came back and its goods are refunded or returned; no signature is "
                    + "waited for")
        }
        return Text(
            chinese: "包裹 \(names.chinese) 被退回，等待按决定处理（重新发货或退款）",
            english: "Parcel \(names.english) comes back; what was decided about it is waited for")
    }

    /// The task by which finance gives back what a parcel that came back cost.
    static func returnRefundTask(of parcel: String) -> String { "returned-refund:" + parcel }

    /// The parcels that came back and that service wants refunded, as long as no refund of them is known.
    func owedReturns(_ settings: Settings, by now: Instant) -> [Parcel] {
        let all = allSentBack(by: now).filter { decision(about: $0, by: now)?.action == ReturnedParcels.refund }
        guard !all.isEmpty, paidMinor > 0, !isAllRefunded(settings, by: now) else { return [] }
        return all.filter { back in
            taskResolutions[Self.returnRefundTask(of: back.parcel.id)] == nil && !isGivenBack(back, by: now)
        }.map(\.parcel)
    }

    private func sentBack(by now: Instant) -> [SentBackParcel] {
        allSentBack(by: now).filter { decision(about: $0, by: now) == nil }
    }

    /// What a person decided about it; nil while nobody has, and again once the warehouse says that it cannot be sent.
    private func decision(about back: SentBackParcel, by now: Instant) -> (action: String, at: Instant)? {
        let id = back.parcel.id
        guard let at = answer(about: id, by: now), at >= back.since else { return nil }
        let action = taskResolutions[Self.returnTask(of: id)]?.answers["action"] ?? ""
        if action == ReturnedParcels.resend, let said = taskResolutions.entry(Self.resendTask(of: id)),
            said.value.answers["action"] == ReturnedParcels.impossible, (at...max(at, now)).contains(said.evidence.at)
        {
            return nil
        }
        return (action, at)
    }

    /// Every parcel whose last journey ends at the sender, whatever was decided about it.
    private func allSentBack(by now: Instant) -> [SentBackParcel] {
        parcels.compactMap { parcel in
            guard parcel.signed.known(at: now) == nil, let first = parcel.returnScan(after: nil, by: now) else {
                return nil
            }
            // A label that was read back after that sends the goods out again, and so may a decision.
            let isRelabelled = parcel.waybills.contains { $0.readBack.map { $0.at <= first.at } ?? false }
            let labelled = isRelabelled ? parcel.liveWaybills(at: now).compactMap(\.readBack?.at).max() : nil
            let decided = answer(about: parcel.id, by: now)
            let restart = [labelled, decided].compactMap(\.self).filter { $0 > first.at }.max()
            guard let restart, let pickedUp = parcel.pickedUp(after: restart, by: now) else {
                return labelled.map { $0 > first.at } == true ? nil : SentBackParcel(parcel: parcel, since: first.at)
            }
            return parcel.returnScan(after: pickedUp, by: now).map { SentBackParcel(parcel: parcel, since: $0.at) }
        }
    }

    /// When a person last said what is to be done about it.
    private func answer(about parcel: String, by now: Instant) -> Instant? {
        taskResolutions.entry(Self.returnTask(of: parcel)).flatMap { $0.evidence.at <= now ? $0.evidence.at : nil }
    }

    /// Where nobody says what was paid, any refund is taken for the whole.
    private func isAllRefunded(_ settings: Settings, by now: Instant) -> Bool {
        let refunded = refunds.known(at: now).reduce(0) { $0 + $1.value.amountMinor }
        guard let paid = paidMinor(by: now) else { return refunded > 0 }
        return refunded >= paid - settings.amountToleranceMinor && refunded > 0
    }

    /// Whether another parcel came after it, and the others hold everything, as far as contents are known.
    private func isReplaced(_ back: SentBackParcel, besides all: [SentBackParcel], by now: Instant) -> Bool {
        let others = parcels.filter { parcel in !all.contains { $0.parcel.id == parcel.id } }
        let isNewer = others.contains { parcel in
            let begin = [parcel.packed, parcel.tracked, parcel.handedOver].compactMap { $0.known(at: now)?.at }.min()
            return begin.map { $0 > back.since } ?? false
        }
        guard isNewer, !back.parcel.contents.items.isEmpty, var missing = demand.units else { return isNewer }
        if others.contains(where: \.contents.isWholeOrder) { return true }
        for item in others.flatMap(\.contents.items) {
            if let rest = missing[item.line] { missing[item.line] = rest - item.units }
        }
        return back.parcel.contents.items.allSatisfy { missing[$0.line] ?? 0 <= 0 }
    }

    /// Whether its goods were taken in as a return or an exchange, or their price went back since.
    private func isGivenBack(_ back: SentBackParcel, by now: Instant) -> Bool {
        let isKept = wholeKeptAt.map { $0 <= now } ?? false
        if !isKept, returnedWhole.known(at: now) != nil { return true }
        let inside = back.parcel.contents.isWholeOrder ? [] : back.parcel.contents.items
        guard !inside.isEmpty else { return isGivenBackWholly }
        if isTakenIn(back, by: now, where: { _ in true }) { return true }
        let price = price(of: back)
        guard price > 0, refunded(since: back.since, by: now) >= price else { return false }
        let before = claims(before: back, by: now)
        let first = before.map(\.since).min() ?? back.since
        return refunded(since: min(first, back.since), by: now) >= before.reduce(price) { $0 + self.price(of: $1) }
    }

    private func refunded(since begin: Instant, by now: Instant) -> Int64 {
        refunds.known(at: now).filter { $0.evidence.at >= begin }.reduce(0) { $0 + $1.value.amountMinor }
    }

    /// What was paid for what is in it; 0 where nobody knows what is.
    private func price(of back: SentBackParcel) -> Int64 {
        guard !back.parcel.contents.isWholeOrder else { return 0 }
        return refundDue(for: Dictionary(back.parcel.contents.items.map { ($0.line, $0.units) }, uniquingKeysWith: +))
    }

    /// The parcels whose price goes back before this one's, so that no refund counts for two: first those that are to
    /// be refunded, as they were decided, then those that nobody has decided about, as they came back. Nothing goes
    /// back for what is sent again, was sent in another parcel or settled otherwise.
    private func claims(before back: SentBackParcel, by now: Instant) -> [SentBackParcel] {
        let all = allSentBack(by: now)
        let owed = all.filter { other in
            if other.parcel.id == back.parcel.id { return true }
            guard taskResolutions[Self.returnRefundTask(of: other.parcel.id)] == nil else { return false }
            if let said = decision(about: other, by: now) { return said.action == ReturnedParcels.refund }
            return !isReplaced(other, besides: all, by: now) && !isTakenIn(other, by: now, where: \.isExchange)
        }
        let order = owed.map { ($0, decided: decision(about: $0, by: now)?.at ?? Instant(milliseconds: .max)) }
            .sorted { ($0.decided, $0.0.since, $0.0.parcel.id) < ($1.decided, $1.0.since, $1.0.parcel.id) }.map(\.0)
        return Array(order.prefix { $0.parcel.id != back.parcel.id })
    }

    /// Whether returns of some kind hold everything that is in it.
    private func isTakenIn(_ back: SentBackParcel, by now: Instant, where isCounted: (OrderReturn) -> Bool) -> Bool {
        var units: [String: Int] = [:]
        for item in orderReturns() where item.asked.at <= now && !item.isKept && isCounted(item) {
            for good in item.goods { units[good.line, default: 0] += good.units }
        }
        return back.parcel.contents.items.allSatisfy { units[$0.line, default: 0] >= $0.units }
    }
}

extension Parcel {
    /// The first scan of a way back, after a moment.
    fileprivate func returnScan(after begin: Instant?, by now: Instant) -> Scan? {
        scans.first { scan in scan.status.isReturn && scan.at <= now && begin.map { scan.at > $0 } ?? true }
    }

    fileprivate func pickedUp(after begin: Instant, by now: Instant) -> Instant? {
        scans.first { $0.status == .pickedUp && $0.at > begin && $0.at <= now }?.at
    }

    /// Whether the sender has it: the courier says so, or says that somebody signed for a parcel that came back.
    fileprivate func isBackAtSender(by now: Instant) -> Bool {
        scans.last { $0.at <= now && ($0.status.isReturn || $0.status == .signed) }.map { $0.status != .returning }
            ?? false
    }
}
