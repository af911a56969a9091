package import HydrantCore
package import HydrantStorage

/// Questions and writes of one write transaction.
package final class PostgresTransaction: StoreTransaction {
    let connection: PostgresConnection
    let reader: PostgresReader
    private let settings: PostgresSettings
    private let node: Int64
    package let headWriter: Int
    /// The head's parts as they were when the step's orders were locked.
    private var readHeadParts: [Int: [UInt8]]?
    private var writtenHeadPart: [UInt8]?
    /// What the step adds to the sums; written just before the commit, so that the sums are locked for its length only.
    var tallies = Tallies()
    /// The highest row id that was given to a new order.
    var lastOrderID: Int64?
    /// Whether the server may have committed.
    private(set) var isCommitting = false

    init(_ connection: PostgresConnection, settings: PostgresSettings, node: Int64, headWriter: Int) {
        self.connection = connection
        self.headWriter = headWriter
        self.settings = settings
        self.node = node
        reader = PostgresReader(connection: connection)
    }

    func commit() throws {
        if connection.isUntouched, writtenHeadPart == nil { return connection.forgetBeginning() }
        let changed = tallies.values.filter { $0.value != 0 }.sorted { $0.key < $1.key }
        var calls: [Call] = []
        if let part = writtenHeadPart {
            calls.append(Call(Statements.setMeta, [.text("\(headPartName).\(headWriter)"), .bytes(part)]))
        }
        if !changed.isEmpty {
            calls.append(
                Call(Statements.addTallies, [.texts(changed.map(\.key)), .integers(changed.map(\.value))]))
        }
        calls.append(Call(Statements.commit))
        isCommitting = true
        _ = try connection.run(calls)
    }

    package func seen(_ messages: [MessageKey]) throws -> [MessageKey: UInt64] {
        guard !messages.isEmpty else { return [:] }
        let found = try connection.all(
            Statements.seen, [.texts(messages.map(\.source)), .texts(messages.map(\.messageID))]
        ) { row in (place: Int(row.integer(0)), hash: UInt64(bitPattern: row.integer(1))) }
        return Dictionary(found.map { (messages[$0.place - 1], $0.hash) }, uniquingKeysWith: { first, _ in first })
    }

    package func load(_ numbers: [String]) throws -> [String: StoredOrder] { try load(numbers, unlessStill: [:]) }

    /// Locks all and reads the events of those that are not as the caller knows them: one round trip, and a second one
    /// when another node changed an order.
    package func load(_ numbers: [String], unlessStill known: [String: OrderRow]) throws -> [String: StoredOrder] {
        guard !numbers.isEmpty else { return [:] }
        let unknown = numbers.filter { known[$0] == nil }
        var calls = [Call(Statements.lockOrders, [.texts(numbers)])]
        // Behind the lock: whoever changed one of the orders before is seen in the head too.
        calls.append(Call(Statements.headParts))
        if !unknown.isEmpty { calls.append(Call(Statements.eventsOfNumbers, [.texts(unknown)])) }
        let answers = try connection.run(calls)
        let rows = try answers[0].all(OrderRow.init(_:)).filter { known[$0.number] != $0 }
        readHeadParts = answers[1].headParts()
        var events = answers.count > 2 ? answers[2].eventsByOrder() : [:]
        let stale = rows.filter { known[$0.number] != nil }.map(\.id)
        if !stale.isEmpty {
            let found = try connection.answer(Statements.eventsOfOrders, [.integers(stale)]).eventsByOrder()
            events.merge(found) { _, new in new }
        }
        return Dictionary(
            rows.map { ($0.number, StoredOrder(row: $0, events: events[$0.id] ?? [])) },
            uniquingKeysWith: { first, _ in first })
    }

    package func claimInstructions(_ claim: InstructionClaim) throws -> [InstructionRow] {
        let claimed = try connection.all(
            Statements.claimInstructions,
            [
                .integer(claim.dueBy.milliseconds), .integer(claim.leaseUntil - claim.now), .integer(claim.limit),
                .integer(node), leaseTime(claim.now), .text(claim.lane.system), .text(claim.lane.kind.rawValue),
            ]
        ) { row in
            var instruction = try InstructionRow(row)
            instruction.leaseUntil = Instant(milliseconds: row.integer(12))
            return (id: row.integer(11), before: try row.word(13, InstructionStatus.self), row: instruction)
        }
        for claim in claimed where claim.before != claim.row.status {
            tallies.add(-1, claim.before)
            tallies.add(1, claim.row.status)
        }
        // The server returns updated rows in an order of its own.
        return claimed.sorted { ($0.row.dueAt, $0.id) < ($1.row.dueAt, $1.id) }.map(\.row)
    }

    package func lostLeases(_ changes: [InstructionChange]) throws -> Set<String> {
        let leased = changes.filter { $0.leaseUntil != nil }.sorted { $0.key < $1.key }
        guard !leased.isEmpty else { return [] }
        return Set(
            try connection.all(
                Statements.lostLeases,
                [.texts(leased.map(\.key)), .integers(leased.map { $0.leaseUntil?.milliseconds })]
            ) { $0.text(0) })
    }

    package func update(_ changes: [InstructionChange]) throws {
        guard !changes.isEmpty else { return }
        try take(try connection.run([Self.update(changes)])[0], of: changes)
    }

    static func update(_ changes: [InstructionChange]) -> Call {
        let changes = Dictionary(changes.map { ($0.key, $0) }, uniquingKeysWith: { _, last in last }).values
            .sorted { $0.key < $1.key }
        return Call(
            Statements.updateInstructions,
            [
                .texts(changes.map(\.key)), .texts(changes.map(\.status.rawValue)),
                .integers(changes.map { Int64($0.attempts) }), .integers(changes.map(\.dueAt.milliseconds)),
                .texts(changes.map(\.lastError)),
            ])
    }

    /// Looks whether every change met its instruction.
    func take(_ answer: Answer, of changes: [InstructionChange]) throws {
        guard answer.count == Set(changes.map(\.key)).count else { throw StoreFailure(.constraint) }
        let statuses = try answer.all {
            (try $0.word(0, InstructionStatus.self), try $0.word(1, InstructionStatus.self))
        }
        for (before, after) in statuses {
            tallies.add(-1, before)
            tallies.add(1, after)
        }
    }

    package func releaseClaims() throws {
        for before in try connection.all(
            Statements.releaseClaims, [.integer(node)],
            { row in
                try row.word(0, InstructionStatus.self)
            })
        {
            tallies.add(-1, before)
            tallies.add(1, .ambiguous)
        }
    }

    package func dueTimers(now: Instant, limit: Int) throws -> [OrderTimer] {
        try connection.all(Statements.dueTimers, [.integer(now.milliseconds), .integer(limit)], OrderTimer.init(_:))
    }

    package func claimTimers(now: Instant, leaseUntil: Instant, limit: Int) throws -> [OrderTimer] {
        let claimed = try connection.all(
            Statements.claimTimers,
            [.integer(now.milliseconds), .integer(leaseUntil - now), .integer(limit), leaseTime(now)],
            OrderTimer.init(_:))
        return claimed.sorted { ($0.dueAt, $0.order, $0.id) < ($1.dueAt, $1.order, $1.id) }
    }

    package func setMeta(_ name: String, _ value: [UInt8]) throws {
        guard !name.isEmpty else { throw StoreFailure(.constraint) }
        try connection.run(Statements.setMeta, [.text(name), .bytes(value)])
    }

    package func headParts() throws -> [Int: [UInt8]] {
        if let read = readHeadParts { return read }
        return try reader.headParts()
    }

    /// Goes to the server with the commit: nobody else has the row.
    package func setHeadPart(_ bytes: [UInt8]) throws { writtenHeadPart = bytes }

    private func leaseTime(_ now: Instant) -> Cell {
        switch settings.leaseClock {
        case .server: .null
        case .hub: .integer(now.milliseconds)
        }
    }
}

