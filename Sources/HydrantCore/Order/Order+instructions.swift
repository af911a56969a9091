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
        guard !settings.flow.requests.isEmpty else { return [] }
        if cancelled != nil { return wantedAfterCancellation(settings) + careWishes(settings) }
        guard standingHolds.isEmpty else { return careWishes(settings) }
        var wanted: [WantedInstruction] = []
        var asksForWaybills = false
        for request in settings.flow.requests where request.afterState <= state && isPlacedOrPast(request) {
            switch request.kind {
            case .createWaybill: asksForWaybills = true
            case .queryTrace:
                for parcel in parcels {
                    guard let scan = parcel.awaitsConfirmationOfSignature else { continue }
                    let target = "\(parcel.id)@\(scan.at.milliseconds)"
                    wanted.append(want(request, of: parcel, settings, target: target))
                }
            case .subscribeTrace:
                for parcel in parcels {
                    guard let waybill = liveWaybill(of: parcel) else { continue }
                    let target = Instruction.target(parcel: parcel.id, number: waybill.number)
                    wanted.append(want(request, of: parcel, settings, target: target))
                }
            case .notifyCustomer:
                guard let touchpoint = request.touchpoint, isDue(touchpoint) else { continue }
                wanted.append(want(request, target: touchpoint.rawValue))
            case .cancelDelivery, .voidWaybill, .findWaybill, .readdressWaybill, .askKeeper: break
            default: wanted.append(want(request, target: ""))
            }
        }
        // The channels' own rules say what was asked before.
        return wanted.filter { !isIssued($0) } + dispatchWishes(settings, isReached: asksForWaybills)
    }

    /// A request after state 0 waits for the order itself, not only for a stray fact about it.
    private func isPlacedOrPast(_ request: Flow.Request) -> Bool { request.afterState > 0 || placed != nil }

    private func wantedAfterCancellation(_ settings: Settings) -> [WantedInstruction] {
        guard issued.contains(where: { $0.instruction.kind == .createDelivery }) else { return [] }
        return settings.flow.requests.filter { $0.kind == .cancelDelivery }.map { want($0, target: "") }
            .filter { !isIssued($0) }
    }

    private func want(_ request: Flow.Request, target: String) -> WantedInstruction {
        WantedInstruction(kind: request.kind, system: request.system, target: target)
    }

    /// What concerns a waybill is asked of the channel that made it, where that is one of the chains' channels.
    private func want(
        _ request: Flow.Request, of parcel: Parcel, _ settings: Settings, target: String
    ) -> WantedInstruction {
        var wish = want(request, target: target)
        guard let waybill = liveWaybill(of: parcel),
            settings.dispatch.chains.contains(where: { $0.channels.contains(waybill.channel) })
        else { return wish }
        wish.system = waybill.channel
        wish.courier = waybill.courier
        return wish
    }

    private func isIssued(_ want: WantedInstruction) -> Bool {
        issued.contains { $0.instruction.kind == want.kind && $0.instruction.target == want.target }
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
