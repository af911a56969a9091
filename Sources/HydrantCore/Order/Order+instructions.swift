/// An instruction that the flow asks for and that was not issued yet.
package struct WantedInstruction: Hashable, Sendable {
    package var kind: InstructionKind
    package var system: String
    package var target: String
}

extension Order {
    /// What the flow asks for in the state the order is in, less what was issued before. Nothing goes on while a hold
    /// stands or after a cancellation; what was prevented is issued when the reason is gone.
    package func wantedInstructions(_ settings: Settings) -> [WantedInstruction] {
        guard !settings.flow.requests.isEmpty else { return [] }
        if cancelled != nil { return wantedAfterCancellation(settings) }
        guard standingHolds.isEmpty else { return [] }
        var wanted: [WantedInstruction] = []
        for request in settings.flow.requests where request.afterState <= state && isPlacedOrPast(request) {
            switch request.kind {
            case .createWaybill:
                let id = parcels.first?.id ?? "\(number)-1"
                if parcel(id)?.tracked == nil { wanted.append(want(request, target: id)) }
            case .queryTrace:
                for parcel in parcels {
                    guard let scan = parcel.awaitsConfirmationOfSignature else { continue }
                    wanted.append(want(request, target: "\(parcel.id)@\(scan.at.milliseconds)"))
                }
            case .notifyCustomer: wanted.append(want(request, target: request.touchpoint?.rawValue ?? ""))
            case .subscribeTrace:
                for parcel in parcels {
                    guard let waybill = parcel.liveWaybills.first(where: { $0.readBack != nil }) else { continue }
                    let target = Instruction.target(parcel: parcel.id, number: waybill.number)
                    wanted.append(want(request, target: target))
                }
            case .cancelDelivery, .voidWaybill, .findWaybill, .readdressWaybill, .askKeeper: break
            default: wanted.append(want(request, target: ""))
            }
        }
        return wanted.filter { !isIssued($0) }
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

    private func isIssued(_ want: WantedInstruction) -> Bool {
        issued.contains { $0.instruction.kind == want.kind && $0.instruction.target == want.target }
    }
}
