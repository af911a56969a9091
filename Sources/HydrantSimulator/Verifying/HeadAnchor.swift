package import HydrantCore
package import HydrantStorage

/// The head of a database at some time with the ends of all chains, to be kept where nobody who can write the database
/// can write: what was there then must still be there, and nothing else in its place.
package struct HeadAnchor: Hashable, Sendable {
    package struct End: Hashable, Sendable {
        package var version: Int
        package var hash: [UInt8]
    }

    package var commits: Int64
    /// 64 hexadecimal digits.
    package var head: String
    /// The commits of each writer.
    package var writers: [Int: Int64]
    package var orders: [String: End]

    /// - Throws: `StoreFailure` when the database has no head of this key.
    package init?(_ reader: any StoreReader, _ keyring: Keyring) throws {
        guard let head = try DatabaseHead(reader, keyring) else { return nil }
        let totals = head.totals
        commits = totals.commits
        self.head = totals.text(keyring)
        writers = head.parts.mapValues(\.commits)
        orders = [:]
        var cursor: Int64 = 0
        while true {
            let rows = try reader.orderRows(OrderFilter(), after: cursor, limit: 5_000)
            guard let last = rows.last else { return }
            for row in rows { orders[row.number] = End(version: row.version, hash: row.chainHead) }
            cursor = last.id
        }
    }

    /// Nil when the document is not one that ``json`` wrote.
    package init?(json: JSON) {
        guard let commits = json["commits"]?.integer, let head = json["head"]?.string,
            let items = json["orders"]?.array, let parts = json["writers"]?.array
        else { return nil }
        self.commits = commits
        self.head = head
        writers = [:]
        for part in parts {
            guard let writer = part["writer"]?.integer.flatMap(Int.init(exactly:)),
                let commits = part["commits"]?.integer
            else { return nil }
            writers[writer] = commits
        }
        orders = [:]
        for item in items {
            guard let number = item["order"]?.string,
                let version = item["version"]?.integer.flatMap(Int.init(exactly:)),
                let hash = item["hash"]?.string
            else { return nil }
            orders[number] = End(version: version, hash: Self.bytes(hash))
        }
    }

    package var json: JSON {
        [
            "commits": .integer(commits), "head": .string(head),
            "writers": .array(
                writers.sorted { $0.key < $1.key }.map { writer, commits in
                    ["writer": .integer(Int64(writer)), "commits": .integer(commits)]
                }),
            "orders": .array(
                orders.sorted { $0.key < $1.key }.map { number, end in
                    [
                        "order": .string(number), "version": .integer(Int64(end.version)),
                        "hash": .string(hexadecimal(end.hash)),
                    ]
                }),
        ]
    }

    private static func bytes(_ digits: String) -> [UInt8] {
        let values = digits.compactMap(\.hexDigitValue)
        return stride(from: 0, to: values.count - values.count % 2, by: 2).map {
            UInt8(values[$0] << 4 | values[$0 + 1])
        }
    }
}
