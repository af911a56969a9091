/// The tables of a database as data; each engine turns them into its own words.
package struct Schema: Sendable {
    /// Migration n leads from version n to version n + 1. A released migration never changes; a new one is appended.
    package var migrations: [[SchemaChange]]

    package init(migrations: [[SchemaChange]]) { self.migrations = migrations }

    package var version: Int { migrations.count }
}

/// One step of a migration.
package enum SchemaChange: Sendable {
    case table(SchemaTable)
    /// Rows that were there before have nothing in it, so it is optional.
    case column(table: String, SchemaColumn)
    case index(SchemaIndex)
    /// An index of an earlier version that nothing asks for any more.
    case dropIndex(String)
    /// Rows may be added, never changed or removed.
    case appendOnly(table: String)
    /// The values of these columns may rise, never fall.
    case neverFalls(table: String, columns: [String])
}

package struct SchemaTable: Sendable {
    package var name: String
    package var columns: [SchemaColumn]
    /// The columns of the primary key when it is not a single ``SchemaColumn/Kind/identity`` column.
    package var primaryKey: [String]
    package var unique: [[String]]

    package init(_ name: String, _ columns: [SchemaColumn], primaryKey: [String] = [], unique: [[String]] = []) {
        self.name = name
        self.columns = columns
        self.primaryKey = primaryKey
        self.unique = unique
    }
}

package struct SchemaColumn: Sendable {
    package enum Kind: Sendable {
        /// A whole number that the database gives, rising; the primary key.
        case identity
        /// 64 bits, signed.
        case integer
        case text
        case bytes
    }

    package enum Check: Sendable {
        case between(Int64, Int64)
        case atLeast(Int64)
        case oneOf([String])
        case notEmpty
        case byteCount(Int)
    }

    package var name: String
    package var kind: Kind
    package var isOptional: Bool
    package var check: Check?
    /// The table whose identity this column holds.
    package var references: String?

    package init(
        _ name: String, _ kind: Kind, isOptional: Bool = false, check: Check? = nil, references: String? = nil
    ) {
        self.name = name
        self.kind = kind
        self.isOptional = isOptional
        self.check = check
        self.references = references
    }
}

package struct SchemaIndex: Sendable {
    package var name: String
    package var table: String
    package var columns: [String]
    package var isUnique: Bool
    /// Only rows whose text column has one of these words are in the index.
    package var condition: (column: String, words: [String])?

    package init(
        _ name: String, on table: String, _ columns: [String], isUnique: Bool = false,
        where condition: (column: String, words: [String])? = nil
    ) {
        self.name = name
        self.table = table
        self.columns = columns
        self.isUnique = isUnique
        self.condition = condition
    }
}
