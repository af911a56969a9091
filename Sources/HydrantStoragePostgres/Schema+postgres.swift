import HydrantStorage

extension Schema {
    /// Every table lies in a schema of its own, beside whatever else the database holds.
    static let creation = "CREATE SCHEMA hydrant"
    static let bookkeeping = """
        CREATE TABLE schema_version (version bigint NOT NULL);
        INSERT INTO schema_version (version) VALUES (0);
        """

    /// The statements that lead from a version to the next, in PostgreSQL's words.
    func statements(from version: Int) -> [String] {
        migrations[version].map(\.postgresText) + (version < Self.additions.count ? Self.additions[version] : [])
    }

    /// What only an engine with several writers needs, by version: whose a lease is, and sums that every writer keeps
    /// in rows of its own, so that no two wait for each other and no figure needs a scan.
    private static let additions = [
        [
            """
            ALTER TABLE instructions ADD COLUMN lease_holder bigint;
            ALTER TABLE timers ADD COLUMN lease_until bigint;
            """,
            """
            CREATE TABLE tallies (
                slot bigint NOT NULL, name text COLLATE "C" NOT NULL, count bigint NOT NULL, PRIMARY KEY (slot, name)
            ) WITH (fillfactor = 50);
            """,
            "CREATE SEQUENCE nodes MAXVALUE 2147483647 CYCLE;",
            """
            ALTER TABLE orders SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
            ALTER TABLE instructions SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
            """,
            publicView,
        ]
    ]

    /// What other programs may read (docs/postgresql.md): no personal data, and names that stay.
    private static let publicView = """
        CREATE SCHEMA hydrant_public;
        CREATE VIEW hydrant_public.orders AS
        SELECT orders.number AS "order", waybills.parcel, waybills.number AS waybill, orders.state,
            to_timestamp(orders.state_since / 1000.0) AS since,
            (SELECT CASE WHEN (content ->> 'inferred')::boolean THEN 'inferred' ELSE 'reported' END
                FROM (SELECT events.number, convert_from(events.bytes, 'UTF8')::jsonb AS event FROM events
                    WHERE events.order_id = orders.id) AS told, LATERAL (SELECT event -> 'content' AS content) AS said
                WHERE event ->> 'event' IN ('state.reached', 'state.restated')
                    AND (content ->> 'number')::bigint = orders.state
                ORDER BY told.number DESC LIMIT 1) AS proof
        FROM orders LEFT JOIN waybills ON waybills.order_id = orders.id AND waybills.status = 'live';
        """

    /// Row ids of orders from one number up to, without, another. Made beside the table and then attached: making it
    /// in place would wait for every reader, and every writer for that.
    static func partition(from begin: Int64, to end: Int64) -> String {
        """
        CREATE TABLE events_from_\(begin) (LIKE events INCLUDING ALL);
        ALTER TABLE events ATTACH PARTITION events_from_\(begin) FOR VALUES FROM (\(begin)) TO (\(end));
        """
    }
}

extension SchemaChange {
    /// Names and words come from the program, never from outside.
    var postgresText: String {
        switch self {
        case .table(let table): table.postgresText
        case .column(let table, let column): "ALTER TABLE \(table) ADD COLUMN \(column.postgresText);"
        case .index(let index): index.postgresText
        case .dropIndex(let name): "DROP INDEX \(name);"
        case .appendOnly(let table): Self.appendOnlyText(table)
        case .neverFalls(let table, let columns): Self.neverFallsText(table, columns)
        }
    }

    private static func appendOnlyText(_ table: String) -> String {
        """
        CREATE FUNCTION \(table)_refuses() RETURNS trigger LANGUAGE plpgsql AS $body$
        BEGIN RAISE EXCEPTION '\(table) is append-only' USING ERRCODE = '23514'; END $body$;
        CREATE TRIGGER \(table)_append_only BEFORE UPDATE OR DELETE ON \(table)
        FOR EACH ROW EXECUTE FUNCTION \(table)_refuses();
        CREATE TRIGGER \(table)_stays BEFORE TRUNCATE ON \(table)
        FOR EACH STATEMENT EXECUTE FUNCTION \(table)_refuses();
        """
    }

    private static func neverFallsText(_ table: String, _ columns: [String]) -> String {
        let condition = columns.map { "NEW.\($0) < OLD.\($0)" }.joined(separator: " OR ")
        return """
            CREATE FUNCTION \(table)_refuses() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN RAISE EXCEPTION '\(table) never falls' USING ERRCODE = '23514'; END $body$;
            CREATE TRIGGER \(table)_never_falls BEFORE UPDATE OF \(columns.joined(separator: ", ")) ON \(table)
            FOR EACH ROW WHEN (\(condition)) EXECUTE FUNCTION \(table)_refuses();
            """
    }
}

extension SchemaTable {
    /// Tables that grow for ever and are read by order.
    private static let partitioned: [String: String] = ["events": "order_id"]
    var isPartitioned: Bool { Self.partitioned[name] != nil }

    fileprivate var postgresText: String {
        guard let key = Self.partitioned[name] else {
            var parts = columns.map(\.postgresText)
            if !primaryKey.isEmpty { parts.append("PRIMARY KEY (\(primaryKey.joined(separator: ", ")))") }
            parts += unique.map { "UNIQUE (\($0.joined(separator: ", ")))" }
            return "CREATE TABLE \(name) (\n    \(parts.joined(separator: ",\n    "))\n);"
        }
        // A key of a partitioned table begins with what divides it, so that the first of the unique keys takes the
        // place of the row id.
        var parts = columns.filter { $0.kind != .identity }.map(\.postgresText)
        parts.append("PRIMARY KEY (\(unique[0].joined(separator: ", ")))")
        return "CREATE TABLE \(name) (\n    \(parts.joined(separator: ",\n    "))\n) PARTITION BY RANGE (\(key));"
    }
}

extension SchemaColumn {
    fileprivate var postgresText: String {
        var words = [name]
        switch kind {
        case .identity: words.append("bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY")
        case .integer: words.append("bigint")
        // Compared byte by byte, as the other engines do.
        case .text: words.append("text COLLATE \"C\"")
        case .bytes: words.append("bytea")
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
        case .byteCount(let count): "octet_length(\(name)) = \(count)"
        }
    }
}

extension SchemaIndex {
    fileprivate var postgresText: String {
        let start = isUnique ? "CREATE UNIQUE INDEX" : "CREATE INDEX"
        let end = condition.map { " WHERE \($0.column) IN (\(quoted($0.words)))" } ?? ""
        return "\(start) \(name) ON \(table) (\(columns.joined(separator: ", ")))\(end);"
    }
}

private func quoted(_ words: [String]) -> String {
    words.map { "'\($0)'" }.joined(separator: ", ")
}
