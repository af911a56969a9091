import HydrantCore
import HydrantStorage
import Synchronization

/// One run of the hub's process: what it holds open dies with it.
final class Generation: Sendable {
    private let hasDied = Mutex(false)

    var isDead: Bool { hasDied.withLock { $0 } }

    func die() { hasDied.withLock { $0 = true } }
}

/// A store that takes time, fails now and then, and is out of reach for a process that has died. Everything that was
/// committed is told to the books.
final class FaultyStore: Store {
    private let inner: any Store
    private let generation: Generation
    private let weather: Weather
    private let executor: SeededExecutor
    private let books: Books
    private let mutation: Mutation?
    /// Kills the process.
    private let kill: @Sendable () -> Void

    init(
        inner: any Store, generation: Generation, weather: Weather, executor: SeededExecutor, books: Books,
        mutation: Mutation?, kill: @escaping @Sendable () -> Void
    ) {
        self.inner = inner
        self.generation = generation
        self.weather = weather
        self.executor = executor
        self.books = books
        self.mutation = mutation
        self.kill = kill
    }

    func transaction<Result: Sendable>(
        _ body: @Sendable @escaping (any StoreTransaction) throws -> Result
    ) async throws -> Result {
        await wait(upTo: 8)
        try requireLife()
        if weather.happens(permille: weather.plan.storeFaults) { throw StoreFailure(.inputOutput) }
        if mutation == .acknowledgedBeforeCommit, weather.happens(permille: 100) {
            return try await lose(body)
        }
        let generation = generation
        let mutation = mutation
        let (result, batches) = try await inner.transaction { transaction in
            if generation.isDead { throw StoreFailure(.other) }
            let spy = WatchedTransaction(transaction, mutation: mutation)
            let result = try body(spy)
            return (result, spy.batches)
        }
        books.committed(batches, at: executor.now)
        if !batches.isEmpty, weather.happens(permille: weather.plan.deathsAfterCommit) {
            kill()
            throw StoreFailure(.inputOutput)
        }
        await wait(upTo: 4)
        try requireLife()
        return result
    }

    func read<Result: Sendable>(
        _ body: @Sendable @escaping (any StoreReader) throws -> Result
    ) async throws -> Result {
        await wait(upTo: 2)
        try requireLife()
        return try await inner.read(body)
    }

    func close() async throws {}

    /// Gives others their turn, most of the time.
    private func wait(upTo longest: Milliseconds) async {
        let length = weather.length(-longest...longest)
        if length > 0 { await executor.pass(length) }
    }

    private func requireLife() throws {
        if generation.isDead { throw StoreFailure(.other, message: "The process has died.") }
    }

    /// Answers as if it had been written.
    private func lose<Result: Sendable>(
        _ body: @Sendable @escaping (any StoreTransaction) throws -> Result
    ) async throws -> Result {
        let answer = Mutex<Result?>(nil)
        do {
            try await inner.transaction { transaction in
                let result = try body(transaction)
                answer.withLock { $0 = result }
                throw Lost()
            }
        } catch is Lost {}
        guard let result = answer.withLock({ $0 }) else { throw StoreFailure(.other) }
        return result
    }
}

/// Rolls a transaction back whose result is handed out all the same.
private struct Lost: Error {}

/// A transaction that remembers what was written, and alters it when a mutation asks for it.
private final class WatchedTransaction: StoreTransaction {
    private let inner: any StoreTransaction
    private let mutation: Mutation?
    private(set) var batches: [WriteBatch] = []

    init(_ inner: any StoreTransaction, mutation: Mutation?) {
        self.inner = inner
        self.mutation = mutation
    }

    func write(_ batch: WriteBatch) throws -> [Int64] {
        let batch = try mutated(batch)
        batches.append(batch)
        return try inner.write(batch)
    }

    private func mutated(_ batch: WriteBatch) throws -> WriteBatch {
        var batch = batch
        switch mutation {
        case .timersLost: batch.timers = []
        case .staleHealth:
            for index in batch.orders.indices {
                guard let row = try inner.orderRow(batch.orders[index].row.number) else { continue }
                batch.orders[index].row.health = row.health
            }
        case .eventRewritten:
            for index in batch.orders.indices where batch.orders[index].row.version % 5 == 0 {
                guard let last = batch.orders[index].events.indices.last else { continue }
                let text = String(decoding: batch.orders[index].events[last].bytes, as: UTF8.self)
                batch.orders[index].events[last].bytes = Array(text.replacingDigit.utf8)
            }
        default: break
        }
        return batch
    }

    func seen(_ messages: [MessageKey]) throws -> [MessageKey: UInt64] {
        mutation == .storeForgetsMessages ? [:] : try inner.seen(messages)
    }

    func load(_ numbers: [String]) throws -> [String: StoredOrder] { try inner.load(numbers) }

    func claimInstructions(_ claim: InstructionClaim) throws -> [InstructionRow] {
        try inner.claimInstructions(claim)
    }

