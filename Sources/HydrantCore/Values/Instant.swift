/// A moment on the civil time line, in milliseconds since 1970-01-01T00:00:00Z. Leap seconds are ignored.
package struct Instant: Hashable, Comparable, Sendable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }
    package static func + (left: Instant, right: Milliseconds) -> Instant {
        Instant(milliseconds: left.milliseconds + right)
    }
    package static func - (left: Instant, right: Milliseconds) -> Instant {
        Instant(milliseconds: left.milliseconds - right)
    }
    package static func - (left: Instant, right: Instant) -> Milliseconds { left.milliseconds - right.milliseconds }
}

/// A length of time in milliseconds.
package typealias Milliseconds = Int64

extension Milliseconds {
    package static func seconds(_ count: Int64) -> Milliseconds { count * 1_000 }
    package static func minutes(_ count: Int64) -> Milliseconds { count * 60_000 }
    package static func hours(_ count: Int64) -> Milliseconds { count * 3_600_000 }
}

extension Instant {
    /// The moment of a date of the proleptic Gregorian calendar at an offset from UTC, or nil when a field is out of
    /// range (2026-02-30, 25:00).
    package init?(_ date: CivilDate, offsetSeconds: Int64) {
        guard date.isValid else { return nil }
        let days = date.daysSinceEpoch
        let seconds = days * 86_400 + Int64(date.hour) * 3_600 + Int64(date.minute) * 60 + Int64(date.second)
        self.init(milliseconds: (seconds - offsetSeconds) * 1_000 + Int64(date.millisecond))
    }

    /// Reads RFC 3339 (`2026-11-11T20:03:11.250+08:00`); a blank between date and time is accepted, an offset is not
    /// optional, because a time without a zone is the commonest mistake between systems.
    package init?(text: String) {
        var scanner = DigitScanner(Array(text.utf8))
        guard let year = scanner.number(4), scanner.skip(0x2D), let month = scanner.number(2), scanner.skip(0x2D),
            let day = scanner.number(2), scanner.skip(0x54) || scanner.skip(0x20) || scanner.skip(0x74),
            let hour = scanner.number(2), scanner.skip(0x3A), let minute = scanner.number(2), scanner.skip(0x3A),
            let second = scanner.number(2), let millisecond = scanner.fraction(), let offset = scanner.offset(),
            scanner.isAtEnd
        else { return nil }
        let date = CivilDate(
            year: year, month: month, day: day, hour: hour, minute: minute, second: second, millisecond: millisecond)
        self.init(date, offsetSeconds: offset)
    }

    /// The date and time at an offset from UTC.
    package func civil(offsetSeconds: Int64 = 0) -> CivilDate {
        CivilDate(millisecondsSinceEpoch: milliseconds + offsetSeconds * 1_000)
    }

    /// RFC 3339 in UTC with milliseconds: `2026-11-11T12:03:11.250Z`.
    package var text: String {
        let date = civil()
        return "\(date.dateText)T\(date.timeText).\(paddedDecimal(date.millisecond, width: 3))Z"
    }
}

extension Instant: CustomStringConvertible {
    package var description: String { text }
}

/// A date and a time of day without a zone.
package struct CivilDate: Hashable, Sendable {
    package var year: Int
    package var month: Int
    package var day: Int
    package var hour: Int
    package var minute: Int
    package var second: Int
    package var millisecond: Int

    package init(
        year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0, millisecond: Int = 0
    ) {
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
        self.millisecond = millisecond
    }

    /// `2026-11-11`
    package var dateText: String {
        "\(paddedDecimal(year, width: 4))-\(paddedDecimal(month, width: 2))-\(paddedDecimal(day, width: 2))"
    }

    /// `20:03:11`
    package var timeText: String {
        "\(paddedDecimal(hour, width: 2)):\(paddedDecimal(minute, width: 2)):\(paddedDecimal(second, width: 2))"
    }

    package var isValid: Bool {
        guard (0...9_999).contains(year), (1...12).contains(month), day >= 1 else { return false }
        let lengths = [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return day <= lengths[month - 1] && (0...23).contains(hour) && (0...59).contains(minute)
            && (0...59).contains(second) && (0...999).contains(millisecond)
    }

    private var isLeapYear: Bool { (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 }

    /// Days since 1970-01-01, counted in 400-year eras whose years begin in March.
    fileprivate var daysSinceEpoch: Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int64(era) * 146_097 + Int64(dayOfEra) - 719_468
    }

    fileprivate init(millisecondsSinceEpoch: Int64) {
        let dayLength: Int64 = 86_400_000
        var days = millisecondsSinceEpoch / dayLength
        var rest = millisecondsSinceEpoch % dayLength
        if rest < 0 {
            days -= 1
            rest += dayLength
        }
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = Int(shifted - era * 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
        self.init(
            year: yearOfEra + Int(era) * 400 + (month <= 2 ? 1 : 0), month: month,
            day: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1, hour: Int(rest / 3_600_000),
            minute: Int(rest / 60_000 % 60), second: Int(rest / 1_000 % 60), millisecond: Int(rest % 1_000))
    }
}

/// A whole number in decimal digits with leading zeros up to the width.
package func paddedDecimal(_ value: Int, width: Int) -> String {
    let digits = String(value)
    return digits.utf8.count >= width ? digits : String(repeating: "0", count: width - digits.utf8.count) + digits
}

/// Reads the fixed-width digits of a time stamp.
private struct DigitScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func skip(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    mutating func number(_ width: Int) -> Int? {
        guard position + width <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[position..<position + width] {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        position += width
        return value
    }

    /// Milliseconds of an optional fraction; digits past the third are read and dropped.
    mutating func fraction() -> Int? {
        guard skip(0x2E) else { return 0 }
        var value = 0
        var count = 0
        while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
            if count < 3 { value = value * 10 + Int(bytes[position] - 0x30) }
            count += 1
            position += 1
        }
        guard count > 0 else { return nil }
        for _ in count..<max(count, 3) { value *= 10 }
        return value
    }

    /// Seconds east of UTC of `Z`, `+08:00` or `+0800`; RFC 3339 allows up to 23:59.
    mutating func offset() -> Int64? {
        if skip(0x5A) || skip(0x7A) { return 0 }
        let sign: Int64
        if skip(0x2B) { sign = 1 } else if skip(0x2D) { sign = -1 } else { return nil }
        guard let hours = number(2), hours <= 23 else { return nil }
        _ = skip(0x3A)
        guard let minutes = number(2), minutes <= 59 else { return nil }
        return sign * Int64(hours * 3_600 + minutes * 60)
    }
}
