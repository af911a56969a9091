// What a person can do with an order from its page, beside the tasks that it opened. Each deed is a fact, or a few,
// told by `person:NAME`, and counts as manual intervention with its cause and minutes. Whether it can be done now is a
// function of the order; why it cannot is said in words.

/// The storage names of deeds, as they stand in the trail of what people did; the list may only grow.
package enum OrderAction: String, CaseIterable, Sendable {
    case placeHold = "hold.place"
    case releaseHold = "hold.release"
    case verifyReceiver = "receiver.verify"
    case changeReceiver = "receiver.change"
    case cancel = "order.cancel"
    case askReturn = "return.ask"
    case recordWayBack = "return.way-back"
    case voidWaybill = "waybill.void"
    case promiseRefund = "refund.promise"
    case recordRefund = "refund.record"
    case openTicket = "ticket.open"
    case closeTicket = "ticket.close"
    case complete = "order.complete"
    case ask = "task.ask"
}

/// What somebody wants done, as a form says it.
package struct ActionRequest: Hashable, Sendable {
    package var action: OrderAction
    package var person: String
    /// Why; holds no personal data.
    package var reason: String
    /// The hold, the waybill `PARCEL#NUMBER`, the ticket, or the role that it is about.
    package var target = ""
    package var amountMinor: Int64?
    /// After how many hours a hold ends by itself; nil for until somebody ends it.
    package var hours: Int64?
    /// Whether other goods are wanted in return.
    package var isExchange = false
    /// What comes back; nil for the whole order.
    package var lines: [ReturnedLine]?
    /// Of a way back: who brings the goods, and under which number.
    package var courier = ""
    package var trackingNumber = ""
    /// What numbers look like.
    package var dispatch = DispatchSettings()
    /// For a ticket: another order that it is about too.
    package var linkedOrder = ""
    /// How long it took.
    package var minutes = 0
    /// What the form is told apart by: the same form sent twice is one deed. Empty where nobody says.
    package var once = ""
    /// The warehouses whose parcels the person may touch; nil for all.
    package var warehouses: Set<String>?
    package var now: Instant

    package init(action: OrderAction, person: String, reason: String, now: Instant) {
        self.action = action
        self.person = person
        self.reason = reason
        self.now = now
    }

    /// What no other deed of the kind on the order has: the form, or the moment.
    package var mark: String { once.isEmpty ? "\(now.milliseconds)" : once }

    fileprivate func id(_ prefix: String) -> String { "\(prefix)-\(person)-\(mark)" }
}

extension Order {
    /// What the deed may be about; empty for deeds about the whole order.
    ///
    /// - Parameter warehouses: those whose parcels may be touched; nil for all.
    package func targets(of action: OrderAction, in warehouses: Set<String>? = nil) -> [String] {
        switch action {
        case .releaseHold: releasableHolds.map(\.id)
        case .voidWaybill:
            parcels.filter { parcel in
                parcel.handedOver == nil && parcel.signed == nil
                    && warehouses?.contains(warehouse(of: parcel.id)) ?? true
            }.flatMap { parcel in
                parcel.liveWaybills.map { Instruction.target(parcel: parcel.id, number: $0.number) }
            }
        case .closeTicket: tickets.values.filter { $0.status == .open }.map(\.id)
        case .recordWayBack: orderReturns().filter { !isBack($0) }.map(\.wayBackParcel)
        case .ask: ["operations", "warehouse", "service", "finance", "it", "owner"]
        default: []
        }
    }

    /// The holds that a person may end.
    package var releasableHolds: [StandingHold] {
        standingHolds.filter { hold in
            holds.contains { $0.hold.id == hold.id && $0.isActive } || isRuleHold(hold.id, forPerson: true)
        }
    }

    /// Why it cannot be done now; nil when it can.
    ///
    /// - Parameter warehouses: those whose parcels may be touched; nil for all.
    package func obstacle(to action: OrderAction, in warehouses: Set<String>? = nil) -> Text? {
        switch action {
        case .placeHold: endedText
        case .releaseHold: releasableHolds.isEmpty ? holdText : nil
        case .verifyReceiver: standingHolds.contains { $0.id == Self.unverified } ? nil : verifiedText
        case .changeReceiver: cancelledText ?? signedText
        case .cancel:
            cancelledText
                ?? (shipped.map { _ in Text(chinese: "包裹已发出，请改为退货", english: "A parcel has left; ask for its return") })
        case .askReturn: returnText
        case .recordWayBack:
            targets(of: action).isEmpty
                ? Text(chinese: "没有要退回的商品", english: "Nothing is to come back") : nil
        case .voidWaybill:
            targets(of: action, in: warehouses).isEmpty
                ? (targets(of: action).isEmpty ? waybillText : elsewhereText) : nil
        case .promiseRefund, .recordRefund: refundableMinor > 0 ? nil : moneyText
        case .closeTicket:
            targets(of: action).isEmpty ? Text(chinese: "没有未关闭的工单", english: "No ticket is open") : nil
        case .complete: cancelledText ?? completeText
        case .openTicket, .ask: nil
        }
    }

