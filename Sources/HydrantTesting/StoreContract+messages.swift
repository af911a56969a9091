import HydrantCore
import HydrantStorage

extension StoreContract {
    static let messageProperties = [
        Property(name: "a message is taken in once") { try await $0.dedupe() },
        Property(name: "a message is kept as it came") { try await $0.inboxRoundTrip() },
        Property(name: "a sealed receiver is read as it was written, the last one counts") { try await $0.receivers() },
        Property(name: "parked messages are read page by page") { try await $0.parkedPages() },
        Property(name: "the same message is parked once") { try await $0.parkedOnce() },
        Property(name: "a parked message is taken away once") { try await $0.parkedRemoved() },
        Property(name: "small values are set, read and replaced") { try await $0.metaValues() },
        Property(name: "the counts follow what is written") { try await $0.storeCounts() },
        Property(name: "an audit sees every message and every timer") { try await $0.scansForAudits() },
        Property(name: "a writer's part of the head is kept with its step or not at all") {
            try await $0.headParts()
        },
    ]

    func dedupe() async throws {
        try await withStore { store in
            var batch = WriteBatch()
            batch.inbox = [Sample.message("1", bodyHash: .max), Sample.message("2", bodyHash: 0)]
            try await store.write(batch)
            let keys = [("wms", "1"), ("wms", "2"), ("wms", "3"), ("erp", "1"), ("wms", "1")]
            let seen = try await store.transaction { transaction in
                try transaction.seen(keys.map { MessageKey(source: $0.0, messageID: $0.1) })
            }
            let expected: [MessageKey: UInt64] = [
                MessageKey(source: "wms", messageID: "1"): .max, MessageKey(source: "wms", messageID: "2"): 0,
            ]
            try expect(seen, expected, "seen")
            batch.inbox = [Sample.message("3"), Sample.message("1", bodyHash: 8)]
            try await expectRefused(store, batch, "a message that was taken in before")
            batch.inbox = [Sample.message("4"), Sample.message("4")]
            try await expectRefused(store, batch, "a message twice in one step")
            batch.inbox = [Sample.message("")]
            try await expectRefused(store, batch, "a message without an id")
        }
    }

    func inboxRoundTrip() async throws {
        try await withStore { store in
            var batch = WriteBatch()
            batch.inbox = [Sample.message("1", order: "A/ü", bodyHash: 0x8000_0000_0000_0001)]
            batch.inbox[0].sealedBody = []
            try await store.write(batch)
            let found = try await store.read { try $0.inboxRow(MessageKey(source: "wms", messageID: "1")) }
            try expect(found, batch.inbox[0], "message")
            let unknown = try await store.read { try $0.inboxRow(MessageKey(source: "wms", messageID: "2")) }
            try expect(unknown, nil, "unknown message")
        }
    }

    func receivers() async throws {
        try await withStore { store in
            var batch = WriteBatch()
            batch.receivers = [
                SealedReceiver(id: "r1", sealed: [1]), SealedReceiver(id: "r2", sealed: [0, 0]),
                SealedReceiver(id: "r1", sealed: [3]),
            ]
            try await store.write(batch)
            try expect(try await store.read { try $0.sealedReceiver("r1") }, [3], "r1")
            try expect(try await store.read { try $0.sealedReceiver("r2") }, [0, 0], "r2")
            try expect(try await store.read { try $0.sealedReceiver("r3") }, nil, "r3")
            batch.receivers = [SealedReceiver(id: "", sealed: [1])]
            try await expectRefused(store, batch, "a receiver without an id")
        }
    }

    func parkedPages() async throws {
        try await withStore { store in
            for line in 1...5 {
                var batch = WriteBatch()
                batch.parked = [Sample.parked("a.csv:\(line)")]
                try await store.write(batch)
            }
            let first = try await store.read { try $0.parked(after: 0, limit: 3) }
            try expect(first.map(\.place), ["a.csv:1", "a.csv:2", "a.csv:3"], "first page")
            let second = try await store.read { try $0.parked(after: first[2].id, limit: 3) }
            try expect(second.map(\.place), ["a.csv:4", "a.csv:5"], "second page")
            var expected = Sample.parked("a.csv:4")
            expected.id = second[0].id
            try expect(second[0], expected, "row")
            try expect(try await store.read { try $0.parked(after: second[1].id, limit: 3) }, [], "third page")
        }
    }

