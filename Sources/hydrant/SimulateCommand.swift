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

    @Option(
        help: "Play one thing alone: fallback (parcels between failing channels) or polling (numbers that come late).")
    var stories: Stories?

    @Option(help: "How many stories, or parcels.")
    var count = 10_000

    @Option(help: "The seed of the first story.")
    var from: UInt64 = 1

    enum Stories: String, ExpressibleByArgument, CaseIterable {
        case fallback
        case polling
    }

    func run() async throws {
        switch stories {
        case .fallback: return try await playFallback()
        case .polling: return try playPolling()
        case nil: break
        }
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

    private func playPolling() throws {
        guard (1...200_000).contains(count) else {
            throw CommandProblem("--count \(count) is out of range", advice: "Give a number from 1 to 200000.")
        }
        let report = PollingStudy(parcels: count, seed: from).run()
        Terminal.result([
            "parcels": .integer(Int64(report.parcels)), "found": .integer(Int64(report.found)),
            "slowestSeconds": .number(Double(report.slowest) / 1_000),
            "questionsPerSecond": .number(report.meanPerSecond),
            "busiestSecond": .integer(Int64(report.busiestSecond)), "busiestToMean": .number(report.busiestToMean),
            "mostCallsInASecond": .integer(Int64(report.mostCalls)), "quotaPerSecond": .integer(Int64(report.quota)),
        ])
        for problem in report.problems { Terminal.standardError("\(problem)\n") }
        if !report.problems.isEmpty { throw ExitCode(1) }
    }

    private func playFallback() async throws {
        guard (1...100_000_000).contains(count) else {
            throw CommandProblem("--count \(count) is out of range", advice: "Give a number from 1 to 100000000.")
        }
        let progress = ProgressBar("simulating")
        let begin = ContinuousClock.now
        let report = await FallbackStories.run(from: from, count: count) { done in
            progress.show(Double(done) / Double(count), "\(done) stories")
        }
        progress.finish()
        let seconds = (ContinuousClock.now - begin) / .seconds(1)
        Terminal.result([
            "stories": .integer(Int64(report.stories)), "from": .integer(Int64(clamping: from)),
            "steps": .integer(Int64(report.steps)), "parcels": .integer(Int64(report.parcels)),
            "waybills": .integer(Int64(report.waybills)), "superseded": .integer(Int64(report.superseded)),
            "voided": .integer(Int64(report.voided)), "shown": .integer(Int64(report.superseded - report.voided)),
            "keepersAsked": .integer(Int64(report.keepersAsked)), "deaths": .integer(Int64(report.deaths)),
            "violations": .integer(Int64(report.violations.count)), "hash": .string(String(report.hash, radix: 16)),
            "storiesPerSecond": .integer(Int64(Double(report.stories) / max(seconds, 0.001))),
        ])
        for violation in report.violations.prefix(50) {
            Terminal.standardError("\(violation)\n")
        }
        if let first = report.violations.first?.split(separator: " ").dropFirst().first {
            let seed = first.dropLast()
            Terminal.standardError("Play it again: hydrant simulate --stories fallback --count 1 --from \(seed)\n")
        }
        if !report.violations.isEmpty { throw ExitCode(1) }
    }
}
