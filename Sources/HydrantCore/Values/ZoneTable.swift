/// The offsets of a time zone through the years, so that a local date becomes a moment without asking the system for
/// each row.
package struct ZoneTable: Hashable, Sendable {
    /// From this moment on (seconds since 1970) the offset (seconds east of UTC) holds.
    package struct Piece: Hashable, Sendable {
        package var from: Int64
        package var offset: Int64

        package init(from: Int64, offset: Int64) {
            self.from = from
            self.offset = offset
        }
    }

    package let identifier: String
    private let pieces: [Piece]

    /// - Parameter pieces: rising, the first from before all times that are asked for.
    package init(identifier: String, pieces: [Piece]) {
        precondition(!pieces.isEmpty, "zone \(identifier) has no offset")
        self.identifier = identifier
        self.pieces = pieces
    }

    /// The moment of a local date. An hour that happens twice is taken the first time; a time that the change to summer
    /// time jumps over is counted on with the offset before the change.
    package func moment(_ date: CivilDate) -> Instant? {
        Instant(date, offsetSeconds: 0).map { moment(local: $0.milliseconds) }
    }

    /// The same of a local time in milliseconds since 1970-01-01 00:00 of the local calendar.
    package func moment(local milliseconds: Int64) -> Instant {
        let asUTC = Instant(milliseconds: milliseconds)
        let local = milliseconds / 1_000
        let index = lastPiece { $0.from + $0.offset <= local }
        // The piece began at or before the local time; the one before it may still hold it (the doubled hour).
        if index > 0, local - pieces[index - 1].offset < pieces[index].from {
            return asUTC - .seconds(pieces[index - 1].offset)
        }
        return asUTC - .seconds(pieces[index].offset)
    }

    /// What the clocks of the zone show at a moment, in milliseconds since 1970-01-01 00:00 of the local calendar.
    package func local(_ moment: Instant) -> Int64 {
        let seconds = moment.milliseconds / 1_000
        return moment.milliseconds + .seconds(pieces[lastPiece { $0.from <= seconds }].offset)
    }

    private func lastPiece(where began: (Piece) -> Bool) -> Int {
        var lower = 0
        var upper = pieces.count
        while upper - lower > 1 {
            let middle = (lower + upper) / 2
            if began(pieces[middle]) { lower = middle } else { upper = middle }
        }
        return lower
    }
}