    func parkedOnce() async throws {
        try await withStore { store in
            for _ in 1...2 {
                var batch = WriteBatch()
                var other = Sample.parked("a.csv:1")
                other.fingerprint = "another"
                batch.parked = [Sample.parked("a.csv:1"), Sample.parked("a.csv:1"), Sample.parked("a.csv:2"), other]
                try await store.write(batch)
            }
            let rows = try await store.read { try $0.parked(after: 0, limit: 9) }
            try expect(rows.map(\.place), ["a.csv:1", "a.csv:2", "a.csv:1"], "rows")
            try expect(try await store.read { try $0.counts().parked }, 3, "count")
        }
    }

    func parkedRemoved() async throws {
        try await withStore { store in
            var batch = WriteBatch()
            batch.parked = [Sample.parked("a.csv:1"), Sample.parked("a.csv:2")]
            try await store.write(batch)
            let rows = try await store.read { try $0.parked(after: 0, limit: 9) }
            var other = rows[0]
            other.fingerprint = "another"
            let stranger = other
            try expect(try await store.transaction { try $0.removeParked(stranger) }, false, "another message")
            try? await store.transaction { transaction in
                _ = try transaction.removeParked(rows[0])
                throw StoreFailure(.conflict)
            }
            try expect(try await store.read { try $0.counts().parked }, 2, "rolled back")
            try expect(try await store.transaction { try $0.removeParked(rows[0]) }, true, "taken")
            try expect(try await store.transaction { try $0.removeParked(rows[0]) }, false, "taken again")
            try expect(try await store.read { try $0.parked(after: 0, limit: 9) }, [rows[1]], "left")
            try expect(try await store.read { try $0.counts().parked }, 1, "count")
            try expect(try await store.read { try $0.countedRows().parked }, 1, "counted rows")
        }
    }

    func metaValues() async throws {
        try await withStore { store in
            try expect(try await store.read { try $0.meta("name") }, nil, "before")
            try await store.transaction { try $0.setMeta("name", [1, 2]) }
            try expect(try await store.read { try $0.meta("name") }, [1, 2], "set")
            try await store.transaction { try $0.setMeta("name", []) }
            try expect(try await store.read { try $0.meta("name") }, [], "replaced")
            try expect(try await store.read { try $0.meta("Name") }, nil, "another name")
        }
    }

    func storeCounts() async throws {
        try await withStore { store in
            try expect(try await store.read { try $0.counts() }, StoreCounts(), "empty")
            try await store.write(Sample.everything(order: "A", message: "1"))
            try await store.write(Sample.batch(Sample.step("A", id: 1, from: 2, events: 3), Sample.step("B")))
            var expected = StoreCounts()
            expected.orders = 2
            expected.events = 6
            expected.messages = 1
            expected.parked = 1
            try expect(try await store.read { try $0.counts() }, expected, "counts")
            try expect(try await store.read { try $0.countedRows() }, expected, "counted")
            try expect(try await store.read { try $0.structureProblems() }, [], "structure")
        }
    }

    func headParts() async throws {
        try await withStore { store in
            try expect(try await store.read { try $0.headParts() }, [:], "parts of a new store")
            let writer = try await store.transaction { transaction in
                try transaction.setHeadPart([1, 2])
                return transaction.headWriter
            }
            try expect(try await store.read { try $0.headParts()[writer] }, [1, 2], "the part that was written")
            try await store.transaction { try $0.setMeta(headPartName, [7]) }
            try expect(try await store.read { try $0.headParts()[0] }, [7], "the part of the first writer")
            let before = try await store.read { try $0.headParts() }
            do {
                try await store.transaction { transaction in
                    try transaction.setHeadPart([9])
                    _ = try transaction.write(Sample.everything(order: "A", message: "1"))
                    throw ContractViolation(description: "undone")
                }
            } catch is ContractViolation {}
            try expect(try await store.read { try $0.headParts() }, before, "parts after a step that was undone")
        }
    }

    func scansForAudits() async throws {
        try await withStore { store in
            try await store.write(Sample.everything(order: "A", message: "1"))
            let (messages, timers) = try await store.read { reader in
                var messages: [InboxRow] = []
                var timers: [OrderTimer] = []
                try reader.scanInbox { messages.append($0) }
                try reader.scanTimers { timers.append($0) }
                return (messages, timers)
            }
            let written = Sample.everything(order: "A", message: "1")
            try expect(messages, written.inbox, "messages")
            try expect(timers, written.timers, "timers")
        }
    }
}
