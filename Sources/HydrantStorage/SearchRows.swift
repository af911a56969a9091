/// An order that a hash finds.
package struct SearchHit: Hashable, Sendable {
    package var hash: Int64
    /// The order's row id.
    package var order: Int64

    package init(hash: Int64, order: Int64) {
        self.hash = hash
        self.order = order
    }
}

/// An order whose hashes have to be made anew.
package struct SearchQueueRow: Hashable, Sendable {
    /// The order's row id.
    package var order: Int64
    package var number: String
    /// The version of the order that was written last.
    package var version: Int

    package init(order: Int64, number: String, version: Int) {
        self.order = order
        self.number = number
        self.version = version
    }
}

/// By what an order is found at one of its versions.
package struct SearchedOrder: Hashable, Sendable {
    /// The order's row id.
    package var order: Int64
    package var version: Int
    package var hashes: Set<Int64>

    package init(order: Int64, version: Int, hashes: Set<Int64>) {
        self.order = order
        self.version = version
        self.hashes = hashes
    }

    /// The hashes as they are stored: rising, eight bytes each, the highest first.
    package var packed: [UInt8] {
        hashes.sorted().flatMap { hash in (0..<8).map { UInt8(truncatingIfNeeded: hash >> (56 - 8 * Int64($0))) } }
    }

    package static func unpacked(_ bytes: [UInt8]) -> Set<Int64> {
        Set(
            stride(from: 0, to: bytes.count - bytes.count % 8, by: 8).map { start in
                bytes[start..<start + 8].reduce(0) { $0 << 8 | Int64($1) }
            })
    }
}

extension [SearchedOrder] {
    /// What changes when these take the place of what is stored: rows to add and to remove, in order of their keys, and
    /// the orders that count.
    package func changes(
        to stored: [Int64: (version: Int, hashes: Set<Int64>)]
    ) -> (added: [SearchHit], removed: [SearchHit], orders: [SearchedOrder]) {
        var added: [SearchHit] = []
        var removed: [SearchHit] = []
        let orders = filter { (stored[$0.order]?.version ?? 0) <= $0.version }
        for order in orders {
            let before = stored[order.order]?.hashes ?? []
            added += order.hashes.subtracting(before).map { SearchHit(hash: $0, order: order.order) }
            removed += before.subtracting(order.hashes).map { SearchHit(hash: $0, order: order.order) }
        }
        return (added.sorted(), removed.sorted(), orders)
    }
}

extension SearchHit: Comparable {
    package static func < (left: SearchHit, right: SearchHit) -> Bool {
        (left.hash, left.order) < (right.hash, right.order)
    }
}
