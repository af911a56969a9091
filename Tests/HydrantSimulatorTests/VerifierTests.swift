import HydrantCore
import HydrantStorage
import Testing

@testable import HydrantSimulator

struct VerifierTests {
    /// The store of a simulated day that nothing went wrong on.
    private static let store: InMemoryStore = {
        let simulation = Simulation(seed: 5, orders: 3, faults: FaultPlan.none)
        _ = simulation.run()
        return simulation.store
    }()

    private static let now = Simulation.begin + Simulation.length

    private func violations(
        anchor: HeadAnchor? = nil, now: Instant = now, _ change: (inout TamperedStore.Changes) -> Void = { _ in }
    ) async throws -> [String] {
        var store = TamperedStore(inner: Self.store)
        change(&store.changes)
        let report = try await Verifier(
            store: store, keyring: Simulation.keyring, settings: .simulated, now: now, anchor: anchor
        ).run()
        #expect(report.violationCount == report.violations.count)
        return report.violations
    }

    /// What is found when somebody alters order S0002.
    private func tampered(_ change: @escaping @Sendable (inout StoredOrder) -> Void) async throws -> [String] {
        try await violations { $0.order = { if $0.row.number == "S0002" { change(&$0) } } }
    }

    /// As ``tampered(_:)``, without what the head of the database says besides.
    private func wrong(_ change: @escaping @Sendable (inout StoredOrder) -> Void) async throws -> [String] {
        try await tampered(change).filter { $0.hasPrefix("order S0002: ") }
    }

    /// As somebody would who has the key.
    private static func rechain(_ order: inout StoredOrder) {
        var previous: [UInt8] = []
        for index in order.events.indices {
            previous = Simulation.keyring.chainHash(previous: previous, event: order.events[index].bytes)
            order.events[index].hash = previous
        }
        order.row.chainHead = previous
    }

    private static func replace(_ text: String, by other: String, in event: inout StoredEvent) {
        let bytes = String(decoding: event.bytes, as: UTF8.self)
        guard let range = bytes.firstRange(of: text) else { return }
        event.bytes = Array((bytes[..<range.lowerBound] + other + bytes[range.upperBound...]).utf8)
    }

    /// A trail of three entries, which somebody alters; gives what is found.
    private func audited(_ change: @escaping @Sendable (inout [AuditRow]) -> Void) async throws -> [String] {
        let inner = InMemoryStore()
        try await inner.transaction { transaction in
            for name in ["a", "b", "c"] {
                try transaction.appendAudit(
                    AuditEntry(time: Self.now, actor: "user:\(name)", action: "receiver.revealed"), Simulation.keyring)
            }
        }
        var store = TamperedStore(inner: inner)
        // Only the first page has rows.
        store.changes.audit = { if $0.count == 3 { change(&$0) } }
        let report = try await Verifier(
            store: store, keyring: Simulation.keyring, settings: .simulated, now: Self.now
        ).run()
        return report.violations
    }

    @Test func `the audit trail is recomputed`() async throws {
        #expect(try await audited { _ in } == [])
        let changed = ["audit trail: the hash of entry 2 does not follow from it"]
        #expect(try await audited { $0[1].entry.reason = "another" } == changed)
        #expect(try await audited { $0[1].entry.actor = "user:d" } == changed)
        #expect(try await audited { $0[1].entry.time = Self.now + 1 } == changed)
        #expect(try await audited { $0[1].entry.detail = 1 } == changed)
        #expect(try await audited { $0[1].hash[0] ^= 1 }.first == changed[0])
        #expect(try await audited { $0.remove(at: 1) } == ["audit trail: entry 3 comes where 2 belongs"])
        let moved = try await audited { rows in
            rows.swapAt(0, 1)
            rows[0].number = 1
            rows[1].number = 2
        }
        #expect(moved.count == 3)
    }

    @Test func `an untouched store is clean and counted`() async throws {
        let report = try await Verifier(
            store: Self.store, keyring: Simulation.keyring, settings: .simulated, now: Self.now
        ).run()
        #expect(report.violations == [])
        #expect(report.orders == 3)
        let counted = try await Self.store.read { try $0.counts().events }
        #expect(Int64(report.events) == counted)
        #expect(report.events > 60)
    }

