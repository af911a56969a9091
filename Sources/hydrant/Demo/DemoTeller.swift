import HydrantCore
import HydrantEngine
import HydrantStorage
import Synchronization

/// Tells on the terminal how the demonstration goes, and knows when nothing happens any more.
final class DemoTeller: Sendable {
    private let hub: Hub
    private let clock: ScaledClock
    private let progress: DemoProgress
    private let orders: Int
    private let quiet = Mutex(false)

    init(hub: Hub, clock: ScaledClock, progress: DemoProgress, orders: Int) {
        self.hub = hub
        self.clock = clock
        self.progress = progress
        self.orders = orders
    }

    var isQuiet: Bool { quiet.withLock { $0 } }

    /// - Parameters:
    ///   - untilQuiet: whether to end when every story is told.
    ///   - notBefore: before this moment parcels are still on their way, however quiet it seems.
    func run(untilQuiet: Bool, notBefore: Instant) async throws {
        let bar = ProgressBar("demo")
        var lastFacts: Int64 = -1
        while true {
            try await Task.sleep(for: .seconds(2))
            let overview = try await hub.overview()
            let china = overview.asOf.civil(offsetSeconds: 28_800)
            let index = overview.health.index(overview.healthSettings).map { "\(($0 * 10).rounded() / 10)" } ?? "–"
            bar.show(
                min(1, Double(overview.counts.orders) / Double(max(1, orders))),
                "\(china.dateText) \(china.timeText)  \(overview.counts.orders) orders  "
                    + "\(overview.totals.facts) facts  index \(index)")
            let waits = overview.queueLength > 0 || (overview.instructions[.waiting] ?? 0) > 0
            let isStill = overview.totals.facts == lastFacts && !waits
            lastFacts = overview.totals.facts
            if untilQuiet, progress.areShopsDone, overview.asOf > notBefore, isStill {
                bar.finish()
                quiet.withLock { $0 = true }
                return
            }
        }
    }
}
