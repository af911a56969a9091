import HydrantConnectorKit
import HydrantCore
import HydrantStorage

/// All that the dispatcher knows about what may be claimed and begun now. Every lane has its own room, so that a system
/// that hangs with thousands waiting takes nothing from the others. A value: time and jitter come from outside.
struct Gates: Sendable {
    struct Limits: Sendable {
        var callsPerLane: Int
        var claimCount: Int
        var leaseLength: Milliseconds
        /// What waited so long at a gate that is closed goes to another channel.
        var patience: Milliseconds
    }

    let limits: Limits
    private let quotas: [String: ChannelQuota]
    private(set) var lanes: [InstructionLane: Lane] = [:]
    private(set) var channels: [String: Channel] = [:]

    init(limits: Limits, quotas: [String: ChannelQuota]) {
        self.limits = limits
        self.quotas = quotas
    }

    /// Lanes in the order in which they are served.
    var order: [InstructionLane] {
        lanes.keys.sorted { ($0.kind.urgency, $0) < ($1.kind.urgency, $1) }
    }

    /// Something may be due in a lane.
    mutating func note(_ lane: InstructionLane, _ now: Instant) {
        lanes[lane, default: Lane()].mayHaveDue = true
        if channels[lane.system] == nil { channels[lane.system] = Channel(quota: quotas[lane.system], now: now) }
    }

    mutating func noteAll() {
        for lane in lanes.keys { lanes[lane]?.mayHaveDue = true }
    }

    /// What to claim now: for each lane whose gate lets something through, as much as there is room for.
    func claims(_ now: Instant) -> [InstructionClaim] {
        lanes.keys.sorted().compactMap { key in
            guard let lane = lanes[key], lane.mayHaveDue else { return nil }
            let room = room(of: key, lane, now)
            guard room > 0 else { return nil }
            return InstructionClaim(key, now: now, leaseUntil: now + limits.leaseLength, limit: room)
        }
    }

    private func room(of key: InstructionLane, _ lane: Lane, _ now: Instant) -> Int {
        guard channels[key.system]?.closedUntil(now) == nil else { return 0 }
        var most = limits.claimCount
        // What cannot be begun within a part of the lease waits better in the database.
        if let rate = channels[key.system]?.quota?.perSecond {
            most = min(most, Int(max(1, min(rate * limits.leaseLength / 4_000, Int64(limits.claimCount)))))
        }
        // Small claims cost as much as large ones: they wait until half of the room is free.
        let free = most - lane.queue.count
        let breakerRoom = lane.breaker.room(now)
        guard breakerRoom == .max else { return min(free, breakerRoom - lane.queue.count) }
        return free * 2 >= most ? free : 0
    }

    /// What has waited at closed gates for longer than the patience, of kinds that another channel can do instead.
    func claimsOfLongWaiting(_ now: Instant) -> [InstructionClaim] {
        lanes.keys.sorted().compactMap { key in
            let isDown = lanes[key]?.breaker.downSince != nil || isClosedForLong(key.system, now)
            guard key.kind == .createWaybill, isDown else { return nil }
            return InstructionClaim(
                key, now: now, dueBy: now - limits.patience, leaseUntil: now + limits.leaseLength,
                limit: limits.claimCount * 4)
        }
    }

    /// The rows that a claim brought.
    mutating func enqueue(_ row: InstructionRow) {
        lanes[InstructionLane(row.instruction), default: Lane()].queue.append(row)
    }

    /// Nothing due is left in the database.
    mutating func isDrained(_ lane: InstructionLane) { lanes[lane]?.mayHaveDue = false }

    /// The next attempt of a lane that may begin now; nil when none may.
    mutating func begin(_ key: InstructionLane, _ now: Instant) -> Lane.Pass? {
        guard let row = lanes[key]?.ready(now, callsPerLane: limits.callsPerLane) else { return nil }
        let calls = Self.calls(of: row.status)
        guard channels[key.system].map({ $0.roomAt(calls, now) <= now }) ?? true else { return nil }
        channels[key.system]?.begin(calls: calls, isFirst: row.attempts == 0 && row.status == .waiting, now)
        return lanes[key]?.begin(calls: calls, now)
    }

    /// After an ambiguous end the system is asked before it is told again.
    static func calls(of status: InstructionStatus) -> Int { status == .ambiguous ? 2 : 1 }

