import Foundation
import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantSimulator
import HydrantStorage
import HydrantStorageSQLite
import HydrantTesting
import Logging
import Synchronization
import Testing

/// A partner that does what it is asked to, each time it is asked, and remembers it by our own number.
private final class Ledger: Connector {
    let system: String
    private let effects = Mutex<[String: Int]>([:])

    init(_ system: String) { self.system = system }

    var repeated: [String] { effects.withLock { $0.filter { $0.value > 1 }.map(\.key).sorted() } }
    var count: Int { effects.withLock { $0.count } }

    private static func number(_ request: InstructionRequest) -> String {
        "\(request.order.number)/\(request.instruction.kind.rawValue)/\(request.instruction.target)"
    }

    func perform(_ request: InstructionRequest) async -> InstructionResult {
        effects.withLock { $0[Self.number(request), default: 0] += 1 }
        return .done(facts: [], detail: "")
    }

    func find(_ request: InstructionRequest) async -> InstructionResult {
        effects.withLock { $0[Self.number(request)] != nil } ? .done(facts: [], detail: "") : .notFound
    }
}

/// Backups of a running hub, and what becomes of them.
@Suite struct RestoreTests {
    private static let keyring = Keyring(master: [UInt8](repeating: 5, count: 32))
    private static let settings = Settings(
        version: "test-1",
        flow: Flow(
            steps: Flow.watching.steps,
            requests: [
                Flow.Request(afterState: StateNumber.paid, kind: .checkCredit, system: "crm"),
                Flow.Request(afterState: StateNumber.paid, kind: .issueInvoice, system: "finance"),
            ]))

