/// Parcels that a courier brings back without a signature: service decides with the customer what follows. What is to
/// be refunded is finance's task until finance reports the refund.
enum ReturnedParcels: TaskSource {
    static func needs(of order: Order, settings: Settings, now: Instant) -> [TaskNeed] {
        order.undecidedReturns(settings, by: now).map { need(of: $0.parcel, order) }
            + order.owedReturns(settings, by: now).map { refundNeed(of: $0, order) }
    }

    private static func refundNeed(of parcel: Parcel, _ order: Order) -> TaskNeed {
        let note = order.taskResolutions[Order.returnTask(of: parcel.id)]?.answers["note"] ?? ""
        return TaskNeed(
            id: Order.returnRefundTask(of: parcel.id), kind: .asked, owner: "finance",
            reason: Text(
                chinese: "被退回的包裹 \(parcel.id) 应退款；财务系统报告退款后此任务自动关闭"
                    + (note.isEmpty ? "" : "。客服说明：\(note)"),
                english:
                    "Parcel \(parcel.id) came back and is to be refunded; the task closes when finance reports the "
                    + "refund" + (note.isEmpty ? "" : ". Service says: \(note)")),
            fields: [
                .action([.init("declined", Text(chinese: "不予退款，已告知客服", english: "Declined; service was told"))]), .note,
            ])
    }

    private static func need(of parcel: Parcel, _ order: Order) -> TaskNeed {
        let number = order.liveWaybill(of: parcel).map { " (\($0.number))" } ?? ""
        var options: [TaskField.Option] = [
            .init(resend, Text(chinese: "重新发货（交给仓库）", english: "Send it again (asks the warehouse)")),
            .init(refund, Text(chinese: "退款（交给财务）", english: "Refund it (asks finance)")),
            .init("settled", Text(chinese: "已另行处理好", english: "It is settled in another way")),
        ]
        // Nothing was paid for a replacement.
        if order.paidMinor == 0 { options.remove(at: 1) }
        return TaskNeed(
            id: Order.returnTask(of: parcel.id), kind: .wrongOrder, owner: "service",
            reason: Text(
                chinese: "包裹 \(parcel.id)\(number) 未签收，被快递退回：请联系客户，决定重新发货还是退款",
                english: "The courier brings parcel \(parcel.id)\(number) back without a signature: ask the customer, "
                    + "and decide whether it is sent again or refunded"),
            fields: [
                .action(options), .note,
            ])
    }

    static let resend = "resend"
    static let refund = "refund"
    static let impossible = "impossible"

    /// What service decided, as what the warehouse is asked to do.
    static func consequences(of answers: [String: String], parcel: String) -> [FactBody] {
        let note = answers["note"].flatMap { $0.isEmpty ? nil : $0 }
        switch answers["action"] {
        case resend:
            return [
                .taskAsked(
                    asked(
                        Order.resendTask(of: parcel), of: "warehouse",
                        Text(
                            chinese: "包裹 \(parcel) 被退回，客服决定重新发货：请重新打包，用新面单发出",
                            english: "Parcel \(parcel) came back and service decided to send it again: pack it anew "
                                + "and send it with a new label"), note,
                        [
                            .init("sent", Text(chinese: "已重新发出", english: "It was sent again")),
                            .init(impossible, Text(chinese: "无法重发，已告知客服", english: "It cannot be; service was told")),
                        ]))
            ]
        default: return []
        }
    }

    private static func asked(
        _ id: String, of owner: String, _ reason: Text, _ note: String?, _ options: [TaskField.Option]
    ) -> TaskNeed {
        let words = note.map {
            Text(chinese: "\(reason.chinese)；客服说明：\($0)", english: "\(reason.english); service says: \($0)")
        }
        return TaskNeed(
            id: id, kind: .asked, owner: owner, reason: words ?? reason, fields: [.action(options), .note])
    }
}
