import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import HydrantEngine
import HydrantSandbox
import HydrantStorage
import HydrantStorageSQLite
import Logging
import ServiceLifecycle
import Synchronization

/// What one system that hangs for ever costs another: real servers on the loopback address, the same load twice, once
/// with both systems answering and once with one of them silent and everything for it waiting.
struct BulkheadBench {
    let directory: String
    let seconds: Double
    private static let perSecond = 150

    func run() async throws -> [BenchFigure] {
        var calm = Double.infinity
        var hanging = Double.infinity
        // In turn, the better of two each: what else the machine does meanwhile hits both alike.
        for _ in 1...2 {
            calm = min(calm, try await percentile99(hanging: false))
            hanging = min(hanging, try await percentile99(hanging: true))
        }
        return [
            BenchFigure(
                name: "p99 from order to finance's answer, all systems well", value: calm, unit: "ms", limit: nil),
            BenchFigure(
                name: "p99 from order to finance's answer, CRM hanging", value: hanging, unit: "ms", limit: calm * 1.1),
        ]
    }

    private func percentile99(hanging: Bool) async throws -> Double {
        let path = "\(directory)/bench-bulkhead.sqlite"
        removeDatabase(path)
        defer { removeDatabase(path) }
        let store = try SQLiteStore(path: path, mode: .readWrite)
        let clock = SystemClock()
        let secret = "whsec_" + base64Text(Array(repeating: 9, count: 32))
        let world = try SandboxWorld(
            clock: clock, seed: 1, faults: .none, hub: "http://127.0.0.1:1",
            secrets: SandboxSecrets(seed: 1, hubToken: "", hubWebhookSecret: secret))
        if hanging { await world.setOutage(of: "crm", until: clock.now() + .hours(24)) }
        let egress = EgressClient(allowedURLs: world.connectorSettings.map(\.baseURL))
        let built = try buildSystems(world.connectorSettings, caller: egress)
        let answered = AnswerTimes()
        let connectors = built.connectors.values.sorted { $0.system < $1.system }.map { inner -> any Connector in
            inner.system == "finance" ? TimedConnector(inner: inner, times: answered) : inner
        }
        let flow = Flow(
            steps: Flow.watching.steps,
            requests: [
                Flow.Request(afterState: 1, kind: .checkCredit, system: "crm"),
                Flow.Request(afterState: 1, kind: .issueInvoice, system: "finance"),
            ])
        let hub = Hub(
            store: store, keyring: Keyring(master: Array(repeating: 7, count: 32)), clock: clock,
            settings: Settings(version: "bench", flow: flow), connectors: connectors, seed: 1,
            log: Logger(label: "hydrant.bench"))
        let services = ServiceGroup(services: world.makeServices(), logger: Logger(label: "hydrant.bench"))
        let serving = Task { try await services.run() }
        let running = Task { try await hub.run() }
        await world.waitUntilListening()
        let asked = try await offer(to: hub)
        try await answered.waitForAll(asked.count, patience: .seconds(20))
        running.cancel()
        try await running.value
        await services.triggerGracefulShutdown()
        try await serving.value
        try await egress.shutdown()
        try await store.close()
        return answered.samples(since: asked).percentile(0.99)
    }

    /// Pays orders at an even rate, the first second for warming up.
    ///
    /// - Returns: when each order was paid.
    private func offer(to hub: Hub) async throws -> [String: ContinuousClock.Instant] {
        var asked: [String: ContinuousClock.Instant] = [:]
        let begin = ContinuousClock.now
        let interval = Duration.seconds(1) / Self.perSecond
        for index in 0..<Int((seconds + 1) * Double(Self.perSecond)) {
            try await ContinuousClock().sleep(until: begin + interval * index, tolerance: .zero)
            let order = "B\(index)"
            let now = hub.clock.now()
            let header = OrderHeader(payableMinor: 1_000, lines: [Line(id: "1", sku: "A", priceMinor: 1_000)])
            let bodies: [FactBody] = [
                .orderPlaced(header), .paymentReported(Payment(id: "p", amountMinor: 1_000)),
            ]
            let facts = try bodies.enumerated().map { number, body in
                try hub.intake.seal(
                    Fact(
                        source: "shop", messageID: "\(order)-\(number)", order: order, occurredAt: now,
                        receivedAt: now, body: body))
            }
            asked[order] = .now
            _ = try await hub.submit(facts)
        }
        return asked
    }
}

/// When each order's call was answered.
private final class AnswerTimes: Sendable {
    private let times = Mutex<[String: ContinuousClock.Instant]>([:])

    func note(_ order: String) { times.withLock { $0[order] = .now } }

    /// Waits until so many were answered, and not longer than the patience.
    func waitForAll(_ count: Int, patience: Duration) async throws {
        let end = ContinuousClock.now + patience
        while times.withLock({ $0.count }) < count, .now < end { try await Task.sleep(for: .milliseconds(20)) }
    }

    /// What was never answered counts as answered now. Orders of the first second are left out.
    func samples(since asked: [String: ContinuousClock.Instant]) -> Samples {
        let times = times.withLock { $0 }
        var samples = Samples()
        guard let begin = asked.values.min() else { return samples }
        for (order, start) in asked where start >= begin + .seconds(1) {
            samples.add((times[order] ?? .now) - start)
        }
        return samples
    }
}

/// Passes everything on and notes when the answer was there.
private struct TimedConnector: Connector {
    let inner: any Connector
    let times: AnswerTimes

    var system: String { inner.system }

    func perform(_ request: InstructionRequest) async -> InstructionResult {
        let result = await inner.perform(request)
        if case .done = result { times.note(request.order.number) }
        return result
    }

    func find(_ request: InstructionRequest) async -> InstructionResult { await inner.find(request) }
}
