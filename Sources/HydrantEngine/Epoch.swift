package import HydrantCore
package import HydrantStorage

/// A database that was restored to an earlier moment does not know what was sent afterwards. From the restore on a new
/// epoch runs: for every effect that may have been sent in the lost time the partner is asked first, by our own number,
/// and whatever cannot be asked about goes to a person. Nothing is repeated unasked.
package enum Epoch {
    /// The name of the small value that holds when the epoch began.
    static let name = "epoch"

    /// Begins an epoch: everything that waits to be sent counts as perhaps sent. No hub may run on the database.
    ///
    /// - Returns: how many instructions will be asked about before anything is sent.
    /// - Throws: `StoreFailure`.
    package static func begin(in store: any Store, now: Instant) async throws -> Int {
        try await store.transaction { transaction in
            try transaction.releaseClaims()
            var changes: [InstructionChange] = []
            var asked = 0
            for count in try transaction.laneCounts() where count.lane.kind.hasEffect {
                let rows = try transaction.openInstructions(count.lane, limit: Int(count.count))
                asked += rows.count
                changes += rows.filter { $0.status == .waiting }.map { row in
                    InstructionChange(
                        key: row.instruction.key, status: .ambiguous, attempts: row.attempts, dueAt: row.dueAt,
                        lastError: "the database was restored; it may have been sent before")
                }
            }
            try transaction.update(changes)
            try transaction.setMeta(name, Array("\(now.milliseconds)".utf8))
            return asked
        }
    }

    /// When the epoch of a database began; nil when it was never restored.
    ///
    /// - Throws: `StoreFailure`.
    package static func beginning(_ store: any Store) async throws -> Instant? {
        guard let bytes = try await store.read({ try $0.meta(name) }) else { return nil }
        guard let milliseconds = Int64(String(decoding: bytes, as: UTF8.self)) else {
            throw StoreFailure(.corrupt, message: "The time of the last restore cannot be read back.")
        }
        return Instant(milliseconds: milliseconds)
    }

    /// Whether an instruction that is issued now may have been sent already, in time that a restore took away: its
    /// order was there before the epoch began, as far as anybody knows.
    static func mayHaveBeenSent(_ instruction: Instruction, of order: Order, epoch: Instant?) -> Bool {
        guard let epoch, instruction.kind.hasEffect else { return false }
        return order.placed.map { $0.at <= epoch } ?? true
    }
}

extension InstructionKind {
    /// A question may be asked twice.
    fileprivate var hasEffect: Bool { self != .findWaybill }
}
