/// What has to travel.
package struct FreightParcel: Hashable, Sendable {
    package var courier: String?
    package var origin: DeliveryArea
    package var destination: DeliveryArea
    package var grams: Int64
    /// Length times width times height.
    package var cubicCentimetres: Int64?
    package var valueMinor: Int64?
    /// When it leaves; nil: cards are taken whatever their dates.
    package var at: Instant?

    package init(origin: DeliveryArea, destination: DeliveryArea, grams: Int64) {
        self.origin = origin
        self.destination = destination
        self.grams = grams
    }
}

/// A price with everything it is made of.
package struct FreightQuote: Hashable, Sendable {
    package var card: String
    package var courier: String
    package var currency: String
    package var zone: String
    package var chargedGrams: Int64
    package var baseMinor: Int64
    package var surcharges: [Part]
    package var totalMinor: Int64

    package struct Part: Hashable, Sendable {
        package var name: String
        package var amountMinor: Int64
    }
}

/// Why there is no price. The raw values are storage names.
package enum FreightRefusal: String, Error, CaseIterable, Sendable {
    case parcelInvalid = "parcel.invalid"
    case noCard = "card.none"
    case noZone = "zone.none"
    case tooHeavy = "weight.too-heavy"
    case noOrigin = "origin.none"
    case noArea = "area.none"

    package var english: String {
        switch self {
        case .parcelInvalid: "weight, volume and value must be from 0 to a million kilograms, litres and yuan"
        case .noCard: "no rate card is for this courier, origin and time: add one"
        case .noZone: "the rate card has no zone for the destination: add one without areas for everywhere else"
        case .tooHeavy: "heavier than the last weight step of the zone: add a step or another courier"
        case .noOrigin: "the settings name no origin for the parcel's warehouse: add it under freight, origins"
        case .noArea: "the old or the new address names no known division: have it corrected, or settle it by hand"
        }
    }
}

extension [FreightCard] {
    /// The price by the card that fits best: the one that names the origin most exactly, then the one that began last.
    package func quote(_ parcel: FreightParcel) throws(FreightRefusal) -> FreightQuote {
        let limit: Int64 = 1_000_000_000
        let sizes = [parcel.grams, parcel.cubicCentimetres ?? 0, parcel.valueMinor ?? 0]
        guard parcel.grams > 0, sizes.allSatisfy({ (0...limit).contains($0) }) else { throw .parcelInvalid }
        var best: (card: FreightCard, digits: Int)?
        for card in self where card.counts(for: parcel) {
            guard let digits = FreightCard.match(parcel.origin, in: card.origins) else { continue }
            let begin = card.validFrom?.milliseconds ?? .min
            if let best, (best.digits, best.card.validFrom?.milliseconds ?? .min) >= (digits, begin) { continue }
            best = (card, digits)
        }
        guard let best else { throw .noCard }
        return try best.card.quote(parcel)
    }

    /// What a new destination costs more (less, when negative) than the old one.
    package func difference(_ parcel: FreightParcel, was old: DeliveryArea) throws(FreightRefusal) -> FreightDifference
    {
        var before = parcel
        before.destination = old
        return FreightDifference(before: try quote(before), after: try quote(parcel))
    }
}

/// A price before and after a change of the address.
package struct FreightDifference: Hashable, Sendable {
    package var before: FreightQuote
    package var after: FreightQuote
    package var amountMinor: Int64 { after.totalMinor - before.totalMinor }
}

extension FreightCard {
    fileprivate func counts(for parcel: FreightParcel) -> Bool {
        if let wanted = parcel.courier, wanted.lowercased() != courier.lowercased() { return false }
        guard let at = parcel.at else { return true }
        return (validFrom.map { $0 <= at } ?? true) && (validTo.map { at < $0 } ?? true)
    }

    fileprivate func quote(_ parcel: FreightParcel) throws(FreightRefusal) -> FreightQuote {
        var grams = parcel.grams
        if let volumePerKilogram, let volume = parcel.cubicCentimetres {
            let divisor = Int64(volumePerKilogram)
            grams = max(grams, (volume * 1_000 + divisor - 1) / divisor)
        }
        var best: (zone: Zone, digits: Int)?
        for zone in zones {
            guard let digits = FreightCard.match(parcel.destination, in: zone.areas) else { continue }
            if digits > best?.digits ?? -1 { best = (zone, digits) }
        }
        guard let zone = best?.zone else { throw .noZone }
        guard let step = zone.steps.first(where: { grams <= $0.upToGrams }) else { throw .tooHeavy }
        let base = step.price(grams: grams)
        var parts: [FreightQuote.Part] = []
        for surcharge in surcharges {
            guard FreightCard.match(parcel.destination, in: surcharge.areas) != nil,
                surcharge.aboveGrams.map({ grams > $0 }) ?? true
            else { continue }
            let ofValue = ((parcel.valueMinor ?? 0) * surcharge.permilleOfValue + 999) / 1_000
            let amount = surcharge.amountMinor + ofValue
            if amount != 0 { parts.append(FreightQuote.Part(name: surcharge.name, amountMinor: amount)) }
        }
        return FreightQuote(
            card: name, courier: courier, currency: currency, zone: zone.name, chargedGrams: grams, baseMinor: base,
            surcharges: parts, totalMinor: parts.reduce(base) { $0 + $1.amountMinor })
    }
}

extension FreightQuote {
    package var json: JSON {
        [
            "card": .string(card), "courier": .string(courier), "currency": .string(currency), "zone": .string(zone),
            "chargedGrams": .integer(chargedGrams), "baseMinor": .integer(baseMinor),
            "surcharges": .array(
                surcharges.map { ["name": .string($0.name), "amountMinor": .integer($0.amountMinor)] }),
            "totalMinor": .integer(totalMinor),
        ]
    }
}
