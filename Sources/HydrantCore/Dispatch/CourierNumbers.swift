/// What the tracking numbers of one courier look like, so that a typed number can be checked.
package struct CourierNumbers: Hashable, Sendable {
    /// A rule for the digits of a number, where the courier has one.
    package enum CheckDigit: String, CaseIterable, Sendable {
        /// The Universal Postal Union's S10: two letters, eight digits, a check digit, two letters.
        case s10
        /// The last digit by Luhn's rule over all digits.
        case luhn
    }

    /// The courier's name on screens.
    package var name: String
    package var patterns: [NumberPattern]
    package var checkDigit: CheckDigit?

    package init(name: String, patterns: [NumberPattern], checkDigit: CheckDigit? = nil) {
        self.name = name
        self.patterns = patterns
        self.checkDigit = checkDigit
    }

    /// Whether a normalised number can be one of this courier.
    package func admits(_ number: String) -> Bool { hasForm(number) && hasCheckDigit(number) }

    func hasForm(_ number: String) -> Bool { patterns.contains { $0.matches(number) } }

    func hasCheckDigit(_ number: String) -> Bool {
        let digits = number.utf8.compactMap { (0x30...0x39).contains($0) ? Int($0) - 0x30 : nil }
        switch checkDigit {
        case nil: return true
        case .s10:
            guard digits.count == 9 else { return false }
            let sum = zip(digits, [8, 6, 4, 2, 3, 5, 9, 7]).reduce(0) { $0 + $1.0 * $1.1 }
            let check = 11 - sum % 11
            return digits[8] == (check == 10 ? 0 : check == 11 ? 5 : check)
        case .luhn:
            let sum = digits.reversed().enumerated().reduce(0) { sum, entry in
                let doubled = entry.offset % 2 == 1 ? entry.element * 2 : entry.element
                return sum + (doubled > 9 ? doubled - 9 : doubled)
            }
            return !digits.isEmpty && sum % 10 == 0
        }
    }
}

/// The form of a number: `#` is a digit, `@` a capital letter, everything else stands for itself; `{13}` or `{12-15}`
/// behind a sign repeats it. `SF#{13}` is "SF" and thirteen digits.
package struct NumberPattern: Hashable, Sendable {
    fileprivate struct Part: Hashable, Sendable {
        var sign: UInt8
        var least: Int
        var most: Int
    }

    package let text: String
    private let parts: [Part]

    /// Nil when the text is no pattern.
    package init?(_ text: String) {
        var parts: [Part] = []
        var rest = Array(text.utf8)[...]
        while let sign = rest.popFirst() {
            guard NumberPattern.isAllowed(sign) else { return nil }
            var part = Part(sign: sign, least: 1, most: 1)
            if rest.first == 0x7B {
                guard let end = rest.firstIndex(of: 0x7D),
                    let range = NumberPattern.range(rest[rest.index(after: rest.startIndex)..<end])
                else { return nil }
                (part.least, part.most) = range
                rest = rest[(end + 1)...]
            }
            parts.append(part)
        }
        guard !parts.isEmpty else { return nil }
        self.text = text
        self.parts = parts
    }

    private static func isAllowed(_ sign: UInt8) -> Bool {
        switch sign {
        case 0x23, 0x40, 0x2D, 0x30...0x39, 0x41...0x5A: true
        default: false
        }
    }

    private static func range(_ text: ArraySlice<UInt8>) -> (Int, Int)? {
        let bounds = text.split(separator: 0x2D, omittingEmptySubsequences: false)
            .map { Int(String(decoding: $0, as: UTF8.self)) }
        guard (1...2).contains(bounds.count), let least = bounds[0], let most = bounds[bounds.count - 1],
            1 <= least, least <= most, most <= 40
        else { return nil }
        return (least, most)
    }

    /// The pattern for somebody who types numbers: "AB and 13 digits".
    package var words: Text {
        var pieces: [Text] = []
        var literal = ""
        func flush() {
            if !literal.isEmpty { pieces.append(Text(chinese: literal, english: literal)) }
            literal = ""
        }
        for part in parts {
            guard part.sign == 0x23 || part.sign == 0x40 else {
                literal += String(repeating: Character(Unicode.Scalar(part.sign)), count: part.least)
                continue
            }
            flush()
            let count = part.least == part.most ? "\(part.least)" : "\(part.least)–\(part.most)"
            pieces.append(
                part.sign == 0x23
                    ? Text(chinese: "\(count) 位数字", english: part.most == 1 ? "1 digit" : "\(count) digits")
                    : Text(chinese: "\(count) 位字母", english: part.most == 1 ? "1 letter" : "\(count) letters"))
        }
        flush()
        return Text(
            chinese: pieces.map(\.chinese).joined(separator: " 加 "),
            english: pieces.map(\.english).joined(separator: " and "))
    }

    package func matches(_ number: String) -> Bool { NumberPattern.matches(Array(number.utf8)[...], parts[...]) }

    private static func matches(_ rest: ArraySlice<UInt8>, _ parts: ArraySlice<Part>) -> Bool {
        guard let part = parts.first else { return rest.isEmpty }
        var rest = rest
        for count in 0...part.most {
            if count >= part.least, matches(rest, parts.dropFirst()) { return true }
            guard let byte = rest.popFirst(), part.admits(byte) else { return false }
        }
        return false
    }
}

extension NumberPattern.Part {
    fileprivate func admits(_ byte: UInt8) -> Bool {
        switch sign {
        case 0x23: (0x30...0x39).contains(byte)
        case 0x40: (0x41...0x5A).contains(byte)
        default: byte == sign
        }
    }
}
