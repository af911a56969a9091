import HydrantCore

extension MemoryTables {
    func orderRow(_ number: String) throws -> OrderRow? { order(number)?.row }

    func events(of number: String) throws -> [StoredEvent] { order(number)?.events ?? [] }

    func orderRows(_ filter: OrderFilter, after cursor: Int64, limit: Int) throws -> [OrderRow] {
        Array(after(cursor).lazy.map(\.row).filter { filter.admits($0) }.prefix(limit))
    }

    func scanOrders(_ body: (OrderRow, [StoredEvent]) throws -> Void) throws {
        for order in orders { try body(order.row, order.events) }
    }

    func countsByState() throws -> [Int64] {
        var counts = [Int64](repeating: 0, count: 8)
        for order in orders where order.row.completion != .cancelled { counts[order.row.state] += 1 }
        return counts
    }

    func findingCounts() throws -> [FindingCount] {
        var counts: [MismatchKind: [Verdict: Int64]] = [:]
        for finding in orders.lazy.flatMap(\.findings) {
            counts[finding.kind, default: [:]][finding.verdict, default: 0] += 1
        }
        return counts.flatMap { kind, verdicts in
            verdicts.map { FindingCount(kind: kind, verdict: $0.key, count: $0.value) }
        }.sorted { ($0.kind.rawValue, $0.verdict.rawValue) < ($1.kind.rawValue, $1.verdict.rawValue) }
    }

    func findings(
        _ kind: MismatchKind?, _ verdict: Verdict?, after cursor: Int64, limit: Int
    ) throws -> [FindingRow] {
        let pages = after(cursor).lazy.map { order in
            order.findings.filter { (kind == nil || $0.kind == kind) && (verdict == nil || $0.verdict == verdict) }
        }
        return pages.filter { !$0.isEmpty }.prefix(limit).flatMap(\.self)
    }

    func findings(of number: String) throws -> [FindingRow] { order(number)?.findings ?? [] }

    func instructions(of number: String) throws -> [InstructionRow] {
        order(number)?.instructions.map { instructions[$0].row } ?? []
    }

    func instructionCounts() throws -> [InstructionStatus: Int64] {
        var counts: [InstructionStatus: Int64] = [:]
        for entry in instructions { counts[entry.row.status, default: 0] += 1 }
        return counts
    }

    func laneCounts() throws -> [LaneCount] {
        openInstructions.sorted { $0.key < $1.key }.compactMap { lane, positions in
            positions.entries.map { instructions[$0.position].row.issuedAt }.min().map {
                LaneCount(lane: lane, count: Int64(positions.count), oldestIssuedAt: $0)
            }
        }
    }

    func openInstructions(_ lane: InstructionLane, limit: Int) throws -> [InstructionRow] {
        openInstructions[lane, default: DueOrder()].entries.prefix(limit).map { instructions[$0.position].row }
    }

    func healthCounts() throws -> [UInt16: Int64] {
        var counts: [UInt16: Int64] = [:]
        for order in orders { counts[order.row.health, default: 0] += 1 }
        return counts
    }

    func statePlaces() throws -> [(place: StatePlace, count: Int64)] {
        var counts: [StatePlace: Int64] = [:]
        for place in orders.compactMap(\.row.place) { counts[place, default: 0] += 1 }
        return counts.map { ($0.key, $0.value) }
    }

    func scanChanges(_ body: (_ number: String, _ changesAt: Instant) throws -> Void) throws {
        for order in orders {
            if let moment = order.row.changesAt { try body(order.row.number, moment) }
        }
    }

    func waybills(of number: String) throws -> [WaybillRow] { order(number)?.waybills ?? [] }

    func parcels(of number: String) throws -> [ParcelRow] { order(number)?.parcels ?? [] }

    func parcelCounts() throws -> [ParcelCount] {
        var counts: [ParcelCount] = []
        for standing in orders.lazy.flatMap(\.parcels).map(\.standing) {
            let index = counts.firstIndex {
                $0.set == standing.set && $0.courier == standing.courier && $0.channel == standing.channel
            }
            if let index {
                counts[index].count += 1
                counts[index].oldestSince = min(counts[index].oldestSince, standing.since)
            } else {
                counts.append(
                    ParcelCount(
                        set: standing.set, courier: standing.courier, channel: standing.channel, count: 1,
                        oldestSince: standing.since))
            }
        }
        return counts.sorted {
            ($0.set.rawValue, $0.courier, $0.channel) < ($1.set.rawValue, $1.courier, $1.channel)
        }
    }

