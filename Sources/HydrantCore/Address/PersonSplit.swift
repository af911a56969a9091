/// Takes phones and receiver names out of a line, so that they are neither read as places nor kept with them.
struct PersonSplit {
    private(set) var text: [UInt32]
    private(set) var phone: String?
    private(set) var name: String?
    private var phoneRange: Range<Int>?
    private let names: NameTrie

    init(text: [UInt32], names: NameTrie) {
        self.text = text
        self.names = names
        takePhones()
        takeLabelled()
        if name == nil { takeName() }
    }

    private mutating func blank(_ range: Range<Int>) { for index in range { text[index] = 0x20 } }

    // MARK: - Phones

    private mutating func takePhones() {
        var index = 0
        while index < text.count {
            guard AddressText.isDigit(text[index]) || text[index] == 0x2B,
                index == 0 || !AddressText.isDigit(text[index - 1]), let end = phoneEnd(from: index)
            else {
                index += 1
                continue
            }
            if phone == nil {
                phone = digits(index..<end)
                phoneRange = index..<end
            }
            blank(index..<end)
            index = end
        }
    }

    /// The end of a mobile or fixed phone that begins here, with its extension.
    private func phoneEnd(from begin: Int) -> Int? {
        var index = begin
        if text[index] == 0x2B { index += 1 }
        if starts("86", at: index), let end = mobileEnd(from: skip(signs: index + 2)) { return extended(end) }
        guard text[begin] != 0x2B else { return nil }
        if let end = mobileEnd(from: index) { return extended(end) }
        return fixedEnd(from: index)
    }

    private func mobileEnd(from begin: Int) -> Int? {
        guard begin + 1 < text.count, text[begin] == 0x31, (0x33...0x39).contains(text[begin + 1]) else { return nil }
        var index = begin
        var count = 0
        while index < text.count, count < 11 {
            if AddressText.isDigit(text[index]) || (text[index] == 0x2A && count >= 3) {
                count += 1
                index += 1
            } else if (text[index] == 0x20 || text[index] == 0x2D), count == 3 || count == 7 {
                index += 1
            } else {
                return nil
            }
        }
        guard count == 11, index == text.count || !AddressText.isDigit(text[index]) else { return nil }
        return index
    }

    /// 0571-8888 8888 and 057188888888; a hyphen or the whole length has to be there.
    private func fixedEnd(from begin: Int) -> Int? {
        guard text[begin] == 0x30 else { return nil }
        var index = begin
        while index < text.count, AddressText.isDigit(text[index]) { index += 1 }
        let first = index - begin
        if (11...12).contains(first) { return index }
        guard (3...4).contains(first), index < text.count, text[index] == 0x2D else { return nil }
        let second = index + 1
        index = second
        while index < text.count, AddressText.isDigit(text[index]) { index += 1 }
        return (7...8).contains(index - second) ? index : nil
    }

    /// Past `-1234`, `转1234` and `,1234` of a platform's virtual number.
    private func extended(_ end: Int) -> Int {
        guard end < text.count, text[end] == 0x2D || text[end] == 0x8F6C || text[end] == 0x2C else { return end }
        var index = end + 1
        while index < text.count, AddressText.isDigit(text[index]) { index += 1 }
        return (3...6).contains(index - end - 1) ? index : end
    }

    private func skip(signs index: Int) -> Int {
        var index = index
        while index < text.count, text[index] == 0x20 || text[index] == 0x2D { index += 1 }
        return index
    }

    private func starts(_ word: String, at index: Int) -> Bool {
        let scalars = AddressText.scalars(word)
        return index + scalars.count <= text.count && text[index..<index + scalars.count].elementsEqual(scalars)
    }

    private func digits(_ range: Range<Int>) -> String {
        var out = String.UnicodeScalarView()
        var count = 0
        for value in text[range] {
            if AddressText.isDigit(value) || value == 0x2A {
                out.append(Unicode.Scalar(UInt8(value)))
                count += 1
            } else if value == 0x8F6C || (value == 0x2D && count == 11) || (value == 0x2C && count == 11) {
                out.append("-")
            }
        }
        return String(out)
    }

    // MARK: - Names

