import HydrantConnectorKit
import HydrantCore
import HydrantSimulator
import HydrantStorage
import HydrantTesting
import Logging
import Synchronization
import Testing

@testable import HydrantEngine
@testable import HydrantStoragePostgres

/// Several nodes on one database.
@Suite struct PostgresNodesTests {
    private static let keyring = Keyring(master: [UInt8](repeating: 5, count: 32))
    /// After everything that the stories tell, and before any of their holds ends by itself.
    private static let clock = OrderStory.standardBegin + .minutes(400)
    private static let now = Instant(milliseconds: 1_790_000_000_000)

    private func hub(_ store: any Store) -> Hub {
        Hub(
            store: store, keyring: Self.keyring, clock: VirtualClock(Self.clock), settings: Settings(),
            log: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    private func withNodes(
        _ count: Int, _ body: ([PostgresStore], PostgresCluster, String) async throws -> Void
    ) async throws {
        let cluster = try PostgresCluster.running()
        let name = try cluster.makeDatabase()
        var stores: [PostgresStore] = []
        for _ in 0..<count { stores.append(try await openPostgres(cluster, name)) }
        try await body(stores, cluster, name)
        for store in stores { try await store.close() }
    }

    /// The stories of some orders, with message ids of their own.
    private static func stories(_ count: UInt64) -> [Fact] {
        (1...count).flatMap { seed in
            FactSetGenerator.facts(seed: seed).map { fact in
                var fact = fact
                fact.messageID = "\(fact.order):\(fact.messageID)"
                return fact
            }
        }
    }

    @Test func `two hubs hammering the same orders end as one hub does`() async throws {
        let facts = Self.stories(40)
        let alone = InMemoryStore()
        try await feed([hub(alone)], facts, seed: 1)
        try await withNodes(2) { stores, _, _ in
            try await feed(stores.map(hub), facts, seed: 2)
            let numbers = Set(facts.map(\.order)).sorted()
            for number in numbers {
                let expected = try await settled(alone, number)
                let found = try await settled(stores[0], number)
                #expect(found == expected, "order \(number)")
            }
            #expect(try await stores[1].read { try $0.counts().messages } == Int64(facts.count))
            let report = try await Verifier(
                store: stores[1], keyring: Self.keyring, settings: Settings(), now: Self.clock
            ).run()
            #expect(report.violations == [])
            #expect(report.orders == numbers.count)
            try await expectTrueSums(stores[0])
        }
    }

    @Test func `one node's part of the head cannot be put back alone`() async throws {
        try await withNodes(2) { stores, cluster, name in
            let facts = Self.stories(6)
            try await feed([hub(stores[0])], Array(facts.prefix(10)), seed: 3)
            let parts = "FROM hydrant.meta WHERE name LIKE 'head.%'"
            try cluster.sql("CREATE TABLE public.kept AS SELECT * \(parts)", in: name)
            try await feed([hub(stores[0])], facts, seed: 4)
            try await feed([hub(stores[1])], Self.stories(9), seed: 5)
            let verifier = Verifier(
                store: stores[0], keyring: Self.keyring, settings: Settings(), now: Self.clock)
            #expect(try await verifier.run().violations == [])
            try cluster.sql(
                "UPDATE hydrant.meta SET value = kept.value FROM public.kept WHERE meta.name = kept.name", in: name)
            let found = try await verifier.run().violations
            #expect(
                found.contains { $0.hasPrefix("what writer ") && $0.contains("was put back: others had seen more") })
            #expect(found.contains { $0.hasPrefix("the head of the database is not that of its orders") })
        }
    }

    /// Hands every fact to every hub, in an order of its own and in submissions of one to seven facts, four at a time.
    private func feed(_ hubs: [Hub], _ facts: [Fact], seed: UInt64) async throws {
        let running = hubs.map { hub in Task { try await hub.run() } }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, hub) in hubs.enumerated() {
                var random = SplitMix64(seed: seed + UInt64(index))
                let mine = random.shuffledAndDoubled(facts)
                for part in 0..<4 {
                    let share = mine.enumerated().filter { $0.offset % 4 == part }.map(\.element)
                    group.addTask { try await submit(share, to: hub, size: 1 + part * 2) }
                }
            }
            try await group.waitForAll()
        }
        for task in running { task.cancel() }
        for task in running { try await task.value }
    }

    private func submit(_ facts: [Fact], to hub: Hub, size: Int) async throws {
        var rest = facts[...]
        while !rest.isEmpty {
            let incoming = try rest.prefix(size).map { try hub.intake.seal($0) }
            rest = rest.dropFirst(size)
            for receipt in try await hub.submit(incoming) {
                if case .parked(let reason) = receipt { Issue.record("parked: \(reason)") }
                #expect(receipt != .conflicting)
            }
        }
    }

    private func settled(_ store: any Store, _ number: String) async throws -> Order? {
        let events = try await store.read { try $0.events(of: number) }
        #expect(events.map(\.number) == Array(1...max(1, events.count)))
        var order = Order(number: number)
        for event in events { order.evolve(try Event(json: JSON(bytes: event.bytes))) }
        return order.settled
    }

    /// The sums that writers keep are those of the rows.
    private func expectTrueSums(_ store: PostgresStore) async throws {
        try await store.read { reader in
            var counts = StoreCounts()
            var states = [Int64](repeating: 0, count: 8)
            var health: [UInt16: Int64] = [:]
            try reader.scanOrders { row, events in
                counts.orders += 1
                counts.events += Int64(events.count)
                health[row.health, default: 0] += 1
                if row.completion != .cancelled { states[row.state] += 1 }
            }
            let found = try reader.counts()
            #expect(found.orders == counts.orders)
            #expect(found.events == counts.events)
            #expect(try reader.countsByState() == states)
            #expect(try reader.healthCounts() == health)
        }
    }

    @Test func `a hub sees what another one did to an order it has in memory`() async throws {
        try await withNodes(2) { stores, _, _ in
            let hubs = stores.map(hub)
            let running = hubs.map { hub in Task { try await hub.run() } }
            let facts = OrderStory.walk(to: 7).facts
            for (index, fact) in facts.enumerated() {
                let receipts = try await hubs[index % 2].submit([hubs[0].intake.seal(fact)])
                #expect(receipts == [.accepted(state: index)])
                let other = try await hubs[(index + 1) % 2].committer.order("SO-1")
                #expect(other?.state == index)
            }
            let figures = [try await hubs[0].overview().health, try await hubs[1].overview().health]
            #expect(figures[0].population == figures[1].population)
            for task in running { task.cancel() }
        }
    }

    private func fill(_ store: PostgresStore, instructions count: Int) async throws {
        try await store.transaction { transaction in
            var batch = WriteBatch()
            batch.orders = [firstStep("A")]
            for number in 1...count { batch.instructions.append(Self.instruction(number)) }
            for number in 1...count {
                batch.timers.append(OrderTimer(order: "A", id: "t\(number)", dueAt: Self.now + Int64(number)))
            }
            try transaction.write(batch)
        }
    }

    private static func instruction(_ number: Int) -> InstructionRow {
        let instruction = Instruction(key: "A/\(number)", kind: .createDelivery, system: "wms", target: "")
        return InstructionRow(instruction: instruction, order: "A", issuedAt: now, deadline: now + .hours(2))
    }

    private static let lane = InstructionLane(system: "wms", kind: .createDelivery)

    private static func claim(_ store: PostgresStore, at moment: Milliseconds, limit: Int) async throws
        -> [InstructionRow]
    {
        try await store.transaction { transaction in
            try transaction.claimInstructions(
                InstructionClaim(lane, now: now + moment, leaseUntil: now + moment + 100, limit: limit))
        }
    }

    @Test func `nodes that claim at the same time share the work and none waits for another`() async throws {
        try await withNodes(3) { stores, _, _ in
            try await fill(stores[0], instructions: 300)
            let claimed = try await withThrowingTaskGroup(of: [String].self) { group in
                for store in stores + stores {
                    group.addTask {
                        var keys: [String] = []
                        while true {
                            let rows = try await Self.claim(store, at: 0, limit: 7)
                            if rows.isEmpty { return keys }
                            keys += rows.map(\.instruction.key)
                        }
                    }
                }
                return try await group.reduce(into: [String]()) { $0 += $1 }
            }
            #expect(claimed.count == 300)
            #expect(Set(claimed).count == 300)
            let timers = try await withThrowingTaskGroup(of: [String].self) { group in
                for store in stores {
                    group.addTask {
                        var ids: [String] = []
                        while true {
                            let due = try await store.transaction { transaction in
                                try transaction.claimTimers(
                                    now: Self.now + 999, leaseUntil: Self.now + 1_999, limit: 11)
                            }
                            if due.isEmpty { return ids }
                            ids += due.map(\.id)
                        }
                    }
                }
                return try await group.reduce(into: [String]()) { $0 += $1 }
            }
            #expect(timers.count == 300)
            #expect(Set(timers).count == 300)
        }
    }

    @Test func `the end of an attempt whose lease another node took changes nothing`() async throws {
        try await withNodes(2) { stores, _, _ in
            let hubs = stores.map(hub)
            let running = hubs.map { hub in Task { await hub.committer.run() } }
            let placed = Fact(
                source: "shop", messageID: "1", order: "A", occurredAt: Self.now, receivedAt: Self.now,
                body: OrderStory.proof(of: 0))
            _ = try await hubs[0].submit([hubs[0].intake.seal(placed)])
            try await stores[0].transaction { transaction in
                var batch = WriteBatch()
                batch.instructions = [Self.instruction(1)]
                try transaction.write(batch)
            }
            let late = try #require(try await Self.claim(stores[0], at: 0, limit: 1).first)
            let current = try #require(try await Self.claim(stores[1], at: 100, limit: 1).first)
            #expect(current.status == .ambiguous)
            func end(_ row: InstructionRow, _ hub: Hub, _ detail: String) async throws -> [FactReceipt] {
                var change = InstructionChange(
                    key: row.instruction.key, status: .refused, attempts: 1, dueAt: Self.now, lastError: detail)
                change.leaseUntil = row.leaseUntil
                let answer = InstructionAnswer(
                    key: row.instruction.key, kind: .createDelivery, outcome: .refused, detail: detail)
                let fact = Fact(
                    source: "wms", messageID: "answer:1", order: "A", occurredAt: Self.now, receivedAt: Self.now,
                    body: .instructionAnswered(answer))
                return try await hub.committer.submit(
                    Submission(facts: [hub.intake.seal(fact)], instructionChanges: [change]))
            }
            let receipts = try await end(late, hubs[0], "late")
            #expect(receipts == [])
            let kept = try await stores[0].read { (try $0.instructions(of: "A")[0], try $0.counts().messages) }
            #expect(kept.0.status == .ambiguous)
            #expect(kept.0.lastError == "")
            #expect(kept.1 == 1)
            #expect(try await end(current, hubs[1], "in time").count == 1)
            let after = try await stores[0].read { (try $0.instructions(of: "A")[0], try $0.counts().messages) }
            #expect(after.0.status == .refused)
            #expect(after.0.lastError == "in time")
            #expect(after.1 == 2)
            for task in running { task.cancel() }
            for hub in hubs { await hub.committer.stop() }
        }
    }

    @Test func `a starting node ends the leases of nodes that are gone and of no other`() async throws {
        try await withNodes(2) { stores, cluster, name in
            try await fill(stores[0], instructions: 2)
            let gone = try await openPostgres(cluster, name)
            #expect(try await Self.claim(gone, at: 0, limit: 1).count == 1)
            #expect(try await Self.claim(stores[0], at: 0, limit: 1).count == 1)
            try await stores[1].transaction { try $0.releaseClaims() }
            #expect(try await stores[1].read { try $0.instructionCounts() } == [.waiting: 2])
            try await gone.close()
            try await stores[1].transaction { try $0.releaseClaims() }
            #expect(try await stores[1].read { try $0.instructionCounts() } == [.waiting: 1, .ambiguous: 1])
            #expect(try await Self.claim(stores[1], at: 1, limit: 9).map(\.instruction.key) == ["A/1"])
        }
    }

    @Test func `leases run on the server's time, whatever the nodes' clocks say`() async throws {
        let cluster = try PostgresCluster.running()
        let name = try cluster.makeDatabase()
        let slow = try await openPostgres(cluster, name) { $0.leaseClock = .server }
        let fast = try await openPostgres(cluster, name) { $0.leaseClock = .server }
        try await fill(slow, instructions: 1)
        func claim(_ store: PostgresStore, at now: Instant) async throws -> Int {
            try await store.transaction { transaction in
                let claim = InstructionClaim(Self.lane, now: now, leaseUntil: now + .minutes(5), limit: 9)
                return try transaction.claimInstructions(claim).count
            }
        }
        #expect(try await claim(slow, at: Self.now) == 1)
        // An hour ahead, this node would take any lease of the other's for ended.
        #expect(try await claim(fast, at: Self.now + .hours(1)) == 0)
        for store in [slow, fast] { try await store.close() }
    }

    @Test func `work that was committed late is not passed over`() async throws {
        try await withNodes(2) { stores, _, _ in
            try await fill(stores[0], instructions: 1)
            _ = try await Self.claim(stores[0], at: 0, limit: 9)
            let written = AsyncStream<Void>.makeStream()
            let isClaimed = Atomic(false)
            let early = Task {
                try await stores[0].transaction { transaction in
                    var batch = WriteBatch()
                    batch.instructions = [Self.instruction(2)]
                    try transaction.write(batch)
                    written.continuation.yield()
                    // Its row id is lower than that of the one that is committed and claimed before it.
                    while !isClaimed.load(ordering: .acquiring) { _ = try transaction.meta("name") }
                }
            }
            var iterator = written.stream.makeAsyncIterator()
            _ = await iterator.next()
            try await stores[1].transaction { transaction in
                var batch = WriteBatch()
                batch.instructions = [Self.instruction(3)]
                try transaction.write(batch)
            }
            let first = try await Self.claim(stores[1], at: 0, limit: 9).map(\.instruction.key)
            #expect(first == ["A/3"])
            isClaimed.store(true, ordering: .releasing)
            try await early.value
            let second = try await Self.claim(stores[1], at: 0, limit: 9).map(\.instruction.key)
            #expect(second == ["A/2"])
        }
    }

    @Test func `two nodes with the same new order at the same moment write it once`() async throws {
        try await withNodes(2) { stores, _, _ in
            let hubs = stores.map(hub)
            let running = hubs.map { hub in Task { try await hub.run() } }
            let placed = OrderStory.proof(of: 0)
            for round in 0..<25 {
                try await withThrowingTaskGroup(of: [FactReceipt].self) { group in
                    for (index, hub) in hubs.enumerated() {
                        let facts = (0..<6).map { item in
                            Fact(
                                source: "shop-\(index)", messageID: "\(round)-\(item)", order: "N\(round)-\(item)",
                                occurredAt: Self.now, receivedAt: Self.now, body: placed)
                        }
                        let ordered = index == 0 ? facts : facts.reversed()
                        group.addTask { try await hub.submit(ordered.map { try hub.intake.seal($0) }) }
                    }
                    for try await receipts in group {
                        #expect(receipts == [FactReceipt](repeating: .accepted(state: 0), count: 6))
                    }
                }
            }
            for task in running { task.cancel() }
            #expect(try await stores[0].read { try $0.counts().orders } == 150)
            #expect(try await stores[0].read { try $0.counts().messages } == 300)
        }
    }
}
