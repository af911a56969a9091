import HydrantConnectorKit
import HydrantEngine
import HydrantStorage
import ServiceLifecycle

/// The hub as a service: on a graceful shutdown it writes what still waits, then ends.
struct HubService: Service {
    let hub: Hub
    var onReady: @Sendable () -> Void = {}

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await hub.run(onReady: onReady) }
        try await hub.store.close()
    }
}

/// Closes the outgoing connections after everything that uses them has ended.
struct EgressService: Service {
    let client: EgressClient

    func run() async throws {
        try await gracefulShutdown()
        try await client.shutdown()
    }
}

/// Any loop as a service that ends when the others do.
struct LoopService: Service {
    let body: @Sendable () async throws -> Void

    func run() async throws {
        let body = body
        try await cancelWhenGracefulShutdown {
            do {
                try await body()
            } catch {
                // What fails because everything stops is no failure.
                guard Task.isCancelled else { throw error }
            }
        }
    }
}
