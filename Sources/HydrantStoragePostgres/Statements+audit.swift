/// Statements of an audit; they read whole tables and the server's catalogue.
extension Statements {
    static let countedRows = """
        SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM events), (SELECT count(*) FROM inbox),
            (SELECT count(*) FROM parked)
        """
    static let inboxPage = """
        SELECT id, source, message_id, order_number, received_at, body_hash, sealed FROM inbox WHERE id > $1::bigint
        ORDER BY id LIMIT $2::bigint
        """
    static let timersPage = """
        SELECT order_number, id, due_at FROM timers WHERE (order_number, id) > ($1::text, $2::text)
        ORDER BY order_number, id LIMIT $3::bigint
        """

    /// Kind, name and text of everything in the schema but partitions, sequences and keys.
    static let parts = """
        WITH here AS (
            SELECT pg_class.oid, relname, relkind FROM pg_class
            WHERE relnamespace = 'hydrant'::regnamespace AND NOT relispartition)
        SELECT 'table', relname::text, '' FROM here WHERE relkind IN ('r', 'p', 'f', 'm', 'v')
        UNION ALL
        SELECT 'column', relname || '.' || attname,
            format_type(atttypid, NULL) || CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END
        FROM here JOIN pg_attribute ON attrelid = here.oid
        WHERE relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped
        UNION ALL
        SELECT 'index', index.relname, owner.relname || CASE WHEN indisunique THEN ' unique (' ELSE ' plain (' END
            || (SELECT string_agg(attname, ', ' ORDER BY place) FROM unnest(indkey) WITH ORDINALITY
                    AS key (number, place) JOIN pg_attribute ON attrelid = indrelid AND attnum = number)
            || ')' || CASE WHEN indpred IS NULL THEN '' ELSE ' partial' END
        FROM pg_index JOIN here AS index ON index.oid = indexrelid JOIN here AS owner ON owner.oid = indrelid
        WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))
        UNION ALL
        SELECT 'trigger', tgname, relname FROM pg_trigger JOIN here ON here.oid = tgrelid WHERE NOT tgisinternal
        UNION ALL
        SELECT 'rule', conname, '' FROM pg_constraint JOIN here ON here.oid = conrelid WHERE contype IN ('c', 'f')
        UNION ALL
        SELECT 'function', proname, prosrc FROM pg_proc WHERE pronamespace = 'hydrant'::regnamespace
        """

    /// Triggers that do not fire and rules that old rows need not keep, of partitions too.
    static let partsSwitchedOff = """
        SELECT 'trigger', tgname || ' of ' || relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE relnamespace = 'hydrant'::regnamespace AND tgenabled NOT IN ('O', 'A')
        UNION ALL
        SELECT 'rule', conname || ' of ' || relname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
        WHERE relnamespace = 'hydrant'::regnamespace AND NOT convalidated
        ORDER BY 1, 2
        """

    /// How many rows name another row that is not there. Names come from the program's schema.
    static func rowsWithout(_ table: String, _ column: String, _ other: String) -> String {
        """
        SELECT count(*) FROM \(SQLName(table)) WHERE NOT EXISTS
        (SELECT FROM \(SQLName(other)) WHERE \(SQLName(other)).id = \(SQLName(table)).\(SQLName(column)))
        """
    }
}

/// The name of a table or column of the program's own schema, for the few statements in which it cannot be an argument
/// and is not known beforehand. Nothing that came from outside is one.
struct SQLName: CustomStringConvertible {
    let description: String

    init(_ name: String) {
        let isPlain = !name.isEmpty && name.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F }
        precondition(isPlain, "“\(name)” is no name of the schema")
        description = name
    }
}
