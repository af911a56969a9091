/// What the playbooks of returns and cancellations ask of people.
enum PlaybookTasks: TaskSource {
    static func needs(of order: Order, settings: Settings, now: Instant) -> [TaskNeed] {
        guard !order.rulings.isEmpty else { return [] }
        var needs: [TaskNeed] = []
        if order.cancelled != nil {
            guard order.runs(.cancellation) else { return [] }
            if order.isOnTheWay { needs.append(interception(order)) }
            if order.owesRefund { needs.append(refund("cancellation:refund")) }
        } else if order.returnAsked != nil, order.runs(.returnExchange) {
            if order.parcels.contains(where: { $0.shipped != nil || $0.signed != nil }) { needs.append(wayBack) }
            if order.exchangeAsked == nil, order.owesRefund { needs.append(refund("return:refund")) }
        }
        return needs.filter { need in
            // Finance's own report ends the wait for a refund, and nothing else does.
            need.owner == "finance" || order.taskResolutions.entry(need.id) == nil
        }
    }

    /// Whether the goods come back, and how: the questions depend on each other.
    private static var wayBack: TaskNeed {
        var courier = TaskField("courier", Text(chinese: "快递公司", english: "Courier"), kind: .text)
        courier.shownWhen = ("how", ["pickup", "sent"])
        var number = TaskField(
            "number", Text(chinese: "退货运单号", english: "Tracking number of the way back"), kind: .text)
        number.shownWhen = ("how", ["pickup", "sent"])
        var reason = TaskField("why", Text(chinese: "为什么不用退回", english: "Why nothing comes back"), kind: .text)
        reason.shownWhen = ("how", ["none"])
        let how = TaskField(
            "how", Text(chinese: "如何退回", english: "How it comes back"), kind: .choice,
            options: [
                .init("pickup", Text(chinese: "快递上门取件", english: "The courier picks it up")),
                .init("sent", Text(chinese: "客户自己寄回", english: "The customer sends it")),
                .init("none", Text(chinese: "不用退回", english: "Nothing comes back")),
            ])
        return TaskNeed(
            id: "return:way-back", kind: .asked, owner: "service",
            reason: Text(
                chinese: "客户申请退换货：请安排退货运单", english: "A return or exchange was asked for: arrange the way back"),
            fields: [how, courier, number, reason, .note])
    }

    private static func interception(_ order: Order) -> TaskNeed {
        let numbers = order.parcels.compactMap { parcel in
            parcel.signed == nil && parcel.shipped != nil ? order.liveWaybill(of: parcel)?.number : nil
        }
        let named = numbers.joined(separator: ", ")
        var need = TaskNeed(
            id: "cancellation:intercept", kind: .asked, owner: "service",
            reason: Text(
                chinese: "订单已取消，包裹已交给快递：请联系快递拦截退回 \(named)",
                english: "The order is cancelled and its parcel is with the courier: have it sent back \(named)"),
            fields: [
                .action([
                    .init("returning", Text(chinese: "快递已拦截退回", english: "The courier sends it back")),
                    .init("delivered", Text(chinese: "客户愿意收下", english: "The customer takes it")),
                    .init("lost", Text(chinese: "无法拦截", english: "It could not be stopped")),
                ]), .note,
            ])
        need.severity = .urgent
        need.within = TaskSeverity.urgent.time
        return need
    }

    private static func refund(_ id: String) -> TaskNeed {
        var need = TaskNeed(
            id: id, kind: .asked, owner: "finance",
            reason: Text(
                chinese: "还没有退款记录；财务系统报告退款后此任务自动关闭",
                english: "No refund is known yet; the task closes when finance reports it"),
            fields: [.note])
        need.severity = .low
        need.within = TaskSeverity.low.time
        return need
    }
}

extension Order {
    /// A parcel is with a courier and neither signed for nor sent back.
    fileprivate var isOnTheWay: Bool { parcels.contains { $0.shipped != nil && isUnderWay($0) } }

    /// The customer paid, and nothing went back.
    fileprivate var owesRefund: Bool { paidMinor > 0 && refundedMinor == 0 }
}
