import HydrantConnectorKit
package import HydrantCore
import HydrantEngine
import HydrantStorage
import Logging
import Synchronization

/// The real hub on virtual time with many parcels whose courier has made a number and not told it: how soon each number
/// is found once it can be, and how evenly the courier is asked.
package final class PollingStudy: Sendable {
    package struct Report: Hashable, Sendable {
        package var parcels = 0
        package var found = 0
        /// The longest time from when a number could be had to when the hub had it.
        package var slowest: Milliseconds = 0
        /// Questions in the busiest second, and their mean, of a quarter of an hour in which every parcel was open.
        package var busiestSecond = 0
        package var meanPerSecond = 0.0
        /// Calls of any kind in the busiest second of the whole run.
        package var mostCalls = 0
        package var quota = 0

        /// How often the mean the busiest second is.
        package var busiestToMean: Double { Double(busiestSecond) / max(meanPerSecond, 0.001) }

        /// What of the promises about polling was not kept, in words.
        package var problems: [String] {
            var problems: [String] = []
            if found < parcels { problems.append("\(parcels - found) of \(parcels) numbers were not found") }
            if slowest > PollingStudy.latest {
                problems.append(
                    "a number was found \(slowest) ms after it could be had, \(PollingStudy.latest) are allowed")
            }
            if mostCalls > quota {
                problems.append("\(mostCalls) calls began in one second, the courier allows \(quota)")
            }
            // So few questions come to a handful a second, and one more is much.
            if parcels >= PollingStudy.fewestForRates, busiestToMean >= 2 {
                problems.append("the busiest second had \(busiestSecond) questions, the mean is \(meanPerSecond)")
            }
            return problems
        }
    }

    static let latest: Milliseconds = .minutes(15) + .seconds(30)
    static let fewestForRates = 3_000

    private static let begin = Instant(milliseconds: 1_794_326_400_000)
    private static let openFrom: Milliseconds = .minutes(45)

    private let executor: SeededExecutor
    private let courier: SilentCourier
    private let hub: Hub
    private let parcels: Int

    /// - Parameter parcels: how many wait for a number at the same time.
    package init(parcels: Int, seed: UInt64) {
        self.parcels = parcels
        executor = SeededExecutor(seed: seed, begin: Self.begin)
        // Just under twice what regular questions need.
        let quota = max(5, (parcels * 2 - 1) / 900)
        courier = SilentCourier(executor: executor, begin: Self.begin, seed: seed, quota: quota)
        let request = Flow.Request(afterState: 4, kind: .createWaybill, system: courier.system)
        let flow = Flow(steps: Flow.watching.steps, requests: [request])
        var options = HubOptions()
        options.cachedOrders = parcels * 2
        options.callsPerLane = 64
        options.quotas = [courier.system: ChannelQuota(perSecond: Int64(quota))]
        hub = Hub(
            store: InMemoryStore(), keyring: Simulation.keyring, clock: SimulatedClock(executor: executor),
            settings: Settings(version: "polling-1", flow: flow), connectors: [courier], options: options, seed: seed,
            log: Logger(label: "simulation", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    /// Runs to the end, on the calling thread.
    package func run() -> Report {
        let hub = hub
        let task = Task(executorPreference: executor) { try? await hub.run() }
        // They come within 25 minutes, so that their first calls keep the quota too.
        let seconds = 1_500
        for second in 0..<seconds {
            let part = (second * parcels / seconds)..<((second + 1) * parcels / seconds)
            guard !part.isEmpty else { continue }
            let at = Self.begin + .seconds(Int64(second))
            executor.schedule(at: at) { self.executor.start { await self.tell(part, at) } }
        }
        executor.schedule(at: Self.begin + Self.openFrom + .minutes(80)) { task.cancel() }
        executor.run()
        return courier.report(parcels: parcels)
    }

    private func tell(_ part: Range<Int>, _ at: Instant) async {
        var facts: [IncomingFact] = []
        for index in part {
            let order = "P\(index)"
            let bodies: [FactBody] = [
                .orderPlaced(OrderHeader(payableMinor: 1, lines: [Line(id: "1", sku: "S", priceMinor: 1)])),
                .paymentReported(Payment(id: "p", amountMinor: 1)), .creditChecked(CreditCheck(isPassed: true)),
                .inventoryLocked(InventoryLock()),
                .parcelPacked(Packing(parcel: "\(order)-1", items: [ParcelItem(line: "1", units: 1)])),
            ]
            for (number, body) in bodies.enumerated() {
                let fact = Fact(
                    source: "wms", messageID: "\(order)/\(number)", order: order, occurredAt: at, receivedAt: at,
                    body: body)
                if let incoming = try? hub.intake.seal(fact) { facts.append(incoming) }
            }
        }
        _ = try? await hub.submit(facts)
    }
}

/// A courier that takes every parcel and gives its number some time in an hour, to whoever asks then.
private final class SilentCourier: Connector {
    private struct State {
        var random: SeededRandom
        var availableAt: [String: Instant] = [:]
        var found = 0
        var slowest: Milliseconds = 0
        /// By second since the beginning.
        var calls: [Int: Int] = [:]
        var questions: [Int: Int] = [:]
    }

    let system = "courier"
    private let executor: SeededExecutor
    private let begin: Instant
    private let quota: Int
    private let state: Mutex<State>

    init(executor: SeededExecutor, begin: Instant, seed: UInt64, quota: Int) {
        self.executor = executor
        self.begin = begin
        self.quota = quota
        state = Mutex(State(random: SeededRandom(seed: seed, stream: 31)))
    }

    func perform(_ request: InstructionRequest) async -> InstructionResult {
        let result = await answer(request)
        CallScope.notePlayed(result, after: CallScope.current?.calls ?? 0)
        return result
    }

    private func answer(_ request: InstructionRequest) async -> InstructionResult {
        let length = begun(request)
        await executor.pass(length)
        guard request.instruction.kind == .findWaybill else { return .done(facts: [], detail: "taken") }
        let parcel = request.instruction.target
        let now = executor.now
        let isThere = state.withLock { state in
            guard let at = state.availableAt[parcel], at <= now else { return false }
            state.found += 1
            state.slowest = max(state.slowest, now - at)
            return true
        }
        guard isThere else { return .notFound }
        let tracking = Tracking(parcel: parcel, channel: system, number: "N\(parcel)")
        let fact = ReportedFact(
            messageID: "n/\(parcel)", order: request.order.number, occurredAt: now, body: .trackingReported(tracking))
        return .done(facts: [fact], detail: "")
    }

    func find(_ request: InstructionRequest) async -> InstructionResult { .notFound }

    private func begun(_ request: InstructionRequest) -> Milliseconds {
        let second = Int((executor.now - begin) / 1_000)
        return state.withLock { state in
            state.calls[second, default: 0] += 1
            if request.instruction.kind == .findWaybill {
                state.questions[second, default: 0] += 1
            } else {
                // Nothing can be had before everybody waits.
                state.availableAt[request.instruction.target] =
                    begin + .minutes(60) + state.random.within(0 ... .minutes(40))
            }
            return state.random.within(50...400)
        }
    }

    func report(parcels: Int) -> PollingStudy.Report {
        state.withLock { state in
            var report = PollingStudy.Report()
            report.parcels = parcels
            report.found = state.found
            report.slowest = state.slowest
            let window = (2_700..<3_600).map { state.questions[$0] ?? 0 }
            report.busiestSecond = window.max() ?? 0
            report.meanPerSecond = Double(window.reduce(0, +)) / 900
            report.mostCalls = state.calls.values.max() ?? 0
            report.quota = quota
            return report
        }
    }
}
