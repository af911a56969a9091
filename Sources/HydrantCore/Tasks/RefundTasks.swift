/// What playbooks ask of people about money that is owed, and about replacements that nobody is to get any more.
enum RefundTasks {
    static func needs(of order: Order, settings: Settings) -> [TaskNeed] {
        guard order.cancelled != nil || order.returnAsked != nil else { return [] }
        var needs: [TaskNeed] = []
        if order.cancelled != nil {
            guard order.runs(.cancellation) else { return order.runs(.returnExchange) ? replacements(order) : [] }
            if order.owesCancellationRefund {
                needs.append(watch(Order.cancellationRefund, order.refundableMinor, nothingKnown, order, settings))
            }
            if let lost = lostReplacement(order) { needs.append(lost) }
        } else if order.runs(.returnExchange) {
            if order.owesReturnRefund { needs.append(returned(order, settings)) }
            if order.owesOriginalRefund { needs.append(original(order)) }
        }
        return order.runs(.returnExchange) ? needs + replacements(order) : needs
    }

    private static let nothingKnown = Text(chinese: "还没有退款记录", english: "No refund is known yet")

    /// What finance has to give back; the sum, where lines were named.
    private static func returned(_ order: Order, _ settings: Settings) -> TaskNeed {
        guard let due = order.refundDueMinor, due > 0 else {
            return watch(Order.returnRefund, order.refundableMinor, nothingKnown, order, settings)
        }
        let (whole, gone) = (amountText(minor: due), amountText(minor: order.refundedMinor))
        let words = Text(
            chinese: "退回的商品应退款 \(whole)，已退 \(gone)",
            english: "\(whole) is to be given back for the goods that come back, \(gone) was")
        let rest = min(order.refundableMinor, max(0, due - order.refundedMinor))
        return watch(Order.returnRefund, rest, words, order, settings)
    }

    /// A task that the refunds which systems report end. It asks something only where no report can end it.
    private static func watch(
        _ id: String, _ restMinor: Int64, _ words: Text, _ order: Order, _ settings: Settings
    ) -> TaskNeed {
        let reporters = settings.refundReporters
        let named = Text.systems(reporters, settings.dispatch.couriers)
        let ending =
            reporters.isEmpty
            ? Text(
                chinese: "退款被报告后此任务自动关闭；没有已连接的系统报告退款，在系统外退款后请登记凭证号",
                english: "the task closes by itself when the refund is reported; no connected system reports "
                    + "refunds, so record the reference of one that is made outside")
            : Text(
                chinese: "\(named.chinese) 报告退款后此任务自动关闭",
                english: "the task closes by itself when \(named.english) reports the refund")
        var need = TaskNeed(
            id: id, kind: .asked, owner: "finance",
            reason: Text(
                chinese: "\(words.chinese)；\(ending.chinese)", english: "\(words.english); \(ending.english)"))
        need.severity = .low
        need.within = TaskSeverity.low.time
        need.fields = questions(isReported: !reporters.isEmpty, restMinor, order)
        need.closesItself = need.fields.isEmpty
        return need
    }

    private static func questions(isReported: Bool, _ restMinor: Int64, _ order: Order) -> [TaskField] {
        var options: [TaskField.Option] = []
        var questions: [TaskField] = []
        if !isReported {
            options.append(.init(Order.refundedOutside, Text(chinese: "已在系统外退款", english: "Refunded outside")))
            var reference = TaskField(
                Order.refundReference, Text(chinese: "退款凭证号", english: "Reference number of the refund"), kind: .text)
            reference.shownWhen = ("action", [Order.refundedOutside])
            var amount = TaskField("amount", Text(chinese: "退款金额", english: "Amount refunded"), kind: .money)
            amount.shownWhen = reference.shownWhen
            amount.prefill = [Prefill(amountText(minor: restMinor), from: .paid)]
            questions += [reference, amount]
        }
        if order.mayOweLess {
            options.append(
                .init(
                    Order.settledForLess,
                    Text(chinese: "少退或不再退，已与客户说明", english: "Less or nothing more is due; the customer knows")))
            var why = TaskField("why", Text(chinese: "原因", english: "Why"), kind: .text)
            why.shownWhen = ("action", [Order.settledForLess])
            questions.append(why)
        }
        return options.isEmpty ? [] : [.action(options)] + questions + [.note]
    }

