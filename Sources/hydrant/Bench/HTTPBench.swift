import Foundation
import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantStorageSQLite
import HydrantWeb
import Logging
import ServiceLifecycle

/// Facts over the HTTP interface: batches of 100 from eight clients, and single facts from one client after another.
struct HTTPBench {
    let directory: String
    let seconds: Double
    let limit: Double?

    func run() async throws -> [BenchFigure] {
        try await withBenchHub(directory, name: "http") { hub in
            var facts = BenchFacts(prefix: "SO", seed: 8)
            try await preload(hub, &facts, 20_000)
            let bytes = Array(repeating: UInt8(9), count: 32)
            let token = AccessToken.make(name: "bench", scopes: [.factsWrite], randomBytes: bytes)
            let secret = "whsec_" + Data(bytes).base64EncodedString()
            var settings = ServerSettings(
                tokens: AccessTokens([token.token]), sessionKey: bytes, webhookSecrets: [secret],
                randomBytes: { AccessFiles.randomBytes($0) })
            settings.port = 0
            let server = try await BenchServer(hub: hub, settings: settings)
            let caller = BenchCaller(
                url: "\(server.url)/v1/facts", token: token.text,
                signer: try StandardWebhooks(secrets: [secret]))
            let figures = [try await batches(caller), try await sequential(caller)]
            try await caller.egress.shutdown()
            await server.stop()
            return figures
        }
    }

    private func batches(_ caller: BenchCaller) async throws -> BenchFigure {
        let begin = ContinuousClock.now
        let seconds = seconds
        let total = try await withThrowingTaskGroup(of: Int.self) { group in
            for client in 0..<8 {
                group.addTask {
                    var facts = BenchFacts(prefix: "H\(client)", openOrders: 1_000, seed: UInt64(client))
                    var sent = 0
                    while (ContinuousClock.now - begin).seconds < seconds {
                        try await caller.send(facts.next(100))
                        sent += 100
                    }
                    return sent
                }
            }
            return try await group.reduce(0, +)
        }
        return BenchFigure(
            name: "durable facts over HTTP, batches of 100, 8 clients",
            value: Double(total) / (ContinuousClock.now - begin).seconds, unit: "facts/s", limit: limit)
    }

    private func sequential(_ caller: BenchCaller) async throws -> BenchFigure {
        var facts = BenchFacts(prefix: "Q", openOrders: 1_000, seed: 77)
        let begin = ContinuousClock.now
        var sent = 0
        while (ContinuousClock.now - begin).seconds < seconds {
            try await caller.send([facts.next()])
            sent += 1
        }
        return BenchFigure(
            name: "durable facts over HTTP, one client, one by one",
            value: Double(sent) / (ContinuousClock.now - begin).seconds, unit: "facts/s", limit: 2_000)
    }
}

/// Posts signed facts and insists on success.
private struct BenchCaller: Sendable {
    let url: String
    let token: String
    let signer: StandardWebhooks
    let egress: EgressClient

    init(url: String, token: String, signer: StandardWebhooks) {
        self.url = url
        self.token = token
        self.signer = signer
        egress = EgressClient(allowedURLs: [url], limits: .init(connectionsPerHost: 16))
    }

    func send(_ facts: [JSON]) async throws {
        let body = JSON.array(facts).bytes
        let headers =
            [(name: "authorization", value: "Bearer \(token)")]
            + signer.headers(id: facts[0]["id"]?.string ?? "b", at: SystemClock().now(), body: body)
        let reply = try await egress.call(HTTPCall(url: url, headers: headers, body: body))
        guard reply.status == 200 else {
            throw CommandProblem("the server answered \(reply.status)", exitCode: 1)
        }
    }
}

/// The hub's own server on a free port of this machine.
struct BenchServer {
    let url: String
    private let serving: Task<Void, any Error>

    init(hub: Hub, settings: ServerSettings) async throws {
        let log = Logger(label: "hydrant.bench")
        let ports = AsyncStream<Int>.makeStream()
        let application = HydrantServer.buildApplication(
            router: try HydrantServer.buildRouter(hub: hub, settings: settings, log: log), settings: settings, log: log
        ) { ports.continuation.yield($0) }
        serving = Task { try await Self.cancellable(application) }
        var iterator = ports.stream.makeAsyncIterator()
        guard let port = await iterator.next() else { throw CommandProblem("the server did not start", exitCode: 1) }
        url = "http://127.0.0.1:\(port)"
    }

    func stop() async {
        serving.cancel()
        _ = try? await serving.value
    }

    /// Runs a service until its task is cancelled.
    private static func cancellable(_ application: some Service) async throws {
        let group = ServiceGroup(services: [application], logger: Logger(label: "hydrant.bench"))
        try await withTaskCancellationHandler {
            try await group.run()
        } onCancel: {
            Task { await group.triggerGracefulShutdown() }
        }
    }
}
