/// Runs many simulations, as `hydrant simulate` does.
package enum Simulator {
    /// What all seeds came to.
    package struct Summary: Sendable {
        package var seeds = 0
        package var steps = 0
        package var orders = 0
        package var facts = 0
        package var events = 0
        package var crashes = 0
        /// The sentences of broken rules, by rising seed; each names its seed.
        package var violations: [String] = []
        /// Over the hashes of all seeds in their order.
        package var hash: UInt64 = RunningHash().value
    }

    /// - Parameters:
    ///   - orders: how many orders each simulation has.
    ///   - parallel: how many run at the same time; the result does not depend on it.
    ///   - progress: told how many seeds are done.
    package static func run(
        seeds: ClosedRange<UInt64>, orders: Int, parallel: Int = 2, progress: (Int) -> Void = { _ in }
    ) async -> Summary {
        var summary = Summary()
        var hash = RunningHash()
        var finished: [UInt64: SimulationReport] = [:]
        var nextToAdd = seeds.lowerBound
        await withTaskGroup(of: SimulationReport.self) { group in
            var next: UInt64? = seeds.lowerBound
            func start() {
                guard let seed = next else { return }
                next = seed < seeds.upperBound ? seed + 1 : nil
                group.addTask { Simulation(seed: seed, orders: orders).run() }
            }
            for _ in 0..<max(1, parallel) { start() }
            while let report = await group.next() {
                start()
                finished[report.seed] = report
                while let report = finished.removeValue(forKey: nextToAdd) {
                    summary.add(report)
                    hash.add(report.hash)
                    nextToAdd &+= 1
                }
                progress(summary.seeds)
            }
        }
        summary.hash = hash.value
        return summary
    }
}

extension Simulator.Summary {
    fileprivate mutating func add(_ report: SimulationReport) {
        seeds += 1
        steps += report.steps
        orders += report.orders
        facts += report.facts
        events += report.events
        crashes += report.crashes
        violations += report.violations
    }
}
