package import HydrantCore

/// Local time of systems that write `2026-11-22 20:25:20` and mean +08:00.
package enum ChinaTime {
    private static let offsetSeconds: Int64 = 8 * 3_600

    package static func text(_ moment: Instant) -> String {
        let date = moment.civil(offsetSeconds: offsetSeconds)
        return "\(date.dateText) \(date.timeText)"
    }

    /// Nil when the text is not a date and a time, or one like the year 1 that stands for none. Milliseconds may be
    /// missing.
    package static func instant(_ text: String) -> Instant? { recordable(Instant(text: text + "+08:00")) }

    private static func recordable(_ instant: Instant?) -> Instant? {
        instant.flatMap { Fact.timeRange.contains($0.milliseconds) ? $0 : nil }
    }

    /// Reads what couriers write instead: seconds or milliseconds since 1970, slashes for dashes, a `T` for the blank,
    /// no seconds, more digits after them than a clock has, a zone or none.
    package static func lenientInstant(_ text: String) -> Instant? {
        let text = text.filter { !$0.isWhitespace || $0 == " " }
        if let number = Int64(text) { return epoch(number) }
        if let exact = instant(text) ?? recordable(Instant(text: text)) { return exact }
        var numbers: [Int] = []
        var digits = ""
        for character in text + " " {
            if character.isASCII, character.isNumber {
                digits.append(character)
            } else if !digits.isEmpty {
                // Digits past the second of the seconds are noise.
                numbers.append(Int(numbers.count == 5 ? digits.prefix(2) : digits.prefix(4)) ?? 0)
                digits = ""
            }
        }
        guard numbers.count >= 5 else { return nil }
        let date = CivilDate(
            year: numbers[0], month: numbers[1], day: numbers[2], hour: numbers[3], minute: numbers[4],
            second: numbers.count > 5 ? numbers[5] : 0)
        #if HYDRANT_MUTANTS
            if Mutant.localTimeIsUniversal.isOn { return recordable(Instant(date, offsetSeconds: 0)) }
        #endif
        return recordable(Instant(date, offsetSeconds: offsetSeconds))
    }

    private static func epoch(_ number: Int64) -> Instant? {
        switch number {
        case 1_000_000_000...9_999_999_999: Instant(milliseconds: number * 1_000)
        case 1_000_000_000_000...9_999_999_999_999: Instant(milliseconds: number)
        default: nil
        }
    }
}