    func parcels(_ filter: ParcelFilter, after cursor: Int64, limit: Int) throws -> [ListedParcel] {
        let pages = after(cursor).lazy.map { order in
            order.parcels.filter { filter.admits($0.standing) }
                .map { ListedParcel(order: order.row.number, orderID: order.row.id, row: $0) }
        }
        return pages.filter { !$0.isEmpty }.prefix(limit).flatMap(\.self)
    }

    func parcel(keeperCode: String) throws -> ListedParcel? {
        guard !keeperCode.isEmpty else { return nil }
        for order in orders {
            if let row = order.parcels.first(where: { $0.standing.set == .keeperAsked && $0.keeperCode == keeperCode })
            {
                return ListedParcel(order: order.row.number, orderID: order.row.id, row: row)
            }
        }
        return nil
    }

    func tasks(of number: String) throws -> [TaskRow] { order(number)?.tasks ?? [] }

    func tasks(_ filter: TaskFilter, after place: TaskPlace, limit: Int) throws -> [ListedTask] {
        let all = orders.flatMap { order in
            order.tasks.filter(filter.admits)
                .map { ListedTask(order: order.row.number, orderID: order.row.id, row: $0) }
        }
        return Array(all.filter { place < $0.place }.sorted { $0.place < $1.place }.prefix(limit))
    }

    func taskCounts(dueBy moment: Instant) throws -> [TaskCount] {
        var counts: [String: TaskCount] = [:]
        for task in orders.lazy.flatMap(\.tasks) {
            var count =
                counts["\(task.kind.rawValue) \(task.severity.rank) \(task.owner)"]
                ?? TaskCount(
                    kind: task.kind, severity: task.severity, owner: task.owner, count: 0, oldestOpenedAt: task.openedAt
                )
            count.count += 1
            count.oldestOpenedAt = min(count.oldestOpenedAt, task.openedAt)
            if task.dueAt <= moment { count.overdue += 1 }
            counts["\(task.kind.rawValue) \(task.severity.rank) \(task.owner)"] = count
        }
        return counts.values.sorted {
            ($0.kind.rawValue, $0.severity.rank, ExactText($0.owner))
                < ($1.kind.rawValue, $1.severity.rank, ExactText($1.owner))
        }
    }

    func inboxRow(_ message: MessageKey) throws -> InboxRow? { inbox[ExactMessage(message)] }

    func sealedReceiver(_ id: String) throws -> [UInt8]? { receivers[ExactText(id)] }

    func parked(after cursor: Int64, limit: Int) throws -> [ParkedRow] {
        Array(parked.lazy.filter { $0.id > cursor }.prefix(limit))
    }

    func counts() throws -> StoreCounts {
        var counts = StoreCounts()
        counts.orders = Int64(orders.count)
        counts.events = orders.reduce(0) { $0 + Int64($1.events.count) }
        counts.messages = Int64(inbox.count)
        counts.parked = Int64(parked.count)
        return counts
    }

    func countedRows() throws -> StoreCounts { try counts() }

    func scanInbox(_ body: (InboxRow) throws -> Void) throws {
        for row in inbox.values { try body(row) }
    }

    func scanTimers(_ body: (OrderTimer) throws -> Void) throws {
        for (key, dueAt) in timers { try body(OrderTimer(order: key.order.text, id: key.id.text, dueAt: dueAt)) }
    }

    /// The rules are the program's own code here.
    func structureProblems() throws -> [String] { [] }

    func meta(_ name: String) throws -> [UInt8]? { metaValues[ExactText(name)] }

    /// The orders behind a cursor.
    private func after(_ cursor: Int64) -> ArraySlice<MemoryOrder> {
        orders[min(Int(max(cursor, 0)), orders.count)...]
    }
}

extension OrderFilter {
    /// Whether the row is among those that the filter asks for.
    package func admits(_ row: OrderRow) -> Bool {
        (state == nil || row.state == state) && (completion == nil || row.completion == completion)
            && (verdict == nil || row.verdict == verdict)
            && (!isStanding || row.completion == .open || row.completion == .partiallyCompleted)
            && (numberPrefix.map { row.number.utf8.starts(with: $0.utf8) } ?? true)
    }
}
