import HydrantCore
package import HydrantStorage

extension PostgresTransaction {
    /// One round trip, and one more for the row ids when orders are new; the number of statements depends on which
    /// kinds of rows there are and not on how many.
    ///
    /// Rows of a table are sorted by their key, and the tables are written in the same order in each step, so that two
    /// nodes with the same keys wait for each other and never in a circle.
    @discardableResult
    package func write(_ batch: WriteBatch) throws -> [Int64] {
        guard batch.orders.allSatisfy(\.isGapless) else { throw StoreFailure(.constraint) }
        let ids = try reserveIDs(batch.orders)
        let orderIDs = try idsOfInstructions(batch, ids)
        var plan = WritePlan()
        plan.addOrders(batch.orders, ids)
        plan.addInbox(batch.inbox)
        plan.addReceivers(batch.receivers)
        plan.addFindings(batch.orders, ids)
        plan.addWaybills(batch.orders, ids)
        plan.addParcels(batch.orders, ids)
        plan.addSearchQueue(batch.orders, ids)
        plan.addTasks(batch.orders, ids)
        plan.addInstructions(batch.instructions, orderIDs)
        plan.addInstructionChanges(batch.instructionChanges)
        plan.addTimers(batch)
        plan.addParked(batch.parked)
        guard !plan.calls.isEmpty else { return ids }
        let answers = try connection.run(plan.calls)
        if let place = plan.updateOfOrders { try takeBefore(answers[place], batch.orders.count { $0.row.id != 0 }) }
        if let place = plan.updateOfInstructions { try take(answers[place], of: batch.instructionChanges) }
        // A row that was parked before is not parked again.
        if let place = plan.insertOfParked { tallies.add(Int64(answers[place].written), "parked") }
        addTallies(batch)
        return ids
    }

    /// The row ids in the order of the writes; new orders get the next ones.
    private func reserveIDs(_ writes: [OrderWrite]) throws -> [Int64] {
        let count = writes.count { $0.row.id == 0 }
        guard count > 0 else { return writes.map(\.row.id) }
        var reserved = try connection.all(Statements.reserveIDs, [.integer(count)]) { $0.integer(0) }.sorted()[...]
        lastOrderID = max(lastOrderID ?? 0, reserved.last ?? 0)
        return writes.map { write in
            guard write.row.id == 0, let id = reserved.popFirst() else { return write.row.id }
            return id
        }
    }

    /// Instructions belong to orders of the same step as a rule; others are looked up.
    private func idsOfInstructions(_ batch: WriteBatch, _ ids: [Int64]) throws -> [String: Int64] {
        guard !batch.instructions.isEmpty else { return [:] }
        var found = Dictionary(zip(batch.orders.map(\.row.number), ids), uniquingKeysWith: { first, _ in first })
        let missing = Set(batch.instructions.map(\.order)).subtracting(found.keys)
        if !missing.isEmpty {
            for (id, number) in try connection.all(
                Statements.idsOfNumbers, [.texts(missing.sorted())], { ($0.integer(0), $0.text(1)) })
            {
                found[number] = id
            }
        }
        guard batch.instructions.allSatisfy({ found[$0.order] != nil }) else { throw StoreFailure(.constraint) }
        return found
    }

    /// - Throws: `StoreFailure` of kind `constraint` when a stored order is not the one the step was decided on.
    private func takeBefore(_ answer: Answer, _ count: Int) throws {
        guard answer.count == count else { throw StoreFailure(.constraint) }
        for (state, completion, health) in answer.all({ ($0.integer(1), $0.text(2), $0.integer(3)) }) {
            tallies.add(-1, state: state, completion: completion, health: health)
        }
    }

    private func addTallies(_ batch: WriteBatch) {
        for write in batch.orders {
            tallies.add(
                1, state: Int64(write.row.state), completion: write.row.completion.rawValue,
                health: Int64(write.row.health))
            tallies.add(Int64(write.events.count), "events")
            if write.row.id == 0 { tallies.add(1, "orders") }
        }
        tallies.add(Int64(batch.inbox.count), "messages")
        for row in batch.instructions { tallies.add(1, row.status) }
    }
}

/// The statements of one step.
struct WritePlan {
    private(set) var calls: [Call] = []
    /// Where among the answers the changed orders and instructions are.
    private(set) var updateOfOrders: Int?
    private(set) var updateOfInstructions: Int?
    /// Where the rows that were parked are.
    private(set) var insertOfParked: Int?

    mutating func add(_ call: Call) { calls.append(call) }

