import HydrantCore
import HydrantStorage

extension StoreContract {
    /// Two lanes of one system and one of another, three instructions each, issued in turn.
    private func threeLanes() -> (batch: WriteBatch, lanes: [InstructionLane]) {
        let lanes = [
            InstructionLane(system: "crm", kind: .checkCredit), InstructionLane(system: "wms", kind: .cancelDelivery),
            InstructionLane(system: "wms", kind: .createDelivery),
        ]
        var batch = Sample.batch(Sample.step("A"))
        for number in 0..<9 {
            var row = Sample.instruction("A", number, kind: lanes[number % 3].kind, issued: Milliseconds(number))
            row.instruction.system = lanes[number % 3].system
            batch.instructions.append(row)
        }
        return (batch, lanes)
    }

    func claimsByLane() async throws {
        try await withStore { store in
            let (batch, lanes) = threeLanes()
            try await store.write(batch)
            for (index, lane) in lanes.enumerated() {
                let claim = InstructionClaim(lane, now: Sample.now + 9, leaseUntil: Sample.now + 99, limit: 2)
                let first = try await store.transaction { try $0.claimInstructions(claim) }
                try expect(
                    first.map(Sample.unclaimed), [batch.instructions[index], batch.instructions[index + 3]],
                    "first of \(lane)")
                let rest = try await store.transaction { try $0.claimInstructions(claim) }
                try expect(rest.map(Sample.unclaimed), [batch.instructions[index + 6]], "rest of \(lane)")
            }
            let unknown = InstructionLane(system: "nobody", kind: .checkCredit)
            let none = try await store.transaction { try $0.claimInstructions(Sample.claim(unknown, length: 9)) }
            try expect(none, [], "of a lane that has nothing")
        }
    }

    func claimsOfOld() async throws {
        try await withStore { store in
            var batch = Sample.batch(Sample.step("A"))
            batch.instructions = [Sample.instruction("A", 1, issued: 10), Sample.instruction("A", 2, issued: 20)]
            try await store.write(batch)
            let now = Sample.now + 30
            let old = InstructionClaim(Sample.lane, now: now, dueBy: now - 15, leaseUntil: now + 9, limit: 9)
            let taken = try await store.transaction { try $0.claimInstructions(old) }
            try expect(taken.map(Sample.unclaimed), [batch.instructions[0]], "what fell due long ago")
            let again = try await store.transaction { try $0.claimInstructions(old) }
            try expect(again, [], "under lease")
        }
    }

    func lanes() async throws {
        try await withStore { store in
            let (batch, lanes) = threeLanes()
            try await store.write(batch)
            try expect(
                try await store.read { try $0.laneCounts() },
                lanes.enumerated().map {
                    LaneCount(lane: $1, count: 3, oldestIssuedAt: Sample.now + Milliseconds($0))
                }, "counts")
            let ended = Sample.change(batch.instructions[0], .done)
            let moved = Sample.change(batch.instructions[3], .ambiguous, due: 50, error: "no answer")
            try await store.transaction { try $0.update([ended, moved]) }
            try expect(
                try await store.read { try $0.laneCounts() }.first,
                LaneCount(lane: lanes[0], count: 2, oldestIssuedAt: Sample.now + 3), "after an end")
            var last = batch.instructions[3]
            (last.status, last.attempts, last.dueAt, last.lastError) = (.ambiguous, 1, Sample.now + 50, "no answer")
            let open = try await store.read { try $0.openInstructions(lanes[0], limit: 9) }
            try expect(open, [batch.instructions[6], last], "listed, the earliest due first")
            let one = try await store.read { try $0.openInstructions(lanes[0], limit: 1) }
            try expect(one, [batch.instructions[6]], "listed, one of them")
        }
    }
}
