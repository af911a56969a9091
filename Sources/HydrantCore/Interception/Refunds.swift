// The money that customers wait for after a return or a cancellation. What systems report ends the wait. Where no
// system reports refunds, a person records one with its reference; where a sum is not right, a person decides.

extension Order {
    /// The tasks that watch for the refunds of returns and of a cancellation.
    package static let returnRefund = "return:refund"
    package static let cancellationRefund = "cancellation:refund"
    /// The task of a replacement that comes back for money, which was paid on the order that it replaces.
    package static let originalRefund = "return:original-refund"
    static let refundTasks = [returnRefund, cancellationRefund, originalRefund]

    /// The answers to what became of a refund: it was made in no system that reports it, or less than the sum is due.
    static let refundedOutside = "outside"
    static let settledForLess = "less"
    /// The name of the question for the number under which a refund stands elsewhere.
    package static let refundReference = "refundReference"

    /// Whether the customer waits for money: less came back than the returned lines cost; nothing, where lines or
    /// prices are not known.
    var owesReturnRefund: Bool {
        guard paidMinor > 0 else { return false }
        let returns = orderReturns()
        guard let due = refundDueMinor(of: returns), due > 0 else {
            return returns.contains(where: \.isForMoney) && owesUnnamedReturn
        }
        return refundedMinor + waivedMinor(returns) < due
    }

    /// Whether money is open for one of the order's returns.
    func isUnpaid(_ item: OrderReturn, of returns: [OrderReturn]) -> Bool {
        guard paidMinor > 0 else { return owesOriginalRefund }
        if item.dueMinor == 0 || item.isWhole && refundDueMinor(of: returns) == nil {
            return (item.isWhole || !item.goods.isEmpty) && owesUnnamedReturn
        }
        return !item.goods.isEmpty && refundedMinor + waivedMinor(returns) < item.dueMinor
    }

    private var owesUnnamedReturn: Bool {
        owesUnnamed(Self.returnRefund, since: moments[.returnAsked]?.first.map { max($0, wholeSince) })
    }

    /// Whether the customer waits for the money of a cancelled order; not, where everything that left stays with the
    /// customer.
    var owesCancellationRefund: Bool {
        let isKept = !parcels.isEmpty && parcels.allSatisfy { interceptionAnswer(of: $0) == "delivered" }
        let begin = [moments[.orderCancelled]?.first, moments[.returnAsked]?.first].compactMap(\.self).min()
        return !isKept && owesUnnamed(Self.cancellationRefund, since: begin)
    }

    /// Whether money is owed of which finance alone knows how much. Any refund since it was asked for is taken for the
    /// agreed one; one from before is about something else, unless it is everything that was paid.
    private func owesUnnamed(_ task: String, since begin: Instant?) -> Bool {
        guard paidMinor > 0, refundedMinor < paidMinor, let begin else { return false }
        let isPaid = refunds.entries.contains { $0.value.amountMinor > 0 && $0.evidence.at >= begin }
        return !isPaid && resolution(of: task, since: begin)?.answers["action"] != Self.settledForLess
    }

    /// What a person decided not to give back for the returns that were asked for by then.
    private func waivedMinor(_ returns: [OrderReturn]) -> Int64 {
        guard let said = taskResolutions.entry(Self.returnRefund), said.value.answers["action"] == Self.settledForLess
        else { return 0 }
        let at = said.evidence.at
        let due = returns.last { $0.isForMoney && $0.asked.at <= at }?.dueMinor ?? 0
        let gone = refunds.entries.filter { $0.evidence.at <= at }.reduce(0) { $0 + $1.value.amountMinor }
        return max(0, due - gone)
    }

    /// Whether a sum may be too much: what came back was not what was sent, or never came; or money went back, which
    /// may have been all that was agreed.
    var mayOweLess: Bool {
        if refundedMinor > 0 { return true }
        return orderReturns().contains { item in
            let arrival = taskResolutions[item.arrivalTask]?.answers["action"] ?? ""
            return item.isForMoney && ["different", "lost"].contains(arrival)
        }
    }

    /// Whether a replacement comes back for money and nobody has said what became of it.
    var owesOriginalRefund: Bool {
        guard header?.value.replaces.isEmpty == false, paidMinor == 0, refundedMinor == 0,
            let last = orderReturns().filter(\.isForMoney).map(\.asked.at).max()
        else { return false }
        return resolution(of: Self.originalRefund, since: last) == nil
    }

    // MARK: - What people say

    /// What the answer to a refund task means: the refund that a person made where no system reports it.
    ///
    /// - Throws: what of the reference or of the amount does not fit.
    func refundFacts(_ task: String, _ answers: [String: String]) throws(Refusal) -> [FactBody] {
        guard Self.refundTasks.contains(task), let reference = answers[Self.refundReference] else { return [] }
        guard Self.isRefundReference(reference) else {
            throw Self.unfitRefund(
                Text(
                    chinese: "凭证号应为 4 到 64 位字母、数字或 - _ . /，不能是手机号",
                    english: "A reference is 4 to 64 letters, digits or - _ . / and no mobile number"))
        }
        guard task != Self.originalRefund else { return [] }
        let id = "outside-" + reference
        guard refunds[id] == nil else {
            throw Self.unfitRefund(
                Text(
                    chinese: "凭证号 \(reference) 的退款已登记", english: "The refund \(reference) is recorded already"))
        }
        guard let amount = FormNumber.hundredths(answers["amount"] ?? ""), amount > 0, amount <= refundableMinor else {
            let most = amountText(minor: refundableMinor)
            throw Self.unfitRefund(
                Text(chinese: "金额必须大于 0 且不超过 \(most)", english: "The amount must be above 0 and at most \(most)"))
        }
        return [.refundReported(MoneyEntry(id: id, amountMinor: amount))]
    }

    /// Whether a text can be the number under which a refund stands elsewhere, and is not a customer's telephone.
    package static func isRefundReference(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        let isPlain = bytes.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x2F, 0x5F: true
            default: false
            }
        }
        guard isPlain, (4...64).contains(bytes.count) else { return false }
        var runs = bytes.split { !(0x30...0x39).contains($0) }.map(Array.init)
        // What stands between the digits of a number makes no other number of it.
        let hasLetters = bytes.contains { $0 >= 0x41 && $0 != 0x5F }
        if !hasLetters { runs.append(bytes.filter { (0x30...0x39).contains($0) }) }
        return !runs.contains { run in
            let number = run.count == 13 && run.starts(with: [0x38, 0x36]) ? run.dropFirst(2) : run[...]
            return number.count == 11 && number.first == 0x31 && number.dropFirst().first.map { $0 >= 0x33 } == true
        }
    }

    private static func unfitRefund(_ text: Text) -> Refusal {
        Refusal(
            code: "taskAnswer", text: text,
            nextStep: Text(chinese: "请更正后再提交", english: "Correct it and send the form again"))
    }
}

extension TaskNeed {
    /// Whether an answer to it says what became of money, which only who may record refunds says.
    package var decidesRefund: Bool { kind == .asked && Order.refundTasks.contains(id) }
}

extension Settings {
    /// The connected systems that are to report refunds: who issues the invoices, and finance and the marketplace of
    /// the playbooks.
    package var refundReporters: [String] {
        let invoicing = flow.requests.filter { $0.kind == .issueInvoice }.map(\.system)
        let named = told.filter { $0.role != .crm }.map(\.system)
        return unitsByName((invoicing + named).filter(isConnected).map { (name: $0, units: 1) }).map(\.name)
    }
}
