import HydrantStorage

/// What a server must be before anything is acknowledged on its word.
enum ServerChecks {
    /// - Throws: `StoreFailure` of kind `notDurable`, `standby` or `other`.
    @discardableResult
    static func check(_ connection: PostgresConnection, isForWriting: Bool) throws -> ServerFacts {
        let facts = try connection.first(Statements.serverFacts) { row in
            ServerFacts(
                synchronousCommit: row.text(0), fsync: row.text(1), fullPageWrites: row.text(2), encoding: row.text(3),
                isStandby: row.isTrue(4), version: row.integer(5))
        }
        guard let facts else { throw StoreFailure(.other) }
        try facts.check(isForWriting: isForWriting)
        return facts
    }
}

struct ServerFacts {
    var synchronousCommit: String
    var fsync: String
    var fullPageWrites: String
    var encoding: String
    var isStandby: Bool
    /// For instance 150004 for 15.4.
    var version: Int64

    func check(isForWriting: Bool) throws {
        guard version >= 140_000 else {
            throw StoreFailure(
                .other, message: "The database server is older than PostgreSQL 14.", advice: "Use 15 or newer.")
        }
        guard encoding == "UTF8" else {
            throw StoreFailure(
                .other, message: "The database's encoding is not UTF8.",
                advice: "Make the database with ENCODING 'UTF8' TEMPLATE template0.")
        }
        guard isForWriting else { return }
        if isStandby { throw StoreFailure(.standby) }
        guard fsync == "on", fullPageWrites == "on", ["on", "remote_apply"].contains(synchronousCommit) else {
            throw StoreFailure(
                .notDurable,
                message: """
                    The database server would lose acknowledged facts in a crash: fsync = \(fsync), \
                    full_page_writes = \(fullPageWrites), synchronous_commit = \(synchronousCommit).
                    """)
        }
    }
}
