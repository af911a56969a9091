package import HydrantCore
package import HydrantStorage

extension OrderRow {
    /// Sets everything that follows from the order. ``id``, ``changedAt`` and ``chainHead`` stay.
    package mutating func update(from order: Order, findings: [Finding], settings: Settings, now: Instant) {
        version = order.version
        state = order.state
        stateSince = order.stateSince
        completion = order.completion
        holds = order.standingHolds.count
        verdict = findings.gravestVerdict
        placedAt = order.placed?.at
        let contribution = order.healthContribution(settings: settings, now: now)
        health = contribution.packed
        let moments = [
            contribution.changesAt, order.nextMoment(after: now), order.nextDispatchMoment(settings, after: now),
        ]
        overdueAfter = order.overdueAfter(settings)
        #if HYDRANT_MUTANTS
            if Mutant.lateNeverTurnsWrong.isOn {
                changesAt = moments.compactMap(\.self).min()
                return
            }
        #endif
        changesAt = (moments + findings.map(\.turnsAt)).compactMap(\.self).min()
    }
}

extension Order {
    /// When something that was already told happens: a sender's clock may be ahead of the hub's, and what lies in the
    /// future does not count yet.
    fileprivate func nextMoment(after now: Instant) -> Instant? {
        var next: Instant?
        func consider(_ moment: Instant?) {
            guard let moment, moment > now else { return }
            next = min(next ?? moment, moment)
        }
        for moments in moments.values where moments.last.map({ $0 > now }) ?? false {
            consider(moments.first { $0 > now })
        }
        for parcel in parcels {
            consider(parcel.handedOver?.at)
            consider(parcel.signed?.at)
            for scan in parcel.scans where scan.status == .returning || scan.status == .returned { consider(scan.at) }
        }
        return next
    }
}

extension [Finding] {
    /// Wrong before late before unknown.
    package var gravestVerdict: Verdict? { Verdict.allCases.first { verdict in contains { $0.verdict == verdict } } }
}

extension Order {
    /// The waybills as the database stores them. Of several that are not voided, the one that counts is live and the
    /// others are contested: they are being taken back, a person has to look, or the parcel came back with them and is
    /// sent again with another.
    package var waybillRows: [WaybillRow] {
        allParcels.flatMap { parcel in
            let live = liveWaybill(of: parcel)
            return parcel.waybills.map { waybill in
                WaybillRow(
                    parcel: parcel.id, number: waybill.number,
                    status: waybill.voided != nil
                        ? .voided : waybill.number == live?.number ? .live : .contested)
            }
        }
    }
}

extension Order {
    /// The open tasks as the database stores them, by their ids.
    package var taskRows: [TaskRow] {
        guard !tasks.isEmpty else { return [] }
        return standingTasks.map(TaskRow.init(_:)).sorted { $0.id < $1.id }
    }
}

extension Order {
    /// Where the packed parcels stand while anybody waits for them: until they are signed, or the order is over.
    package func parcelRows(_ settings: Settings, _ keyring: Keyring, now: Instant) -> [ParcelRow] {
        guard !parcels.isEmpty, endedAt == nil else { return [] }
        return parcelStandings(settings, now: now).filter { parcel($0.parcel)?.signed == nil }.map { standing in
            var row = ParcelRow(standing: standing)
            if standing.set == .keeperAsked, let asked = keeperAsked(for: standing.parcel) {
                row.keeperCode = keyring.keeperCodeHash(keyring.keeperCode(instruction: asked.key))
            }
            return row
        }
    }
}
