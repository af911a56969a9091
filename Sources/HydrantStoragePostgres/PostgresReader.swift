package import HydrantCore
package import HydrantStorage

/// Questions to one snapshot of a connection.
package struct PostgresReader: StoreReader {
    let connection: PostgresConnection

    package func orderRow(_ number: String) throws -> OrderRow? {
        try connection.first(Statements.orderByNumber, [.text(number)], OrderRow.init(_:))
    }

    package func events(of number: String) throws -> [StoredEvent] {
        try connection.all(Statements.eventsOfOrder, [.text(number)]) { row in
            StoredEvent(number: Int(row.integer(0)), bytes: row.bytes(1), hash: row.bytes(2))
        }
    }

    package func orderRows(_ filter: OrderFilter, after cursor: Int64, limit: Int) throws -> [OrderRow] {
        let prefix = filter.numberPrefix.flatMap { $0.isEmpty ? nil : $0 }
        return try connection.all(
            Statements.ordersPage,
            [
                .integer(cursor), .optional(filter.state.map(Int64.init)), .optional(filter.completion?.rawValue),
                .optional(filter.verdict?.rawValue), .optional(prefix), .optional(prefix.map { $0 + "\u{10FFFF}" }),
                .integer(filter.isStanding ? 1 : 0), .integer(limit),
            ], OrderRow.init(_:))
    }

    /// So many orders are in memory at a time.
    private static let ordersAtOnce = 500

    package func scanOrders(_ body: (OrderRow, [StoredEvent]) throws -> Void) throws {
        var cursor: Int64 = 0
        while true {
            let rows = try orderRows(OrderFilter(), after: cursor, limit: Self.ordersAtOnce)
            guard let last = rows.last else { return }
            cursor = last.id
            let events = try connection.answer(Statements.eventsOfOrders, [.integers(rows.map(\.id))]).eventsByOrder()
            for row in rows { try body(row, events[row.id] ?? []) }
        }
    }

    package func scanChanges(_ body: (_ number: String, _ changesAt: Instant) throws -> Void) throws {
        let pageLength = 5_000
        var cursor: Int64 = 0
        while true {
            let page = try connection.all(Statements.changesPage, [.integer(cursor), .integer(pageLength)]) { row in
                (id: row.integer(0), number: row.text(1), at: Instant(milliseconds: row.integer(2)))
            }
            for change in page { try body(change.number, change.at) }
            guard page.count == pageLength, let last = page.last else { return }
            cursor = last.id
        }
    }

    package func findings(of number: String) throws -> [FindingRow] {
        try connection.all(Statements.findingsOfOrder, [.text(number)], FindingRow.init(_:))
    }

    package func findings(
        _ kind: MismatchKind?, _ verdict: Verdict?, after cursor: Int64, limit: Int
    ) throws -> [FindingRow] {
        let word = Cell.optional(verdict?.rawValue)
        if let kind {
            return try connection.all(
                Statements.findingsOfKind, [.text(kind.rawValue), .integer(cursor), word, .integer(limit)],
                FindingRow.init(_:))
        }
        return try connection.all(
            Statements.findingsOfAllKinds, [.integer(cursor), word, .integer(limit)], FindingRow.init(_:))
    }

    package func findingCounts() throws -> [FindingCount] {
        try connection.all(Statements.findingCounts) { row in
            FindingCount(
                kind: try row.word(0, MismatchKind.self), verdict: try row.word(1, Verdict.self), count: row.integer(2))
        }
    }

    package func instructions(of number: String) throws -> [InstructionRow] {
        try connection.all(Statements.instructionsOfOrder, [.text(number)], InstructionRow.init(_:))
    }

    package func laneCounts() throws -> [LaneCount] {
        try connection.all(Statements.laneCounts, []) { row in
            LaneCount(
                lane: InstructionLane(system: row.text(0), kind: try row.word(1, InstructionKind.self)),
                count: row.integer(2), oldestIssuedAt: Instant(milliseconds: row.integer(3)))
        }
    }

    package func openInstructions(_ lane: InstructionLane, limit: Int) throws -> [InstructionRow] {
        try connection.all(
            Statements.openInstructions, [.text(lane.system), .text(lane.kind.rawValue), .integer(limit)],
            InstructionRow.init(_:))
    }

    package func waybills(of number: String) throws -> [WaybillRow] {
        try connection.all(Statements.waybillsOfOrder, [.text(number)]) { row in
            WaybillRow(parcel: row.text(0), number: row.text(1), status: try row.word(2, WaybillRow.Status.self))
        }
    }

    package func inboxRow(_ message: MessageKey) throws -> InboxRow? {
        try connection.first(Statements.inboxRow, [.text(message.source), .text(message.messageID)]) { row in
            InboxRow(
                message: message, order: row.text(0), receivedAt: Instant(milliseconds: row.integer(1)),
                bodyHash: UInt64(bitPattern: row.integer(2)), sealedBody: row.bytes(3))
        }
    }

    package func sealedReceiver(_ id: String) throws -> [UInt8]? {
        try connection.first(Statements.receiver, [.text(id)]) { $0.bytes(0) }
    }

    package func parked(after cursor: Int64, limit: Int) throws -> [ParkedRow] {
        try connection.all(Statements.parked, [.integer(cursor), .integer(limit)]) { row in
            var parked = ParkedRow(
                source: row.text(1), place: row.text(2), receivedAt: Instant(milliseconds: row.integer(3)),
                reason: row.text(4), sealedBody: row.bytes(5), fingerprint: row.optionalText(6) ?? "")
            parked.id = row.integer(0)
            return parked
        }
    }

    package func meta(_ name: String) throws -> [UInt8]? {
        try connection.first(Statements.meta, [.text(name)]) { $0.bytes(0) }
    }
}

