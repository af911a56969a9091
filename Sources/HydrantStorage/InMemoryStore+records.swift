import HydrantCore

extension MemoryTables {
    func record(_ collection: String, _ key: String) throws -> StoredRecord? {
        records[RecordName(collection, key)]
    }

    func records(_ collection: String, after key: String, limit: Int) throws -> [StoredRecord] {
        let found = records.filter { $0.key.collection == ExactText(collection) && ExactText(key) < $0.key.key }
        return found.sorted { $0.key.key < $1.key.key }.prefix(limit).map(\.value)
    }

    func put(_ record: StoredRecord, ifVersion version: Int64) throws -> Bool {
        guard record.mayFollow(version) else { throw StoreFailure(.constraint) }
        guard (try self.record(record.collection, record.key)?.version ?? 0) == version else { return false }
        let name = RecordName(record.collection, record.key)
        set(\.records, name, record)
        return true
    }

    func deleteRecord(_ collection: String, _ key: String) throws -> Bool {
        guard try record(collection, key) != nil else { return false }
        let name = RecordName(collection, key)
        set(\.records, name, nil)
        return true
    }

    func removeParked(_ row: ParkedRow) throws -> Bool {
        guard parked.contains(where: { $0.id == row.id && $0.fingerprint == row.fingerprint }) else { return false }
        set(\.parked, parked.filter { $0.id != row.id })
        return true
    }

    func auditRows(after number: Int64, limit: Int) throws -> [AuditRow] {
        Array(audit.lazy.filter { $0.number > number }.prefix(limit))
    }

    func auditRows(_ filter: AuditFilter, before number: Int64, limit: Int) throws -> [AuditRow] {
        Array(audit.reversed().lazy.filter { $0.number < number && filter.admits($0.entry) }.prefix(limit))
    }

    func auditHead() throws -> AuditRow? { audit.last }

    func insert(_ row: AuditRow) throws {
        guard row.number > (audit.last?.number ?? 0), !row.entry.actor.isEmpty, !row.entry.action.isEmpty,
            row.hash.count == 32
        else { throw StoreFailure(.constraint) }
        audit.append(row)
        remember { $0.audit.removeLast() }
    }
}
