import HydrantCore
package import HydrantStorage

/// A part of a database on its way into another one.
package struct StorePage: Sendable {
    package var batch = WriteBatch()
    package var records: [StoredRecord] = []
    package var audit: [AuditRow] = []
    package var meta: [(name: String, value: [UInt8])] = []
    /// Where the next part begins; nil behind the last one.
    package var next: StorePosition?
}

/// Where a part begins: first the orders with everything that hangs on them, then messages, receivers, and the rest.
package enum StorePosition: Hashable, Sendable {
    case orders(after: Int64)
    case inbox(after: Int64)
    case receivers(after: String)
    case rest

    package static let beginning = StorePosition.orders(after: 0)
}

extension SQLiteStore {
    /// One part with at most so many rows of its first table. The same position gives the same part as long as nobody
    /// writes.
    package func page(at position: StorePosition, limit: Int) async throws -> StorePage {
        try await read { reader in
            guard let reader = reader as? SQLiteReader else { throw StoreFailure(.other) }
            switch position {
            case .orders(let cursor): return try reader.ordersPage(cursor, limit)
            case .inbox(let cursor): return try reader.inboxPage(cursor, limit)
            case .receivers(let cursor): return try reader.receiversPage(cursor, limit)
            case .rest: return try reader.restPage()
            }
        }
    }
}

extension SQLiteReader {
    fileprivate func ordersPage(_ cursor: Int64, _ limit: Int) throws -> StorePage {
        var page = StorePage()
        let rows = try orderRows(OrderFilter(), after: cursor, limit: limit)
        // Whoever held a lease may have sent its instruction.
        let leased = rows.isEmpty ? [] : Set(try query(Statements.leasedKeys).all([]) { $0.text(0) })
        for row in rows {
            var write = OrderWrite(
                row: row, events: try events(ofID: row.id),
                findings: try findings(of: row.number).map {
                    Finding(
                        kind: $0.kind, verdict: $0.verdict, reason: Text(chinese: "", english: ""), since: $0.since)
                },
                waybills: try waybills(of: row.number), parcels: try parcels(of: row.number))
            write.tasks = try tasks(of: row.number)
            write.row.id = 0
            write.concernsSearch = true
            page.batch.orders.append(write)
            page.batch.instructions += try instructions(of: row.number).map { instruction in
                var instruction = instruction
                if leased.contains(instruction.instruction.key) { instruction.status = .ambiguous }
                return instruction
            }
        }
        page.next = rows.last.map { .orders(after: $0.id) } ?? .inbox(after: 0)
        return page
    }

    fileprivate func inboxPage(_ cursor: Int64, _ limit: Int) throws -> StorePage {
        var page = StorePage()
        var last = cursor
        page.batch.inbox = try query(Statements.inboxPage).all([.integer(cursor), .integer(limit)]) { row in
            last = row.integer(0)
            return InboxRow(
                message: MessageKey(source: row.text(1), messageID: row.text(2)), order: row.text(3),
                receivedAt: Instant(milliseconds: row.integer(4)), bodyHash: UInt64(bitPattern: row.integer(5)),
                sealedBody: row.bytes(6))
        }
        page.next = last > cursor ? .inbox(after: last) : .receivers(after: "")
        return page
    }

    fileprivate func receiversPage(_ cursor: String, _ limit: Int) throws -> StorePage {
        var page = StorePage()
        page.batch.receivers = try query(Statements.receiversPage).all([.text(cursor), .integer(limit)]) { row in
            SealedReceiver(id: row.text(0), sealed: row.bytes(1))
        }
        page.next = page.batch.receivers.last.map { .receivers(after: $0.id) } ?? .rest
        return page
    }

    fileprivate func restPage() throws -> StorePage {
        var page = StorePage()
        page.batch.timers = try query(Statements.timersAll).all([]) { row in
            OrderTimer(order: row.text(0), id: row.text(1), dueAt: Instant(milliseconds: row.integer(2)))
        }
        page.batch.parked = try parked(after: 0, limit: Int.max)
        page.records = try allRecords()
        page.audit = try auditRows(after: 0, limit: Int.max)
        page.meta = try query(Statements.metaAll).all([]) { (name: $0.text(0), value: $0.bytes(1)) }
        return page
    }
}
