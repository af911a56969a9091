import HydrantCore
package import HydrantStorage

extension PostgresReader {
    package func searchHits(_ hashes: [Int64], limit: Int) throws -> [[Int64]] {
        var found = [[Int64]](repeating: [], count: hashes.count)
        guard !hashes.isEmpty else { return found }
        for (place, order) in try connection.all(
            Statements.searchHits, [.integers(hashes), .integer(limit)], { (Int($0.integer(0)), $0.integer(1)) })
        {
            found[place - 1].append(order)
        }
        return found
    }

    package func searchHits(_ hashes: [Int64], among orders: [Int64]) throws -> [SearchHit] {
        guard !hashes.isEmpty, !orders.isEmpty else { return [] }
        return try connection.all(Statements.searchHitsAmong, [.integers(hashes), .integers(orders)]) { row in
            SearchHit(hash: row.integer(0), order: row.integer(1))
        }
    }

    package func orderRows(ids: [Int64]) throws -> [OrderRow] {
        guard !ids.isEmpty else { return [] }
        return try connection.all(Statements.ordersByID, [.integers(ids)], OrderRow.init(_:))
    }

    package func searchQueue(limit: Int) throws -> [SearchQueueRow] {
        try connection.all(Statements.searchQueue, [.integer(limit)]) { row in
            SearchQueueRow(order: row.integer(0), number: row.text(1), version: Int(row.integer(2)))
        }
    }

    package func searchQueueCount() throws -> Int64 {
        try connection.first(Statements.searchQueueCount) { $0.integer(0) } ?? 0
    }

    package func searchedOrders(_ ids: [Int64]) throws -> Set<Int64> {
        guard !ids.isEmpty else { return [] }
        return Set(try connection.all(Statements.searchedOrders, [.integers(ids)]) { $0.integer(0) })
    }
}

extension PostgresTransaction {
    package func writeSearch(_ orders: [SearchedOrder]) throws {
        guard !orders.isEmpty else { return }
        let orders = orders.sorted { $0.order < $1.order }
        let ids = orders.map(\.order)
        var stored: [Int64: (version: Int, hashes: Set<Int64>)] = [:]
        for (id, version, bytes) in try connection.all(
            Statements.lockSearchedOrders, [.integers(ids)],
            { ($0.integer(0), Int($0.integer(1)), $0.bytes(2)) })
        {
            stored[id] = (version, SearchedOrder.unpacked(bytes))
        }
        let changes = orders.changes(to: stored)
        var calls: [Call] = []
        for (text, hits) in [
            (Statements.deleteSearchKeys, changes.removed), (Statements.insertSearchKeys, changes.added),
        ] where !hits.isEmpty {
            calls.append(Call(text, [.integers(hits.map(\.hash)), .integers(hits.map(\.order))]))
        }
        if !changes.orders.isEmpty {
            calls.append(
                Call(
                    Statements.setSearchedOrders,
                    [
                        .integers(changes.orders.map(\.order)), .integers(changes.orders.map { Int64($0.version) }),
                        .byteArrays(changes.orders.map(\.packed)),
                    ]))
        }
        calls.append(
            Call(Statements.unqueueForSearch, [.integers(ids), .integers(orders.map { Int64($0.version) })]))
        _ = try connection.run(calls)
    }
}

extension WritePlan {
    mutating func addSearchQueue(_ writes: [OrderWrite], _ ids: [Int64]) {
        let rows = zip(writes, ids).filter { $0.0.concernsSearch }.sorted { $0.1 < $1.1 }
        guard !rows.isEmpty else { return }
        add(
            Call(
                Statements.queueForSearch,
                [.integers(rows.map(\.1)), .integers(rows.map { Int64($0.0.row.version) })]))
    }
}
