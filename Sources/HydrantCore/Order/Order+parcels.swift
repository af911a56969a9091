extension Order {
    /// Merges what a fact says about one parcel.
    mutating func takeParcel(_ body: FactBody, _ evidence: Evidence) {
        switch body {
        case .parcelPacked(let packing):
            withParcel(packing.parcel) { parcel in
                if parcel.packing == nil {
                    parcel.packing = Register(packing, evidence)
                } else {
                    parcel.packing?.merge(packing, evidence)
                }
                parcel.contents.merge(packing)
                parcel.packed.mergeEarliest(evidence)
            }
        case .trackingReported(let tracking):
            withParcel(tracking.parcel) { parcel in
                parcel.tracked.mergeEarliest(evidence)
                guard !tracking.number.isEmpty else { return }
                parcel.withWaybill(tracking.number) { waybill in
                    waybill.describe(tracking, evidence)
                    waybill.readBack.mergeEarliest(evidence)
                }
            }
        case .waybillVoided(let parcel, let number):
            withParcel(parcel) { $0.withWaybill(number) { $0.voided.mergeEarliest(evidence) } }
        case .waybillChosen(let parcel, let number):
            withParcel(parcel) { parcel in
                if parcel.chosen == nil {
                    parcel.chosen = Register(number, evidence)
                } else {
                    parcel.chosen?.merge(number, evidence)
                }
            }
        case .parcelHandedOver(let parcel): withParcel(parcel) { $0.handedOver.mergeEarliest(evidence) }
        case .signedReported(let parcel): withParcel(parcel) { $0.signed.mergeEarliest(evidence) }
        case .traceReported(let trace): withParcel(trace.parcel) { $0.take(trace, evidence) }
        case .timerFell(let id):
            if let (parcel, round) = Order.round(ofTimer: id) {
                withParcel(parcel) { $0.round = max($0.round, round) }
            } else if let (parcel, moment) = Order.silence(ofTimer: id) {
                withParcel(parcel) { $0.silentAt = max($0.silentAt ?? moment, moment) }
            }
        default: break
        }
    }

    /// A waybill that its channel says it took back.
    mutating func takeVoid(_ instruction: Instruction, _ evidence: Evidence) {
        guard let number = instruction.waybillNumber else { return }
        takeParcel(.waybillVoided(parcel: instruction.parcel, number: number), evidence)
    }

    private mutating func withParcel(_ id: String, _ change: (inout Parcel) -> Void) {
        if id.isWayBack { wayBacks.withParcel(id, change) } else { parcels.withParcel(id, change) }
    }
}

extension [Parcel] {
    fileprivate mutating func withParcel(_ id: String, _ change: (inout Parcel) -> Void) {
        let index = firstIndex { $0.id >= id } ?? endIndex
        if index == endIndex || self[index].id != id { insert(Parcel(id: id), at: index) }
        change(&self[index])
    }
}

extension Parcel {
    fileprivate mutating func withWaybill(_ number: String, _ change: (inout Waybill) -> Void) {
        let index = waybills.firstIndex { $0.number >= number } ?? waybills.endIndex
        if index == waybills.endIndex || waybills[index].number != number {
            waybills.insert(Waybill(number: number, courier: "", channel: ""), at: index)
        }
        change(&waybills[index])
    }

    /// Scans fill history. Only a complete list proves the buyer's signature, because only then it is certain that no
    /// return began before it (PRODUCT: signed after a return started is not signed).
    fileprivate mutating func take(_ trace: Trace, _ evidence: Evidence) {
        for scan in trace.scans {
            let index = scans.firstIndex { !($0 < scan) } ?? scans.endIndex
            if index == scans.endIndex || scans[index] != scan { scans.insert(scan, at: index) }
        }
        if let pickedUp = trace.scans.filter(\.status.isMovement).min() {
            handedOver.mergeEarliest(evidence.moved(to: pickedUp.at))
            if !trace.number.isEmpty { moved[trace.number].mergeEarliest(evidence.moved(to: pickedUp.at)) }
        }
        #if HYDRANT_MUTANTS
            if Mutant.pushProvesSignature.isOn, trace.scans.contains(where: { $0.status == .signed }) {
                signed.mergeEarliest(evidence)
            }
        #endif
        guard trace.isComplete, let signature = trace.scans.filter({ $0.status == .signed }).min() else { return }
        let returnBegan = trace.scans.contains { $0.status.isReturn && $0.at <= signature.at }
        #if HYDRANT_MUTANTS
            if Mutant.signatureAfterReturn.isOn { signed.mergeEarliest(evidence.moved(to: signature.at)) }
        #endif
        if !returnBegan { signed.mergeEarliest(evidence.moved(to: signature.at)) }
    }

    /// The courier said "signed" in a push and its whole list has not confirmed it yet.
    var awaitsConfirmationOfSignature: Scan? {
        guard signed == nil else { return nil }
        let scans = journey
        return scans.contains(where: \.status.isReturn) ? nil : scans.first { $0.status == .signed }
    }
}

extension Waybill {
    fileprivate mutating func describe(_ tracking: Tracking, _ evidence: Evidence) {
        let isNews: Bool
        if evidence.isTyped {
            isNews = typed.mergeNewest(evidence) && stated == nil
        } else {
            isNews = stated.mergeNewest(evidence)
        }
        if isNews { courier = tracking.courier }
        if !tracking.reference.isEmpty {
            if reference == nil {
                reference = Register(tracking.reference, evidence)
            } else {
                reference?.merge(tracking.reference, evidence)
            }
        }
        if !tracking.rider.isEmpty || !tracking.line.isEmpty {
            let tour = WaybillTour(rider: tracking.rider, line: tracking.line)
            if self.tour == nil { self.tour = Register(tour, evidence) } else { self.tour?.merge(tour, evidence) }
        }
        // Who says what is on a label without having made it does not change who made it.
        guard !tracking.channel.isEmpty else { return }
        let isMaker = evidence.isTyped ? typedChannel.mergeNewest(evidence) : statedChannel.mergeNewest(evidence)
        if isMaker, !evidence.isTyped || statedChannel == nil { channel = tracking.channel }
    }
}

extension Evidence {
    fileprivate func moved(to time: Instant) -> Evidence {
        Evidence(at: time, isTimed: true, source: source, messageID: messageID)
    }
}

extension TrackingStatus {
    var isReturn: Bool { self == .returning || self == .returned }

    /// Whether the courier has the parcel in its hands.
    var isMovement: Bool {
        switch self {
        case .pickedUp, .inTransit, .outForDelivery, .stored, .signed, .returning, .returned: true
        case .problem, .cancelled, .unmapped: false
        }
    }
}

extension Scan: Comparable {
    package static func < (left: Scan, right: Scan) -> Bool {
        if left.at != right.at { return left.at < right.at }
        if left.code != right.code { return left.code < right.code }
        if left.place != right.place { return left.place < right.place }
        if left.remark != right.remark { return left.remark < right.remark }
        return left.status.rawValue < right.status.rawValue
    }
}
