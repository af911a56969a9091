import Foundation
import GRDB
import HydrantCore
import HydrantStorage
import HydrantTesting
import Testing

@testable import HydrantStoragePostgres
@testable import HydrantStorageSQLite

/// What other programs may read.
@Suite struct PublicViewTests {
    private static let hash = [UInt8](repeating: 1, count: 32)

    /// An order of two states, the second inferred, with a live and a voided waybill.
    private func fill(_ store: any Store) async throws {
        let proof = [Evidence(at: Instant(milliseconds: 5), isTimed: true, source: "shop", messageID: "1")]
        let stamps = [
            StateStamp(number: 1, at: Instant(milliseconds: 5), isInferred: false, proof: proof),
            StateStamp(number: 2, at: Instant(milliseconds: 1_500), isInferred: true, proof: proof),
        ]
        var row = OrderRow(number: "A", changedAt: Instant(milliseconds: 9))
        row.version = 2
        row.state = 2
        row.stateSince = Instant(milliseconds: 1_500)
        row.chainHead = Self.hash
        let events = stamps.enumerated().map { index, stamp in
            let event = Event(
                order: "A", number: index + 1, recordedAt: Instant(milliseconds: 9), settings: "test",
                body: .stateReached(stamp))
            return StoredEvent(number: index + 1, bytes: event.json.bytes, hash: Self.hash)
        }
        var batch = WriteBatch()
        batch.orders = [
            OrderWrite(
                row: row, events: events, findings: nil,
                waybills: [
                    WaybillRow(parcel: "P1", number: "SF1", status: .live),
                    WaybillRow(parcel: "P1", number: "SF0", status: .voided),
                ])
        ]
        batch.orders.append(firstStep("B", bytes: 0))
        batch.orders[1].events[0].bytes = Array("{\"event\":\"none\"}".utf8)
        let filled = batch
        try await store.transaction { _ = try $0.write(filled) }
    }

    @Test func `a file shows order, parcel, waybill, state, since and proof`() async throws {
        let folder = try Folder()
        let store = try SQLiteStore(path: folder.file())
        try await fill(store)
        try await store.close()
        #expect(
            try texts(folder.file()) == [
                ["order", "parcel", "waybill", "state", "since", "proof"],
                ["A", "P1", "SF1", "2", "1970-01-01T00:00:01.500Z", "inferred"], ["B", "-", "-", "0", "-", "-"],
            ])
    }

    /// The names of the columns, then the rows.
    private func texts(_ path: String) throws -> [[String]] {
        try DatabaseQueue(path: path).read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT * FROM hydrant_public ORDER BY 1")
            let values = rows.map { row in
                Array(row.databaseValues).map { value -> String in
                    value.isNull ? "-" : String.fromDatabaseValue(value) ?? "\(Int.fromDatabaseValue(value) ?? -1)"
                }
            }
            return [Array(rows[0].columnNames)] + values
        }
    }

    @Test func `a view of another version is replaced`() async throws {
        let folder = try Folder()
        try await SQLiteStore(path: folder.file()).close()
        try replaceView(folder.file())
        try await SQLiteStore(path: folder.file()).close()
        try await fill(SQLiteStore(path: folder.file()))
        let names = try texts(folder.file())[0]
        #expect(names == ["order", "parcel", "waybill", "state", "since", "proof"])
    }

    private func replaceView(_ path: String) throws {
        try DatabaseQueue(path: path).writeWithoutTransaction { database in
            try database.execute(sql: "DROP VIEW hydrant_public; CREATE VIEW hydrant_public AS SELECT 1")
        }
    }

    @Test func `a server shows the same to a role that may read nothing else`() async throws {
        let cluster = try PostgresCluster.running()
        let name = try cluster.makeDatabase()
        let store = try await openPostgres(cluster, name)
        try await fill(store)
        try await store.close()
        let role = "reader_\(name)"
        try cluster.sql(
            """
            CREATE ROLE \(role); GRANT USAGE ON SCHEMA hydrant_public TO \(role);
            GRANT SELECT ON ALL TABLES IN SCHEMA hydrant_public TO \(role)
            """, in: name)
        let rows = try cluster.sql(
            "SET ROLE \(role); SET timezone = 'UTC'; SELECT * FROM hydrant_public.orders ORDER BY 1", in: name)
        #expect(rows == ["A|P1|SF1|2|1970-01-01 00:00:01.5+00|inferred", "B|||0||"])
        #expect(throws: SQLRefused(state: "42501")) {
            try cluster.sql("SET ROLE \(role); SELECT * FROM hydrant.orders", in: name)
        }
    }
}
