// The playbook "gift binding". A gift travels in a parcel of its order: when the line that it belongs to is packed and
// the gift is in no parcel, the warehouse is asked to stop, and the order waits until the gift is packed or a person
// has decided. Then the work goes on where it was stopped, unless an address change keeps it: of two playbooks that
// paused one delivery, the one that ends last lets it go on.
//
//   step           instruction      its undo         receipt
//   stop the work  delivery.pause   delivery.resume  the warehouse's answer; a refusal is a task for the warehouse
//   go on          delivery.resume  delivery.pause   the warehouse's answer

extension Order {
    /// Gifts that were left out: what they belong to is packed, every packed parcel names its contents, and none has
    /// the gift.
    package var leftOutGifts: [Line] {
        guard lines.entries.indices.contains(where: { lines.entries[$0].value.isGift }) else { return [] }
        let packed = parcels.filter { $0.packed != nil }.map(\.contents)
        guard !packed.isEmpty, !packed.contains(where: \.standsForAll) else { return [] }
        var units: [String: Int] = [:]
        for item in packed.flatMap(\.items) { units[item.line, default: 0] += item.units }
        let all = lines.values
        return all.filter { gift in
            guard gift.isGift, units[gift.id, default: 0] < gift.units,
                let sold = all.first(where: { !$0.isGift && $0.id == gift.giftFor })
            else { return false }
            return units[sold.id, default: 0] >= sold.units
        }
    }

    private static let giftTarget = "gift"

    /// Whether an instruction is a step of this playbook. The first pause is `gift`, later ones `gift-2`, `gift-3` …
    func isGiftStep(_ instruction: Instruction) -> Bool {
        [.pauseDelivery, .resumeDelivery].contains(instruction.kind) && instruction.target.hasPrefix(Self.giftTarget)
    }

    /// The holds of gifts that were left out: they end when the gift is packed.
    var giftHolds: [RuledHold] {
        let released = Set(effectiveRulings.flatMap(\.releases))
        return effectiveRulings.filter { $0.outcome == .matched && $0.playbooks.contains(.giftBinding) }
            .flatMap(\.holds).filter { !released.contains($0.id) }
    }

    var isHeldForGift: Bool { !giftHolds.isEmpty }

    /// The next instruction of the playbook; no hold stops it, since the hold is its own.
    func giftWishes() -> [WantedInstruction] {
        guard cancelled == nil, let index = issued.lastIndex(where: { $0.instruction.kind == .createDelivery }),
            issued[index].answer?.value.outcome == .done
        else { return [] }
        let system = issued[index].instruction.system
        let steps = issued[(index + 1)...]
        let pause = steps.lastIndex { isGiftStep($0.instruction) && $0.instruction.kind == .pauseDelivery }
        let resume = pause.flatMap { steps[$0...].last { $0.instruction.kind == .resumeDelivery } }
        if isHeldForGift {
            guard shipped == nil else { return [] }
            let wasResumed = resume?.answer.map { $0.value.outcome != .refused } ?? false
            let own = wasResumed ? nil : pause.map { issued[$0].instruction.target }
            return [WantedInstruction(kind: .pauseDelivery, system: system, target: own ?? nextGiftTarget)]
        }
        guard let pause, issued[pause].answer?.value.outcome == .done else { return [] }
        // The warehouse knows one pause of a delivery: while an address is open, what goes on is the address's to say.
        guard addressChangeStanding == .settled, resume.map({ isGiftStep($0.instruction) }) ?? true else { return [] }
        return [
            WantedInstruction(kind: .resumeDelivery, system: system, target: issued[pause].instruction.target)
        ]
    }

    /// Whether the last word to the warehouse is that it stops for a gift: then the gift's own end lets it go on.
    var isStoppedForGift: Bool {
        guard let last = issued.last(where: { $0.instruction.kind == .pauseDelivery }), isGiftStep(last.instruction)
        else { return isHeldForGift }
        return isHeldForGift || last.answer.map { $0.value.outcome == .done } ?? true
    }

    /// Whether a delivery that was to go on has been stopped, taken back or ordered anew since that was asked for.
    func isOvertaken(_ resume: Instruction) -> Bool {
        guard let index = issued.firstIndex(where: { $0.instruction.key == resume.key }) else { return false }
        return issued[(index + 1)...].contains { later in
            switch later.instruction.kind {
            case .pauseDelivery, .cancelDelivery, .createDelivery: later.instruction.system == resume.system
            default: false
            }
        }
    }

    /// Whether the hub itself took it back before it was sent, because it was overtaken.
    func isWithdrawn(_ entry: IssuedInstruction) -> Bool {
        guard entry.instruction.kind == .resumeDelivery, let answer = entry.answer?.value else { return false }
        return answer.outcome == .refused && answer.refusal == .channel && isOvertaken(entry.instruction)
    }

    /// Whether something came between that keeps a delivery from going on, so that what was asked for waits: a gift is
    /// left out again, or, for what the gift stopped, the address is open.
    package func isKeptBack(_ instruction: Instruction) -> Bool {
        #if HYDRANT_MUTANTS
            if Mutant.giftIsNotWaitedFor.isOn { return false }
        #endif
        guard instruction.kind == .resumeDelivery else { return false }
        if isHeldForGift { return true }
        guard isGiftStep(instruction) else { return false }
        switch addressChangeStanding {
        case .settled, .waiting(.resumeDelivery): return false
        case .waiting, .unverified, .undone: return true
        }
    }

    private var nextGiftTarget: String {
        let pauses = issued.map(\.instruction).filter { isGiftStep($0) && $0.kind == .pauseDelivery }
        let number = Set(pauses.map(\.target)).count + 1
        return number == 1 ? Self.giftTarget : "\(Self.giftTarget)-\(number)"
    }

    /// Whether the warehouse was ever asked to stop because of a gift.
    var wasStoppedForGift: Bool { issued.contains { isGiftStep($0.instruction) } }
}