    /// When something that waits here may begin; nil when nothing waits for time alone.
    func nextAt(_ now: Instant) -> Instant? {
        lanes.compactMap { key, lane -> Instant? in
            if let reopens = lane.breaker.opensAgainAt { return lane.mayHaveDue && reopens > now ? reopens : nil }
            guard let row = lane.queue.first, lane.underWay < limits.callsPerLane else { return nil }
            let channel = channels[key.system]?.roomAt(Self.calls(of: row.status), now) ?? now
            let at = max(channel, lane.roomAt(now))
            return at > now ? at : nil
        }.min()
    }

    /// An attempt has ended.
    ///
    /// - Parameters:
    ///   - length: how long it took on the machine's clock; nil when nothing was sent.
    ///   - calls: how many calls it made.
    mutating func end(
        _ pass: Lane.Pass, _ end: CallEnd, _ now: Instant, jitter: Milliseconds
    ) {
        let key = InstructionLane(pass.row.instruction)
        lanes[key]?.underWay -= 1
        lanes[key]?.end(pass.ticket, end.outcome, now, jitter: jitter)
        if let length = end.length { lanes[key]?.latency.add(length, at: now) }
        if let wait = end.pause { channels[key.system]?.pause(until: now + wait, now) }
        if end.calls > pass.calls { channels[key.system]?.take(end.calls - pass.calls, now) }
    }

    /// Whether a system is to be left alone, or its day's quota is used up, for more than a moment.
    private func isClosedForLong(_ system: String, _ now: Instant) -> Bool {
        channels[system]?.closedUntil(now).map { $0 - now > .seconds(30) } ?? false
    }

    /// Rows that were claimed and cannot begin soon, because their gate closed behind them; they leave.
    mutating func takeStranded(_ now: Instant) -> [InstructionRow] {
        var stranded: [InstructionRow] = []
        for (key, lane) in lanes where !lane.queue.isEmpty {
            let isPaused = isClosedForLong(key.system, now)
            guard lane.breaker.room(now) == 0 && lane.breaker.state == .open || isPaused else { continue }
            stranded += lane.queue
            lanes[key]?.queue = []
            lanes[key]?.mayHaveDue = true
        }
        return stranded
    }

    mutating func bookRetry(_ row: InstructionRow, _ next: InstructionStatus, _ now: Instant) -> Instant {
        channels[row.instruction.system]?.bookRetry(Self.calls(of: next), now) ?? now
    }

    /// Lets a person's question through that is no instruction, and counts it against the quota.
    ///
    /// - Returns: what is in its way; nil where it may be asked now.
    mutating func admitQuestion(to system: String, _ now: Instant) -> StockObstacle? {
        let down = lanes.filter { $0.key.system == system && $0.value.breaker.state(now) == .open }
        guard down.isEmpty else { return .down(nextTryAt: down.values.compactMap(\.breaker.opensAgainAt).min()) }
        var channel = channels[system] ?? Channel(quota: quotas[system], now: now)
        let room = channel.roomAt(1, now)
        guard room <= now else { return .full(until: room) }
        channel.take(1, now)
        channels[system] = channel
        return nil
    }

    /// Counts calls that a question made beyond the one that was let through.
    mutating func take(_ calls: Int, of system: String, _ now: Instant) { channels[system]?.take(calls, now) }

    /// The system asked, in answer to a question, to be left alone.
    mutating func pause(_ system: String, for wait: Milliseconds, _ now: Instant) {
        channels[system]?.pause(until: now + wait, now)
    }

    mutating func resume(dayCount text: String, of system: String, _ now: Instant) {
        if channels[system] == nil { channels[system] = Channel(quota: quotas[system], now: now) }
        channels[system]?.resume(dayCount: text)
    }
}

/// How the calls of an attempt ended, as far as the way to the system is concerned.
struct CallEnd: Sendable {
    var outcome: Breaker.Outcome
    /// How long it took, on the machine's clock; nil when nothing was sent.
    var length: Milliseconds?
    /// How many calls it made.
    var calls = 1
    /// How long the system asked to be left alone.
    var pause: Milliseconds?

    static let notCalled = CallEnd(outcome: .withdrawn, length: nil, calls: 0)
}
