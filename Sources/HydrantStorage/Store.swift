package import HydrantCore

/// A database that holds everything the hub knows. One type per engine; all pass the same contract suite.
///
/// A transaction is durable when ``transaction(_:)`` returns: acknowledge only then.
package protocol Store: Sendable {
    /// Runs the body in one write transaction. Nothing of it remains when it throws.
    func transaction<Result: Sendable>(
        _ body: @Sendable @escaping (any StoreTransaction) throws -> Result
    ) async throws -> Result

    /// Runs the body on one consistent snapshot.
    func read<Result: Sendable>(_ body: @Sendable @escaping (any StoreReader) throws -> Result) async throws -> Result

    func close() async throws

    /// Whether other processes may write to the same database at the same time.
    var isShared: Bool { get }
}

extension Store {
    package var isShared: Bool { false }
}

/// Questions to one consistent snapshot.
package protocol StoreReader {
    /// The order's row, or nil when no fact ever named it.
    func orderRow(_ number: String) throws -> OrderRow?

    /// The events of one order in order of their numbers.
    func events(of number: String) throws -> [StoredEvent]

    /// Orders of a filter in order of their row ids (first arrival), those after the cursor, which is a row id; at
    /// most `limit`.
    func orderRows(_ filter: OrderFilter, after cursor: Int64, limit: Int) throws -> [OrderRow]

    /// Calls the body with every order's row and events, in order of row ids. Streams: memory does not grow with the
    /// number of orders.
    func scanOrders(_ body: (OrderRow, [StoredEvent]) throws -> Void) throws

    /// How many orders are in each state, index 0 to 7; cancelled orders are left out.
    func countsByState() throws -> [Int64]

    /// How many orders have each finding.
    func findingCounts() throws -> [FindingCount]

    /// Findings in order of their orders' row ids, those after the cursor, which is a row id; of at most `limit`
    /// orders, and all of each.
    func findings(_ kind: MismatchKind?, _ verdict: Verdict?, after cursor: Int64, limit: Int) throws -> [FindingRow]

    func findings(of number: String) throws -> [FindingRow]

    /// Instructions of one order in the order they were issued.
    func instructions(of number: String) throws -> [InstructionRow]

    func instructionCounts() throws -> [InstructionStatus: Int64]

    /// The lanes that have instructions waiting or ambiguous, by system and kind.
    func laneCounts() throws -> [LaneCount]

    /// Waiting and ambiguous instructions of one lane, the earliest due first; at most `limit`.
    func openInstructions(_ lane: InstructionLane, limit: Int) throws -> [InstructionRow]

    /// The sum of all orders' contributions to the health index as last saved.
    func healthCounts() throws -> [UInt16: Int64]

    /// Where the orders under way stand, and how many at each place.
    func statePlaces() throws -> [(place: StatePlace, count: Int64)]

    /// Orders whose findings or health change by themselves, with the time of it.
    func scanChanges(_ body: (_ number: String, _ changesAt: Instant) throws -> Void) throws

    /// The waybills of one order's parcels, by parcel and number.
    func waybills(of number: String) throws -> [WaybillRow]

    /// The parcels that have or had a waybill, by order and parcel: for couriers that name nothing but its number.
    func places(ofWaybill number: String) throws -> [WaybillPlace]

    /// Where the packed parcels of one order under way stand, by parcel.
    func parcels(of number: String) throws -> [ParcelRow]

    /// How many parcels stand where, by set, courier and channel.
    func parcelCounts() throws -> [ParcelCount]

    /// Parcels of a filter in order of their orders' row ids, those after the cursor, which is a row id; of at most
    /// `limit` orders, and all that fit of each.
    func parcels(_ filter: ParcelFilter, after cursor: Int64, limit: Int) throws -> [ListedParcel]

    /// The parcel whose keeper was given the code with this keyed hash; nil when no keeper is asked with it.
    func parcel(keeperCode: String) throws -> ListedParcel?

    /// The orders found by each of these hashes, the newest first; at most `limit` of each.
    func searchHits(_ hashes: [Int64], limit: Int) throws -> [[Int64]]

    /// Which of these hashes find which of these orders.
    func searchHits(_ hashes: [Int64], among orders: [Int64]) throws -> [SearchHit]

    /// The rows of these orders, in no particular order; unknown ones are left out.
    func orderRows(ids: [Int64]) throws -> [OrderRow]

    /// Orders whose hashes have to be made anew, in order of their row ids; at most `limit`.
    func searchQueue(limit: Int) throws -> [SearchQueueRow]

    /// How many they are.
    func searchQueueCount() throws -> Int64

    /// The orders among these whose hashes were made once.
    func searchedOrders(_ ids: [Int64]) throws -> Set<Int64>

    /// The open tasks of one order, by their ids.
    func tasks(of number: String) throws -> [TaskRow]

    /// Open tasks of a filter in the order of the queue, those behind a place; at most `limit`.
    func tasks(_ filter: TaskFilter, after place: TaskPlace, limit: Int) throws -> [ListedTask]

    /// How many tasks are open, by kind, severity and owner, and how many of them were due by the moment.
    func taskCounts(dueBy moment: Instant) throws -> [TaskCount]

    /// A message as it was taken in.
    func inboxRow(_ message: MessageKey) throws -> InboxRow?

    /// The sealed receiver of a reference's id.
    func sealedReceiver(_ id: String) throws -> [UInt8]?

    func parked(after cursor: Int64, limit: Int) throws -> [ParkedRow]

    func counts() throws -> StoreCounts

    /// As ``counts()``, by counting every row: for an audit.
    func countedRows() throws -> StoreCounts

    /// Calls the body with every message that was taken in. Streams.
    func scanInbox(_ body: (InboxRow) throws -> Void) throws

    /// Calls the body with every timer that did not fire yet.
    func scanTimers(_ body: (OrderTimer) throws -> Void) throws

    /// What is not as the schema says, as sentences: rules and indexes that are missing or changed, rows that break
    /// them. For an audit; reads the whole database.
    func structureProblems() throws -> [String]

    /// Small values by name: schema version, key check, documents.
    func meta(_ name: String) throws -> [UInt8]?

    func record(_ collection: String, _ key: String) throws -> StoredRecord?

    /// Records of a collection in order of their keys' bytes, those after the cursor, which is a key; at most `limit`.
    func records(_ collection: String, after key: String, limit: Int) throws -> [StoredRecord]

    /// The audit trail from its beginning on, those after the cursor, which is a number; at most `limit`.
    func auditRows(after number: Int64, limit: Int) throws -> [AuditRow]

    /// The audit trail from its end on, those before the cursor, which is a number; at most `limit`.
    func auditRows(_ filter: AuditFilter, before number: Int64, limit: Int) throws -> [AuditRow]

    /// The parts of the head of the database by writer (``DatabaseHead``).
    func headParts() throws -> [Int: [UInt8]]
}

