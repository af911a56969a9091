import GRDB
import HydrantStorage
import Testing

@testable import HydrantStorageSQLite

@Suite struct SchemaTests {
    /// Every released version of the schema; a release appends its number.
    static let released = [1, 2, 3, 4, 5, 6]
    /// The version that this program makes; the same as the last released one when no migration was added since.
    static let current = 7

    private func shape(_ path: String) throws -> [String] {
        let file = try DatabaseQueue(path: path)
        return try file.read { database in
            try String.fetchAll(database, sql: "SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name")
        }
    }

    @Test(arguments: [0] + released)
    func `every released schema becomes the current one`(version: Int) async throws {
        let folder = try Folder()
        let older = Schema(migrations: Array(Schema.current.migrations.prefix(version)))
        let store = try SQLiteStore(path: folder.file(), schema: older)
        try await store.close()
        // The statements of this program know columns that an older schema does not have.
        if version > 0 {
            try await DatabaseQueue(path: folder.file()).write { database in
                try database.execute(
                    sql: """
                        INSERT INTO orders (number, version, state, completion, holds, changed_at, health, chain_head)
                        VALUES ('A0', 1, 0, 'open', 0, 1, 0, zeroblob(32));
                        INSERT INTO events (order_id, number, bytes, hash) VALUES (1, 1, x'41', zeroblob(32));
                        """)
            }
        }
        if version > 0 {
            #expect(throws: StoreFailure(.tooOld)) { try SQLiteStore(path: folder.file(), mode: .readOnly) }
            let source = try SQLiteStore(path: folder.file(), mode: .copying)
            try await source.copy(to: folder.file("copy.db"))
            try await source.close()
            let copy = try SQLiteStore(path: folder.file("copy.db"))
            #expect(try await copy.read { try $0.events(of: "A0").count } == 1)
            try await copy.close()
        }
        let current = try SQLiteStore(path: folder.file())
        #expect(try await current.read { try $0.counts().orders } == (version > 0 ? 1 : 0))
        if version > 0 {
            #expect(try await current.read { try $0.orderRow("A0")?.version } == 1)
            #expect(try await current.read { try $0.events(of: "A0").count } == 1)
        }
        try await current.close()
        try await SQLiteStore(path: folder.file("new.db")).close()
        #expect(try shape(folder.file()) == shape(folder.file("new.db")))
        let pragma = try DatabaseQueue(path: folder.file())
        #expect(try await pragma.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == Schema.current.version)
    }

    @Test func `released migrations are the ones that were released`() {
        #expect(Schema.current.version == Self.current)
        let text = Schema.current.statements(from: 0).joined(separator: "\n")
        #expect(fingerprint(text) == "2fb5fe074cf83525")
    }

    private func fingerprint(_ text: String) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return String(hash, radix: 16)
    }

    @Test func `a migration that fails leaves the version before`() async throws {
        let folder = try Folder()
        let store = try SQLiteStore(path: folder.file())
        try await store.fill("A", orders: 2)
        try await store.close()
        let next = SchemaTable("notes", [SchemaColumn("id", .identity)])
        let broken = Schema(migrations: Schema.current.migrations + [[.table(next), .table(next)]])
        #expect(throws: StoreFailure.self) { try SQLiteStore(path: folder.file(), schema: broken) }
        let good = Schema(migrations: Schema.current.migrations + [[.table(next)]])
        let migrated = try SQLiteStore(path: folder.file(), schema: good)
        #expect(try await migrated.read { try $0.counts().orders } == 2)
        try await migrated.close()
        #expect(throws: StoreFailure(.tooNew)) { try SQLiteStore(path: folder.file()) }
    }

    /// The schema must hold by itself, whoever writes.
    @Test(arguments: [
        "UPDATE events SET bytes = x'00'", "DELETE FROM events", "UPDATE events SET number = 2 WHERE id = 1",
        "DELETE FROM orders", "UPDATE orders SET state = 0", "UPDATE orders SET version = 0",
        "UPDATE orders SET state = 8", "UPDATE orders SET chain_head = x'00'", "UPDATE orders SET number = NULL",
        "UPDATE orders SET completion = 'lost'", "UPDATE orders SET verdict = 'fine'",
        "INSERT INTO events (order_id, number, bytes, hash) VALUES (9, 1, x'00', zeroblob(32))",
        "INSERT INTO events (order_id, number, bytes, hash) VALUES (1, 1, x'00', zeroblob(32))",
        "INSERT INTO events (order_id, number, bytes, hash) VALUES (1, 0, x'00', zeroblob(32))",
        "INSERT INTO waybills VALUES (1, 'P', '1', 'live'), (1, 'P', '2', 'live')",
        "INSERT INTO waybills VALUES (9, 'P', '1', 'live')",
        "INSERT INTO findings VALUES (1, 'noLines', 'perhaps', 1)",
        "INSERT INTO timers VALUES ('A', 'x', 'soon')",
        "UPDATE audit SET reason = 'none'", "DELETE FROM audit", "UPDATE records SET version = 1",
        "INSERT INTO records VALUES ('users', 'ada', 3, x'00', 0)",
    ])
    func `the schema refuses by itself`(sql: String) async throws {
        let folder = try Folder()
        let store = try SQLiteStore(path: folder.file())
        var write = firstStep("A")
        write.row.state = 2
        let first = write
        try await store.transaction { transaction in
            var batch = WriteBatch()
            batch.orders = [first]
            try transaction.write(batch)
            try transaction.writeTrail()
        }
        let failure = #expect(throws: DatabaseError.self) {
            try store.pool.writeWithoutTransaction { try $0.execute(sql: sql) }
        }
        #expect(failure?.resultCode == .SQLITE_CONSTRAINT)
        #expect(try await store.read { try $0.orderRow("A")?.state } == 2)
        #expect(try await store.read { try $0.events(of: "A") } == first.events)
    }
}
