import GRDB
import HydrantCore
package import HydrantStorage

extension SQLiteTransaction {
    @discardableResult
    package func write(_ batch: WriteBatch) throws -> [Int64] {
        try writeInbox(batch.inbox)
        try writeReceivers(batch.receivers)
        let ids = try writeOrders(batch.orders)
        try writeInstructions(batch)
        try update(batch.instructionChanges)
        try writeTimers(batch)
        try writeParked(batch.parked)
        return ids
    }

    private func writeInbox(_ rows: [InboxRow]) throws {
        guard !rows.isEmpty else { return }
        let insert = try Query(database, Statements.insertInbox)
        for row in rows {
            try insert.run([
                .text(row.message.source), .text(row.message.messageID), .text(row.order),
                .integer(row.receivedAt.milliseconds), .integer(Int64(bitPattern: row.bodyHash)),
                .bytes(row.sealedBody),
            ])
        }
    }

    private func writeReceivers(_ receivers: [SealedReceiver]) throws {
        guard !receivers.isEmpty else { return }
        let insert = try Query(database, Statements.insertReceiver)
        for receiver in receivers { try insert.run([.text(receiver.id), .bytes(receiver.sealed)]) }
    }

    private func writeOrders(_ writes: [OrderWrite]) throws -> [Int64] {
        guard !writes.isEmpty else { return [] }
        let insertEvent = try Query(database, Statements.insertEvent)
        return try writes.map { write in
            guard write.isGapless else { throw StoreFailure(.constraint) }
            let id = try writeRow(write)
            for event in write.events {
                try insertEvent.run([.integer(id), .integer(event.number), .bytes(event.bytes), .bytes(event.hash)])
            }
            if let findings = write.findings { try replaceFindings(findings, of: id, isNew: write.row.id == 0) }
            if let waybills = write.waybills { try replaceWaybills(waybills, of: id, isNew: write.row.id == 0) }
            if let parcels = write.parcels { try replaceParcels(parcels, of: id, isNew: write.row.id == 0) }
            if write.concernsSearch {
                try Query(database, Statements.queueForSearch).run([.integer(id), .integer(write.row.version)])
            }
            if let tasks = write.tasks { try replaceTasks(tasks, of: id, isNew: write.row.id == 0) }
            return id
        }
    }

    /// - Throws: `StoreFailure` of kind `constraint` when the stored order is not the one the step was decided on.
    private func writeRow(_ write: OrderWrite) throws -> Int64 {
        let row = write.row
        let values: [Cell] = [
            .integer(row.version), .integer(row.state), .optional(row.stateSince?.milliseconds),
            .text(row.completion.rawValue), .integer(row.holds), .optional(row.verdict?.rawValue),
            .optional(row.placedAt?.milliseconds), .integer(row.changedAt.milliseconds), .integer(Int64(row.health)),
            .optional(row.changesAt?.milliseconds), .bytes(row.chainHead), .optional(row.overdueAfter?.milliseconds),
        ]
        let id =
            row.id == 0
            ? try Query(database, Statements.insertOrder).first([.text(row.number)] + values) { $0.integer(0) }
            : try Query(database, Statements.updateOrder).first(
                values + [.integer(row.id), .text(row.number), .integer(write.versionBefore)]
            ) { $0.integer(0) }
        guard let id else { throw StoreFailure(.constraint) }
        return id
    }

    private func replaceFindings(_ findings: [Finding], of id: Int64, isNew: Bool) throws {
        if !isNew { try Query(database, Statements.deleteFindings).run([.integer(id)]) }
        guard !findings.isEmpty else { return }
        let insert = try Query(database, Statements.insertFinding)
        for finding in findings {
            try insert.run([
                .integer(id), .text(finding.kind.rawValue), .text(finding.verdict.rawValue),
                .integer(finding.since.milliseconds),
            ])
        }
    }

    private func replaceWaybills(_ waybills: [WaybillRow], of id: Int64, isNew: Bool) throws {
        #if HYDRANT_MUTANTS
            if Mutant.waybillRowsStay.isOn, !isNew { return }
        #endif
        if !isNew { try Query(database, Statements.deleteWaybills).run([.integer(id)]) }
        guard !waybills.isEmpty else { return }
        let insert = try Query(database, Statements.insertWaybill)
        for waybill in waybills {
            try insert.run([
                .integer(id), .text(waybill.parcel), .text(waybill.number), .text(waybill.status.rawValue),
            ])
        }
    }

    private func replaceParcels(_ parcels: [ParcelRow], of id: Int64, isNew: Bool) throws {
        if !isNew { try Query(database, Statements.deleteParcels).run([.integer(id)]) }
        guard !parcels.isEmpty else { return }
        let insert = try Query(database, Statements.insertParcel)
        for row in parcels {
            let standing = row.standing
            try insert.run([
                .integer(id), .text(standing.parcel), .text(standing.set.rawValue),
                .integer(standing.since.milliseconds), .optional(standing.dueAt?.milliseconds),
                .text(standing.courier), .text(standing.channel), .text(row.keeperCode),
            ])
        }
    }

    private func replaceTasks(_ tasks: [TaskRow], of id: Int64, isNew: Bool) throws {
        if !isNew { try Query(database, Statements.deleteTasks).run([.integer(id)]) }
        guard !tasks.isEmpty else { return }
        let insert = try Query(database, Statements.insertTask)
        for row in tasks {
            try insert.run([
                .integer(id), .text(row.id), .text(row.kind.rawValue), .integer(row.severity.rank), .text(row.owner),
                .text(row.person), .integer(row.openedAt.milliseconds), .integer(row.dueAt.milliseconds),
                .optional(row.snoozedUntil?.milliseconds), .integer(row.reopenings), .text(row.reason.chinese),
                .text(row.reason.english),
            ])
        }
    }

    private func writeInstructions(_ batch: WriteBatch) throws {
        guard !batch.instructions.isEmpty else { return }
        let insert = try Query(database, Statements.insertInstruction)
        for row in batch.instructions {
            guard let id = try reader.orderID(row.order) else { throw StoreFailure(.constraint) }
            try insert.run([
                .text(row.instruction.key), .integer(id), .text(row.instruction.kind.rawValue),
                .text(row.instruction.system), .text(row.instruction.target), .text(row.status.rawValue),
                .integer(row.attempts), .integer(row.issuedAt.milliseconds), .integer(row.dueAt.milliseconds),
                .integer(row.deadline.milliseconds), .text(row.lastError),
            ])
        }
    }

    private func writeTimers(_ batch: WriteBatch) throws {
        for timer in batch.finishedTimers {
            try Query(database, Statements.deleteTimer).run([
                .text(timer.order), .text(timer.id), .integer(timer.dueAt.milliseconds),
            ])
        }
        for timer in batch.timers {
            try Query(database, Statements.insertTimer).run([
                .text(timer.order), .text(timer.id), .integer(timer.dueAt.milliseconds),
            ])
        }
    }

    private func writeParked(_ rows: [ParkedRow]) throws {
        guard !rows.isEmpty else { return }
        let insert = try Query(database, Statements.insertParked)
        for row in rows {
            try insert.run([
                .text(row.source), .text(row.place), .integer(row.receivedAt.milliseconds), .text(row.reason),
                .bytes(row.sealedBody), .text(row.fingerprint),
            ])
        }
    }
}
