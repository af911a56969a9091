import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import HydrantSandbox
import Logging
import ServiceLifecycle

/// The played couriers with a hub that listens and a clock in the test's hand.
struct DirectScene: Sendable {
    let sandbox: DirectSandbox
    let clock: HandClock
    let hub: ListeningHub

    init(_ faults: DirectFaults = .none, seed: UInt64 = 7, dock: LoadingDock? = nil) throws {
        clock = HandClock(Sample.now)
        var pace = DirectPace()
        pace.callTimeoutMilliseconds = 3_000
        sandbox = try DirectSandbox(
            clock: clock, seed: seed, faults: faults, pace: pace, hub: "http://127.0.0.1:9", dock: dock)
        hub = try ListeningHub(sandbox.connectorSettings, clock: clock)
    }

    /// Runs the server while the body calls it with the real connectors over real sockets.
    func serve(
        _ settings: [ConnectorSettings]? = nil, _ body: @Sendable (ConnectorCatalogue.Systems) async throws -> Void
    ) async throws {
        let settings = settings ?? sandbox.connectorSettings
        let caller = EgressClient(allowedURLs: settings.flatMap(\.calledURLs))
        let systems = try ConnectorCatalogue.systems(settings, caller: caller)
        let server = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [sandbox.makeServices()[0]],
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            await sandbox.waitUntilListening()
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await body(systems)) } catch { outcome = .failure(error) }
            await server.triggerGracefulShutdown()
            try await group.waitForAll()
            try await caller.shutdown()
            try outcome.get()
        }
    }

    func request(_ kind: InstructionKind, _ target: String, tracked: String? = nil, by system: String = "")
        -> InstructionRequest
    {
        let facts = tracked.map { number in
            FactBody.trackingReported(Tracking(parcel: "SO-1-1", courier: "X", channel: system, number: number))
        }
        return Sample.request(
            kind, target: target, order: Sample.order(facts: facts.map { [$0] } ?? []), now: clock.now())
    }

    /// Our number of the parcel as the courier knows it.
    static func ownNumber(_ courier: DirectCourier) -> String {
        switch courier {
        case .yto: "HYDRSO_2D1_2D1"
        case .yunda: "SO_2D1_2D1"
        default: "SO-1-1"
        }
    }

    /// The number in a tracking fact.
    static func number(_ result: InstructionResult) -> String? {
        guard case .trackingReported(let tracking)? = result.facts.first?.body else { return nil }
        return tracking.number
    }
}
