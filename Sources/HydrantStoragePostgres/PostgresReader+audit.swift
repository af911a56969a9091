package import HydrantCore
package import HydrantStorage

/// For audits: these read whole tables.
extension PostgresReader {
    package func countedRows() throws -> StoreCounts {
        try connection.first(Statements.countedRows) { row in
            var counts = StoreCounts()
            counts.orders = row.integer(0)
            counts.events = row.integer(1)
            counts.messages = row.integer(2)
            counts.parked = row.integer(3)
            return counts
        } ?? StoreCounts()
    }

    /// So many rows are in memory at a time.
    private static let pageLength = 2_000

    package func scanInbox(_ body: (InboxRow) throws -> Void) throws {
        var cursor: Int64 = 0
        while true {
            let page = try connection.all(Statements.inboxPage, [.integer(cursor), .integer(Self.pageLength)]) { row in
                (
                    id: row.integer(0),
                    message: InboxRow(
                        message: MessageKey(source: row.text(1), messageID: row.text(2)), order: row.text(3),
                        receivedAt: Instant(milliseconds: row.integer(4)),
                        bodyHash: UInt64(bitPattern: row.integer(5)), sealedBody: row.bytes(6))
                )
            }
            for row in page { try body(row.message) }
            guard page.count == Self.pageLength, let last = page.last else { return }
            cursor = last.id
        }
    }

    package func scanTimers(_ body: (OrderTimer) throws -> Void) throws {
        var last = OrderTimer(order: "", id: "", dueAt: Instant(milliseconds: 0))
        while true {
            let page = try connection.all(
                Statements.timersPage, [.text(last.order), .text(last.id), .integer(Self.pageLength)],
                OrderTimer.init(_:))
            for timer in page { try body(timer) }
            guard page.count == Self.pageLength, let end = page.last else { return }
            last = end
        }
    }

    package func headParts() throws -> [Int: [UInt8]] { try connection.answer(Statements.headParts, []).headParts() }

    package func structureProblems() throws -> [String] {
        let version = Int(try connection.first(Statements.version) { $0.integer(0) } ?? 0)
        let expected = ServerStructure(Schema(migrations: Array(Schema.current.migrations.prefix(version))))
        var problems = expected.problems(found: try foundParts())
        problems += try connection.all(Statements.partsSwitchedOff) { row in
            "the \(row.text(0)) \(row.text(1)) is switched off or was never proved"
        }
        for (table, column, other) in expected.references {
            let count = try connection.first(Statements.rowsWithout(table, column, other)) { $0.integer(0) } ?? 0
            if count > 0 { problems.append("a row of \(table) belongs to no order") }
        }
        return problems
    }

    private func foundParts() throws -> [String: String] {
        Dictionary(
            try connection.all(Statements.parts) { ("\($0.text(0)) \($0.text(1))", $0.text(2)) },
            uniquingKeysWith: { first, _ in first })
    }
}

extension Answer {
    func headParts() -> [Int: [UInt8]] {
        let rows = all { (name: $0.text(0), bytes: $0.bytes(1)) }
        let pairs = rows.compactMap { name, bytes -> (Int, [UInt8])? in
            if name == headPartName { return (0, bytes) }
            return Int(name.dropFirst(headPartName.utf8.count + 1)).map { ($0, bytes) }
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }
}

/// What a schema makes on a server, by kind and name, as far as its catalogue can be compared with the program's words:
/// columns with their types, rules by their names, the code of functions, indexes with their columns.
struct ServerStructure {
    private var parts: [String: String] = [:]
    private(set) var references: [(table: String, column: String, other: String)] = []

    init(_ schema: Schema) {
        for change in schema.migrations.joined() { add(change) }
        // What only this engine has, beside the schema.
        for name in ["tallies", "schema_version"] { parts["table \(name)"] = "" }
        parts["column instructions.lease_holder"] = "bigint"
        parts["column timers.lease_until"] = "bigint"
        for (name, type) in [("slot", "bigint NOT NULL"), ("name", "text NOT NULL"), ("count", "bigint NOT NULL")] {
            parts["column tallies.\(name)"] = type
        }
        parts["column schema_version.version"] = "bigint NOT NULL"
    }

    private mutating func add(_ change: SchemaChange) {
        switch change {
        case .table(let table):
            parts["table \(table.name)"] = ""
            for column in table.columns where !isReplaced(column, table) { add(column, of: table.name) }
        case .column(let table, let column): add(column, of: table)
        case .index(let index):
            let columns = index.columns.joined(separator: ", ")
            parts["index \(index.name)"] =
                "\(index.table) \(index.isUnique ? "unique" : "plain") (\(columns))"
                + (index.condition == nil ? "" : " partial")
        case .dropIndex(let name): parts["index \(name)"] = nil
        case .appendOnly(let table):
            for name in ["append_only", "stays"] { parts["trigger \(table)_\(name)"] = table }
            addFunction(table, "append-only")
        case .neverFalls(let table, _):
            parts["trigger \(table)_never_falls"] = table
            addFunction(table, nil)
        }
    }

    /// A partitioned table has no row id.
    private func isReplaced(_ column: SchemaColumn, _ table: SchemaTable) -> Bool {
        column.kind == .identity && table.isPartitioned
    }

    private mutating func add(_ column: SchemaColumn, of table: String) {
        let type =
            switch column.kind {
            case .identity, .integer: "bigint"
            case .text: "text"
            case .bytes: "bytea"
            }
        parts["column \(table).\(column.name)"] = type + (column.isOptional ? "" : " NOT NULL")
        if column.check != nil { parts["rule \(table)_\(column.name)_check"] = "" }
        guard let other = column.references else { return }
        parts["rule \(table)_\(column.name)_fkey"] = ""
        references.append((table, column.name, other))
    }

    private mutating func addFunction(_ table: String, _ words: String?) {
        let text = words.map { "is \($0)" } ?? "never falls"
        parts["function \(table)_refuses"] =
            "\nBEGIN RAISE EXCEPTION '\(table) \(text)' USING ERRCODE = '23514'; END "
    }

    /// - Parameter found: by kind and name, as ``Statements/parts`` gives it.
    func problems(found: [String: String]) -> [String] {
        var problems: [String] = []
        for (name, text) in parts.sorted(by: { $0.key < $1.key }) where found[name] != text {
            problems.append("the \(name) is \(found[name] == nil ? "missing" : "changed")")
        }
        // Keys are named by the server; more rules than the program's refuse more and allow nothing.
        for name in found.keys.sorted() where parts[name] == nil && !name.hasPrefix("rule ") {
            problems.append("the \(name) is not the program's")
        }
        return problems
    }
}
