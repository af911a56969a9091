package import HydrantCore

/// Local time of systems that write `2026-11-22 20:25:20` and mean +08:00.
package enum ChinaTime {
    private static let offsetSeconds: Int64 = 8 * 3_600

    package static func text(_ moment: Instant) -> String {
        let date = moment.civil(offsetSeconds: offsetSeconds)
        return "\(date.dateText) \(date.timeText)"
    }

    /// Nil when the text is not a date and a time. Milliseconds may be missing.
    package static func instant(_ text: String) -> Instant? { Instant(text: text + "+08:00") }
}