extension StoreReader {
    /// Where there is one writer there is one part.
    package func headParts() throws -> [Int: [UInt8]] { try meta(headPartName).map { [0: $0] } ?? [:] }

    /// Looks at every order; engines with an index on the number have their own.
    package func places(ofWaybill number: String) throws -> [WaybillPlace] {
        var places: [WaybillPlace] = []
        var cursor: Int64 = 0
        while true {
            let rows = try orderRows(OrderFilter(), after: cursor, limit: 1_000)
            guard let last = rows.last else { return places.sorted() }
            cursor = last.id
            for row in rows {
                places += try waybills(of: row.number).filter { $0.number == number }.map {
                    WaybillPlace(order: row.number, parcel: $0.parcel)
                }
            }
        }
    }
}

extension [WaybillPlace] {
    /// The one parcel that a scan of the number means; nil where none or several may be meant. A parcel that an order
    /// sends out comes before one on its way back, whose number was typed by whoever knew it.
    package var meant: WaybillPlace? {
        let sent = filter { !$0.parcel.isWayBack }
        let fitting = sent.isEmpty ? self : sent
        return fitting.count == 1 ? fitting.first : nil
    }
}

extension WaybillPlace: Comparable {
    package static func < (left: WaybillPlace, right: WaybillPlace) -> Bool {
        (left.order, left.parcel) < (right.order, right.parcel)
    }
}

