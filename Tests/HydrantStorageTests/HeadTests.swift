import Foundation
import GRDB
import HydrantCore
import HydrantStorage
import HydrantStoragePostgres
import HydrantStorageSQLite
import HydrantTesting
import Testing

@Suite struct HeadTests {
    private let keyring = Keyring(master: [UInt8](repeating: 3, count: 32))
    private let other = Keyring(master: [UInt8](repeating: 4, count: 32))

    private func row(_ number: String, _ version: Int) -> OrderRow {
        var row = OrderRow(number: number, changedAt: Instant(milliseconds: 0))
        row.version = version
        row.chainHead = keyring.chainHash(previous: [], event: Array("\(number)\(version)".utf8))
        return row
    }

    @Test func `a head is the same by every way to the same orders`() {
        func term(_ number: String, _ version: Int) -> HeadTerm { HeadTerm(row(number, version), keyring) }
        var straight = DatabaseHead()
        straight.replace(nil, by: term("A", 3))
        straight.replace(nil, by: term("B", 1))
        var winding = DatabaseHead()
        winding.replace(nil, by: term("B", 1))
        winding.replace(nil, by: term("A", 1))
        winding.replace(term("A", 1), by: term("A", 2))
        #expect(winding != straight)
        winding.replace(term("A", 2), by: term("A", 3))
        #expect(winding == straight)
        #expect(straight.totals.text(keyring).count == 64)
        #expect(straight.totals.text(other) != straight.totals.text(keyring))
    }

