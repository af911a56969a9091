import HydrantCore
package import HydrantStorage

extension SQLiteReader {
    package func record(_ collection: String, _ key: String) throws -> StoredRecord? {
        try query(Statements.record).first([.text(collection), .text(key)]) { row in
            StoredRecord(
                collection: collection, key: key, version: row.integer(0), body: row.bytes(1),
                changedAt: Instant(milliseconds: row.integer(2)))
        }
    }

    package func records(_ collection: String, after key: String, limit: Int) throws -> [StoredRecord] {
        try query(Statements.recordsOfCollection).all([.text(collection), .text(key), .integer(limit)]) { row in
            StoredRecord(
                collection: collection, key: row.text(0), version: row.integer(1), body: row.bytes(2),
                changedAt: Instant(milliseconds: row.integer(3)))
        }
    }

    /// Everything of all collections, for a move to another database.
    func allRecords() throws -> [StoredRecord] {
        try query(Statements.recordsAll).all([]) { row in
            StoredRecord(
                collection: row.text(0), key: row.text(1), version: row.integer(2), body: row.bytes(3),
                changedAt: Instant(milliseconds: row.integer(4)))
        }
    }

    package func auditRows(after number: Int64, limit: Int) throws -> [AuditRow] {
        try query(Statements.auditAfter).all([.integer(number), .integer(limit)], AuditRow.init(_:))
    }

    package func auditRows(_ filter: AuditFilter, before number: Int64, limit: Int) throws -> [AuditRow] {
        let action = Cell.optional(filter.action)
        if let object = filter.object {
            let actor = Cell.optional(filter.actor)
            return try query(Statements.auditOfObject).all(
                [.text(object), .integer(number), action, action, actor, actor, .integer(limit)], AuditRow.init(_:))
        }
        if let actor = filter.actor {
            return try query(Statements.auditOfActor).all(
                [.text(actor), .integer(number), action, action, .integer(limit)], AuditRow.init(_:))
        }
        return try query(Statements.auditBefore).all(
            [.integer(number), action, action, .integer(limit)], AuditRow.init(_:))
    }
}

extension SQLiteTransaction {
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
        let written: Int64? =
            if version == 0 {
                try reader.query(Statements.insertRecord).first([
                    .text(record.collection), .text(record.key), .integer(record.version), .bytes(record.body),
                    .integer(record.changedAt.milliseconds),
                ]) { $0.integer(0) }
            } else {
                try reader.query(Statements.updateRecord).first([
                    .integer(record.version), .bytes(record.body), .integer(record.changedAt.milliseconds),
                    .text(record.collection), .text(record.key), .integer(version),
                ]) { $0.integer(0) }
            }
        return written != nil
    }

    package func deleteRecord(_ collection: String, _ key: String) throws -> Bool {
        try reader.query(Statements.deleteRecord).first([.text(collection), .text(key)]) { $0.integer(0) } != nil
    }

    package func removeParked(_ row: ParkedRow) throws -> Bool {
        try reader.query(Statements.removeParked).first([.integer(row.id), .text(row.fingerprint)]) {
            $0.integer(0)
        } != nil
    }

    /// The one writer is the only one.
    package func auditHead() throws -> AuditRow? {
        try reader.auditRows(AuditFilter(), before: .max, limit: 1).first
    }

    package func insert(_ row: AuditRow) throws {
        let entry = row.entry
        try reader.query(Statements.insertAudit).run([
            .integer(row.number), .integer(entry.time.milliseconds), .text(entry.actor), .text(entry.action),
            .text(entry.object), .text(entry.reason), .text(entry.detail.text), .bytes(row.hash),
        ])
    }
}

extension AuditRow {
    fileprivate init(_ row: QueryRow) throws {
        guard let detail = try? JSON(text: row.text(6)) else { throw StoreFailure(.corrupt) }
        let entry = AuditEntry(
            time: Instant(milliseconds: row.integer(1)), actor: row.text(2), action: row.text(3), object: row.text(4),
            reason: row.text(5), detail: detail)
        self.init(number: row.integer(0), entry: entry, hash: row.bytes(7))
    }
}
