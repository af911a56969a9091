package import HydrantCore
package import HydrantStorage

extension Hub {
    /// The sealed receiver of a reference. Whoever opens it writes down who asked and why.
    package func receiver(_ reference: ReceiverReference) async throws -> Sensitive<Receiver>? {
        try await store.read { [intake] reader in
            try reader.sealedReceiver(reference.id).map { try intake.open($0, id: reference.id) }
        }
    }

    /// Says of orders what their pages say: why each is red and what to do first, by what is known now.
    package func causes() async -> @Sendable (Order, [InstructionRow], Instant) -> RootCause? {
        let settings = await committer.settings
        let obstacles = await dispatcher.obstacles()
        return { order, instructions, now in
            var detail = OrderDetail(
                order: order, events: [], instructions: instructions, receiver: nil, settings: settings, asOf: now)
            detail.look(at: obstacles)
            return detail.rootCause
        }
    }

    /// The masked receivers of orders, by number; one that cannot be opened is left out.
    package func maskedReceivers(of numbers: [String]) async throws -> [String: Receiver] {
        try await store.read { [intake] reader in
            var found: [String: Receiver] = [:]
            for number in numbers {
                guard let register = try reader.undamagedOrder(number)?.receiver,
                    let sealed = try reader.sealedReceiver(register.value.id),
                    let receiver = try? intake.open(sealed, id: register.value.id)
                else { continue }
                found[number] = receiver.open(reason: "masked for the list of what was found").masked
            }
            return found
        }
    }

    /// One order as it is, or as it was at a moment of the world's time; nil when no fact ever named it.
    ///
    /// - Parameter asOf: only what happened until then counts; nil for everything up to now.
    package func orderDetail(_ number: String, asOf: Instant? = nil) async throws -> OrderDetail? {
        let number = number.normalised
        let intake = intake
        let settings = settings
        let moment = asOf ?? clock.now()
        let obstacles = asOf == nil ? await dispatcher.obstacles() : nil
        return try await store.read { reader in
            guard try reader.orderRow(number) != nil else { return nil }
            let history = try OrderHistory(number: number, stored: try reader.events(of: number))
            let order = asOf == nil ? history.order : history.order(asOf: moment, settings: settings)
            let receiver = try order.receiver.flatMap { register in
                try reader.sealedReceiver(register.value.id).map { try intake.open($0, id: register.value.id) }
            }
            var detail = OrderDetail(
                order: order, events: history.events.filter { asOf == nil || $0.happenedAt <= moment },
                instructions: try reader.instructions(of: number).filter { $0.issuedAt <= moment || asOf == nil },
                receiver: receiver?.open(reason: "masked for the order page").masked, settings: settings, asOf: moment)
            if let obstacles { detail.look(at: obstacles) }
            return detail
        }
    }
}

extension OrderDetail {
    init(
        order: Order, events: [Event], instructions: [InstructionRow], receiver: Receiver?, settings: Settings,
        asOf: Instant
    ) {
        self.order = order
        self.events = events
        self.instructions = instructions
        self.receiver = receiver
        self.asOf = asOf
        findings = order.findings(settings: settings, now: asOf)
        holds = order.standingHolds
        missing = order.missingForNextState(settings)
        lastReportedState = settings.flow.lastReportedState
        systems = order.words.entries.map { entry in
            let range = settings.words.range(of: entry.value, from: entry.id)
            return SystemView(
                system: entry.id, word: entry.value, saidAt: entry.evidence.at,
                agreement: range.map { $0.contains(order.state) ? .agrees : .disagrees } ?? .unmapped)
        }
        rootCause = Self.rootCause(order, findings: findings, holds: holds, instructions: instructions, now: asOf)
    }

    /// A way that is closed explains everything that waits behind it, unless something is wrong that does not wait.
    mutating func look(at obstacles: Obstacles) {
        guard !findings.contains(where: { $0.verdict == .wrong && !$0.kind.isWaiting }) else { return }
        let hasWaybill = instructions.contains { $0.instruction.kind == .createWaybill && $0.status == .done }
        let open = instructions.filter { row in
            row.instruction.kind != .placeCall && (!hasWaybill || row.instruction.kind != .createWaybill)
        }
        let causes = open.compactMap { RootCause($0, behind: obstacles, now: asOf) }
        // Leaving a system alone for a while is no trouble where nothing is late.
        let late = findings.gravestVerdict == nil ? [] : open.compactMap { RootCause($0, leftAlone: obstacles) }
        guard var cause = causes.first(where: { $0.verdict == .wrong }) ?? causes.first ?? late.first else { return }
        if findings.gravestVerdict == .wrong { cause.verdict = .wrong }
        rootCause = cause
    }

