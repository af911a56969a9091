internal import Foundation
package import HydrantCore

extension ZoneTable {
    /// Nil when there is no zone of this name in the tz database.
    package init?(identifier: String) {
        // Without this Foundation would also take "GMT+8" and "CST", which people read in several ways.
        guard identifier.contains("/") || identifier == "UTC", identifier.utf8.count <= 60,
            let zone = TimeZone(identifier: identifier)
        else { return nil }
        var date = Date(timeIntervalSince1970: -2_208_988_800)
        let end = Date(timeIntervalSince1970: 4_102_444_800)
        var pieces = [Piece(from: Int64.min / 2, offset: Int64(zone.secondsFromGMT(for: date)))]
        while let next = zone.nextDaylightSavingTimeTransition(after: date), next > date, next < end {
            date = next
            let offset = Int64(zone.secondsFromGMT(for: next.addingTimeInterval(1)))
            let from = Int64(next.timeIntervalSince1970)
            if pieces[pieces.count - 1].offset != offset { pieces.append(Piece(from: from, offset: offset)) }
        }
        self.init(identifier: identifier, pieces: pieces)
    }
}

/// A time zone by its name in the tz database.
func readZone(_ value: DocumentValue) -> ZoneTable? {
    guard let name = value.text() else { return nil }
    if let zone = ZoneTable(identifier: name) { return zone }
    let common = [
        "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Kolkata", "Asia/Tokyo", "America/Sao_Paulo",
        "America/New_York", "Europe/Berlin", "Europe/London", "UTC",
    ]
    value.problem(notAllowed("unknown time zone", name, allowed: common) + " and every name of the tz database")
    return nil
}
