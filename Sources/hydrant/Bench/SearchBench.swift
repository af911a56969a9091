import Foundation
import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantStorageSQLite
import HydrantWeb
import Logging

/// The search over a database of many orders: what its index costs, and how fast it answers.
struct SearchBench {
    let path: String

    private func hub() throws -> Hub {
        Hub(
            store: try SQLiteStore(path: path, mode: .readWrite),
            keyring: Keyring(master: Array(repeating: 7, count: 32)),
            clock: SystemClock(), settings: Settings(), log: Logger(label: "hydrant.bench"))
    }

    /// Lets the index catch up with what the filling left in its queue.
    func measureIndex() async throws -> [BenchFigure] {
        let hub = try hub()
        let waiting = try await hub.searchProgress().waiting
        let begin = ContinuousClock.now
        let running = Task { try await hub.run() }
        while try await !hub.searchProgress().isComplete {
            try await SystemClock().sleep(until: SystemClock().now() + 200)
        }
        let seconds = (ContinuousClock.now - begin).seconds
        running.cancel()
        try await running.value
        try await hub.store.close()
        return [
            BenchFigure(name: "orders that waited for the index", value: Double(waiting), unit: "orders", limit: nil),
            BenchFigure(
                name: "orders indexed", value: Double(waiting) / max(seconds, 0.001), unit: "orders/s", limit: nil),
        ]
    }

    func measure(_ numbers: [String]) async throws -> [BenchFigure] {
        let hub = try hub()
        let questions = numbers.enumerated().map { Self.question($0.offset, $0.element) }
        var inside = Samples()
        var found = 0
        for (number, text) in zip(numbers, questions) {
            let begin = ContinuousClock.now
            let result = try await hub.search(text, limit: 20, scope: SearchScope())
            inside.add(ContinuousClock.now - begin)
            if result.hits.contains(where: { $0.row.number == number }) { found += 1 }
        }
        let outside = try await overHTTP(hub, questions)
        try await hub.store.close()
        return [
            BenchFigure(name: "search p50", value: inside.percentile(0.5), unit: "ms", limit: nil),
            BenchFigure(name: "search p99", value: inside.percentile(0.99), unit: "ms", limit: 5),
            BenchFigure(name: "search over HTTP p50", value: outside.percentile(0.5), unit: "ms", limit: nil),
            BenchFigure(name: "search over HTTP p99", value: outside.percentile(0.99), unit: "ms", limit: 50),
            BenchFigure(
                name: "searches with the order among the first 20", value: Double(found), unit: "searches",
                limit: Double(numbers.count)),
        ]
    }

    /// Every way of asking in turn: whole, from the end, with a slip, by tracking number, telephone, its last four and
    /// a part of the SKU, name, customer.
    private static func question(_ index: Int, _ number: String) -> String {
        let person = BenchFacts.person(number)
        var swapped = Array(number)
        swapped.swapAt(swapped.count - 3, swapped.count - 2)
        switch index % 9 {
        case 0: return number
        case 1: return String(number.suffix(8))
        case 2: return String(swapped)
        case 3: return "SF\(number.dropFirst(2))"
        case 4: return person.phone
        case 5: return "\(person.phone.suffix(4)) \(person.sku)"
        case 6: return "\(person.phone.suffix(4)) \(person.sku.prefix(5))"
        case 7: return person.name
        default: return person.customer
        }
    }

    private func overHTTP(_ hub: Hub, _ questions: [String]) async throws -> Samples {
        let bytes = Array(repeating: UInt8(9), count: 32)
        let token = AccessToken.make(name: "bench", scopes: [.read], randomBytes: bytes)
        var settings = ServerSettings(
            tokens: AccessTokens([token.token]), sessionKey: bytes,
            webhookSecrets: ["whsec_" + Data(bytes).base64EncodedString()],
            randomBytes: { AccessFiles.randomBytes($0) })
        settings.port = 0
        let server = try await BenchServer(hub: hub, settings: settings)
        let egress = EgressClient(allowedURLs: [server.url], limits: .init(connectionsPerHost: 4))
        var samples = Samples()
        for text in questions {
            let body: JSON = ["q": .string(text)]
            let begin = ContinuousClock.now
            let reply = try await egress.call(
                HTTPCall(
                    url: "\(server.url)/v1/search",
                    headers: [("authorization", "Bearer \(token.text)"), ("content-type", "application/json")],
                    body: body.bytes))
            samples.add(ContinuousClock.now - begin)
            guard reply.status == 200 else { throw CommandProblem("the search answered \(reply.status)", exitCode: 1) }
        }
        try await egress.shutdown()
        await server.stop()
        return samples
    }
}
