package import HydrantCore

/// The document with a courier's rate card.
package enum FreightDocument {
    /// Reads a rate card.
    ///
    /// - Parameter path: the name of the document for messages; nothing is read from the disk.
    package static func load(text: String, path: String) throws(DocumentProblems) -> FreightCard {
        let document = try DocumentValue.parse(text: text, path: path)
        guard let card = FreightReader().card(document) else { throw DocumentProblems(document.list.problems) }
        try document.list.throwIfAny()
        return card
    }
}

/// Reads rate cards: zones, weight steps and surcharges.
struct FreightReader {
    private let amountLimit: Int64 = 100_000_000
    private let gramLimit: Int64 = 100_000_000

    /// Nil where the value is no group of keys at all.
    func card(_ value: DocumentValue) -> FreightCard? {
        let allowed = [
            "freight", "courier", "currency", "from", "to", "origin", "cubicCentimetresPerKg", "zones", "surcharges",
        ]
        return value.group(allowed: allowed, required: ["freight", "courier", "currency", "zones"]).map(card)
    }

    private func card(_ group: DocumentGroup) -> FreightCard {
        var card = FreightCard(
            name: group["freight"]?.name() ?? "", courier: group["courier"]?.name() ?? "",
            currency: group["currency"].flatMap(currency) ?? "", zones: [])
        card.validFrom = group["from"]?.moment()
        card.validTo = group["to"]?.moment()
        if let from = card.validFrom, let to = card.validTo, to <= from {
            group["to"]?.problem("must be later than “from”")
        }
        card.origins = group["origin"].map(areas) ?? []
        card.volumePerKilogram = group["cubicCentimetresPerKg"]?.whole(in: 1_000...100_000)
        card.zones = (group["zones"]?.items() ?? []).compactMap(zone)
        if group["zones"]?.isEmptyList == true { group["zones"]?.problem("needs at least one zone") }
        card.surcharges = (group["surcharges"]?.items() ?? []).compactMap(surcharge)
        checkZones(card.zones, group["zones"])
        return card
    }

    private func currency(_ value: DocumentValue) -> String? {
        guard let text = value.text() else { return nil }
        if text.utf8.count == 3, text.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) { return text }
        value.problem("must be a currency of three capital letters like CNY, is “\(text.prefix(40))”")
        return nil
    }

    /// Codes, or names of divisions like 浙江省杭州市.
    func areas(_ value: DocumentValue) -> [DeliveryArea] {
        value.itemsOrOne().compactMap { item in
            guard let text = item.text() else { return nil }
            if let area = DeliveryArea(code: text), OfficialDivisions.table.name(of: area) != nil { return area }
            if !text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
                let address = OfficialDivisions.parser.parse(text)
                let isSound = address.problems.allSatisfy { ![.ambiguous, .contradiction].contains($0.kind) }
                if let area = address.area, isSound, address.detail.isEmpty, address.road == nil { return area }
            }
            item.problem(
                "“\(text.prefix(40))” is no division: write its name from the province on, or its official code of "
                    + "2, 4, 6 or 9 digits")
            return nil
        }
    }

    private func zone(_ value: DocumentValue) -> FreightCard.Zone? {
        guard let group = value.group(allowed: ["name", "areas", "steps"], required: ["name", "steps"]) else {
            return nil
        }
        let steps = (group["steps"]?.items() ?? []).compactMap(step)
        if group["steps"]?.isEmptyList == true { group["steps"]?.problem("needs at least one weight step") }
        for (lower, upper) in zip(steps, steps.dropFirst()) where upper.upToGrams <= lower.upToGrams {
            group["steps"]?.problem("“upTo” must rise from step to step")
            break
        }
        return FreightCard.Zone(
            name: group["name"]?.name() ?? "", areas: group["areas"].map(areas) ?? [], steps: steps)
    }

    private func checkZones(_ zones: [FreightCard.Zone], _ value: DocumentValue?) {
        if zones.filter(\.areas.isEmpty).count > 1 {
            value?.problem("has two zones without areas; only one can stand for everywhere else")
        }
        var owners: [String: String] = [:]
        for zone in zones {
            for area in zone.areas {
                if let other = owners[area.code] {
                    value?.problem("\(area.code) is in the zones “\(other)” and “\(zone.name)”")
                }
                owners[area.code] = zone.name
            }
        }
    }

    private func step(_ value: DocumentValue) -> FreightCard.Step? {
        let allowed = ["upTo", "price", "above", "each", "more"]
        guard let group = value.group(allowed: allowed, required: ["upTo", "price"]) else { return nil }
        let upTo = group["upTo"].flatMap(grams) ?? 0
        let amount = group["price"].flatMap(amount) ?? 0
        var step = FreightCard.Step(upToGrams: upTo, amountMinor: amount)
        let parts = ["above", "each", "more"].filter { group[$0] != nil }
        guard !parts.isEmpty else { return step }
        guard parts.count == 3 else {
            value.problem("“above”, “each” and “more” belong together: above 1kg, each 1kg costs so much more")
            return nil
        }
        guard let above = group["above"].flatMap(grams), let unit = group["each"].flatMap(grams),
            let more = group["more"].flatMap(self.amount)
        else { return nil }
        if above >= upTo { group["above"]?.problem("must be less than “upTo”") }
        step.above = FreightCard.Step.Above(grams: above, unitGrams: unit, amountMinor: more)
        return step
    }

    private func surcharge(_ value: DocumentValue) -> FreightCard.Surcharge? {
        let allowed = ["name", "areas", "above", "amount", "permilleOfValue"]
        guard let group = value.group(allowed: allowed, required: ["name"]) else { return nil }
        if group["amount"] == nil, group["permilleOfValue"] == nil {
            value.problem("needs “amount” or “permilleOfValue”")
        }
        return FreightCard.Surcharge(
            name: group["name"]?.name() ?? "", areas: group["areas"].map(areas) ?? [],
            aboveGrams: group["above"].flatMap(grams), amountMinor: group["amount"].flatMap(amount) ?? 0,
            permilleOfValue: Int64(group["permilleOfValue"]?.whole(in: 1...1_000) ?? 0))
    }

    /// `500g`, `1kg`, `1.5kg`.
    func grams(_ value: DocumentValue) -> Int64? {
        guard let text = value.text() else { return nil }
        let isKilograms = text.hasSuffix("kg")
        if text.hasSuffix("g") {
            let number = text.dropLast(isKilograms ? 2 : 1)
            let decimals = isKilograms ? 3 : 0
            if let grams = DecimalText(number.utf8, separator: 0x2E)?.scaled(decimals: decimals),
                (1...gramLimit).contains(grams)
            {
                return grams
            }
        }
        value.problem("must be a weight like 500g or 1.5kg, is “\(text.prefix(40))”")
        return nil
    }

    /// `12`, `12.50`: in units of the currency, at most two decimals.
    func amount(_ value: DocumentValue) -> Int64? {
        guard let text = value.text() else { return nil }
        if let amount = DecimalText(text.utf8, separator: 0x2E)?.scaled(decimals: 2), (0...amountLimit).contains(amount)
        {
            return amount
        }
        value.problem("must be an amount like 12.50, is “\(text.prefix(40))”")
        return nil
    }
}
