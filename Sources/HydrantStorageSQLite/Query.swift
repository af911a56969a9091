import GRDB
import GRDBSQLite
import HydrantStorage

/// A value on its way into a statement.
enum Cell {
    case integer(Int64)
    case text(String)
    case bytes([UInt8])
    case null

    static func integer(_ value: Int) -> Cell { .integer(Int64(value)) }
    static func optional(_ value: Int64?) -> Cell { value.map(Cell.integer) ?? .null }
    static func optional(_ value: String?) -> Cell { value.map(Cell.text) ?? .null }
}

/// A statement of the connection's cache, run through SQLite's own interface: GRDB's costs more than the row itself,
/// because it copies and trims the statement's text at each run.
struct Query {
    private let statement: Statement
    private let connection: SQLiteConnection

    /// - Parameter isShared: false for a statement that may be run again while its rows are still being read.
    init(_ database: Database, _ text: String, isShared: Bool = true) throws {
        guard let connection = database.sqliteConnection else { throw StoreFailure.closed }
        statement = isShared ? try database.cachedStatement(sql: text) : try database.makeStatement(sql: text)
        self.connection = connection
    }

    /// Runs the statement to its end.
    func run(_ cells: [Cell]) throws {
        try each(cells) { _ in }
    }

    func first<Value>(_ cells: [Cell], _ value: (QueryRow) throws -> Value) throws -> Value? {
        try bind(cells)
        defer { sqlite3_reset(statement.sqliteStatement) }
        return try step() ? try value(QueryRow(statement: statement.sqliteStatement)) : nil
    }

    func all<Value>(_ cells: [Cell], _ value: (QueryRow) throws -> Value) throws -> [Value] {
        var values: [Value] = []
        try each(cells) { values.append(try value($0)) }
        return values
    }

    func each(_ cells: [Cell], _ body: (QueryRow) throws -> Void) throws {
        try bind(cells)
        defer { sqlite3_reset(statement.sqliteStatement) }
        while try step() { try body(QueryRow(statement: statement.sqliteStatement)) }
    }

    private func step() throws -> Bool {
        switch sqlite3_step(statement.sqliteStatement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw StoreFailure(sqliteCode: sqlite3_extended_errcode(connection))
        }
    }

    private func bind(_ cells: [Cell]) throws {
        let handle = statement.sqliteStatement
        precondition(
            sqlite3_bind_parameter_count(handle) == cells.count,
            "a statement of \(sqlite3_bind_parameter_count(handle)) values got \(cells.count)")
        for (offset, cell) in cells.enumerated() {
            let index = Int32(offset + 1)
            let code =
                switch cell {
                case .integer(let value): sqlite3_bind_int64(handle, index, value)
                case .text(let value): Self.bind(value, to: handle, at: index)
                case .bytes(let value): Self.bind(value, to: handle, at: index)
                case .null: sqlite3_bind_null(handle, index)
                }
            guard code == SQLITE_OK else { throw StoreFailure(sqliteCode: sqlite3_extended_errcode(connection)) }
        }
    }

    /// Tells SQLite to copy the bytes before the call returns.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    private static func bind(_ text: String, to handle: SQLiteStatement, at index: Int32) -> Int32 {
        var text = text
        return text.withUTF8 { bytes in
            // An empty text may have no address, which SQLite would take for NULL.
            guard let start = bytes.baseAddress, !bytes.isEmpty else {
                return sqlite3_bind_text(handle, index, "", 0, copied)
            }
            return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                sqlite3_bind_text64(handle, index, $0, UInt64(bytes.count), copied, UInt8(SQLITE_UTF8))
            }
        }
    }

    private static func bind(_ bytes: [UInt8], to handle: SQLiteStatement, at index: Int32) -> Int32 {
        if bytes.isEmpty { return sqlite3_bind_zeroblob(handle, index, 0) }
        return bytes.withUnsafeBytes { sqlite3_bind_blob64(handle, index, $0.baseAddress, UInt64($0.count), copied) }
    }
}

/// The row a statement stands on. Valid until its next step.
struct QueryRow {
    fileprivate let statement: SQLiteStatement

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

    func optionalInteger(_ column: Int32) -> Int64? {
        sqlite3_column_type(statement, column) == SQLITE_NULL ? nil : integer(column)
    }

    func bytes(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(statement, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column))))
    }

    func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(statement, column) else { return "" }
        let count = Int(sqlite3_column_bytes(statement, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func optionalText(_ column: Int32) -> String? {
        sqlite3_column_type(statement, column) == SQLITE_NULL ? nil : text(column)
    }

    /// A word that the schema limits to those of the type; any other means that the file was tampered with.
    func word<Word: RawRepresentable>(_ column: Int32, _ type: Word.Type) throws -> Word where Word.RawValue == String {
        guard let word = Word(rawValue: text(column)) else { throw StoreFailure(.corrupt) }
        return word
    }
}
