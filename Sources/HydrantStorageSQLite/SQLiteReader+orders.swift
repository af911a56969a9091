import GRDB
import HydrantCore
package import HydrantStorage

extension SQLiteReader {
    package func orderRows(_ filter: OrderFilter, after cursor: Int64, limit: Int) throws -> [OrderRow] {
        guard let prefix = filter.numberPrefix, !prefix.isEmpty else {
            return try rows(Statements.ordersInOrder, filter, [.integer(cursor)], limit)
        }
        let range: [Cell] = [.text(prefix), .text(prefix + "\u{10FFFF}")]
        let early = try rows(
            Statements.ordersNearby, filter, [.integer(cursor), .integer(cursor + Self.nearbyOrders)] + range, limit)
        if early.count >= limit { return early }
        let last = try query(Statements.lastOrder).first([]) { $0.integer(0) } ?? 0
        if last <= cursor + Self.nearbyOrders { return early }
        if filter == OrderFilter(numberPrefix: prefix) {
            return try query(Statements.ordersByPrefix).all(
                range + [.integer(cursor), .integer(limit)], OrderRow.init(_:))
        }
        return try rows(Statements.ordersByPrefixAndMore, filter, range + [.integer(cursor)], limit)
    }

    /// A common prefix fills its page from the next rows; a rare one is cheaper through the index on numbers. So many
    /// rows are read before the index is asked; about half a millisecond.
    private static let nearbyOrders: Int64 = 2_000

    private func rows(_ text: String, _ filter: OrderFilter, _ start: [Cell], _ limit: Int) throws -> [OrderRow] {
        let state = Cell.optional(filter.state.map(Int64.init))
        let completion = Cell.optional(filter.completion?.rawValue)
        let verdict = Cell.optional(filter.verdict?.rawValue)
        return try query(text).all(
            start + [state, state, completion, completion, verdict, verdict]
                + [.integer(filter.isStanding ? 1 : 0), .integer(limit)], OrderRow.init(_:))
    }

    /// Asks for the events order by order, so that only one order is in memory at a time.
    package func scanOrders(_ body: (OrderRow, [StoredEvent]) throws -> Void) throws {
        try Query(database, Statements.allOrders, isShared: false).each([]) { cells in
            let row = try OrderRow(cells)
            try body(row, try events(ofID: row.id))
        }
    }
}

extension OrderRow {
    /// The columns of ``Statements/orderColumns``.
    init(_ row: QueryRow) throws {
        self.init(number: row.text(1), changedAt: Instant(milliseconds: row.integer(9)))
        id = row.integer(0)
        version = Int(row.integer(2))
        state = Int(row.integer(3))
        stateSince = row.optionalInteger(4).map(Instant.init(milliseconds:))
        completion = try row.word(5, Completion.self)
        holds = Int(row.integer(6))
        verdict = row.optionalText(7) == nil ? nil : try row.word(7, Verdict.self)
        placedAt = row.optionalInteger(8).map(Instant.init(milliseconds:))
        health = UInt16(truncatingIfNeeded: row.integer(10))
        changesAt = row.optionalInteger(11).map(Instant.init(milliseconds:))
        chainHead = row.bytes(12)
        overdueAfter = row.optionalInteger(13).map(Instant.init(milliseconds:))
    }
}

extension FindingRow {
    /// The columns of ``Statements/findingColumns``.
    init(_ row: QueryRow) throws {
        self.init(
            order: row.text(0), orderID: row.integer(1), kind: try row.word(2, MismatchKind.self),
            verdict: try row.word(3, Verdict.self), since: Instant(milliseconds: row.integer(4)))
    }
}

extension InstructionRow {
    /// The columns of ``Statements/instructionColumns``.
    init(_ row: QueryRow) throws {
        let instruction = Instruction(
            key: row.text(0), kind: try row.word(1, InstructionKind.self), system: row.text(2), target: row.text(3))
        self.init(
            instruction: instruction, order: row.text(4), issuedAt: Instant(milliseconds: row.integer(7)),
            deadline: Instant(milliseconds: row.integer(9)))
        status = try row.word(5, InstructionStatus.self)
        attempts = Int(row.integer(6))
        dueAt = Instant(milliseconds: row.integer(8))
        lastError = row.text(10)
    }
}
