import HydrantCore

/// A line of numbers in a box of 300 by 64, newest at the right, with the alert line in view.
struct Sparkline {
    var points = ""
    var alertHeight: String?

    private static let width = 300.0
    private static let height = 64.0
    /// Room for the stroke above and below.
    private static let margin = 2.0
    private static let fewest = 30

    init(values: [Double?], alert: Double?, bounds: ClosedRange<Double>, includesZero: Bool = false) {
        let known = values.compactMap(\.self)
        var reach = known + (alert.map { [$0] } ?? [])
        if includesZero { reach.append(0) }
        guard let lowest = reach.min(), let highest = reach.max() else { return }
        let room = max((highest - lowest) * 0.15, (bounds.upperBound.isFinite ? bounds.upperBound : 1) * 0.002)
        let bottom = max(bounds.lowerBound, lowest - (includesZero ? 0 : room))
        let top = min(bounds.upperBound, highest + room)
        func height(_ value: Double) -> String {
            let share = top > bottom ? (value - bottom) / (top - bottom) : 0.5
            return Self.text(Self.height - Self.margin - share * (Self.height - 2 * Self.margin))
        }
        alertHeight = alert.map(height)
        // The newest is always at the right edge; after half a minute the line fills the width.
        let stride = Self.width / Double(max(values.count, Self.fewest) - 1)
        let begin = Self.width - stride * Double(values.count - 1)
        points = values.enumerated().compactMap { place, value in
            value.map { "\(Self.text(begin + stride * Double(place))),\(height($0))" }
        }.joined(separator: " ")
        // One point alone is no line.
        if known.count == 1, let only = known.first { points = "0,\(height(only)) \(points)" }
    }

    /// One decimal, which is a tenth of a pixel.
    private static func text(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0
            ? String(tenths / 10) : "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }
}
