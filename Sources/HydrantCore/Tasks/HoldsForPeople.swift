/// Holds that only a person can end. What ends with time, or with a message that a system sends anyway, needs nobody;
/// what ends with an interceptor's condition needs its owner once nobody else has anything to do about the order.
enum HoldsForPeople: TaskSource {
    static func needs(of order: Order, settings: Settings, now: Instant) -> [TaskNeed] {
        guard order.cancelled == nil else { return [] }
        let holds = order.standingHolds
        var needs = holds.compactMap { need(for: $0, in: order) }
        let waiting = holds.filter { $0.exit == .condition }
        // A parcel that left takes nothing away from the question where it is to arrive.
        if let hold = waiting.first, order.receiverInDoubtSince != nil,
            !needs.contains(where: { $0.kind == .receiverUnverified })
        {
            needs += [receiver(hold, order)].compactMap(\.self)
        }
        return needs.isEmpty ? waiting.map(Self.waiting) : needs
    }

    private static func need(for hold: StandingHold, in order: Order) -> TaskNeed? {
        switch hold.id {
        case "receiver-unverified" where hold.exit == .fact(.receiverVerified): return receiver(hold, order)
        case "credit" where hold.exit == .fact(.creditChecked): return credit(hold)
        case "gift-unbound" where hold.exit == .fact(.lineReported): return gift(hold, order)
        case Order.addressHoldID: return address(hold)
        default:
            if hold.id.hasPrefix("waybill-data-"), hold.exit == .fact(.receiverChanged) { return data(hold) }
            return hold.exit == .person ? decision(hold) : nil
        }
    }

    private static func decision(_ hold: StandingHold) -> TaskNeed {
        TaskNeed(
            id: "hold:\(hold.id)", kind: .holdDecision, owner: hold.owner, reason: hold.reason,
            fields: [.action([.init("release", Text(chinese: "解除拦截", english: "Release the hold"))]), .note])
    }

    private static func waiting(_ hold: StandingHold) -> TaskNeed {
        var need = TaskNeed(
            id: "hold:\(hold.id)", kind: .asked, owner: hold.owner,
            reason: Text(
                chinese: "\(hold.reason.chinese)；条件满足后自动放行，此任务随之关闭",
                english: "\(hold.reason.english); it goes on by itself, and this task closes, once its condition is met"
            ),
            fields: [.note])
        need.severity = .high
        need.within = TaskSeverity.high.time
        return need
    }

    private static func address(_ hold: StandingHold) -> TaskNeed {
        TaskNeed(
            id: "hold:\(hold.id)", kind: .holdDecision, owner: hold.owner, reason: hold.reason,
            fields: [
                .action([
                    .init("redirected", Text(chinese: "快递已拦截或改派", english: "The courier stops or redirects it")),
                    .init("relabelled", Text(chinese: "面单已重贴", english: "The parcel has a new label")),
                    .init("accepted", Text(chinese: "客户接受旧地址", english: "The customer accepts the old address")),
                ]), .note,
            ])
    }

    private static func receiver(_ hold: StandingHold, _ order: Order) -> TaskNeed? {
        guard let receiver = order.receiver else { return nil }
        return TaskNeed(
            id: "receiver:\(receiver.value.fingerprint)", kind: .receiverUnverified, owner: hold.owner,
            reason: hold.reason,
            fields: [
                .action([.init("verified", Text(chinese: "已与客户核实无误", english: "Verified with the customer"))]), .note,
            ])
    }

    private static func credit(_ hold: StandingHold) -> TaskNeed {
        TaskNeed(
            id: "credit", kind: .creditRefused, owner: hold.owner, reason: hold.reason,
            fields: [
                .action([.init("accept", Text(chinese: "接受风险，放行", english: "Accept the risk and go on"))]), .note,
            ])
    }

    private static func gift(_ hold: StandingHold, _ order: Order) -> TaskNeed? {
        guard let gift = order.unboundGifts.first else { return nil }
        let sold = order.lines.values.filter { !$0.isGift }
        guard !sold.isEmpty else { return nil }
        let options = sold.prefix(50).map { line in
            let name = line.name.isEmpty ? line.sku : "\(line.sku) \(line.name)"
            return TaskField.Option(line.id, Text(chinese: name, english: name))
        }
        return TaskNeed(
            id: "gift:\(gift.id)", kind: .giftUnbound, owner: hold.owner, reason: hold.reason,
            fields: [
                TaskField(
                    "line", Text(chinese: "绑定到商品行", english: "The paid line it belongs to"), kind: .choice,
                    options: options), .note,
            ])
    }

    private static func data(_ hold: StandingHold) -> TaskNeed {
        TaskNeed(id: hold.id, kind: .receiverWrong, owner: hold.owner, reason: hold.reason, fields: [.note])
    }
}
