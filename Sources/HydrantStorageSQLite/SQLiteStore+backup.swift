import Dispatch
import Foundation
import GRDB
import HydrantStorage

extension SQLiteStore {
    /// Copies the database as it is at one moment to a new file, while hubs go on writing; the copy is one file that
    /// stands alone, and lies on the disk when this returns.
    ///
    /// - Throws: `StoreFailure`; nothing is left behind then.
    package func copy(to path: String) async throws {
        do {
            try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
                // The copy blocks its thread, which must not be one of the tasks' few.
                DispatchQueue.global().async { [pool] in
                    done.resume(with: Result { try Self.copy(pool, to: path) })
                }
            }
            try FileFlush.flush(path)
        } catch {
            for suffix in ["", "-journal", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: path + suffix)
            }
            throw StoreFailure.translating(error)
        }
    }

    private static func copy(_ pool: DatabasePool, to path: String) throws {
        let target = try DatabaseQueue(path: path)
        try pool.backup(to: target)
        try target.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
        try target.close()
    }
}

/// Bringing files to the disk for good.
package enum FileFlush {
    /// Flushes a file, or a folder so that the names in it stay.
    ///
    /// - Throws: `StoreFailure` of kind `inputOutput`.
    package static func flush(_ path: String) throws {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw StoreFailure(.inputOutput, engineCode: errno) }
        defer { close(file) }
        guard fsync(file) == 0 else { throw StoreFailure(.inputOutput, engineCode: errno) }
    }

    /// Gives a finished file its name; no other file has it.
    ///
    /// - Throws: `StoreFailure`.
    package static func publish(_ draft: String, as path: String) throws {
        try flush(draft)
        guard link(draft, path) == 0 else { throw StoreFailure(.inputOutput, engineCode: errno) }
        unlink(draft)
        try flush(URL(fileURLWithPath: path).deletingLastPathComponent().path)
    }
}
