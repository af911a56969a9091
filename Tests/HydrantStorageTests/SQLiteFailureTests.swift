import Foundation
import GRDB
import HydrantStorage
import Testing

@testable import HydrantStorageSQLite

@Suite struct SQLiteFailureTests {
    private func failure(_ body: () throws -> Void) -> StoreFailure.Kind? {
        do {
            try body()
            return nil
        } catch {
            return (error as? StoreFailure)?.kind
        }
    }

    @Test func `a file that is no database is refused and left as it is`() throws {
        let folder = try Folder()
        let bytes = Data(repeating: 0x41, count: 9_000)
        try bytes.write(to: URL(fileURLWithPath: folder.file()))
        #expect(failure { _ = try SQLiteStore(path: folder.file()) } == .corrupt)
        #expect(failure { _ = try SQLiteStore(path: folder.file(), mode: .readOnly) } == .corrupt)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file())) == bytes)
    }

    @Test func `another program's database is refused and left as it is`() throws {
        let folder = try Folder()
        let other = try DatabaseQueue(path: folder.file())
        try other.write { try $0.execute(sql: "CREATE TABLE customers (id INTEGER PRIMARY KEY)") }
        #expect(failure { _ = try SQLiteStore(path: folder.file()) } == .other)
        #expect(try other.read { try String.fetchAll($0, sql: "SELECT name FROM sqlite_schema") } == ["customers"])
    }

    @Test(arguments: [SQLiteStore.Mode.readWrite, .readOnly])
    func `a newer schema is refused`(mode: SQLiteStore.Mode) async throws {
        let folder = try Folder()
        try await SQLiteStore(path: folder.file()).close()
        let other = try DatabaseQueue(path: folder.file())
        try await other.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 99") }
        try other.close()
        #expect(failure { _ = try SQLiteStore(path: folder.file(), mode: mode) } == .tooNew)
    }

    @Test func `a missing folder and a missing file for a report are refused`() throws {
        let folder = try Folder()
        #expect(failure { _ = try SQLiteStore(path: folder.path + "/none/hydrant.db") } == .other)
        #expect(failure { _ = try SQLiteStore(path: folder.file(), mode: .readOnly) } == .other)
        #expect(!FileManager.default.fileExists(atPath: folder.file()))
    }

