import HydrantConnectorKit
import HydrantCore
import ServiceLifecycle

/// Lets the outside world go on until it is told to stop.
struct SandboxDriver: Service {
    let world: SandboxWorld
    let hub: String

    func run() async throws {
        let caller = EgressClient(allowedURLs: [hub])
        do {
            try await cancelWhenGracefulShutdown {
                while !Task.isCancelled {
                    await world.advance(through: caller)
                    try await world.clock.sleep(until: world.nextLook())
                }
            }
        } catch is CancellationError {
            // Stopping is how a driver ends.
        } catch {
            try await caller.shutdown()
            throw error
        }
        try await caller.shutdown()
    }
}