/// Figures, from the sums that every writer keeps.
extension PostgresReader {
    package func countsByState() throws -> [Int64] { try tallies().countsByState }
    package func healthCounts() throws -> [UInt16: Int64] { try tallies().healthCounts }
    package func statePlaces() throws -> [(place: StatePlace, count: Int64)] {
        try connection.all(Statements.statePlaces) {
            (
                StatePlace(state: Int($0.integer(0)), minute: $0.integer(1), overdueAfter: $0.optionalInteger(2)),
                $0.integer(3)
            )
        }
    }
    package func instructionCounts() throws -> [InstructionStatus: Int64] { try tallies().instructionCounts }
    package func counts() throws -> StoreCounts { try tallies().counts }

    func tallies() throws -> Tallies {
        var tallies = Tallies()
        let rows = try connection.all(Statements.tallies) { (name: $0.text(0), count: $0.integer(1)) }
        for row in rows { tallies.add(row.count, row.name) }
        return tallies
    }
}

extension Answer {
    /// Rows of order id, number, bytes and hash.
    func eventsByOrder() -> [Int64: [StoredEvent]] {
        var events: [Int64: [StoredEvent]] = [:]
        for (id, event) in all({ row in
            (row.integer(0), StoredEvent(number: Int(row.integer(1)), bytes: row.bytes(2), hash: row.bytes(3)))
        }) {
            events[id, default: []].append(event)
        }
        return events
    }
}

extension OrderRow {
    /// The columns of ``Statements/orderColumns``.
    init(_ row: AnswerRow) throws {
        self.init(number: row.text(1), changedAt: Instant(milliseconds: row.integer(9)))
        id = row.integer(0)
        version = Int(row.integer(2))
        state = Int(row.integer(3))
        stateSince = row.optionalInteger(4).map(Instant.init(milliseconds:))
        completion = try row.word(5, Completion.self)
        holds = Int(row.integer(6))
        verdict = row.isNull(7) ? nil : try row.word(7, Verdict.self)
        placedAt = row.optionalInteger(8).map(Instant.init(milliseconds:))
        health = UInt16(truncatingIfNeeded: row.integer(10))
        changesAt = row.optionalInteger(11).map(Instant.init(milliseconds:))
        chainHead = row.bytes(12)
        overdueAfter = row.optionalInteger(13).map(Instant.init(milliseconds:))
    }
}

extension FindingRow {
    /// The columns of ``Statements/findingColumns``.
    init(_ row: AnswerRow) throws {
        self.init(
            order: row.text(0), orderID: row.integer(1), kind: try row.word(2, MismatchKind.self),
            verdict: try row.word(3, Verdict.self), since: Instant(milliseconds: row.integer(4)))
    }
}

extension InstructionRow {
    /// The columns of ``Statements/instructionColumns``.
    init(_ row: AnswerRow) throws {
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
