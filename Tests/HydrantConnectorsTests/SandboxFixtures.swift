import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import HydrantSandbox
import Logging
import ServiceLifecycle
import Synchronization

/// A clock that a test sets.
final class HandClock: HubClock {
    private let moment: Mutex<Instant>

    init(_ now: Instant) { moment = Mutex(now) }

    func now() -> Instant { moment.withLock { $0 } }

    func advance(by length: Milliseconds) { moment.withLock { $0 = $0 + length } }

    func sleep(until moment: Instant) async throws { throw CancellationError() }
}

/// Stands for the hub: takes pushes in with the real receivers and facts with the real verifier, and keeps them.
final class ListeningHub: HTTPCaller {
    static let token = "hub-token"

    private struct State {
        var facts: [ReportedFact] = []
        var money: [JSON] = []
        var pushes = 0
        var refusals = 0
        /// So many pushes are lost before one gets through.
        var losses = 0
    }

    private let receivers: [String: any PushReceiver]
    private let clock: HandClock
    private let state = Mutex(State())

    init(_ settings: [ConnectorSettings], clock: HandClock) throws {
        receivers = try ConnectorCatalogue.systems(settings, caller: ScriptedCaller()).receivers
        self.clock = clock
    }

    var facts: [ReportedFact] { state.withLock { $0.facts } }
    var money: [JSON] { state.withLock { $0.money } }
    var pushes: Int { state.withLock { $0.pushes } }
    var refusals: Int { state.withLock { $0.refusals } }

    func lose(_ count: Int) { state.withLock { $0.losses = count } }

    func call(_ call: HTTPCall) async throws(HTTPFailure) -> HTTPReply {
        let isLost = state.withLock { state in
            state.pushes += 1
            guard state.losses > 0 else { return false }
            state.losses -= 1
            return true
        }
        if isLost { throw .ambiguous("lost") }
        let path = call.url.split(separator: "?")[0].split(separator: "/").dropFirst(2).map(String.init)
        if path == ["v1", "facts"] { return takeFacts(call) }
        guard path.first == "push", let receiver = receivers[path[1]] else { throw .notSent("no such path") }
        let push = Push(
            query: query(of: call.url),
            headers: Dictionary(call.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }), body: call.body,
            now: clock.now(),
            pathRest: path.dropFirst(2).joined(separator: "/"))
        do {
            let content = try receiver.receive(push)
            state.withLock { $0.facts += content.facts }
            return HTTPReply(status: 200, body: content.acknowledgement.body)
        } catch {
            state.withLock { $0.refusals += 1 }
            return HTTPReply(status: 200, body: error.acknowledgement.body)
        }
    }

    private func takeFacts(_ call: HTTPCall) -> HTTPReply {
        let headers = Dictionary(call.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        do {
            let webhooks = try StandardWebhooks(secrets: [Sample.webhookSecret])
            try webhooks.verify(headers: headers, body: call.body, now: clock.now())
            guard headers["authorization"] == "Bearer \(Self.token)" else { return HTTPReply(status: 401, body: []) }
            let facts = try JSON(bytes: call.body).array ?? []
            state.withLock { $0.money += facts }
            return HTTPReply(status: 200, body: Array("{}".utf8))
        } catch {
            state.withLock { $0.refusals += 1 }
            return HTTPReply(status: 401, body: [])
        }
    }
}

/// An outside world with a hub that listens and a clock in the test's hand.
struct SandboxScene: Sendable {
    let world: SandboxWorld
    let clock: HandClock
    let hub: ListeningHub

    /// One push after the other, so that the order of arrival is the world's.
    static let orderly: SandboxPace = {
        var pace = SandboxPace()
        pace.pushesInFlight = 1
        return pace
    }()

    init(_ faults: FaultPlan = .none, pace: SandboxPace = orderly, seed: UInt64 = 7) throws {
        clock = HandClock(Sample.now)
        world = try SandboxWorld(
            clock: clock, seed: seed, faults: faults, hub: "http://127.0.0.1:9",
            secrets: SandboxSecrets(seed: seed, hubToken: ListeningHub.token, hubWebhookSecret: Sample.webhookSecret),
            pace: pace)
        hub = try ListeningHub(world.connectorSettings, clock: clock)
    }

    /// Runs the world's server while the body calls it with the real connectors over real sockets.
    func serve(_ body: @Sendable ([String: any Connector]) async throws -> Void) async throws {
        let settings = world.connectorSettings
        let caller = EgressClient(allowedURLs: settings.map(\.baseURL))
        let connectors = try ConnectorCatalogue.systems(settings, caller: caller).connectors
        let server = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [world.makeServices()[0]], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            await world.waitUntilListening()
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await body(connectors)) } catch { outcome = .failure(error) }
            await server.triggerGracefulShutdown()
            try await group.waitForAll()
            try await caller.shutdown()
            try outcome.get()
        }
    }

    /// Lets time pass in steps and the world push what falls due.
    func pass(_ length: Milliseconds, step: Milliseconds = .minutes(5)) async {
        var rest = length
        while rest > 0 {
            clock.advance(by: min(step, rest))
            rest -= step
            await world.advance(through: hub)
        }
    }

    /// A request at the scene's own time.
    func request(_ kind: InstructionKind, target: String = "", order: Order = Sample.order()) -> InstructionRequest {
        Sample.request(kind, target: target, order: order, now: clock.now())
    }
}

extension ReportedFact {
    /// What the hub makes of it.
    func fact(from source: String, receivedAt: Instant) -> Fact {
        Fact(
            source: source, messageID: messageID, order: order, occurredAt: occurredAt, receivedAt: receivedAt,
            word: word, body: body)
    }
}
