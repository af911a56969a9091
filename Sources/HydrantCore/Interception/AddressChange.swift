// The playbook "address change". A warehouse cannot be told another receiver: a delivery that it has is paused while
// the change is verified; then it goes on as it was, when the address is the one it has, or it is cancelled and ordered
// anew under another number. Each step waits for the receipt of the one before it. A pause that is refused becomes a
// cancellation; a cancellation that is refused, or a parcel that has left, is for the courier, and when the courier
// cannot help either, for a person, whose decision is recorded.
//
//   step              instruction         its undo            receipt
//   stop the work     delivery.pause      delivery.resume     the warehouse's answer
//   take it back      delivery.cancel     delivery.create     the warehouse's answer
//   change the label  waybill.readdress   waybill.readdress   the courier's answer
//   order it anew     delivery.create     delivery.cancel     the warehouse's answer
//   price the way     freight.reprice     its task            the hub's own answer, with the difference
//   tell the others   receiver.tell       receiver.tell       each system's answer (AddressNews.swift)

/// How far an address change has come with the systems that have the old address.
package enum AddressChangeStanding: Hashable, Sendable {
    /// No system has an older address than the hub.
    case settled
    /// Waits for the receipt of this instruction, or for it to be issued.
    case waiting(InstructionKind)
    /// Waits until somebody verifies the new address.
    case unverified
    /// The old address is on its way, and no system could be told otherwise.
    case undone
}

/// What the playbook finds at one moment.
private struct AddressChange {
    enum Step {
        case nothing
        case wait(InstructionKind)
        case waitForVerification
        case issue(InstructionKind, target: String)
        case readdress(target: String, system: String)
        case tooLate
    }

    let order: Order
    let target: String
    let isVerified: Bool

    init?(_ order: Order) {
        let ruling = order.effectiveRulings.first { $0.outcome == .matched && $0.playbooks.contains(.addressChange) }
        guard let ruling else { return nil }
        self.order = order
        target = "@\(ruling.occasion.milliseconds)"
        isVerified = order.ruleNumber(.isReceiverVerified, at: ruling.occasion) == 1
    }

    private func last(_ kind: InstructionKind, target: String? = nil) -> IssuedInstruction? {
        order.issued.last { $0.instruction.kind == kind && (target == nil || $0.instruction.target == target) }
    }

    var step: Step {
        if order.cancelled != nil { return .nothing }
        guard let delivery = last(.createDelivery) else { return .nothing }
        guard let answer = delivery.answer?.value else { return .wait(.createDelivery) }
        if isVerified, delivery.receiver == order.receiver?.value.fingerprint, answer.outcome == .done {
            return resumed(delivery)
        }
        switch answer.outcome {
        case .done: return taken(back: delivery)
        // The hub itself withdrew it before it was sent.
        case .refused where answer.refusal == .channel: return anew(after: delivery)
        case .refused: return .nothing
        case .unresolved: return late(delivery)
        }
    }

    /// The warehouse has the address that counts: work goes on where it was stopped.
    private func resumed(_ delivery: IssuedInstruction) -> Step {
        if let cancel = last(.cancelDelivery, target: target), order.isLater(cancel, than: delivery) {
            return afterCancelling(cancel, delivery)
        }
        return labelStep(isLate: false) ?? goneOn(delivery)
    }

    /// What was paused goes on, and a delivery that a gift keeps as soon as the gift does not.
    private func goneOn(_ delivery: IssuedInstruction) -> Step {
        guard let pause = order.issued.last(where: isOwnPause), order.isLater(pause, than: delivery) else {
            return .nothing
        }
        guard let answer = pause.answer?.value else { return .wait(.pauseDelivery) }
        guard answer.outcome == .done else { return .nothing }
        guard let resume = last(.resumeDelivery), order.isLater(resume, than: pause) else {
            return order.isHeldForGift ? .nothing : .issue(.resumeDelivery, target: target)
        }
        if resume.answer == nil { return .wait(.resumeDelivery) }
        if order.isWithdrawn(resume) {
            // A gift stopped the work before it went on. Where the warehouse need not stop, nobody else lets it go on.
            return order.isStoppedForGift ? .nothing : .issue(.resumeDelivery, target: resume.instruction.target)
        }
        let isRepeated = !order.isGiftStep(resume.instruction) && order.isAskedAgain(resume) && !order.isHeldForGift
        return isRepeated ? .issue(.resumeDelivery, target: resume.instruction.target) : .nothing
    }

