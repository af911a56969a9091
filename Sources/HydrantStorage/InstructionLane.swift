package import HydrantCore

/// All instructions of one kind to one system: what waits behind one gate.
package struct InstructionLane: Hashable, Comparable, Sendable {
    package var system: String
    package var kind: InstructionKind

    package init(system: String, kind: InstructionKind) {
        self.system = system
        self.kind = kind
    }

    package init(_ instruction: Instruction) { self.init(system: instruction.system, kind: instruction.kind) }

    package static func < (left: InstructionLane, right: InstructionLane) -> Bool {
        (left.system, left.kind.rawValue) < (right.system, right.kind.rawValue)
    }
}

/// Which instructions are taken from a lane, and for how long.
package struct InstructionClaim: Hashable, Sendable {
    package var lane: InstructionLane
    /// Leases that ended by then count as ended.
    package var now: Instant
    /// Only what fell due by then is taken; `now`, or earlier.
    package var dueBy: Instant
    package var leaseUntil: Instant
    package var limit: Int

    package init(_ lane: InstructionLane, now: Instant, dueBy: Instant? = nil, leaseUntil: Instant, limit: Int) {
        self.lane = lane
        self.now = now
        self.dueBy = dueBy ?? now
        self.leaseUntil = leaseUntil
        self.limit = limit
    }
}

/// What waits in a lane.
package struct LaneCount: Hashable, Sendable {
    package var lane: InstructionLane
    package var count: Int64
    /// When the oldest of them was issued.
    package var oldestIssuedAt: Instant

    package init(lane: InstructionLane, count: Int64, oldestIssuedAt: Instant) {
        self.lane = lane
        self.count = count
        self.oldestIssuedAt = oldestIssuedAt
    }
}
