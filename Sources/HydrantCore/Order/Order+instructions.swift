/// An instruction that the flow asks for and that was not issued yet.
package struct WantedInstruction: Hashable, Sendable {
    package var kind: InstructionKind
    package var system: String
    package var target: String
    /// For a waybill: see ``Instruction/courier``.
    package var courier = ""
    package var lifetime: Milliseconds?

    init(kind: InstructionKind, system: String, target: String) {
        self.kind = kind
        self.system = system
        self.target = target
    }
}

extension Order {
    /// What the flow asks for in the state the order is in, less what was issued before. Nothing goes on while a hold
    /// stands or after a cancellation; what was prevented is issued when the reason is gone. Asking what became of a
    /// waybill and taking a second one back is no going on.
    package func wantedInstructions(_ settings: Settings) -> [WantedInstruction] {
        let wanted = callWishes.isEmpty ? wantedByFlow(settings) : callInstructions + wantedByFlow(settings)
        return returnAsked == nil ? wanted : wanted + labelWishes(settings)
    }

    private func wantedByFlow(_ settings: Settings) -> [WantedInstruction] {
        guard !settings.flow.requests.isEmpty else { return [] }
        if cancelled != nil { return wantedAfterCancellation(settings) + careWishes(settings) }
        let holds = standingHolds
        guard holds.allSatisfy(\.isByRule) else { return careWishes(settings) + ruledWishes(settings, isHeld: true) }
        var wanted: [WantedInstruction] = []
        var asksForWaybills = false
        var asksForRoutes = false
        for request in settings.flow.requests where request.afterState <= state && isPlacedOrPast(request) {
            if !holds.isEmpty && request.kind.isStoppedByRules || refusal(of: request.kind) != nil { continue }
            switch request.kind {
            case .createWaybill: asksForWaybills = true
            case .queryTrace:
                asksForRoutes = true
                wanted += allParcels.compactMap { routeQuestion(request, of: $0, settings) }
            case .subscribeTrace:
                wanted += allParcels.compactMap { subscription(request, of: $0, settings) }
            case .notifyCustomer:
                guard let touchpoint = request.touchpoint, isDue(touchpoint) else { continue }
                wanted.append(want(request, target: touchpoint.rawValue))
            case .cancelDelivery, .voidWaybill, .findWaybill, .readdressWaybill, .askKeeper, .placeCall: break
            default: wanted.append(want(request, target: ""))
            }
        }
        // The rules of channels and of routes say themselves what was asked before.
        return wanted.filter { !isIssued($0) } + (asksForRoutes ? silenceWishes(settings) : [])
            + dispatchWishes(settings, isReached: asksForWaybills) + ruledWishes(settings, isHeld: !holds.isEmpty)
    }

    /// What rules ask for beside the flow; no hold stops it.
    private func ruledWishes(_ settings: Settings, isHeld: Bool) -> [WantedInstruction] {
        guard !rulings.isEmpty else { return [] }
        let asked = effectiveRulings.flatMap(\.instructs).flatMap { instruct in
            (instruct.kind == .pushPurchase ? purchaseTargets(instruct.target) : [instruct.target]).map {
                WantedInstruction(kind: instruct.kind, system: instruct.system, target: $0)
            }
        }
        return (asked + returnWishes() + giftWishes() + verifiedAddressWishes(settings)).filter { !isIssued($0) }
            + addressChangeWishes(settings, isHeld: isHeld)
    }

    /// A request after state 0 waits for the order itself, not only for a stray fact about it.
    private func isPlacedOrPast(_ request: Flow.Request) -> Bool { request.afterState > 0 || placed != nil }

    private func wantedAfterCancellation(_ settings: Settings) -> [WantedInstruction] {
        #if HYDRANT_MUTANTS
            if Mutant.cancellationStaysHere.isOn { return [] }
        #endif
        guard issued.contains(where: { $0.instruction.kind == .createDelivery }) else { return [] }
        return settings.flow.requests.filter { $0.kind == .cancelDelivery }.map { want($0, target: "") }
            .filter { !isIssued($0) }
    }

    private func want(_ request: Flow.Request, target: String) -> WantedInstruction {
        WantedInstruction(kind: request.kind, system: request.system, target: target)
    }

    /// Asks for a courier's whole list once it said in a push that a parcel is signed for; of channels that push
    /// nothing, for as long as the parcel is under way.
    private func routeQuestion(
        _ request: Flow.Request, of parcel: Parcel, _ settings: Settings
    ) -> WantedInstruction? {
        if let waybill = liveWaybill(of: parcel), isFollowed(parcel) {
            let target = Instruction.target(parcel: parcel.id, number: waybill.number)
            var wish = want(request, of: parcel, settings, target: target)
            wish.lifetime = DispatchSettings.Routes.atMost
            if settings.dispatch.routes.asked.contains(wish.system) {
                // One of before the channel was asked regularly ends with its first answer.
                let isAsked = issued.contains { $0.instruction.target == target && isOpenAboutSilence($0) }
                return isAsked ? nil : wish
            }
        }
        guard let scan = parcel.awaitsConfirmationOfSignature else { return nil }
        return want(request, of: parcel, settings, target: "\(parcel.id)@\(scan.at.milliseconds)")
    }

    private func isOpenAboutSilence(_ entry: IssuedInstruction) -> Bool {
        entry.instruction.isAboutSilence && entry.answer == nil
    }

    private func subscription(
        _ request: Flow.Request, of parcel: Parcel, _ settings: Settings
    ) -> WantedInstruction? {
        guard let waybill = liveWaybill(of: parcel) else { return nil }
        let target = Instruction.target(parcel: parcel.id, number: waybill.number)
        let wish = want(request, of: parcel, settings, target: target)
        return settings.dispatch.routes.asked.contains(wish.system) ? nil : wish
    }

    /// Whether scans of a parcel are still to come.
    func isUnderWay(_ parcel: Parcel) -> Bool {
        parcel.signed == nil && !parcel.journey.contains { $0.status == .returned }
    }

    /// What concerns a waybill is asked of the channel that made it, where that is one of the chains' channels, or else
    /// of its courier, where that is one.
    func want(
        _ request: Flow.Request, of parcel: Parcel, _ settings: Settings, target: String
    ) -> WantedInstruction {
        var wish = want(request, target: target)
        guard let waybill = liveWaybill(of: parcel),
            let channel = [waybill.channel, waybill.courier.lowercased()].first(where: { name in
                settings.dispatch.chains.contains { $0.channels.contains(name) }
            })
        else { return wish }
        wish.system = channel
        wish.courier = waybill.courier
        return wish
    }

    private func isIssued(_ want: WantedInstruction) -> Bool {
        issued.contains {
            $0.instruction.kind == want.kind && $0.instruction.target == want.target && !isAskedAgain($0)
                && !isWithdrawn($0) && !$0.instruction.isAboutSilence
        }
    }

    /// Whether the moment for a message to the customer has come, once its state is reached.
    func isDue(_ touchpoint: Touchpoint) -> Bool {
        guard touchpoint == .outForDelivery else { return true }
        // News of yesterday is no news: what became known only after the signature is not sent any more.
        return parcels.contains { $0.signed == nil && $0.scans.contains { $0.status == .outForDelivery } }
            || issued.contains {
                $0.instruction.kind == .notifyCustomer && $0.instruction.target == touchpoint.rawValue
            }
    }
}
