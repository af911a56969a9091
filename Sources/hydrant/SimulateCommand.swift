import ArgumentParser
import HydrantCore
import HydrantSimulator

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Run the engine on generated orders and faults, on virtual time, and audit every step.",
        discussion: "The same seeds give the same hash. Exits with 1 when an invariant was broken.")

    @Option(help: "The seeds, as FROM..TO.")
    var seeds = "1..100"

    @Option(help: "How many orders each seed plays.")
    var orders = 20

    func run() async throws {
        let bounds = seeds.split(separator: ".", omittingEmptySubsequences: true).compactMap { UInt64($0) }
        guard bounds.count == 2, bounds[0] <= bounds[1] else {
            throw CommandProblem("--seeds \(seeds) is no range", advice: "Write it like 1..100.")
        }
        guard (1...10_000).contains(orders) else {
            throw CommandProblem("--orders \(orders) is out of range", advice: "Give a number from 1 to 10000.")
        }
        let progress = ProgressBar("simulating")
        let total = Double(bounds[1] - bounds[0] + 1)
        let report = await Simulator.run(seeds: bounds[0]...bounds[1], orders: orders) { done in
            progress.show(Double(done) / total, "\(done) seeds")
        }
        progress.finish()
        Terminal.result([
            "seeds": .integer(Int64(report.seeds)), "steps": .integer(Int64(report.steps)),
            "violations": .integer(Int64(report.violations.count)), "hash": .string(String(report.hash, radix: 16)),
        ])
        for violation in report.violations.prefix(50) { Terminal.standardError("\(violation)\n") }
        if !report.violations.isEmpty { throw ExitCode(1) }
    }
}
