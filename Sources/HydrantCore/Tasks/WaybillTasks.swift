/// Waybills that the hub cannot clear up by itself: two numbers that stand against each other, and one that could not
/// be taken back although nobody needs it.
enum WaybillTrouble: TaskSource {
    static func needs(of order: Order, settings: Settings, now: Instant) -> [TaskNeed] {
        ownNeeds(of: order, settings) + labelNeeds(of: order, settings)
    }

    /// Of the labels of goods on their way back.
    private static func labelNeeds(of order: Order, _ settings: Settings) -> [TaskNeed] {
        order.labelledWays.flatMap { id -> [TaskNeed] in
            let parcel = order.parcel(id) ?? Parcel(id: id)
            return WaybillInDoubt.attempts(of: parcel, in: order, settings).map { doubt($0.channel, parcel, settings) }
                + parcel.liveWaybills.compactMap { surplus($0, of: parcel, in: order, settings) }
        }
    }

    private static func ownNeeds(of order: Order, _ settings: Settings) -> [TaskNeed] {
        order.numberedParcels.flatMap { parcel -> [TaskNeed] in
            guard !parcel.waybills.isEmpty || order.cancelled != nil else { return [] }
            let doubts = WaybillInDoubt.attempts(of: parcel, in: order, settings).map {
                doubt($0.channel, parcel, settings)
            }
            if order.isNeverToLeave(parcel) {
                return doubts
                    + parcel.liveWaybills.compactMap {
                        surplus($0, of: parcel, in: order, settings) ?? typed($0, of: parcel)
                    }
            }
            let open = doubts + voidOnTheWay(parcel, in: order)
            if let conflict = conflict(of: parcel, in: order, settings) { return open + [conflict] }
            return open + order.surplusWaybills(of: parcel).compactMap { surplus($0, of: parcel, in: order, settings) }
        }
    }

    /// A channel that may have made a waybill and cannot be asked about it.
    private static func doubt(_ channel: String, _ parcel: Parcel, _ settings: Settings) -> TaskNeed {
        let name = Text.system(channel, settings.dispatch.couriers)
        return TaskNeed(
            id: WaybillInDoubt.taskID(parcel.id, channel), kind: .waybillSurplus, owner: "operations",
            reason: Text(
                chinese:
                    "\(name.chinese) 可能为包裹 \(parcel.id) 另开过一张面单，系统查不到：请到 \(name.chinese) 后台查看，"
                    + "有则作废",
                english:
                    "\(name.english) may have made one more waybill for parcel \(parcel.id), and the hub cannot ask: "
                    + "look in the console of \(name.english) and void it there"),
            fields: [
                .action([
                    .init("none", Text(chinese: "已查看，没有多余面单", english: "Looked: there is none")),
                    .init("discarded", Text(chinese: "有，已在后台作废", english: "There was one; it is void now")),
                ]), .note,
            ])
    }

    /// Labels that the courier scanned after they were taken back: the box carries one, and the customer was told
    /// another number.
    private static func voidOnTheWay(_ parcel: Parcel, in order: Order) -> [TaskNeed] {
        let live = order.liveWaybill(of: parcel)?.number
        guard order.cancelled == nil, parcel.signed == nil, live.map({ parcel.moved[$0] == nil }) ?? true else {
            return []
        }
        return parcel.waybills.compactMap { waybill in
            guard let voided = waybill.voided, let moved = parcel.moved[waybill.number], moved.at > voided.at else {
                return nil
            }
            let id = Order.voidOnTheWayPrefix + Instruction.target(parcel: parcel.id, number: waybill.number)
            guard order.resolution(of: id, since: moved.at) == nil else { return nil }
            let isOld = hasOldAddress(waybill, voided: voided.at, of: parcel, in: order)
            return TaskNeed(
                id: id, kind: .waybillConflict, owner: "operations",
                reason: Text(
                    chinese: "包裹 \(parcel.id) 的运单 \(waybill.number) 已作废，之后快递却扫描到了它，箱子上贴的是这张面单"
                        + (isOld ? "，面单上是旧地址：请联系快递拦截或改派到新地址，并告诉客户" : "：请联系快递按它派送，并把单号告诉客户"),
                    english: "The courier scanned waybill \(waybill.number) of parcel \(parcel.id) after it was "
                        + "voided: the box carries it"
                        + (isOld
                            ? ", and its address is the old one. Have the courier stop or redirect it, and tell the "
                                + "customer"
                            : ". Have the courier deliver it, and tell the customer its number")),
                fields: [
                    .action([
                        .init("settled", Text(chinese: "已和快递、客户说清", english: "Settled with the courier and customer"))
                    ]), .note,
                ])
        }
    }

