// The playbook "address change", as soon as the new address is verified: the freight is priced again, and the systems
// that know the order by the address before are told. Each is an instruction with its own receipt; a system that nobody
// has connected is not asked, and never counts as one that has confirmed.

/// A system that is told when a changed receiver is verified.
package struct ToldSystem: Hashable, Sendable {
    /// What the system is to the order.
    package enum Role: String, CaseIterable, Sendable {
        case crm
        case finance
        case marketplace

        var text: Text {
            switch self {
            case .crm: Text(chinese: "告知客户系统", english: "telling the customer system")
            case .finance: Text(chinese: "告知财务系统", english: "telling finance")
            case .marketplace: Text(chinese: "告知销售平台", english: "telling the marketplace")
            }
        }
    }

    package var role: Role
    package var system: String

    package init(_ role: Role, _ system: String) {
        self.role = role
        self.system = system
    }
}

extension Order {
    /// What is asked for once the new address is verified; no hold of the order stops it. Of an order that is signed
    /// for nothing is begun any more: whoever is connected now has no use for old addresses.
    func verifiedAddressWishes(_ settings: Settings) -> [WantedInstruction] {
        guard let change = verifiedAddressChange, state < StateNumber.signed || hasNews(of: change) else { return [] }
        var wishes = settings.told.filter { settings.isConnected($0.system) }.map { told in
            WantedInstruction(kind: .tellReceiver, system: told.system, target: "\(change)/\(told.role.rawValue)")
        }
        if !settings.freight.cards.isEmpty, let target = repricing(change) {
            wishes.append(WantedInstruction(kind: .repriceFreight, system: Self.ownSystem, target: target))
        }
        return wishes
    }

    private func hasNews(of change: String) -> Bool {
        issued.contains { entry in
            let target = entry.instruction.target
            return switch entry.instruction.kind {
            case .tellReceiver: target.hasPrefix("\(change)/")
            case .repriceFreight: target.hasSuffix(change)
            default: false
            }
        }
    }

    /// `OLD>NEW@TIME`, with the codes of the divisions: from where the freight was last priced for, or else the order
    /// was placed for. Nil where this change was priced, or an earlier one is being priced.
    private func repricing(_ change: String) -> String? {
        let earlier = issued.filter { $0.instruction.kind == .repriceFreight }
        if let own = earlier.last(where: { $0.instruction.target.hasSuffix(change) }) {
            return isAskedAgain(own) ? own.instruction.target : nil
        }
        guard earlier.last.map({ $0.answer != nil }) ?? true else { return nil }
        let priced = earlier.last { $0.answer?.value.outcome == .done || isDoneByHand($0) }?.instruction.pricedArea
        let old = priced ?? header?.value.receiver?.check?.area?.code ?? ""
        return "\(old)>\(receiver?.value.check?.area?.code ?? "")\(change)"
    }

    /// The receipts of those who are told, whether or not they can be.
    func newsSteps(_ settings: Settings) -> [PlaybookStep] {
        let change = verifiedAddressChange
        let priced = issued.last { $0.instruction.kind == .repriceFreight }
        let pricing = InstructionKind.repriceFreight
        var freight = PlaybookStep(text: pricing.text, undo: pricing.undo, system: Self.ownSystem)
        freight.isConnected = priced != nil || !settings.freight.cards.isEmpty
        if let priced, change.map({ priced.instruction.target.hasSuffix($0) }) ?? true { freight.take(priced.answer) }
        freight.detail = freight.outcome == nil ? "" : priced?.answer?.value.detail ?? ""
        return [freight]
            + ToldSystem.Role.allCases.map { role in
                let told = settings.told.first { $0.role == role }
                let asked = issued.last {
                    $0.instruction.kind == .tellReceiver && $0.instruction.target.hasSuffix("/\(role.rawValue)")
                        && (change.map($0.instruction.target.hasPrefix) ?? true)
                }
                var step = PlaybookStep(
                    text: role.text, undo: InstructionKind.tellReceiver.undo,
                    system: asked?.instruction.system ?? told?.system ?? role.rawValue)
                step.isConnected = asked != nil || told.map { settings.isConnected($0.system) } ?? false
                step.take(asked?.answer)
                return step
            }
    }
}

extension Instruction {
    /// The division that the freight was priced for.
    fileprivate var pricedArea: String? {
        target.split(separator: "@").first?.split(separator: ">", omittingEmptySubsequences: false).last.map(
            String.init)
    }
}
