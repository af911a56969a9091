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
        changesAt = ([contribution.changesAt, order.nextMoment(after: now)] + findings.map(\.turnsAt))
            .compactMap(\.self).min()
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
        }
        return next
    }
}

extension [Finding] {
    /// Wrong before late before unknown.
    package var gravestVerdict: Verdict? { Verdict.allCases.first { verdict in contains { $0.verdict == verdict } } }
}

extension Order {
    /// The waybills as the database stores them. Of several that are not voided, the one that was read back first is
    /// live and the others are contested: shown to a person, never chosen silently.
    package var waybillRows: [WaybillRow] {
        parcels.flatMap { parcel in
            let live = parcel.liveWaybills.filter { $0.readBack != nil }
                .min { ($0.readBack?.at, $0.number) < ($1.readBack?.at, $1.number) }
            return parcel.waybills.map { waybill in
                WaybillRow(
                    parcel: parcel.id, number: waybill.number,
                    status: waybill.voided != nil
                        ? .voided : waybill.number == live?.number ? .live : .contested)
            }
        }
    }
}

/// Orders optional times with absence last.
private func < (left: (Instant?, String), right: (Instant?, String)) -> Bool {
    let leftAt = left.0?.milliseconds ?? Int64.max
    let rightAt = right.0?.milliseconds ?? Int64.max
    return leftAt != rightAt ? leftAt < rightAt : left.1 < right.1
}
