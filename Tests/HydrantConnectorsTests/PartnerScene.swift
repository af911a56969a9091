import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import HydrantSandbox
import Logging
import ServiceLifecycle

/// The played partners with a hub that listens and a clock in the test's hand.
struct PartnerScene: Sendable {
    let sandbox: PartnerSandbox
    let clock: HandClock
    let hub: ListeningHub

    init(_ faults: PartnerFaults = .none, seed: UInt64 = 7) async throws {
        clock = HandClock(Sample.now)
        var pace = PartnerPace()
        pace.step = .minutes(60) ... .minutes(60)
        sandbox = PartnerSandbox(
            clock: clock, seed: seed, faults: faults, pace: pace, hub: "http://127.0.0.1:9")
        hub = try ListeningHub(await sandbox.connectorSettings, clock: clock)
    }

    /// Runs the partners' servers while the body calls them with the real connectors over real sockets.
    func serve(
        _ options: [String: [String: String]] = [:],
        _ body: @Sendable ([String: any Connector]) async throws -> Void
    ) async throws {
        let servers = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: sandbox.makeServices().dropLast(),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await servers.run() }
            await sandbox.waitUntilListening()
            let settings = await sandbox.connectorSettings.map { settings in
                var settings = settings
                settings.options.merge(["timeoutMilliseconds": "1500"]) { $1 }
                settings.options.merge(options[settings.system] ?? [:]) { $1 }
                return settings
            }
            let caller = EgressClient(allowedURLs: settings.flatMap(\.calledURLs))
            let connectors = try ConnectorCatalogue.systems(settings, caller: caller).connectors
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await body(connectors)) } catch { outcome = .failure(error) }
            await servers.triggerGracefulShutdown()
            try await group.waitForAll()
            try await caller.shutdown()
            try outcome.get()
        }
    }

    func request(
        _ kind: InstructionKind, _ system: String, target: String = "SO-1-1", order: Order = Sample.order()
    ) -> InstructionRequest {
        var request = Sample.partnerRequest(kind, system, target: target, order: order)
        request.now = clock.now()
        return request
    }

    func keeper(_ system: String) -> InstructionRequest {
        var request = Sample.keeperRequest(system)
        request.now = clock.now()
        return request
    }

    /// Lets time pass in steps and the partners push what falls due.
    func pass(_ length: Milliseconds, step: Milliseconds = .minutes(10)) async {
        var rest = length
        while rest > 0 {
            clock.advance(by: min(step, rest))
            rest -= step
            await sandbox.advance(through: hub)
        }
    }
}

extension End {
    func isDone(_ facts: [String]) -> Bool { if case .done(facts, _) = self { true } else { false } }
}
