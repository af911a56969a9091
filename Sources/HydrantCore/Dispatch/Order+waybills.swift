// Which waybill of a parcel counts, and what becomes of the others.
//
// A parcel that was tried at two channels may end up with two numbers. The one that the courier has scanned counts, or
// else the one that was known first; the others are taken back at their channels. A waybill that is being taken back
// never counts, whatever else is said meanwhile, so that two can never take each other back. What cannot be taken back
// by the hub, and a typed number that contradicts a channel's, is for a person: the order is held.

extension Order {
    /// The waybill of a parcel that counts; nil while there is none.
    package func liveWaybill(of parcel: Parcel) -> Waybill? {
        parcel.liveWaybills.filter { $0.readBack != nil && !isBeingVoided($0, of: parcel) }
            .min { parcel.prefers($0, to: $1) }
    }

    /// The waybills beside the one that counts: paid for, and not taken back yet.
    package func surplusWaybills(of parcel: Parcel) -> [Waybill] {
        guard parcel.waybills.count > 1, let live = liveWaybill(of: parcel) else { return [] }
        return parcel.liveWaybills.filter { $0.readBack != nil && $0.number != live.number }
    }

    /// Whether a parcel has no number that counts, and nobody says that it has one which is not told.
    package func isNumberless(_ parcel: Parcel?) -> Bool {
        guard let parcel else { return true }
        return parcel.waybills.isEmpty ? parcel.tracked == nil : liveWaybill(of: parcel) == nil
    }

    func lastVoid(_ number: String, of parcel: String) -> IssuedInstruction? {
        let target = Instruction.target(parcel: parcel, number: number)
        return issued.last { $0.instruction.kind == .voidWaybill && $0.instruction.target == target }
    }

    func isBeingVoided(_ waybill: Waybill, of parcel: Parcel) -> Bool {
        guard waybill.voided == nil, let void = lastVoid(waybill.number, of: parcel.id) else { return false }
        return void.answer == nil
    }

    /// The surplus waybills of a parcel that only a person can clear up: the hub's own try to take it back failed, no
    /// channel is known that could, or a typed number and a channel's number stand against each other.
    package func contestedWaybills(of parcel: Parcel) -> [Waybill] {
        surplusWaybills(of: parcel).filter { waybill in
            if let void = lastVoid(waybill.number, of: parcel.id) { return void.answer != nil }
            return !mayVoid(waybill, of: parcel)
        }
    }

    /// Whether a parcel stays in the house for good: its order was cancelled before a courier had it, so that none of
    /// its waybills is needed.
    func isNeverToLeave(_ parcel: Parcel) -> Bool {
        cancelled != nil && parcel.handedOver == nil && parcel.signed == nil
    }

    /// Whether the hub takes a surplus waybill back by itself: it was asked for by the hub at that channel, and no
    /// person's word stands in between.
    func mayVoid(_ waybill: Waybill, of parcel: Parcel) -> Bool {
        guard let live = liveWaybill(of: parcel) else { return false }
        let isChosen = parcel.chosen?.value == live.number
        guard isChosen || !live.isTyped && !waybill.isTyped else { return false }
        return wasMadeByHub(waybill, of: parcel)
    }

    /// Whether the hub asked the waybill's channel for it, so that it can ask for its end too.
    func wasMadeByHub(_ waybill: Waybill, of parcel: Parcel) -> Bool {
        issued.contains {
            $0.instruction.system == waybill.channel && $0.instruction.kind == .createWaybill
                && $0.instruction.target == parcel.id
        }
    }
}

extension Parcel {
    /// Scanned before not scanned, then the one that a person found on the box, then the one that was known first: a
    /// total order that does not depend on arrival.
    fileprivate func prefers(_ left: Waybill, to right: Waybill) -> Bool {
        let isMoving = (moved[left.number] != nil, moved[right.number] != nil)
        if isMoving.0 != isMoving.1 { return isMoving.0 }
        let isChosen = (chosen?.value == left.number, chosen?.value == right.number)
        if isChosen.0 != isChosen.1 { return isChosen.0 }
        guard let first = left.readBack, let second = right.readBack, first != second else {
            return left.number < right.number
        }
        return first < second
    }
}
