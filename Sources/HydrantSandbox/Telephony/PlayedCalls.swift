import HydrantCore

/// One call of a played telephone system: what happens in it, as a function of the time.
struct PlayedCall: Sendable {
    enum Outcome: Sendable {
        case answered
        case noAnswer
        case busy
        /// The agent does not pick up.
        case agentAbsent
        /// Answered, and nobody puts the receiver down.
        case hanging
    }

    enum Phase: Int, Sendable {
        case agentRinging
        case ringing
        case talking
        case over
    }

    /// The telephone system's number of it.
    var id: String
    var agent: String
    var customer: String
    /// Keyed in once the customer's line is open.
    var digits: String
    var begin: Instant
    var outcome: Outcome
    var talk: Milliseconds
    var isRecorded: Bool
    /// Where it is told how the call goes on; empty for nowhere.
    var callback = ""
    var hungUpAt: Instant?
    /// How many of its steps were told.
    var told = 0

    private static let agentRings: Milliseconds = .seconds(3)
    private static let customerRings: Milliseconds = .seconds(5)
    private static let patience: Milliseconds = .seconds(30)

    /// When each phase begins.
    var phases: [(phase: Phase, at: Instant)] {
        let answered = begin + Self.agentRings
        var all: [(phase: Phase, at: Instant)] = [(.agentRinging, begin)]
        switch outcome {
        case .agentAbsent: all.append((.over, begin + Self.patience))
        case .busy: all += [(.ringing, answered), (.over, answered + .seconds(1))]
        case .noAnswer: all += [(.ringing, answered), (.over, answered + Self.patience)]
        case .answered, .hanging:
            all += [(.ringing, answered), (.talking, answered + Self.customerRings)]
            if outcome == .answered { all.append((.over, answered + Self.customerRings + talk)) }
        }
        guard let hungUpAt else { return all }
        return all.filter { $0.at < hungUpAt } + [(.over, min(hungUpAt, endedByItself ?? hungUpAt))]
    }

    private var endedByItself: Instant? {
        var copy = self
        copy.hungUpAt = nil
        return copy.phases.last { $0.phase == .over }?.at
    }

    func phase(at now: Instant) -> Phase { phases.last { $0.at <= now }?.phase ?? .agentRinging }

    var overAt: Instant? { phases.last { $0.phase == .over }?.at }

    /// Whether the customer picked up.
    var wasAnswered: Bool { phases.contains { $0.phase == .talking } }

    /// How long they spoke; nil before the end.
    func seconds(at now: Instant) -> Int64? {
        guard let from = phases.first(where: { $0.phase == .talking })?.at, let to = overAt, to <= now else {
            return nil
        }
        return (to - from) / 1_000
    }
}

extension PartnerSandbox {
    /// What happens in the next call, drawn from the seed.
    func outcome(ofCall id: String) -> PlayedCall.Outcome {
        let rates: [(Int, PlayedCall.Outcome)] = [
            (faults.noAnswer, .noAnswer), (faults.busy, .busy), (faults.agentAbsent, .agentAbsent),
            (faults.hangingCall, .hanging),
        ]
        let drawn = Int(lottery.number("call", id) % 1_000)
        var edge = 0
        for (rate, outcome) in rates {
            edge += rate
            if drawn < edge { return outcome }
        }
        return .answered
    }

    /// Every call that a played telephone system made: whom it rang, and what was keyed in.
    package func calls(by partner: Partner) -> [(agent: String, customer: String, digits: String, isOver: Bool)] {
        (calls[partner] ?? []).map { ($0.agent, $0.customer, $0.digits, $0.phase(at: clock.now()) == .over) }
    }

    func change(_ id: String, of partner: Partner, _ change: (inout PlayedCall) -> Void) {
        guard let index = calls[partner]?.firstIndex(where: { $0.id == id }) else { return }
        calls[partner]?[index].withChange(change)
    }

    func playedCall(_ id: String, of partner: Partner) -> PlayedCall? { calls[partner]?.first { $0.id == id } }
}

extension PlayedCall {
    fileprivate mutating func withChange(_ change: (inout PlayedCall) -> Void) { change(&self) }
}
