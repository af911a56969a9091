package import HydrantCore

/// A parcel in JSON as a script asks its price: where from, where to, how heavy.
///
/// `origin`, `to` and `was` are codes or address lines; `grams` is needed; `courier`, `lengthCm` with `widthCm` and
/// `heightCm`, `valueMinor` and `at` (milliseconds since 1970, or text with its zone) may be given.
package struct FreightRequest: Hashable, Sendable {
    package var parcel: FreightParcel
    /// The destination before a change.
    package var was: DeliveryArea?

    /// What is wrong with a request, in words that hold nothing of an address.
    package struct Problem: Error, Hashable, Sendable {
        package var field: String
        package var message: String
    }

    package init(_ json: JSON) throws(Problem) {
        let known = [
            "id", "courier", "origin", "to", "was", "grams", "lengthCm", "widthCm", "heightCm", "valueMinor", "at",
        ]
        guard let members = json.members else { throw Problem(field: "parcel", message: "must be an object") }
        for member in members where !known.contains(member.name) {
            let guess = closestWord(to: member.name, among: known).map { " Did you mean “\($0)”?" } ?? ""
            throw Problem(field: String(member.name.prefix(40)), message: "is no field of a parcel.\(guess)")
        }
        guard let origin = try Self.area(json, "origin") else { throw Problem(field: "origin", message: "is missing") }
        guard let to = try Self.area(json, "to") else { throw Problem(field: "to", message: "is missing") }
        guard let grams = try Self.whole(json, "grams") else { throw Problem(field: "grams", message: "is missing") }
        parcel = FreightParcel(origin: origin, destination: to, grams: grams)
        was = try Self.area(json, "was")
        parcel.courier = json["courier"]?.string
        parcel.valueMinor = try Self.whole(json, "valueMinor")
        let sides = [
            try Self.whole(json, "lengthCm"), try Self.whole(json, "widthCm"), try Self.whole(json, "heightCm"),
        ].compactMap(\.self)
        guard sides.isEmpty || sides.count == 3 else {
            throw Problem(field: "lengthCm", message: "needs widthCm and heightCm beside it")
        }
        guard sides.allSatisfy({ $0 <= 1_000 }) else {
            throw Problem(field: "lengthCm", message: "and the other sides must be at most 1000")
        }
        if sides.count == 3 { parcel.cubicCentimetres = sides.reduce(1, *) }
        if let at = json["at"] {
            guard let moment = at.integer.map(Instant.init(milliseconds:)) ?? at.string.flatMap(Instant.init(text:))
            else {
                throw Problem(field: "at", message: "must be milliseconds or a time with its zone")
            }
            parcel.at = moment
        }
    }

    private static func whole(_ json: JSON, _ name: String) throws(Problem) -> Int64? {
        guard let value = json[name] else { return nil }
        guard let number = value.integer, (0...1_000_000_000).contains(number) else {
            throw Problem(field: name, message: "must be a whole number from 0 to 1000000000")
        }
        return number
    }

    private static func area(_ json: JSON, _ name: String) throws(Problem) -> DeliveryArea? {
        guard let value = json[name] else { return nil }
        guard let text = value.string else { throw Problem(field: name, message: "must be a text") }
        if let area = DeliveryArea(code: text) { return area }
        if let area = OfficialDivisions.parser.parse(text).area { return area }
        throw Problem(field: name, message: "names no division: give a code or an address with its province or city")
    }
}

extension FreightRequest {
    /// The answer that `hydrant freight` prints: a price, or why there is none; the difference where `was` is given.
    package func answer(_ cards: [FreightCard]) -> JSON {
        do {
            guard let was else {
                return ["quote": try cards.quote(parcel).json, "area": .string(parcel.destination.code)]
            }
            let difference = try cards.difference(parcel, was: was)
            return [
                "quote": difference.after.json, "area": .string(parcel.destination.code),
                "before": difference.before.json, "differenceMinor": .integer(difference.amountMinor),
            ]
        } catch {
            return ["refused": .string(error.rawValue), "reason": .string(error.english)]
        }
    }
}
