import HydrantCore

/// The state of a whole database in values that nobody without the key can make: how often orders were written, the
/// keyed sum over the ends of all chains, and the hash of the settings document. It can be computed again from the
/// rows, and it is written in the transaction of what it speaks of. Whoever puts back single rows does not have the
/// head that fits them; whoever puts back the whole database is found by an older head that was kept elsewhere.
///
/// Each writer has a part of its own, so that no two wait for each other, and writes down how far it saw the others:
/// one writer's part cannot be put back without those that saw it later (docs/adr/0010).
package struct DatabaseHead: Hashable, Sendable {
    /// By writer. The part of writer 0 is there from the beginning and has the hash of the settings document.
    package private(set) var parts: [Int: HeadPart]
    /// Whose part changes are written to.
    private let writer: Int

    package init() {
        parts = [0: HeadPart()]
        writer = 0
    }

    /// Puts an order's new end in the place of the one before.
    package mutating func replace(_ old: HeadTerm?, by new: HeadTerm) {
        parts[writer, default: HeadPart()].sum.add(new.sum)
        if let old { parts[writer, default: HeadPart()].sum.subtract(old.sum) }
    }

    package var totals: HeadTotals {
        var totals = HeadTotals()
        for part in parts.values {
            totals.sum.add(part.sum)
            totals.commits &+= part.commits
        }
        totals.document = parts[0]?.document ?? totals.document
        return totals
    }

    /// The writers whose parts are older than what others saw of them.
    package var writersPutBack: [Int] {
        let seen = parts.values.flatMap { $0.seen }
        return Set(seen.filter { $0.value > parts[$0.key]?.commits ?? 0 }.map(\.key)).sorted()
    }

    /// - Returns: nil when the database has none.
    /// - Throws: `StoreFailure` of kind `corrupt` when a part was not written with this key.
    package init?(_ reader: any StoreReader, _ keyring: Keyring) throws {
        try self.init(parts: reader.headParts(), writer: 0, keyring)
    }

    /// As it is for a step that will change it.
    package init?(_ transaction: any StoreTransaction, _ keyring: Keyring) throws {
        try self.init(parts: transaction.headParts(), writer: transaction.headWriter, keyring)
    }

    private init?(parts stored: [Int: [UInt8]], writer: Int, _ keyring: Keyring) throws {
        guard stored[0] != nil else { return nil }
        self.writer = writer
        parts = [:]
        for (number, bytes) in stored { parts[number] = try HeadPart(bytes, writer: number, keyring) }
    }

    /// Counts one commit and writes the part of this writer.
    package mutating func write(to transaction: any StoreTransaction, _ keyring: Keyring) throws {
        var part = parts[writer] ?? HeadPart()
        part.commits += 1
        part.seen = parts.mapValues(\.commits).filter { $0.key != writer }
        parts[writer] = part
        try transaction.setHeadPart(part.sealed(writer: writer, keyring))
    }

    /// Writes the hash of the settings document; the part of writer 0.
    fileprivate mutating func write(
        document: [UInt8]?, to transaction: any StoreTransaction, _ keyring: Keyring
    ) throws {
        var part = parts[0] ?? HeadPart()
        if let document { part.document = keyring.headHash(document) }
        part.commits += 1
        part.seen = parts.mapValues(\.commits).filter { $0.key != 0 }
        parts[0] = part
        try transaction.setMeta(headPartName, part.sealed(writer: 0, keyring))
    }

    /// Whether a database should have a head: one that was ever opened by a hub that writes heads says so in its check
    /// of the key, which nobody without the key can put back.
    package static func isDue(_ reader: any StoreReader, _ keyring: Keyring) throws -> Bool {
        try reader.meta(keyCheckName) == keyring.headedCheckValue
    }
}

/// What a head says in all.
package struct HeadTotals: Hashable, Sendable {
    package var sum = HeadSum()
    /// How many transactions wrote events.
    package var commits: Int64 = 0
    /// Of the settings document; 32 zeros while there is none.
    package var document = [UInt8](repeating: 0, count: 32)

    package init() {}

    /// As it is shown and kept elsewhere: 64 hexadecimal digits.
    package func text(_ keyring: Keyring) -> String {
        hexadecimal(keyring.headHash(sum.bytes + littleEndian(UInt64(bitPattern: commits)) + document))
    }
}