    @Test func `an edited event is found`() async throws {
        let found = try await tampered { Self.replace("\"amountMinor\":", by: "\"amountMinor\":1", in: &$0.events[1]) }
        #expect(found.contains("order S0002: the hash of event 2 does not follow from the chain"))
    }

    @Test func `an edited event is found although its own hash was made anew with another key`() async throws {
        let found = try await tampered { order in
            Self.replace("\"amountMinor\":", by: "\"amountMinor\":1", in: &order.events[1])
            order.events[1].hash = Keyring(master: Array(repeating: 3, count: 32))
                .chainHash(previous: order.events[0].hash, event: order.events[1].bytes)
        }
        #expect(
            found.contains("order S0002: the hash of event 2 does not follow from the chain")
                && found.contains("order S0002: the hash of event 3 does not follow from the chain"))
    }

    @Test func `a deleted event is found`() async throws {
        let found = try await tampered { $0.events.remove(at: 4) }
        #expect(found.contains("order S0002: the hash of event 6 does not follow from the chain"))
        #expect(found.contains("order S0002: event 6: follows event 4"))
    }

    @Test func `two events that changed places are found`() async throws {
        let found = try await tampered { $0.events.swapAt(3, 4) }
        #expect(found.contains("order S0002: the hash of event 5 does not follow from the chain"))
        #expect(found.contains("order S0002: event 5: follows event 3"))
    }

    @Test func `a chain that was cut off is found by its row`() async throws {
        let found = try await tampered { $0.events.removeLast() }
        #expect(found.contains("order S0002: the row's chain head is not the hash of the last event"))
    }

    /// As `hydrant verify --write-head` keeps it, read back from its file.
    private static func anchor() async throws -> HeadAnchor {
        let anchor = try #require(try await store.read { try HeadAnchor($0, Simulation.keyring) })
        let again = try #require(HeadAnchor(json: try JSON(text: anchor.json.text)))
        #expect(again == anchor)
        return again
    }

    @Test func `a chain that was cut off together with its row is found by the head`() async throws {
        let cut: @Sendable (inout StoredOrder) -> Void = { order in
            guard order.row.number == "S0002" else { return }
            order.events.removeLast()
            order.row.version -= 1
            order.row.chainHead = order.events[order.events.count - 1].hash
        }
        let within = try await violations { $0.order = cut }
        #expect(within.contains { $0.hasPrefix("the head of the database is not that of its orders") })
        let found = try await violations(anchor: try await Self.anchor()) { $0.order = cut }
        #expect(found.contains { $0.hasPrefix("order S0002: its history was cut back from") })
        #expect(try await violations(anchor: try await Self.anchor()) == [])
    }

    @Test func `a database that was put back as a whole is found by a head kept outside`() async throws {
        var anchor = try await Self.anchor()
        anchor.commits += 1
        #expect(try await violations(anchor: anchor).contains { $0.hasPrefix("the database was put back: it has") })
        anchor = try await Self.anchor()
        anchor.head = String(anchor.head.reversed())
        #expect(try await violations(anchor: anchor).contains { $0.hasSuffix("differs from the one kept outside") })
        anchor = try await Self.anchor()
        anchor.orders["S0002"]?.hash[0] ^= 1
        #expect(
            try await violations(anchor: anchor).contains {
                $0.hasPrefix("order S0002: event ") && $0.hasSuffix("differs from the one kept outside")
            })
    }

    @Test func `a head that was removed or forged is found`() async throws {
        let gone = try await violations { $0.meta = { if $0 == "head" { $1 = nil } } }
        #expect(gone == ["the head of the database is gone"])
        let forged = try await violations { $0.meta = { if $0 == "head" { $1?[40] ^= 1 } } }
        #expect(forged == ["the head of the database was not written with this key"])
        let planted = try await violations { $0.meta = { if $0 == "document" { $1 = [1] } } }
        #expect(planted == ["the settings document is not the one that was saved"])
    }

    @Test func `receivers, bodies, timers and messages that were altered are found`() async throws {
        func finds(_ words: String, _ change: (inout TamperedStore.Changes) -> Void) async throws -> Bool {
            try await violations(change).contains { $0.contains(words) }
        }
        #expect(try await finds("a receiver that its messages name is not stored") { $0.receiver = { $0 = nil } })
        #expect(try await finds("a receiver does not open") { $0.receiver = { $0?[3] ^= 1 } })
        #expect(try await finds("the body of a message of") { $0.inbox = { $0?.sealedBody[3] ^= 1 } })
        #expect(try await finds("is not that of its body") { $0.inbox = { $0?.bodyHash ^= 1 } })
        #expect(try await finds("with another time than its event's") { $0.inbox = { $0?.receivedAt = Self.now } })
        #expect(try await finds("messages, ") { $0.counted = { $0.messages += 1 } })
        let stray = OrderTimer(order: "S0002", id: "x", dueAt: Self.now)
        #expect(try await finds("the timer x at") { $0.timers = { $0.append(stray) } })
        let foreign = OrderTimer(order: "S9", id: "x", dueAt: Self.now)
        #expect(try await finds("a timer is stored for order S9") { $0.timers = { $0.append(foreign) } })
        #expect(try await violations { $0.structure = ["the trigger x is missing"] } == ["the trigger x is missing"])
        #expect(
            try await finds("was given up before its deadline") {
                $0.instructions = { rows in
                    for index in rows.indices {
                        rows[index].status = .parked
                        rows[index].dueAt = rows[index].issuedAt
                    }
                }
            })
        #expect(
            try await finds("the times of instruction") {
                $0.instructions = { for index in $0.indices { $0[index].deadline = Instant(milliseconds: 0) } }
            })
    }

    @Test(arguments: [Int64.min, Int64.max]) func `a time at the end of numbers is found and ends nothing`(
        milliseconds: Int64
    ) async throws {
        let found = try await tampered { $0.row.changesAt = Instant(milliseconds: milliseconds) }
        #expect(found.contains { $0.hasPrefix("order S0002: time of the next change is stored as") })
    }

    @Test func `an order that disappeared is found`() async throws {
        let found = try await violations(anchor: try await Self.anchor()) { $0.isGone = { $0 == "S0002" } }
        #expect(found.contains("order S0002: is gone, although its head was kept outside"))
        #expect(found.contains { $0.hasPrefix("the head of the database is not that of its orders") })
        #expect(found.contains("the store counts 3 orders, 2 are there"))
        #expect(found.contains("the health figures of the store are not the sum over its orders"))
    }

    @Test func `a state that falls is found even with a chain made anew`() async throws {
        let found = try await wrong { order in
            for index in order.events.indices {
                Self.replace("\"state.reached\"", by: "\"state.restated\"", in: &order.events[index])
                Self.replace("\"number\":3,\"at\"", by: "\"number\":1,\"at\"", in: &order.events[index])
            }
            Self.rechain(&order)
        }
        #expect(found.count == 1)
        #expect(try #require(found.first).contains("state 1 is restated at 0"))
    }

    @Test func `a state that leaves one out is found`() async throws {
        let found = try await wrong { order in
            for index in order.events.indices {
                let text = String(decoding: order.events[index].bytes, as: UTF8.self)
                guard text.contains("state.reached"), text.contains("\"number\":2,\"at\"") else { continue }
                Self.replace("\"number\":2,\"at\"", by: "\"number\":3,\"at\"", in: &order.events[index])
            }
            Self.rechain(&order)
        }
        #expect(found.count == 1)
        #expect(try #require(found.first).contains("state 3 comes after 1"))
    }

    @Test func `a proof that the order never recorded is found`() async throws {
        let found = try await wrong { order in
            for index in order.events.indices {
                let text = String(decoding: order.events[index].bytes, as: UTF8.self)
                if text.contains("state.reached") {
                    Self.replace("S0002", by: "S0001", in: &order.events[index], from: "proof")
                }
            }
            Self.rechain(&order)
        }
        #expect(found.count == 1)
        #expect(try #require(found.first).contains("the proof of state 1 is a message that this order never recorded"))
    }

    @Test func `an event of another order and another way of writing one are found`() async throws {
        let foreign = try await wrong { order in
            Self.replace("\"order\":\"S0002\"", by: "\"order\":\"S0003\"", in: &order.events[0])
            Self.rechain(&order)
        }
        #expect(foreign == ["order S0002: event 1: belongs to another order"])
        let spaced = try await wrong { order in
            Self.replace("{\"event\"", by: "{ \"event\"", in: &order.events[0])
            Self.rechain(&order)
        }
        #expect(spaced == ["order S0002: event 1 is not in its canonical form"])
        let broken = try await wrong { order in
            order.events[2].bytes.removeLast()
            Self.rechain(&order)
        }
        #expect(broken == ["order S0002: event 3 is not JSON"])
    }
}

