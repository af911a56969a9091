/// Where time comes from. The real one follows the machine, the demo's runs faster, the simulator's is driven by hand.
package protocol HubClock: Sendable {
    /// The civil time now.
    func now() -> Instant

    /// Waits until the moment has come or the task is cancelled.
    func sleep(until moment: Instant) async throws
}
