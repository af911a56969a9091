// What was known at a moment: a fact whose time is still to come does not count yet.

extension Optional where Wrapped == Evidence {
    /// The evidence, unless it happened after the moment.
    func known(at now: Instant) -> Evidence? { flatMap { $0.at <= now ? $0 : nil } }
}

extension Ledger {
    /// The entries that had happened by the moment.
    func known(at now: Instant) -> [Entry] { entries.filter { $0.evidence.at <= now } }
}

extension Order {
    /// The newest message of any system about this order that happened by the moment.
    func lastHeardAt(by now: Instant) -> Instant? {
        moments.values.compactMap { $0.last { $0 <= now } }.max()
    }

    /// When the first parcel left the house, as known at the moment.
    func shipped(by now: Instant) -> Evidence? { parcels.compactMap { $0.shipped.known(at: now) }.min() }

    /// What the customer gave for the order: the sum of the payments, and where payments name no amount what was
    /// payable, or what the lines cost; nil while none of these is known.
    func paidMinor(by now: Instant) -> Int64? {
        let paid = payments.known(at: now).reduce(0) { $0 + $1.value.amountMinor }
        if paid > 0 { return paid }
        let due = header.flatMap { $0.evidence.at <= now ? $0.value.payableMinor : nil } ?? linesMinor
        return due > 0 ? due : nil
    }
}

extension Parcel {
    /// The waybills that were read back and not voided, as known at the moment.
    func liveWaybills(at now: Instant) -> [Waybill] {
        waybills.filter { $0.readBack.known(at: now) != nil && $0.voided.known(at: now) == nil }
    }
}

/// Names of parcels in a sentence, three at the most.
func parcelText(_ ids: [String]) -> Text {
    let names = ids.prefix(3).joined(separator: ", ")
    guard ids.count > 3 else { return Text(chinese: names, english: names) }
    return Text(chinese: "\(names) 等 \(ids.count) 个", english: "\(names) and \(ids.count - 3) more")
}