    /// Whether a label names another receiver than the order has now, by what its channel was told. Of one that the hub
    /// did not have made, whether the receiver was changed after its number was known.
    private static func hasOldAddress(
        _ waybill: Waybill, voided: Instant, of parcel: Parcel, in order: Order
    ) -> Bool {
        guard let receiver = order.receiver else { return false }
        let target = Instruction.target(parcel: parcel.id, number: waybill.number)
        let told = order.issued.last { entry in
            guard entry.instruction.system == waybill.channel else { return false }
            switch entry.instruction.kind {
            case .createWaybill: return entry.instruction.target == parcel.id && entry.issuedAt <= voided
            case .readdressWaybill:
                return entry.instruction.target == target && entry.answer?.value.outcome == .done
            default: return false
            }
        }
        if let told = told?.receiver { return told != receiver.value.fingerprint }
        guard order.receiverChanged != nil, let known = waybill.readBack else { return false }
        return receiver.evidence.at > known.at
    }

    private static func conflict(of parcel: Parcel, in order: Order, _ settings: Settings) -> TaskNeed? {
        guard parcel.signed == nil, let live = order.liveWaybill(of: parcel) else { return nil }
        let contested = order.contestedWaybills(of: parcel).filter { order.failedVoid($0, of: parcel) == nil }
        guard !contested.isEmpty else { return nil }
        let all = ([live] + contested).sorted { $0.number < $1.number }
        let numbers = all.map(\.number).joined(separator: ", ")
        return TaskNeed(
            id: "waybills:\(parcel.id)", kind: .waybillConflict, owner: "warehouse",
            reason: Text(
                chinese: "包裹 \(parcel.id) 有 \(all.count) 个运单号（\(numbers)），请看实物面单，选择箱子上的那一个，另一个会作废",
                english:
                    "Parcel \(parcel.id) has \(all.count) numbers (\(numbers)): look at the box and choose "
                    + "its number; the other is voided"),
            fields: [
                TaskField(
                    "keep", Text(chinese: "箱子上的运单号", english: "The number on the box"), kind: .choice,
                    options: all.map { waybill in
                        let courier = Text.system(waybill.courier, settings.dispatch.couriers)
                        let channel = Text.system(waybill.channel, settings.dispatch.couriers)
                        let isTyped = waybill.isTyped
                        func named(_ courier: String) -> String {
                            [courier, waybill.number].filter { !$0.isEmpty }.joined(separator: " ")
                        }
                        return .init(
                            waybill.number,
                            Text(
                                chinese: named(courier.chinese) + (isTyped ? "（人工录入）" : "（\(channel.chinese) 返回）"),
                                english: named(courier.english) + (isTyped ? " (typed)" : " (from \(channel.english))"))
                        )
                    }), .note,
            ])
    }

    /// The label of a cancelled order that was made without the hub, so that the hub cannot take it back.
    private static func typed(_ waybill: Waybill, of parcel: Parcel) -> TaskNeed? {
        guard waybill.isTyped else { return nil }
        return TaskNeed(
            id: "spare:\(Instruction.target(parcel: parcel.id, number: waybill.number))", kind: .waybillSurplus,
            owner: "warehouse",
            reason: Text(
                chinese: "订单已取消，人工录入的运单 \(waybill.number)（包裹 \(parcel.id)）系统无法作废，请联系快递作废并留下包裹",
                english:
                    "The order was cancelled, and the hub cannot void the typed number \(waybill.number) of parcel "
                    + "\(parcel.id): have the courier void it, and keep the parcel in the house"),
            fields: [.action([.init("voided", Text(chinese: "已请快递作废", english: "The courier has voided it"))]), .note])
    }

