import HydrantStorage

/// Brings a database to the schema of the program, one version per transaction. Of several nodes that start at the same
/// time one migrates and the others wait.
struct Migrator {
    var schema: Schema
    var settings: PostgresSettings

    func migrate(_ connection: PostgresConnection) throws {
        let found = try Self.version(connection)
        guard found <= schema.version else { throw StoreFailure(.tooNew) }
        for version in found..<schema.version {
            try connection.execute(Statements.begin)
            do {
                try connection.run(Statements.lockMigrations)
                // Another node may have been faster.
                if try Self.version(connection) == version { try apply(version, connection) }
                try connection.execute(Statements.commit)
            } catch {
                try? connection.execute(Statements.rollback)
                throw error
            }
        }
    }

    /// Refuses a database of another program, of a newer version, or without anything in it.
    func check(_ connection: PostgresConnection) throws {
        let version = try Self.version(connection)
        guard version <= schema.version else { throw StoreFailure(.tooNew) }
        guard version == 0 || version >= schema.version else { throw StoreFailure(.tooOld) }
        guard version == 0 else { return }
        try Self.checkNobodyElse(connection)
        throw StoreFailure(
            .other, message: "The database has never been used by Hydrant.",
            advice: "Run `hydrant serve` or `hydrant import` on it first, or check its name.")
    }

    /// Whether a hub has worked on the database.
    ///
    /// - Throws: `StoreFailure` when another program or a newer version did.
    func isInUse(_ connection: PostgresConnection) throws -> Bool {
        let version = try Self.version(connection)
        guard version <= schema.version else { throw StoreFailure(.tooNew) }
        if version == 0 { try Self.checkNobodyElse(connection) }
        return version > 0
    }

    private static func checkNobodyElse(_ connection: PostgresConnection) throws {
        let tables = try connection.first(Statements.tables) { $0.integer(0) } ?? 0
        guard tables == 0 else {
            throw StoreFailure(
                .other, message: "The database's schema hydrant belongs to another program.",
                advice: "Name another database.")
        }
    }

    private func apply(_ version: Int, _ connection: PostgresConnection) throws {
        if version == 0 {
            try Self.checkNobodyElse(connection)
            let exists = try connection.first(Statements.schemaExists) { $0.isTrue(0) } ?? false
            if !exists { try connection.execute(Schema.creation) }
            try connection.execute("SET search_path = hydrant")
            try connection.execute(Schema.bookkeeping)
        }
        try connection.execute("SET search_path = hydrant")
        for statement in schema.statements(from: version) { try connection.execute(statement) }
        try connection.run(Statements.setVersion, [.integer(version + 1)])
    }

    private static func version(_ connection: PostgresConnection) throws -> Int {
        let exists = try connection.first(Statements.versionExists) { $0.isTrue(0) } ?? false
        guard exists else { return 0 }
        return Int(try connection.first(Statements.version) { $0.integer(0) } ?? 0)
    }
}
