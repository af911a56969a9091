import HydrantCore

/// A text that equals only its own bytes, as in a database; `String` also takes composed for decomposed letters.
struct ExactText: Hashable, Comparable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: ExactText, right: ExactText) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    static func < (left: ExactText, right: ExactText) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(0xFF as UInt8)
    }
}

/// A message's key by its bytes.
struct ExactMessage: Hashable {
    let source: ExactText
    let messageID: ExactText

    init(_ message: MessageKey) {
        source = ExactText(message.source)
        messageID = ExactText(message.messageID)
    }
}

struct RecordName: Hashable {
    let collection: ExactText
    let key: ExactText

    init(_ collection: String, _ key: String) {
        self.collection = ExactText(collection)
        self.key = ExactText(key)
    }
}

struct TimerKey: Hashable {
    let order: ExactText
    let id: ExactText
}

/// One order with everything that hangs on it.
struct MemoryOrder {
    var row: OrderRow
    var events: [StoredEvent] = []
    var findings: [FindingRow] = []
    var waybills: [WaybillRow] = []
    var parcels: [ParcelRow] = []
    var tasks: [TaskRow] = []
    /// Positions in ``MemoryTables/instructions``.
    var instructions: [Int] = []
}

struct MemoryInstruction {
    var row: InstructionRow
    var leaseUntil: Instant?
    /// Whether it stands in its lane's order.
    var isOpen = false
}

/// The rows, and the log of what undoes the running transaction. Copying everything for each transaction would cost as
/// much as the whole store; undoing costs as much as what was done.
final class MemoryTables: StoreTransaction {
    var isClosed = false

    /// By row id less one.
    var orders: [MemoryOrder] = []
    var idsByNumber: [ExactText: Int64] = [:]
    var inbox: [ExactMessage: InboxRow] = [:]
    var receivers: [ExactText: [UInt8]] = [:]
    /// In order of issue.
    var instructions: [MemoryInstruction] = []
    var positionsByKey: [ExactText: Int] = [:]
    /// Positions of those that wait or are ambiguous.
    var openInstructions: [InstructionLane: DueOrder] = [:]
    var timers: [TimerKey: Instant] = [:]
    var parked: [ParkedRow] = []
    var metaValues: [ExactText: [UInt8]] = [:]
    var records: [RecordName: StoredRecord] = [:]
    /// By number less one.
    var audit: [AuditRow] = []
    /// Orders by hash, and by order the version and its hashes.
    var searchKeys: [Int64: Set<Int64>] = [:]
    var searchedOrders: [Int64: SearchedOrder] = [:]
    /// Versions by order.
    var searchQueue: [Int64: Int] = [:]

    private var undo: [(MemoryTables) -> Void] = []

    func begin() { undo.removeAll(keepingCapacity: true) }

    func commit() { undo.removeAll(keepingCapacity: true) }

    func rollBack() {
        for step in undo.reversed() { step(self) }
        undo.removeAll(keepingCapacity: true)
    }

    /// Sets a value and remembers the one before.
    func set<Value>(_ path: ReferenceWritableKeyPath<MemoryTables, Value>, _ value: Value) {
        let before = self[keyPath: path]
        undo.append { $0[keyPath: path] = before }
        self[keyPath: path] = value
    }

    /// The same for what stands under a key. A path that names no key is made once; one with a key is made anew for
    /// each write, which costs more than the write.
    func set<Key, Value>(
        _ table: ReferenceWritableKeyPath<MemoryTables, [Key: Value]>, _ key: Key, _ value: Value?
    ) {
        let before = self[keyPath: table][key]
        undo.append { $0[keyPath: table][key] = before }
        self[keyPath: table][key] = value
    }

    /// The same for a part of a row.
    func set<Row, Value>(
        _ rows: ReferenceWritableKeyPath<MemoryTables, [Row]>, _ index: Int, _ part: WritableKeyPath<Row, Value>,
        _ value: Value
    ) {
        let before = self[keyPath: rows][index][keyPath: part]
        undo.append { $0[keyPath: rows][index][keyPath: part] = before }
        self[keyPath: rows][index][keyPath: part] = value
    }

