/// A receiver as paper may show it, whatever a template says: at least one character of the name, six digits of the
/// phone, and everything of the address from its first number on are hidden.
package struct PrintedReceiver: Hashable, Sendable {
    package var name: String
    package var phone: String
    package var area: String
    package var address: String

    package init(_ receiver: Receiver) {
        name = Self.name(receiver.name)
        phone = Self.phone(receiver.phone)
        let places = receiver.places.joined()
        area = String(places.prefix { !$0.isASCII || $0.isLetter || " -'".contains($0) }.prefix(30))
        address = receiver.address.isEmpty ? "" : Self.withoutNumbers(receiver.address, maximum: 10) + "***"
    }

    /// A house of our own, which nothing of is hidden.
    package init(house: Receiver) {
        name = house.name
        phone = house.phone
        area = house.places.joined()
        address = house.address
    }

    private static func name(_ name: String) -> String {
        switch name.count {
        case 0: ""
        case 1: "**"
        default: "\(name.prefix(1))**"
        }
    }

    /// Of eleven digits the first three and the last two; of fewer, fewer.
    private static func phone(_ phone: String) -> String {
        let digits = phone.compactMap(\.wholeNumberValue).filter { (0...9).contains($0) }.map { String($0) }
        guard !digits.isEmpty || !phone.isEmpty else { return "" }
        let shown = min(5, max(0, digits.count - 6))
        let last = shown / 2
        return digits.prefix(shown - last).joined() + "******" + digits.suffix(last).joined()
    }

    private static let numerals: Set<Character> = Set("零〇一二三四五六七八九十百千两壹贰叁肆伍陆柒捌玖拾")
    private static let roomWords = [
        "室", "房", "单元", "栋", "幢", "座", "楼", "号", "#", "room", "flat", "unit", "apt", "suite", "floor", "bldg",
    ]

    /// What stands before the first number or word for a room.
    private static func withoutNumbers(_ text: String, maximum: Int) -> String {
        var shown = String(text.prefix { !$0.isNumber && !numerals.contains($0) && !$0.isNewline }.prefix(maximum))
        let small = shown.lowercased()
        guard small.count == shown.count else { return String(shown.prefix(2)) }
        for word in roomWords {
            guard let begin = firstIndex(of: word, in: small) else { continue }
            shown = String(shown.prefix(min(shown.count, begin)))
        }
        return shown
    }

    /// How many characters stand before a word.
    private static func firstIndex(of word: String, in text: String) -> Int? {
        var rest = Substring(text)
        var index = 0
        while !rest.isEmpty {
            if rest.hasPrefix(word) { return index }
            rest.removeFirst()
            index += 1
        }
        return nil
    }
}

/// Takes a receiver out of any text that came with the order: a shop that writes the buyer's phone into its own numbers
/// or names of goods does not get it onto paper by that.
package struct ReceiverEraser: Sendable {
    private let words: [(bytes: [UInt8], mask: [UInt8])]
    /// Seven or more digits.
    private let phone: [UInt8]

    package init(_ receiver: Receiver) {
        let masks = PrintedReceiver(receiver)
        // Two or three Latin letters are part of too many other words.
        let isName = receiver.name.count >= (receiver.name.utf8.count == receiver.name.count ? 4 : 2)
        words = [
            (isName ? Array(receiver.name.utf8) : [], Array(masks.name.utf8)),
            (receiver.address.count >= 4 ? Array(receiver.address.utf8) : [], Array(masks.address.utf8)),
        ].filter { !$0.0.isEmpty }
        let digits = plainDigits(Array(receiver.phone.utf8)).filter { (0x30...0x39).contains($0) }
        phone = digits.count >= 7 ? digits : []
    }

    package func erase(_ text: String) -> String {
        let before = Array(text.utf8)
        var bytes = before
        for (word, mask) in words { Self.replace(word, with: mask, in: &bytes) }
        hidePhone(&bytes)
        return bytes == before ? text : String(decoding: bytes, as: UTF8.self)
    }

    private static func replace(_ word: [UInt8], with mask: [UInt8], in bytes: inout [UInt8]) {
        var index = 0
        while index + word.count <= bytes.count {
            if bytes[index] == word[0], bytes[index..<(index + word.count)].elementsEqual(word) {
                bytes.replaceSubrange(index..<(index + word.count), with: mask)
                index += mask.count
            } else {
                index += 1
            }
        }
    }

    /// Hides all but three digits in front and two behind wherever the digits stand one after the other, with anything
    /// but digits between them.
    private func hidePhone(_ bytes: inout [UInt8]) {
        guard !phone.isEmpty, bytes.count >= phone.count else { return }
        if bytes.contains(0xEF) { bytes = plainDigits(bytes) }
        let digits = bytes.indices.filter { (0x30...0x39).contains(bytes[$0]) }
        guard digits.count >= phone.count else { return }
        let shown = min(5, phone.count - 6)
        for begin in 0...(digits.count - phone.count) {
            let window = digits[begin..<(begin + phone.count)]
            guard zip(window, phone).allSatisfy({ bytes[$0] == $1 }) else { continue }
            for index in window.dropFirst(shown - shown / 2).dropLast(shown / 2) { bytes[index] = 0x2A }
        }
    }
}

/// UTF-8 with ASCII digits in place of full-width ones (U+FF10 to U+FF19).
private func plainDigits(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
        if index + 2 < bytes.count, bytes[index] == 0xEF, bytes[index + 1] == 0xBC,
            (0x90...0x99).contains(bytes[index + 2])
        {
            result.append(bytes[index + 2] - 0x60)
            index += 3
        } else {
            result.append(bytes[index])
            index += 1
        }
    }
    return result
}