    @Test func `a damaged page is reported, and nothing is written any more`() async throws {
        let folder = try Folder()
        let store = try SQLiteStore(path: folder.file())
        try await store.fill("A", orders: 400, bytes: 500)
        try await store.close()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: folder.file()))
        let size = try file.seekToEnd()
        for offset in stride(from: 4_096, to: size, by: 4_096) {
            try file.seek(toOffset: offset)
            try file.write(contentsOf: Data(repeating: 0xFF, count: 64))
        }
        try file.close()
        let damaged = try? SQLiteStore(path: folder.file())
        guard let damaged else { return }
        #expect(await failureOf { try await damaged.fill("B", orders: 1) } == .corrupt)
        #expect(await failureOf { try await damaged.transaction { _ in } } == .corrupt)
    }

    @Test func `a lock held by another program is reported after the wait`() async throws {
        let folder = try Folder()
        var settings = SQLiteSettings()
        settings.busyTimeoutSeconds = 0.05
        let store = try SQLiteStore(path: folder.file(), settings: settings)
        var holding = Configuration()
        holding.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: folder.file(), configuration: holding)
        try other.inDatabase { try $0.beginTransaction(.immediate) }
        #expect(await failureOf { try await store.fill("A", orders: 1) } == .busy)
        try other.inDatabase { try $0.rollback() }
        try await store.fill("A", orders: 1)
        #expect(try await store.read { try $0.counts().orders } == 1)
    }

    @Test func `a file that may not grow keeps what it has, and goes on when it may`() async throws {
        let folder = try Folder()
        var settings = SQLiteSettings()
        settings.maximumPages = 60
        let store = try SQLiteStore(path: folder.file(), settings: settings)
        try await store.fill("A", orders: 5)
        #expect(await failureOf { try await store.fill("B", orders: 500, bytes: 1_000) } == .diskFull)
        try await store.fill("C", orders: 1)
        #expect(try await store.read { try $0.counts().orders } == 6)
        try await store.close()
        let larger = try SQLiteStore(path: folder.file())
        try await larger.fill("B", orders: 500, bytes: 1_000)
        #expect(try await larger.read { try $0.counts().events } == 506)
    }

    @Test func `a full disk is reported, loses nothing acknowledged, and is left by freeing space`() async throws {
        guard let disk = try SmallDisk(kibibytes: 3_000) else {
            try Test.cancel("mounting a small disk needs root")
        }
        let ballast = disk.folder.file("ballast")
        try Data(count: 500_000).write(to: URL(fileURLWithPath: ballast))
        let store = try SQLiteStore(path: disk.folder.file())
        var written = 0
        var kind: StoreFailure.Kind?
        while kind == nil {
            kind = await failureOf { try await store.fill("A\(written)-", orders: 10, bytes: 1_000) }
            if kind == nil { written += 10 }
        }
        #expect(kind == .diskFull)
        #expect(written > 0)
        #expect(try await store.read { try $0.counts().orders } == Int64(written))
        try FileManager.default.removeItem(atPath: ballast)
        try await store.fill("B", orders: 1)
        #expect(try await store.read { try $0.counts().orders } == Int64(written) + 1)
    }

    @Test func `a read-only folder refuses the hub, and a report still reads`() async throws {
        let disk = try SmallDisk(kibibytes: 8_000)
        let folder = try disk?.folder ?? Folder()
        let store = try SQLiteStore(path: folder.file())
        try await store.fill("A", orders: 2)
        try await store.close()
        if let disk {
            #expect(disk.makeReadOnly())
        } else {
            try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: folder.file())
            try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.path)
        }
        #expect(failure { _ = try SQLiteStore(path: folder.file()) } == .readOnly)
        #expect(failure { _ = try SQLiteStore(path: folder.file("new.db")) } == .readOnly)
        let report = try SQLiteStore(path: folder.file(), mode: .readOnly)
        #expect(try await report.read { try $0.counts().orders } == 2)
        if disk == nil {
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
        }
    }

    /// In a process of its own, because the limit on file sizes is the process's.
    @Test func `a write that the disk refuses is never acknowledged, and nothing is written until a new start`() async {
        await #expect(processExitsWith: .success) {
            let folder = try Folder()
            let store = try SQLiteStore(path: folder.file())
            try await store.fill("A", orders: 1)
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let before = limit.rlim_cur
            limit.rlim_cur = 400_000
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let first = await failureOf { try await store.fill("B", orders: 500, bytes: 1_000) }
            limit.rlim_cur = before
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let second = await failureOf { try await store.fill("C", orders: 1) }
            precondition(first == .inputOutput && second == .inputOutput, "\(first as Any), \(second as Any)")
            try await store.close()
            let again = try SQLiteStore(path: folder.file())
            try await again.fill("D", orders: 1)
            let numbers = try await again.read { try $0.orderRows(OrderFilter(), after: 0, limit: 9).map(\.number) }
            precondition(numbers == ["A0", "D0"], "\(numbers)")
        }
    }

    @Test func `an engine's code becomes a kind, and the text tells nothing of the data`() {
        let kinds = [8, 13, 10, 1_034, 11, 26, 5, 6, 2_067, 1_811, 18, 1, 14, 4_874].map {
            StoreFailure(sqliteCode: Int32($0)).kind
        }
        let expected: [StoreFailure.Kind] = [
            .readOnly, .diskFull, .inputOutput, .inputOutput, .corrupt, .corrupt, .busy, .busy, .constraint,
            .constraint, .constraint, .other, .other, .diskFull,
        ]
        #expect(kinds == expected)
        let error = DatabaseError(resultCode: .SQLITE_FULL, message: "Zhang", sql: "SELECT 'Zhang'")
        #expect(
            "\(StoreFailure.translating(error))" == """
                HY-1002: The disk of the database is full; nothing of this step was kept. (engine code 13) Free some \
                space; the hub goes on by itself.
                """)
    }

    @Test func `each kind has a code, a sentence and an advice of its own`() {
        let failures = StoreFailure.Kind.allCases.map { StoreFailure($0) }
        #expect(failures.map(\.code) == (1_001...1_015).map { "HY-\($0)" })
        #expect(Set(failures.map(\.message)).count == 15)
        #expect(failures.allSatisfy { $0.message.hasSuffix(".") && $0.advice.hasSuffix(".") })
        #expect(failures.filter { !$0.concernsWholeStore }.map(\.kind) == [.constraint, .damagedOrder])
    }
}

/// The kind of the failure that the body ends with; nil when it does not fail.
private func failureOf(_ body: () async throws -> Void) async -> StoreFailure.Kind? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? StoreFailure)?.kind
    }
}
