import HydrantCore
import HydrantStorage

extension StoreContract {
    static let instructionProperties = [
        Property(name: "instructions belong to their order, in order of issue") { try await $0.instructionsOfOrder() },
        Property(name: "what is due is claimed oldest first, and by one only") { try await $0.claims() },
        Property(name: "a lease that ended is claimed again") { try await $0.leases() },
        Property(name: "waiting and ambiguous are claimed, what ended is not") { try await $0.claimsByStatus() },
        Property(name: "the end of an attempt is kept, and ends the lease") { try await $0.instructionChanges() },
        Property(name: "all leases can be ended at once") { try await $0.releasedClaims() },
        Property(name: "a claim takes from its own lane alone") { try await $0.claimsByLane() },
        Property(name: "a claim can leave what fell due lately") { try await $0.claimsOfOld() },
        Property(name: "what waits is counted and listed by lane") { try await $0.lanes() },
        Property(name: "an attempt whose lease was taken learns of it") { try await $0.takenLease() },
        Property(name: "timers fall due oldest first") { try await $0.dueTimers() },
        Property(name: "a timer set anew outlives the end of the old one") { try await $0.timersSetAnew() },
    ]

    private func claimed(_ store: any Store, at moment: Milliseconds, limit: Int = 9) async throws -> [String] {
        try await store.transaction { transaction in
            try transaction.claimInstructions(
                InstructionClaim(
                    Sample.lane, now: Sample.now + moment, leaseUntil: Sample.now + moment + 100, limit: limit)
            ).map(\.instruction.key)
        }
    }

    private func statuses(_ store: any Store) async throws -> [InstructionStatus] {
        try await store.read { try $0.instructions(of: "A").map(\.status) }
    }

    func instructionsOfOrder() async throws {
        try await withStore { store in
            var batch = Sample.batch(Sample.step("A"), Sample.step("A/1"), Sample.step("A0"))
            batch.instructions = [
                Sample.instruction("A", 9), Sample.instruction("A/1", 2), Sample.instruction("A", 1, issued: 5),
                Sample.instruction("A0", 3),
            ]
            batch.instructions[2].lastError = "超时"
            batch.instructions[2].attempts = 4
            batch.instructions[2].dueAt = Sample.now + 77
            try await store.write(batch)
            let rows = try await store.read { try $0.instructions(of: "A") }
            try expect(rows, [batch.instructions[0], batch.instructions[2]], "of A")
            try expect(try await store.read { try $0.instructions(of: "A/1") }, [batch.instructions[1]], "of A/1")
            try expect(try await store.read { try $0.instructions(of: "A/") }, [], "of no order")
            try expect(try await store.read { try $0.instructionCounts() }, [.waiting: 4], "counts")
        }
    }

    func claims() async throws {
        try await withStore { store in
            var batch = Sample.batch(Sample.step("A"))
            batch.instructions = [30, 10, 20, 10, 99].enumerated().map {
                Sample.instruction("A", $0.offset, issued: $0.element)
            }
            try await store.write(batch)
            let keys = batch.instructions.map(\.instruction.key)
            try expect(try await claimed(store, at: 9), [], "too early")
            try expect(try await claimed(store, at: 30, limit: 3), [keys[1], keys[3], keys[2]], "first claim")
            try expect(try await claimed(store, at: 30), [keys[0]], "second claim")
            try expect(try await claimed(store, at: 30), [], "third claim")
        }
    }

    func leases() async throws {
        try await withStore { store in
            try await store.write(Sample.everything(order: "A", message: "1"))
            let key = Sample.instruction("A", 1).instruction.key
            try expect(try await claimed(store, at: 0), [key], "first claim")
            try expect(try await claimed(store, at: 99), [], "under lease")
            try expect(try await statuses(store), [.waiting], "claimed once")
            try expect(try await claimed(store, at: 100), [key], "when the lease ended")
            try expect(try await statuses(store), [.ambiguous], "nobody knows what became of the first claim")
            try expect(try await claimed(store, at: 199), [], "under the second lease")
        }
    }

    func claimsByStatus() async throws {
        try await withStore { store in
            var batch = Sample.batch(Sample.step("A"))
            for (index, status) in InstructionStatus.allCases.enumerated() {
                var row = Sample.instruction("A", index)
                row.status = status
                batch.instructions.append(row)
            }
            try await store.write(batch)
            let open = batch.instructions.filter { $0.status == .waiting || $0.status == .ambiguous }
            let rows = try await store.transaction { transaction in
                try transaction.claimInstructions(Sample.claim(length: 1))
            }
            try expect(rows.map(Sample.unclaimed), open, "claimed")
            let counts = try await store.read { try $0.instructionCounts() }
            try expect(counts, [.waiting: 1, .ambiguous: 1, .done: 1, .refused: 1, .parked: 1], "counts")
        }
    }

