import Foundation
import HydrantCore
import HydrantStorage
import HydrantStorageSQLite
import HydrantTesting

/// A folder of one test, removed with it.
final class Folder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("hydrant-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String = "hydrant.db") -> String { "\(path)/\(name)" }

    /// The files of a database as a crash at this moment would leave them.
    func crashCopy(of name: String = "hydrant.db", to copy: String = "copy.db") throws -> String {
        for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: file(name) + suffix) {
            try FileManager.default.copyItem(atPath: file(name) + suffix, toPath: file(copy) + suffix)
        }
        return file(copy)
    }
}

/// A file system in memory, of its own size; nil where the test may not mount one.
final class SmallDisk: Sendable {
    let folder: Folder

    init?(kibibytes: Int) throws {
        folder = try Folder()
        guard geteuid() == 0, Self.run("mount", ["-t", "tmpfs", "-o", "size=\(kibibytes)k", "none", folder.path]) else {
            return nil
        }
    }

    deinit { _ = Self.run("umount", ["-l", folder.path]) }

    func makeReadOnly() -> Bool { Self.run("mount", ["-o", "remount,ro", folder.path]) }

    private static func run(_ command: String, _ arguments: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [command] + arguments
        process.standardError = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            return false
        }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}

extension Store {
    /// Writes so many new orders of one event in one step.
    func fill(_ prefix: String, orders: Int, bytes: Int = 8) async throws {
        var batch = WriteBatch()
        for index in 0..<orders { batch.orders.append(firstStep("\(prefix)\(index)", bytes: bytes)) }
        let filled = batch
        try await transaction { _ = try $0.write(filled) }
    }
}

func firstStep(_ number: String, bytes: Int = 8) -> OrderWrite {
    var row = OrderRow(number: number, changedAt: .init(milliseconds: 1))
    row.version = 1
    row.chainHead = [UInt8](repeating: 1, count: 32)
    let event = StoredEvent(number: 1, bytes: [UInt8](repeating: 65, count: bytes), hash: row.chainHead)
    return OrderWrite(row: row, events: [event], findings: nil, waybills: nil)
}

extension StoreTransaction {
    /// A record and an entry of the audit trail.
    func writeTrail() throws {
        _ = try put(
            StoredRecord(
                collection: "users", key: "ada", version: 2, body: [], changedAt: Instant(milliseconds: 1)),
            ifVersion: 0)
        try insert(
            AuditRow(
                number: 1, entry: AuditEntry(time: Instant(milliseconds: 1), actor: "hub", action: "hub.started"),
                hash: [UInt8](repeating: 1, count: 32)))
    }
}
