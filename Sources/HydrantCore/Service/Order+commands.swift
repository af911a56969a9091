// What a person says about an order is judged where it is recorded: what was true when a form was looked at may have
// changed since, by another person, by the same person's second click, or at another node.

extension Order {
    /// Whether somebody is being called now.
    package func isCalling(at now: Instant, otherThan id: String? = nil) -> Bool {
        calls.contains { !$0.isOver && $0.id != id && now < $0.begin + CallWish.lifetime }
    }

    /// Refuses what a person cannot do with the order as it is when the fact is recorded.
    func judge(byPerson body: FactBody, receivedAt now: Instant) throws(Refusal) {
        switch body {
        case .refundReported(let entry):
            let earlier = refunds[entry.id]?.amountMinor ?? 0
            guard entry.amountMinor > refundableMinor + earlier else { return }
            guard refundableMinor > 0 else { throw Self.notNow(moneyText) }
            let most = amountText(minor: refundableMinor)
            throw Self.notNow(
                Text(chinese: "最多还可退款 \(most)", english: "At most \(most) can still be refunded"))
        case .orderCancelled: if let obstacle = obstacle(to: .cancel) { throw Self.notNow(obstacle) }
        case .returnAsked(_, _, let lines, let id):
            let isCorrection = !id.isEmpty && returnRequests.entry(id) != nil
            let obstacle = isCorrection ? nil : obstacle(to: .askReturn)
            if let text = obstacle ?? self.obstacle(toReturning: lines, besides: id) { throw Self.notNow(text) }
            if lines.isEmpty, returnedWhole != nil {
                // The same word again would say nothing new.
                throw Self.notNow(
                    Text(
                        chinese: "整单退换已登记过一次，请指明要退换的商品行",
                        english: "The whole order was asked for once already: name the lines that come back"))
            }
        case .callAsked(let wish):
            guard isCalling(at: now, otherThan: wish.id) else { return }
            throw Refusal(
                code: "callNotPossible",
                text: Text(chinese: "这个订单正在通话中", english: "A call of this order is under way"),
                nextStep: Text(
                    chinese: "等这次通话结束后再拨打", english: "Wait until it has ended, then call again"))
        default: break
        }
    }

    private static func notNow(_ text: Text) -> Refusal {
        Refusal(
            code: "actionNotNow", text: text,
            nextStep: Text(chinese: "刷新页面查看现在可以做什么", english: "Reload the page to see what can be done now"))
    }
}
