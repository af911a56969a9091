internal import HydrantCore

/// How dates are written in a file: `yyyy-MM-dd HH:mm:ss`, `M/d/yyyy`, `dd.MM.yy`, `yyyy-MM-dd'T'HH:mm:ssXXX`.
///
/// Two letters stand for exactly two digits, one letter for one or two; everything in quotes and every other sign
/// stands for itself.
package struct DateFormat: Hashable, Sendable {
    fileprivate enum Part: Hashable, Sendable {
        case year(digits: Int)
        case month(digits: Int)
        case day(digits: Int)
        case hour(digits: Int)
        case minute(digits: Int)
        case second(digits: Int)
        case fraction
        case offset
        case literal(UInt8)
    }

    package let text: String
    private let parts: [Part]

    /// The letters that a format may use, for messages.
    static let allowed = "yyyy yy MM M dd d HH H mm m ss s SSS XXX, and signs; other letters in 'quotes'"

    package init?(_ text: String) {
        var parts: [Part] = []
        var rest = Substring(text)
        while let letter = rest.first {
            if letter == "'" {
                rest = rest.dropFirst()
                guard let end = rest.firstIndex(of: "'") else { return nil }
                parts += rest[..<end].utf8.map { .literal($0) }
                rest = rest[rest.index(after: end)...]
                continue
            }
            let run = rest.prefix { $0 == letter }
            guard letter.isLetter, letter.isASCII else {
                parts += run.utf8.map { .literal($0) }
                rest = rest.dropFirst(run.count)
                continue
            }
            guard let part = DateFormat.part(letter, run.count) else { return nil }
            parts.append(part)
            rest = rest.dropFirst(run.count)
        }
        let names = parts.map(\.name)
        guard ["year", "month", "day"].allSatisfy({ names.contains($0) }) else { return nil }
        let fields = names.filter { !$0.isEmpty }
        guard Set(fields).count == fields.count else { return nil }
        self.text = text
        self.parts = parts
    }

    private static func part(_ letter: Character, _ count: Int) -> Part? {
        switch (letter, count) {
        case ("y", 4), ("y", 2): .year(digits: count)
        case ("M", 1...2): .month(digits: count)
        case ("d", 1...2): .day(digits: count)
        case ("H", 1...2): .hour(digits: count)
        case ("m", 1...2): .minute(digits: count)
        case ("s", 1...2): .second(digits: count)
        case ("S", 1...3): .fraction
        case ("X", 1...3): .offset
        default: nil
        }
    }

    /// The civil date, and the offset from UTC in seconds where the text carries one; nil when it is not written so.
    func date(_ bytes: ArraySlice<UInt8>) -> (CivilDate, offsetSeconds: Int64?)? {
        var date = CivilDate(year: 0, month: 1, day: 1)
        var offset: Int64?
        var reader = FieldScanner(bytes: bytes)
        for part in parts {
            switch part {
            case .literal(let byte): guard reader.skip(byte) else { return nil }
            case .offset:
                guard let seconds = reader.offset() else { return nil }
                offset = seconds
            case .fraction:
                guard let milliseconds = reader.fraction() else { return nil }
                date.millisecond = milliseconds
            case .year(let digits):
                guard let year = reader.number(digits: digits) else { return nil }
                // Two digits: 70 to 99 are of the last century.
                date.year = digits == 4 ? year : year + (year < 70 ? 2_000 : 1_900)
            case .month(let digits): guard reader.take(digits, into: &date.month) else { return nil }
            case .day(let digits): guard reader.take(digits, into: &date.day) else { return nil }
            case .hour(let digits): guard reader.take(digits, into: &date.hour) else { return nil }
            case .minute(let digits): guard reader.take(digits, into: &date.minute) else { return nil }
            case .second(let digits): guard reader.take(digits, into: &date.second) else { return nil }
            }
        }
        guard reader.isAtEnd, date.isValid else { return nil }
        return (date, offset)
    }
}

extension DateFormat.Part {
    fileprivate var name: String {
        switch self {
        case .year: "year"
        case .month: "month"
        case .day: "day"
        case .hour: "hour"
        case .minute: "minute"
        case .second: "second"
        case .fraction: "fraction"
        case .offset: "offset"
        case .literal: ""
        }
    }
}

/// Reads the digits of a date.
private struct FieldScanner {
    let bytes: ArraySlice<UInt8>
    var position: Int

    init(bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    var isAtEnd: Bool { position == bytes.endIndex }

    mutating func skip(_ byte: UInt8) -> Bool {
        guard position < bytes.endIndex, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func digit() -> Int? {
        guard position < bytes.endIndex, (0x30...0x39).contains(bytes[position]) else { return nil }
        position += 1
        return Int(bytes[position - 1] - 0x30)
    }

    /// Exactly so many digits; where one is declared, one or two.
    mutating func number(digits: Int) -> Int? {
        guard var value = digit() else { return nil }
        if digits == 1 {
            if let second = digit() { value = value * 10 + second }
            return value
        }
        for _ in 1..<digits {
            guard let next = digit() else { return nil }
            value = value * 10 + next
        }
        return value
    }

    mutating func take(_ digits: Int, into field: inout Int) -> Bool {
        guard let value = number(digits: digits) else { return false }
        field = value
        return true
    }

    /// Milliseconds; digits past the third are read and dropped.
    mutating func fraction() -> Int? {
        var value = 0
        var count = 0
        while let next = digit() {
            if count < 3 { value = value * 10 + next }
            count += 1
        }
        guard count > 0, count <= 9 else { return nil }
        for _ in count..<max(3, count) { value *= 10 }
        return value
    }

    /// Seconds east of UTC of `Z`, `+08`, `+0800` or `+08:00`.
    mutating func offset() -> Int64? {
        if skip(0x5A) { return 0 }
        let isEast = skip(0x2B)
        guard isEast || skip(0x2D), let hours = number(digits: 2), hours <= 18 else { return nil }
        var minutes = 0
        let hasColon = skip(0x3A)
        if hasColon || !isAtEnd {
            guard let read = number(digits: 2), read <= 59 else { return nil }
            minutes = read
        }
        let seconds = Int64(hours * 3_600 + minutes * 60)
        return isEast ? seconds : -seconds
    }
}
