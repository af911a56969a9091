import GRDB
package import HydrantCore
package import HydrantStorage

/// Questions and writes of the one write transaction that runs.
package struct SQLiteTransaction: StoreTransaction {
    let database: Database
    let reader: SQLiteReader

    init(database: Database) {
        self.database = database
        reader = SQLiteReader(database: database)
    }

    package func seen(_ messages: [MessageKey]) throws -> [MessageKey: UInt64] {
        let query = try Query(database, Statements.seen)
        var found: [MessageKey: UInt64] = [:]
        for message in messages {
            let hash = try query.first([.text(message.source), .text(message.messageID)]) { $0.integer(0) }
            if let hash { found[message] = UInt64(bitPattern: hash) }
        }
        return found
    }

    package func load(_ numbers: [String]) throws -> [String: StoredOrder] {
        let query = try Query(database, Statements.orderByNumber)
        var found: [String: StoredOrder] = [:]
        for number in numbers where found[number] == nil {
            guard let row = try query.first([.text(number)], OrderRow.init(_:)) else { continue }
            found[number] = StoredOrder(row: row, events: try reader.events(ofID: row.id))
        }
        return found
    }

    package func claimInstructions(_ claim: InstructionClaim) throws -> [InstructionRow] {
        let ids = try Query(database, Statements.claimInstructions).all([
            .integer(claim.leaseUntil.milliseconds), .text(claim.lane.system), .text(claim.lane.kind.rawValue),
            .integer(claim.dueBy.milliseconds), .integer(claim.now.milliseconds), .integer(claim.limit),
        ]) { $0.integer(0) }
        let query = try Query(database, Statements.instructionByID)
        let claimed = try ids.compactMap { id in
            try query.first([.integer(id)]) { (id: id, row: try InstructionRow($0)) }
        }
        // The engine returns updated rows in an order of its own.
        return claimed.sorted { ($0.row.dueAt, $0.id) < ($1.row.dueAt, $1.id) }.map { taken in
            var row = taken.row
            row.leaseUntil = claim.leaseUntil
            return row
        }
    }

    package func lostLeases(_ changes: [InstructionChange]) throws -> Set<String> {
        #if HYDRANT_MUTANTS
            if Mutant.lostLeaseIsIgnored.isOn { return [] }
        #endif
        let query = try Query(database, Statements.lease)
        return Set(
            try changes.filter { change in
                guard let lease = change.leaseUntil else { return false }
                return try query.first([.text(change.key)]) { $0.optionalInteger(0) != lease.milliseconds } ?? false
            }.map(\.key))
    }

    package func update(_ changes: [InstructionChange]) throws {
        guard !changes.isEmpty else { return }
        let query = try Query(database, Statements.updateInstruction)
        for change in changes {
            let id = try query.first([
                .text(change.status.rawValue), .integer(change.attempts), .integer(change.dueAt.milliseconds),
                .text(change.lastError), .text(change.key),
            ]) { $0.integer(0) }
            guard id != nil else { throw StoreFailure(.constraint) }
        }
    }

    package func releaseClaims() throws {
        try Query(database, Statements.releaseClaims).run([])
    }

    package func dueTimers(now: Instant, limit: Int) throws -> [OrderTimer] {
        try Query(database, Statements.dueTimers).all([.integer(now.milliseconds), .integer(limit)]) { row in
            OrderTimer(order: row.text(0), id: row.text(1), dueAt: Instant(milliseconds: row.integer(2)))
        }
    }

    package func setMeta(_ name: String, _ value: [UInt8]) throws {
        try Query(database, Statements.setMeta).run([.text(name), .bytes(value)])
    }
}

