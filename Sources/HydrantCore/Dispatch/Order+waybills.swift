// Which waybill of a parcel counts, and what becomes of the others.
//
// A parcel that was tried at two channels may end up with two numbers. The one that the courier has scanned counts, or
// else the one that was known first; the others are taken back at their channels. A waybill that is being taken back
// never counts, whatever else is said meanwhile, so that two can never take each other back. What cannot be taken back
// by the hub, and a typed number that contradicts a channel's, is for a person: the order is held. A parcel that came
// back and is sent out again has a newer label: the old one did its work, and is neither taken back nor counted.

extension Order {
    /// The waybill of a parcel that counts; nil while there is none.
    package func liveWaybill(of parcel: Parcel) -> Waybill? {
        parcel.liveWaybills.filter { $0.readBack != nil && !isBeingVoided($0, of: parcel) }
            .min { parcel.prefers($0, to: $1) }
    }

    /// The waybills beside the one that counts: paid for, and not taken back yet.
    package func surplusWaybills(of parcel: Parcel) -> [Waybill] {
        #if HYDRANT_MUTANTS
            if Mutant.liveWaybillTakenBack.isOn, parcel.waybills.count > 1 { return parcel.liveWaybills }
        #endif
        guard parcel.waybills.count > 1, let live = liveWaybill(of: parcel) else { return [] }
        return parcel.liveWaybills.filter { $0.readBack != nil && $0.number != live.number && !parcel.isSpent($0) }
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
    /// its waybills is needed. Of goods that were to come back: whether they stay with the customer.
    func isNeverToLeave(_ parcel: Parcel) -> Bool {
        if parcel.id.isWayBack { return isLabelIdle(parcel) }
        return cancelled != nil && parcel.handedOver == nil && parcel.signed == nil
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
    /// Whether its way ended at the sender, and a newer label sends the goods out again.
    ///
    /// - Parameter now: what was said of later times does not count.
    func isSpent(_ waybill: Waybill, by now: Instant = Instant(milliseconds: .max)) -> Bool {
        guard let left = moved[waybill.number]?.at,
            let back = scans.first(where: { $0.status.isReturn && $0.at >= left })?.at
        else { return false }
        return liveWaybills(at: now).contains { other in
            other.number != waybill.number && begin(of: other).map { $0 > back } ?? false
        }
    }

    /// The scans of the way that it is on: all of them, or, once a label was made after a return, those from the moment
    /// on at which the parcel left with it.
    var journey: [Scan] {
        guard let back = scans.first(where: \.status.isReturn)?.at else { return scans }
        let newer = liveWaybills.compactMap { waybill in begin(of: waybill).map { (at: $0, number: waybill.number) } }
        guard let newest = newer.filter({ $0.at > back }).max(by: <) else { return scans }
        let left = moved[newest.number]?.at ?? scans.first { $0.status == .pickedUp && $0.at >= newest.at }?.at
        return left.map { left in scans.filter { $0.at >= left } } ?? []
    }

    /// Since when a label exists, as far as is known: its number was told, or scanned before that.
    private func begin(of waybill: Waybill) -> Instant? {
        waybill.readBack.map { min($0.at, moved[waybill.number]?.at ?? $0.at) }
    }

    /// What is still under way before what has done its work, scanned before not scanned, then the one that a person
    /// found on the box, then the one that was known first: a total order that does not depend on arrival.
    fileprivate func prefers(_ left: Waybill, to right: Waybill) -> Bool {
        let isDone = (isSpent(left), isSpent(right))
        if isDone.0 != isDone.1 { return isDone.1 }
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
