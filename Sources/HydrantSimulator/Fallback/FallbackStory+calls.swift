import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage

// The calls of a fallback story, as the dispatcher makes them, on a wire where requests and replies get lost.

extension FallbackStory {
    func request(_ key: String) -> InstructionRequest? {
        order.issued.last { $0.instruction.key == key }.map {
            InstructionRequest(instruction: $0.instruction, order: order, receiver: nil, now: now)
        }
    }

    mutating func attempt(_ key: String) {
        guard let row = rows[key], row.status == .waiting || row.status == .ambiguous, row.dueAt <= now,
            !underWay.contains(key), let request = request(key)
        else { return }
        underWay.insert(key)
        let asksFirst = rules.asksFirst(row)
        if !asksFirst, let end = rules.withdrawal(of: request.instruction, in: order) { return put(key, end) }
        if asksFirst || !mayBegin(row, request) { ask(key, request) } else { perform(key, request) }
    }

    private func mayBegin(_ row: InstructionRow, _ request: InstructionRequest) -> Bool {
        if row.instruction.kind == .findWaybill { return true }
        return row.deadline > now && rules.withdrawal(of: request.instruction, in: order) == nil
    }

    /// Something is asked of a channel, and may go wrong on the way.
    private mutating func perform(_ key: String, _ request: InstructionRequest) {
        let faults = world.traits[request.instruction.system]?.faults ?? 0
        var result = InstructionResult.ambiguous(detail: "no answer")
        var length = random.within(.seconds(8) ... .seconds(9))
        switch random.happens(permille: faults) ? random.below(5) : -1 {
        case 0: result = .retryable(detail: "busy", after: nil)
        case 1: break
        case 2: _ = world.perform(request, at: now)
        case 3: heap.push(.arrives(key: key), at: now + random.within(.seconds(9) ... .minutes(20)))
        case 4:
            _ = world.perform(request, at: now)
            length = random.within(.seconds(9) ... .seconds(60))
        default:
            result = world.perform(request, at: now)
            length = random.within(50 ... .seconds(3))
        }
        heap.push(.ended(key: key, process: process, result), at: now + length)
    }

    private mutating func ask(_ key: String, _ request: InstructionRequest) {
        let faults = world.traits[request.instruction.system]?.faults ?? 0
        let isLost = random.happens(permille: faults)
        let result = isLost ? InstructionResult.ambiguous(detail: "no answer") : world.find(request, at: now)
        let length = isLost ? Milliseconds.seconds(8) : random.within(50 ... .seconds(3))
        heap.push(.found(key: key, process: process, result), at: now + length)
    }

    mutating func goOn(_ key: String, after answer: InstructionResult) {
        guard case .notFound = answer, let row = rows[key], let request = request(key) else { return put(key, answer) }
        if mayBegin(row, request) { return perform(key, request) }
        let late = InstructionResult.refused(detail: "the deadline has passed", class: .channel)
        put(key, rules.withdrawal(of: request.instruction, in: order) ?? late)
    }

    /// Writes the end of an attempt.
    mutating func put(_ key: String, _ result: InstructionResult) {
        guard let row = rows[key], let instruction = request(key)?.instruction else { return }
        underWay.remove(key)
        switch rules.settled(result, instruction, in: order) {
        case .done(let facts, let detail): finish(row, .done, nil, facts, detail)
        case .refused(let detail, let refusal):
            let outcome = rules.outcome(ofRefusal: refusal, row)
            finish(row, outcome, outcome == .refused ? refusal : nil, [], detail)
        case .retryable, .underWay, .notFound: postpone(row, .waiting)
        case .ambiguous: postpone(row, .ambiguous)
        }
    }

    private mutating func postpone(_ row: InstructionRow, _ end: InstructionStatus) {
        var row = row
        row.attempts += 1
        // Only a call that was made again ends busy here; what is asked is answered or lost.
        row.status = rules.status(after: end, of: row, settlesDoubt: true)
        let wait: Milliseconds =
            switch row.attempts {
            case ...3: random.within(1...3_000)
            case 4: random.within(.seconds(30) ... .seconds(60))
            case 5: random.within(.minutes(4) ... .minutes(6))
            default: random.within(.minutes(14) ... .minutes(16))
            }
        let dueAt = row.instruction.kind == .findWaybill ? now : now + wait
        switch rules.verdict(on: row, row.status, dueAt: dueAt, now: now) {
        case .postponed(let next):
            row.dueAt = next
            if next >= row.deadline { row.status = .parked }
            rows[row.instruction.key] = row
            if row.status != .parked { heap.push(.due(key: row.instruction.key), at: next) }
        case .answered(let outcome, let refusal): finish(row, outcome, refusal, [], "the time is over")
        }
    }

    private mutating func finish(
        _ row: InstructionRow, _ outcome: InstructionAnswer.Outcome, _ refusal: RefusalClass?, _ facts: [ReportedFact],
        _ detail: String
    ) {
        let instruction = row.instruction
        rows[instruction.key]?.status = outcome.status
        let answer = ReportedFact(
            messageID: "answer:\(instruction.key)", order: Self.number, occurredAt: now,
            body: .instructionAnswered(
                InstructionAnswer(
                    key: instruction.key, kind: instruction.kind, outcome: outcome, detail: detail, refusal: refusal)))
        for fact in facts + [answer] {
            take(
                Fact(
                    source: instruction.system, messageID: fact.messageID, order: Self.number,
                    occurredAt: fact.occurredAt, receivedAt: now, body: fact.body))
        }
    }

    // MARK: - What people do

    /// The courier comes. The parcel carries the number that counts for the hub; a label that the courier does not know
    /// any more is printed again.
    mutating func collect(_ parcel: String) {
        guard world.labels[parcel] == nil, now < Self.begin + .hours(20) else { return }
        let live = order.parcel(parcel).flatMap { order.liveWaybill(of: $0) }
        guard let live, let index = world.waybills.firstIndex(where: { $0.number == live.number }),
            !world.waybills[index].isVoided
        else {
            heap.push(.collected(parcel: parcel), at: now + .minutes(30))
            return
        }
        world.waybills[index].isPickedUp = true
        world.labels[parcel] = live.number
        let channel = world.waybills[index].channel
        scan(parcel, live.number, .pickedUp, channel, at: now)
        if random.happens(permille: 700) {
            scan(parcel, live.number, .signed, channel, at: now + random.within(.hours(3) ... .hours(30)))
        }
    }

    private mutating func scan(
        _ parcel: String, _ number: String, _ status: TrackingStatus, _ channel: String, at moment: Instant
    ) {
        let trace = Trace(
            parcel: parcel, number: number, scans: [Scan(at: moment, status: status)], isComplete: status == .signed)
        let fact = Fact(
            source: channel, messageID: "\(status.rawValue)-\(number)", order: Self.number, occurredAt: moment,
            receivedAt: moment, body: .traceReported(trace))
        tell(fact, at: moment)
    }

    /// The keeper types a number: one that a channel made, one that he got at the counter, sometimes twice.
    mutating func type(_ parcel: String) {
        let known = world.live(parcel).map(\.number)
        let number = known.isEmpty || random.happens(permille: 500) ? world.make("counter", parcel) : random.pick(known)
        let tracking = Tracking(parcel: parcel, courier: "courier", channel: "keeper", number: number)
        let fact = Fact(
            source: "keeper", messageID: "typed-\(number)", order: Self.number, occurredAt: now, receivedAt: now,
            body: .trackingReported(tracking))
        heap.push(.told(fact), at: now)
    }
}
