import HydrantCore
import HydrantStorage

// Records with versions, and the audit trail.

extension StoreContract {
    static let recordProperties: [Property] = [
        Property(name: "a record is read as it was written") { try await $0.recordRoundTrip() },
        Property(name: "a record is replaced by who knows its version") { try await $0.recordVersions() },
        Property(name: "records of a collection are listed by key, page by page") { try await $0.recordPages() },
        Property(name: "a record that is deleted is gone") { try await $0.recordDeleted() },
        Property(name: "two who write the same version do not both win") { try await $0.recordRace() },
        Property(name: "the audit trail grows at its end") { try await $0.auditTrail() },
        Property(name: "entries of the audit trail are found") { try await $0.auditFilters() },
    ]

    private static let keyring = Keyring(master: [UInt8](repeating: 7, count: 32))

    private static func record(_ key: String, version: Int64 = 1, body: [UInt8] = [1]) -> StoredRecord {
        StoredRecord(collection: "users", key: key, version: version, body: body, changedAt: Sample.now + version)
    }

    private static func entry(_ actor: String, _ action: String, _ object: String) -> AuditEntry {
        AuditEntry(
            time: Sample.now, actor: actor, action: action, object: object, reason: "asked \u{1}\u{0} \"客户\"",
            detail: ["fields": ["phone"], "count": 2])
    }

    private func put(_ store: any Store, _ record: StoredRecord, _ version: Int64) async throws -> Bool {
        try await store.transaction { try $0.put(record, ifVersion: version) }
    }

    private func recordRoundTrip() async throws {
        try await withStore { store in
            let written = Self.record("ü/\u{0}", version: 3, body: [0, 255])
            try expect(try await put(store, written, 0), true, "first")
            try expect(try await store.read { try $0.record("users", "ü/\u{0}") }, written, "record")
            try expect(try await store.read { try $0.record("users", "u") }, nil, "another key")
            try expect(try await store.read { try $0.record("sessions", "ü/\u{0}") }, nil, "another collection")
            for broken in [Self.record(""), Self.record("a", version: 0)] {
                do {
                    _ = try await put(store, broken, 0)
                } catch let failure as StoreFailure where failure.kind == .constraint { continue }
                throw ContractViolation(description: "\(broken) was not refused")
            }
        }
    }

    private func recordVersions() async throws {
        try await withStore { store in
            try expect(try await put(store, Self.record("a", version: 2), 1), false, "a change of none")
            try expect(try await put(store, Self.record("a"), 0), true, "the first")
            try expect(try await put(store, Self.record("a", body: [9]), 0), false, "a second first")
            try expect(try await put(store, Self.record("a", version: 2, body: [2]), 1), true, "a change")
            try expect(try await put(store, Self.record("a", version: 3, body: [3]), 1), false, "an old version")
            let found = try await store.read { try $0.record("users", "a") }
            try expect(found, Self.record("a", version: 2, body: [2]), "record")
            let stays: StoredRecord? = try await store.transaction { transaction in
                _ = try transaction.put(Self.record("a", version: 5), ifVersion: 2)
                return try transaction.record("users", "a")
            }
            try expect(stays?.version, 5, "as seen in the transaction")
        }
    }

    private func recordPages() async throws {
        try await withStore { store in
            for key in ["b", "a", "B", "好"] { _ = try await put(store, Self.record(key), 0) }
            let other = StoredRecord(collection: "user", key: "c", body: [], changedAt: Sample.now)
            try expect(try await put(store, other, 0), true, "another collection")
            let first = try await store.read { try $0.records("users", after: "", limit: 3) }
            try expect(first, ["B", "a", "b"].map { Self.record($0) }, "first page")
            let second = try await store.read { try $0.records("users", after: "b", limit: 3) }
            try expect(second.map(\.key), ["好"], "second page")
            try expect(try await store.read { try $0.records("none", after: "", limit: 3) }, [], "no collection")
        }
    }

    private func recordDeleted() async throws {
        try await withStore { store in
            _ = try await put(store, Self.record("a", version: 4), 0)
            try expect(try await store.transaction { try $0.deleteRecord("users", "a") }, true, "deleted")
            try expect(try await store.transaction { try $0.deleteRecord("users", "a") }, false, "again")
            try expect(try await store.read { try $0.record("users", "a") }, nil, "record")
            try expect(try await put(store, Self.record("a"), 0), true, "a new one")
            struct Undone: Error {}
            do {
                try await store.transaction { transaction in
                    _ = try transaction.deleteRecord("users", "a")
                    _ = try transaction.put(Self.record("b"), ifVersion: 0)
                    throw Undone()
                }
            } catch is Undone {}
            let keys = try await store.read { try $0.records("users", after: "", limit: 9) }.map(\.key)
            try expect(keys, ["a"], "keys after a step that was undone")
        }
    }

    private func recordRace() async throws {
        try await withStore { store in
            for version in Int64(0)..<5 {
                let wins = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for body in UInt8(1)...8 {
                        group.addTask {
                            try await put(store, Self.record("a", version: version + 1, body: [body]), version)
                        }
                    }
                    return try await group.reduce(0) { $1 ? $0 + 1 : $0 }
                }
                try expect(wins, 1, "winners of version \(version + 1)")
            }
        }
    }

    private func auditTrail() async throws {
        try await withStore { store in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...12 {
                    group.addTask {
                        _ = try await store.transaction {
                            try $0.appendAudit(
                                Self.entry("user:\(number)", "receiver.revealed", "order:A"), Self.keyring)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let found = try await store.read { try $0.verifyAudit(Self.keyring) }
            try expect(found.entries, 12, "entries")
            try expect(found.violations, [], "violations")
            let first = try await store.read { try $0.auditRows(after: 0, limit: 5) }
            try expect(first.map(\.number), [1, 2, 3, 4, 5], "first page")
            try expect(first[0].entry.reason, "asked \u{1}\u{0} \"客户\"", "reason")
            try expect(first[0].entry.detail, ["fields": ["phone"], "count": 2], "detail")
            let head = try await store.transaction { try $0.auditHead() }
            try expect(head?.number, 12, "head")
            do {
                try await store.transaction { try $0.insert(first[0]) }
            } catch let failure as StoreFailure where failure.kind == .constraint { return }
            throw ContractViolation(description: "a number that is taken was not refused")
        }
    }

    private func auditFilters() async throws {
        try await withStore { store in
            try await store.transaction { transaction in
                for (actor, action, object) in [
                    ("user:a", "x.y", "order:1"), ("user:b", "x.y", "order:1"), ("user:a", "x.z", "order:2"),
                ] {
                    try transaction.appendAudit(Self.entry(actor, action, object), Self.keyring)
                }
            }
            func numbers(_ filter: AuditFilter, before number: Int64 = .max, limit: Int = 9) async throws -> [Int64] {
                try await store.read { try $0.auditRows(filter, before: number, limit: limit).map(\.number) }
            }
            try expect(try await numbers(AuditFilter()), [3, 2, 1], "all")
            try expect(try await numbers(AuditFilter(), before: 3, limit: 1), [2], "a page")
            try expect(try await numbers(AuditFilter(actor: "user:a")), [3, 1], "of a")
            try expect(try await numbers(AuditFilter(action: "x.y")), [2, 1], "x.y")
            try expect(try await numbers(AuditFilter(object: "order:1")), [2, 1], "of order 1")
            let both = AuditFilter(actor: "user:a", action: "x.y", object: "order:1")
            try expect(try await numbers(both), [1], "all three")
            try expect(try await numbers(AuditFilter(actor: "user:a", action: "x.z")), [3], "actor and action")
        }
    }
}
