import HydrantCore
import HydrantStorage

/// Locks of names and sources after too many failures. They are kept under a keyed hash, because what is typed into the
/// field of the name may be anything, also a password.
extension People {
    /// Until when no attempt of an account or a source is looked at; nil when one may be made, which then counts as
    /// failed until it is forgiven.
    func lockedUntil(account: String, source: String, now: Instant) async throws -> Instant? {
        if let until = guesses.begin(account: account, source: source, now: now) { return until }
        let keys = GuessBook.keys(account: account, source: source).map(lockKey)
        let ends = try await store.read { [records] reader in
            try keys.compactMap { try records.read(reader, .locks, $0)?.0["until"]?.integer }
        }
        return ends.map(Instant.init(milliseconds:)).filter { now < $0 }.max()
    }

    /// Writes down what a failed attempt has locked. Done before the answer, for names that somebody has and for others
    /// alike.
    func keepLocks(account: String, source: String, now: Instant) async throws {
        let locks = guesses.locks(account: account, source: source, now: now)
        guard !locks.isEmpty else { return }
        let rows = locks.map { (key: lockKey($0.key), until: $0.until) }
        try await store.transaction { [records] transaction in
            for (key, json) in try records.all(transaction, .locks)
            where json["until"]?.integer ?? 0 <= now.milliseconds {
                try records.delete(transaction, .locks, key)
            }
            for row in rows {
                let version = try records.read(transaction, .locks, row.key)?.1 ?? 0
                let json: JSON = ["until": .integer(row.until.milliseconds)]
                try records.write(transaction, (.locks, row.key), json, after: version, at: now)
            }
        }
    }

    private func lockKey(_ key: String) -> String { keyring.fingerprint("sign-in lock " + key) }
}
