import ArgumentParser
import Foundation
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantStoragePostgres
import HydrantStorageSQLite
import Logging

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure this machine: durable facts a second, acknowledge times, queries, start, memory.",
        discussion: "`make bench` runs it beside the limit program; Benchmarks/README.md says how each figure is made.",
        subcommands: [BulkheadCommand.self])

    @Option(help: "The figures of the limit program, as it printed them.")
    var limit: String?

    @Option(help: "The folder for the databases, on the disk that is to be measured.")
    var directory = "."

    @Option(
        help:
            "Measure the rates of one process on a server's database, postgres://USER@HOST:PORT/NAME, which is filled.")
    var database: String?

    @Option(help: "Where to write the figures; standard output when not given.")
    var output: String?

    @Option(help: "How many seconds each rate is measured.")
    var seconds = 5.0

    @Option(help: "How many orders the query measurement fills in.")
    var orders = 100_000

    func run() async throws {
        JSONLogHandler.start(.critical)
        let limits = try readLimits()
        var figures: [BenchFigure] = []
        for batch in [1, 10, 100, 1_000] {
            figures.append(try await inProcess(batch: batch, limit: limits[batch]))
        }
        figures += try await singleFacts()
        if database == nil {
            figures += try RulesBench(seconds: seconds).run()
            figures += try await HTTPBench(directory: directory, seconds: seconds, limit: limits[100]).run()
            figures += try await BulkheadBench(directory: directory, seconds: seconds).run()
            figures += try await CourierBulkheadBench(directory: directory, seconds: seconds).run()
            figures += try await LargeDatabaseBench(directory: directory, orders: orders).run()
        }
        figures.append(BenchFigure(name: "memory at the end", value: residentMegabytes(), unit: "MB", limit: nil))
        for figure in figures {
            let ratio = figure.ratio.map { "  ratio \(($0 * 100).rounded() / 100)" } ?? ""
            Terminal.standardError("\(figure.name): \((figure.value * 100).rounded() / 100) \(figure.unit)\(ratio)\n")
        }
        let json = JSON.array(figures.map(\.json))
        guard let output else { return Terminal.result(json) }
        try Data((json.text + "\n").utf8).write(to: URL(fileURLWithPath: output))
    }

    /// Files are made anew for each measurement; in a server's database the orders of all measurements lie together.
    private func prefix(_ name: String) -> String {
        database == nil ? "SO" : "\(name)\(UInt64.random(in: 0...999_999))-"
    }

    private func readLimits() throws -> [Int: Double] {
        guard let limit else { return [:] }
        guard let bytes = FileManager.default.contents(atPath: limit), let json = try? JSON(bytes: bytes) else {
            throw CommandProblem("\(limit) does not hold the limit program's figures", advice: "Use `make bench`.")
        }
        var limits: [Int: Double] = [:]
        for member in json.members ?? [] {
            switch member.value {
            case .integer(let value): limits[Int(member.name) ?? 0] = Double(value)
            case .number(let value): limits[Int(member.name) ?? 0] = value
            default: break
            }
        }
        return limits
    }

    /// Facts that are read, sealed, decided and durable, in batches of one size.
    private func inProcess(batch: Int, limit: Double?) async throws -> BenchFigure {
        try await withBenchHub(directory, name: "process-\(batch)", server: database) { hub in
            var facts = BenchFacts(prefix: prefix("B\(batch)-"), seed: UInt64(batch))
            try await preload(hub, &facts, 20_000)
            var count = 0
            let begin = ContinuousClock.now
            // Two submissions under way, so that the next one is read while the last one is written.
            var waiting: Task<[FactReceipt], any Error>?
            while (ContinuousClock.now - begin).seconds < seconds {
                let now = hub.clock.now()
                let incoming = try facts.next(batch).map { try hub.intake.read($0, receivedAt: now) }
                let submission = Task { try await hub.submit(incoming) }
                if batch == 1 { _ = try await submission.value } else { _ = try await waiting?.value }
                waiting = submission
                count += batch
            }
            _ = try await waiting?.value
            let rate = Double(count) / (ContinuousClock.now - begin).seconds
            return BenchFigure(
                name: "durable facts in process, batches of \(batch)", value: rate, unit: "facts/s", limit: limit)
        }
    }

    /// Single facts at 500 a second: how long until each is safe.
    private func singleFacts() async throws -> [BenchFigure] {
        try await withBenchHub(directory, name: "single", server: database) { hub in
            var facts = BenchFacts(prefix: prefix("S-"), seed: 5)
            try await preload(hub, &facts, 20_000)
            var samples = Samples()
            let begin = ContinuousClock.now
            let total = Int(seconds * 500)
            for index in 0..<total {
                try await ContinuousClock().sleep(until: begin + .microseconds(index * 2_000), tolerance: .zero)
                let start = ContinuousClock.now
                _ = try await hub.submit([hub.intake.read(facts.next(), receivedAt: hub.clock.now())])
                samples.add(ContinuousClock.now - start)
            }
            return [
                BenchFigure(
                    name: "acknowledge p50 at 500 facts/s", value: samples.percentile(0.5), unit: "ms", limit: 3),
                BenchFigure(
                    name: "acknowledge p99 at 500 facts/s", value: samples.percentile(0.99), unit: "ms", limit: 20),
            ]
        }
    }
}

/// Runs the body with a hub over a new database and removes the files afterwards.
func withBenchHub<Result: Sendable>(
    _ directory: String, name: String, server: String? = nil, _ body: (Hub) async throws -> Result
) async throws -> Result {
    let path = "\(directory)/bench-\(name).sqlite"
    removeDatabase(path)
    defer { removeDatabase(path) }
    let store: any Store =
        if let server, let address = PostgresAddress(server) {
            try await PostgresStore.open(address)
        } else {
            try SQLiteStore(path: path, mode: .readWrite)
        }
    let hub = Hub(
        store: store, keyring: Keyring(master: Array(repeating: 7, count: 32)), clock: SystemClock(),
        settings: Settings(), log: Logger(label: "hydrant.bench"))
    let running = Task { try await hub.run() }
    let result = try await body(hub)
    running.cancel()
    try await running.value
    try await store.close()
    return result
}

func preload(_ hub: Hub, _ facts: inout BenchFacts, _ count: Int) async throws {
    var rest = count
    while rest > 0 {
        let now = hub.clock.now()
        _ = try await hub.submit(
            try facts.next(min(rest, 1_000)).map { try hub.intake.read($0, receivedAt: now) })
        rest -= 1_000
    }
}

func removeDatabase(_ path: String) {
    for suffix in ["", "-wal", "-shm", ".key"] { try? FileManager.default.removeItem(atPath: path + suffix) }
}

/// The memory of this process that is in use now.
func residentMegabytes() -> Double {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return .nan }
    for line in status.split(separator: "\n") where line.hasPrefix("VmRSS:") {
        return Double(line.split(separator: " ").dropFirst().first ?? "").map { $0 / 1_024 } ?? .nan
    }
    return .nan
}

/// One of the measurements alone.
struct BulkheadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bulkhead", abstract: "Measure only what a system that hangs costs the others.")

    @Option(help: "The folder for the databases, on the disk that is to be measured.")
    var directory = "."

    @Option(help: "How many seconds each of the two runs is measured.")
    var seconds = 5.0

    func run() async throws {
        JSONLogHandler.start(.critical)
        var figures = try await BulkheadBench(directory: directory, seconds: seconds).run()
        figures += try await CourierBulkheadBench(directory: directory, seconds: seconds).run()
        Terminal.result(.array(figures.map(\.json)))
    }
}