    func instructionChanges() async throws {
        try await withStore { store in
            try await store.write(Sample.everything(order: "A", message: "1"))
            var row = Sample.instruction("A", 1)
            let key = row.instruction.key
            try expect(try await claimed(store, at: 0), [key], "claimed")
            let ambiguous = Sample.change(row, .ambiguous, attempts: 1, due: 10, error: "no answer")
            try await store.transaction { try $0.update([ambiguous]) }
            (row.status, row.attempts, row.dueAt, row.lastError) = (.ambiguous, 1, Sample.now + 10, "no answer")
            try expect(try await store.read { try $0.instructions(of: "A") }, [row], "after the attempt")
            try expect(try await claimed(store, at: 9), [], "before it is due again")
            try expect(try await claimed(store, at: 10), [key], "ambiguous and due, the lease has ended")
            var batch = WriteBatch()
            batch.instructionChanges = [Sample.change(row, .done, attempts: 2, due: 10)]
            try await store.write(batch)
            try expect(try await claimed(store, at: 9_999), [], "when done")
            try expect(try await store.read { try $0.instructionCounts() }, [.done: 1], "counts")
            let unknown = Sample.change(Sample.instruction("B", 1), .done)
            batch.instructionChanges = [Sample.change(row, .parked), unknown]
            try await expectRefused(store, batch, "a change of no instruction")
            try await store.transaction { try $0.update([]) }
        }
    }

    func releasedClaims() async throws {
        try await withStore { store in
            try await store.write(Sample.everything(order: "A", message: "1"))
            let key = Sample.instruction("A", 1).instruction.key
            try expect(try await claimed(store, at: 0), [key], "claimed")
            try await store.transaction { try $0.releaseClaims() }
            try expect(try await statuses(store), [.ambiguous], "nobody knows what became of the claim")
            try expect(try await claimed(store, at: 1), [key], "claimed again")
        }
    }

    func takenLease() async throws {
        try await withStore { store in
            try await store.write(Sample.everything(order: "A", message: "1"))
            func claim(_ moment: Milliseconds) async throws -> InstructionChange? {
                let rows = try await store.transaction { transaction in
                    let now = Sample.now + moment
                    return try transaction.claimInstructions(
                        InstructionClaim(Sample.lane, now: now, leaseUntil: now + 100, limit: 1))
                }
                guard let row = rows.first else { return nil }
                var change = Sample.change(row, .done)
                change.leaseUntil = row.leaseUntil
                return change
            }
            func lost(_ change: InstructionChange?) async throws -> Set<String> {
                try await store.transaction { try $0.lostLeases([change].compactMap(\.self)) }
            }
            let first = try await claim(0)
            try expect(first?.leaseUntil == nil, false, "no lease")
            try expect(try await lost(first), [], "under the first lease")
            let second = try await claim(100)
            try expect(try await lost(first), [Sample.instruction("A", 1).instruction.key], "after the second claim")
            try expect(try await lost(second), [], "under the second lease")
            try await store.transaction { try $0.releaseClaims() }
            try expect(try await lost(second), [Sample.instruction("A", 1).instruction.key], "after the release")
            var unbound = second
            unbound?.leaseUntil = nil
            try expect(try await lost(unbound), [], "a change under no lease")
        }
    }

    func dueTimers() async throws {
        try await withStore { store in
            var batch = WriteBatch()
            batch.timers = [
                Sample.timer("B", "x", due: 5), Sample.timer("A", "y", due: 5), Sample.timer("A", "x", due: 5),
                Sample.timer("C", "x", due: 1), Sample.timer("D", "x", due: 6),
            ]
            try await store.write(batch)
            func due(_ moment: Milliseconds, _ limit: Int) async throws -> [String] {
                try await store.transaction { transaction in
                    try transaction.dueTimers(now: Sample.now + moment, limit: limit).map { "\($0.order)\($0.id)" }
                }
            }
            try expect(try await due(0, 9), [], "before")
            try expect(try await due(5, 9), ["Cx", "Ax", "Ay", "Bx"], "due")
            try expect(try await due(5, 2), ["Cx", "Ax"], "two of them")
            batch.timers = []
            batch.finishedTimers = [Sample.timer("A", "x", due: 5), Sample.timer("C", "x", due: 1)]
            try await store.write(batch)
            try expect(try await due(6, 9), ["Ay", "Bx", "Dx"], "after two ended")
            batch.finishedTimers = []
            batch.timers = [Sample.timer("A", "", due: 1)]
            try await expectRefused(store, batch, "a timer without an id")
        }
    }

    func timersSetAnew() async throws {
        try await withStore { store in
            var batch = WriteBatch()
            batch.timers = [Sample.timer("A", "x", due: 5)]
            try await store.write(batch)
            batch.timers = [Sample.timer("A", "x", due: 8)]
            try await store.write(batch)
            batch.timers = []
            batch.finishedTimers = [Sample.timer("A", "x", due: 5)]
            try await store.write(batch)
            let timers = try await store.transaction { try $0.dueTimers(now: Sample.now + 8, limit: 9) }
            try expect(timers, [Sample.timer("A", "x", due: 8)], "timers")
            batch.finishedTimers = timers
            batch.timers = [Sample.timer("A", "x", due: 9)]
            try await store.write(batch)
            let next = try await store.transaction { try $0.dueTimers(now: Sample.now + 9, limit: 9) }
            try expect(next, batch.timers, "ended and set anew in one step")
        }
    }
}
