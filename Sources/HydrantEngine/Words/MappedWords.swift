package import HydrantCore
package import HydrantStorage
import Synchronization

/// The words that people have mapped beside those of the settings document: one document in the database, in clear,
/// `{"words": [{"system", "word", "lowest", "highest"}]}`.
package enum MappedWords {
    package typealias Table = [String: [String: WordTable.Range]]

    static let collection = "settings"
    static let key = "words"

    /// What people have mapped, and the version of the document; 0 where there is none.
    package static func read(_ reader: any StoreReader) throws -> (table: Table, version: Int64) {
        guard let record = try reader.record(collection, key) else { return ([:], 0) }
        guard let json = try? JSON(bytes: record.body) else {
            throw StoreFailure(
                .corrupt, message: "The table of mapped words cannot be read.",
                advice: "Run hydrant verify, and restore a backup.")
        }
        var table: Table = [:]
        for item in json["words"]?.array ?? [] {
            guard let system = item["system"]?.string, let word = item["word"]?.string,
                let lowest = item["lowest"]?.integer, let highest = item["highest"]?.integer
            else { continue }
            table[system, default: [:]][word] = WordTable.Range(lowest: Int(lowest), highest: Int(highest))
        }
        return (table, record.version)
    }

    static func json(_ table: Table) -> JSON {
        let rows = table.flatMap { system, words in words.map { (system: system, word: $0.key, range: $0.value) } }
        return [
            "words": .array(
                rows.sorted { ($0.system, $0.word) < ($1.system, $1.word) }.map { row in
                    [
                        "system": .string(row.system), "word": .string(row.word),
                        "lowest": .integer(Int64(row.range.lowest)), "highest": .integer(Int64(row.range.highest)),
                    ]
                })
        ]
    }
}

/// The settings that queries judge by: the document's, with the words that people have mapped since.
final class SettingsInForce: Sendable {
    private let settings: Mutex<Settings>

    init(_ settings: Settings) { self.settings = Mutex(settings) }

    var current: Settings { settings.withLock { $0 } }

    func use(_ table: MappedWords.Table) { settings.withLock { $0.words.mapped = table } }
}

/// Why a word was not mapped.
package enum WordRefusal: Error, Sendable {
    /// The settings document has the word; change it there.
    case inDocument
    case badRange
    case badWord
}

extension Hub {
    /// Maps a word of a system to the states that an order with it can be in; nil takes a mapping away. In the audit
    /// trail; orders with the word are looked at again.
    ///
    /// - Throws: ``WordRefusal``.
    package func map(
        _ word: String, of system: String, to range: WordTable.Range?, by actor: String
    ) async throws {
        guard (1...200).contains(word.utf8.count), (1...100).contains(system.utf8.count) else {
            throw WordRefusal.badWord
        }
        guard settings.words.systems[system]?[word] == nil else { throw WordRefusal.inDocument }
        if let range, range.lowest < 0 || range.highest < range.lowest || range.highest > 7 {
            throw WordRefusal.badRange
        }
        let now = clock.now()
        let keyring = keyring
        let table = try await store.transaction { transaction in
            var (table, version) = try MappedWords.read(transaction)
            let wasMapped = table[system]?[word] != nil
            table[system, default: [:]][word] = range
            let record = StoredRecord(
                collection: MappedWords.collection, key: MappedWords.key, version: version + 1,
                body: MappedWords.json(table).bytes, changedAt: now)
            guard try transaction.put(record, ifVersion: version) else { throw StoreFailure(.conflict) }
            let pending = try transaction.meta(ordersToLookAtName)?.first ?? 0
            try transaction.setMeta(ordersToLookAtName, [max(pending, wasMapped ? 2 : 1)])
            try transaction.appendAudit(
                AuditEntry(
                    time: now, actor: actor, action: range == nil ? "word.removed" : "word.mapped",
                    object: "word:\(system)/\(word)",
                    detail: range.map {
                        ["lowest": .integer(Int64($0.lowest)), "highest": .integer(Int64($0.highest))] as JSON
                    }
                        ?? .null), keyring)
            return table
        }
        await rewordings.use(table)
        rewordings.wake()
    }
}
