package import HydrantCore

/// The engine's own limits; the defaults fit one machine of two cores.
package struct HubOptions: Sendable {
    /// The most facts in one transaction.
    package var batchFacts = 1_024
    package var cachedOrders = 30_000
    /// How long an instruction is worth sending.
    package var instructionLifetime: Milliseconds = .hours(72)
    /// How long a claimed instruction stays with the one who claimed it.
    package var leaseLength: Milliseconds = .minutes(5)
    /// The longest time between two looks at what fell due.
    package var watchSlice: Milliseconds = .seconds(1)
    /// Instructions under way at one system at the same time.
    package var callsPerSystem = 8
    /// Instructions taken from the queue at once.
    package var claimCount = 64

    package init() {}
}