    func remember(_ step: @escaping (MemoryTables) -> Void) { undo.append(step) }

    func order(_ number: String) -> MemoryOrder? {
        idsByNumber[ExactText(number)].map { orders[Int($0) - 1] }
    }
}

extension MemoryTables {
    func seen(_ messages: [MessageKey]) throws -> [MessageKey: UInt64] {
        var found: [MessageKey: UInt64] = [:]
        for message in messages { found[message] = inbox[ExactMessage(message)]?.bodyHash }
        return found
    }

    func load(_ numbers: [String]) throws -> [String: StoredOrder] {
        var found: [String: StoredOrder] = [:]
        for number in numbers {
            if let order = order(number) { found[number] = StoredOrder(row: order.row, events: order.events) }
        }
        return found
    }

    func claimInstructions(_ claim: InstructionClaim) throws -> [InstructionRow] {
        var claimed: [Int] = []
        for entry in openInstructions[claim.lane, default: DueOrder()].entries {
            guard entry.dueAt <= claim.dueBy, claimed.count < claim.limit else { break }
            let lease = instructions[entry.position].leaseUntil
            if lease.map({ $0 <= claim.now }) ?? true { claimed.append(entry.position) }
        }
        for position in claimed {
            if instructions[position].leaseUntil != nil { set(\.instructions, position, \.row.status, .ambiguous) }
            set(\.instructions, position, \.leaseUntil, claim.leaseUntil)
        }
        return claimed.map { position in
            var row = instructions[position].row
            row.leaseUntil = claim.leaseUntil
            return row
        }
    }

    func lostLeases(_ changes: [InstructionChange]) throws -> Set<String> {
        Set(
            changes.filter { change in
                guard let lease = change.leaseUntil, let position = positionsByKey[ExactText(change.key)] else {
                    return false
                }
                return instructions[position].leaseUntil != lease
            }.map(\.key))
    }

    func update(_ changes: [InstructionChange]) throws {
        for change in changes {
            guard let position = positionsByKey[ExactText(change.key)], change.attempts >= 0 else {
                throw StoreFailure(.constraint)
            }
            setOpen(position, false)
            var entry = instructions[position]
            entry.row.status = change.status
            entry.row.attempts = change.attempts
            entry.row.dueAt = change.dueAt
            entry.row.lastError = change.lastError
            entry.leaseUntil = nil
            set(\.instructions, position, \.self, entry)
            setOpen(position, change.status.isOpen)
        }
    }

    func releaseClaims() throws {
        let open = openInstructions.values.flatMap { $0.entries.map(\.position) }.sorted()
        for position in open where instructions[position].leaseUntil != nil {
            set(\.instructions, position, \.leaseUntil, nil)
            set(\.instructions, position, \.row.status, .ambiguous)
        }
    }

    /// Puts an instruction into its lane's order or takes it out, by the time at which it is due now.
    func setOpen(_ position: Int, _ isOpen: Bool) {
        let row = instructions[position].row
        let lane = InstructionLane(row.instruction)
        let entry = DueOrder.Entry(dueAt: row.dueAt, position: position)
        guard isOpen != instructions[position].isOpen else { return }
        set(\.instructions, position, \.isOpen, isOpen)
        if isOpen {
            openInstructions[lane, default: DueOrder()].insert(entry)
            remember { $0.openInstructions[lane]?.remove(entry) }
        } else {
            openInstructions[lane]?.remove(entry)
            remember { $0.openInstructions[lane, default: DueOrder()].insert(entry) }
        }
    }

    func dueTimers(now: Instant, limit: Int) throws -> [OrderTimer] {
        let due = timers.filter { $0.value <= now }
        let sorted = due.sorted {
            ($0.value, $0.key.order, $0.key.id) < ($1.value, $1.key.order, $1.key.id)
        }
        return sorted.prefix(limit).map { OrderTimer(order: $0.key.order.text, id: $0.key.id.text, dueAt: $0.value) }
    }

    func setMeta(_ name: String, _ value: [UInt8]) throws {
        guard !name.isEmpty else { throw StoreFailure(.constraint) }
        let key = ExactText(name)
        set(\.metaValues, key, value)
    }
}
