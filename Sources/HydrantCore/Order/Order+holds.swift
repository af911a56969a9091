/// A hold that stands now, as the screens show it.
package struct StandingHold: Hashable, Sendable {
    package var id: String
    package var reason: Text
    package var owner: String
    package var since: Instant
    package var exit: Exit
    /// When it ends by itself at the latest, beside an exit that names no moment; nil when time alone does not end it.
    package var latestEnd: Instant?
    /// An interceptor holds the order: what changes nothing outside goes on.
    package var isByRule = false

    /// How it ends: somebody decides, time passes, a named fact arrives, or what an interceptor waits for is true.
    package enum Exit: Hashable, Sendable {
        case person
        case timer(Instant)
        case fact(FactKind)
        case condition

        init(_ exit: Hold.Exit) {
            self =
                switch exit {
                case .person: .person
                case .timer(let at): .timer(at)
                case .fact(let kind): .fact(kind)
                }
        }
    }
}

extension Order {
    /// Every reason why the order must not go on: the ones that were placed, and the ones that follow from its
    /// evidence.
    package var standingHolds: [StandingHold] {
        var standing: [StandingHold] = holds.compactMap { held in
            guard held.isActive, let placed = held.placed else { return nil }
            let reason = Text(chinese: held.hold.reason, english: held.hold.reason)
            return StandingHold(
                id: held.hold.id, reason: reason, owner: held.hold.owner, since: placed.at,
                exit: .init(held.hold.exit))
        }
        if let hold = receiverHold { standing.append(hold) }
        if let refused = creditRefused, creditPassed == nil {
            standing.append(
                StandingHold(
                    id: "credit", reason: Text(chinese: "信用检查未通过", english: "The credit check was refused"),
                    owner: "operations", since: refused.at, exit: .fact(.creditChecked)))
        }
        if let gift = unboundGifts.first, let since = placed?.at {
            standing.append(
                StandingHold(
                    id: "gift-unbound",
                    reason: Text(
                        chinese: "赠品 \(gift.sku) 没有绑定到本订单的付款商品行",
                        english: "Gift \(gift.sku) is not bound to a paid line of this order"),
                    owner: "operations", since: since, exit: .fact(.lineReported)))
        }
        standing += parcels.compactMap(waybillHold)
        if let hold = dataHold { standing.append(hold) }
        #if HYDRANT_MUTANTS
            if Mutant.ruleHoldsForgotten.isOn { return standing }
        #endif
        guard !rulings.isEmpty else { return standing }
        if let hold = addressHold { standing.append(hold) }
        let released = Set(effectiveRulings.flatMap(\.releases))
        return (standing + ruleHolds).filter { !released.contains($0.id) }
    }

    /// The verdicts from which something follows: those of rules that are on.
    var effectiveRulings: some Sequence<Ruling> { rulings.lazy.filter { !$0.isShadow } }

    private var ruleHolds: [StandingHold] {
        effectiveRulings.flatMap(\.holds).filter { hold in
            !holds.contains { $0.hold.id == hold.id && $0.ended != nil }
        }.map {
            StandingHold(
                id: $0.id, reason: $0.reason, owner: $0.owner, since: $0.since, exit: $0.exit, latestEnd: $0.latestEnd,
                isByRule: true)
        }
    }

    /// Whether a rule's hold of this id stands that a person may end.
    func isRuleHold(_ id: String, forPerson: Bool) -> Bool {
        effectiveRulings.contains { $0.holds.contains { $0.id == id && (!forPerson || $0.isForPerson) } }
    }

    /// Why a rule lets no instruction of this kind out; nil where none does.
    package func refusal(of kind: InstructionKind) -> Text? {
        #if HYDRANT_MUTANTS
            if Mutant.ruleRefusesNothing.isOn { return nil }
        #endif
        for ruling in effectiveRulings {
            if let refusal = ruling.refusals.first(where: { $0.kind == kind }) { return refusal.reason }
        }
        return nil
    }

    /// Two waybills of a parcel that the hub cannot clear up by itself.
    private func waybillHold(_ parcel: Parcel) -> StandingHold? {
        guard parcel.waybills.count > 1, parcel.signed == nil, let live = liveWaybill(of: parcel) else { return nil }
        let contested = contestedWaybills(of: parcel)
        guard let since = contested.compactMap({ $0.readBack?.at }).min() else { return nil }
        let numbers = contested.map(\.number).joined(separator: ", ")
        return StandingHold(
            id: "waybills-\(parcel.id)",
            reason: Text(
                chinese: "包裹 \(parcel.id) 有两个运单号：\(live.number) 与 \(numbers)，系统无法自动作废，请核对实物面单后作废另一张",
                english:
                    "Parcel \(parcel.id) has two numbers, \(live.number) and \(numbers), and the hub cannot take one "
                    + "back; look at the label and void the other"),
            owner: "warehouse", since: since, exit: .fact(.waybillVoided))
    }

    /// A channel said that the order's own data are wrong, and the receiver was not corrected since.
    private var dataHold: StandingHold? {
        for entry in issued where entry.instruction.kind == .createWaybill && !entry.instruction.target.isWayBack {
            guard let answer = entry.answer, answer.value.outcome == .refused, answer.value.refusal == .data,
                isNumberless(parcel(entry.instruction.target)),
                (receiver?.evidence.at).map({ $0 <= answer.evidence.at }) ?? true
            else { continue }
            let system = Text.system(entry.instruction.system)
            return StandingHold(
                id: "waybill-data-\(entry.instruction.target)",
                reason: Text(
                    chinese: "\(system.chinese) 因订单资料拒绝出单：\(answer.value.detail)",
                    english: "\(system.english) refuses the waybill because of the order's data: "
                        + answer.value.detail),
                owner: "service", since: answer.evidence.at, exit: .fact(.receiverChanged))
        }
        return nil
    }

    /// A receiver that was changed after the order was placed holds the order until it is verified.
    /// Since when the receiver is one that nobody has verified; nil where there is no doubt.
    var receiverInDoubtSince: Instant? {
        #if HYDRANT_MUTANTS
            if Mutant.anyVerificationCounts.isOn, !receiverVerifiedFingerprints.isEmpty { return nil }
        #endif
        guard let changed = receiverChanged, let current = receiver,
            receiverVerifiedFingerprints[current.value.fingerprint] == nil, current.evidence.at >= changed.at
        else { return nil }
        return current.evidence.at
    }

    private var receiverHold: StandingHold? {
        #if HYDRANT_MUTANTS
            if Mutant.receiverHoldForgotten.isOn { return nil }
        #endif
        guard let since = receiverInDoubtSince, shipped == nil else { return nil }
        return StandingHold(
            id: "receiver-unverified",
            reason: Text(chinese: "收货信息已变更，等待核实", english: "The receiver was changed and is not verified yet"),
            owner: "service", since: since, exit: .fact(.receiverVerified))
    }
}