/// Questions and writes of one transaction.
package protocol StoreTransaction: StoreReader {
    /// The messages among these that were taken in before, with the hash of their bodies.
    func seen(_ messages: [MessageKey]) throws -> [MessageKey: UInt64]

    /// The orders among these that exist, each with its events, locked until the transaction ends.
    func load(_ numbers: [String]) throws -> [String: StoredOrder]

    /// As ``load(_:)``, without the orders whose rows are still those that the caller knows. They are locked too.
    func load(_ numbers: [String], unlessStill known: [String: OrderRow]) throws -> [String: StoredOrder]

    /// Writes everything of one step.
    ///
    /// - Returns: the row ids of `batch.orders`, in their order.
    @discardableResult
    func write(_ batch: WriteBatch) throws -> [Int64]

    /// Takes instructions of one lane that are due, oldest first, and marks them claimed until the lease ends. One
    /// whose lease ended without a recorded end is ambiguous from then on: whoever held it may have sent it.
    func claimInstructions(_ claim: InstructionClaim) throws -> [InstructionRow]

    /// The keys of the changes whose lease has ended and was taken by another attempt, or was released.
    func lostLeases(_ changes: [InstructionChange]) throws -> Set<String>

    func update(_ changes: [InstructionChange]) throws

    /// Ends the leases of this process and of processes that are gone, at a start. What was claimed is ambiguous from
    /// then on.
    func releaseClaims() throws

    /// Timers that fell due, oldest first. They stay until ``WriteBatch/finishedTimers`` names them.
    func dueTimers(now: Instant, limit: Int) throws -> [OrderTimer]

    /// As ``dueTimers(now:limit:)``, and keeps other processes from them until the lease ends.
    func claimTimers(now: Instant, leaseUntil: Instant, limit: Int) throws -> [OrderTimer]

    /// Puts the hashes of these orders in the place of those they had, and takes the orders out of the queue unless
    /// they were written again since. Each order at most once; what was made of a later version stays.
    func writeSearch(_ orders: [SearchedOrder]) throws

    /// Takes a parked message away that was recorded after all, or that a person has dealt with.
    ///
    /// - Returns: false when it is not there any more.
    func removeParked(_ row: ParkedRow) throws -> Bool

    func setMeta(_ name: String, _ value: [UInt8]) throws

    /// Writes the record when the one that is there has this version; 0 stands for none.
    ///
    /// - Returns: false when it has another version; nothing is written then.
    /// - Throws: `StoreFailure` of kind `constraint` when ``StoredRecord/mayFollow(_:)`` is false.
    func put(_ record: StoredRecord, ifVersion version: Int64) throws -> Bool

    /// - Returns: false when there is no such record.
    func deleteRecord(_ collection: String, _ key: String) throws -> Bool

    /// The last entry of the audit trail. Nobody else adds one until the transaction ends.
    func auditHead() throws -> AuditRow?

    /// Writes a row as it is, to the end of the trail. Only ``appendAudit(_:_:)`` and a move of everything use it.
    ///
    /// - Throws: `StoreFailure` of kind `constraint` when its number is taken.
    func insert(_ row: AuditRow) throws

    /// Whose part of the head this transaction changes; no other transaction changes it at the same time.
    var headWriter: Int { get }

    /// Replaces the part of ``headWriter``.
    func setHeadPart(_ bytes: [UInt8]) throws
}

/// What engines with one process need no statements of their own for.
extension StoreTransaction {
    /// Nobody else writes, so what the caller knows still holds; a step that was decided on something else is refused
    /// by its version.
    package func load(_ numbers: [String], unlessStill known: [String: OrderRow]) throws -> [String: StoredOrder] {
        let unknown = numbers.filter { known[$0] == nil }
        return unknown.isEmpty ? [:] : try load(unknown)
    }

    package func claimTimers(now: Instant, leaseUntil: Instant, limit: Int) throws -> [OrderTimer] {
        try dueTimers(now: now, limit: limit)
    }

    package var headWriter: Int { 0 }

    package func setHeadPart(_ bytes: [UInt8]) throws { try setMeta(headPartName, bytes) }
}
