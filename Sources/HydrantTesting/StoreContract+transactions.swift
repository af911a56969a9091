import HydrantCore
import HydrantStorage

extension StoreContract {
    static let transactionProperties = [
        Property(name: "a transaction that throws leaves nothing") { try await $0.rollback() },
        Property(name: "a refused part takes the whole step with it") { try await $0.partialRefusal() },
        Property(name: "changes to existing rows are undone too") { try await $0.rollbackOfChanges() },
        Property(name: "a transaction sees what it wrote") { try await $0.ownWrites() },
        Property(name: "a read that follows a commit sees it") { try await $0.readAfterCommit() },
        Property(name: "transactions run one after the other") { try await $0.serialAppends() },
        Property(name: "readers always see whole steps") { try await $0.wholeSteps() },
        Property(name: "a cancelled task's step is still written whole") { try await $0.cancellation() },
        Property(name: "an error of the body arrives as it is") { try await $0.bodyErrors() },
        Property(name: "a closed store refuses") { try await $0.closed() },
    ]

    private struct Interrupted: Error, Equatable {
        var reason: String
    }

    private func interrupted(
        _ store: any Store, _ body: @escaping @Sendable (any StoreTransaction) throws -> Void
    ) async throws {
        do {
            try await store.transaction { transaction in
                try body(transaction)
                throw Interrupted(reason: "power")
            }
        } catch is Interrupted {
            return
        }
        throw ContractViolation(description: "the error of the body was lost")
    }

    func rollback() async throws {
        try await withStore { store in
            let before = try await StoreImage(store)
            try await interrupted(store) { transaction in
                try transaction.write(Sample.everything(order: "A", message: "1"))
                try transaction.setMeta("name", [1])
                try expect(try transaction.counts().events, 2, "events inside")
            }
            try expect(try await StoreImage(store), before, "after the throw")
            let ids = try await store.write(Sample.everything(order: "B", message: "1"))
            try expect(ids.allSatisfy { $0 >= 1 }, true, "row id of the next step")
        }
    }

    func partialRefusal() async throws {
        try await withStore { store in
            try await store.write(Sample.everything(order: "A", message: "1"))
            var batch = Sample.everything(order: "B", message: "2")
            batch.instructions.append(Sample.instruction("A", 1))
            try await expectRefused(store, batch, "a step with one bad part")
            batch = Sample.everything(order: "B", message: "2")
            batch.parked[0].reason = ""
            try await expectRefused(store, batch, "a step whose last part is bad")
            batch.parked = []
            try expect(try await store.write(batch).allSatisfy { $0 >= 2 }, true, "the good part alone")
        }
    }

    func rollbackOfChanges() async throws {
        try await withStore { store in
            try await store.write(Sample.everything(order: "A", message: "1"))
            try await store.transaction { try $0.setMeta("name", [1]) }
            let before = try await StoreImage(store)
            try await interrupted(store) { transaction in
                var write = Sample.step("A", id: 1, from: 2)
                write.row.state = 7
                write.findings = [Sample.finding(.noLines, .wrong)]
                write.waybills = []
                var batch = Sample.batch(write)
                batch.receivers = [SealedReceiver(id: "receiver", sealed: [6])]
                batch.finishedTimers = [Sample.timer("A", "hold", due: 5)]
                batch.timers = [Sample.timer("A", "other", due: 5)]
                batch.instructionChanges = [Sample.change(Sample.instruction("A", 1), .done)]
                try transaction.write(batch)
                try transaction.setMeta("name", [2])
                _ = try transaction.claimInstructions(Sample.claim(length: 9))
            }
            try expect(try await StoreImage(store), before, "after the throw")
            try await interrupted(store) { transaction in
                let rows = try transaction.claimInstructions(Sample.claim(length: 9))
                try expect(rows.count, 1, "claimed inside")
            }
            let rows = try await store.transaction { transaction in
                try transaction.claimInstructions(Sample.claim(length: 9))
            }
            try expect(rows.map(Sample.unclaimed), [Sample.instruction("A", 1)], "the claim was undone")
        }
    }

    func ownWrites() async throws {
        try await withStore { store in
            try await store.transaction { transaction in
                try transaction.write(Sample.batch(Sample.step("A")))
                let loaded = try transaction.load(["A"])
                try expect(loaded["A"]?.row.id, 1, "row id")
                try transaction.write(Sample.batch(Sample.step("A", id: 1, from: 1)))
                try expect(try transaction.events(of: "A").count, 2, "events")
            }
        }
    }

    func readAfterCommit() async throws {
        try await withStore { store in
            try await store.write(Sample.batch(Sample.step("A")))
            for version in 1...50 {
                try await store.write(Sample.batch(Sample.step("A", id: 1, from: version)))
                try expect(try await store.read { try $0.orderRow("A")?.version }, version + 1, "version")
            }
        }
    }

    func serialAppends() async throws {
        try await withStore { store in
            try await store.write(Sample.batch(Sample.step("A")))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        for _ in 0..<10 {
                            try await store.transaction { transaction in
                                let loaded = try transaction.load(["A"])
                                guard let order = loaded["A"] else { throw Interrupted(reason: "lost") }
                                try expect(order.events.count, order.row.version, "events loaded")
                                try transaction.write(
                                    Sample.batch(Sample.step("A", id: order.row.id, from: order.row.version)))
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let events = try await store.read { try $0.events(of: "A") }
            try expect(events.map(\.number), Array(1...161), "events")
        }
    }

    func wholeSteps() async throws {
        try await withStore { store in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for step in 1...40 {
                        try await store.write(
                            Sample.batch(Sample.step("A\(step)"), Sample.step("B\(step)"), Sample.step("C\(step)")))
                    }
                }
                for _ in 0..<3 {
                    group.addTask {
                        for _ in 0..<40 {
                            let counts = try await store.read { try ($0.counts(), $0.healthCounts()[0] ?? 0) }
                            try expect(counts.0.orders % 3, 0, "orders of a part of a step")
                            try expect(counts.0.events, counts.0.orders, "events")
                            try expect(counts.1, counts.0.orders, "orders by health")
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    func cancellation() async throws {
        try await withStore { store in
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                try await store.write(Sample.everything(order: "A", message: "1"))
            }
            try await task.value
            try expect(try await store.read { try $0.counts().events }, 2, "events")
        }
    }

    func bodyErrors() async throws {
        try await withStore { store in
            var reasons: [String] = []
            do {
                try await store.read { _ in throw Interrupted(reason: "read") }
            } catch let error as Interrupted {
                reasons.append(error.reason)
            }
            do {
                try await store.transaction { _ in throw Interrupted(reason: "write") }
            } catch let error as Interrupted {
                reasons.append(error.reason)
            }
            try expect(reasons, ["read", "write"], "errors")
        }
    }

    func closed() async throws {
        let store = try await makeStore()
        try await store.write(Sample.batch(Sample.step("A")))
        try await store.close()
        for attempt in ["write", "read"] {
            do {
                if attempt == "write" { try await store.write(Sample.batch(Sample.step("B"))) }
                if attempt == "read" { _ = try await store.read { try $0.counts() } }
            } catch let failure as StoreFailure {
                try expect(failure.kind, .other, attempt)
                continue
            }
            throw ContractViolation(description: "a closed store did not refuse to \(attempt)")
        }
        try await store.close()
    }
}
