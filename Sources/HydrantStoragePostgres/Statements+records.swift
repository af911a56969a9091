/// Records and the audit trail.
extension Statements {
    static let record = "SELECT version, body, changed_at FROM records WHERE collection = $1 AND key = $2"
    static let recordsOfCollection = """
        SELECT key, version, body, changed_at FROM records WHERE collection = $1 AND key > $2
        ORDER BY key LIMIT $3::bigint
        """
    static let insertRecord = """
        INSERT INTO records (collection, key, version, body, changed_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (collection, key) DO NOTHING
        """
    static let updateRecord = """
        UPDATE records SET version = $3, body = $4, changed_at = $5
        WHERE collection = $1 AND key = $2 AND version = $6
        """
    static let removeParked = "DELETE FROM parked WHERE id = $1 AND coalesce(fingerprint, '') = $2"
    static let deleteRecord = "DELETE FROM records WHERE collection = $1 AND key = $2"

    private static let auditColumns = "number, time, actor, action, object, reason, detail, hash"
    /// Nodes add to the trail one after the other.
    static let lockAudit = "SELECT pg_advisory_xact_lock(1213809747, 0)"
    static let auditAfter = "SELECT \(auditColumns) FROM audit WHERE number > $1 ORDER BY number LIMIT $2::bigint"
    static let auditBefore = """
        SELECT \(auditColumns) FROM audit
        WHERE number < $1 AND ($2::text IS NULL OR action = $2) AND ($3::text IS NULL OR actor = $3)
            AND ($4::text IS NULL OR object = $4)
        ORDER BY number DESC LIMIT $5::bigint
        """
    static let insertAudit = "INSERT INTO audit (\(auditColumns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
}
