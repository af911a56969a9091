/// A part of an address.
package enum AddressPart: String, CaseIterable, Sendable {
    case line, province, city, district, town, road, number
}

/// What is missing, contradictory or doubtful in an address. The raw values are storage names.
package enum AddressProblemKind: String, CaseIterable, Sendable {
    /// No province, city or district is named.
    case divisionMissing = "division.missing"
    case cityMissing = "city.missing"
    case districtMissing = "district.missing"
    /// Neither road nor village nor building.
    case roadMissing = "road.missing"
    /// Nothing tells the house: no number at all.
    case numberMissing = "number.missing"
    /// A named division lies in another one than the rest says.
    case contradiction
    /// The name fits several divisions, and nothing tells which.
    case ambiguous
    /// The name is an old one; the present name is known.
    case renamed
    /// The town is not in the official list of the district.
    case townUnknown = "town.unknown"
    /// A name or phone stood in the line and was taken out.
    case personInLine = "person.in-line"
    /// Parts are starred out.
    case masked
    /// Longer than any address; the rest was not read.
    case tooLong = "too-long"

    /// True where a parcel may go to a wrong place or nowhere, so that somebody should ask.
    package var isSerious: Bool {
        switch self {
        case .divisionMissing, .cityMissing, .districtMissing, .roadMissing, .numberMissing, .contradiction, .ambiguous:
            true
        case .renamed, .townUnknown, .personInLine, .masked, .tooLong: false
        }
    }
}

/// A problem with its place in the line. `names` holds names of divisions only, never a name or a road.
package struct AddressProblem: Hashable, Sendable {
    package var kind: AddressProblemKind
    package var part: AddressPart
    /// Characters of the line, counted from 0; nil for what is missing.
    package var range: Range<Int>?
    /// What the line names, and what it should be or may be.
    package var names: [String]

    package init(_ kind: AddressProblemKind, _ part: AddressPart, range: Range<Int>? = nil, names: [String] = []) {
        self.kind = kind
        self.part = part
        self.range = range
        self.names = names
    }
}

extension AddressProblem {
    /// What is wrong and what to do, in English.
    package var english: String {
        let first = names.first ?? ""
        let others = names.dropFirst().joined(separator: ", ")
        switch kind {
        case .divisionMissing: return "no province, city or district: ask for the district"
        case .cityMissing: return "city missing: only the province is named"
        case .districtMissing: return "district missing: only the city is named"
        case .roadMissing: return "road, village or building missing"
        case .numberMissing: return "house number missing"
        case .contradiction: return "\(first) does not lie in \(others): ask which one is meant"
        case .ambiguous: return "\(first) may be \(others): ask which one is meant"
        case .renamed: return "\(first) is now called \(others)"
        case .townUnknown: return "the official list of \(first) has no such town or street office"
        case .personInLine: return "a name or phone stood in the address; it was taken out"
        case .masked: return "parts of the address are starred out"
        case .tooLong: return "longer than an address; the rest was not read"
        }
    }

    /// The same in Chinese.
    package var chinese: String {
        let first = names.first ?? ""
        let others = names.dropFirst().joined(separator: "、")
        switch kind {
        case .divisionMissing: return "缺少省、市、区：请询问所在区县"
        case .cityMissing: return "缺少城市：只写了省份"
        case .districtMissing: return "缺少区县：只写了城市"
        case .roadMissing: return "缺少道路、村庄或楼宇"
        case .numberMissing: return "缺少门牌号"
        case .contradiction: return "\(first)不属于\(others)：请确认是哪一个"
        case .ambiguous: return "\(first)可能是\(others)：请确认是哪一个"
        case .renamed: return "\(first)现名\(others)"
        case .townUnknown: return "\(first)的官方名录中没有这个乡镇街道"
        case .personInLine: return "地址中混有姓名或电话，已分开"
        case .masked: return "地址部分被星号遮盖"
        case .tooLong: return "超过地址长度，其余部分未读取"
        }
    }
}
