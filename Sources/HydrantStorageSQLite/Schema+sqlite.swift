import HydrantStorage

extension Schema {
    static let publicViewName = "hydrant_public"
    /// What other programs may read (docs/postgresql.md): no personal data, and names that stay. It holds nothing by
    /// itself and is therefore made anew when a version of the program has another one.
    static let publicView = """
        CREATE VIEW hydrant_public AS
        SELECT orders.number AS "order", waybills.parcel, waybills.number AS waybill, orders.state,
            strftime('%Y-%m-%dT%H:%M:%fZ', orders.state_since / 1000.0, 'unixepoch') AS since,
            (SELECT CASE WHEN json_extract(event, '$.content.inferred') THEN 'inferred' ELSE 'reported' END
                FROM (SELECT number, CAST(bytes AS TEXT) AS event FROM events WHERE order_id = orders.id)
                WHERE json_extract(event, '$.event') IN ('state.reached', 'state.restated')
                    AND json_extract(event, '$.content.number') = orders.state
                ORDER BY number DESC LIMIT 1) AS proof
        FROM orders LEFT JOIN waybills ON waybills.order_id = orders.id AND waybills.status = 'live'
        """

    /// The statements that lead from a version to the next, in SQLite's words.
    func statements(from version: Int) -> [String] {
        migrations[version].map(\.sqliteText)
    }
}

extension SchemaChange {
    /// One statement. Names and words come from the program, never from outside.
    var sqliteText: String {
        switch self {
        case .table(let table): table.sqliteText
        case .column(let table, let column): "ALTER TABLE \(table) ADD COLUMN \(column.sqliteText);"
        case .index(let index): index.sqliteText
        case .dropIndex(let name): "DROP INDEX \(name);"
        case .appendOnly(let table): Self.appendOnlyText(table)
        case .neverFalls(let table, let columns): Self.neverFallsText(table, columns)
        }
    }

    private static func appendOnlyText(_ table: String) -> String {
        ["UPDATE", "DELETE"].map { verb in
            """
            CREATE TRIGGER \(table)_refuses_\(verb.lowercased()) BEFORE \(verb) ON \(table)
            BEGIN SELECT RAISE(ABORT, '\(table) is append-only'); END;
            """
        }.joined(separator: "\n")
    }

    private static func neverFallsText(_ table: String, _ columns: [String]) -> String {
        let condition = columns.map { "NEW.\($0) < OLD.\($0)" }.joined(separator: " OR ")
        return """
            CREATE TRIGGER \(table)_never_falls BEFORE UPDATE OF \(columns.joined(separator: ", ")) ON \(table)
            WHEN \(condition)
            BEGIN SELECT RAISE(ABORT, '\(table) never falls'); END;
            """
    }
}

extension SchemaTable {
    fileprivate var sqliteText: String {
        var parts = columns.map(\.sqliteText)
        if !primaryKey.isEmpty { parts.append("PRIMARY KEY (\(primaryKey.joined(separator: ", ")))") }
        parts += unique.map { "UNIQUE (\($0.joined(separator: ", ")))" }
        // Rows that are found by their words alone live in the tree of the key: one tree instead of two.
        let suffix = primaryKey.isEmpty ? "STRICT" : "STRICT, WITHOUT ROWID"
        return "CREATE TABLE \(name) (\n    \(parts.joined(separator: ",\n    "))\n) \(suffix);"
    }
}

extension SchemaColumn {
    fileprivate var sqliteText: String {
        var words = [name]
        switch kind {
        case .identity: words.append("INTEGER PRIMARY KEY")
        case .integer: words.append("INTEGER")
        case .text: words.append("TEXT")
        case .bytes: words.append("BLOB")
        }
        if !isOptional && kind != .identity { words.append("NOT NULL") }
        if let check { words.append("CHECK (\(text(of: check)))") }
        if let references { words.append("REFERENCES \(references) (id)") }
        return words.joined(separator: " ")
    }

    private func text(of check: Check) -> String {
        switch check {
        case .between(let lowest, let highest): "\(name) BETWEEN \(lowest) AND \(highest)"
        case .atLeast(let lowest): "\(name) >= \(lowest)"
        case .oneOf(let words): "\(name) IN (\(quoted(words)))"
        case .notEmpty: "\(name) <> ''"
        case .byteCount(let count): "length(\(name)) = \(count)"
        }
    }
}

extension SchemaIndex {
    fileprivate var sqliteText: String {
        let start = isUnique ? "CREATE UNIQUE INDEX" : "CREATE INDEX"
        let end = condition.map { " WHERE \($0.column) IN (\(quoted($0.words)))" } ?? ""
        return "\(start) \(name) ON \(table) (\(columns.joined(separator: ", ")))\(end);"
    }
}

private func quoted(_ words: [String]) -> String {
    words.map { "'\($0)'" }.joined(separator: ", ")
}
