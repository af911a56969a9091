import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantStorageSQLite
import Logging
import ServiceLifecycle
import Synchronization

/// An even load on a hub with real servers on the loopback address, and how long the systems that are timed take to
/// answer.
struct BulkheadLoad {
    /// The path of the database, which is made for the load and removed after it.
    let database: String
    let seconds: Double
    let settings: Settings
    var receiver: Receiver?
    /// Whether the answers of a system are timed.
    let isTimed: @Sendable (_ system: String) -> Bool
    /// The header of an order by its number, and whether it counts among those that are measured.
    let order: (_ index: Int) -> (header: OrderHeader, isMeasured: Bool)
    private static let perSecond = 150

    /// Measures with and without a system that hangs in turn, the better of two each: what else the machine does
    /// meanwhile hits both alike.
    static func figures(
        calm calmName: String, hanging hangingName: String, _ percentile99: (_ isHanging: Bool) async throws -> Double
    ) async throws -> [BenchFigure] {
        var calm = Double.infinity
        var hanging = Double.infinity
        for _ in 1...2 {
            calm = min(calm, try await percentile99(false))
            hanging = min(hanging, try await percentile99(true))
        }
        return [
            BenchFigure(name: calmName, value: calm, unit: "ms", limit: nil),
            BenchFigure(name: hangingName, value: hanging, unit: "ms", limit: calm * 1.1),
        ]
    }

    /// - Parameters:
    ///   - outside: the servers that the connectors call.
    ///   - waitUntilListening: returns once they listen.
    func percentile99(
        _ connectors: some Sequence<any Connector>, outside: [any Service], waitUntilListening: () async -> Void
    ) async throws -> Double {
        removeDatabase(database)
        defer { removeDatabase(database) }
        let store = try SQLiteStore(path: database, mode: .readWrite)
        let answered = AnswerTimes()
        let timed = connectors.sorted { $0.system < $1.system }.map { inner -> any Connector in
            isTimed(inner.system) ? TimedConnector(inner: inner, times: answered) : inner
        }
        let log = Logger(label: "hydrant.bench")
        let hub = Hub(
            store: store, keyring: Keyring(master: Array(repeating: 7, count: 32)), clock: SystemClock(),
            settings: settings, connectors: timed, seed: 1, log: log)
        let services = ServiceGroup(services: outside, logger: log)
        let serving = Task { try await services.run() }
        let running = Task { try await hub.run() }
        await waitUntilListening()
        let asked = try await offer(to: hub)
        try await answered.waitForAll(asked.count, patience: .seconds(20))
        running.cancel()
        try await running.value
        await services.triggerGracefulShutdown()
        try await serving.value
        try await store.close()
        return answered.samples(since: asked).percentile(0.99)
    }

    /// Pays orders at an even rate, the first second for warming up.
    ///
    /// - Returns: when each order that is measured was paid.
    private func offer(to hub: Hub) async throws -> [String: ContinuousClock.Instant] {
        let sealed = try receiver.map { try hub.intake.seal($0) }
        var asked: [String: ContinuousClock.Instant] = [:]
        let begin = ContinuousClock.now
        let interval = Duration.seconds(1) / Self.perSecond
        for index in 0..<Int((seconds + 1) * Double(Self.perSecond)) {
            try await ContinuousClock().sleep(until: begin + interval * index, tolerance: .zero)
            let number = "B\(index)"
            let now = hub.clock.now()
            var (header, isMeasured) = order(index)
            header.receiver = sealed?.0
            let bodies: [FactBody] = [
                .orderPlaced(header), .paymentReported(Payment(id: "p", amountMinor: 1_000)),
            ]
            var facts = try bodies.enumerated().map { step, body in
                try hub.intake.seal(
                    Fact(
                        source: "shop", messageID: "\(number)-\(step)", order: number, occurredAt: now,
                        receivedAt: now, body: body))
            }
            facts[0].receiver = sealed?.1
            if isMeasured { asked[number] = .now }
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
