/// What the playbooks of returns and cancellations ask of people.
enum PlaybookTasks: TaskSource {
    static func needs(of order: Order, settings: Settings, now: Instant) -> [TaskNeed] {
        guard !order.rulings.isEmpty else { return [] }
        var needs: [TaskNeed] = []
        if order.returnAsked != nil, order.hasLeft, order.runs(.returnExchange) {
            for item in order.orderReturns() {
                let trouble = order.labelTrouble(item, settings)
                let isStopped = order.cancelled != nil && !order.isToComeBack(item)
                guard !item.isKept, trouble != nil || !isStopped else { continue }
                guard trouble == nil, let said = order.answer(item.wayBackTask, of: item) else {
                    needs.append(wayBack(item, order, settings, trouble))
                    continue
                }
                let isBack = order.answer(item.arrivalTask, of: item) != nil
                if let how = said.answers["how"], how != "none", !isBack { needs.append(arrival(item, how, order)) }
            }
        }
        var others: [TaskNeed] = []
        if order.cancelled != nil, order.runs(.cancellation) {
            others = order.parcelsOnTheWay.map { interception($0, order) }
        }
        others += RefundTasks.needs(of: order, settings: settings)
        return needs
            + others.filter { need in
                // What is owed is said by the money and by the goods, and not by an answer alone.
                need.decidesRefund || need.id.hasPrefix(Order.goodsTaskPrefix)
                    || order.taskResolutions.entry(need.id) == nil
            }
    }

    /// Whether the goods come back, and how: the questions depend on each other.
    ///
    /// - Parameter trouble: why there is no label although one was wanted.
    private static func wayBack(
        _ item: OrderReturn, _ order: Order, _ settings: Settings, _ trouble: Text?
    ) -> TaskNeed {
        var courier = TaskField("courier", Text(chinese: "快递公司", english: "Courier"), kind: .text)
        courier.shownWhen = ("how", ["pickup", "sent"])
        var number = TaskField(
            "number", Text(chinese: "退货运单号", english: "Tracking number of the way back"), kind: .text)
        number.shownWhen = ("how", ["pickup", "sent"])
        var why = TaskField("why", Text(chinese: "为什么不用退回", english: "Why nothing comes back"), kind: .text)
        why.shownWhen = ("how", ["none"])
        var how = TaskField(
            "how", Text(chinese: "如何退回", english: "How it comes back"), kind: .choice,
            options: [
                .init("pickup", Text(chinese: "快递上门取件", english: "The courier picks it up")),
                .init("sent", Text(chinese: "客户自己寄回", english: "The customer sends it")),
                .init("none", Text(chinese: "不用退回", english: "Nothing comes back")),
            ])
        if order.mayOrderLabel(item, settings) { how.options.insert(label, at: 1) }
        let words = order.wayBackWords(item)
        let reason = trouble.map { trouble in
            Text(
                chinese: "\(trouble.chinese)，请另行安排。\(words.chinese)",
                english: "\(trouble.english): arrange it another way. \(words.english)")
        }
        return TaskNeed(
            id: item.wayBackTask, kind: .asked, owner: "service", reason: reason ?? words,
            fields: [how, courier, number, why, .note])
    }

    private static let label = TaskField.Option(
        Order.labelAnswer,
        Text(chinese: "快递上门取件：由系统出面单", english: "The courier fetches it: make a label"))

    /// Whether the goods came back, once their way is arranged.
    private static func arrival(_ item: OrderReturn, _ how: String, _ order: Order) -> TaskNeed {
        let goods = order.goodsText(item)
        let parcel = order.wayBack(of: item)
        let number = parcel.flatMap { order.liveWaybill(of: $0)?.number }.map { " \($0)" } ?? ""
        let isSigned = parcel?.signed != nil
        var need = TaskNeed(
            id: item.arrivalTask, kind: .asked, owner: "warehouse",
            reason: isSigned
                ? Text(
                    chinese: "退货已送达\(number)：\(goods.chinese)；请验货并登记",
                    english: "Back at the warehouse\(number): \(goods.english); check it and say so")
                : Text(
                    chinese: "退货在途\(number)：\(goods.chinese)；收到后请验货并登记",
                    english: "On its way back\(number): \(goods.english); check it when it arrives and say so"),
            fields: [.action(arrivals + (how == Order.labelAnswer ? [kept] : [])), .note])
        need.severity = isSigned ? .normal : .low
        need.within = .hours(240)
        return need
    }

    private static let arrivals: [TaskField.Option] = [
        .init("complete", Text(chinese: "已收到，数量和状况无误", english: "Arrived, complete and sound")),
        .init("different", Text(chinese: "已收到，但有短缺或损坏", english: "Arrived, but incomplete or damaged")),
        .init("lost", Text(chinese: "没有收到，不再等待", english: "It did not come and is not waited for")),
    ]

    /// Takes the label back that the hub made.
    private static let kept = TaskField.Option(
        Order.keptAnswer,
        Text(chinese: "客户不退了，退货面单作废", english: "The customer keeps it: void the label"))

    private static func interception(_ parcel: Parcel, _ order: Order) -> TaskNeed {
        let number = order.liveWaybill(of: parcel)?.number
        let named = number ?? parcel.id
        var need = TaskNeed(
            id: Order.interception(of: parcel.id), kind: .asked, owner: "service",
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
}

extension Order {
    /// The task that has a parcel of a cancelled order called back. Each parcel is asked about by itself: the next one
    /// may leave when the first is dealt with.
    fileprivate static func interception(of parcel: String) -> String { "cancellation:intercept:" + parcel }

    /// What a person said of a parcel that left although its order is cancelled. Before each had a task of its own, one
    /// answer was for all that had left.
    func interceptionAnswer(of parcel: Parcel) -> String? {
        if let own = taskResolutions[Self.interception(of: parcel.id)] { return own.answers["action"] }
        guard let all = taskResolutions.entry("cancellation:intercept"), let shipped = parcel.shipped,
            shipped.at <= all.evidence.at
        else { return nil }
        return all.value.answers["action"]
    }

    /// The parcels with a courier that are neither signed for nor sent back, and that nobody has dealt with.
    fileprivate var parcelsOnTheWay: [Parcel] {
        parcels.filter { $0.shipped != nil && isUnderWay($0) && interceptionAnswer(of: $0) == nil }
    }

    /// Whether goods of a cancelled order come back all the same: they are with the customer, or their way is arranged.
    fileprivate func isToComeBack(_ item: OrderReturn) -> Bool {
        taskResolutions[item.wayBackTask] != nil || parcels.contains { $0.signed != nil }
    }

    /// What of a return comes back, for who arranges its way.
    fileprivate func wayBackWords(_ item: OrderReturn) -> Text {
        guard !item.isWhole else {
            return Text(
                chinese: "客户申请退换货：请安排退货运单", english: "A return or exchange was asked for: arrange the way back")
        }
        let goods = goodsText(item)
        let unfit = item.unfit.map { "\($0.line) × \($0.units)" }.prefix(8).joined(separator: ", ")
        return Text(
            chinese: "客户申请\(item.isExchange ? "换货" : "退货")：\(goods.chinese)；请安排退货运单"
                + (unfit.isEmpty ? "" : "。超出订单数量或订单里没有的行：\(unfit)"),
            english: "\(item.isExchange ? "An exchange" : "A return") was asked for: \(goods.english); "
                + "arrange the way back"
                + (unfit.isEmpty ? "" : ". More than was bought, or not on the order: line \(unfit)"))
    }
}