extension OrderTimer {
    init(_ row: AnswerRow) {
        self.init(order: row.text(0), id: row.text(1), dueAt: Instant(milliseconds: row.integer(2)))
    }
}

/// A transaction answers every question that a snapshot answers.
extension PostgresTransaction {
    package func orderRow(_ number: String) throws -> OrderRow? { try reader.orderRow(number) }
    package func events(of number: String) throws -> [StoredEvent] { try reader.events(of: number) }
    package func orderRows(_ filter: OrderFilter, after cursor: Int64, limit: Int) throws -> [OrderRow] {
        try reader.orderRows(filter, after: cursor, limit: limit)
    }
    package func scanOrders(_ body: (OrderRow, [StoredEvent]) throws -> Void) throws { try reader.scanOrders(body) }
    package func countsByState() throws -> [Int64] { try sums().countsByState }
    package func findingCounts() throws -> [FindingCount] { try reader.findingCounts() }
    package func findings(
        _ kind: MismatchKind?, _ verdict: Verdict?, after cursor: Int64, limit: Int
    ) throws -> [FindingRow] {
        try reader.findings(kind, verdict, after: cursor, limit: limit)
    }
    package func findings(of number: String) throws -> [FindingRow] { try reader.findings(of: number) }
    package func instructions(of number: String) throws -> [InstructionRow] { try reader.instructions(of: number) }
    package func laneCounts() throws -> [LaneCount] { try reader.laneCounts() }
    package func openInstructions(_ lane: InstructionLane, limit: Int) throws -> [InstructionRow] {
        try reader.openInstructions(lane, limit: limit)
    }
    package func instructionCounts() throws -> [InstructionStatus: Int64] { try sums().instructionCounts }
    package func statePlaces() throws -> [(place: StatePlace, count: Int64)] { try reader.statePlaces() }
    package func healthCounts() throws -> [UInt16: Int64] { try sums().healthCounts }
    package func scanChanges(_ body: (_ number: String, _ changesAt: Instant) throws -> Void) throws {
        try reader.scanChanges(body)
    }
    package func waybills(of number: String) throws -> [WaybillRow] { try reader.waybills(of: number) }
    package func places(ofWaybill number: String) throws -> [WaybillPlace] { try reader.places(ofWaybill: number) }
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
    package func counts() throws -> StoreCounts { try sums().counts }
    package func meta(_ name: String) throws -> [UInt8]? { try reader.meta(name) }
    package func countedRows() throws -> StoreCounts { try reader.countedRows() }
    package func scanInbox(_ body: (InboxRow) throws -> Void) throws { try reader.scanInbox(body) }
    package func scanTimers(_ body: (OrderTimer) throws -> Void) throws { try reader.scanTimers(body) }
    package func structureProblems() throws -> [String] { try reader.structureProblems() }

    /// The sums as they are committed, and what this step adds.
    private func sums() throws -> Tallies {
        var sums = try reader.tallies()
        sums.add(tallies)
        return sums
    }
}