/// What one writer did.
package struct HeadPart: Hashable, Sendable {
    fileprivate var sum = HeadSum()
    package fileprivate(set) var commits: Int64 = 0
    fileprivate var document = [UInt8](repeating: 0, count: 32)
    /// The commits of each other writer that were there when this part was last written.
    fileprivate var seen: [Int: Int64] = [:]

    private static let fixedLength = 32 + 8 + 32
    private static let entryLength = 16
    private static let hashLength = 32

    fileprivate init() {}

    /// As it is stored: the sum, the commits, the document's hash, writer and commits of each other part, and the keyed
    /// hash over all this and the writer.
    fileprivate func sealed(writer: Int, _ keyring: Keyring) -> [UInt8] {
        var bytes = sum.bytes
        bytes.reserveCapacity(Self.fixedLength + seen.count * Self.entryLength + Self.hashLength)
        bytes += littleEndian(UInt64(bitPattern: commits))
        bytes += document
        for (other, commits) in seen.sorted(by: { $0.key < $1.key }) {
            bytes += littleEndian(UInt64(other)) + littleEndian(UInt64(bitPattern: commits))
        }
        return bytes + Self.hash(bytes, writer, keyring)
    }

    fileprivate init(_ stored: [UInt8], writer: Int, _ keyring: Keyring) throws {
        let length = stored.count - Self.hashLength
        guard length >= Self.fixedLength, (length - Self.fixedLength) % Self.entryLength == 0,
            Array(stored[length...]) == Self.hash(Array(stored[..<length]), writer, keyring)
        else {
            throw StoreFailure(
                .corrupt, message: "The head of the database was not written by a hub with this key.",
                advice: "Run hydrant verify, and restore the last backup that it finds sound.")
        }
        sum = HeadSum(stored[..<32])
        commits = Int64(bitPattern: number(stored[32..<40]))
        document = Array(stored[40..<72])
        for start in stride(from: Self.fixedLength, to: length, by: Self.entryLength) {
            let other = Int(truncatingIfNeeded: number(stored[start..<start + 8]))
            seen[other] = Int64(bitPattern: number(stored[start + 8..<start + 16]))
        }
    }

    private static func hash(_ bytes: [UInt8], _ writer: Int, _ keyring: Keyring) -> [UInt8] {
        keyring.headHash(Array("part \(writer):".utf8) + bytes)
    }
}

/// What an order adds to the sum.
package struct HeadTerm: Hashable, Sendable {
    fileprivate let sum: HeadSum

    package init(_ row: OrderRow, _ keyring: Keyring) {
        var bytes = Array(row.number.utf8)
        bytes.reserveCapacity(bytes.count + 41)
        bytes.append(0xFF)
        bytes += littleEndian(UInt64(bitPattern: Int64(row.version)))
        bytes += row.chainHead
        sum = HeadSum(keyring.headHash(bytes)[...])
    }
}

/// Four sums, each modulo 2 to the power of 64. What is added are keyed hashes, of which nobody without the key knows
/// any, so that nobody can look for others with the same sum.
package struct HeadSum: Hashable, Sendable {
    private var lanes = SIMD4<UInt64>()

    fileprivate init() {}

    /// - Parameter bytes: 32.
    fileprivate init(_ bytes: ArraySlice<UInt8>) {
        for lane in 0..<4 { lanes[lane] = number(bytes[bytes.startIndex + lane * 8..<bytes.startIndex + lane * 8 + 8]) }
    }

    fileprivate mutating func add(_ other: HeadSum) { lanes &+= other.lanes }
    fileprivate mutating func subtract(_ other: HeadSum) { lanes &-= other.lanes }
    fileprivate var bytes: [UInt8] { (0..<4).flatMap { littleEndian(lanes[$0]) } }
}

private func littleEndian(_ value: UInt64) -> [UInt8] { withUnsafeBytes(of: value.littleEndian, Array.init) }

private func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
}

extension Store {
    /// Gives a database of an earlier program its head, once. From then on it must have one.
    ///
    /// - Throws: `StoreFailure` of kind `corrupt` when the head is there and was not written with this key, or is gone.
    package func prepareHead(_ keyring: Keyring) async throws {
        let isThere = try await read { try DatabaseHead($0, keyring) != nil }
        if isThere { return }
        try await transaction { transaction in
            guard try !DatabaseHead.isDue(transaction, keyring) else {
                // Another node may have been faster.
                if try DatabaseHead(transaction, keyring) != nil { return }
                throw StoreFailure(
                    .corrupt, message: "The head of the database is gone.",
                    advice: "Run hydrant verify, and restore the last backup that it finds sound.")
            }
            // Of several nodes the others wait here until the first one is done.
            try transaction.setMeta(keyCheckName, keyring.headedCheckValue)
            if try DatabaseHead(transaction, keyring) != nil { return }
            var head = DatabaseHead()
            var cursor: Int64 = 0
            while true {
                let rows = try transaction.orderRows(OrderFilter(), after: cursor, limit: 5_000)
                guard let last = rows.last else { break }
                for row in rows { head.replace(nil, by: HeadTerm(row, keyring)) }
                cursor = last.id
            }
            try head.write(document: transaction.meta(settingsDocumentName), to: transaction, keyring)
        }
    }

    /// Saves the settings document, and its hash in the head where there is one. Orders that are there are looked at
    /// again by another document.
    package func saveDocument(_ bytes: [UInt8], _ keyring: Keyring) async throws {
        try await transaction { transaction in
            if try transaction.meta(settingsDocumentName) != bytes, try transaction.countedRows().orders > 0 {
                try transaction.setMeta(ordersToLookAtName, [2])
            }
            // Of several nodes one comes after the other.
            try transaction.setMeta(settingsDocumentName, bytes)
            guard var head = try DatabaseHead(transaction, keyring) else { return }
            try head.write(document: bytes, to: transaction, keyring)
        }
    }
}

/// The name of the settings document among the small values.
package let settingsDocumentName = "document"
/// Under which name a database remembers that orders have to be looked at again: one byte, 1 for those with a word that
/// had no mapping, 2 for all.
package let ordersToLookAtName = "words changed"
/// Under which name it remembers by which form of judging (``HydrantCore/Order/judgingForm``) its orders were judged.
package let judgingFormName = "judging form"
/// The name of the head's part of writer 0; others have a dot and their number behind it.
package let headPartName = "head"
let keyCheckName = "key.check"
