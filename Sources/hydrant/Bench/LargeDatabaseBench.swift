import Foundation
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantStorageSQLite
import Logging

/// Queries and start over a database of many orders.
struct LargeDatabaseBench {
    let directory: String
    let orders: Int

    func run() async throws -> [BenchFigure] {
        let path = "\(directory)/bench-large.sqlite"
        removeDatabase(path)
        defer { removeDatabase(path) }
        let numbers = try await fill(path)
        let index = try await SearchBench(path: path).measureIndex()
        return try await index + measureStart(path) + measureQueries(path, numbers)
            + SearchBench(path: path).measure(numbers)
    }

    private func hub(_ path: String) throws -> Hub {
        Hub(
            store: try SQLiteStore(path: path, mode: .readWrite),
            keyring: Keyring(master: Array(repeating: 7, count: 32)),
            clock: SystemClock(), settings: Settings(), log: Logger(label: "hydrant.bench"))
    }

    /// Fills in the orders with ten events and more each; returns some of their numbers.
    private func fill(_ path: String) async throws -> [String] {
        let hub = try hub(path)
        let running = Task { try await hub.run() }
        var facts = BenchFacts(prefix: "SO", seed: 3)
        facts.isVaried = true
        let progress = ProgressBar("filling")
        var done: Int64 = 0
        while done < orders {
            try await preload(hub, &facts, 10_000)
            done = try await hub.store.read { try $0.counts().orders }
            progress.show(min(1, Double(done) / Double(orders)), "\(done) orders")
        }
        progress.finish()
        running.cancel()
        try await running.value
        try await hub.store.close()
        return (0..<2_000).map { "SO\(100_000_000 + 1 + ($0 * 7_919) % (orders / 2))" }
    }

    private func measureStart(_ path: String) async throws -> [BenchFigure] {
        let begin = ContinuousClock.now
        let hub = try hub(path)
        let ready = AsyncStream<Void>.makeStream()
        let running = Task { try await hub.run { ready.continuation.finish() } }
        for await _ in ready.stream {}
        let seconds = (ContinuousClock.now - begin).seconds
        let counts = try await hub.store.read { try $0.counts() }
        running.cancel()
        try await running.value
        try await hub.store.close()
        return [
            BenchFigure(name: "start with \(counts.events) events", value: seconds, unit: "s", limit: 1),
            BenchFigure(name: "orders in that database", value: Double(counts.orders), unit: "orders", limit: nil),
        ]
    }

    private func measureQueries(_ path: String, _ numbers: [String]) async throws -> [BenchFigure] {
        let hub = try hub(path)
        var order = Samples()
        var found = 0
        for number in numbers {
            let begin = ContinuousClock.now
            if try await hub.orderDetail(number) != nil { found += 1 }
            order.add(ContinuousClock.now - begin)
        }
        try await hub.store.close()
        return [
            BenchFigure(name: "order page query p50", value: order.percentile(0.5), unit: "ms", limit: nil),
            BenchFigure(name: "order page query p99", value: order.percentile(0.99), unit: "ms", limit: 5),
            BenchFigure(name: "orders found", value: Double(found), unit: "orders", limit: Double(numbers.count)),
        ]
    }
}
