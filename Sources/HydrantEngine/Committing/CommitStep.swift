import HydrantCore
import HydrantStorage

/// What a batch did, for the caches and figures that are updated after the commit.
struct CommitResult: Sendable {
    /// By submission, then by fact.
    var receipts: [[FactReceipt]] = []
    var orders: [OrderCell] = []
    var healthBefore: [UInt16] = []
    var healthAfter: [UInt16] = []
    /// Where the orders stood and stand, in the order of ``orders``.
    var places: [(before: StatePlace?, after: StatePlace?)] = []
    /// The lanes that got instructions, or got some back.
    var lanes: Set<InstructionLane> = []
    var timers: [OrderTimer] = []
    var events = 0
    var facts = 0
    /// Whether orders wait for the search index.
    var concernsSearch = false
    /// Whether there are new orders, or waybills of parcels changed.
    var bringsPlaces = false
    /// What called interceptors.
    var doors = RuleDoors()
}

/// Decides a batch inside one transaction: dedupe, load, decide, evolve, write.
struct CommitStep {
    let settings: Settings
    let keyring: Keyring
    let now: Instant
    /// How long an instruction is worth sending.
    let instructionLifetime: Milliseconds
    /// When the database was last restored; see ``Epoch``.
    var epoch: Instant?
    private var orders: [String: OrderCell]
    private var newEvents: [String: [StoredEvent]] = [:]
    /// The orders in the order they were first touched, so that a replay writes the same rows.
    private var touched: [String] = []
    private var batch = WriteBatch()
    private var head: DatabaseHead?
    private var result = CommitResult()
    private var fromCache: Set<String>
    /// The orders that got something by which they are found.
    private var searchable: Set<String> = []
    /// The versions of rules that run, by the facts that call them; what is in shadow only where nothing of it is on.
    private let callers: [FactKind: [Rule]]
    private var door = Door.page
    /// Orders whose events cannot be read back: nothing may follow from them.
    private var damaged: [String: StoreFailure] = [:]

    init(
        settings: Settings, keyring: Keyring, now: Instant, instructionLifetime: Milliseconds,
        cached: [String: OrderCell]
    ) {
        self.settings = settings
        self.keyring = keyring
        self.now = now
        self.instructionLifetime = instructionLifetime
        orders = cached
        fromCache = Set(cached.keys)
        callers = settings.rules.callers
    }

    mutating func run(_ submissions: [Submission], in transaction: any StoreTransaction) throws -> CommitResult {
        // Orders are locked first, so that what is seen afterwards holds until the commit.
        try load(submissions, from: transaction)
        var seen = try transaction.seen(
            submissions.flatMap { $0.facts.map { MessageKey(source: $0.fact.source, messageID: $0.fact.messageID) } })
        let changes = submissions.flatMap(\.instructionChanges)
        let lost = changes.isEmpty ? [] : try transaction.lostLeases(changes)
        if !orders.isEmpty || submissions.contains(where: { !$0.facts.isEmpty }) {
            // One that is not this hub's own is left as it is, for `hydrant verify` to find.
            do {
                head = try DatabaseHead(transaction, keyring)
            } catch let failure as StoreFailure where failure.kind == .corrupt {
                head = nil
            }
        }
        for submission in submissions {
            // Another attempt has taken the instruction over and will ask what became of it.
            if submission.instructionChanges.contains(where: { lost.contains($0.key) }) {
                result.receipts.append([])
                continue
            }
            var receipts: [FactReceipt] = []
            door = submission.door
            let isTooLate = comesTooLate(submission, seen)
            for incoming in submission.facts {
                if isTooLate {
                    receipts.append(.refused(.noSuchTask))
                } else if submission.isOneDeed, let last = receipts.last, !last.isRecorded {
                    receipts.append(last)
                } else {
                    receipts.append(try take(incoming, seen: &seen))
                }
            }
            result.receipts.append(receipts)
            for number in submission.recheckedOrders where orders[number] != nil {
                try recheck(number, seen: &seen)
            }
            batch.instructionChanges += submission.instructionChanges
            batch.finishedTimers += submission.finishedTimers
            batch.parked += submission.parked
        }
        for cell in touched.compactMap({ orders[$0] }) { finish(cell) }
        if result.events > 0 { try head?.write(to: transaction, keyring) }
        for (index, id) in try transaction.write(batch).enumerated() {
            result.orders[index].change { $0.row.id = id }
        }
        return result
    }