    mutating func addOrders(_ writes: [OrderWrite], _ ids: [Int64]) {
        let all = zip(writes, ids).map { (write: $0.0, id: $0.1) }
        let new = all.filter { $0.write.row.id == 0 }.sorted { $0.write.row.number < $1.write.row.number }
        let old = all.filter { $0.write.row.id != 0 }.sorted { $0.id < $1.id }
        if !old.isEmpty {
            updateOfOrders = calls.count
            let versions = Cell.integers(old.map { Int64($0.write.versionBefore) })
            calls.append(Call(Statements.updateOrders, Self.columns(old.map(\.write.row), old.map(\.id)) + [versions]))
        }
        if !new.isEmpty {
            calls.append(Call(Statements.insertOrders, Self.columns(new.map(\.write.row), new.map(\.id))))
        }
        let events = all.flatMap { item in item.write.events.map { (id: item.id, event: $0) } }
        guard !events.isEmpty else { return }
        calls.append(
            Call(
                Statements.insertEvents,
                [
                    .integers(events.map(\.id)), .integers(events.map { Int64($0.event.number) }),
                    .byteArrays(events.map(\.event.bytes)), .byteArrays(events.map(\.event.hash)),
                ]))
    }

    private static func columns(_ rows: [OrderRow], _ ids: [Int64]) -> [Cell] {
        [
            .integers(ids), .texts(rows.map(\.number)), .integers(rows.map { Int64($0.version) }),
            .integers(rows.map { Int64($0.state) }), .integers(rows.map { $0.stateSince?.milliseconds }),
            .texts(rows.map(\.completion.rawValue)), .integers(rows.map { Int64($0.holds) }),
            .texts(rows.map { $0.verdict?.rawValue }), .integers(rows.map { $0.placedAt?.milliseconds }),
            .integers(rows.map(\.changedAt.milliseconds)), .integers(rows.map { Int64($0.health) }),
            .integers(rows.map { $0.changesAt?.milliseconds }), .byteArrays(rows.map(\.chainHead)),
            .integers(rows.map { $0.overdueAfter?.milliseconds }),
        ]
    }

    mutating func addInbox(_ rows: [InboxRow]) {
        guard !rows.isEmpty else { return }
        let rows = rows.sorted {
            ($0.message.source, $0.message.messageID) < ($1.message.source, $1.message.messageID)
        }
        calls.append(
            Call(
                Statements.insertInbox,
                [
                    .texts(rows.map(\.message.source)), .texts(rows.map(\.message.messageID)),
                    .texts(rows.map(\.order)),
                    .integers(rows.map(\.receivedAt.milliseconds)),
                    .integers(rows.map { Int64(bitPattern: $0.bodyHash) }), .byteArrays(rows.map(\.sealedBody)),
                ]))
    }

    /// Of several for one id the last one counts.
    mutating func addReceivers(_ receivers: [SealedReceiver]) {
        guard !receivers.isEmpty else { return }
        let last = Dictionary(receivers.map { ($0.id, $0.sealed) }, uniquingKeysWith: { _, last in last })
            .sorted { $0.key < $1.key }
        calls.append(Call(Statements.insertReceivers, [.texts(last.map(\.key)), .byteArrays(last.map(\.value))]))
    }

    mutating func addFindings(_ writes: [OrderWrite], _ ids: [Int64]) {
        let replaced = zip(writes, ids).filter { $0.0.findings != nil }
        let old = replaced.filter { $0.0.row.id != 0 }.map(\.1).sorted()
        if !old.isEmpty { calls.append(Call(Statements.deleteFindings, [.integers(old)])) }
        let rows = replaced.flatMap { write, id in (write.findings ?? []).map { (id: id, finding: $0) } }
        guard !rows.isEmpty else { return }
        calls.append(
            Call(
                Statements.insertFindings,
                [
                    .integers(rows.map(\.id)), .texts(rows.map(\.finding.kind.rawValue)),
                    .texts(rows.map(\.finding.verdict.rawValue)), .integers(rows.map(\.finding.since.milliseconds)),
                ]))
    }

    mutating func addWaybills(_ writes: [OrderWrite], _ ids: [Int64]) {
        let replaced = zip(writes, ids).filter { $0.0.waybills != nil }
        let old = replaced.filter { $0.0.row.id != 0 }.map(\.1).sorted()
        if !old.isEmpty { calls.append(Call(Statements.deleteWaybills, [.integers(old)])) }
        let rows = replaced.flatMap { write, id in (write.waybills ?? []).map { (id: id, waybill: $0) } }
        guard !rows.isEmpty else { return }
        calls.append(
            Call(
                Statements.insertWaybills,
                [
                    .integers(rows.map(\.id)), .texts(rows.map(\.waybill.parcel)), .texts(rows.map(\.waybill.number)),
                    .texts(rows.map(\.waybill.status.rawValue)),
                ]))
    }

