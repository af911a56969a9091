import HydrantCore
import HydrantEngine
import HydrantStorage
import Synchronization

/// What the world knows of the hub: which messages it was given and acknowledged, and what its store was seen to write.
/// Kept apart from the hub, so that the two can be compared.
final class Books: Sendable {
    struct State {
        /// The order of each message that somebody sends.
        var sent: [MessageKey: String] = [:]
        var acknowledged: Set<MessageKey> = []
        var violations: [String] = []
        var isClosed = false
        var stateByOrder: [String: Int] = [:]
        var versionByOrder: [String: Int] = [:]
        /// When the store was told that an instruction was refused, by its key.
        var refusedAt: [String: Instant] = [:]
        var hash = RunningHash()
        var events = 0
    }

    private let state = Mutex(State())

    var snapshot: State { state.withLock { $0 } }
    var isClosed: Bool { state.withLock { $0.isClosed } }

    func close() { state.withLock { $0.isClosed = true } }

    /// Writes down that something was not as it must be; the first word names the rule.
    func note(_ rule: String, _ sentence: String) {
        state.withLock { $0.violations.append("\(rule): \(sentence)") }
    }

    func expect(_ letter: Letter) {
        let key = MessageKey(source: letter.source, messageID: letter.messageID)
        state.withLock { $0.sent[key] = letter.order }
    }

    /// - Returns: whether the sender has done his duty.
    func take(_ receipt: FactReceipt, for letter: Letter) -> Bool {
        let key = MessageKey(source: letter.source, messageID: letter.messageID)
        switch receipt {
        case .accepted, .duplicate:
            if letter.isForged {
                note(
                    "another-message-is-noticed",
                    "order \(letter.order): a used number of \(letter.source) was taken again")
            } else {
                state.withLock { _ = $0.acknowledged.insert(key) }
            }
            return true
        case .conflicting:
            if !letter.isForged {
                note("repetition-is-harmless", "order \(letter.order): \(letter.messageID) was called another message")
            }
            return true
        case .refused:
            // A person looks again later.
            return false
        case .parked(let reason):
            note("nothing-is-parked", "order \(letter.order): \(letter.messageID) was parked: \(reason)")
            return true
        }
    }

    /// What a transaction wrote, after it was committed.
    func committed(_ batches: [WriteBatch], at now: Instant) {
        state.withLock { state in
            for batch in batches {
                for write in batch.orders { Self.note(write, in: &state) }
                for change in batch.instructionChanges where change.status == .refused {
                    state.refusedAt[change.key] = now
                }
            }
        }
    }

    private static func note(_ write: OrderWrite, in state: inout State) {
        let row = write.row
        let before = state.stateByOrder[row.number] ?? 0
        if row.state < before {
            state.violations.append("state-never-falls: order \(row.number) fell from \(before) to \(row.state)")
        }
        let version = state.versionByOrder[row.number] ?? 0
        if row.version != version + write.events.count {
            state.violations.append("events-are-numbered: order \(row.number) went from \(version) to \(row.version)")
        }
        state.stateByOrder[row.number] = row.state
        state.versionByOrder[row.number] = row.version
        state.events += write.events.count
        for event in write.events {
            state.hash.add(row.number)
            state.hash.add(event.hash)
        }
    }
}
