/// Waybills that the hub cannot clear up by itself: two numbers that stand against each other, and one that could not
/// be taken back although nobody needs it.
enum WaybillTrouble: TaskSource {
    static func needs(of order: Order, settings: Settings, now: Instant) -> [TaskNeed] {
        order.numberedParcels.flatMap { parcel -> [TaskNeed] in
            guard !parcel.waybills.isEmpty || order.cancelled != nil else { return [] }
            let doubts = WaybillInDoubt.attempts(of: parcel, in: order, settings).map { doubt($0.channel, parcel) }
            if order.isNeverToLeave(parcel) {
                return doubts
                    + parcel.liveWaybills.compactMap { surplus($0, of: parcel, in: order) ?? typed($0, of: parcel) }
            }
            if let conflict = conflict(of: parcel, in: order) { return doubts + [conflict] }
            return doubts + order.surplusWaybills(of: parcel).compactMap { surplus($0, of: parcel, in: order) }
        }
    }

    /// A channel that may have made a waybill and cannot be asked about it.
    private static func doubt(_ channel: String, _ parcel: Parcel) -> TaskNeed {
        TaskNeed(
            id: WaybillInDoubt.taskID(parcel.id, channel), kind: .waybillSurplus, owner: "operations",
            reason: Text(
                chinese: "\(channel) 可能为包裹 \(parcel.id) 另开过一张面单，系统查不到：请到 \(channel) 后台查看，有则作废",
                english:
                    "\(channel) may have made one more waybill for parcel \(parcel.id), and the hub cannot ask: look "
                    + "in the console of \(channel) and void it there"),
            fields: [
                .action([
                    .init("none", Text(chinese: "已查看，没有多余面单", english: "Looked: there is none")),
                    .init("discarded", Text(chinese: "有，已在后台作废", english: "There was one; it is void now")),
                ]), .note,
            ])
    }

    private static func conflict(of parcel: Parcel, in order: Order) -> TaskNeed? {
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
                        let name = [waybill.courier, waybill.number].filter { !$0.isEmpty }.joined(separator: " ")
                        let isTyped = waybill.isTyped
                        return .init(
                            waybill.number,
                            Text(
                                chinese: name + (isTyped ? "（人工录入）" : "（\(waybill.channel) 返回）"),
                                english: name + (isTyped ? " (typed)" : " (from \(waybill.channel))")))
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

    private static func surplus(_ waybill: Waybill, of parcel: Parcel, in order: Order) -> TaskNeed? {
        guard let void = order.failedVoid(waybill, of: parcel), let answer = void.answer,
            !order.isAskedAgain(void)
        else { return nil }
        let detail = answer.value.detail.isEmpty ? "" : " (\(answer.value.detail))"
        return TaskNeed(
            id: Order.taskID(of: void.instruction.key), kind: .waybillSurplus, owner: "operations",
            reason: Text(
                chinese: "多余的运单 \(waybill.number)（包裹 \(parcel.id)）没能在 \(waybill.channel) 作废\(detail)，会重复计费或重复揽收",
                english: "The spare waybill \(waybill.number) of parcel \(parcel.id) could not be voided at "
                    + "\(waybill.channel)\(detail); it may be billed or collected"),
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
            order.issued.contains(where: { $0.instruction.kind == .createWaybill && $0.answer != nil })
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