    func lostLeases(_ changes: [InstructionChange]) throws -> Set<String> { try inner.lostLeases(changes) }
    func update(_ changes: [InstructionChange]) throws { try inner.update(changes) }
    func releaseClaims() throws { try inner.releaseClaims() }
    func dueTimers(now: Instant, limit: Int) throws -> [OrderTimer] { try inner.dueTimers(now: now, limit: limit) }
    func setMeta(_ name: String, _ value: [UInt8]) throws { try inner.setMeta(name, value) }
    func writeSearch(_ orders: [SearchedOrder]) throws { try inner.writeSearch(orders) }
    func searchHits(_ hashes: [Int64], limit: Int) throws -> [[Int64]] { try inner.searchHits(hashes, limit: limit) }
    func searchHits(_ hashes: [Int64], among orders: [Int64]) throws -> [SearchHit] {
        try inner.searchHits(hashes, among: orders)
    }
    func orderRows(ids: [Int64]) throws -> [OrderRow] { try inner.orderRows(ids: ids) }
    func searchQueue(limit: Int) throws -> [SearchQueueRow] { try inner.searchQueue(limit: limit) }
    func searchQueueCount() throws -> Int64 { try inner.searchQueueCount() }
    func searchedOrders(_ ids: [Int64]) throws -> Set<Int64> { try inner.searchedOrders(ids) }
    func orderRow(_ number: String) throws -> OrderRow? { try inner.orderRow(number) }
    func events(of number: String) throws -> [StoredEvent] { try inner.events(of: number) }

    func orderRows(_ filter: OrderFilter, after cursor: Int64, limit: Int) throws -> [OrderRow] {
        try inner.orderRows(filter, after: cursor, limit: limit)
    }

    func scanOrders(_ body: (OrderRow, [StoredEvent]) throws -> Void) throws { try inner.scanOrders(body) }
    func laneCounts() throws -> [LaneCount] { try inner.laneCounts() }

    func openInstructions(_ lane: InstructionLane, limit: Int) throws -> [InstructionRow] {
        try inner.openInstructions(lane, limit: limit)
    }

    func countsByState() throws -> [Int64] { try inner.countsByState() }
    func findingCounts() throws -> [FindingCount] { try inner.findingCounts() }

    func findings(_ kind: MismatchKind?, _ verdict: Verdict?, after cursor: Int64, limit: Int) throws -> [FindingRow] {
        try inner.findings(kind, verdict, after: cursor, limit: limit)
    }

    func findings(of number: String) throws -> [FindingRow] { try inner.findings(of: number) }
    func instructions(of number: String) throws -> [InstructionRow] { try inner.instructions(of: number) }
    func instructionCounts() throws -> [InstructionStatus: Int64] { try inner.instructionCounts() }
    func statePlaces() throws -> [(place: StatePlace, count: Int64)] { try inner.statePlaces() }
    func healthCounts() throws -> [UInt16: Int64] { try inner.healthCounts() }
    func scanChanges(_ body: (_ number: String, _ changesAt: Instant) throws -> Void) throws {
        try inner.scanChanges(body)
    }
    func waybills(of number: String) throws -> [WaybillRow] { try inner.waybills(of: number) }
    func places(ofWaybill number: String) throws -> [WaybillPlace] { try inner.places(ofWaybill: number) }
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

    func inboxRow(_ message: MessageKey) throws -> InboxRow? { try inner.inboxRow(message) }
    func sealedReceiver(_ id: String) throws -> [UInt8]? { try inner.sealedReceiver(id) }
    func parked(after cursor: Int64, limit: Int) throws -> [ParkedRow] { try inner.parked(after: cursor, limit: limit) }
    func counts() throws -> StoreCounts { try inner.counts() }
    func countedRows() throws -> StoreCounts { try inner.countedRows() }
    func scanInbox(_ body: (InboxRow) throws -> Void) throws { try inner.scanInbox(body) }
    func scanTimers(_ body: (OrderTimer) throws -> Void) throws { try inner.scanTimers(body) }
    func structureProblems() throws -> [String] { try inner.structureProblems() }
    func meta(_ name: String) throws -> [UInt8]? { try inner.meta(name) }
    func headParts() throws -> [Int: [UInt8]] { try inner.headParts() }
    var headWriter: Int { inner.headWriter }
    func setHeadPart(_ bytes: [UInt8]) throws { try inner.setHeadPart(bytes) }

    func record(_ collection: String, _ key: String) throws -> StoredRecord? { try inner.record(collection, key) }
    func records(_ collection: String, after key: String, limit: Int) throws -> [StoredRecord] {
        try inner.records(collection, after: key, limit: limit)
    }
    func auditRows(after number: Int64, limit: Int) throws -> [AuditRow] {
        try inner.auditRows(after: number, limit: limit)
    }
    func auditRows(_ filter: AuditFilter, before number: Int64, limit: Int) throws -> [AuditRow] {
        try inner.auditRows(filter, before: number, limit: limit)
    }
    func put(_ record: StoredRecord, ifVersion version: Int64) throws -> Bool {
        try inner.put(record, ifVersion: version)
    }
    func deleteRecord(_ collection: String, _ key: String) throws -> Bool { try inner.deleteRecord(collection, key) }
    func removeParked(_ row: ParkedRow) throws -> Bool { try inner.removeParked(row) }
    func auditHead() throws -> AuditRow? { try inner.auditHead() }
    func insert(_ row: AuditRow) throws { try inner.insert(row) }
}

extension String {
    /// The text with its first 1 turned into a 2.
    fileprivate var replacingDigit: String {
        guard let index = firstIndex(of: "1") else { return self + " " }
        return self[..<index] + "2" + self[self.index(after: index)...]
    }
}
