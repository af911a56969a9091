import HydrantCore
import HydrantStorage

/// A store whose answers somebody altered behind the hub's back.
struct TamperedStore: Store {
    struct Changes: Sendable {
        var order: @Sendable (inout StoredOrder) -> Void = { _ in }
        var findings: @Sendable (inout [FindingRow]) -> Void = { _ in }
        var waybills: @Sendable (inout [WaybillRow]) -> Void = { _ in }
        var instructions: @Sendable (inout [InstructionRow]) -> Void = { _ in }
        var inbox: @Sendable (inout InboxRow?) -> Void = { _ in }
        var health: @Sendable (inout [UInt16: Int64]) -> Void = { _ in }
        var audit: @Sendable (inout [AuditRow]) -> Void = { _ in }
        var timers: @Sendable (inout [OrderTimer]) -> Void = { _ in }
        var receiver: @Sendable (inout [UInt8]?) -> Void = { _ in }
        var counted: @Sendable (inout StoreCounts) -> Void = { _ in }
        var meta: @Sendable (String, inout [UInt8]?) -> Void = { _, _ in }
        var structure: [String] = []
        /// Orders that are no longer there.
        var isGone: @Sendable (String) -> Bool = { _ in false }
    }

    let inner: any Store
    var changes = Changes()

    func transaction<Answer: Sendable>(
        _ body: @Sendable @escaping (any StoreTransaction) throws -> Answer
    ) async throws -> Answer { throw StoreFailure(.readOnly) }

    func read<Answer: Sendable>(
        _ body: @Sendable @escaping (any StoreReader) throws -> Answer
    ) async throws -> Answer {
        try await inner.read { [changes] in try body(TamperedReader(inner: $0, changes: changes)) }
    }

    func close() async throws {}
}

private struct TamperedReader: StoreReader {
    let inner: any StoreReader
    let changes: TamperedStore.Changes

    func scanOrders(_ body: (OrderRow, [StoredEvent]) throws -> Void) throws {
        try inner.scanOrders { row, events in
            guard !changes.isGone(row.number) else { return }
            var order = StoredOrder(row: row, events: events)
            changes.order(&order)
            try body(order.row, order.events)
        }
    }

    func findings(of number: String) throws -> [FindingRow] {
        try changed(try inner.findings(of: number), changes.findings)
    }
    func waybills(of number: String) throws -> [WaybillRow] {
        try changed(try inner.waybills(of: number), changes.waybills)
    }

    func parcels(of number: String) throws -> [ParcelRow] { try inner.parcels(of: number) }
    func tasks(of number: String) throws -> [TaskRow] { try inner.tasks(of: number) }
    func taskCounts(dueBy moment: Instant) throws -> [TaskCount] { try inner.taskCounts(dueBy: moment) }
    func tasks(_ filter: TaskFilter, after place: TaskPlace, limit: Int) throws -> [ListedTask] {
        try inner.tasks(filter, after: place, limit: limit)
    }
    func parcelCounts() throws -> [ParcelCount] { try inner.parcelCounts() }
    func parcel(keeperCode: String) throws -> ListedParcel? { try inner.parcel(keeperCode: keeperCode) }

    func parcels(_ filter: ParcelFilter, after cursor: Int64, limit: Int) throws -> [ListedParcel] {
        try inner.parcels(filter, after: cursor, limit: limit)
    }

    func instructions(of number: String) throws -> [InstructionRow] {
        try changed(try inner.instructions(of: number), changes.instructions)
    }

    func inboxRow(_ message: MessageKey) throws -> InboxRow? { try changed(try inner.inboxRow(message), changes.inbox) }
    func statePlaces() throws -> [(place: StatePlace, count: Int64)] { try inner.statePlaces() }
    func healthCounts() throws -> [UInt16: Int64] { try changed(try inner.healthCounts(), changes.health) }

    private func changed<Value>(_ value: Value, _ change: (inout Value) -> Void) throws -> Value {
        var value = value
        change(&value)
        return value
    }

    func counts() throws -> StoreCounts { try inner.counts() }
    func orderRow(_ number: String) throws -> OrderRow? { try inner.orderRow(number) }
    func events(of number: String) throws -> [StoredEvent] { try inner.events(of: number) }

    func orderRows(_ filter: OrderFilter, after cursor: Int64, limit: Int) throws -> [OrderRow] {
        try inner.orderRows(filter, after: cursor, limit: limit)
    }

    func countsByState() throws -> [Int64] { try inner.countsByState() }
    func findingCounts() throws -> [FindingCount] { try inner.findingCounts() }

    func findings(_ kind: MismatchKind?, _ verdict: Verdict?, after cursor: Int64, limit: Int) throws -> [FindingRow] {
        try inner.findings(kind, verdict, after: cursor, limit: limit)
    }

    func instructionCounts() throws -> [InstructionStatus: Int64] { try inner.instructionCounts() }
    func laneCounts() throws -> [LaneCount] { try inner.laneCounts() }
    func openInstructions(_ lane: InstructionLane, limit: Int) throws -> [InstructionRow] {
        try inner.openInstructions(lane, limit: limit)
    }
    func scanChanges(_ body: (_ number: String, _ changesAt: Instant) throws -> Void) throws {
        try inner.scanChanges(body)
    }
    func sealedReceiver(_ id: String) throws -> [UInt8]? {
        try changed(try inner.sealedReceiver(id), changes.receiver)
    }
    func parked(after cursor: Int64, limit: Int) throws -> [ParkedRow] { try inner.parked(after: cursor, limit: limit) }
    func countedRows() throws -> StoreCounts { try changed(try inner.countedRows(), changes.counted) }
    func scanInbox(_ body: (InboxRow) throws -> Void) throws { try inner.scanInbox(body) }
    func scanTimers(_ body: (OrderTimer) throws -> Void) throws {
        var timers: [OrderTimer] = []
        try inner.scanTimers { timers.append($0) }
        changes.timers(&timers)
        for timer in timers { try body(timer) }
    }
    func structureProblems() throws -> [String] { changes.structure }
    func meta(_ name: String) throws -> [UInt8]? { try changed(try inner.meta(name)) { changes.meta(name, &$0) } }
    func record(_ collection: String, _ key: String) throws -> StoredRecord? { try inner.record(collection, key) }

    func records(_ collection: String, after key: String, limit: Int) throws -> [StoredRecord] {
        try inner.records(collection, after: key, limit: limit)
    }

    func auditRows(after number: Int64, limit: Int) throws -> [AuditRow] {
        try changed(try inner.auditRows(after: number, limit: limit), changes.audit)
    }

    func auditRows(_ filter: AuditFilter, before number: Int64, limit: Int) throws -> [AuditRow] {
        try inner.auditRows(filter, before: number, limit: limit)
    }

    func searchHits(_ hashes: [Int64], limit: Int) throws -> [[Int64]] { try inner.searchHits(hashes, limit: limit) }
    func searchHits(_ hashes: [Int64], among orders: [Int64]) throws -> [SearchHit] {
        try inner.searchHits(hashes, among: orders)
    }
    func orderRows(ids: [Int64]) throws -> [OrderRow] { try inner.orderRows(ids: ids) }
    func searchQueue(limit: Int) throws -> [SearchQueueRow] { try inner.searchQueue(limit: limit) }
    func searchQueueCount() throws -> Int64 { try inner.searchQueueCount() }
    func searchedOrders(_ ids: [Int64]) throws -> Set<Int64> { try inner.searchedOrders(ids) }
}
