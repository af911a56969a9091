/// A Chinese address line taken apart. Texts hold personal data; `area` and `problems` do not.
package struct ParsedAddress: Hashable, Sendable {
    /// Official names as they are today.
    package var province: String?
    package var city: String?
    package var district: String?
    /// The official name where the list has it, else what the line says.
    package var town: String?
    package var road: String?
    /// What remains, in its order: community, number, building, room.
    package var detail = ""
    /// The deepest official division that the line proves.
    package var area: DeliveryArea?
    /// What the line itself calls each level; a level that was concluded is not here.
    package var said: [AddressPart: String] = [:]
    package var problems: [AddressProblem] = []
    /// A receiver's name that stood in the line.
    package var name: String?
    /// A phone that stood in the line, digits only, with `-` before an extension.
    package var phone: String?

    package init() {}
}

/// The place that a parcel goes to, as official division codes: the key for bags and freight of every courier.
///
/// A code is 2 digits (province), 4 (city), 6 (district) or 9 (town); each begins with the code above.
package struct DeliveryArea: Hashable, Sendable {
    /// The digits of the deepest known division.
    package let code: String

    /// Nil for anything else than 2, 4, 6 or 9 digits.
    package init?(code: String) {
        guard [2, 4, 6, 9].contains(code.utf8.count), code.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        self.code = code
    }

    package var province: String { String(code.prefix(2)) }
    package var city: String? { code.utf8.count >= 4 ? String(code.prefix(4)) : nil }
    package var district: String? { code.utf8.count >= 6 ? String(code.prefix(6)) : nil }
    package var town: String? { code.utf8.count == 9 ? code : nil }

    /// What parcels are put into one bag by: the town where it is known, else the district, city or province.
    package var bag: String { code }

    /// True where this area is the given one or lies in it.
    package func lies(in area: DeliveryArea) -> Bool { code.hasPrefix(area.code) }
}

extension ParsedAddress {
    /// The form that `hydrant address` prints.
    package var json: JSON {
        let codes = JSON.compact([
            ("province", .text(area?.province)), ("city", .text(area?.city)), ("district", .text(area?.district)),
            ("town", .text(area?.town)),
        ])
        let saidParts = AddressPart.allCases.map { ($0.rawValue, JSON.text(said[$0])) }
        return .compact([
            ("province", .text(province)), ("city", .text(city)), ("district", .text(district)), ("town", .text(town)),
            ("road", .text(road)), ("detail", .string(detail)), ("codes", codes), ("said", .compact(saidParts)),
            ("area", .text(area?.code)), ("name", .text(name)), ("phone", .text(phone)),
            ("problems", .array(problems.map(\.json))),
        ])
    }
}

extension AddressProblem {
    package var json: JSON {
        .compact([
            ("kind", .string(kind.rawValue)), ("part", .string(part.rawValue)), ("at", .integer(range?.lowerBound)),
            ("length", .integer(range?.count)), ("en", .string(english)), ("zh", .string(chinese)),
        ])
    }
}
