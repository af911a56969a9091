import GRDB
import HydrantCore
package import HydrantStorage

extension SQLiteReader {
    package func searchHits(_ hashes: [Int64], limit: Int) throws -> [[Int64]] {
        let query = try query(Statements.searchHits)
        return try hashes.map { try query.all([.integer($0), .integer(limit)]) { $0.integer(0) } }
    }

    package func searchHits(_ hashes: [Int64], among orders: [Int64]) throws -> [SearchHit] {
        let query = try query(Statements.searchHit)
        var hits: [SearchHit] = []
        for hash in hashes {
            for order in orders where try query.first([.integer(hash), .integer(order)], { _ in true }) != nil {
                hits.append(SearchHit(hash: hash, order: order))
            }
        }
        return hits
    }

    package func orderRows(ids: [Int64]) throws -> [OrderRow] {
        let query = try query(Statements.orderByID)
        return try ids.compactMap { try query.first([.integer($0)], OrderRow.init(_:)) }
    }

    package func searchQueue(limit: Int) throws -> [SearchQueueRow] {
        try query(Statements.searchQueue).all([.integer(limit)]) { row in
            SearchQueueRow(order: row.integer(0), number: row.text(1), version: Int(row.integer(2)))
        }
    }

    package func searchQueueCount() throws -> Int64 {
        try query(Statements.searchQueueCount).first([]) { $0.integer(0) } ?? 0
    }

    package func searchedOrders(_ ids: [Int64]) throws -> Set<Int64> {
        let query = try query(Statements.searchedOrder)
        return Set(try ids.filter { try query.first([.integer($0)], { _ in true }) != nil })
    }
}

extension SQLiteTransaction {
    package func writeSearch(_ orders: [SearchedOrder]) throws {
        let known = try Query(database, Statements.searchedOrder)
        var stored: [Int64: (version: Int, hashes: Set<Int64>)] = [:]
        for order in orders {
            stored[order.order] = try known.first([.integer(order.order)]) { row in
                (Int(row.integer(0)), SearchedOrder.unpacked(row.bytes(1)))
            }
        }
        let changes = orders.changes(to: stored)
        let delete = try Query(database, Statements.deleteSearchKey)
        for hit in changes.removed { try delete.run([.integer(hit.hash), .integer(hit.order)]) }
        let insert = try Query(database, Statements.insertSearchKey)
        for hit in changes.added { try insert.run([.integer(hit.hash), .integer(hit.order)]) }
        let set = try Query(database, Statements.setSearchedOrder)
        for order in changes.orders {
            try set.run([.integer(order.order), .integer(order.version), .bytes(order.packed)])
        }
        let unqueue = try Query(database, Statements.unqueueForSearch)
        for order in orders { try unqueue.run([.integer(order.order), .integer(order.version)]) }
    }
}
