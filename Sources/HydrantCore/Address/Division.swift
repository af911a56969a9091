/// A level of the official division of China.
package enum DivisionLevel: Int, Comparable, Sendable, CaseIterable {
    case province = 1
    case city
    case district
    case town

    /// How many digits its codes have.
    var digits: Int { self == .town ? 9 : rawValue * 2 }

    var part: AddressPart {
        switch self {
        case .province: .province
        case .city: .city
        case .district: .district
        case .town: .town
        }
    }

    package static func < (left: DivisionLevel, right: DivisionLevel) -> Bool { left.rawValue < right.rawValue }
}

/// How a place spells the name of a division.
enum DivisionForm: UInt8, Sendable {
    /// The official name.
    case full
    /// Without its kind, or an abbreviation.
    case short
    /// A name or a kind that it no longer has.
    case old
    /// A former name without its kind.
    case oldShort

    var isShort: Bool { self == .short || self == .oldShort }
    var isOld: Bool { self == .old || self == .oldShort }
}

/// One province, city, district or town; its place in the table is its identity.
struct Division: Sendable {
    /// 2, 4, 6 or 9 digits.
    var code: Int32
    var level: DivisionLevel
    /// The place of the division above; -1 for a province.
    var parent: Int32
    var name: String
    /// A city level that holds districts and has no name of its own: 市辖区, 县, 省直辖县级行政区划.
    var isNameless = false
}

/// The official divisions with all spellings, made once from the text that Scripts/divisions.py writes.
///
/// The core knows no file; the shell hands the text over.
package struct DivisionTable: Sendable {
    var divisions: [Division] = []
    /// Provinces, cities and districts.
    var names = NameTrie()
    /// Towns by their official names.
    var towns = NameTrie()
    /// How many divisions lie right below each.
    private(set) var childCounts: [Int32] = []

    /// The first two and three signs of towns with the city that all of them lie in, -2 where they lie in several.
    private var townStems: [UInt64: Int32] = [:]

    /// - Parameter text: lines `code TAB name TAB short names TAB old names`; a line that begins with a tab holds the
    ///   towns of the district above, apart by blanks, each three digits and a name. Other lines are left out.
    package init(text: [UInt8]) {
        divisions.reserveCapacity(48_000)
        var above: [Int32] = [-1, -1, -1, -1]
        for line in text.split(separator: 0x0A) {
            if line.first == 0x09 {
                addTowns(line.dropFirst(), district: above[3])
            } else {
                add(line, above: &above)
            }
        }
        childCounts = [Int32](repeating: 0, count: divisions.count)
        for division in divisions where division.parent >= 0 { childCounts[Int(division.parent)] += 1 }
    }

    private mutating func add(_ line: ArraySlice<UInt8>, above: inout [Int32]) {
        let cells = line.split(separator: 0x09, omittingEmptySubsequences: false)
        guard cells.count >= 2, let code = Int32(String(decoding: cells[0], as: UTF8.self)),
            let level = DivisionLevel(rawValue: cells[0].count / 2), level != .town, cells[0].count == level.digits
        else { return }
        let parent = above[level.rawValue - 1]
        guard level == .province || parent >= 0 else { return }
        var name = String(decoding: cells[1], as: UTF8.self)
        let isNameless = level == .city && (name == "市辖区" || name == "县" || name.hasSuffix("行政区划"))
        if isNameless, !name.hasSuffix("行政区划") { name = divisions[Int(parent)].name }
        let place = Int32(divisions.count)
        divisions.append(Division(code: code, level: level, parent: parent, name: name, isNameless: isNameless))
        above[level.rawValue] = place
        for lower in level.rawValue + 1..<above.count where lower < above.count { above[lower] = -1 }
        // A city without districts has one in the list that is called like the city: the name means the city.
        guard !isNameless, level != .district || name != divisions[Int(parent)].name else { return }
        names.insert(AddressText.scalars(name), place: place, form: .full)
        for (index, form) in [(2, DivisionForm.short), (3, .old)] where cells.count > index {
            for word in cells[index].split(separator: 0x2C) {
                let scalars = AddressText.scalars(String(decoding: word, as: UTF8.self))
                let isShort = form == .old && !Self.kinds.contains(scalars.last ?? 0)
                names.insert(scalars, place: place, form: isShort ? .oldShort : form)
            }
        }
    }

    private static let kinds = Set(AddressText.scalars("省市区县州盟旗"))

    private mutating func addTowns(_ line: ArraySlice<UInt8>, district: Int32) {
        guard district >= 0 else { return }
        for word in line.split(separator: 0x20) where word.count > 3 {
            guard let number = Int32(String(decoding: word.prefix(3), as: UTF8.self)) else { continue }
            let name = String(decoding: word.dropFirst(3), as: UTF8.self)
            let place = Int32(divisions.count)
            let code = divisions[Int(district)].code * 1_000 + number
            divisions.append(Division(code: code, level: .town, parent: district, name: name))
            let scalars = AddressText.scalars(name)
            towns.insert(scalars, place: place, form: .full)
            let city = divisions[Int(district)].parent
            for length in [2, 3] where scalars.count > length {
                let key = Self.stemKey(scalars[0..<length])
                if let known = townStems[key], known != city { townStems[key] = -2 } else { townStems[key] = city }
            }
        }
    }

    private static func stemKey(_ stem: ArraySlice<UInt32>) -> UInt64 { stem.reduce(0) { $0 << 21 | UInt64($1) } }

    /// True where no town of another city begins like this name, so that the name alone tells the place.
    func isDistinctive(_ name: ArraySlice<UInt32>, place: Int32) -> Bool {
        guard name.count <= 3 else { return true }
        guard let city = townStems[Self.stemKey(name)] else { return true }
        return city == ancestor(of: place, level: .city)
    }

    /// The division of a level at or above a place; -1 where there is none.
    func ancestor(of place: Int32, level: DivisionLevel) -> Int32 {
        var place = place
        while place >= 0, divisions[Int(place)].level > level { place = divisions[Int(place)].parent }
        return place >= 0 && divisions[Int(place)].level == level ? place : -1
    }

    /// The district that stands for a city without districts (东莞市, 嘉峪关市): it is called like the city.
    func onlyDistrict(of place: Int32) -> Int32? {
        guard place >= 0, divisions[Int(place)].level == .city, childCounts[Int(place)] == 1 else { return nil }
        let next = Int(place) + 1
        return divisions[next].name == divisions[Int(place)].name ? Int32(next) : nil
    }

    func isBelow(_ place: Int32, _ above: Int32) -> Bool {
        ancestor(of: place, level: divisions[Int(above)].level) == above && place != above
    }

    /// The name of an area; nil where the list has no such code.
    package func name(of area: DeliveryArea) -> String? {
        guard let code = Int32(area.code) else { return nil }
        return divisions.first { $0.code == code && $0.level.digits == area.code.utf8.count }?.name
    }

    /// The number of divisions that the table holds.
    package var count: Int { divisions.count }
}
