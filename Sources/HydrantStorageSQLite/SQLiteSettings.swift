import GRDB
import HydrantCore
import HydrantStorage

/// How the file is used. Measured on batches of 1 to 1,000 events: against SQLite's own 1,000 pages the longer log
/// writes a fifth less; mapping spares a tenth of the time and is kept small, because mapped pages count as memory.
package struct SQLiteSettings: Sendable {
    package var busyTimeoutSeconds: Double = 5
    package var readers = 4
    /// Memory for pages, of the writer and of each reader.
    package var cacheKibibytes = 32_768
    package var mappedBytes: Int64 = 256 << 20
    /// Pages in the log before they go home: more means that a page written often goes home once.
    package var checkpointPages = 4_000
    /// The file may not grow beyond; nil is as far as the disk goes.
    package var maximumPages: Int64?

    package init() {}

    func configuration(_ mode: SQLiteStore.Mode) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = mode == .readOnly
        configuration.busyMode = .timeout(busyTimeoutSeconds)
        configuration.maximumReaderCount = readers
        configuration.foreignKeysEnabled = true
        configuration.label = "hydrant"
        let settings = self
        configuration.prepareDatabase { try settings.prepare($0) }
        return configuration
    }

    private func prepare(_ database: Database) throws {
        // Pragmas take no bound values; these are numbers of the program.
        try database.execute(sql: "PRAGMA cache_size = -\(cacheKibibytes)")
        try database.execute(sql: "PRAGMA mmap_size = \(mappedBytes)")
        try database.execute(sql: "PRAGMA wal_autocheckpoint = \(checkpointPages)")
        if let maximumPages { try database.execute(sql: "PRAGMA max_page_count = \(maximumPages)") }
        try database.execute(sql: "PRAGMA temp_store = MEMORY")
        try database.execute(sql: "PRAGMA trusted_schema = OFF")
    }

    /// The pool sets synchronous to NORMAL when it switches to the write-ahead log, and NORMAL loses acknowledged
    /// transactions in a power cut: set FULL on the writer afterwards, and believe only the answer.
    func makeDurable(_ database: Database) throws {
        #if HYDRANT_MUTANTS
            if Mutant.commitsNotFlushed.isOn { return }
        #endif
        try database.execute(sql: "PRAGMA synchronous = FULL")
        try Self.checkDurable(database)
    }

    /// - Throws: when a commit of this connection would not be flushed to the disk.
    static func checkDurable(_ database: Database) throws {
        let synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous")
        let journal = try String.fetchOne(database, sql: "PRAGMA journal_mode")
        let foreignKeys = try Int.fetchOne(database, sql: "PRAGMA foreign_keys")
        guard synchronous == 2, journal == "wal", foreignKeys == 1 else {
            throw StoreFailure(
                .other, message: "The database does not flush its commits to the disk.",
                advice: "Do not use this file system or this build of SQLite.")
        }
    }
}