    /// What was paid and not given back.
    package var refundableMinor: Int64 { max(0, paidMinor - refundedMinor) }

    private static let unverified = "receiver-unverified"

    private var cancelledText: Text? {
        cancelled.map { _ in Text(chinese: "订单已取消", english: "The order is cancelled") }
    }

    private var signedText: Text? {
        guard state >= StateNumber.signed else { return nil }
        return Text(chinese: "客户已签收", english: "The customer has signed for it")
    }

    private var endedText: Text? {
        cancelledText
            ?? (endedAt.map { _ in
                Text(chinese: "订单已完成，没有可拦截的步骤", english: "The order is complete; nothing is left to stop")
            })
    }

    private var holdText: Text {
        standingHolds.isEmpty
            ? Text(chinese: "订单没有被拦截", english: "No hold stands")
            : Text(
                chinese: "现有拦截在条件满足后自动解除", english: "The holds that stand end by themselves once their reason is gone")
    }

    private var verifiedText: Text {
        receiver == nil
            ? Text(chinese: "没有收货信息", english: "No receiver is known")
            : Text(chinese: "收货信息没有待核实的变更", english: "No change of the receiver waits for that")
    }

    private var returnText: Text? {
        if returnedWhole != nil, lines.isEmpty || orderReturns().contains(where: { $0.isWhole && !$0.isKept }) {
            return Text(chinese: "已登记退换货", english: "A return was asked for already")
        }
        if returnAsked != nil, !lines.isEmpty, returnable().allSatisfy({ $0.units == 0 }) {
            return Text(
                chinese: "全部商品都已登记退换货", english: "Everything is returned or exchanged already")
        }
        guard shipped == nil else { return nil }
        return cancelledText ?? Text(chinese: "还没有发货，请直接取消", english: "Nothing has left yet; cancel it instead")
    }

    private var waybillText: Text {
        parcels.contains { !$0.liveWaybills.isEmpty }
            ? Text(chinese: "包裹已随该面单发出", english: "The parcel has left with its waybill")
            : Text(chinese: "没有有效面单", english: "There is no live waybill")
    }

    private var elsewhereText: Text {
        Text(chinese: "有效面单属于其他仓库的包裹", english: "The live waybills are of other warehouses' parcels")
    }

    var moneyText: Text {
        paidMinor == 0
            ? Text(chinese: "还没有收到付款", english: "Nothing was paid yet")
            : Text(chinese: "已付款项已全部退回", english: "Everything that was paid was given back")
    }

    private var completeText: Text? {
        if endedAt != nil { return Text(chinese: "订单已完成", english: "The order is complete") }
        return state >= StateNumber.signed ? nil : Text(chinese: "客户尚未签收", english: "The customer has not signed yet")
    }
}

extension Order {
    /// What a deed means, as facts; that a person decided is the last of them. A new receiver comes sealed with the
    /// request's own fact and is not among them.
    ///
    /// - Throws: why it cannot be done, or what of the form is missing.
    package func consequences(of request: ActionRequest) throws(Refusal) -> [FactBody] {
        if let obstacle = obstacle(to: request.action, in: request.warehouses) {
            throw Refusal(
                code: "actionNotNow", text: obstacle,
                nextStep: Text(chinese: "刷新页面查看现在可以做什么", english: "Reload the page to see what can be done now"))
        }
        let all = targets(of: request.action, in: request.warehouses)
        guard all.isEmpty || all.contains(request.target) else {
            throw Self.unfit(Text(chinese: "所选对象已不在订单上", english: "What was chosen is not there any more"))
        }
        let cause = "\(request.action.rawValue): \(request.reason)"
        let decision = Decision(person: request.person, cause: cause, minutes: request.minutes)
        return try deeds(request) + [.decisionMade(decision)]
    }