    private static func surplus(
        _ waybill: Waybill, of parcel: Parcel, in order: Order, _ settings: Settings
    ) -> TaskNeed? {
        guard let void = order.failedVoid(waybill, of: parcel), let answer = void.answer,
            !order.isAskedAgain(void)
        else { return nil }
        let detail = answer.value.detail.isEmpty ? "" : " (\(answer.value.detail))"
        let channel = Text.system(waybill.channel, settings.dispatch.couriers)
        return TaskNeed(
            id: Order.taskID(of: void.instruction.key), kind: .waybillSurplus, owner: "operations",
            reason: Text(
                chinese: "多余的运单 \(waybill.number)（包裹 \(parcel.id)）没能在 \(channel.chinese) 作废\(detail)，会重复计费或重复揽收",
                english: "The spare waybill \(waybill.number) of parcel \(parcel.id) could not be voided at "
                    + "\(channel.english)\(detail); it may be billed or collected"),
            fields: [
                .action([
                    .init("voided", Text(chinese: "已请快递作废", english: "The courier has voided it")),
                    .init("retry", Text(chinese: "再作废一次", english: "Try to void it again")),
                ]), .note,
            ])
    }
}

/// Packed parcels that no channel gave a number for, where nothing is under way that could bring one.
enum MissingNumbers: TaskSource {
    static func needs(of order: Order, settings: Settings, now: Instant) -> [TaskNeed] {
        guard order.cancelled == nil,
            order.issued.contains(where: {
                $0.instruction.kind == .createWaybill && !$0.instruction.target.isWayBack && $0.answer != nil
            })
        else { return [] }
        return order.parcels.compactMap { parcel in
            guard parcel.packed != nil, order.isNumberless(parcel) else { return nil }
            let dispatch = ParcelDispatch(parcel.id, of: order, settings)
            guard !dispatch.isOver, dispatch.step == .exhausted, !isKeeperAsked(dispatch, settings, now) else {
                return nil
            }
            return need(of: parcel, dispatch.chain?.courier ?? "", settings)
        }
    }

    /// Whether a keeper may still answer.
    private static func isKeeperAsked(_ dispatch: ParcelDispatch, _ settings: Settings, _ now: Instant) -> Bool {
        guard let keeper = settings.dispatch.keeper else { return false }
        guard let asked = dispatch.keeperAsked else { return true }
        if let answer = asked.answer, answer.value.outcome != .done { return false }
        return now < asked.issuedAt + (asked.instruction.lifetime ?? keeper.answerWithin)
    }

    private static func need(of parcel: Parcel, _ courier: String, _ settings: Settings) -> TaskNeed {
        var number = TaskField(
            "number", Text(chinese: "面单上的运单号", english: "The number on the label"), kind: .text)
        number.isRequired = true
        let couriers = settings.dispatch.couriers.sorted { $0.key < $1.key }
            .map { TaskField.Option($0.key, Text(chinese: $0.value.name, english: $0.value.name)) }
        var fields = [number]
        if !couriers.isEmpty {
            fields.append(
                TaskField(
                    "courier", Text(chinese: "快递公司", english: "Courier"), kind: .choice, isRequired: false,
                    options: couriers))
        }
        return TaskNeed(
            id: "number:\(parcel.id)", kind: .numberMissing, owner: "warehouse",
            reason: Text(
                chinese: "包裹 \(parcel.id) 已打包，所有渠道都没有给出运单号，仓管也没有补录：请看面单录入，或重新打单",
                english:
                    "Parcel \(parcel.id) is packed, no channel gave it a number and no keeper typed one: type the "
                    + "number on its label, or have a new label made"),
            fields: fields + [.note])
    }
}

extension Order {
    /// The try to take a waybill back that failed; nil where there was none, or it is still under way.
    func failedVoid(_ waybill: Waybill, of parcel: Parcel) -> IssuedInstruction? {
        guard waybill.voided == nil, let void = lastVoid(waybill.number, of: parcel.id), let answer = void.answer,
            answer.value.outcome != .done
        else { return nil }
        return void
    }
}
