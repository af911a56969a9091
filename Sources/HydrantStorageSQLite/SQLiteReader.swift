import GRDB
package import HydrantCore
package import HydrantStorage

/// Questions to one snapshot of a connection.
package struct SQLiteReader: StoreReader {
    let database: Database

    package func orderRow(_ number: String) throws -> OrderRow? {
        try query(Statements.orderByNumber).first([.text(number)], OrderRow.init(_:))
    }

    package func events(of number: String) throws -> [StoredEvent] {
        guard let id = try orderID(number) else { return [] }
        return try events(ofID: id)
    }

    package func findings(of number: String) throws -> [FindingRow] {
        try query(Statements.findingsOfOrder).all([.text(number)], FindingRow.init(_:))
    }

    package func findings(
        _ kind: MismatchKind?, _ verdict: Verdict?, after cursor: Int64, limit: Int
    ) throws -> [FindingRow] {
        let word = Cell.optional(verdict?.rawValue)
        if let kind {
            return try query(Statements.findingsOfKind).all(
                [.text(kind.rawValue), .integer(cursor), word, word, .integer(limit)], FindingRow.init(_:))
        }
        return try query(Statements.findingsOfAllKinds).all(
            [.integer(cursor), word, word, .integer(limit), word, word], FindingRow.init(_:))
    }

    package func findingCounts() throws -> [FindingCount] {
        try query(Statements.findingCounts).all([]) { row in
            FindingCount(
                kind: try row.word(0, MismatchKind.self), verdict: try row.word(1, Verdict.self), count: row.integer(2))
        }
    }

    package func countsByState() throws -> [Int64] {
        var counts = [Int64](repeating: 0, count: 8)
        try query(Statements.countsByState).each([]) { row in
            guard let state = Int(exactly: row.integer(0)), counts.indices.contains(state) else {
                throw StoreFailure(.corrupt)
            }
            counts[state] = row.integer(1)
        }
        return counts
    }

    package func instructions(of number: String) throws -> [InstructionRow] {
        try query(Statements.instructionsOfOrder).all([.text(number)], InstructionRow.init(_:))
    }

    package func instructionCounts() throws -> [InstructionStatus: Int64] {
        var counts: [InstructionStatus: Int64] = [:]
        try query(Statements.instructionCounts).each([]) {
            counts[try $0.word(0, InstructionStatus.self)] = $0.integer(1)
        }
        return counts
    }

    package func laneCounts() throws -> [LaneCount] {
        try query(Statements.laneCounts).all([]) { row in
            LaneCount(
                lane: InstructionLane(system: row.text(0), kind: try row.word(1, InstructionKind.self)),
                count: row.integer(2), oldestIssuedAt: Instant(milliseconds: row.integer(3)))
        }
    }

    package func openInstructions(_ lane: InstructionLane, limit: Int) throws -> [InstructionRow] {
        try query(Statements.openInstructions).all(
            [.text(lane.system), .text(lane.kind.rawValue), .integer(limit)], InstructionRow.init(_:))
    }

    package func statePlaces() throws -> [(place: StatePlace, count: Int64)] {
        try query(Statements.statePlaces).all([]) { row in
            guard let state = Int(exactly: row.integer(0)), (0..<8).contains(state) else {
                throw StoreFailure(.corrupt)
            }
            return (
                StatePlace(state: state, minute: row.integer(1), overdueAfter: row.optionalInteger(2)), row.integer(3)
            )
        }
    }

    package func healthCounts() throws -> [UInt16: Int64] {
        var counts: [UInt16: Int64] = [:]
        try query(Statements.healthCounts).each([]) { row in
            guard let health = UInt16(exactly: row.integer(0)) else { throw StoreFailure(.corrupt) }
            counts[health] = row.integer(1)
        }
        return counts
    }

    package func scanChanges(_ body: (_ number: String, _ changesAt: Instant) throws -> Void) throws {
        try Query(database, Statements.changes, isShared: false).each([]) {
            try body($0.text(0), Instant(milliseconds: $0.integer(1)))
        }
    }

    package func waybills(of number: String) throws -> [WaybillRow] {
        try query(Statements.waybillsOfOrder).all([.text(number)]) { row in
            WaybillRow(parcel: row.text(0), number: row.text(1), status: try row.word(2, WaybillRow.Status.self))
        }
    }

    package func places(ofWaybill number: String) throws -> [WaybillPlace] {
        try query(Statements.placesOfWaybill).all([.text(number)]) { row in
            WaybillPlace(order: row.text(0), parcel: row.text(1))
        }
    }

    package func inboxRow(_ message: MessageKey) throws -> InboxRow? {
        try query(Statements.inboxRow).first([.text(message.source), .text(message.messageID)]) { row in
            InboxRow(
                message: message, order: row.text(0), receivedAt: Instant(milliseconds: row.integer(1)),
                bodyHash: UInt64(bitPattern: row.integer(2)), sealedBody: row.bytes(3))
        }
    }

    package func sealedReceiver(_ id: String) throws -> [UInt8]? {
        try query(Statements.receiver).first([.text(id)]) { $0.bytes(0) }
    }

    package func parked(after cursor: Int64, limit: Int) throws -> [ParkedRow] {
        try query(Statements.parked).all([.integer(cursor), .integer(limit)]) { row in
            var parked = ParkedRow(
                source: row.text(1), place: row.text(2), receivedAt: Instant(milliseconds: row.integer(3)),
                reason: row.text(4), sealedBody: row.bytes(5), fingerprint: row.optionalText(6) ?? "")
            parked.id = row.integer(0)
            return parked
        }
    }

    package func counts() throws -> StoreCounts { try counts(Statements.counts) }

    func counts(_ text: String) throws -> StoreCounts {
        try query(text).first([]) { row in
            var counts = StoreCounts()
            counts.orders = row.integer(0)
            counts.events = row.integer(1)
            counts.messages = row.integer(2)
            counts.parked = row.integer(3)
            return counts
        } ?? StoreCounts()
    }

    package func meta(_ name: String) throws -> [UInt8]? {
        try query(Statements.meta).first([.text(name)]) { $0.bytes(0) }
    }

    func query(_ text: String) throws -> Query { try Query(database, text) }

    func orderID(_ number: String) throws -> Int64? {
        try query(Statements.orderID).first([.text(number)]) { $0.integer(0) }
    }

    func events(ofID id: Int64) throws -> [StoredEvent] {
        try query(Statements.eventsOfOrder).all([.integer(id)]) { row in
            StoredEvent(number: Int(row.integer(0)), bytes: row.bytes(1), hash: row.bytes(2))
        }
    }
}
