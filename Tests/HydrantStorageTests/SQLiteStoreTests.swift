import Foundation
import GRDB
import HydrantStorage
import Testing

@testable import HydrantStorageSQLite

@Suite struct SQLiteStoreTests {
    @Test func `commits are flushed, the log is written ahead, and keys are checked`() throws {
        let folder = try Folder()
        let store = try SQLiteStore(path: folder.file())
        let answers = try store.pool.writeWithoutTransaction { database in
            try ["synchronous", "journal_mode", "foreign_keys"].map {
                try String.fetchOne(database, sql: "PRAGMA \($0)")
            }
        }
        #expect(answers == ["2", "wal", "1"])
    }

    @Test func `a connection that does not flush is refused`() throws {
        let folder = try Folder()
        let pool = try DatabasePool(path: folder.file())
        try pool.writeWithoutTransaction { database in
            #expect(throws: StoreFailure.self) { try SQLiteSettings.checkDurable(database) }
            try SQLiteSettings().makeDurable(database)
            try database.execute(sql: "PRAGMA foreign_keys = OFF")
            #expect(throws: StoreFailure.self) { try SQLiteSettings.checkDurable(database) }
        }
    }

    @Test func `a commit survives a crash that follows it`() async throws {
        let folder = try Folder()
        let store = try SQLiteStore(path: folder.file())
        try await store.fill("A", orders: 3)
        let copy = try SQLiteStore(path: try folder.crashCopy())
        let numbers = try await copy.read { try $0.orderRows(OrderFilter(), after: 0, limit: 9).map(\.number) }
        #expect(numbers == ["A0", "A1", "A2"])
        try await copy.fill("B", orders: 1)
        #expect(try await copy.read { try $0.counts().orders } == 4)
    }

    @Test func `a torn log loses only the step that was being written`() async throws {
        let folder = try Folder()
        let store = try SQLiteStore(path: folder.file())
        try await store.fill("A", orders: 1)
        let size = try FileManager.default.attributesOfItem(atPath: folder.file() + "-wal")[.size] as? UInt64
        try await store.fill("B", orders: 50)
        let path = try folder.crashCopy()
        let log = try FileHandle(forWritingTo: URL(fileURLWithPath: path + "-wal"))
        try log.truncate(atOffset: try #require(size) + 5_000)
        try log.close()
        let copy = try SQLiteStore(path: path)
        #expect(try await copy.read { try $0.counts().orders } == 1)
    }

    @Test func `a reopened file goes on where it ended`() async throws {
        let folder = try Folder()
        let first = try SQLiteStore(path: folder.file())
        try await first.fill("A", orders: 2)
        try await first.close()
        let second = try SQLiteStore(path: folder.file())
        try await second.fill("B", orders: 1)
        let rows = try await second.read { try $0.orderRows(OrderFilter(), after: 0, limit: 9) }
        #expect(rows.map { "\($0.id) \($0.number)" } == ["1 A0", "2 A1", "3 B0"])
    }

    @Test func `two processes on one file write one after the other`() async throws {
        let folder = try Folder()
        let stores = [try SQLiteStore(path: folder.file()), try SQLiteStore(path: folder.file())]
        try await stores[0].fill("A", orders: 1)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for store in stores {
                group.addTask {
                    for _ in 0..<30 { try await store.transaction { try Self.append(to: "A0", in: $0) } }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await stores[0].read { try $0.events(of: "A0").map(\.number) } == Array(1...61))
    }

    private static func append(to number: String, in transaction: any StoreTransaction) throws {
        var write = firstStep(number)
        write.row = try #require(try transaction.load([number])[number]).row
        write.row.version += 1
        write.events[0].number = write.row.version
        var batch = WriteBatch()
        batch.orders = [write]
        try transaction.write(batch)
    }

    @Test func `a report reads while the hub writes, and writes nothing`() async throws {
        let folder = try Folder()
        let hub = try SQLiteStore(path: folder.file())
        try await hub.fill("A", orders: 1)
        let report = try SQLiteStore(path: folder.file(), mode: .readOnly)
        try await hub.fill("B", orders: 1)
        #expect(try await report.read { try $0.counts().orders } == 2)
        await #expect(throws: StoreFailure(.readOnly, advice: "Open the database for writing.")) {
            try await report.fill("C", orders: 1)
        }
        #expect(try await hub.read { try $0.counts().orders } == 2)
    }

    /// A scan of a growing table in a statement that runs for each fact is what slows a hub down after a year.
    @Test(arguments: [
        Statements.orderByNumber, Statements.orderID, Statements.updateOrder, Statements.eventsOfOrder,
        Statements.seen, Statements.inboxRow, Statements.waybillsOfOrder, Statements.deleteWaybills,
        Statements.findingsOfOrder, Statements.findingsOfKind, Statements.deleteFindings,
        Statements.instructionsOfOrder, Statements.claimInstructions, Statements.instructionByID,
        Statements.openInstructions,
        Statements.updateInstruction, Statements.dueTimers, Statements.deleteTimer, Statements.receiver,
        Statements.parked, Statements.meta, Statements.ordersByPrefix, Statements.ordersInOrder,
    ])
    func `a statement of the daily work searches and never scans`(text: String) throws {
        let folder = try Folder()
        let store = try SQLiteStore(path: folder.file())
        let steps = try store.pool.read { database in
            let nothing = [(any DatabaseValueConvertible)?](repeating: nil, count: text.count { $0 == "?" })
            return try Row.fetchAll(
                database, sql: "EXPLAIN QUERY PLAN \(text)", arguments: StatementArguments(nothing)
            ).map { $0["detail"] as String }
        }
        #expect(!steps.contains { $0.hasPrefix("SCAN") })
        #expect(steps.contains { $0.hasPrefix("SEARCH") })
    }
}