/// A transaction answers every question that a snapshot answers.
extension SQLiteTransaction {
    package func orderRow(_ number: String) throws -> OrderRow? { try reader.orderRow(number) }
    package func events(of number: String) throws -> [StoredEvent] { try reader.events(of: number) }
    package func orderRows(_ filter: OrderFilter, after cursor: Int64, limit: Int) throws -> [OrderRow] {
        try reader.orderRows(filter, after: cursor, limit: limit)
    }
    package func scanOrders(_ body: (OrderRow, [StoredEvent]) throws -> Void) throws { try reader.scanOrders(body) }
    package func countsByState() throws -> [Int64] { try reader.countsByState() }
    package func findingCounts() throws -> [FindingCount] { try reader.findingCounts() }
    package func findings(
        _ kind: MismatchKind?, _ verdict: Verdict?, after cursor: Int64, limit: Int
    ) throws -> [FindingRow] {
        try reader.findings(kind, verdict, after: cursor, limit: limit)
    }
    package func findings(of number: String) throws -> [FindingRow] { try reader.findings(of: number) }
    package func instructions(of number: String) throws -> [InstructionRow] { try reader.instructions(of: number) }
    package func instructionCounts() throws -> [InstructionStatus: Int64] { try reader.instructionCounts() }
    package func laneCounts() throws -> [LaneCount] { try reader.laneCounts() }
    package func openInstructions(_ lane: InstructionLane, limit: Int) throws -> [InstructionRow] {
        try reader.openInstructions(lane, limit: limit)
    }
    package func statePlaces() throws -> [(place: StatePlace, count: Int64)] { try reader.statePlaces() }
    package func healthCounts() throws -> [UInt16: Int64] { try reader.healthCounts() }
    package func scanChanges(_ body: (_ number: String, _ changesAt: Instant) throws -> Void) throws {
        try reader.scanChanges(body)
    }
    package func parcels(of number: String) throws -> [ParcelRow] { try reader.parcels(of: number) }
    package func parcelCounts() throws -> [ParcelCount] { try reader.parcelCounts() }
    package func parcels(_ filter: ParcelFilter, after cursor: Int64, limit: Int) throws -> [ListedParcel] {
        try reader.parcels(filter, after: cursor, limit: limit)
    }
    package func tasks(of number: String) throws -> [TaskRow] { try reader.tasks(of: number) }
    package func tasks(_ filter: TaskFilter, after place: TaskPlace, limit: Int) throws -> [ListedTask] {
        try reader.tasks(filter, after: place, limit: limit)
    }
    package func taskCounts(dueBy moment: Instant) throws -> [TaskCount] { try reader.taskCounts(dueBy: moment) }
    package func parcel(keeperCode: String) throws -> ListedParcel? { try reader.parcel(keeperCode: keeperCode) }
    package func waybills(of number: String) throws -> [WaybillRow] { try reader.waybills(of: number) }
    package func places(ofWaybill number: String) throws -> [WaybillPlace] {
        try reader.places(ofWaybill: number)
    }
    package func inboxRow(_ message: MessageKey) throws -> InboxRow? { try reader.inboxRow(message) }
    package func sealedReceiver(_ id: String) throws -> [UInt8]? { try reader.sealedReceiver(id) }
    package func parked(after cursor: Int64, limit: Int) throws -> [ParkedRow] {
        try reader.parked(after: cursor, limit: limit)
    }
    package func searchHits(_ hashes: [Int64], limit: Int) throws -> [[Int64]] {
        try reader.searchHits(hashes, limit: limit)
    }
    package func searchHits(_ hashes: [Int64], among orders: [Int64]) throws -> [SearchHit] {
        try reader.searchHits(hashes, among: orders)
    }
    package func orderRows(ids: [Int64]) throws -> [OrderRow] { try reader.orderRows(ids: ids) }
    package func searchQueue(limit: Int) throws -> [SearchQueueRow] { try reader.searchQueue(limit: limit) }
    package func searchQueueCount() throws -> Int64 { try reader.searchQueueCount() }
    package func searchedOrders(_ ids: [Int64]) throws -> Set<Int64> { try reader.searchedOrders(ids) }
    package func counts() throws -> StoreCounts { try reader.counts() }
    package func countedRows() throws -> StoreCounts { try reader.countedRows() }
    package func scanInbox(_ body: (InboxRow) throws -> Void) throws { try reader.scanInbox(body) }
    package func scanTimers(_ body: (OrderTimer) throws -> Void) throws { try reader.scanTimers(body) }
    package func structureProblems() throws -> [String] { try reader.structureProblems() }
    package func meta(_ name: String) throws -> [UInt8]? { try reader.meta(name) }
}
