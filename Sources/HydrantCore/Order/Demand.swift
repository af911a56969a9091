/// What has to be shipped, at the least that was ever asked for, and what each parcel holds, at the most that was ever
/// named.
///
/// A state never falls, and facts come in any order. So "every unit is packed" may only ever turn from false to true: a
/// line that is taken back or made smaller eases the demand, a line that turns up after the order was placed is shown
/// by the findings and does not undo what was reached (docs/adr/0001). Every merge here is commutative, associative
/// and idempotent.
package struct Demand: Hashable, Sendable {
    /// What was said of one line.
    package struct Statement: Hashable, Sendable {
        package var line: String
        /// The smallest number of units that was ever named.
        package var units: Int
        /// Whether somebody ever named it as a line that the customer pays for.
        package var isSold: Bool
        /// The lines that it was ever bound to as a gift, in order of their ids.
        package var boundTo: [String]
    }

    /// The ids that every header of the order names, in order; nil while no header is known. A header that names no
    /// lines leaves open what is to be shipped, and any parcel meets it.
    package private(set) var lines: [String]?
    package private(set) var statements: [Statement] = []

    package init() {}

    mutating func merge(_ header: OrderHeader) {
        let named = Set(header.lines.map(\.id))
        lines = lines.map { $0.filter(named.contains) } ?? named.sorted()
        for line in header.lines { merge(line) }
    }

    mutating func merge(_ line: Line) {
        let index = statements.firstIndex { $0.line >= line.id } ?? statements.endIndex
        if index == statements.endIndex || statements[index].line != line.id {
            statements.insert(Statement(line: line.id, units: line.units, isSold: false, boundTo: []), at: index)
        }
        statements[index].units = min(statements[index].units, line.units)
        if !line.isGift { statements[index].isSold = true }
        guard line.isGift, !line.giftFor.isEmpty, !statements[index].boundTo.contains(line.giftFor) else { return }
        statements[index].boundTo = (statements[index].boundTo + [line.giftFor]).sorted()
    }

    private func statement(of line: String) -> Statement? { statements.first { $0.line == line } }

    /// The units that must be in parcels, by line; nil while no header is known.
    var units: [String: Int]? {
        guard let lines else { return nil }
        return lines.reduce(into: [:]) { $0[$1] = statement(of: $1)?.units ?? 1 }
    }

    /// Whether every gift that has to be shipped belongs to a line that the customer pays for.
    var bindsEveryGift: Bool {
        (lines ?? []).compactMap(statement(of:)).allSatisfy { gift in
            gift.isSold || gift.boundTo.contains { statement(of: $0)?.isSold == true }
        }
    }
}

/// What a parcel holds: for each line the most units that a packing of this parcel ever named.
package struct ParcelContents: Hashable, Sendable {
    /// Whether a packing named no contents, which says that the parcel is the whole order: a warehouse that splits
    /// orders names what is inside.
    package private(set) var isWholeOrder = false
    /// Whether a word of progress named no contents: they are still to be told.
    package private(set) var isAnnounced = false
    /// In order of the lines.
    package private(set) var items: [ParcelItem] = []

    package init() {}

    /// Whether it is taken for the whole order as long as nobody says more.
    var standsForAll: Bool { isWholeOrder || isToBeTold }
    /// Whether all that is known is that contents are still to be told.
    var isToBeTold: Bool { isAnnounced && !isWholeOrder && items.isEmpty }

    mutating func merge(_ packing: Packing) {
        if packing.items.isEmpty {
            if packing.isProgress { isAnnounced = true } else { isWholeOrder = true }
        }
        var units: [String: Int] = [:]
        for item in packing.items { units[item.line, default: 0] += item.units }
        for item in items { units[item.line] = max(units[item.line] ?? 0, item.units) }
        items = units.sorted { $0.key < $1.key }.map { ParcelItem(line: $0.key, units: $0.value) }
    }
}

/// The largest amount that was ever named of one payment: a state that was paid for stays paid, and money that goes
/// back is a refund.
package struct PaymentPeak: Hashable, Sendable {
    package var id: String
    package var amountMinor: Int64
    /// The first message that named this amount.
    package var evidence: Evidence
}

extension [PaymentPeak] {
    mutating func merge(_ payment: Payment, _ evidence: Evidence) {
        let index = firstIndex { $0.id >= payment.id } ?? endIndex
        let peak = PaymentPeak(id: payment.id, amountMinor: payment.amountMinor, evidence: evidence)
        if index == endIndex || self[index].id != payment.id {
            insert(peak, at: index)
        } else if (self[index].amountMinor, evidence) < (payment.amountMinor, self[index].evidence) {
            self[index] = peak
        }
    }
}

/// A credit check that was passed, with the return rate that it named; one without a rate blocks nothing.
package struct CreditPass: Hashable, Sendable {
    package var evidence: Evidence
    package var returnRatePermille: Int
}