    /// Whether somebody else closed the task that a deed answers, so that the deed's consequences are those of an order
    /// that is no more. What was recorded before and comes again is not late.
    private func comesTooLate(_ submission: Submission, _ seen: [MessageKey: UInt64]) -> Bool {
        guard let task = submission.task, let fact = submission.facts.first?.fact,
            seen[MessageKey(source: fact.source, messageID: fact.messageID)] == nil, let cell = orders[fact.order]
        else { return false }
        return cell.change { $0.order.standingTask(task) == nil }
    }

    private mutating func load(_ submissions: [Submission], from transaction: any StoreTransaction) throws {
        var numbers: Set<String> = []
        for submission in submissions {
            for incoming in submission.facts { numbers.insert(incoming.fact.order) }
            numbers.formUnion(submission.recheckedOrders)
        }
        guard !numbers.isEmpty else { return }
        for (number, stored) in try transaction.load(numbers.sorted(), unlessStill: orders.mapValues(\.row)) {
            fromCache.remove(number)
            do {
                orders[number] = OrderCell(try LoadedOrder(stored, settings: settings))
            } catch let failure as StoreFailure where failure.kind == .damagedOrder {
                orders[number] = nil
                damaged[number] = failure
            }
        }
    }

    private mutating func touch(_ loaded: inout LoadedOrder) {
        let number = loaded.row.number
        guard newEvents[number] == nil else { return }
        newEvents[number] = []
        touched.append(number)
        guard head != nil, loaded.row.id != 0, loaded.headTerm == nil else { return }
        loaded.headTerm = HeadTerm(loaded.row, keyring)
    }

    /// Looks again at an order because of the time, and records what the hub has to tell itself.
    private mutating func recheck(_ number: String, seen: inout [MessageKey: UInt64]) throws {
        guard let cell = orders[number] else { return }
        door = .clock
        let due = cell.change { loaded in
            touch(&loaded)
            return loaded.order.dueDispatchFacts(settings, now: now)
        }
        for (messageID, body) in due {
            let fact = Fact(
                source: "hydrant", messageID: messageID, order: number, occurredAt: now, receivedAt: now, body: body)
            _ = try take(try Intake(keyring: keyring).seal(fact), seen: &seen)
        }
        cell.change { append($0.order.lookAtTasks(settings: settings, now: now), to: &$0) }
    }

    private mutating func take(_ incoming: IncomingFact, seen: inout [MessageKey: UInt64]) throws -> FactReceipt {
        let fact = incoming.fact
        let key = MessageKey(source: fact.source, messageID: fact.messageID)
        #if HYDRANT_MUTANTS
            if Mutant.dedupeDropped.isOn { seen[key] = nil }
        #endif
        if let earlier = seen[key] { return isSame(incoming, as: earlier) ? .duplicate : .conflicting }
        if let failure = damaged[fact.order] { return try park(incoming, failure.description) }
        let cell = orders[fact.order] ?? OrderCell(LoadedOrder(number: fact.order, now: now))
        let receipt = try cell.change { try record(incoming, in: &$0, seen: &seen) }
        if case .accepted = receipt { orders[fact.order] = cell }
        return receipt
    }

    private mutating func record(
        _ incoming: IncomingFact, in loaded: inout LoadedOrder, seen: inout [MessageKey: UInt64]
    ) throws -> FactReceipt {
        let fact = incoming.fact
        if let reason = loaded.order.fullness(for: fact) { return try park(incoming, reason) }
        let key = MessageKey(source: fact.source, messageID: fact.messageID)
        let events: [Event]
        do throws(Refusal) {
            events = try loaded.order.record(fact, settings: settings, now: now)
        } catch {
            return .refused(error)
        }
        // The order has it, although the inbox lost it.
        guard !events.isEmpty else { return .duplicate }
        seen[key] = incoming.bodyHash
        touch(&loaded)
        append(events, to: &loaded)
        batch.inbox.append(
            InboxRow(
                message: key, order: fact.order, receivedAt: now, bodyHash: incoming.bodyHash,
                sealedBody: incoming.sealedBody))
        #if HYDRANT_MUTANTS
            if Mutant.ownMessagesLeftOut.isOn, fact.source == SourceNames.hub { batch.inbox.removeLast() }
        #endif
        if let receiver = incoming.receiver { batch.receivers.append(receiver) }
        if fact.body.concernsSearch || loaded.order.isPackedElsewhere(fact.body) { searchable.insert(fact.order) }
        for rule in callers[fact.body.kind] ?? [] {
            let verdict = loaded.order.verdict(of: rule)?.outcome
            result.doors.note(rule.id, at: door, verdict: verdict, of: fact.order, now)
        }
        result.facts += 1
        return .accepted(state: loaded.order.state)
    }

