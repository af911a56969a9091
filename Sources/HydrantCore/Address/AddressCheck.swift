/// What reading an address found, without anything personal: it may stand in events and in the clear.
package struct AddressCheck: Hashable, Sendable {
    /// Where the parcel goes, for bags and freight; nil where the line names no division.
    package var area: DeliveryArea?
    /// Each kind once, in the order of ``AddressProblemKind``.
    package var problems: [AddressProblemKind]

    package init(area: DeliveryArea?, problems: some Sequence<AddressProblemKind>) {
        let found = Set(problems)
        self.area = area
        self.problems = AddressProblemKind.allCases.filter(found.contains)
    }

    /// True where somebody should ask before the parcel is made.
    package var isSerious: Bool { problems.contains(where: \.isSerious) }
}

extension AddressCheck {
    /// Nil where the members are not there: the fact is older than the check.
    init?(division: JSON?, problems: JSON?) {
        guard division != nil || problems != nil else { return nil }
        let words = (problems?.array ?? []).compactMap(\.string)
        self.init(
            area: division?.string.flatMap(DeliveryArea.init(code:)),
            problems: words.compactMap(AddressProblemKind.init(rawValue:)))
    }

    /// The list of problems as it is stored.
    package var problemsJSON: JSON { .array(problems.map { .string($0.rawValue) }) }
}

extension ParsedAddress {
    /// What may be kept of the address in the clear.
    package var check: AddressCheck { AddressCheck(area: area, problems: problems.map(\.kind)) }

    /// Official names of province, city and district, with blanks between; nil where none is known.
    package var areaName: String? {
        guard let province else { return nil }
        let names = [province, city == province ? nil : city, district].compactMap(\.self)
        return names.joined(separator: " ")
    }
}
