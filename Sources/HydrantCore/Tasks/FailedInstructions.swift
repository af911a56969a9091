/// What the hub asked a system to do, and the system refused or never answered, as long as it is missing.
///
/// Waybills have their own rules: see ``MissingNumbers`` and ``WaybillTrouble``.
enum FailedInstructions: TaskSource {
    static func needs(of order: Order, settings: Settings, now: Instant) -> [TaskNeed] {
        var needs: [TaskNeed] = []
        for (index, entry) in order.issued.enumerated() {
            guard let answer = entry.answer, answer.value.outcome != .done, order.isMissing(entry),
                !order.wasIssuedAgain(after: index), !order.isSettled(entry, since: answer.evidence.at)
            else { continue }
            needs.append(need(for: entry.instruction, answer.value, settings))
        }
        return needs
    }

    private static func need(
        for instruction: Instruction, _ answer: InstructionAnswer, _ settings: Settings
    ) -> TaskNeed {
        let system = Text.system(instruction.system, settings.dispatch.couriers)
        let what = instruction.kind.text
        let detail = answer.detail.isEmpty ? "" : " (\(answer.detail))"
        let isRefused = answer.outcome == .refused
        let reason = Text(
            chinese: "\(system.chinese) \(isRefused ? "拒绝了" : "没有答复")：\(what.chinese)\(detail)",
            english: "\(system.english) \(isRefused ? "refused" : "gave no answer to"): \(what.english)\(detail)")
        return TaskNeed(
            id: Order.taskID(of: instruction.key), kind: .instructionFailed, owner: instruction.kind.owner,
            reason: reason,
            fields: [
                .action([
                    .init("retry", Text(chinese: "重新发送", english: "Send it again")),
                    .init("doneByHand", Text(chinese: "已在对方系统手工完成", english: "Done by hand in that system")),
                    .init("notNeeded", Text(chinese: "不再需要", english: "Not needed any more")),
                ]), .note,
            ])
    }
}

extension Order {
    static func taskID(of instructionKey: String) -> String { "instruction:\(instructionKey)" }

    /// Whether what was asked for is still not there, by the facts; where no fact can tell, until a person says so.
    fileprivate func isMissing(_ entry: IssuedInstruction) -> Bool {
        let instruction = entry.instruction
        switch instruction.kind {
        case .createReplacement, .pushPurchase: return cancelled == nil && isForExchange(instruction)
        case .repriceFreight, .tellReceiver: return cancelled == nil && isNewsOfNow(instruction)
        case .checkCredit: return credit == nil && cancelled == nil
        case .createDelivery: return locked == nil && cancelled == nil && shipped == nil
        case .cancelDelivery: return shipped == nil
        case .pauseDelivery: return cancelled == nil && shipped == nil && !isCancelledInstead(instruction)
        case .resumeDelivery: return cancelled == nil && !hasLeftWholly && !isOvertaken(instruction)
        case .issueInvoice: return invoices.isEmpty && cancelled == nil
        case .registerWarranty: return warrantyRegistered == nil && cancelled == nil
        case .notifyCustomer:
            return !touchpoints.contains { $0.kind.rawValue == instruction.target && $0.accepted != nil }
        case .queryTrace: return parcel(instruction.target.parcelOfQuery)?.awaitsConfirmationOfSignature != nil
        case .subscribeTrace: return parcel(instruction.parcel).map { $0.signed == nil } ?? false
        case .readdressWaybill:
            guard let parcel = parcel(instruction.parcel), let number = instruction.waybillNumber else { return false }
            return parcel.signed == nil && liveWaybill(of: parcel)?.number == number
        // A call that was not made is seen by the agent who asked for it.
        case .createWaybill, .findWaybill, .voidWaybill, .askKeeper, .placeCall: return false
        }
    }

    /// Whether nothing of the order is left that a warehouse could still keep: its first parcel may have left before
    /// the rest was stopped.
    private var hasLeftWholly: Bool {
        guard !parcels.isEmpty, parcels.allSatisfy({ $0.shipped != nil }) else { return false }
        let isPacked = parcels.contains { $0.packed != nil }
        return isPacked ? packList.entries.isEmpty : state >= StateNumber.signed
    }

    /// A delivery that cannot be stopped is cancelled, and nobody misses the pause.
    private func isCancelledInstead(_ instruction: Instruction) -> Bool {
        issued.contains { $0.instruction.kind == .cancelDelivery && $0.instruction.target == instruction.target }
    }

    /// Whether an order still lacks what an instruction was to bring that failed: what other channels, later
    /// instructions or people have brought since does not hold it up.
    package func stillLacks(_ instruction: Instruction) -> Bool {
        switch instruction.kind {
        case .createWaybill where instruction.target.isWayBack: return lacksLabel(instruction.target)
        case .createWaybill, .findWaybill, .askKeeper:
            return cancelled == nil && isNumberless(parcel(instruction.parcel))
        case .voidWaybill:
            let waybill = parcel(instruction.parcel)?.waybills.first { $0.number == instruction.waybillNumber }
            return waybill?.voided == nil
        default:
            guard let index = issued.firstIndex(where: { $0.instruction.key == instruction.key }) else { return true }
            let since = issued[index].answer?.evidence.at
            return isMissing(issued[index]) && !wasIssuedAgain(after: index)
                && since.map { !isSettled(issued[index], since: $0) } ?? true
        }
    }

    fileprivate func wasIssuedAgain(after index: Int) -> Bool {
        let before = issued[index].instruction
        return issued[(index + 1)...].contains {
            $0.instruction.kind == before.kind && $0.instruction.target == before.target
        }
    }

    /// Whether a person's word ends it: to be sent again, not needed, or done where no fact would tell.
    fileprivate func isSettled(_ entry: IssuedInstruction, since: Instant) -> Bool {
        let task = Order.taskID(of: entry.instruction.key)
        switch resolution(of: task, since: since)?.answers["action"] {
        case "retry"?, "notNeeded"?: return true
        case "doneByHand"?: return !entry.instruction.kind.isProvenByFacts
        default: return false
        }
    }

    /// Whether a person wants an instruction that failed to be sent once more.
    func isAskedAgain(_ entry: IssuedInstruction) -> Bool { decision(onFailed: entry) == "retry" }

    /// Whether a person has done what an instruction that failed was to do.
    func isDoneByHand(_ entry: IssuedInstruction) -> Bool { decision(onFailed: entry) == "doneByHand" }

    private func decision(onFailed entry: IssuedInstruction) -> String? {
        guard let answer = entry.answer, answer.value.outcome != .done else { return nil }
        let task = Order.taskID(of: entry.instruction.key)
        return resolution(of: task, since: answer.evidence.at)?.answers["action"]
    }
}

extension InstructionKind {
    /// Whether a message tells that it was done, whoever did it.
    fileprivate var isProvenByFacts: Bool {
        switch self {
        case .checkCredit, .createDelivery, .issueInvoice, .registerWarranty: true
        default: false
        }
    }

    /// The role that deals with it when it fails.
    fileprivate var owner: String {
        switch self {
        case .createDelivery, .cancelDelivery, .pauseDelivery, .resumeDelivery: "warehouse"
        case .issueInvoice, .repriceFreight: "finance"
        case .registerWarranty, .notifyCustomer, .readdressWaybill, .createReplacement, .tellReceiver: "service"
        default: "operations"
        }
    }
}

extension String {
    /// The parcel in the target of a trace query, `PARCEL@TIME`.
    fileprivate var parcelOfQuery: String { lastIndex(of: "@").map { String(self[..<$0]) } ?? self }
}