    /// Rows of the first releases hold a hash without a key.
    private func isSame(_ incoming: IncomingFact, as earlier: UInt64) -> Bool {
        #if HYDRANT_MUTANTS
            if Mutant.conflictIsRepetition.isOn { return true }
        #endif
        if earlier == incoming.bodyHash { return true }
        let body = try? keyring.open(incoming.sealedBody, context: incoming.fact.sealContext)
        return body.map { fnv1a($0) == earlier } ?? false
    }

    private mutating func park(_ incoming: IncomingFact, _ reason: String) throws -> FactReceipt {
        batch.parked.append(try ParkedRow(incoming, reason: reason, now: now, keyring: keyring))
        return .parked(reason: reason)
    }

    private mutating func append(_ events: [Event], to loaded: inout LoadedOrder) {
        for event in events {
            let bytes = event.json.bytes
            let hash = keyring.chainHash(previous: loaded.row.chainHead, event: bytes)
            newEvents[event.order, default: []].append(StoredEvent(number: event.number, bytes: bytes, hash: hash))
            loaded.row.chainHead = hash
            #if HYDRANT_MUTANTS
                if Mutant.chainNotLinked.isOn { loaded.row.chainHead = [] }
            #endif
        }
        result.events += events.count
        let reactions = react(to: events)
        for instruction in reactions.instructions {
            var row = InstructionRow(
                instruction: instruction, order: loaded.row.number, issuedAt: now,
                deadline: now + (instruction.lifetime ?? instructionLifetime))
            if instruction.kind == .findWaybill {
                row.dueAt = PollSchedule.next(after: now, key: instruction.key, every: settings.dispatch.pollEvery)
            }
            if Epoch.mayHaveBeenSent(instruction, of: loaded.order, epoch: epoch) { row.status = .ambiguous }
            batch.instructions.append(row)
        }
        result.lanes.formUnion(reactions.instructions.map { InstructionLane($0) })
        batch.timers += reactions.timers
        result.timers += reactions.timers
    }

    /// Computes the row of an order after its last event and adds everything to the batch.
    private mutating func finish(_ cell: OrderCell) {
        result.orders.append(cell)
        cell.change { finish(&$0) }
    }

    private mutating func finish(_ loaded: inout LoadedOrder) {
        let number = loaded.row.number
        // Each use of the property would copy the order anew.
        let order = loaded.order
        let isNew = loaded.row.id == 0
        let before = isNew ? 0 : loaded.row.health
        let placeBefore = isNew ? nil : loaded.row.place
        let events = newEvents[number] ?? []
        let findings = order.findings(settings: settings, now: now)
        loaded.row.update(from: order, findings: findings, settings: settings, now: now)
        loaded.row.changedAt = now
        if head != nil, !events.isEmpty {
            let term = HeadTerm(loaded.row, keyring)
            head?.replace(loaded.headTerm, by: term)
            loaded.headTerm = term
        }
        let sameFindings = fromCache.contains(number) && findings.hasSameRows(as: loaded.findings)
        let waybills = order.waybillRows
        let parcels = order.parcelRows(settings, keyring, now: now)
        // Without a parcel there never were rows.
        let sameParcels = loaded.parcels == parcels || order.parcels.isEmpty
        var write = OrderWrite(
            row: loaded.row, events: events, findings: sameFindings || (isNew && findings.isEmpty) ? nil : findings,
            waybills: waybills == loaded.waybills ? nil : waybills, parcels: sameParcels ? nil : parcels)
        #if HYDRANT_MUTANTS
            if Mutant.parcelsComparedByCount.isOn, loaded.parcels?.count == parcels.count { write.parcels = nil }
        #endif
        write.concernsSearch = searchable.contains(number)
        if write.concernsSearch { result.concernsSearch = true }
        if isNew || write.waybills != nil { result.bringsPlaces = true }
        let tasks = order.taskRows
        if tasks != loaded.tasks { write.tasks = tasks }
        batch.orders.append(write)
        loaded.findings = findings
        loaded.waybills = waybills
        loaded.parcels = parcels
        loaded.tasks = tasks
        result.healthBefore.append(before)
        result.healthAfter.append(loaded.row.health)
        result.places.append((placeBefore, loaded.row.place))
    }
}

extension [Finding] {
    /// Whether the database would store the same rows.
    fileprivate func hasSameRows(as other: [Finding]) -> Bool {
        guard count == other.count else { return false }
        #if HYDRANT_MUTANTS
            if Mutant.findingsComparedByCount.isOn { return true }
        #endif
        return zip(self, other).allSatisfy { $0.kind == $1.kind && $0.verdict == $1.verdict && $0.since == $1.since }
    }
}
