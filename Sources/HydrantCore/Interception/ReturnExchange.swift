// The playbook "return and exchange". The order is only partially completed from the moment that a return or an
// exchange is asked for. For goods that are to be exchanged the hub places the order that replaces them; both name each
// other, and the new one goes its own way through warehouse and courier. The way back of the goods and the refund are
// tasks.
//
//   step                   done by             its undo               receipt
//   place the replacement  replacement.create  cancelling that order  the hub's own answer
//   order the goods        purchase.push       by the buyer           the answer of the system that buys
//   the way back           a task              the task               its answer, with courier and number
//   the refund             a task              the task               the refund that finance reports

extension Order {
    /// Under which name the hub carries out what it asks of itself.
    package static let ownSystem = "hydrant"

    /// The number of the order that replaces goods of this one.
    package var replacementNumber: String { "\(number)-R1" }

    /// The order that the hub placed for the goods that come in exchange; nil as long as there is none.
    package var replacedBy: String? {
        let isPlaced = issued.contains {
            $0.instruction.kind == .createReplacement && $0.answer?.value.outcome == .done
        }
        return isPlaced ? replacementNumber : nil
    }

    /// What the replacement is placed with: the same goods for the same receiver, and nothing to pay. Gifts stay with
    /// the customer. Nil while it is not known what was sold.
    package var replacementHeader: OrderHeader? {
        guard var new = header?.value else { return nil }
        new.payableMinor = 0
        new.replaces = number
        new.receiver = receiver?.value ?? new.receiver
        new.lines = lines.values.filter { !$0.isGift }.map { line in
            Line(id: line.id, sku: line.sku, name: line.name, units: line.units)
        }
        return new.lines.isEmpty ? nil : new
    }

    func runs(_ playbook: Playbook) -> Bool {
        effectiveRulings.contains { $0.outcome == .matched && $0.playbooks.contains(playbook) }
    }

    /// The next instruction of the playbook; no hold of the order stops it, since it concerns another order.
    func returnWishes() -> [WantedInstruction] {
        guard exchangeAsked != nil, cancelled == nil, runs(.returnExchange), replacementHeader != nil else { return [] }
        return [WantedInstruction(kind: .createReplacement, system: Self.ownSystem, target: "")]
    }
}
