// How far an order got, as a function of its evidence. Every condition only ever turns from false to true while facts
// arrive, so a state number cannot fall and the order of arrival cannot matter (docs/adr/0001).

extension Order {
    /// The stamps that the evidence supports: states 1, 2, … up to the first that is neither proven nor inferred.
    package func supportedStamps(_ settings: Settings) -> [StateStamp] {
        let triggers = StateNumber.all.map { trigger(of: $0, settings) }
        var stamps: [StateStamp] = []
        var floor = placed.flatMap { $0.isTimed ? $0.at : nil }
        for number in StateNumber.all {
            let own = triggers[number - 1]
            let isInferred = own.isEmpty
            let proof = isInferred ? inferredProof(of: number, triggers, settings) : own
            #if HYDRANT_MUTANTS
                if Mutant.stateSkipped.isOn, proof.isEmpty { continue }
            #endif
            guard !proof.isEmpty else { break }
            let at = proof.map(\.at).max() ?? proof[0].at
            let since = max(at, floor ?? at)
            stamps.append(StateStamp(number: number, at: since, isInferred: isInferred, proof: proof))
            floor = since
        }
        return stamps
    }

    /// The nearest later proof, where the flow says that no connected system reports the state itself.
    private func inferredProof(of number: Int, _ triggers: [[Evidence]], _ settings: Settings) -> [Evidence] {
        guard !settings.flow.isReported(number) else { return [] }
        return triggers[number...].first { !$0.isEmpty } ?? []
    }

    /// The evidence that proves one state; empty while the condition is not met.
    package func trigger(of number: Int, _ settings: Settings) -> [Evidence] {
        switch number {
        case StateNumber.paid: paidProof
        case StateNumber.riskPassed: riskProof(settings)
        case StateNumber.inventoryLocked: locked.map { [$0] } ?? []
        case StateNumber.packed: packedProof(settings)
        case StateNumber.trackingReturned: parcelProof(settings) { $0.tracked }
        case StateNumber.signed: parcelProof(settings, ofContents: true) { $0.signed }
        default: warrantyRegistered.map { [$0] } ?? []
        }
    }

    /// The payer's system says that it is complete, or the payments cover the smallest amount ever named as payable.
    private var paidProof: [Evidence] {
        if let paymentCompleted { return [paymentCompleted] }
        guard let payable = payableFloorMinor else { return [] }
        var sum: Int64 = 0
        var proof: [Evidence] = []
        for peak in paymentPeaks.sorted(by: { $0.evidence < $1.evidence }) where sum < payable || proof.isEmpty {
            sum += peak.amountMinor
            proof.append(peak.evidence)
        }
        #if HYDRANT_MUTANTS
            if Mutant.depositIsEnough.isOn { return proof }
        #endif
        return sum >= payable ? proof : []
    }

    /// A check was passed that names no return rate above the limit.
    private func riskProof(_ settings: Settings) -> [Evidence] {
        let pass = creditPasses.first { $0.returnRatePermille <= settings.returnRateLimitPermille }
        return pass.map { [$0.evidence] } ?? []
    }

    /// Every unit of the order is in a packed parcel, and every gift belongs to a line that the customer pays for.
    private func packedProof(_ settings: Settings) -> [Evidence] {
        guard placed != nil else { return [] }
        let proof = parcelProof(settings) { $0.packed }
        return proof.isEmpty || !demand.bindsEveryGift ? [] : proof
    }

    /// Gift lines that belong to no paid line of this order.
    package var unboundGifts: [Line] {
        lines.entries.filter { gift in
            gift.value.isGift && !lines.entries.contains { !$0.value.isGift && $0.id == gift.value.giftFor }
        }.map(\.value)
    }

    /// Gifts that are in no parcel although every parcel names its contents.
    package var strayGifts: [Line] {
        let contents = parcels.compactMap { $0.packing?.value.items }
        guard !contents.isEmpty, contents.allSatisfy({ !$0.isEmpty }) else { return [] }
        return lines.values.filter { line in line.isGift && !contents.joined().contains { $0.line == line.id } }
    }

    /// The evidence that parcels which hold the whole order have come this far; the earliest such set of parcels.
    ///
    /// Where the flow says that no system reports packing, nobody can know what a parcel holds, and the first parcel
    /// speaks for the order.
    ///
    /// - Parameter ofContents: whether it must be known what the parcels hold; else a word of progress about the first
    ///   parcel speaks for the whole order.
    private func parcelProof(
        _ settings: Settings, ofContents: Bool = false, _ step: (Parcel) -> Evidence?
    ) -> [Evidence] {
        var arrived: [(index: Int, evidence: Evidence)] = []
        for index in parcels.indices {
            if let evidence = step(parcels[index]) { arrived.append((index, evidence)) }
        }
        // This is asked after every fact, and most orders have no parcel yet.
        guard !arrived.isEmpty else { return [] }
        if arrived.count > 1 { arrived.sort { $0.evidence < $1.evidence } }
        guard settings.flow.isReported(StateNumber.packed) else { return [arrived[0].evidence] }
        var missing = demand.units
        var proof: [Evidence] = []
        for (index, evidence) in arrived {
            let contents = parcels[index].contents
            if contents.isWholeOrder || contents.isAnnounced && !ofContents { return [evidence] }
            guard !contents.items.isEmpty else { continue }
            proof.append(evidence)
            #if HYDRANT_MUTANTS
                if Mutant.firstParcelIsEnough.isOn { return proof }
            #endif
            for item in contents.items {
                guard let rest = missing?[item.line] else { continue }
                missing?[item.line] = rest > item.units ? rest - item.units : nil
            }
            if missing?.isEmpty == true { return proof }
        }
        return []
    }
}
