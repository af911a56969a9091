extension MemoryTables {
    func searchHits(_ hashes: [Int64], limit: Int) throws -> [[Int64]] {
        hashes.map { Array(searchKeys[$0, default: []].sorted(by: >).prefix(limit)) }
    }

    func searchHits(_ hashes: [Int64], among orders: [Int64]) throws -> [SearchHit] {
        hashes.flatMap { hash in
            let found = searchKeys[hash, default: []]
            return orders.filter { found.contains($0) }.map { SearchHit(hash: hash, order: $0) }
        }
    }

    func orderRows(ids: [Int64]) throws -> [OrderRow] {
        ids.compactMap { id in orders.indices.contains(Int(id) - 1) ? orders[Int(id) - 1].row : nil }
    }

    func searchQueue(limit: Int) throws -> [SearchQueueRow] {
        searchQueue.sorted { $0.key < $1.key }.prefix(limit).map { id, version in
            SearchQueueRow(order: id, number: orders[Int(id) - 1].row.number, version: version)
        }
    }

    func searchQueueCount() throws -> Int64 { Int64(searchQueue.count) }

    func searchedOrders(_ ids: [Int64]) throws -> Set<Int64> { Set(ids.filter { searchedOrders[$0] != nil }) }

    func writeSearch(_ orders: [SearchedOrder]) throws {
        guard orders.allSatisfy({ self.orders.indices.contains(Int($0.order) - 1) && $0.version >= 1 }) else {
            throw StoreFailure(.constraint)
        }
        var stored: [Int64: (version: Int, hashes: Set<Int64>)] = [:]
        for order in orders {
            stored[order.order] = searchedOrders[order.order].map { ($0.version, $0.hashes) }
        }
        let changes = orders.changes(to: stored)
        for hit in changes.removed {
            searchKeys[hit.hash]?.remove(hit.order)
            remember { $0.searchKeys[hit.hash, default: []].insert(hit.order) }
        }
        for hit in changes.added {
            searchKeys[hit.hash, default: []].insert(hit.order)
            remember { $0.searchKeys[hit.hash]?.remove(hit.order) }
        }
        for order in changes.orders { set(\.searchedOrders, order.order, order) }
        for order in orders where (searchQueue[order.order] ?? 0) <= order.version {
            set(\.searchQueue, order.order, nil)
        }
    }
}
