/// What follows the divisions in a line: town, road, and the rest.
struct AddressRest {
    private let table: DivisionTable
    private let text: AddressText
    private let plain: [UInt32]
    private let begin: Int
    private(set) var town: String?
    private(set) var townPlace: Int32?
    private(set) var townRange: Range<Int>?
    private(set) var road: String?
    private(set) var detail = ""
    /// A digit or a numeral with 号, 室 and the like is there.
    private(set) var hasNumber = false
    /// Anything but signs is there.
    private(set) var hasPlace = false

    init(table: DivisionTable, text: AddressText, plain: [UInt32], begin: Int) {
        self.table = table
        self.text = text
        self.plain = plain
        self.begin = begin
    }

    static func skipped(_ plain: [UInt32], from index: Int) -> Int {
        var index = index
        while index < plain.count, AddressText.isSeparator(plain[index]) { index += 1 }
        return index
    }

    /// The longest official town that begins at an index and lies below a division.
    static func officialTown(
        _ table: DivisionTable, _ plain: [UInt32], from begin: Int, below place: Int32
    ) -> (place: Int32, length: Int)? {
        guard place >= 0 else { return nil }
        var found: (place: Int32, length: Int)?
        table.towns.walk(plain, from: begin) { length, head in
            var entry = head
            while entry >= 0 {
                let candidate = table.towns.entries[Int(entry)]
                if table.isBelow(candidate.place, place) { found = (candidate.place, length) }
                entry = candidate.next
            }
        }
        return found
    }

    mutating func read(place: Int32) {
        var index = Self.skipped(plain, from: begin)
        readTown(&index, place: place)
        let roadRange = findRoad(from: index)
        if let roadRange { road = text.text(roadRange) }
        hasNumber = plain[min(index, plain.count)...].contains { AddressText.isDigit($0) || Self.numerals.contains($0) }
        let before = text.text(index..<(roadRange?.lowerBound ?? plain.count), hiding: plain)
        let after = roadRange.map { text.text($0.upperBound..<plain.count, hiding: plain) } ?? ""
        detail = before + after
        hasPlace = road != nil || !before.isEmpty
    }

    private mutating func readTown(_ index: inout Int, place: Int32) {
        if let official = Self.officialTown(table, plain, from: index, below: place) {
            take(official.place, length: official.length, &index)
        } else if place < 0, let only = onlyTown(from: index) {
            take(only.place, length: only.length, &index)
        } else if let end = unofficialTown(from: index) {
            townRange = index..<end
            town = text.text(index..<end)
            index = Self.skipped(plain, from: end)
        }
    }

    private mutating func take(_ place: Int32, length: Int, _ index: inout Int) {
        townPlace = place
        townRange = index..<index + length
        town = table.divisions[Int(place)].name
        index = Self.skipped(plain, from: index + length)
        if plain[index...].starts(with: Self.office) { index = Self.skipped(plain, from: index + Self.office.count) }
    }

    /// A town whose name only one district of the country has.
    private func onlyTown(from begin: Int) -> (place: Int32, length: Int)? {
        var found: (place: Int32, length: Int)?
        table.towns.walk(plain, from: begin) { length, head in
            guard length >= 3 else { return }
            let entry = table.towns.entries[Int(head)]
            found = entry.next < 0 ? (entry.place, length) : nil
        }
        return found
    }

    private static let office = AddressText.scalars("办事处")
    private static let numerals = Set(AddressText.scalars("号室栋幢弄楼座组村"))
    private static let townEndings = Set(AddressText.scalars("镇乡"))
    private static let roadStops = Set(AddressText.scalars("路街道巷弄号村区园楼"))

    /// Two to five signs and 镇, 乡 or 街道, before anything that ends a road.
    private func unofficialTown(from begin: Int) -> Int? {
        var index = begin
        while index < plain.count, index - begin < 7, AddressText.isHan(plain[index]) {
            let count = index - begin
            if count >= 2, plain[index] == 0x8857, index + 1 < plain.count, plain[index + 1] == 0x9053 {
                return index + 2
            }
            if count >= 1, Self.townEndings.contains(plain[index]) {
                let next = index + 1
                let isRoad = next < plain.count && "路街中东西南北人政村".unicodeScalars.contains { $0.value == plain[next] }
                return isRoad && count < 2 ? nil : next
            }
            if Self.roadStops.contains(plain[index]) { return nil }
            index += 1
        }
        return nil
    }

    private static let roadEndings = Set(AddressText.scalars("路街道巷弄线"))
    private static let longRoads = ["大道", "大街", "公路", "高速", "胡同", "步行街"].map(AddressText.scalars)
    private static let stops = Set(AddressText.scalars("村区镇乡园寨庄屯组号栋幢楼"))

    /// The first road: signs up to 路, 街, 道, 巷, 弄 or 胡同, not over the end of a village or an estate.
    private func findRoad(from begin: Int) -> Range<Int>? {
        var start = begin
        var index = begin
        while index < plain.count {
            let value = plain[index]
            if AddressText.isSeparator(value) {
                start = index + 1
            } else if Self.stops.contains(value), index > start, roadEnd(at: index + 1) == nil {
                start = index + 1
            } else if let length = roadEnd(at: index), index > start,
                AddressText.isHan(plain[index - 1]) || AddressText.isDigit(plain[index - 1])
            {
                let end = index + length
                let isNumberOnly = plain[start..<index].allSatisfy(AddressText.isDigit)
                if !(isNumberOnly && (value == 0x5F04 || value == 0x9053)) { return start..<end }
                start = end
            }
            index += 1
        }
        return nil
    }

    private func roadEnd(at index: Int) -> Int? {
        guard index < plain.count else { return nil }
        for word in Self.longRoads where plain[index...].starts(with: word) { return word.count }
        guard Self.roadEndings.contains(plain[index]) else { return nil }
        if plain[index] == 0x9053 {
            // 街道 is a street office, and 道 within a word is no road; 滨海道8号 is one.
            return index + 1 < plain.count && AddressText.isDigit(plain[index + 1]) ? 1 : nil
        }
        if plain[index] == 0x7EBF { return index + 1 < plain.count && AddressText.isDigit(plain[index + 1]) ? 1 : nil }
        if plain[index] == 0x8857, index + 1 < plain.count, plain[index + 1] == 0x9053 { return nil }
        return 1
    }
}