    private func deeds(_ request: ActionRequest) throws(Refusal) -> [FactBody] {
        switch request.action {
        case .placeHold:
            let exit = request.hours.map { Hold.Exit.timer(request.now + .hours($0)) } ?? .person
            return [
                .holdPlaced(
                    Hold(
                        id: request.id("by"), reason: request.reason,
                        owner: request.target.isEmpty
                            ? "operations" : request.target, exit: exit))
            ]
        case .releaseHold: return [.holdReleased(id: request.target, note: request.reason)]
        case .verifyReceiver:
            return receiver.map { [.receiverVerified(fingerprint: $0.value.fingerprint)] } ?? []
        case .changeReceiver: return []
        case .cancel: return [.orderCancelled(reason: request.reason)]
        case .askReturn: return [try asked(request)]
        case .recordWayBack:
            guard let item = orderReturns().first(where: { $0.wayBackParcel == request.target }) else { return [] }
            return try wayBackFacts(
                item, courier: request.courier, number: request.trackingNumber, request.dispatch)
        case .voidWaybill:
            let waybill = Instruction(key: "", kind: .voidWaybill, system: "", target: request.target)
            return [.waybillVoided(parcel: waybill.parcel, number: waybill.waybillNumber ?? "")]
        case .promiseRefund: return [.taskAsked(promise(try amount(request), request))]
        case .recordRefund:
            return [.refundReported(MoneyEntry(id: request.id("refund"), amountMinor: try amount(request)))]
        case .openTicket:
            var ticket = Ticket(id: request.id("T"), subject: request.target.isEmpty ? "other" : request.target)
            ticket.linkedOrder = request.linkedOrder
            return [.ticketReported(ticket)]
        case .closeTicket:
            guard var ticket = tickets[request.target] else { return [] }
            ticket.status = .closed
            return [.ticketReported(ticket)]
        case .complete: return [.orderCompleted]
        case .ask:
            let reason = Text(chinese: request.reason, english: request.reason)
            return [
                .taskAsked(
                    TaskNeed(
                        id: request.id("ask"), kind: .asked, owner: request.target, reason: reason,
                        fields: [.note]))
            ]
        }
    }

    private func asked(_ request: ActionRequest) throws(Refusal) -> FactBody {
        guard let lines = request.lines ?? linesAgain else {
            return .returnAsked(reason: request.reason, isExchange: request.isExchange)
        }
        if lines.isEmpty {
            throw Refusal(
                code: "actionForm",
                text: Text(chinese: "没有选择要退换的商品", english: "Nothing was chosen that comes back"),
                nextStep: Text(
                    chinese: "请至少选择一件：在退回的商品后填写件数",
                    english: "Choose at least one: say how many of it come back"))
        }
        if isFullOfReturns {
            let most = Self.returnsMaximum
            throw Refusal(
                code: "tooManyReturns",
                text: Text(
                    chinese: "一个订单最多登记 \(most) 次退换货，这个订单已满",
                    english: "An order takes \(most) returns and exchanges, and this one has as many"),
                nextStep: Text(
                    chinese: "请登记工单，由财务直接退款",
                    english: "Open a ticket, and have finance record a refund instead"))
        }
        if let obstacle = obstacle(toReturning: lines) { throw Self.unfit(obstacle) }
        return .returnAsked(
            reason: request.reason, isExchange: request.isExchange, lines: lines, id: request.id("return"))
    }

    /// What a return without lines means once another one was asked for, whose goods the customer kept: all that can
    /// come back. Without lines it would be the word of before.
    private var linesAgain: [ReturnedLine]? {
        guard returnedWhole != nil else { return nil }
        return returnable().filter { !$0.line.isGift && $0.units > 0 }.map {
            ReturnedLine(line: $0.line.id, units: $0.units)
        }
    }

    private func promise(_ amount: Int64, _ request: ActionRequest) -> TaskNeed {
        let text = amountText(minor: amount)
        return TaskNeed(
            id: request.id("refund-promise"), kind: .asked, owner: "finance",
            reason: Text(
                chinese: "\(request.person) 已答应客户退款 \(text)：\(request.reason)",
                english: "\(request.person) promised a refund of \(text): \(request.reason)"),
            fields: [
                .action([
                    .init("refunded", Text(chinese: "已退款", english: "Refunded")),
                    .init("declined", Text(chinese: "不予退款，已告知客服", english: "Declined; service was told")),
                ]), .note,
            ])
    }

    private func amount(_ request: ActionRequest) throws(Refusal) -> Int64 {
        guard let amount = request.amountMinor, amount > 0, amount <= refundableMinor else {
            let most = amountText(minor: refundableMinor)
            throw Self.unfit(
                Text(chinese: "金额必须大于 0 且不超过 \(most)", english: "The amount must be above 0 and at most \(most)"))
        }
        return amount
    }

    private static func unfit(_ text: Text) -> Refusal {
        Refusal(
            code: "actionForm", text: text,
            nextStep: Text(chinese: "请更正后再提交", english: "Correct it and send the form again"))
    }
}
