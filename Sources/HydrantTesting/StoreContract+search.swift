import HydrantCore
import HydrantStorage

// The search index: which hashes find which orders, and which orders wait for theirs.

extension StoreContract {
    static let searchProperties: [Property] = [
        Property(name: "an order that concerns the search is queued once, with its newest version") {
            try await $0.searchQueued()
        },
        Property(name: "hashes find orders, the newest first, and those that no longer hold find none") {
            try await $0.searchFound()
        },
        Property(name: "what was made of an earlier version changes nothing") { try await $0.searchStale() },
        Property(name: "orders are read by their row ids") { try await $0.rowsByID() },
    ]

    private static func step(_ order: String, id: Int64 = 0, from version: Int = 0) -> WriteBatch {
        var write = Sample.step(order, id: id, from: version)
        write.concernsSearch = true
        return Sample.batch(write)
    }

    private func searchQueued() async throws {
        try await withStore { store in
            try await store.write(Sample.batch(Sample.step("A")))
            try expect(try await store.read { try $0.searchQueue(limit: 9) }, [], "an order that does not concern it")
            let first = try await store.write(Self.step("B"))[0]
            let second = try await store.write(Self.step("C"))[0]
            try await store.write(Self.step("B", id: first, from: 1))
            let expected = [
                SearchQueueRow(order: first, number: "B", version: 2),
                SearchQueueRow(order: second, number: "C", version: 1),
            ]
            try expect(try await store.read { try $0.searchQueue(limit: 9) }, expected, "the queue")
            try expect(try await store.read { try $0.searchQueue(limit: 1).count }, 1, "a part of the queue")
            try expect(try await store.read { try $0.searchQueueCount() }, 2, "its length")
            try await store.transaction {
                try $0.writeSearch([
                    SearchedOrder(order: first, version: 1, hashes: [1]),
                    SearchedOrder(order: second, version: 1, hashes: [1]),
                ])
            }
            let left = try await store.read { try $0.searchQueue(limit: 9) }
            try expect(left.map(\.number), ["B"], "an order that was written again stays in the queue")
            let known = try await store.read { try $0.searchedOrders([first, second, 77]) }
            try expect(known, [first, second], "orders whose hashes were made")
        }
    }

    private func searchFound() async throws {
        try await withStore { store in
            let first = try await store.write(Self.step("A"))[0]
            let second = try await store.write(Self.step("B"))[0]
            try await store.transaction {
                try $0.writeSearch([
                    SearchedOrder(order: first, version: 1, hashes: [.min, -5, 7]),
                    SearchedOrder(order: second, version: 1, hashes: [7, .max]),
                ])
            }
            let lists = try await store.read { try $0.searchHits([7, .min, .max, 8], limit: 9) }
            try expect(lists, [[second, first], [first], [second], []], "orders by hash")
            try expect(try await store.read { try $0.searchHits([7], limit: 1) }, [[second]], "the newest only")
            let among = try await store.read { try $0.searchHits([7, -5], among: [first]).sorted() }
            try expect(
                among, [SearchHit(hash: -5, order: first), SearchHit(hash: 7, order: first)], "hits among orders")
            try await store.transaction {
                try $0.writeSearch([SearchedOrder(order: first, version: 2, hashes: [7, 8])])
            }
            let after = try await store.read { try $0.searchHits([7, .min, -5, 8], limit: 9) }
            try expect(after, [[second, first], [], [], [first]], "orders by hash afterwards")
        }
    }

    private func searchStale() async throws {
        try await withStore { store in
            let id = try await store.write(Self.step("A"))[0]
            try await store.transaction { try $0.writeSearch([SearchedOrder(order: id, version: 3, hashes: [3])]) }
            try await store.transaction { try $0.writeSearch([SearchedOrder(order: id, version: 2, hashes: [2])]) }
            try expect(try await store.read { try $0.searchHits([2, 3], limit: 9) }, [[], [id]], "orders by hash")
            let hashes = Set((0..<40).map { Int64($0) &* 0x1234_5678_9ABC_DEF1 })
            let packed = SearchedOrder(order: id, version: 1, hashes: hashes).packed
            try expect(SearchedOrder.unpacked(packed), hashes, "hashes packed and unpacked")
        }
    }

    private func rowsByID() async throws {
        try await withStore { store in
            let ids = [try await store.write(Self.step("A"))[0], try await store.write(Self.step("B"))[0]]
            let rows = try await store.read { try $0.orderRows(ids: [ids[1], 99, ids[0]]) }
            try expect(rows.map(\.number).sorted(), ["A", "B"], "rows")
            try expect(try await store.read { try $0.orderRows(ids: []) }, [], "no rows")
        }
    }
}
