import HydrantCore

extension MemoryTables {
    @discardableResult
    func write(_ batch: WriteBatch) throws -> [Int64] {
        for row in batch.inbox { try insert(row) }
        for receiver in batch.receivers {
            try require(!receiver.id.isEmpty)
            let key = ExactText(receiver.id)
            set(\.receivers, key, receiver.sealed)
        }
        let ids = try batch.orders.map(write(_:))
        for row in batch.instructions { try insert(row) }
        try update(batch.instructionChanges)
        for timer in batch.finishedTimers {
            let key = TimerKey(order: ExactText(timer.order), id: ExactText(timer.id))
            if timers[key] == timer.dueAt { set(\.timers, key, nil) }
        }
        for timer in batch.timers {
            try require(!timer.order.isEmpty && !timer.id.isEmpty)
            let key = TimerKey(order: ExactText(timer.order), id: ExactText(timer.id))
            set(\.timers, key, timer.dueAt)
        }
        for row in batch.parked { try park(row) }
        return ids
    }

    /// What a database checks by its schema.
    private func require(_ isAllowed: Bool) throws {
        if !isAllowed { throw StoreFailure(.constraint) }
    }

    private func insert(_ row: InboxRow) throws {
        let key = ExactMessage(row.message)
        try require(!row.message.source.isEmpty && !row.message.messageID.isEmpty && inbox[key] == nil)
        set(\.inbox, key, row)
    }

    private func write(_ write: OrderWrite) throws -> Int64 {
        try check(write)
        let id = write.row.id == 0 ? try append(write.row) : try replaceRow(write)
        let index = Int(id) - 1
        let count = orders[index].events.count
        orders[index].events += write.events
        remember { $0.orders[index].events.removeSubrange(count...) }
        if let findings = write.findings { try replaceFindings(findings, of: id) }
        if let waybills = write.waybills { try replaceWaybills(waybills, of: id) }
        if let parcels = write.parcels { try replaceParcels(parcels, of: id) }
        if write.concernsSearch { set(\.searchQueue, id, write.row.version) }
        if let tasks = write.tasks { try replaceTasks(tasks, of: id) }
        return id
    }

    private func check(_ write: OrderWrite) throws {
        let row = write.row
        try require(write.isGapless && row.version >= 1 && (0...7).contains(row.state) && row.holds >= 0)
        try require(!row.number.isEmpty && row.chainHead.count == 32)
        try require(write.events.allSatisfy { $0.hash.count == 32 })
    }

    private func append(_ row: OrderRow) throws -> Int64 {
        let key = ExactText(row.number)
        try require(idsByNumber[key] == nil)
        var row = row
        row.id = Int64(orders.count) + 1
        orders.append(MemoryOrder(row: row))
        idsByNumber[key] = row.id
        remember { tables in
            tables.orders.removeLast()
            tables.idsByNumber[key] = nil
        }
        return row.id
    }

    private func replaceRow(_ write: OrderWrite) throws -> Int64 {
        let id = write.row.id
        try require(idsByNumber[ExactText(write.row.number)] == id)
        let index = Int(id) - 1
        let before = orders[index].row
        try require(before.version == write.versionBefore && before.state <= write.row.state)
        orders[index].row = write.row
        remember { $0.orders[index].row = before }
        return id
    }

    private func replaceFindings(_ findings: [Finding], of id: Int64) throws {
        let index = Int(id) - 1
        try require(Set(findings.map(\.kind)).count == findings.count)
        let number = orders[index].row.number
        let rows = findings.map {
            FindingRow(order: number, orderID: id, kind: $0.kind, verdict: $0.verdict, since: $0.since)
        }
        set(\.orders, index, \.findings, rows.sorted { $0.kind.rawValue < $1.kind.rawValue })
    }

    private func replaceWaybills(_ waybills: [WaybillRow], of id: Int64) throws {
        let index = Int(id) - 1
        let live = waybills.filter { $0.status == .live }.map { ExactText($0.parcel) }
        try require(Set(live).count == live.count)
        let sorted = waybills.sorted {
            (ExactText($0.parcel), ExactText($0.number)) < (ExactText($1.parcel), ExactText($1.number))
        }
        for (left, right) in zip(sorted, sorted.dropFirst()) {
            try require(
                ExactText(left.parcel) != ExactText(right.parcel) || ExactText(left.number) != ExactText(right.number))
        }
        try require(sorted.allSatisfy { !$0.number.isEmpty })
        set(\.orders, index, \.waybills, sorted)
    }

    private func replaceParcels(_ parcels: [ParcelRow], of id: Int64) throws {
        let index = Int(id) - 1
        let sorted = parcels.sorted { ExactText($0.standing.parcel) < ExactText($1.standing.parcel) }
        try require(sorted.allSatisfy { !$0.standing.parcel.isEmpty })
        for (left, right) in zip(sorted, sorted.dropFirst()) {
            try require(ExactText(left.standing.parcel) != ExactText(right.standing.parcel))
        }
        set(\.orders, index, \.parcels, sorted)
    }

    private func replaceTasks(_ tasks: [TaskRow], of id: Int64) throws {
        let index = Int(id) - 1
        try require(tasks.allSatisfy { !$0.id.isEmpty && !$0.owner.isEmpty && $0.reopenings >= 0 })
        try require(Set(tasks.map { ExactText($0.id) }).count == tasks.count)
        set(\.orders, index, \.tasks, tasks.sorted { ExactText($0.id) < ExactText($1.id) })
    }

    private func insert(_ row: InstructionRow) throws {
        let key = ExactText(row.instruction.key)
        try require(!row.instruction.key.isEmpty && !row.instruction.system.isEmpty && row.attempts >= 0)
        guard positionsByKey[key] == nil, let id = idsByNumber[ExactText(row.order)] else {
            throw StoreFailure(.constraint)
        }
        let position = instructions.count
        let index = Int(id) - 1
        instructions.append(MemoryInstruction(row: row))
        positionsByKey[key] = position
        orders[index].instructions.append(position)
        remember { tables in
            tables.instructions.removeLast()
            tables.positionsByKey[key] = nil
            tables.orders[index].instructions.removeLast()
        }
        setOpen(position, row.status.isOpen)
    }

    private func park(_ row: ParkedRow) throws {
        try require(!row.reason.isEmpty && !row.fingerprint.isEmpty)
        let isThere = parked.contains {
            $0.fingerprint == row.fingerprint && $0.place == row.place && $0.source == row.source
        }
        guard !isThere else { return }
        var row = row
        row.id = (parked.last?.id ?? 0) + 1
        parked.append(row)
        remember { $0.parked.removeLast() }
    }
}