    @Test(arguments: Engine.allCases)
    func `an earlier database gets its head once, and never again`(engine: Engine) async throws {
        let folder = try Folder()
        let store = try await engine.store(in: folder)
        try await store.bind(to: keyring)
        try await store.fill("A", orders: 3)
        let keyring = keyring
        try await store.prepareHead(keyring)
        let head = try #require(try await store.read { try DatabaseHead($0, keyring) })
        var expected = DatabaseHead()
        for row in try await store.read({ try $0.orderRows(OrderFilter(), after: 0, limit: 10) }) {
            expected.replace(nil, by: HeadTerm(row, keyring))
        }
        #expect(head.totals.sum == expected.totals.sum)
        #expect(try await store.isBound(to: keyring))
        try await store.prepareHead(keyring)
        try await store.saveDocument([1], keyring)
        let saved = try #require(try await store.read { try DatabaseHead($0, keyring) })
        #expect(saved.totals.document == keyring.headHash([1]))
        #expect(saved.totals.commits == 2)
        let other = other
        await #expect { try await store.read { try DatabaseHead($0, other) } } throws: {
            ($0 as? StoreFailure)?.kind == .corrupt
        }
        try await store.transaction { try $0.setMeta("head", []) }
        await #expect { try await store.prepareHead(keyring) } throws: { ($0 as? StoreFailure)?.kind == .corrupt }
        try await store.close()
    }

    @Test(arguments: Engine.allCases)
    func `a database with orders takes no key when it does not name its own`(engine: Engine) async throws {
        let folder = try Folder()
        let store = try await engine.store(in: folder)
        try await store.fill("A", orders: 1)
        let keyring = keyring
        await #expect { try await store.bind(to: keyring) } throws: { ($0 as? StoreFailure)?.kind == .keyMismatch }
        #expect(try await store.read { try $0.meta("key.check") } == nil)
        try await store.close()
    }

    @Test func `only one program writes a database, and the right ends with it`() throws {
        let folder = try Folder()
        var lock: DatabaseLock? = try DatabaseLock(forDatabase: folder.file())
        #expect(lock != nil)
        #expect { try DatabaseLock(forDatabase: folder.file()) } throws: { error in
            let failure = error as? StoreFailure
            return failure?.code == "HY-1007" && failure?.message.contains("process \(getpid())") == true
        }
        let reader = try SQLiteStore(path: folder.file())
        #expect(throws: Never.self) { try SQLiteStore(path: folder.file(), mode: .readOnly) }
        withExtendedLifetime(reader) {}
        lock = nil
        #expect(throws: Never.self) { try DatabaseLock(forDatabase: folder.file()) }
    }

    @Test func `what was taken away from a server's database is found`() async throws {
        let cluster = try PostgresCluster.running()
        let name = try cluster.makeDatabase()
        let store = try await openPostgres(cluster, name)
        try await store.fill("A", orders: 1)
        #expect(try await store.read { try $0.structureProblems() } == [])
        try cluster.sql(
            """
            DROP TRIGGER orders_never_falls ON hydrant.orders;
            ALTER TABLE hydrant.events DISABLE TRIGGER events_stays;
            DROP INDEX hydrant.timers_due;
            ALTER TABLE hydrant.findings DROP CONSTRAINT findings_kind_check;
            CREATE OR REPLACE FUNCTION hydrant.events_refuses() RETURNS trigger LANGUAGE plpgsql
                AS 'BEGIN RETURN NEW; END';
            CREATE TABLE hydrant.notes (id bigint);
            SET session_replication_role = replica;
            INSERT INTO hydrant.findings VALUES (77, 'noLines', 'wrong', 1);
            """, in: name)
        let problems = try await store.read { try $0.structureProblems() }
        #expect(
            problems == [
                "the function events_refuses is changed", "the index timers_due is missing",
                "the rule findings_kind_check is missing", "the trigger orders_never_falls is missing",
                "the column notes.id is not the program's", "the table notes is not the program's",
                "the trigger events_stays of events is switched off or was never proved",
                "a row of findings belongs to no order",
            ])
        try await store.close()
    }

    @Test func `a file that is no database is named, whatever key lies beside it`() throws {
        let folder = try Folder()
        func refusal(_ bytes: [UInt8]) throws -> String? {
            try Data(bytes).write(to: URL(fileURLWithPath: folder.file()))
            do {
                try SQLiteFile.check(folder.file())
                return nil
            } catch let failure as StoreFailure {
                return failure.message
            }
        }
        #expect(try refusal([]) == nil)
        #expect(try refusal(Array("name,phone\n".utf8))?.hasSuffix("is not a database.") == true)
        #expect(try refusal([UInt8](repeating: 7, count: 4_096))?.hasSuffix("is not a database.") == true)
        let foreign = Array("SQLite format 3\0".utf8) + [UInt8](repeating: 0, count: 4_080)
        #expect(try refusal(foreign)?.hasSuffix("is a database of another program.") == true)
        try FileManager.default.removeItem(atPath: folder.file())
        _ = try SQLiteStore(path: folder.file())
        #expect(throws: Never.self) { try SQLiteFile.check(folder.file()) }
        let nowhere = folder.file() + "-folder/hub.sqlite"
        #expect { try KeyFile.keyring(forDatabase: nowhere) } throws: { error in
            (error as? StoreFailure)?.message.hasSuffix("of the database does not exist.") == true
        }
    }

    @Test func `rules that were taken away and rows that belong to nothing are found`() async throws {
        let folder = try Folder()
        let store = try SQLiteStore(path: folder.file())
        try await store.fill("A", orders: 1)
        #expect(try await store.read { try $0.structureProblems() } == [])
        try await store.close()
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let file = try DatabaseQueue(path: folder.file(), configuration: configuration)
        try await file.write { database in
            try database.execute(sql: "DROP TRIGGER events_refuses_update")
            try database.execute(sql: "DROP INDEX timers_due")
            try database.execute(sql: "CREATE TABLE notes (id INTEGER)")
            try database.execute(sql: "INSERT INTO findings VALUES (77, 'noLines', 'wrong', 1)")
        }
        try file.close()
        let again = try SQLiteStore(path: folder.file(), mode: .readOnly)
        let problems = try await again.read { try $0.structureProblems() }
        #expect(
            problems == [
                "the index timers_due is missing", "the trigger events_refuses_update is missing",
                "the table notes is not the program's", "a row of findings belongs to no order",
            ])
        try await again.close()
    }
}
