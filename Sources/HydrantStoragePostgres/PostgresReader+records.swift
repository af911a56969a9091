import HydrantCore
package import HydrantStorage

extension PostgresReader {
    package func record(_ collection: String, _ key: String) throws -> StoredRecord? {
        try connection.first(Statements.record, [.text(collection), .text(key)]) { row in
            StoredRecord(
                collection: collection, key: key, version: row.integer(0), body: row.bytes(1),
                changedAt: Instant(milliseconds: row.integer(2)))
        }
    }

    package func records(_ collection: String, after key: String, limit: Int) throws -> [StoredRecord] {
        try connection.all(
            Statements.recordsOfCollection, [.text(collection), .text(key), .integer(limit)]
        ) { row in
            StoredRecord(
                collection: collection, key: row.text(0), version: row.integer(1), body: row.bytes(2),
                changedAt: Instant(milliseconds: row.integer(3)))
        }
    }

    package func auditRows(after number: Int64, limit: Int) throws -> [AuditRow] {
        try connection.all(Statements.auditAfter, [.integer(number), .integer(limit)], AuditRow.init(_:))
    }

    package func auditRows(_ filter: AuditFilter, before number: Int64, limit: Int) throws -> [AuditRow] {
        try connection.all(
            Statements.auditBefore,
            [
                .integer(number), .optional(filter.action), .optional(filter.actor), .optional(filter.object),
                .integer(limit),
            ], AuditRow.init(_:))
    }
}

extension PostgresTransaction {
    package func record(_ collection: String, _ key: String) throws -> StoredRecord? {
        try reader.record(collection, key)
    }
    package func records(_ collection: String, after key: String, limit: Int) throws -> [StoredRecord] {
        try reader.records(collection, after: key, limit: limit)
    }
    package func auditRows(after number: Int64, limit: Int) throws -> [AuditRow] {
        try reader.auditRows(after: number, limit: limit)
    }
    package func auditRows(_ filter: AuditFilter, before number: Int64, limit: Int) throws -> [AuditRow] {
        try reader.auditRows(filter, before: number, limit: limit)
    }

    package func put(_ record: StoredRecord, ifVersion version: Int64) throws -> Bool {
        guard record.mayFollow(version) else { throw StoreFailure(.constraint) }
        var cells: [Cell] = [
            .text(record.collection), .text(record.key), .integer(record.version), .bytes(record.body),
            .integer(record.changedAt.milliseconds),
        ]
        if version > 0 { cells.append(.integer(version)) }
        let text = version == 0 ? Statements.insertRecord : Statements.updateRecord
        return try connection.answer(text, cells).written == 1
    }

    package func deleteRecord(_ collection: String, _ key: String) throws -> Bool {
        try connection.answer(Statements.deleteRecord, [.text(collection), .text(key)]).written == 1
    }

    package func removeParked(_ row: ParkedRow) throws -> Bool {
        let answer = try connection.answer(Statements.removeParked, [.integer(row.id), .text(row.fingerprint)])
        guard answer.written == 1 else { return false }
        tallies.add(-1, "parked")
        return true
    }

    /// Waits for other nodes, and then reads what they wrote.
    package func auditHead() throws -> AuditRow? {
        try connection.run(Statements.lockAudit)
        return try reader.auditRows(AuditFilter(), before: .max, limit: 1).first
    }

    package func insert(_ row: AuditRow) throws {
        let entry = row.entry
        try connection.run(
            Statements.insertAudit,
            [
                .integer(row.number), .integer(entry.time.milliseconds), .text(entry.actor), .text(entry.action),
                .text(entry.object), .text(entry.reason), .text(entry.detail.text), .bytes(row.hash),
            ])
    }
}

extension AuditRow {
    fileprivate init(_ row: AnswerRow) throws {
        guard let detail = try? JSON(text: row.text(6)) else { throw StoreFailure(.corrupt) }
        let entry = AuditEntry(
            time: Instant(milliseconds: row.integer(1)), actor: row.text(2), action: row.text(3), object: row.text(4),
            reason: row.text(5), detail: detail)
        self.init(number: row.integer(0), entry: entry, hash: row.bytes(7))
    }
}