extension VerifierTests {
    private static func replace(
        _ text: String, by other: String, in event: inout StoredEvent, from marker: String
    ) {
        let bytes = String(decoding: event.bytes, as: UTF8.self)
        guard let begin = bytes.firstRange(of: marker)?.lowerBound else { return }
        let changed = bytes[begin...].replacing(text, with: other)
        event.bytes = Array((bytes[..<begin] + changed).utf8)
    }

    @Test func `rows that do not follow from the events are found, each by its name`() async throws {
        let changes: [(String, @Sendable (inout OrderRow) -> Void)] = [
            ("state is stored as 1", { $0.state = 1 }), ("version is stored as 999", { $0.version = 999 }),
            ("number of holds is stored as 4", { $0.holds = 4 }),
            ("completion is stored as cancelled", { $0.completion = .cancelled }),
            ("state since is stored as", { $0.stateSince = Self.now }),
            ("placed at is stored as", { $0.placedAt = nil }),
            ("verdict is stored as", { $0.verdict = $0.verdict == .wrong ? .late : .wrong }),
            ("health is stored as", { $0.health ^= 16 }),
            ("the row's chain head", { $0.chainHead[0] ^= 1 }),
        ]
        for (sentence, change) in changes {
            let found = try await tampered { change(&$0.row) }
            #expect(found.contains { $0.hasPrefix("order S0002: \(sentence)") }, "\(sentence): \(found)")
        }
    }

