import HydrantConnectorKit
import HydrantCore
import HydrantStorage
import Logging

/// The one door out. Claims instructions that are due, carries them out through their connectors, and brings every end
/// back as a fact. At least once, with keys from facts; an ambiguous end is asked about before anything else.
actor Dispatcher {
    private let store: any Store
    private let committer: Committer
    private let connectors: [String: any Connector]
    private let intake: Intake
    private let clock: any HubClock
    private let random: RandomSource
    private let options: HubOptions
    private let signals: HubSignals
    private let log: Logger
    private var underWay: [String: Int] = [:]
    private var queues: [String: [InstructionRow]] = [:]
    private var keysUnderWay: Set<String> = []
    /// Rows that were claimed again while their last attempt was still being put away.
    private var claimedBehind: [String: InstructionRow] = [:]

    init(
        store: any Store, committer: Committer, connectors: [any Connector], intake: Intake, clock: any HubClock,
        random: RandomSource, options: HubOptions, signals: HubSignals, log: Logger
    ) {
        self.store = store
        self.committer = committer
        self.connectors = Dictionary(connectors.map { ($0.system, $0) }, uniquingKeysWith: { first, _ in first })
        self.intake = intake
        self.clock = clock
        self.random = random
        self.options = options
        self.signals = signals
        self.log = log
    }

    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.ringRegularly() }
            while !Task.isCancelled {
                await signals.instructions.wait()
                if Task.isCancelled { break }
                do {
                    try await claim()
                } catch {
                    log.error("instructions could not be claimed", metadata: ["reason": "\(error)"])
                }
                startQueued(&group)
            }
            group.cancelAll()
        }
    }

    /// Wakes the dispatcher from outside, for instance to let it see its cancellation.
    nonisolated func wake() { signals.instructions.ring() }

    private func ringRegularly() async {
        while !Task.isCancelled {
            try? await clock.sleep(until: clock.now() + options.watchSlice)
            signals.instructions.ring()
        }
    }

    private func claim() async throws {
        let room = options.claimCount * 4 - queues.values.reduce(0) { $0 + $1.count }
        guard room > 0 else { return }
        let now = clock.now()
        let lease = now + options.leaseLength
        let limit = min(room, options.claimCount)
        let rows = try await store.transaction {
            try $0.claimInstructions(now: now, leaseUntil: lease, limit: limit)
        }
        for row in rows {
            if keysUnderWay.insert(row.instruction.key).inserted {
                queues[row.instruction.system, default: []].append(row)
            } else {
                claimedBehind[row.instruction.key] = row
            }
        }
        if rows.count == limit { signals.instructions.ring() }
    }

    private func startQueued(_ group: inout DiscardingTaskGroup) {
        for system in queues.keys.sorted() {
            while let row = queues[system]?.first, underWay[system, default: 0] < options.callsPerSystem {
                queues[system]?.removeFirst()
                underWay[system, default: 0] += 1
                group.addTask { await self.carryOut(row) }
            }
        }
    }

    private func carryOut(_ row: InstructionRow) async {
        let system = row.instruction.system
        var isOver = false
        do {
            let end = try await attempt(row)
            isOver = try await record(end, of: row)
        } catch  where error is HubStopping || Task.isCancelled {
            // The hub stops. At the next start the claim counts as ambiguous and the system is asked.
        } catch {
            log.error(
                "an instruction's end could not be recorded", metadata: ["kind": "\(row.instruction.kind.rawValue)"])
        }
        underWay[system, default: 1] -= 1
        // A row that was claimed before this end was written does not know of it, and would for instance carry out
        // again what has to be asked about; writing the end freed it, so it is claimed anew when it is due.
        if let next = claimedBehind.removeValue(forKey: row.instruction.key), !isOver, next.attempts > row.attempts {
            queues[system, default: []].append(next)
        } else {
            keysUnderWay.remove(row.instruction.key)
        }
        signals.instructions.ring()
    }

    private func attempt(_ row: InstructionRow) async throws -> InstructionResult {
        let isLate = row.deadline <= clock.now()
        guard let connector = connectors[row.instruction.system] else {
            return .retryable(
                detail: "no connector is set up for the system \(row.instruction.system)", after: .minutes(15))
        }
        guard let order = try await committer.order(row.order) else {
            return .refused(detail: "the order is not in the database", class: .data)
        }
        // The row holds no more of an instruction than the store needs to queue it.
        let issued = order.issued.last { $0.instruction.key == row.instruction.key }?.instruction
        let request = InstructionRequest(
            instruction: issued ?? row.instruction, order: order,
            receiver: try await receiver(of: order, for: row.instruction),
            now: clock.now())
        // After the deadline nothing is begun, but an attempt whose end was lost may have done it, and what was done
        // must not be called refused: ask.
        guard isLate || row.status == .ambiguous else { return await connector.perform(request) }
        let answer = await connector.find(request)
        guard case .notFound = answer else { return answer }
        return isLate ? .refused(detail: Self.lateDetail, class: .channel) : await connector.perform(request)
    }

    private static let lateDetail = "the deadline has passed"

    /// The receiver in clear, only for instructions that need it.
    private func receiver(of order: Order, for instruction: Instruction) async throws -> Sensitive<Receiver>? {
        guard instruction.kind.needsReceiver, let id = order.receiver?.value.id,
            let sealed = try await store.read({ try $0.sealedReceiver(id) })
        else { return nil }
        return try intake.open(sealed, id: id)
    }

    /// - Returns: whether the instruction has ended for good.
    private func record(_ end: InstructionResult, of row: InstructionRow) async throws -> Bool {
        switch end {
        case .done(let facts, let detail):
            try await finish(row, answer(row, .done, detail), facts: facts)
            return true
        case .refused(let detail, let refusal):
            try await finish(row, answer(row, .refused, detail, refusal), facts: [])
            return true
        case .retryable(let detail, let after): try await postpone(row, .waiting, detail, after: after)
        case .ambiguous(let detail): try await postpone(row, .ambiguous, detail, after: nil)
        case .notFound: try await postpone(row, .waiting, "the system does not know it yet", after: nil)
        }
        return false
    }

    private func answer(
        _ row: InstructionRow, _ outcome: InstructionAnswer.Outcome, _ detail: String, _ refusal: RefusalClass? = nil
    ) -> InstructionAnswer {
        InstructionAnswer(
            key: row.instruction.key, kind: row.instruction.kind, outcome: outcome,
            detail: String(detail.prefix(300)), refusal: refusal)
    }

    private func finish(_ row: InstructionRow, _ end: InstructionAnswer, facts: [ReportedFact]) async throws {
        let now = clock.now()
        let instruction = row.instruction
        let answer = ReportedFact(
            messageID: "answer:\(instruction.key)", order: row.order, occurredAt: now, body: .instructionAnswered(end))
        var incoming: [IncomingFact] = []
        var parked: [ParkedRow] = []
        for fact in facts + [answer] {
            do throws(FactProblem) {
                incoming.append(try intake.seal(fact, from: instruction.system, receivedAt: now))
            } catch {
                parked.append(
                    try intake.park(
                        [], source: instruction.system, place: "answer to \(instruction.key)",
                        reason: "\(error.path): \(error.message)", now: now))
            }
        }
        let change = InstructionChange(
            key: instruction.key, status: end.outcome == .done ? .done : .refused, attempts: row.attempts + 1,
            dueAt: now, lastError: end.outcome == .done ? "" : end.detail)
        _ = try await committer.submit(Submission(facts: incoming, instructionChanges: [change], parked: parked))
    }

    /// The next attempt: three quick ones with full jitter, then after 1, 5, 15, 15 … minutes, until the deadline.
    private func postpone(
        _ row: InstructionRow, _ status: InstructionStatus, _ detail: String, after: Milliseconds?
    ) async throws {
        let attempts = row.attempts + 1
        let now = clock.now()
        let dueAt = now + max(after ?? 0, await random.backoff(afterAttempts: attempts))
        let isOver = dueAt >= row.deadline
        let change = InstructionChange(
            key: row.instruction.key, status: isOver ? .parked : status, attempts: attempts, dueAt: dueAt,
            lastError: detail)
        _ = try await committer.submit(
            Submission(recheckedOrders: [row.order], instructionChanges: [change]))
    }
}

extension RandomSource {
    /// The time until the next attempt.
    func backoff(afterAttempts attempts: Int) -> Milliseconds {
        let base: Milliseconds = 200
        switch attempts {
        case ...3: return 1 + below(base << Int64(max(0, attempts - 1) * 2))
        case 4: return .seconds(30) + below(.seconds(30))
        case 5: return .minutes(4) + below(.minutes(2))
        default: return .minutes(14) + below(.minutes(2))
        }
    }
}