    /// A pause of this change or an earlier one; what an interceptor asked for by itself is its own.
    private func isOwnPause(_ entry: IssuedInstruction) -> Bool {
        let instruction = entry.instruction
        return instruction.kind == .pauseDelivery && instruction.target.hasPrefix("@")
            && !order.effectiveRulings.contains { ruling in
                ruling.instructs.contains { $0.kind == .pauseDelivery && $0.target == instruction.target }
            }
    }

    /// The warehouse has an older address.
    private func taken(back delivery: IssuedInstruction) -> Step {
        if order.shipped != nil { return late(delivery) }
        if let cancel = last(.cancelDelivery, target: target), order.isLater(cancel, than: delivery) {
            return afterCancelling(cancel, delivery)
        }
        guard let pause = last(.pauseDelivery, target: target), order.isLater(pause, than: delivery) else {
            return .issue(.pauseDelivery, target: target)
        }
        guard let answer = pause.answer?.value else { return .wait(.pauseDelivery) }
        if answer.outcome == .done, !isVerified { return .waitForVerification }
        return .issue(.cancelDelivery, target: target)
    }

    private func afterCancelling(_ cancel: IssuedInstruction, _ delivery: IssuedInstruction) -> Step {
        guard let answer = cancel.answer?.value else { return .wait(.cancelDelivery) }
        if answer.outcome == .done { return anew(after: delivery) }
        // What a person says about the refusal counts as long as the warehouse has the parcel.
        guard order.shipped == nil else { return late(delivery) }
        if order.isDoneByHand(cancel) { return anew(after: delivery) }
        return order.isAskedAgain(cancel) ? .issue(.cancelDelivery, target: target) : late(delivery)
    }

    /// The warehouse goes on. What counts now is the courier's document: its number is made for the new address, or
    /// changed to it at the channel that made it.
    private func late(_ delivery: IssuedInstruction) -> Step {
        guard isVerified else { return .waitForVerification }
        if order.parcels.contains(where: { order.liveWaybill(of: $0) != nil }) {
            return labelStep(isLate: true) ?? goneOn(delivery)
        }
        let isLabelAsked = order.issued.contains {
            $0.instruction.kind == .createWaybill && !$0.instruction.target.isWayBack
        }
        if isLabelAsked, order.shipped == nil { return .wait(.createWaybill) }
        return order.isAddressDecided ? goneOn(delivery) : .tooLate
    }

    /// What is to be done about the first label with an older address; nil when there is none, or a person has decided
    /// about those that cannot be changed.
    ///
    /// - Parameter isLate: the warehouse goes on with what it has, so that a label which is its own matters too.
    private func labelStep(isLate: Bool) -> Step? {
        for parcel in order.parcels {
            guard let waybill = order.liveWaybill(of: parcel),
                let step = labelStep(of: parcel.id, waybill, isLate: isLate)
            else { continue }
            if case .tooLate = step, order.isAddressDecided { continue }
            return step
        }
        return nil
    }

    private func labelStep(of parcel: String, _ waybill: Waybill, isLate: Bool) -> Step? {
        let target = Instruction.target(parcel: parcel, number: waybill.number)
        let current = order.receiver?.value.fingerprint
        let said = order.issued.filter { issued in
            let instruction = issued.instruction
            guard instruction.system == waybill.channel else { return false }
            switch instruction.kind {
            case .createWaybill: return !instruction.target.isWayBack
            // A change that was refused has left the label as it was.
            case .readdressWaybill:
                return instruction.target == target
                    && (issued.receiver == current || issued.answer?.value.outcome != .refused)
            default: return false
            }
        }
        let own = said.last { $0.instruction.kind == .readdressWaybill || $0.instruction.target == parcel }
        guard let last = own else {
            // Its channel is not ours to ask, or made the labels of other parcels only.
            guard !said.isEmpty else { return isLate ? .tooLate : nil }
            return .readdress(target: target, system: waybill.channel)
        }
        guard last.receiver == current else { return .readdress(target: target, system: waybill.channel) }
        guard last.instruction.kind == .readdressWaybill else { return nil }
        guard let answer = last.answer?.value else { return .wait(.readdressWaybill) }
        if answer.outcome == .done || order.isDoneByHand(last) { return nil }
        return order.isAskedAgain(last) ? .readdress(target: target, system: waybill.channel) : .tooLate
    }

    /// The labels first: what is packed already leaves with them.
    private func anew(after delivery: IssuedInstruction) -> Step {
        guard isVerified else { return .waitForVerification }
        if let step = labelStep(isLate: false) { return step }
        let number = (Int(delivery.instruction.target) ?? 1) + 1
        return .issue(.createDelivery, target: "\(number)")
    }
}

