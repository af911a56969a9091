import GRDB
import HydrantStorage

/// Brings a file to the schema of the program, one version per transaction.
struct Migrator {
    /// "HYDR": tells our files from others'.
    static let applicationID = 0x4859_4452

    var schema: Schema

    func migrate(_ database: Database) throws {
        try check(database)
        for version in try Self.version(database)..<schema.version {
            try database.inTransaction(.immediate) {
                // Another process may have been faster.
                guard try Self.version(database) == version else { return .rollback }
                for statement in schema.statements(from: version) { try database.execute(sql: statement) }
                try database.execute(sql: "PRAGMA application_id = \(Self.applicationID)")
                try database.execute(sql: "PRAGMA user_version = \(version + 1)")
                return .commit
            }
        }
    }

    /// Makes the view for other programs as this version of the program has it.
    func makePublicView(_ database: Database) throws {
        guard try Self.version(database) > 0 else { return }
        let found = try String.fetchOne(database, sql: Statements.viewText, arguments: [Schema.publicViewName])
        guard found != Schema.publicView else { return }
        try database.inTransaction(.immediate) {
            try database.execute(sql: Statements.dropPublicView)
            try database.execute(sql: Schema.publicView)
            return .commit
        }
    }

    /// Refuses a file that this program can only read after it was brought up to date.
    func checkIsCurrent(_ database: Database) throws {
        let version = try Self.version(database)
        guard version == 0 || version >= schema.version else { throw StoreFailure(.tooOld) }
    }

    /// Refuses a file of another program or of a newer version; a new, empty file passes.
    func check(_ database: Database) throws {
        let version = try Self.version(database)
        let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let isEmpty = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") == 0
        guard application == Self.applicationID || (isEmpty && version == 0) else {
            throw StoreFailure(
                .other, message: "The file is a database of another program.", advice: "Name another file.")
        }
        guard version <= schema.version else { throw StoreFailure(.tooNew) }
    }

    private static func version(_ database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    }
}
