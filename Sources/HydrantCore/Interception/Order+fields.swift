// The fields of rules, read from the evidence.

extension Order {
    /// A field that is a number, flags as 0 and 1; nil while nobody has told it.
    func ruleNumber(_ field: RuleField, at occasion: Instant) -> Int64? {
        switch field {
        case .isPaid: Int64(isStamped(StateNumber.paid))
        case .isLocked: Int64(locked != nil)
        case .isCancelled: Int64(cancelled != nil)
        case .isReceiverChanged: Int64(receiverChanged != nil)
        case .isReceiverVerified: isReceiverVerified.map { Int64($0) }
        case .isReturnAsked: Int64(returnAsked != nil)
        case .isExchangeAsked: Int64(exchangeAsked != nil)
        case .state: Int64(stamps.count)
        case .pastOrders: credit?.value.pastOrders.map { Int64($0) }
        case .returnRate: credit?.value.returnRatePermille.map { Int64($0) }
        case .payable: header?.value.payableMinor
        case .paid: paidMinor
        case .refunded: refundedMinor
        case .received: receivedMinor
        case .recognised: revenueMinor
        case .linesValue: lines.isEmpty ? nil : linesMinor
        case .sincePlacing: placed.map { occasion.minutes(since: $0.at) }
        case .sincePayment: stamps.first.map { occasion.minutes(since: $0.at) }
        case .sinceLock: locked.map { occasion.minutes(since: $0.at) }
        case .sinceShipping: shipped.map { occasion.minutes(since: $0.at) }
        case .hour: Int64(occasion.civil(offsetSeconds: chinaOffset).hour)
        case .weekday: occasion.weekday
        default: ruleCount(field)
        }
    }

    private func ruleCount(_ field: RuleField) -> Int64? {
        switch field {
        case .lineCount: lines.isEmpty ? nil : Int64(lines.entries.count)
        case .unitCount: lines.isEmpty ? nil : lines.entries.reduce(0) { $0 + Int64($1.value.units) }
        case .giftCount: lines.isEmpty ? nil : lines.countGifts()
        case .unboundGiftCount: lines.isEmpty ? nil : lines.countGifts { !isBound($0) }
        case .leftOutGiftCount: placed == nil ? nil : Int64(leftOutGifts.count)
        case .parcelCount: Int64(parcels.count)
        case .packedCount: Int64(parcels.count { $0.packed != nil })
        case .numberedCount: Int64(parcels.count { $0.tracked != nil })
        case .shippedCount: Int64(parcels.count { $0.shipped != nil })
        case .signedCount: Int64(parcels.count { $0.signed != nil })
        default: nil
        }
    }

    /// A field that is one text; nil or empty while nobody has told it.
    func ruleText(_ field: RuleField, of system: String) -> String? {
        switch field {
        case .shop: header?.value.shop
        case .customer: header?.value.customer
        case .warehouse: header?.value.warehouse
        case .currency: header?.value.currency
        case .replaces: header?.value.replaces
        case .level: credit?.value.level
        case .area: receiver?.value.area
        case .word: words[system]
        default: nil
        }
    }

    func ruleTexts(_ field: RuleField) -> [String] { field == .skus ? lines.values.map(\.sku) : [] }

    private func isStamped(_ state: Int) -> Bool { stamps.count >= state }

    private func isBound(_ gift: Line) -> Bool {
        lines.entries.indices.contains { index in
            !lines.entries[index].value.isGift && lines.entries[index].value.id == gift.giftFor
        }
    }

    /// Whether the receiver is the one the order was placed with, or was verified; nil while no receiver is known.
    private var isReceiverVerified: Bool? {
        guard let current = receiver else { return nil }
        guard let changed = receiverChanged, current.evidence.at >= changed.at else { return true }
        return receiverVerifiedFingerprints[current.value.fingerprint] != nil
    }
}

/// Rules that speak of hours and days are written for people in China.
private let chinaOffset: Int64 = 8 * 3_600

extension Instant {
    /// Whole minutes from an earlier moment to this one; negative when that one is later.
    fileprivate func minutes(since start: Instant) -> Int64 {
        let length = self - start
        return length >= 0 ? length / 60_000 : -((-length + 59_999) / 60_000)
    }

    /// 1970-01-01 was a Thursday.
    fileprivate var weekday: Int64 {
        let days = (milliseconds + chinaOffset * 1_000) / 86_400_000
        return (days + 3) % 7 + 1
    }
}

extension Int64 {
    fileprivate init(_ flag: Bool) { self = flag ? 1 : 0 }
}

extension Ledger<Line> {
    /// By index, because an entry that is copied counts the references to all its texts.
    fileprivate func countGifts(where isCounted: (Line) -> Bool = { _ in true }) -> Int64 {
        var count: Int64 = 0
        for index in entries.indices where entries[index].value.isGift && isCounted(entries[index].value) { count += 1 }
        return count
    }
}
