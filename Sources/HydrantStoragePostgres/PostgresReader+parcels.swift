import HydrantCore
package import HydrantStorage

extension PostgresReader {
    package func places(ofWaybill number: String) throws -> [WaybillPlace] {
        try connection.all(Statements.placesOfWaybill, [.text(number)]) { row in
            WaybillPlace(order: row.text(0), parcel: row.text(1))
        }
    }

    package func parcels(of number: String) throws -> [ParcelRow] {
        try connection.all(Statements.parcelsOfOrder, [.text(number)], ListedParcel.init(_:)).map(\.row)
    }

    package func parcelCounts() throws -> [ParcelCount] {
        try connection.all(Statements.parcelCounts, []) { row in
            ParcelCount(
                set: try row.word(0, TrackingSet.self), courier: row.text(1), channel: row.text(2),
                count: row.integer(3), oldestSince: Instant(milliseconds: row.integer(4)))
        }
    }

    package func parcels(_ filter: ParcelFilter, after cursor: Int64, limit: Int) throws -> [ListedParcel] {
        try connection.all(
            Statements.parcelsInOrder,
            [
                .integer(cursor), .optional(filter.set?.rawValue), .optional(filter.courier), .optional(filter.channel),
                .integer(limit),
            ], ListedParcel.init(_:))
    }

    package func parcel(keeperCode: String) throws -> ListedParcel? {
        guard !keeperCode.isEmpty else { return nil }
        return try connection.first(Statements.parcelOfKeeperCode, [.text(keeperCode)], ListedParcel.init(_:))
    }
}

extension ListedParcel {
    /// The columns of ``Statements/parcelColumns``.
    fileprivate init(_ row: AnswerRow) throws {
        let standing = ParcelStanding(
            parcel: row.text(2), set: try row.word(3, TrackingSet.self), since: Instant(milliseconds: row.integer(4)),
            dueAt: row.optionalInteger(5).map(Instant.init(milliseconds:)), courier: row.text(6), channel: row.text(7))
        self.init(
            order: row.text(0), orderID: row.integer(1), row: ParcelRow(standing: standing, keeperCode: row.text(8)))
    }
}
