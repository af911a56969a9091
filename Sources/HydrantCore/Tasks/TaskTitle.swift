/// Beginnings of the ids of tasks that are asked for, and what each of them is called on screens.
private let askedTitles: [(beginning: String, title: Text)] = [
    ("return:way-back", Text(chinese: "安排退货", english: "Arrange a return")),
    ("return:arrival", Text(chinese: "验收退货", english: "Check returned goods")),
    (Order.returnRefund, Text(chinese: "退货待退款", english: "Refund a return")),
    (Order.originalRefund, Text(chinese: "换货商品退回待退款", english: "Refund a returned replacement")),
    ("return:replacement:", Text(chinese: "取消换货订单", english: "Cancel a replacement order")),
    (Order.goodsTaskPrefix, Text(chinese: "更正换货订单", english: "Correct a replacement order")),
    ("returned-refund:", Text(chinese: "被退回的包裹待退款", english: "Refund a parcel that came back")),
    ("resend:", Text(chinese: "重新发出被退回的包裹", english: "Send a returned parcel again")),
    (Order.cancellationRefund, Text(chinese: "取消订单待退款", english: "Refund a cancelled order")),
    ("cancellation:intercept", Text(chinese: "追回已取消订单的包裹", english: "Call back the parcel of a cancelled order")),
    ("cancellation:replacement", Text(chinese: "处理已取消的换货订单", english: "Settle a cancelled replacement")),
    (Order.freightTaskPrefix, Text(chinese: "结清运费差额", english: "Settle a difference in freight")),
    ("refund-promise-", Text(chinese: "兑现退款承诺", english: "Pay a promised refund")),
    ("ask-", Text(chinese: "同事交办", english: "Asked by a colleague")),
    ("hold:", Text(chinese: "跟进拦截", english: "See to a hold")),
    ("courier:", Text(chinese: "补上快递公司代码", english: "Name a courier's code")),
]

extension TaskKind {
    /// What a task is called in lists: what is to be done, and about what.
    ///
    /// - Parameter id: of its need. A task that a rule asks for names the rule; what an outside system asked for, only
    ///   its reason explains.
    package func title(ofTask id: String) -> Text {
        guard self == .asked else { return text }
        if let known = askedTitles.first(where: { id.hasPrefix($0.beginning) }) { return known.title }
        guard id.hasPrefix("rule:") else {
            return Text(chinese: "外部系统交办", english: "Asked by another system")
        }
        let rule = String(id.dropFirst("rule:".count).prefix { $0 != "@" && $0 != "." && $0 != ":" })
        return Text(chinese: "拦截器 \(rule) 交办", english: "Asked by interceptor \(rule)")
    }
}

extension TaskNeed {
    package var title: Text { kind.title(ofTask: id) }
}