    mutating func addParcels(_ writes: [OrderWrite], _ ids: [Int64]) {
        let replaced = zip(writes, ids).filter { $0.0.parcels != nil }
        let old = replaced.filter { $0.0.row.id != 0 }.map(\.1).sorted()
        if !old.isEmpty { calls.append(Call(Statements.deleteParcels, [.integers(old)])) }
        let rows = replaced.flatMap { write, id in (write.parcels ?? []).map { (id: id, parcel: $0) } }
        guard !rows.isEmpty else { return }
        let standings = rows.map(\.parcel.standing)
        calls.append(
            Call(
                Statements.insertParcels,
                [
                    .integers(rows.map(\.id)), .texts(standings.map(\.parcel)), .texts(standings.map(\.set.rawValue)),
                    .integers(standings.map(\.since.milliseconds)), .integers(standings.map { $0.dueAt?.milliseconds }),
                    .texts(standings.map(\.courier)), .texts(standings.map(\.channel)),
                    .texts(rows.map(\.parcel.keeperCode)),
                ]))
    }

    mutating func addTasks(_ writes: [OrderWrite], _ ids: [Int64]) {
        let replaced = zip(writes, ids).filter { $0.0.tasks != nil }
        let old = replaced.filter { $0.0.row.id != 0 }.map(\.1).sorted()
        if !old.isEmpty { calls.append(Call(Statements.deleteTasks, [.integers(old)])) }
        let rows = replaced.flatMap { write, id in (write.tasks ?? []).map { (id: id, task: $0) } }
        guard !rows.isEmpty else { return }
        let tasks = rows.map(\.task)
        calls.append(
            Call(
                Statements.insertTasks,
                [
                    .integers(rows.map(\.id)), .texts(tasks.map(\.id)), .texts(tasks.map(\.kind.rawValue)),
                    .integers(tasks.map { Int64($0.severity.rank) }), .texts(tasks.map(\.owner)),
                    .texts(tasks.map(\.person)), .integers(tasks.map(\.openedAt.milliseconds)),
                    .integers(tasks.map(\.dueAt.milliseconds)),
                    .integers(tasks.map { $0.snoozedUntil?.milliseconds }),
                    .integers(tasks.map { Int64($0.reopenings) }), .texts(tasks.map(\.reason.chinese)),
                    .texts(tasks.map(\.reason.english)),
                ]))
    }

    mutating func addInstructions(_ rows: [InstructionRow], _ orderIDs: [String: Int64]) {
        guard !rows.isEmpty else { return }
        // Row ids rise in the order of issue.
        calls.append(
            Call(
                Statements.insertInstructions,
                [
                    .texts(rows.map(\.instruction.key)), .integers(rows.map { orderIDs[$0.order] }),
                    .texts(rows.map(\.instruction.kind.rawValue)), .texts(rows.map(\.instruction.system)),
                    .texts(rows.map(\.instruction.target)), .texts(rows.map(\.status.rawValue)),
                    .integers(rows.map { Int64($0.attempts) }), .integers(rows.map(\.issuedAt.milliseconds)),
                    .integers(rows.map(\.dueAt.milliseconds)), .integers(rows.map(\.deadline.milliseconds)),
                    .texts(rows.map(\.lastError)),
                ]))
    }

    mutating func addInstructionChanges(_ changes: [InstructionChange]) {
        guard !changes.isEmpty else { return }
        updateOfInstructions = calls.count
        calls.append(PostgresTransaction.update(changes))
    }

    /// Of several timers of one name the last one counts.
    mutating func addTimers(_ batch: WriteBatch) {
        if !batch.finishedTimers.isEmpty {
            calls.append(Call(Statements.deleteTimers, Self.columns(batch.finishedTimers)))
        }
        guard !batch.timers.isEmpty else { return }
        var last: [[String]: OrderTimer] = [:]
        for timer in batch.timers { last[[timer.order, timer.id]] = timer }
        calls.append(
            Call(
                Statements.insertTimers,
                Self.columns(last.values.sorted { ($0.order, $0.id) < ($1.order, $1.id) })))
    }

    private static func columns(_ timers: [OrderTimer]) -> [Cell] {
        [.texts(timers.map(\.order)), .texts(timers.map(\.id)), .integers(timers.map(\.dueAt.milliseconds))]
    }

    mutating func addParked(_ rows: [ParkedRow]) {
        guard !rows.isEmpty else { return }
        insertOfParked = calls.count
        calls.append(
            Call(
                Statements.insertParked,
                [
                    .texts(rows.map(\.source)), .texts(rows.map(\.place)),
                    .integers(rows.map(\.receivedAt.milliseconds)), .texts(rows.map(\.reason)),
                    .byteArrays(rows.map(\.sealedBody)), .texts(rows.map(\.fingerprint)),
                ]))
    }
}
