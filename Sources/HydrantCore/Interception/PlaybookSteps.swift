/// A step of a playbook that an order runs, and its receipt.
package struct PlaybookStep: Hashable, Sendable {
    package var text: Text
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
    init(text: Text, system: String) {
        self.text = text
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
        case .returnExchange: steps { [.createReplacement, .pushPurchase].contains($0.kind) }
        case .cancellation: steps { [.cancelDelivery, .voidWaybill].contains($0.kind) }
        }
    }

    private var addressSteps: [PlaybookStep] {
        let verified = receiver.flatMap { receiverVerifiedFingerprints.entry($0.value.fingerprint) }
        var check = PlaybookStep(
            text: Text(chinese: "核实新地址", english: "verifying the new address"), system: "")
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

    private func steps(where belongs: (Instruction) -> Bool) -> [PlaybookStep] {
        issued.filter { belongs($0.instruction) }.map { entry in
            var step = PlaybookStep(text: entry.instruction.kind.text, system: entry.instruction.system)
            step.take(entry.answer)
            return step
        }
    }
}
