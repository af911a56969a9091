/// A step of a playbook that an order runs, and its receipt.
package struct PlaybookStep: Hashable, Sendable {
    package var text: Text
    /// Who has to confirm it; empty where it is a person.
    package var system: String
    /// Nil while nobody has confirmed it.
    package var outcome: InstructionAnswer.Outcome?
    /// When it was confirmed.
    package var at: Instant?
}

extension Order {
    /// The playbooks that the order runs, each with its steps in the order in which they were taken.
    package var playbookSteps: [(playbook: Playbook, steps: [PlaybookStep])] {
        Playbook.allCases.filter(runs).map { ($0, steps(of: $0)) }
    }

    private func steps(of playbook: Playbook) -> [PlaybookStep] {
        switch playbook {
        case .addressChange: addressSteps
        case .returnExchange: steps { [.createReplacement, .pushPurchase].contains($0.kind) }
        case .cancellation: steps { [.cancelDelivery, .voidWaybill].contains($0.kind) }
        }
    }

    private var addressSteps: [PlaybookStep] {
        let verified = receiver.flatMap { receiverVerifiedFingerprints.entry($0.value.fingerprint) }
        let check = PlaybookStep(
            text: Text(chinese: "核实新地址", english: "verifying the new address"), system: "",
            outcome: verified == nil ? nil : .done, at: verified?.evidence.at)
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
            PlaybookStep(
                text: entry.instruction.kind.text, system: entry.instruction.system,
                outcome: entry.answer?.value.outcome, at: entry.answer?.evidence.at)
        }
    }
}