    /// A hub's life on a database.
    private func live(
        _ store: SQLiteStore, _ partners: [Ledger], _ clock: VirtualClock, _ body: (Hub) async throws -> Void
    ) async throws {
        try await store.bind(to: Self.keyring)
        let hub = Hub(
            store: store, keyring: Self.keyring, clock: clock, settings: Self.settings, connectors: partners,
            log: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        let running = Task { try await hub.run() }
        try await body(hub)
        running.cancel()
        try await running.value
    }

    private func facts(_ orders: Int) -> [Fact] {
        (0..<orders).flatMap { order in
            [0, 1].map { state in
                Fact(
                    source: "shop", messageID: "\(order):\(state)", order: "SO-\(order)",
                    occurredAt: OrderStory.standardBegin + .minutes(Int64(order)),
                    receivedAt: OrderStory.standardBegin + .minutes(Int64(order)),
                    body: OrderStory.proof(of: state, order: "SO-\(order)"))
            }
        }
    }

    private func submit(_ facts: some Sequence<Fact>, to hub: Hub) async throws {
        for fact in facts { _ = try await hub.submit([hub.intake.seal(fact)]) }
    }

    /// Until nothing is under way any more; the clock moves while something waits for its next try.
    private func settle(_ store: SQLiteStore, _ clock: VirtualClock) async throws {
        for turn in 0..<200_000 {
            let counts = try await store.read { try $0.instructionCounts() }
            if (counts[.waiting] ?? 0) + (counts[.ambiguous] ?? 0) == 0 { return }
            if turn % 100 == 99 { clock.advance(to: clock.now() + .seconds(1)) }
            await Task.yield()
        }
        Issue.record("instructions do not come to an end")
    }

    private func violations(_ store: SQLiteStore, _ clock: VirtualClock) async throws -> [String] {
        try await Verifier(store: store, keyring: Self.keyring, settings: Self.settings, now: clock.now())
            .run().violations
    }

    /// A hub's day, a backup somewhere in it, the end of the day, the backup brought back, and everybody sends again.
    ///
    /// - Returns: the effects that were done more than once.
    private func repeatedEffects(seed: UInt64, isEpochBegun: Bool) async throws -> [String] {
        let folder = try Folder()
        let clock = VirtualClock(OrderStory.standardBegin + .hours(1))
        let partners = [Ledger("crm"), Ledger("finance")]
        let facts = facts(4)
        var random = SplitMix64(seed: seed)
        let point = Int(random.next() % UInt64(facts.count + 1))
        let pause = Int(random.next() % 40)
        let store = try SQLiteStore(path: folder.file())
        try await live(store, partners, clock) { hub in
            try await submit(facts.prefix(point), to: hub)
            for _ in 0..<pause { await Task.yield() }
            try await store.copy(to: folder.file("backup.db"))
            try await submit(facts.dropFirst(point), to: hub)
            try await settle(store, clock)
        }
        try await store.close()
        let restored = try SQLiteStore(path: folder.file("backup.db"))
        #expect(try await violations(restored, clock) == [])
        if isEpochBegun { _ = try await Epoch.begin(in: restored, now: clock.now()) }
        try await live(restored, partners, clock) { hub in
            try await submit(facts, to: hub)
            try await settle(restored, clock)
        }
        #expect(try await violations(restored, clock) == [])
        #expect(try await restored.read { try $0.counts().orders } == 4)
        #expect(partners.map(\.count) == [4, 4])
        try await restored.close()
        return partners.flatMap(\.repeated)
    }

    @Test func `after a restore to any of a hundred points nothing is done twice`() async throws {
        for seed in 1...100 as ClosedRange<UInt64> {
            #expect(try await repeatedEffects(seed: seed, isEpochBegun: true) == [], "seed \(seed)")
        }
    }

    @Test func `without a new epoch something would be done twice`() async throws {
        var repeated: [String] = []
        for seed in 1...20 as ClosedRange<UInt64> {
            repeated += try await repeatedEffects(seed: seed, isEpochBegun: false)
        }
        #expect(!repeated.isEmpty)
    }

    @Test func `orders from after the restore are sent without asking`() async throws {
        let folder = try Folder()
        let clock = VirtualClock(OrderStory.standardBegin)
        let store = try SQLiteStore(path: folder.file())
        #expect(try await Epoch.beginning(store) == nil)
        #expect(try await Epoch.begin(in: store, now: clock.now()) == 0)
        #expect(try await Epoch.beginning(store) == clock.now())
        // Nobody is connected, so that what was issued stays as it was.
        try await live(store, [], clock) { hub in try await submit(facts(2), to: hub) }
        let (before, after) = try await store.read { reader in
            (try reader.instructions(of: "SO-0").map(\.status), try reader.instructions(of: "SO-1").map(\.status))
        }
        #expect(before == [.ambiguous, .ambiguous])
        #expect(after == [.waiting, .waiting])
        try await store.close()
    }

    @Test func `a backup under full load is whole, and stands alone`() async throws {
        let folder = try Folder()
        let clock = VirtualClock(OrderStory.standardBegin + .hours(1))
        let store = try SQLiteStore(path: folder.file())
        try await live(store, [Ledger("crm"), Ledger("finance")], clock) { hub in
            async let load: Void = submit(facts(200), to: hub)
            for part in 0..<3 {
                try await store.copy(to: folder.file("backup\(part).db"))
                #expect(!FileManager.default.fileExists(atPath: folder.file("backup\(part).db-wal")))
            }
            try await load
        }
        for part in 0..<3 {
            let copy = try SQLiteStore(path: folder.file("backup\(part).db"), mode: .readOnly)
            #expect(try await violations(copy, clock) == [])
            try await copy.close()
        }
        try await store.close()
    }

    @Test func `a copy that cannot be written leaves nothing behind`() async throws {
        let folder = try Folder()
        let store = try SQLiteStore(path: folder.file())
        let nowhere = folder.path + "/missing/backup.db"
        await #expect(throws: StoreFailure.self) { try await store.copy(to: nowhere) }
        #expect(!FileManager.default.fileExists(atPath: nowhere))
        try Data("x".utf8).write(to: URL(fileURLWithPath: folder.file("draft")))
        try FileFlush.publish(folder.file("draft"), as: folder.file("whole"))
        #expect(!FileManager.default.fileExists(atPath: folder.file("draft")))
        try Data("y".utf8).write(to: URL(fileURLWithPath: folder.file("draft")))
        #expect(throws: StoreFailure.self) { try FileFlush.publish(folder.file("draft"), as: folder.file("whole")) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("whole"))) == Data("x".utf8))
        try await store.close()
    }
}
