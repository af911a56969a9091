/// A line as scalars: the original for what is shown, and one of the same length that names are looked up in.
struct AddressText: Sendable {
    /// Longer lines are cut here; the longest address that a courier takes has 200 characters.
    static let limit = 600

    var original: [UInt32] = []
    var plain: [UInt32] = []
    var isCut = false

    init(_ line: String) {
        var count = 0
        for scalar in line.unicodeScalars {
            guard count < Self.limit else {
                isCut = true
                break
            }
            let value = Self.isControl(scalar.value) ? 0x20 : scalar.value
            original.append(value)
            plain.append(Self.plain(value))
            count += 1
        }
    }

    static func scalars(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }

    func text(_ range: Range<Int>) -> String {
        var text = String.UnicodeScalarView()
        for value in original[range] { if let scalar = Unicode.Scalar(value) { text.append(scalar) } }
        return Self.trimmed(String(text))
    }

    static func trimmed(_ text: String) -> String {
        let view = text.unicodeScalars
        guard let first = view.firstIndex(where: { !isSeparator($0.value) }),
            let last = view.lastIndex(where: { !isSeparator($0.value) })
        else { return "" }
        return String(view[first...last])
    }

    private static func isControl(_ value: UInt32) -> Bool {
        value < 0x20 || (0x7F..<0xA0).contains(value) || (0x200B...0x200F).contains(value)
            || (0x202A...0x202E).contains(value) || value == 0xFEFF || value == 0x2028 || value == 0x2029
    }

    /// Half width for full width, the simplified sign for the traditional one that names of divisions use.
    private static func plain(_ value: UInt32) -> UInt32 {
        if (0xFF01...0xFF5E).contains(value) { return value - 0xFEE0 }
        if value == 0x3000 || value == 0xA0 { return 0x20 }
        guard (0x3400...0x9FFF).contains(value) else { return value }
        return simplified[value] ?? value
    }

    private static let simplified: [UInt32: UInt32] = {
        let pairs =
            "區区縣县臺台灣湾東东廣广門门國国鄉乡鎮镇號号龍龙島岛馬马灘滩觀观離离葵葵屯屯圍围樓楼莊庄蘆芦關关濱滨遼辽寧宁"
            + "蘇苏陝陕貴贵雲云慶庆陽阳漢汉滬沪連连興兴義义嶺岭澤泽華华無无錫锡蕪芜濟济揚扬鹽盐長长衛卫爾尔內内維维黃黄"
            + "萬万鳳凤豐丰隴陇溫温荊荆韶韶撫抚贛赣鄭郑許许淵渊開开綿绵樂乐達达資资賓宾涼凉銅铜畢毕節节蘭兰銀银張张掖掖"
            + "鶯莺瑪玛園园後后營营學学鹿鹿鷺鹭鴻鸿麗丽隊队護护嘉嘉義义彰彰雲云屏屏蓮莲澎澎鄰邻弄弄層层室室"
        let scalars = AddressText.scalars(pairs)
        var table: [UInt32: UInt32] = [:]
        var index = 0
        while index + 1 < scalars.count {
            table[scalars[index]] = scalars[index + 1]
            index += 2
        }
        return table
    }()

    /// Blanks and signs that stand between the parts of an address.
    static func isSeparator(_ value: UInt32) -> Bool {
        switch value {
        case 0x20, 0x2C, 0x2D, 0x2E, 0x2F, 0x3A, 0x3B, 0x5C, 0x5F, 0x7C, 0xB7, 0x3001, 0x3002, 0x2014, 0x2013,
            0xFF0C, 0xFF1A, 0xFF1B, 0xFF0D, 0xFF0F, 0xFF3F, 0x3000, 0x27, 0x22, 0x201C, 0x201D, 0x2022, 0x2500:
            true
        default: false
        }
    }

    static func isDigit(_ value: UInt32) -> Bool { (0x30...0x39).contains(value) }
    static func isHan(_ value: UInt32) -> Bool {
        (0x3400...0x9FFF).contains(value) || (0x20000...0x3FFFF).contains(value)
    }
}