    /// The deepest reason that is known: a call that keeps failing explains the order that waits for it.
    private static func rootCause(
        _ order: Order, findings: [Finding], holds: [StandingHold], instructions: [InstructionRow], now: Instant
    ) -> RootCause? {
        let verdict = findings.gravestVerdict
        let stuck = instructions.filter { row in
            row.instruction.kind != .placeCall
                && ((row.status == .parked || row.status == .refused) && order.stillLacks(row.instruction)
                    || (row.status != .done && row.attempts >= 3 && !row.lastError.isEmpty))
        }
        let grave = findings.first { $0.verdict == .wrong && !$0.kind.isWaiting }
        if let grave { return RootCause(reason: grave.reason, advice: grave.kind.advice, verdict: .wrong) }
        if let row = stuck.first, verdict == .wrong || row.status == .parked || row.status == .refused {
            return RootCause(stuck: row)
        }
        if let hold = holds.first, verdict == .wrong || verdict == .late {
            return RootCause(
                reason: hold.reason,
                advice: hold.advice, verdict: verdict ?? .late)
        }
        guard let worst = findings.first(where: { $0.verdict == verdict }) else { return nil }
        if let asked = worst.asked(in: instructions, order, now: now) {
            return RootCause(worst, asked: asked, now: now)
        }
        return RootCause(reason: worst.reason, advice: worst.kind.advice, verdict: worst.verdict)
    }
}

extension Finding {
    /// A system that has said yes is given so long to do it.
    fileprivate static let patience: Milliseconds = .minutes(10)

    /// The newest instruction that is to end what the order waits for, while its answer may still come; nil where a
    /// person has to do something.
    fileprivate func asked(in rows: [InstructionRow], _ order: Order, now: Instant) -> InstructionRow? {
        guard let wanted = kind.wanted(order.state), let row = rows.last(where: { $0.instruction.kind == wanted })
        else { return nil }
        // What the system refused after it was asked stands.
        let refused = wanted == .createDelivery ? order.lockRefused?.evidence.at : nil
        if let refused, refused >= row.issuedAt { return nil }
        switch row.status {
        case .waiting: return row.lastError.isEmpty || (1..<3).contains(row.attempts) ? row : nil
        case .done: return now - row.issuedAt < Self.patience ? row : nil
        case .ambiguous, .refused, .parked: return nil
        }
    }
}

extension RootCause {
    /// - Parameter row: what was asked of a system: nobody has to do anything until it answers, and for a while nothing
    ///   is wrong.
    fileprivate init(_ finding: Finding, asked row: InstructionRow, now: Instant) {
        let system = Text.system(row.instruction.system)
        let time = row.issuedAt.civil(offsetSeconds: 28_800).timeText
        let what = row.instruction.kind.text
        self.init(
            reason: finding.reason,
            advice: Text(
                chinese: "暂时无需处理：\(time) 已请 \(system.chinese) 执行“\(what.chinese)”，等待答复",
                english:
                    "Nothing yet: \(system.english) was asked at \(time) (\(what.english)), its answer is awaited"),
            verdict: now - row.issuedAt < Finding.patience ? .late : finding.verdict)
    }
}

extension MismatchKind {
    /// The instruction that ends what an order in a state waits for; nil where no instruction does.
    fileprivate func wanted(_ state: Int) -> InstructionKind? {
        switch self {
        case .paidNotLocked: state < StateNumber.riskPassed ? .checkCredit : .createDelivery
        case .packedNotLocked: .createDelivery
        case .shippedWithoutTracking: .createWaybill
        case .signedWithoutWarranty: .registerWarranty
        default: nil
        }
    }
}

extension StandingHold {
    /// What somebody does about it, or that nobody has to, and when time alone ends it.
    fileprivate var advice: Text {
        guard let latestEnd else { return todo }
        let time = Self.minute(latestEnd)
        return Text(
            chinese: "\(todo.chinese)；最迟到 \(time) 自动解除",
            english: "\(todo.english); this hold ends by itself at \(time) at the latest")
    }

