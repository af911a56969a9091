package import HydrantCore

/// What a mapping document says: which files, which columns, and which facts they become.
package struct Mapping: Sendable {
    package var name: String
    package var version: String
    /// The system that speaks in these files.
    package var source: String
    /// Since when facts without a time are known to hold; nil where the document leaves it to the import.
    package var exportedAt: Instant?
    /// The flow, the words and the limits under which orders of these files are judged.
    package var settings: Settings
    var lookups: [LookupMapping]
    var files: [FileMapping]

    /// The names of the files that the folder must have, as the document writes them.
    package var fileNames: [String] { lookups.map(\.layout.pattern) + files.map(\.layout.pattern) }
}

/// How a file is written.
struct FileLayout: Sendable {
    /// A name, or a pattern with `*`.
    var pattern: String
    var isOptional = false
    var encoding = TextEncoding.utf8
    var options = CSVOptions()
    /// The names of the columns where the file has no header line.
    var columns: [String]?
    /// Texts that mean "nothing", beside the empty field.
    var emptyTexts: [[UInt8]] = []
    var decimalSeparator: UInt8 = 0x2E
    /// How many digits of an amount are minor units: 2 for fen and cents.
    var amountDecimals = 2
    var zone: ZoneTable
    var dateFormats: [DateFormat]
}

/// A small side file that is held in memory.
struct LookupMapping: Sendable {
    var name: String
    var layout: FileLayout
    var key: String
    var columns: [String]
}

/// One file of the folder, or several of the same form.
struct FileMapping: Sendable {
    var layout: FileLayout
    /// Every column that the document uses, by slot; joined ones as `lookup.column`.
    var columnNames: [String] = []
    var key = Template(parts: [])
    /// Rows that do not meet it are passed over.
    var condition: Condition?
    /// True: neighbouring rows with the same key are read together.
    var isGrouped = false
    var joins: [JoinMapping] = []
    var facts: [FactMapping] = []
}

/// Adds the columns of a lookup to each row.
struct JoinMapping: Sendable {
    var lookup: String
    var by: Template
}

/// One fact of a row.
struct FactMapping: Sendable {
    var kind: FactKind
    var source: String?
    var condition: Condition?
    var id: Template?
    var occurredAt: ValueMapping?
    var word: ValueMapping?
    /// True: once for a group of rows, from the first row that meets the condition.
    var isPerOrder = false
    var data: [MemberMapping] = []
}

/// One member of a fact's data.
struct MemberMapping: Sendable {
    enum Content: Sendable {
        case value(ValueMapping)
        /// One entry for each group of members.
        case list([[MemberMapping]])
        case texts([ValueMapping])
    }

    var name: String
    var content: Content
}

/// How one value comes out of a row.
struct ValueMapping: Sendable {
    enum Origin: Sendable {
        case template(Template)
        case sum([Template])
        /// The sum over the rows of a group.
        case sumOfRows(Template)
    }

    enum Kind: Sendable {
        case text
        /// A decimal number times 10 to the power of the layout's decimals.
        case amount
        case whole
        case flag
        case time([DateFormat])
        case choice([String])
    }

    var origin: Origin
    var kind: Kind
    /// Words of the file and what they become.
    var translation: [String: String]?
    /// What stands in for an empty column or a word without a translation.
    var otherwise: Template?
}

/// When a row counts.
indirect enum Condition: Sendable {
    case all([Condition])
    case any([Condition])
    case none([Condition])
    case isPresent(Int)
    case isEmpty(Int)
    case isOneOf(Int, Set<String>)
    case isNoneOf(Int, Set<String>)
    case isAbove(Int, DecimalLimit)
    case isBelow(Int, DecimalLimit)
}

/// A number in millionths, for comparisons.
struct DecimalLimit: Sendable {
    static let decimals = 6
    var millionths: Int64
}
