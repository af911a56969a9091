import ArgumentParser
import Foundation
import HydrantCore
import HydrantEngine
import HydrantSimulator
import HydrantStorage
import HydrantStorageSQLite

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy a database file while the hub runs, and verify the copy.",
        discussion: """
            The copy appears under its name only when it was opened and verified from beginning to end. Keep the key \
            file apart from it. A server's database is backed up by the server's own means (docs/postgresql.md).
            """)

    @OptionGroup var database: DatabaseOptions

    @Option(help: "The file to write; it must not exist.")
    var to: String

    func run() async throws {
        guard database.address == nil else {
            throw CommandProblem(
                "a server's database is not copied by the hub",
                advice: "Use pg_basebackup and archived WAL, restore it elsewhere, and run `hydrant verify` on that.")
        }
        try BackupFile.refuseExisting(to)
        let open = try await OpenDatabase.reading(database)
        guard let store = open.store as? SQLiteStore else { throw ExitCode(2) }
        let draft = to + ".part"
        do {
            try? FileManager.default.removeItem(atPath: draft)
            try await store.copy(to: draft)
            try await store.close()
            let report = try await BackupFile.verify(draft, open.keyring)
            try FileFlush.publish(draft, as: to)
            Terminal.result(BackupFile.summary(report, open.keyring, [("file", .string(to))]))
        } catch let failure as StoreFailure {
            try? FileManager.default.removeItem(atPath: draft)
            throw CommandProblem("\(failure.code) \(failure.message)", advice: failure.advice)
        }
    }
}

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Bring a backup back, verify it, and begin a new epoch.",
        discussion: """
            What was sent after the backup was made is not in it. From the restore on the hub asks the partner by our \
            own number before it sends anything of an order from before, and hands to a person what nobody can be \
            asked about. With the address of a server's database, which its own means have brought back, only the \
            epoch begins: stop all nodes first.
            """)

    @OptionGroup var database: DatabaseOptions

    @Option(help: "The backup; not for a server's database.")
    var from: String?

    func run() async throws {
        do {
            try await restore()
        } catch let failure as StoreFailure {
            throw CommandProblem("\(failure.code) \(failure.message)", advice: failure.advice)
        }
    }

    private func restore() async throws {
        if database.address == nil {
            guard let from else {
                throw CommandProblem("--from is missing", advice: "Name the file that `hydrant backup` wrote.")
            }
            try await copy(from)
        } else if from != nil {
            throw CommandProblem(
                "a server's database is not restored from a file", advice: "Bring it back with the server's own means.")
        }
        let open = try await OpenDatabase.writing(database)
        let now = SystemClock().now()
        let report = try await Verifier(
            store: open.store, keyring: open.keyring, settings: open.settings, now: now
        ).run()
        try BackupFile.refuseViolations(report)
        let asked = try await Epoch.begin(in: open.store, now: now)
        try await open.store.close()
        Terminal.result(
            BackupFile.summary(
                report, open.keyring, [("epoch", .string(now.text)), ("toAskFirst", .integer(Int64(asked)))]))
    }

    /// The file appears under its name only after it was verified.
    private func copy(_ backup: String) async throws {
        try BackupFile.refuseExisting(database.database)
        guard FileManager.default.fileExists(atPath: backup) else {
            throw CommandProblem("there is no backup at \(backup)", advice: "Check the path.")
        }
        try SQLiteFile.check(backup)
        let keyring = try KeyFile.load(database.key ?? KeyFile.path(forDatabase: database.database))
        let draft = database.database + ".part"
        defer { try? FileManager.default.removeItem(atPath: draft) }
        try? FileManager.default.removeItem(atPath: draft)
        let source = try SQLiteStore(path: backup, mode: .copying)
        try await source.copy(to: draft)
        try await source.close()
        // A backup of an older version comes back up to date.
        try await SQLiteStore(path: draft).close()
        _ = try await BackupFile.verify(draft, keyring)
        try FileFlush.publish(draft, as: database.database)
    }
}

/// What backup and restore have in common.
enum BackupFile {
    static func refuseExisting(_ path: String) throws {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw CommandProblem(
                "\(path) exists", advice: "Nothing was changed. Name a new file, or move that one away.")
        }
    }

    /// Opens a copy as a restore would and computes everything in it again.
    static func verify(_ path: String, _ keyring: Keyring) async throws -> VerificationReport {
        let copy = try SQLiteStore(path: path, mode: .readOnly)
        guard try await copy.isBound(to: keyring) else { throw StoreFailure(.keyMismatch) }
        let settings = try await SavedDocument.settings(in: copy)
        let report = try await Verifier(store: copy, keyring: keyring, settings: settings, now: SystemClock().now())
            .run()
        try await copy.close()
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        if report.violationCount > 0 { try? FileManager.default.removeItem(atPath: path) }
        try refuseViolations(report)
        return report
    }

    static func refuseViolations(_ report: VerificationReport) throws {
        guard report.violationCount > 0 else { return }
        for violation in report.violations.prefix(50) { Terminal.standardError("\(violation)\n") }
        Terminal.standardError("\(report.violationCount) violations; this is no backup to rely on\n")
        throw ExitCode(1)
    }

    static func summary(_ report: VerificationReport, _ keyring: Keyring, _ more: [(String, JSON?)]) -> JSON {
        .compact(
            [
                ("orders", .integer(Int64(report.orders))), ("events", .integer(Int64(report.events))),
                ("violations", .integer(Int64(report.violationCount))),
                ("commits", report.head.map { .integer($0.commits) }),
                ("head", report.head.map { .string($0.text(keyring)) }),
            ] + more)
    }
}
