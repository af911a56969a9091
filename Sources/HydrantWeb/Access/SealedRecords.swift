import Crypto
import HydrantCore
import HydrantStorage

/// Records whose bodies are sealed JSON, tied to their collection and key.
struct SealedRecords: Sendable {
    enum Collection: String, Sendable {
        case users
        case sessions
        case tokens = "user-tokens"
        case machines = "machine-tokens"
        case invitations
        case locks = "sign-in-locks"
        case rules = "sign-in-rules"
    }

    let keyring: Keyring

    func read(_ reader: any StoreReader, _ collection: Collection, _ key: String) throws -> (JSON, Int64)? {
        guard let record = try reader.record(collection.rawValue, key) else { return nil }
        return (try open(record), record.version)
    }

    func all(_ reader: any StoreReader, _ collection: Collection) throws -> [(key: String, json: JSON)] {
        var found: [(key: String, json: JSON)] = []
        var cursor = ""
        while true {
            let page = try reader.records(collection.rawValue, after: cursor, limit: 500)
            guard let last = page.last else { return found }
            cursor = last.key
            for record in page { found.append((record.key, try open(record))) }
        }
    }

    /// - Throws: `StoreFailure` of kind `conflict` when somebody else changed it in between.
    func write(
        _ transaction: any StoreTransaction, _ place: (collection: Collection, key: String), _ json: JSON,
        after version: Int64, at now: Instant
    ) throws {
        let (collection, key) = place
        let record = StoredRecord(
            collection: collection.rawValue, key: key, version: version + 1,
            body: try keyring.seal(json.bytes, context: "\(collection.rawValue)/\(key)"), changedAt: now)
        guard try transaction.put(record, ifVersion: version) else { throw StoreFailure(.conflict) }
    }

    @discardableResult
    func delete(_ transaction: any StoreTransaction, _ collection: Collection, _ key: String) throws -> Bool {
        try transaction.deleteRecord(collection.rawValue, key)
    }

    private func open(_ record: StoredRecord) throws -> JSON {
        do {
            return try JSON(
                bytes: try keyring.open(record.body, context: "\(record.collection)/\(record.key)"))
        } catch {
            throw StoreFailure(
                .corrupt, message: "A record of \(record.collection) was changed or moved outside the hub.",
                advice: "Run hydrant verify, and restore a backup.")
        }
    }
}

/// By what a secret is found that is kept only as its hash: SHA-256, 64 hexadecimal digits.
func secretID(_ text: String) -> String { hexadecimal(Array(SHA256.hash(data: Array(text.utf8)))) }