    @Test func `side tables that do not follow from the events are found`() async throws {
        #expect(
            try await violations { $0.waybills = { $0.removeAll() } }.contains { $0.contains("waybills are not those") }
        )
        #expect(
            try await violations { $0.waybills = { if let first = $0.first { $0.append(first) } } }
                .contains { $0.contains("two live waybills") })
        #expect(
            try await violations { $0.instructions = { if !$0.isEmpty { $0.removeFirst() } } }
                .contains { $0.contains("was issued and is not stored") })
        #expect(
            try await violations { $0.instructions = { if !$0.isEmpty { $0[0].status = .waiting } } }
                .contains { $0.contains("is waiting, its answer is done") })
        #expect(
            try await violations { $0.instructions = { if !$0.isEmpty { $0[0].instruction.key += "x" } } }
                .contains { $0.contains("is stored and was never issued") })
        #expect(try await violations { $0.inbox = { $0 = nil } }.contains { $0.contains("is not in the inbox") })
        #expect(
            try await violations { $0.inbox = { $0?.order = "S9" } }.contains {
                $0.contains("the inbox of another order")
            })
        #expect(
            try await violations { $0.health = { $0[1, default: 0] += 1 } }
                == ["the health figures of the store are not the sum over its orders"])
        let row = FindingRow(order: "S0001", orderID: 1, kind: .noLines, verdict: .wrong, since: Self.now)
        #expect(
            try await violations { $0.findings = { $0.append(row) } }.contains { $0.contains("noLines wrong since") })
    }

    @Test(arguments: [-1_000, -1, 0, 1, 1_000]) func `it does not matter when a store is verified`(hours: Int64)
        async throws
    {
        let report = try await Verifier(
            store: Self.store, keyring: Simulation.keyring, settings: .simulated, now: Self.now + .hours(hours)
        ).run()
        #expect(report.violations == [])
        let changing = try await Self.store.read { reader in
            var count = 0
            try reader.scanChanges { _, at in if at <= Self.now + .hours(hours) { count += 1 } }
            return count
        }
        #expect(report.due == changing)
    }

    @Test func `a row that is never looked at again is found`() async throws {
        let found = try await tampered { $0.row.changesAt = $0.row.changesAt == nil ? Self.now : nil }
        #expect(found.contains { $0.hasPrefix("order S0002: time of the next change is stored as") })
    }

    @Test func `sentences hold nothing personal`() async throws {
        let found = try await violations { changes in
            changes.order = { order in
                order.row.state = 2
                order.row.chainHead = []
            }
            changes.waybills = { $0.removeAll() }
            changes.inbox = { $0 = nil }
            changes.instructions = { $0.removeAll() }
        }
        #expect(found.count > 20)
        for sentence in found {
            #expect(!sentence.contains("市") && !sentence.contains("号") && !sentence.contains("滤清器"))
        }
    }
}