    private var todo: Text {
        let role = Text.role(owner)
        switch exit {
        case .person:
            return Text(
                chinese: "请\(role.chinese)决定：放行，或取消订单",
                english: "Have \(role.english) decide: let the order go on, or cancel it")
        case .timer(let end):
            let time = Self.minute(end)
            return Text(chinese: "无需处理：\(time) 自动继续", english: "Nothing: it goes on by itself at \(time)")
        case .fact:
            return Text(
                chinese: "请\(role.chinese)处理，处理后订单自动继续",
                english: "Have \(role.english) settle it; the order then goes on by itself")
        case .condition:
            return Text(
                chinese: "条件满足后订单自动继续；\(role.chinese)负责跟进",
                english: "It goes on by itself once its condition is met; \(role.english) sees to it")
        }
    }

    private static func minute(_ moment: Instant) -> String {
        let civil = moment.civil(offsetSeconds: 28_800)
        return "\(civil.dateText) \(civil.timeText.prefix(5))"
    }
}

extension RootCause {
    init(stuck row: InstructionRow) {
        let system = Text.system(row.instruction.system)
        let what = row.instruction.kind.text
        let times = row.attempts
        let gaveUp = row.status == .parked || row.status == .refused
        let trouble = detailText(row.lastError)
        let end =
            switch row.status {
            case .refused: Text(chinese: "被拒绝", english: "was refused")
            case .parked: Text(chinese: "没有得到答复", english: "brought no answer")
            default: Text(chinese: "连续失败 \(times) 次", english: "failed \(times) times in a row")
            }
        reason = Text(
            chinese: "卡在 \(system.chinese)：\(what.chinese)\(end.chinese)（\(trouble.chinese)）",
            english: "Stuck at \(system.english): \(what.english) \(end.english) (\(trouble.english))")
        advice =
            gaveUp
            ? Text(
                chinese: "请在 \(system.chinese) 中人工处理", english: "A person has to deal with it in \(system.english)")
            : Text(
                chinese: "无需处理：系统会自动重试，下一次在 \(row.dueAt.civil(offsetSeconds: 28_800).timeText)",
                english:
                    "Nothing: it is tried again by itself, next at \(row.dueAt.civil(offsetSeconds: 28_800).timeText)")
        verdict = .wrong
    }
}

extension Order {
    /// What has to happen for the next state, in words; nil at the last one.
    package func missingForNextState(_ settings: Settings) -> Text? {
        guard state < settings.flow.lastReportedState else { return nil }
        if cancelled != nil { return nil }
        let next = state + 1
        switch next {
        case StateNumber.paid:
            if let payable = payableFloorMinor {
                let rest = amountText(minor: max(0, payable - paidMinor))
                return Text(chinese: "还差付款 \(rest)", english: "A payment of \(rest) is missing")
            }
            return Text(chinese: "等待付款消息", english: "Waiting for a payment message")
        case StateNumber.riskPassed:
            return creditRefused == nil
                ? Text(chinese: "等待 CRM 的信用检查结果", english: "Waiting for the CRM's credit check")
                : Text(chinese: "信用检查未通过，需要人工处理", english: "The credit check was refused; a person decides")
        case StateNumber.inventoryLocked:
            if let refused = lockRefused {
                let reason = refused.value.isEmpty ? "" : " (\(refused.value))"
                return Text(
                    chinese: "WMS 无法锁定库存\(reason)：补货、换仓或取消",
                    english: "The WMS cannot lock the stock\(reason): restock, ship from elsewhere, or cancel")
            }
            return Text(chinese: "等待 WMS 确认锁定库存", english: "Waiting for the WMS to confirm the lock")
        case StateNumber.packed:
            if let gift = unboundGifts.first ?? strayGifts.first {
                return Text(
                    chinese: "赠品 \(gift.sku) 必须与本订单的付款商品一起装箱",
                    english: "Gift \(gift.sku) must be packed with a paid line of this order")
            }
            return Text(chinese: "等待打包确认", english: "Waiting for the packing confirmation")
        case StateNumber.trackingReturned:
            return Text(chinese: "等待快递返回运单号", english: "Waiting for a tracking number from the courier")
        case StateNumber.signed:
            if let back = sentBackText(settings) { return back }
            if !parcels.isEmpty, parcels.allSatisfy({ $0.signed != nil }) {
                return Text(
                    chinese: "已知包裹均已签收，等待仓库确认每个包裹的内容（可能还有包裹）",
                    english: "Every known parcel is signed for; the warehouse still has to confirm what each holds: "
                        + "there may be more")
            }
            return Text(chinese: "等待买家签收（驿站或柜机代收不算签收）", english: "Waiting for the buyer's signature")
        default:
            return Text(chinese: "等待售后系统登记质保", english: "Waiting for the warranty registration")
        }
    }
}

