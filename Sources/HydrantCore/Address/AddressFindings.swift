/// What is wrong with a line once it was read.
struct AddressFindings {
    let table: DivisionTable
    let reading: DivisionReading
    let place: Int32
    let rest: AddressRest
    let text: AddressText

    func problems(isAmbiguous: Bool) -> [AddressProblem] {
        var problems = contradictions() + renamed()
        if !isAmbiguous { problems += missingDivisions() }
        if rest.town != nil, rest.townPlace == nil, place >= 0, table.divisions[Int(place)].level == .district {
            let district = table.divisions[Int(place)].name
            problems.append(AddressProblem(.townUnknown, .town, range: rest.townRange, names: [district]))
        }
        if !rest.hasPlace, rest.road == nil {
            problems.append(AddressProblem(.roadMissing, .road))
        } else if !rest.hasNumber {
            problems.append(AddressProblem(.numberMissing, .number))
        }
        return problems
    }

    private func missingDivisions() -> [AddressProblem] {
        guard place >= 0 else { return [AddressProblem(.divisionMissing, .district)] }
        switch table.divisions[Int(place)].level {
        case .province: return [AddressProblem(.cityMissing, .city)]
        case .city:
            return reading.mentions.contains(where: \.isContrary) ? [] : [AddressProblem(.districtMissing, .district)]
        case .district, .town: return []
        }
    }

    private func contradictions() -> [AddressProblem] {
        var said: Int32 = -1
        var problems: [AddressProblem] = []
        for mention in reading.mentions {
            if mention.isContrary, said >= 0 {
                let names = [table.divisions[Int(mention.place)].name, table.divisions[Int(said)].name]
                problems.append(
                    AddressProblem(.contradiction, part(mention), range: mention.range, names: names))
            }
            if !mention.isRepeat, !mention.isContrary || mention.moves { said = mention.place }
        }
        return problems
    }

    private func renamed() -> [AddressProblem] {
        reading.mentions.filter { $0.form.isOld && !$0.isContrary && table.isAtOrAbove($0.place, place) }.map {
            mention in
            let names = [text.text(mention.range), table.divisions[Int(mention.place)].name]
            return AddressProblem(.renamed, part(mention), range: mention.range, names: names)
        }
    }

    private func part(_ mention: Mention) -> AddressPart { table.divisions[Int(mention.place)].level.part }
}

extension DivisionTable {
    func isAtOrAbove(_ above: Int32, _ place: Int32) -> Bool { place >= 0 && (above == place || isBelow(place, above)) }
}
