/// Faults put into the hub's surroundings on purpose, to see whether the auditor notices.
package enum Mutation: String, CaseIterable, Sendable {
    /// The store does not know which messages it has seen.
    case storeForgetsMessages
    /// The store answers before it has written, and sometimes loses what it answered for.
    case acknowledgedBeforeCommit
    /// A connector takes a time-out for a refusal.
    case timeoutTakenForRefusal
    /// A connector gives every attempt a number of its own.
    case freshKeyPerAttempt
    /// The store keeps health figures that nobody looks after.
    case staleHealth
    /// The store loses timers.
    case timersLost
    /// The store changes an event after its hash was made.
    case eventRewritten
}
