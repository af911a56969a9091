import GRDB
import HydrantCore
import HydrantStorage
import HydrantTesting
import Synchronization
import Testing

@testable import HydrantEngine
@testable import HydrantStoragePostgres
@testable import HydrantStorageSQLite

/// How often the database is asked for a batch, by its size. Fails when a batch begins to cost more.
@Suite struct StatementCountTests {
    private static let keyring = Keyring(master: [UInt8](repeating: 5, count: 32))
    private static let sizes = [1, 10, 100, 1_000]

    /// What a batch is about.
    private enum Orders: String, CaseIterable {
        case new
        /// In the memory of the process.
        case known
        /// In the database only.
        case loaded
    }

    /// Runs batches of each size and kind on a store, and counts before and after each.
    private func counts(_ store: any Store, _ count: () -> [Int]) async throws -> [Orders: [[Int]]] {
        let keyring = Self.keyring
        try await store.bind(to: keyring)
        try await store.prepareHead(keyring)
        // Statements are prepared at their first use.
        for warm in ["w", "v"] { _ = try await figures(store, warm, 2, count) }
        var found: [Orders: [[Int]]] = [:]
        for size in Self.sizes {
            for (kind, figures) in try await figures(store, "b\(size)-", size, count) {
                found[kind, default: []].append(figures)
            }
        }
        return found
    }

    private func figures(
        _ store: any Store, _ prefix: String, _ size: Int, _ count: () -> [Int]
    ) async throws -> [Orders: [Int]] {
        var found: [Orders: [Int]] = [:]
        var memory: [OrderCell] = []
        let proofs: [(Orders, Int)] = [(.new, 0), (.known, 1), (.loaded, 2)]
        for (kind, state) in proofs {
            let facts = try (0..<size).map { try fact("\(prefix)\($0)", state) }
            let cached = kind == .known ? memory : []
            let before = count()
            memory = try await commit(facts, store, cached)
            found[kind] = zip(count(), before).map { $0 - $1 }
        }
        return found
    }

    private func fact(_ order: String, _ state: Int) throws -> IncomingFact {
        let fact = Fact(
            source: "shop", messageID: "\(order):\(state)", order: order, occurredAt: OrderStory.standardBegin,
            receivedAt: OrderStory.standardBegin, body: OrderStory.proof(of: state, order: order))
        return try Intake(keyring: Self.keyring).seal(fact)
    }

    private func commit(
        _ facts: [IncomingFact], _ store: any Store, _ cached: [OrderCell]
    ) async throws -> [OrderCell] {
        let step = CommitStep(
            settings: Settings(), keyring: Self.keyring, now: OrderStory.standardBegin, instructionLifetime: 1,
            cached: Dictionary(uniqueKeysWithValues: cached.map { ($0.row.number, $0) }))
        let result = try await store.transaction { transaction in
            var step = step
            return try step.run([Submission(facts: facts)], in: transaction)
        }
        #expect(result.facts == facts.count)
        return result.orders
    }

    @Test func `a server is asked as often for a thousand facts as for one`() async throws {
        let store = try await makePostgresStore { $0.writers = 1 }
        let counts = try await counts(store) { [store.traffic.roundTrips, store.traffic.statements] }
        for kind in Orders.allCases {
            let figures = try #require(counts[kind])
            #expect(Set(figures).count == 1, "round trips and statements, \(kind.rawValue) orders: \(figures)")
            #expect(figures[0][0] <= 5, "\(kind.rawValue) orders")
            #expect(figures[0][1] <= 13, "\(kind.rawValue) orders: \(figures)")
        }
        try await store.close()
    }

    @Test func `a file is asked so often for each fact, whatever the size of the batch`() async throws {
        let folder = try Folder()
        let store = try SQLiteStore(path: folder.file())
        let asked = Mutex(0)
        try await store.pool.writeWithoutTransaction { database in
            database.trace(options: .statement) { _ in asked.withLock { $0 += 1 } }
        }
        let counts = try await counts(store) { [asked.withLock { $0 }] }
        for kind in Orders.allCases {
            let figures = try #require(counts[kind]).map { $0[0] }
            let perFact = (figures[1] - figures[0]) / 9
            let perBatch = figures[0] - perFact
            #expect(figures == Self.sizes.map { perBatch + $0 * perFact }, "\(kind.rawValue) orders: \(figures)")
            #expect(perBatch <= 4, "\(kind.rawValue) orders: \(figures)")
            #expect(perFact <= (kind == .loaded ? 10 : 9), "\(kind.rawValue) orders: \(figures)")
        }
        try await store.close()
    }
}
