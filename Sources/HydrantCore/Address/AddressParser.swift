/// Reads Chinese address lines against the official divisions. Pure; a line takes bounded time whatever it holds.
package struct AddressParser: Sendable {
    let table: DivisionTable

    package init(table: DivisionTable) { self.table = table }

    /// Takes a line apart. A line that is no address gives an address with problems, never an error.
    package func parse(_ line: String) -> ParsedAddress {
        let text = AddressText(line)
        var address = ParsedAddress()
        let person = PersonSplit(text: text.plain, names: table.names)
        address.name = person.name
        address.phone = person.phone
        let plain = person.text
        let begin = begin(of: plain)
        var search = DivisionSearch(table: table, text: plain)
        var readings = search.readings(from: begin)
        if readings.first?.mentions.isEmpty != false, let later = laterBegin(plain, after: begin) {
            readings = search.readings(from: later)
        }
        let reading = settled(readings, plain)
        say(reading, text, &address)
        var place = reading.place
        let isAmbiguous = readings.count > 1 && !reading.mentions.isEmpty && ambiguity(readings, text, &address)
        if isAmbiguous { place = common(readings) }
        if let only = table.onlyDistrict(of: place) { place = only }
        var rest = AddressRest(table: table, text: text, plain: plain, begin: reading.end)
        rest.read(place: place)
        if let town = rest.townPlace { place = town }
        fill(&address, place: place)
        address.town = rest.town ?? address.town
        if let town = rest.town { address.said[.town] = town }
        address.road = rest.road
        let before = text.text(begin..<max(begin, reading.mentions.first?.range.lowerBound ?? begin), hiding: plain)
        address.detail = before + rest.detail
        let facts = AddressFindings(table: table, reading: reading, place: place, rest: rest, text: text)
        address.problems += facts.problems(isAmbiguous: isAmbiguous)
        if person.name != nil || person.phone != nil { address.problems.append(AddressProblem(.personInLine, .line)) }
        if plain.contains(0x2A) { address.problems.append(AddressProblem(.masked, .line)) }
        if text.isCut { address.problems.append(AddressProblem(.tooLong, .line)) }
        return address
    }

    private func begin(of plain: [UInt32]) -> Int {
        plain.firstIndex { !AddressText.isSeparator($0) } ?? plain.count
    }

    private static let localEndings = Set(AddressText.scalars("镇村乡道街"))

    /// Where a line begins with something else (a shop, a village): the first province by its official name, or the
    /// first city or district that stands apart or follows a village or town.
    private func laterBegin(_ plain: [UInt32], after begin: Int) -> Int? {
        guard begin + 1 < plain.count else { return nil }
        for index in begin + 1..<plain.count where AddressText.isHan(plain[index]) {
            var isFound = false
            let before = plain[index - 1]
            table.names.walk(plain, from: index) { length, head in
                let entry = table.names.entries[Int(head)]
                let level = table.divisions[Int(entry.place)].level
                let isSeparate =
                    AddressText.isSeparator(before) || (Self.localEndings.contains(before) && index - begin <= 7)
                let isInstitution =
                    index + length < plain.count
                    && "第人场".unicodeScalars.contains {
                        $0.value == plain[index + length]
                    }
                guard !entry.form.isShort, length > 2, !isInstitution else { return }
                if level == .province || isSeparate { isFound = true }
            }
            if isFound { return index }
        }
        return nil
    }

    /// Of readings that score alike, the one that a town of the line confirms; else the first.
    private func settled(_ readings: [DivisionReading], _ plain: [UInt32]) -> DivisionReading {
        guard let first = readings.first else { return DivisionReading() }
        guard readings.count > 1 else { return first }
        return readings.first { reading in
            let begin = AddressRest.skipped(plain, from: reading.end)
            return AddressRest.officialTown(table, plain, from: begin, below: reading.place) != nil
        } ?? first
    }

    private func say(_ reading: DivisionReading, _ text: AddressText, _ address: inout ParsedAddress) {
        for mention in reading.mentions where !mention.isImplied {
            let level = table.divisions[Int(mention.place)].level
            var part = level.part
            if mention.moves {
                // What was said before belongs to another place, unless it lies above this one too.
                for above in DivisionLevel.allCases where above >= level || level == .province {
                    address.said[above.part] = nil
                }
            }
            if mention.isRepeat, level == .province, isMunicipality(mention.place) { part = .city }
            if address.said[part] == nil { address.said[part] = text.text(mention.range) }
        }
    }

    /// Beijing, Shanghai, Tianjin, Chongqing: the first city below is called like the province.
    private func isMunicipality(_ place: Int32) -> Bool {
        let next = Int(place) + 1
        return next < table.divisions.count && table.divisions[next].isNameless && table.divisions[next].parent == place
            && table.divisions[next].name == table.divisions[Int(place)].name
    }

    /// True where the best readings end in different divisions; adds the problem that names them.
    private func ambiguity(_ readings: [DivisionReading], _ text: AddressText, _ address: inout ParsedAddress) -> Bool {
        let chosen = settled(readings, text.plain)
        // Which of two contrary words is right is told by the contradiction.
        guard !chosen.mentions.contains(where: \.isContrary) else { return false }
        if AddressRest.officialTown(
            table, text.plain, from: AddressRest.skipped(text.plain, from: chosen.end), below: chosen.place) != nil
        {
            return false
        }
        guard let mention = chosen.mentions.last else { return false }
        let names = readings.prefix(6).map { reading in path(of: reading.place) }
        let part: AddressPart = table.divisions[Int(chosen.place)].level == .city ? .city : .district
        address.problems.append(
            AddressProblem(.ambiguous, part, range: mention.range, names: [text.text(mention.range)] + names))
        return true
    }

    private func common(_ readings: [DivisionReading]) -> Int32 {
        guard var place = readings.first?.place else { return -1 }
        for reading in readings.dropFirst() {
            while place >= 0, reading.place != place, !(reading.place >= 0 && table.isBelow(reading.place, place)) {
                place = table.divisions[Int(place)].parent
            }
        }
        return place
    }

    /// Province and name, for a person to choose.
    private func path(of place: Int32) -> String {
        guard place >= 0 else { return "" }
        let division = table.divisions[Int(place)]
        let province = table.ancestor(of: place, level: .province)
        let city = table.ancestor(of: place, level: .city)
        var text = province >= 0 && province != place ? table.divisions[Int(province)].name : ""
        if city >= 0, city != place, !table.divisions[Int(city)].isNameless { text += table.divisions[Int(city)].name }
        return text + division.name
    }

    private func fill(_ address: inout ParsedAddress, place: Int32) {
        guard place >= 0 else { return }
        let division = table.divisions[Int(place)]
        address.area = DeliveryArea(code: String(division.code))
        for level in DivisionLevel.allCases where level <= division.level {
            let above = table.ancestor(of: place, level: level)
            guard above >= 0 else { continue }
            let found = table.divisions[Int(above)]
            switch level {
            case .province: address.province = found.name
            case .city: address.city = found.name.hasSuffix("行政区划") ? nil : found.name
            case .district: address.district = found.name == address.city ? nil : found.name
            case .town: address.town = found.name
            }
        }
    }
}

extension AddressText {
    /// The text of a range without what was blanked.
    func text(_ range: Range<Int>, hiding plain: [UInt32]) -> String {
        var text = String.UnicodeScalarView()
        for index in range {
            let isHidden = plain[index] == 0x20 && original[index] != 0x20
            if !isHidden, let scalar = Unicode.Scalar(original[index]) { text.append(scalar) }
        }
        return Self.trimmed(String(text))
    }
}