    /// A replacement that comes back: what was paid is with the order that it replaces.
    private static func original(_ order: Order) -> TaskNeed {
        let number = order.header?.value.replaces ?? ""
        var reference = TaskField(
            Order.refundReference, Text(chinese: "退款凭证号", english: "Reference number of the refund"), kind: .text)
        reference.shownWhen = ("action", ["refunded"])
        return TaskNeed(
            id: Order.originalRefund, kind: .asked, owner: "finance",
            reason: Text(
                chinese: "换货商品被退回；款项付在原订单 \(number) 上，请在那里退款并登记",
                english: "A replacement is returned; it was paid with the order \(number): refund it there and say so"),
            fields: [
                .action([
                    .init("refunded", Text(chinese: "已在原订单退款", english: "Refunded with the original order")),
                    .init("declined", Text(chinese: "不予退款，已告知客服", english: "Declined; service was told")),
                ]), reference, .note,
            ])
    }

    private static func replacements(_ order: Order) -> [TaskNeed] { idle(order) + changed(order) }

    /// Replacements that were placed with other goods than are wanted now. A person's answer says that they fit.
    private static func changed(_ order: Order) -> [TaskNeed] {
        order.changedReplacements.map { number, goods in
            let item = order.goodsText(goods)
            var need = TaskNeed(
                id: Order.goodsTask(of: number), kind: .asked, owner: "service",
                reason: Text(
                    chinese: "换货商品有变化：请更正或取消换货订单 \(number)；现在应换：\(item?.chinese ?? "无")",
                    english: "The goods of the exchange changed: correct or cancel its order \(number); wanted now: "
                        + (item?.english ?? "nothing")),
                fields: [
                    .action([
                        .init("corrected", Text(chinese: "已更正或另行补齐", english: "It is corrected, or settled otherwise")),
                        .init("stopped", Text(chinese: "已取消或追回", english: "It is cancelled or called back")),
                        .init(
                            "delivered",
                            Text(chinese: "按约定照原样发给客户", english: "The customer gets it as it is, as agreed")),
                    ]), .note,
                ])
            need.severity = .high
            need.within = TaskSeverity.high.time
            return need
        }
    }

    /// Replacements that were placed for exchanges that are over.
    private static func idle(_ order: Order) -> [TaskNeed] {
        order.idleReplacements.map { number in
            var need = TaskNeed(
                id: Order.idleTask(of: number), kind: .asked, owner: "service",
                reason: Text(
                    chinese: "换货已不再进行，但换货订单 \(number) 已创建：请取消它，已发出的请追回",
                    english: "The exchange is over, but its order \(number) was placed: cancel it, or call its parcel "
                        + "back"),
                fields: [
                    .action([
                        .init("stopped", Text(chinese: "已取消或追回", english: "It is cancelled or called back")),
                        .init("delivered", Text(chinese: "按约定仍发给客户", english: "The customer gets it, as agreed")),
                    ]), .note,
                ])
            need.severity = .high
            need.within = TaskSeverity.high.time
            return need
        }
    }

    /// A cancelled order that was to replace goods: whoever waits for them has paid with another order.
    private static func lostReplacement(_ order: Order) -> TaskNeed? {
        guard let number = order.header?.value.replaces, !number.isEmpty,
            !order.parcels.contains(where: { $0.signed != nil })
        else { return nil }
        return TaskNeed(
            id: "cancellation:replacement", kind: .asked, owner: "service",
            reason: Text(
                chinese: "换货订单已取消，客户在原订单 \(number) 上付了款：请商定退款、重新换货，或客户留下原商品",
                english: "This replacement is cancelled, and the customer has paid with the order \(number): agree on "
                    + "a refund, another exchange, or that the goods stay with the customer"),
            fields: [
                .action([
                    .init("refund", Text(chinese: "在原订单退款", english: "A refund of the original order")),
                    .init("again", Text(chinese: "已重新换货", english: "Another exchange was arranged")),
                    .init("kept", Text(chinese: "客户留下原商品", english: "The customer keeps the first goods")),
                ]), .note,
            ])
    }
}
