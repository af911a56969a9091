package import HydrantCore

/// Something that a person or a program did and that somebody may ask for later. Holds no personal data: people are
/// named by the name they sign in with, orders by their number.
package struct AuditEntry: Hashable, Sendable {
    package var time: Instant
    /// Who did it: `user:NAME`, `token:NAME`, `hub`, or `command-line`.
    package var actor: String
    /// What was done, as two words with a dot, `receiver.revealed`; a committed list that may grow.
    package var action: String
    /// What it was done to: `order:NUMBER`, `user:NAME`; may be empty.
    package var object: String
    /// Why, in the words of who did it; may be empty.
    package var reason: String
    package var detail: JSON

    package init(
        time: Instant, actor: String, action: String, object: String = "", reason: String = "", detail: JSON = .null
    ) {
        self.time = time
        self.actor = actor
        self.action = action
        self.object = object
        self.reason = reason
        self.detail = detail
    }
}

/// An entry in its place: numbered without a gap, with the keyed hash over its predecessor's hash and itself.
package struct AuditRow: Hashable, Sendable {
    /// 1 for the first.
    package var number: Int64
    package var entry: AuditEntry
    /// 32 bytes.
    package var hash: [UInt8]

    package init(number: Int64, entry: AuditEntry, hash: [UInt8]) {
        self.number = number
        self.entry = entry
        self.hash = hash
    }

    /// What the hash covers; an array, so that no event of an order, which is an object, is ever one.
    fileprivate var hashedBytes: [UInt8] {
        JSON.array([
            "audit", .integer(number), .integer(entry.time.milliseconds), .string(entry.actor), .string(entry.action),
            .string(entry.object), .string(entry.reason), entry.detail,
        ]).bytes
    }

    /// The hash that belongs here behind a predecessor's; behind nothing, 32 zero bytes.
    package func expectedHash(after previous: [UInt8]?, _ keyring: Keyring) -> [UInt8] {
        keyring.chainHash(previous: previous ?? [UInt8](repeating: 0, count: 32), event: hashedBytes)
    }
}

/// Entries that are asked for; nil asks for any.
package struct AuditFilter: Hashable, Sendable {
    package var actor: String?
    package var action: String?
    package var object: String?

    package init(actor: String? = nil, action: String? = nil, object: String? = nil) {
        self.actor = actor
        self.action = action
        self.object = object
    }

    package func admits(_ entry: AuditEntry) -> Bool {
        (actor.map { $0 == entry.actor } ?? true) && (action.map { $0 == entry.action } ?? true)
            && (object.map { $0 == entry.object } ?? true)
    }
}

extension StoreTransaction {
    /// Writes an entry behind the last one. Call it at the end of the transaction that does what it tells of: other
    /// nodes that write to the trail wait from here to the commit.
    ///
    /// - Returns: the row as it was written.
    @discardableResult
    package func appendAudit(_ entry: AuditEntry, _ keyring: Keyring) throws -> AuditRow {
        let head = try auditHead()
        var row = AuditRow(number: (head?.number ?? 0) + 1, entry: entry, hash: [])
        row.hash = row.expectedHash(after: head?.hash, keyring)
        try insert(row)
        return row
    }
}

extension StoreReader {
    /// Recomputes the trail.
    ///
    /// - Returns: how many entries there are, and what is wrong, as sentences without personal data. The end of the
    ///   trail cut off is found only by whoever kept the number of entries elsewhere.
    package func verifyAudit(_ keyring: Keyring) throws -> (entries: Int64, violations: [String]) {
        var previous: AuditRow?
        var entries: Int64 = 0
        var violations: [String] = []
        while true {
            let page = try auditRows(after: previous?.number ?? 0, limit: 500)
            guard !page.isEmpty else { return (entries, violations) }
            for row in page {
                entries += 1
                let expected = (previous?.number ?? 0) + 1
                if row.number != expected {
                    violations.append("audit trail: entry \(row.number) comes where \(expected) belongs")
                } else if row.hash != row.expectedHash(after: previous?.hash, keyring) {
                    violations.append("audit trail: the hash of entry \(row.number) does not follow from it")
                }
                previous = row
            }
        }
    }
}