extension MismatchKind {
    /// Whether the order only waits for something, so that what holds it up explains it better than the waiting does.
    package var isWaiting: Bool {
        switch self {
        case .paidNotLocked, .packedNotLocked, .shippedWithoutTracking, .signedWithoutWarranty, .noLines,
            .systemsDisagree:
            true
        default: false
        }
    }

    /// The first thing to do.
    package var advice: Text {
        switch self {
        case .paidNotLocked: Text(chinese: "查看仓库库存，必要时换仓", english: "Check the stock; ship from elsewhere if need be")
        case .packedNotLocked: Text(chinese: "请仓库确认库存锁定", english: "Ask the warehouse to confirm the lock")
        case .shippedWithoutTracking: Text(chinese: "请仓管补录运单号", english: "Have the keeper enter the tracking number")
        case .twoLiveWaybills: Text(chinese: "作废其中一张面单", english: "Void one of the two waybills")
        case .shippedBeforePaid: Text(chinese: "联系客户确认付款", english: "Ask the customer about the payment")
        case .cancelledButShipped: Text(chinese: "联系快递拦截", english: "Ask the courier to stop the parcel")
        case .refundedButShipped: Text(chinese: "联系快递拦截，或追回退款", english: "Stop the parcel, or reclaim the refund")
        case .revenueButRefunded: Text(chinese: "请财务冲回收入", english: "Finance has to reverse the revenue")
        case .paymentMismatch: Text(chinese: "核对付款与商品金额", english: "Compare the payment with the lines")
        case .signedBeforeShipped: Text(chinese: "核对签收与发货时间", english: "Compare the times with the courier")
        case .signedWithoutTime: Text(chinese: "向快递索取签收时间", english: "Ask the courier for the time of signing")
        case .signedWithoutWarranty: Text(chinese: "请售后补登质保", english: "Have after-sales register the warranty")
        case .noLines: Text(chinese: "向销售渠道索取商品明细", english: "Ask the sales channel for the lines")
        case .systemsDisagree: Text(chinese: "核对各系统的状态", english: "Compare what the systems say")
        case .waybillInDoubt: Text(chinese: "到该渠道后台查询并作废多余面单", english: "Look it up at the channel and void it")
        case .returnedToSender:
            Text(
                chinese: "联系客户，决定重新发货或退款", english: "Ask the customer, then send it again or refund it")
        }
    }

    package var text: Text {
        switch self {
        case .paidNotLocked: Text(chinese: "已付未锁", english: "Paid, not locked")
        case .packedNotLocked: Text(chinese: "已包未锁", english: "Packed, not locked")
        case .shippedWithoutTracking: Text(chinese: "发货无单号", english: "Shipped without number")
        case .twoLiveWaybills: Text(chinese: "一包双单", english: "Two live waybills")
        case .shippedBeforePaid: Text(chinese: "未付先发", english: "Shipped before paid")
        case .cancelledButShipped: Text(chinese: "取消仍发", english: "Cancelled, yet shipped")
        case .refundedButShipped: Text(chinese: "退款仍发", english: "Refunded, yet shipped")
        case .revenueButRefunded: Text(chinese: "退款未冲收入", english: "Revenue, yet refunded")
        case .paymentMismatch: Text(chinese: "金额不符", english: "Payment mismatch")
        case .signedBeforeShipped: Text(chinese: "签收早于发货", english: "Signed before shipped")
        case .signedWithoutTime: Text(chinese: "签收无时间", english: "Signed without a time")
        case .signedWithoutWarranty: Text(chinese: "签收无质保", english: "Signed, no warranty")
        case .noLines: Text(chinese: "无商品行", english: "No lines")
        case .systemsDisagree: Text(chinese: "系统不一致", english: "Systems disagree")
        case .waybillInDoubt: Text(chinese: "可能有未知面单", english: "Waybill in doubt")
        case .returnedToSender: Text(chinese: "快递退回", english: "Sent back by the courier")
        }
    }
}