    private static let labels = [
        "收货人", "收件人", "联系人", "姓名", "收货地址", "收件地址", "详细地址", "所在地区", "地址", "手机号码", "手机号", "联系电话", "手机", "电话",
    ]
    .map(AddressText.scalars)
    private static let nameLabels = 4
    private static let honorifics = ["先生", "女士", "小姐", "老师", "同学", "师傅", "经理"].map(AddressText.scalars)
    private static let surnames = Set(
        AddressText.scalars(
            "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆"
                + "汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤洪温章季俞童葛倪裴殷柳祝"))
    private static let placeEndings = Set(
        AddressText.scalars("省市区县镇乡村路街道巷弄号楼室层栋幢园苑城府湾厦店场院校站厂司部组队社局所库行馆里桥口东西南北中旁边侧内外门上下"))

    /// `收货人：…` and `地址：…` are no part of an address.
    private mutating func takeLabelled() {
        var index = 0
        while index < text.count {
            guard let found = Self.labels.firstIndex(where: { text[index...].starts(with: $0) }),
                isLabel(end: index + Self.labels[found].count, isName: found < Self.nameLabels)
            else {
                index += 1
                continue
            }
            let end = index + Self.labels[found].count
            blank(index..<end)
            index = end
            guard found < Self.nameLabels else { continue }
            let begin = skipSeparators(end)
            var stop = begin
            while stop < text.count, AddressText.isHan(text[stop]) || text[stop] == 0x2A, stop - begin < 4 { stop += 1 }
            if stop > begin, stop == text.count || !AddressText.isHan(text[stop]) { takeName(begin..<stop) }
            index = stop
        }
    }

    private func isLabel(end: Int, isName: Bool) -> Bool {
        end < text.count && (text[end] == 0x3A || text[end] == 0xFF1A || (isName && text[end] == 0x20))
    }

    private func skipSeparators(_ index: Int) -> Int {
        var index = index
        while index < text.count, AddressText.isSeparator(text[index]) { index += 1 }
        return index
    }

    private mutating func takeName(_ range: Range<Int>) {
        var view = String.UnicodeScalarView()
        for value in text[range] { if let scalar = Unicode.Scalar(value) { view.append(scalar) } }
        name = String(view)
        blank(range)
    }

    /// A name stands at either end of the line, apart by blanks or signs, or right before the phone.
    private mutating func takeName() {
        let parts = tokens()
        if let phone = phoneRange, let before = parts.last(where: { $0.upperBound <= phone.lowerBound }),
            skipSeparators(before.upperBound) >= phone.lowerBound
        {
            if isName(before) { return takeName(before) }
            if let range = nameAfterNumber(before) { return takeName(range) }
        }
        guard parts.count > 1 else { return }
        if let last = parts.last, isName(last), phoneRange != nil || hasHonorific(last) { return takeName(last) }
        if let first = parts.first, isName(first), phoneRange != nil || hasHonorific(first) { return takeName(first) }
    }

    private func tokens() -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var index = 0
        while index < text.count {
            let begin = skipSeparators(index)
            var end = begin
            while end < text.count, !AddressText.isSeparator(text[end]) { end += 1 }
            if end > begin { parts.append(begin..<end) }
            index = end + 1
        }
        return parts
    }

    private func hasHonorific(_ range: Range<Int>) -> Bool {
        Self.honorifics.contains { range.count > $0.count && text[range].suffix($0.count).elementsEqual($0) }
    }

    private func isName(_ range: Range<Int>) -> Bool {
        let isLong = hasHonorific(range)
        guard (2...(isLong ? 5 : 4)).contains(range.count), Self.surnames.contains(text[range.lowerBound]),
            text[range].allSatisfy({ AddressText.isHan($0) || $0 == 0x2A })
        else { return false }
        if isLong { return true }
        guard !Self.placeEndings.contains(text[range.upperBound - 1]) else { return false }
        var isPlace = false
        names.walk(text, from: range.lowerBound) { length, _ in if length == range.count { isPlace = true } }
        return !isPlace
    }

    /// `…3号楼502室张三` before a phone: the last two or three signs after a room or number.
    private func nameAfterNumber(_ range: Range<Int>) -> Range<Int>? {
        for count in [3, 2, 4] where range.count > count {
            let begin = range.upperBound - count
            let before = text[begin - 1]
            let isRoom = AddressText.isDigit(before) || "号室楼户".unicodeScalars.contains { $0.value == before }
            if isRoom, isName(begin..<range.upperBound) { return begin..<range.upperBound }
        }
        return nil
    }
}
