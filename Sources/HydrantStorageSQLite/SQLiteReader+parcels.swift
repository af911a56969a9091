import HydrantCore
package import HydrantStorage

extension SQLiteReader {
    package func parcels(of number: String) throws -> [ParcelRow] {
        try query(Statements.parcelsOfOrder).all([.text(number)], ListedParcel.init(_:)).map(\.row)
    }

    package func parcelCounts() throws -> [ParcelCount] {
        try query(Statements.parcelCounts).all([]) { row in
            ParcelCount(
                set: try row.word(0, TrackingSet.self), courier: row.text(1), channel: row.text(2),
                count: row.integer(3), oldestSince: Instant(milliseconds: row.integer(4)))
        }
    }

    package func parcels(_ filter: ParcelFilter, after cursor: Int64, limit: Int) throws -> [ListedParcel] {
        let set = Cell.optional(filter.set?.rawValue)
        let courier = Cell.optional(filter.courier)
        let channel = Cell.optional(filter.channel)
        let values = [set, set, courier, courier, channel, channel]
        return try query(Statements.parcelsInOrder).all(
            [.integer(cursor)] + values + [.integer(limit)] + values, ListedParcel.init(_:))
    }

    package func parcel(keeperCode: String) throws -> ListedParcel? {
        guard !keeperCode.isEmpty else { return nil }
        return try query(Statements.parcelOfKeeperCode).first([.text(keeperCode)], ListedParcel.init(_:))
    }
}

extension ListedParcel {
    /// The columns of ``Statements/parcelColumns``.
    fileprivate init(_ row: QueryRow) throws {
        let standing = ParcelStanding(
            parcel: row.text(2), set: try row.word(3, TrackingSet.self), since: Instant(milliseconds: row.integer(4)),
            dueAt: row.optionalInteger(5).map(Instant.init(milliseconds:)), courier: row.text(6), channel: row.text(7))
        self.init(
            order: row.text(0), orderID: row.integer(1), row: ParcelRow(standing: standing, keeperCode: row.text(8)))
    }
}