extension Order {
    fileprivate func isLater(_ left: IssuedInstruction, than right: IssuedInstruction) -> Bool {
        guard let first = issued.firstIndex(of: right), let second = issued.firstIndex(of: left) else { return false }
        return first < second
    }

    /// `@TIME` of the change whose playbook runs, once its address is verified; nil before, and where none runs.
    var verifiedAddressChange: String? {
        guard cancelled == nil, let change = AddressChange(self), change.isVerified else { return nil }
        return change.target
    }

    /// Whether what is told or priced is about the address that counts: no later change has overtaken it, and nobody is
    /// told an address that is not verified.
    func isNewsOfNow(_ instruction: Instruction) -> Bool {
        guard cancelled == nil, let receiver else { return false }
        guard let change = AddressChange(self) else {
            return ruleNumber(.isReceiverVerified, at: receiver.evidence.at) == 1
        }
        let target = instruction.target
        return change.isVerified && (target.hasPrefix("\(change.target)/") || target.hasSuffix(change.target))
    }

    /// Where the systems stand that got an address which has changed.
    package var addressChangeStanding: AddressChangeStanding {
        guard let change = AddressChange(self) else { return .settled }
        switch change.step {
        case .nothing: return change.isVerified ? .settled : .unverified
        case .wait(let kind), .issue(let kind, _): return .waiting(kind)
        case .waitForVerification: return .unverified
        case .readdress: return .waiting(.readdressWaybill)
        case .tooLate: return isAddressDecided ? .settled : .undone
        }
    }

    /// The next instruction of the playbook; a new delivery waits until nothing holds the order.
    func addressChangeWishes(_ settings: Settings, isHeld: Bool) -> [WantedInstruction] {
        guard let change = AddressChange(self) else { return [] }
        switch change.step {
        case .readdress(let target, let system):
            return [WantedInstruction(kind: .readdressWaybill, system: system, target: target)]
        case .issue(let kind, let target):
            guard let delivery = issued.last(where: { $0.instruction.kind == .createDelivery }),
                kind != .createDelivery || (!isHeld && refusal(of: kind) == nil)
            else { return [] }
            return [WantedInstruction(kind: kind, system: delivery.instruction.system, target: target)]
        default: return []
        }
    }

    /// Whether a delivery that was not sent yet must not be sent any more: the warehouse would get an address that has
    /// changed.
    func isDeliveryOutdated(_ instruction: Instruction) -> Bool {
        #if HYDRANT_MUTANTS
            if Mutant.oldAddressGoesOut.isOn { return false }
        #endif
        guard instruction.kind == .createDelivery, let change = AddressChange(self),
            let own = issued.first(where: { $0.instruction.key == instruction.key })
        else { return false }
        return !change.isVerified || own.receiver != receiver?.value.fingerprint
    }

    /// A person looked at it after the change and decided.
    fileprivate var isAddressDecided: Bool {
        guard let changed = receiver?.evidence.at, let decided = moments[.decisionMade]?.last else { return false }
        return decided >= changed
    }

    static let addressHoldID = "address-undone"

    /// The old address is on its way: nobody but a person can settle it.
    var addressHold: StandingHold? {
        guard addressChangeStanding == .undone, let since = receiver?.evidence.at else { return nil }
        return StandingHold(
            id: Self.addressHoldID,
            reason: Text(
                chinese: "仓库未能停止，包裹可能按旧地址发出；请联系快递拦截或改派，并登记处理决定",
                english:
                    "The warehouse could not stop the parcel, which may leave with the old address; have the courier "
                    + "stop or redirect it, and record what was decided"),
            owner: "service", since: since, exit: .fact(.decisionMade), isByRule: true)
    }
}

extension Instruction {
    /// The number under which a warehouse knows a delivery of an order: the order's own, and for one that was ordered
    /// anew the number of the try behind it.
    package func deliveryCode(of order: String) -> String { target.isEmpty ? order : "\(order)~\(target)" }
}

extension Order {
    /// The delivery that an instruction about it means: the last that was asked for.
    package var deliveryCode: String {
        let last = issued.last { $0.instruction.kind == .createDelivery }
        return last?.instruction.deliveryCode(of: number) ?? number
    }

    /// The order of a delivery's number.
    package static func number(ofDelivery code: String) -> String {
        guard let mark = code.lastIndex(of: "~"), mark != code.startIndex else { return code }
        let digits = code[code.index(after: mark)...]
        return !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) } ? String(code[..<mark]) : code
    }
}
