/// A division that a line names.
struct Mention: Sendable {
    var place: Int32
    var range: Range<Int>
    var form: DivisionForm
    /// Lies neither above nor below what the line named before.
    var isContrary = false
    /// Says again what was said.
    var isRepeat = false
    /// Contrary, and the words after it belong to it.
    var moves = false
    /// Part of the name of a development zone (余杭经济开发区): it tells the place and is not its own word.
    var isImplied = false
}

/// A reading of the begin of a line: the divisions it names, one after another.
struct DivisionReading: Sendable {
    var mentions: [Mention] = []
    /// The deepest division that all of it agrees on; -1 for none.
    var place: Int32 = -1
    var end = 0
    var score = 0
}

/// Looks for the reading of a line that explains most of it; a bounded search, because names are ambiguous
/// (吉林省 and 吉林市, 朝阳区 of Beijing and of Changchun).
struct DivisionSearch {
    private let table: DivisionTable
    private let text: [UInt32]
    private var best: [DivisionReading] = []
    private var steps = 0
    private static let stepLimit = 600
    private static let depthLimit = 12

    init(table: DivisionTable, text: [UInt32]) {
        self.table = table
        self.text = text
    }

    /// The best readings from an index on: more than one where they score alike and end in different divisions.
    mutating func readings(from begin: Int) -> [DivisionReading] {
        best = []
        steps = 0
        extend(DivisionReading(end: begin))
        return best
    }

    private mutating func extend(_ reading: DivisionReading) {
        keep(reading)
        guard reading.mentions.count < Self.depthLimit, steps < Self.stepLimit else { return }
        let begin = skipped(from: reading.end)
        var options: [(length: Int, head: Int32)] = []
        table.names.walk(text, from: begin) { options.append(($0, $1)) }
        for option in options.reversed() {
            var entry = option.head
            while entry >= 0, steps < Self.stepLimit {
                let found = table.names.entries[Int(entry)]
                entry = found.next
                let range = begin..<begin + option.length
                let mention = Mention(place: found.place, range: range, form: found.form)
                for next in step(reading, mention) {
                    steps += 1
                    extend(next)
                }
            }
        }
    }

    private mutating func keep(_ reading: DivisionReading) {
        guard let top = best.first else {
            best = [reading]
            return
        }
        if reading.score > top.score {
            best = [reading]
        } else if reading.score == top.score, best.count < 24, !best.contains(where: { $0.place == reading.place }) {
            best.append(reading)
        }
    }

    /// The readings with one mention more; none where the mention makes no sense there.
    private func step(_ reading: DivisionReading, _ mention: Mention) -> [DivisionReading] {
        var mention = mention
        var next = reading
        next.end = mention.range.upperBound
        let level = table.divisions[Int(mention.place)].level
        if reading.place < 0 {
            guard stands(mention, after: reading) else { return [] }
            mention.isImplied = isZone(mention)
            next.place = mention.place
            next.score += worth(of: mention) - (level == .district ? 1 : 0)
        } else if table.isBelow(mention.place, reading.place) {
            guard stands(mention, after: reading) else { return [] }
            mention.isImplied = isZone(mention)
            next.place = mention.place
            let skips = level.rawValue - table.divisions[Int(reading.place)].level.rawValue - 1
            next.score += worth(of: mention) + 2 - skips
        } else if mention.place == reading.place || table.isBelow(reading.place, mention.place) {
            guard !mention.form.isShort || isFollowedByName(mention.range.upperBound) else { return [] }
            mention.isRepeat = true
            next.score += mention.form.isShort ? 1 : mention.range.count
        } else {
            return contrary(reading, mention)
        }
        next.mentions.append(mention)
        return [next]
    }

    /// The line names a division that lies elsewhere: either word may be the wrong one, and what follows decides.
    private func contrary(_ reading: DivisionReading, _ mention: Mention) -> [DivisionReading] {
        let length = mention.range.count
        guard !mention.form.isShort, length >= 2, !isMarket(mention.range.upperBound) else { return [] }
        var mention = mention
        mention.isContrary = true
        var moved = reading
        moved.end = mention.range.upperBound
        moved.score += length * 2 - 5
        moved.mentions.append(mention)
        let kept = moved
        moved.place = mention.place
        moved.mentions[moved.mentions.count - 1].moves = true
        let above = table.divisions[Int(reading.place)].level
        let level = table.divisions[Int(mention.place)].level
        let isFresh = reading.mentions.last?.isRepeat == true || level < above
        return isFresh ? [moved] : [kept, moved]
    }

    private func worth(of mention: Mention) -> Int {
        switch mention.form {
        case .full: mention.range.count * 4
        case .old: mention.range.count * 4 - 2
        case .short, .oldShort: mention.range.count * 4 - 4
        }
    }

