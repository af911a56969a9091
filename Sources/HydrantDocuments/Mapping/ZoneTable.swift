internal import Foundation
package import HydrantCore

/// The offsets of a time zone through the years, so that a local date becomes a moment without asking the system for
/// each row.
package struct ZoneTable: Hashable, Sendable {
    /// From this moment on (seconds since 1970) the offset (seconds east of UTC) holds.
    private struct Piece: Hashable, Sendable {
        var from: Int64
        var offset: Int64
    }

    package let identifier: String
    private let pieces: [Piece]

    /// Nil when there is no zone of this name.
    package init?(identifier: String) {
        // Without this Foundation would also take "GMT+8" and "CST", which people read in several ways.
        guard identifier.contains("/") || identifier == "UTC", identifier.utf8.count <= 60,
            let zone = TimeZone(identifier: identifier)
        else { return nil }
        self.identifier = identifier
        var date = Date(timeIntervalSince1970: -2_208_988_800)
        let end = Date(timeIntervalSince1970: 4_102_444_800)
        var pieces = [Piece(from: Int64.min / 2, offset: Int64(zone.secondsFromGMT(for: date)))]
        while let next = zone.nextDaylightSavingTimeTransition(after: date), next > date, next < end {
            date = next
            let offset = Int64(zone.secondsFromGMT(for: next.addingTimeInterval(1)))
            let from = Int64(next.timeIntervalSince1970)
            if pieces[pieces.count - 1].offset != offset { pieces.append(Piece(from: from, offset: offset)) }
        }
        self.pieces = pieces
    }

    /// The moment of a local date. An hour that happens twice is taken the first time; a time that the change to summer
    /// time jumps over is counted on with the offset before the change.
    package func moment(_ date: CivilDate) -> Instant? {
        guard let asUTC = Instant(date, offsetSeconds: 0) else { return nil }
        let local = asUTC.milliseconds / 1_000
        var lower = 0
        var upper = pieces.count
        while upper - lower > 1 {
            let middle = (lower + upper) / 2
            if pieces[middle].from + pieces[middle].offset <= local { lower = middle } else { upper = middle }
        }
        // `lower` began at or before the local time; the piece before it may still hold it (the doubled hour).
        if lower > 0, local - pieces[lower - 1].offset < pieces[lower].from {
            return asUTC - .seconds(pieces[lower - 1].offset)
        }
        return asUTC - .seconds(pieces[lower].offset)
    }
}
