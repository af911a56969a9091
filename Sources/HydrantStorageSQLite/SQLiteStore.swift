import Foundation
import GRDB
package import HydrantStorage
import Synchronization

/// A store in one SQLite file. One writer, several readers on snapshots of their own.
package final class SQLiteStore: Store {
    package enum Mode: Sendable {
        case readWrite
        /// For reports on a file; nothing is written, not even a migration.
        case readOnly
        /// The same, also for a file that an older version wrote: its pages are copied, its rows are not read.
        case copying
    }

    package let path: String
    package let mode: Mode
    let pool: DatabasePool
    /// Held as long as the store is.
    private let lock: DatabaseLock?
    /// Set when a flush or a write failed: what the disk holds is then unknown, and nothing more may be acknowledged
    /// until the file is opened again.
    private let trouble = Mutex<StoreFailure?>(nil)

    /// Opens the file, creates it when it is missing (only for writing), and brings its schema up to date.
    ///
    /// - Parameter lock: the right to write, where the process needs it for itself.
    /// - Throws: `StoreFailure`.
    package init(
        path: String, mode: Mode = .readWrite, schema: Schema = .current, settings: SQLiteSettings = SQLiteSettings(),
        lock: DatabaseLock? = nil
    ) throws {
        self.path = path
        self.lock = lock
        self.mode = mode
        do {
            let migrator = Migrator(schema: schema)
            switch mode {
            case .readWrite:
                try Self.checkWritable(path)
                pool = try DatabasePool(path: path, configuration: settings.configuration(mode))
                try pool.writeWithoutTransaction { database in
                    try settings.makeDurable(database)
                    try migrator.migrate(database)
                    try migrator.makePublicView(database)
                }
            case .readOnly, .copying:
                pool = try Self.openForReports(path, settings)
                try pool.read { database in
                    try migrator.check(database)
                    if mode == .readOnly { try migrator.checkIsCurrent(database) }
                }
            }
        } catch {
            throw StoreFailure.translating(error)
        }
    }

    /// SQLite would only say that it cannot open the file.
    private static func checkWritable(_ path: String) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        for name in [folder, path] where access(name, W_OK) != 0 && errno != ENOENT {
            throw StoreFailure(.readOnly, engineCode: errno)
        }
    }

    /// Readers of a write-ahead log share a small file beside the database. Where it cannot be made (a folder that
    /// cannot be written) and no log is left, the file alone is the whole truth and nobody changes it.
    private static func openForReports(_ path: String, _ settings: SQLiteSettings) throws -> DatabasePool {
        let configuration = settings.configuration(.readOnly)
        do {
            let pool = try DatabasePool(path: path, configuration: configuration)
            try pool.read { try $0.execute(sql: "SELECT 1 FROM sqlite_schema") }
            return pool
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CANTOPEN && isAlone(path) {
            let allowed = CharacterSet.urlPathAllowed.subtracting(CharacterSet(charactersIn: "?#%"))
            guard let name = path.addingPercentEncoding(withAllowedCharacters: allowed) else { throw error }
            return try DatabasePool(path: "file:\(name)?immutable=1", configuration: configuration)
        }
    }

    private static func isAlone(_ path: String) -> Bool {
        let log = try? FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int
        return FileManager.default.fileExists(atPath: path) && (log ?? 0) == 0
    }

    /// Runs the body in one transaction of the writer. Cancelling the task does not stop it: it is written or it
    /// failed, never in between.
    package func transaction<Result: Sendable>(
        _ body: @Sendable @escaping (any StoreTransaction) throws -> Result
    ) async throws -> Result {
        guard mode == .readWrite else { throw StoreFailure(.readOnly, advice: "Open the database for writing.") }
        return try await withCheckedThrowingContinuation { continuation in
            pool.asyncWriteWithoutTransaction { database in
                continuation.resume(with: Swift.Result { try self.commit(database, body) })
            }
        }
    }

    private func commit<Result>(
        _ database: Database, _ body: (any StoreTransaction) throws -> Result
    ) throws -> Result {
        if let failure = trouble.withLock({ $0 }) { throw failure }
        do {
            var result: Result?
            try database.inTransaction(.immediate) {
                result = try body(SQLiteTransaction(database: database))
                return .commit
            }
            guard let result else { throw StoreFailure(.other) }
            return result
        } catch {
            let failure = StoreFailure.translating(error)
            if let failure = failure as? StoreFailure, failure.isOfDisk { trouble.withLock { $0 = failure } }
            throw failure
        }
    }

    package func read<Result: Sendable>(
        _ body: @Sendable @escaping (any StoreReader) throws -> Result
    ) async throws -> Result {
        do {
            return try await pool.read { try body(SQLiteReader(database: $0)) }
        } catch {
            throw StoreFailure.translating(error)
        }
    }

    package func close() async throws {
        do {
            try pool.close()
        } catch {
            throw StoreFailure.translating(error)
        }
    }
}