    /// True where a name at this place of the line is a division and not the begin of a road or of a firm.
    private func stands(_ mention: Mention, after reading: DivisionReading) -> Bool {
        let end = mention.range.upperBound
        let level = table.divisions[Int(mention.place)].level
        if !mention.form.isShort { return !isMarket(end) && (mention.range.count > 2 || !isRoadAfter(end)) }
        if mention.range.count == 1 { return reading.mentions.isEmpty && isFollowed(byNameBelow: mention) }
        if isPartOfName(after: end) { return isFollowedByName(end, atLeast: 3) }
        if reading.place < 0 {
            if level == .district || mention.form == .oldShort { return isAlonePlausible(mention) }
            return !isInstitution(end)
        }
        return true
    }

    /// A district without its kind and with nothing above it: a road or town has to follow, and no longer name of a
    /// town may begin there.
    private func isAlonePlausible(_ mention: Mention) -> Bool {
        guard mention.form != .oldShort else { return false }
        var isTown = false
        table.towns.walk(text, from: mention.range.lowerBound) { length, _ in
            if length > mention.range.count { isTown = true }
        }
        let end = mention.range.upperBound
        guard !isTown, end < text.count else { return false }
        if table.isDistinctive(text[mention.range], place: mention.place) {
            return end + 1 >= text.count || !Self.nameEndings.contains(text[end + 1])
        }
        guard !Self.firmEndings.contains(text[end]) else { return false }
        if isZone(mention) { return true }
        var index = end
        while index < text.count, index - end < 7 {
            if Self.nameEndings.contains(text[index]) { return index - end >= 2 }
            if Self.alonePlaceEnds.contains(text[index]) { return false }
            index += 1
        }
        return false
    }

    private func isFollowed(byNameBelow mention: Mention) -> Bool {
        var found = false
        table.names.walk(text, from: skipped(from: mention.range.upperBound)) { length, head in
            var entry = head
            while entry >= 0 {
                let next = table.names.entries[Int(entry)]
                if length >= 2, table.isBelow(next.place, mention.place) { found = true }
                entry = next.next
            }
        }
        return found
    }

    private func isFollowedByName(_ index: Int, atLeast limit: Int = 2) -> Bool {
        let begin = skipped(from: index)
        var found = false
        table.names.walk(text, from: begin) { length, head in
            if length >= limit, limit == 2 || !table.names.entries[Int(head)].form.isShort { found = true }
        }
        return found
    }

    // MARK: - What follows a name

    private static let roadEndings = Set(AddressText.scalars("路街道巷弄线"))
    private static let between = Set(AddressText.scalars("东南西北中大一二三四五六七八九十新老环"))
    private static let nameEndings = Set(AddressText.scalars("路街道巷弄桥村镇乡线"))
    private static let firmEndings = Set(
        AddressText.scalars("花园广场苑城府湾公寓银酒宾饭集工商园厦医院学市站山湖江河里服大家社新名国际物科"))

    /// 路, 东路, 西大街 and the like.
    private func isRoadAfter(_ index: Int) -> Bool {
        var index = index
        var passed = 0
        while index < text.count, passed < 3, Self.between.contains(text[index]) {
            index += 1
            passed += 1
        }
        return index < text.count && Self.roadEndings.contains(text[index])
    }

    private func isPartOfName(after index: Int) -> Bool {
        if isRoadAfter(index) { return true }
        return index < text.count && Self.nameEndings.contains(text[index])
    }

    private func starts(_ words: [[UInt32]], at index: Int) -> Bool {
        words.contains { index + $0.count <= text.count && text[index..<index + $0.count].elementsEqual($0) }
    }

    /// 市 that belongs to 市场.
    private func isMarket(_ index: Int) -> Bool {
        index < text.count && text[index] == 0x573A && index > 0 && text[index - 1] == 0x5E02
    }

    private static let zones = ["经济", "高新区", "高新技术", "工业园", "工业区", "开发区", "技术开发"].map(AddressText.scalars)

    private func isZone(_ mention: Mention) -> Bool {
        mention.form.isShort && starts(Self.zones, at: mention.range.upperBound)
            && table.divisions[Int(mention.place)].level == .district
    }

    private static let institutions = ["湾", "机场", "医院", "中心医院", "大学", "人民医院", "东站", "火车站", "传媒", "大厦"]
        .map(AddressText.scalars)

    private func isInstitution(_ index: Int) -> Bool { starts(Self.institutions, at: index) }

    private static let fillers = ["中华人民共和国", "中国", "市辖区", "其它区", "其他区", "null", "NULL", "香港岛", "新界"].map(
        AddressText.scalars)

    /// The next index that is neither a sign between parts nor a filler of a form, nor 市 or 区 written twice.
    private func skipped(from index: Int) -> Int {
        var index = index
        var isMoving = true
        while isMoving, index < text.count {
            isMoving = false
            if AddressText.isSeparator(text[index]) || text[index] == 0x3F {
                index += 1
                isMoving = true
            } else if let word = Self.fillers.first(where: { starts([$0], at: index) }) {
                index += word.count
                isMoving = true
            } else if index > 0, text[index] == text[index - 1], Self.kinds.contains(text[index]) {
                index += 1
                isMoving = true
            }
        }
        return index
    }

    private static let kinds = Set(AddressText.scalars("省市区县"))
    private static let alonePlaceEnds = Set(AddressText.scalars("苑园城寓区厦0123456789号幢栋店厂"))
}
