package import HydrantConnectorKit
package import HydrantCore
package import HydrantStorage

/// One outside system as the hub deals with it at a moment.
package struct ChannelView: Sendable {
    package var system: String
    /// False where instructions wait for a system that nobody has connected.
    package var isConnected: Bool
    package var quota: ChannelQuota?
    /// Calls of this day, where the quota limits them.
    package var usedToday: Int64?
    /// Until when the system asked to be left alone, or until the day's quota is renewed.
    package var closedUntil: Instant?
    /// By kind; empty where nothing was asked yet.
    package var lanes: [LaneView]
    /// How many calls may be repetitions now.
    package var retries: RetriesLeft
    /// How many waybill numbers are left; nil where none are sold in advance, or nobody has answered yet.
    package var numbers: NumbersLeft?
}

/// One operation of one system at a moment.
package struct LaneView: Sendable {
    package var lane: InstructionLane
    package var gate: CallGateState
    /// Since when calls do not all go through; nil while they do.
    package var downSince: Instant?
    /// When the next call is tried.
    package var nextTryAt: Instant?
    package var failuresInRow: Int
    package var lastError: CallError?
    /// Of the last five minutes.
    package var calls: Int
    package var failures: Int
    package var totalCalls: Int
    package var totalFailures: Int
    /// Of the calls of the last five minutes, on the machine's clock; nil without calls.
    package var median: Milliseconds?
    package var slowest: Milliseconds?
    package var underWay: Int
    /// So many calls may be under way at most; the others wait and take nothing from other lanes.
    package var underWayLimit: Int
    /// How long the next call may take.
    package var timeLimit: Milliseconds
    /// Whether that follows from how long calls took lately, and not from the system's settings.
    package var isTimeLimitMeasured: Bool
    /// Instructions that wait or have an unknown end, those under way included.
    package var waiting: Int64 = 0
    package var oldestIssuedAt: Instant?
}

extension LaneView {
    init(_ key: InstructionLane, _ lane: Lane, _ options: HubOptions, _ now: Instant) {
        let counts = lane.recent.counts(now)
        let own = options.timeLimits[key.system] ?? options.callLimit
        let measured = lane.timeLimit(now) ?? own
        self.init(
            lane: key, gate: lane.breaker.state(now), downSince: lane.breaker.downSince,
            nextTryAt: lane.breaker.opensAgainAt.flatMap { $0 > now ? $0 : nil },
            failuresInRow: lane.breaker.failuresInRow,
            lastError: lane.breaker.lastError, calls: counts.calls, failures: counts.failures,
            totalCalls: lane.totals.calls, totalFailures: lane.totals.failures,
            median: lane.latency.quantile(permille: 500, now), slowest: lane.latency.quantile(permille: 990, now),
            underWay: lane.underWay, underWayLimit: options.callsPerLane, timeLimit: min(own, measured),
            isTimeLimitMeasured: measured < own)
    }
}

extension Dispatcher {
    /// Every connected system, and every other one that something waits for.
    func channelViews(_ waiting: [LaneCount]) -> [ChannelView] {
        let now = clock.now()
        var lanes = gates.lanes.map { LaneView($0, $1, options, now) }
        for count in waiting {
            let index = lanes.firstIndex { $0.lane == count.lane } ?? lanes.endIndex
            if index == lanes.endIndex { lanes.append(LaneView(count.lane, Lane(), options, now)) }
            lanes[index].waiting = count.count
            lanes[index].oldestIssuedAt = count.oldestIssuedAt
        }
        let systems = Set(connectors.keys).union(
            lanes.filter { $0.waiting > 0 || $0.totalCalls > 0 }.map(\.lane.system))
        // What the hub does itself is no channel.
        return systems.subtracting([Order.ownSystem]).sorted().map { system in
            let channel = gates.channels[system]
            return ChannelView(
                system: system, isConnected: connectors[system] != nil, quota: options.quotas[system],
                usedToday: channel?.dayCount?.used(now), closedUntil: channel?.closedUntil(now),
                lanes: lanes.filter { $0.lane.system == system }.sorted { $0.lane < $1.lane },
                retries: (channel ?? Channel(quota: nil, now: now)).retriesLeft(now))
        }
    }

    /// What keeps instructions from going out.
    func obstacles() -> Obstacles {
        let now = clock.now()
        return Obstacles(
            down: gates.lanes.filter { $0.value.breaker.downSince != nil }.reduce(into: [:]) { found, entry in
                found[entry.key] = LaneView(entry.key, entry.value, options, now)
            }, closed: gates.channels.compactMapValues { $0.closedUntil(now) }, connected: Set(connectors.keys),
            patience: options.channelPatience)
    }
}

/// What keeps instructions from going out.
struct Obstacles: Sendable {
    /// Lanes whose calls do not all go through.
    var down: [InstructionLane: LaneView] = [:]
    /// Until when systems are left alone: they asked for it, or the day's quota is used up.
    var closed: [String: Instant] = [:]
    var connected: Set<String>
    /// After so long it is not only late any more.
    var patience: Milliseconds
}
