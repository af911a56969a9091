/// A step of a playbook that an order runs, and its receipt.
package struct PlaybookStep: Hashable, Sendable {
    package var text: Text
    /// What takes it back.
    package var undo: Text
    /// Who has to confirm it; empty where it is a person.
    package var system: String
    /// Nil while nobody has confirmed it.
    package var outcome: InstructionAnswer.Outcome?
    /// When it was confirmed.
    package var at: Instant?
    /// False where nobody has set up who would confirm it.
    package var isConnected = true
    /// What came of it, in the confirming system's words; empty where the outcome says all.
    package var detail = ""

    /// - Parameter system: empty where a person confirms it.
    init(text: Text, undo: Text, system: String) {
        self.text = text
        self.undo = undo
        self.system = system
    }

    mutating func take(_ answer: Register<InstructionAnswer>?) {
        outcome = answer?.value.outcome
        at = answer?.evidence.at
    }
}

extension Order {
    /// The playbooks that the order runs, each with its steps in the order in which they were taken.
    package func playbookSteps(_ settings: Settings) -> [(playbook: Playbook, steps: [PlaybookStep])] {
        Playbook.allCases.filter { runs($0) || $0 == .giftBinding && wasStoppedForGift }.map {
            ($0, steps(of: $0, settings))
        }
    }

    private func steps(of playbook: Playbook, _ settings: Settings) -> [PlaybookStep] {
        switch playbook {
        case .addressChange: addressSteps + newsSteps(settings)
        case .giftBinding: steps(where: isGiftStep)
        case .returnExchange: returnSteps
        case .cancellation: steps { [.cancelDelivery, .voidWaybill].contains($0.kind) && !$0.parcel.isWayBack }
        }
    }

    private var addressSteps: [PlaybookStep] {
        let verified = receiver.flatMap { receiverVerifiedFingerprints.entry($0.value.fingerprint) }
        var check = PlaybookStep(
            text: Text(chinese: "核实新地址", english: "verifying the new address"),
            undo: Text(chinese: "再改一次地址", english: "another change of the address"), system: "")
        check.outcome = verified == nil ? nil : .done
        check.at = verified?.evidence.at
        return [check]
            + steps { instruction in
                switch instruction.kind {
                case .pauseDelivery, .resumeDelivery, .cancelDelivery: instruction.target.hasPrefix("@")
                case .createDelivery: !instruction.target.isEmpty
                case .readdressWaybill: true
                default: false
                }
            }
    }

    private var returnSteps: [PlaybookStep] {
        let own = issued.filter { entry in
            switch entry.instruction.kind {
            case .createReplacement, .pushPurchase: true
            case .subscribeTrace, .queryTrace, .createWaybill, .findWaybill, .voidWaybill:
                entry.instruction.parcel.isWayBack
            default: false
            }
        }
        return own.map { entry in
            var step = step(entry)
            guard !entry.instruction.parcel.isWayBack else {
                let known = parcel(entry.instruction.parcel)?.waybills.first { waybill in
                    entry.instruction.kind == .createWaybill && waybill.channel == entry.instruction.system
                }
                step.detail = entry.instruction.waybillNumber ?? known?.number ?? ""
                return step
            }
            let exchange = exchange(toBuy: entry.instruction)?.id ?? entry.instruction.target
            step.detail = replacement(of: exchange) ?? ""
            return step
        }
    }

    private func steps(where belongs: (Instruction) -> Bool) -> [PlaybookStep] {
        issued.filter { belongs($0.instruction) }.map(step)
    }

    private func step(_ entry: IssuedInstruction) -> PlaybookStep {
        let instruction = entry.instruction
        var step = PlaybookStep(
            text: instruction.kind.text, undo: instruction.kind.undo, system: instruction.system)
        step.take(entry.answer)
        return step
    }
}

extension InstructionKind {
    /// What takes a step of a playbook back: another instruction, or what a person does where no instruction can.
    package var undo: Text {
        switch self {
        case .pauseDelivery: InstructionKind.resumeDelivery.text
        case .resumeDelivery: InstructionKind.pauseDelivery.text
        case .createDelivery: InstructionKind.cancelDelivery.text
        case .cancelDelivery:
            Text(chinese: "另下发货单", english: "another delivery order")
        case .createWaybill: InstructionKind.voidWaybill.text
        case .voidWaybill: Text(chinese: "另取运单号", english: "another waybill")
        case .readdressWaybill, .tellReceiver:
            Text(chinese: "以之前的地址再做一次", english: "the same with the address before")
        case .repriceFreight: Text(chinese: "财务免收或退回差额", english: "finance waives or gives back the difference")
        case .createReplacement: Text(chinese: "取消换货订单", english: "cancelling the replacement order")
        case .pushPurchase: Text(chinese: "由采购取消", english: "cancelled by whoever buys")
        case .checkCredit, .issueInvoice, .registerWarranty, .notifyCustomer, .queryTrace, .findWaybill,
            .subscribeTrace, .askKeeper, .placeCall:
            Text(chinese: "不需要", english: "none needed")
        }
    }
}
