import GRDB
package import HydrantCore
package import HydrantStorage

extension SQLiteReader {
    package func countedRows() throws -> StoreCounts { try counts(Statements.countedRows) }

    package func scanInbox(_ body: (InboxRow) throws -> Void) throws {
        try Query(database, Statements.allMessages, isShared: false).each([]) { row in
            try body(
                InboxRow(
                    message: MessageKey(source: row.text(0), messageID: row.text(1)), order: row.text(2),
                    receivedAt: Instant(milliseconds: row.integer(3)), bodyHash: UInt64(bitPattern: row.integer(4)),
                    sealedBody: row.bytes(5)))
        }
    }

    package func scanTimers(_ body: (OrderTimer) throws -> Void) throws {
        try Query(database, Statements.allTimers, isShared: false).each([]) { row in
            try body(
                OrderTimer(order: row.text(0), id: row.text(1), dueAt: Instant(milliseconds: row.integer(2))))
        }
    }

    package func structureProblems() throws -> [String] {
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let expected = try DatabaseQueue().write { empty in
            for step in 0..<min(version, Schema.current.version) {
                for statement in Schema.current.statements(from: step) { try empty.execute(sql: statement) }
            }
            try empty.execute(sql: Schema.publicView)
            return try Self.parts(of: empty)
        }
        var found = try Self.parts(of: database)
        // The view for other programs is made when a hub opens the file for writing.
        let view = "view \(Schema.publicViewName)"
        if found[view] == nil { found[view] = expected[view] }
        var problems: [String] = []
        for (name, text) in expected.sorted(by: { $0.key < $1.key }) where found[name] != text {
            problems.append("the \(name) is \(found[name] == nil ? "missing" : "changed")")
        }
        for name in found.keys.sorted() where expected[name] == nil {
            problems.append("the \(name) is not the program's")
        }
        for row in try Row.fetchAll(database, sql: "PRAGMA foreign_key_check") {
            problems.append("a row of \(row[0] as String? ?? "a table") belongs to no order")
        }
        let answers = try String.fetchAll(database, sql: "PRAGMA quick_check(20)")
        problems += answers.filter { $0 != "ok" }.map { "the engine says: \($0)" }
        return problems
    }

    /// Tables, indexes and triggers by kind and name.
    private static func parts(of database: Database) throws -> [String: String] {
        let rows = try Row.fetchAll(
            database, sql: "SELECT type, name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'")
        return Dictionary(
            rows.map { ("\($0[0] as String) \($0[1] as String)", $0[2] as String) },
            uniquingKeysWith: { first, _ in first })
    }
}
