import HydrantConnectorKit
import HydrantCore
import HydrantStorage
import Logging

/// The one door out. Claims instructions that are due, carries them out through their connectors, and brings every end
/// back as a fact. At least once, with keys from facts; an ambiguous end is asked about before anything else. What may
/// be claimed and begun is decided by ``Gates``.
actor Dispatcher {
    let store: any Store
    let committer: Committer
    let connectors: [String: any Connector]
    let clock: any HubClock
    let options: HubOptions
    let rules: WaybillRules
    let signals: HubSignals
    let log: Logger
    var gates: Gates
    let intake: Intake
    private let random: RandomSource
    private var keysUnderWay: Set<String> = []
    /// Rows that were claimed again while their last attempt was still being put away.
    private var claimedBehind: [String: InstructionRow] = [:]
    /// When the loop is woken for something that waits for time alone.
    private var alarmAt: Instant?
    var lanesLearnedAt: Instant?
    var longWaitingSeenAt: Instant?
    var savedDayCounts: [String: String] = [:]
    /// The orders whose stock is being asked about, each with the system that is asked.
    var stockQuestions: [String: String] = [:]

    init(
        store: any Store, committer: Committer, connectors: [any Connector], intake: Intake, clock: any HubClock,
        random: RandomSource, options: HubOptions, rules: WaybillRules, signals: HubSignals, log: Logger
    ) {
        self.store = store
        self.committer = committer
        self.connectors = Dictionary(connectors.map { ($0.system, $0) }, uniquingKeysWith: { first, _ in first })
        self.intake = intake
        self.clock = clock
        self.random = random
        self.options = options
        self.rules = rules
        self.signals = signals
        self.log = log
        let limits = Gates.Limits(
            callsPerLane: options.callsPerLane, claimCount: options.claimCount, leaseLength: options.leaseLength,
            patience: options.channelPatience)
        gates = Gates(limits: limits, quotas: options.quotas)
    }

    func run() async {
        signals.instructions.ring()
        await withDiscardingTaskGroup { group in
            group.addTask { await self.ringRegularly() }
            while !Task.isCancelled {
                await signals.instructions.wait()
                if Task.isCancelled { break }
                do {
                    try await lookAround()
                    try await claim()
                    try await giveBackStranded()
                    for row in try await claimLongWaiting() { group.addTask { await self.giveUp(row) } }
                } catch {
                    log.error("instructions could not be claimed", metadata: ["reason": "\(error)"])
                }
                startQueued(&group)
                setAlarm(&group)
            }
            group.cancelAll()
        }
    }

    /// Wakes the dispatcher from outside, for instance to let it see its cancellation.
    nonisolated func wake() { signals.instructions.ring() }

    private func ringRegularly() async {
        while !Task.isCancelled {
            try? await clock.sleep(until: clock.now() + options.watchSlice)
            signals.lanes.noteAll()
            signals.instructions.ring()
        }
    }

    private func setAlarm(_ group: inout DiscardingTaskGroup) {
        let now = clock.now()
        if let alarmAt, alarmAt <= now { self.alarmAt = nil }
        // The regular ring is soon enough for what is further away.
        guard let next = gates.nextAt(now), next < now + options.watchSlice, alarmAt.map({ next < $0 }) ?? true else {
            return
        }
        alarmAt = next
        group.addTask { [clock, signals] in
            guard (try? await clock.sleep(until: next)) != nil else { return }
            signals.instructions.ring()
        }
    }

    private func claim() async throws {
        let claims = gates.claims(clock.now())
        guard !claims.isEmpty else { return }
        let taken = try await store.transaction { transaction in
            try claims.map { try transaction.claimInstructions($0) }
        }
        for (claim, rows) in zip(claims, taken) {
            for row in rows {
                if keysUnderWay.insert(row.instruction.key).inserted {
                    gates.enqueue(row)
                } else {
                    claimedBehind[row.instruction.key] = row
                }
            }
            if rows.count < claim.limit { gates.isDrained(claim.lane) } else { signals.instructions.ring() }
        }
    }

    private func startQueued(_ group: inout DiscardingTaskGroup) {
        let now = clock.now()
        for lane in gates.order {
            while let pass = gates.begin(lane, now) {
                group.addTask { await self.carryOut(pass) }
            }
        }
    }

    /// A row that was just claimed, and is not held from an earlier claim.
    func isNotUnderWay(_ row: InstructionRow) -> Bool { !keysUnderWay.contains(row.instruction.key) }

    /// Gives rows back to the database whose gate closed behind them: there they wait without a lease, and without an
    /// attempt.
    private func giveBackStranded() async throws {
        let rows = gates.takeStranded(clock.now())
        guard !rows.isEmpty else { return }
        for row in rows {
            keysUnderWay.remove(row.instruction.key)
            claimedBehind[row.instruction.key] = nil
        }
        for row in rows {
            var change = InstructionChange(
                key: row.instruction.key, status: row.status, attempts: row.attempts, dueAt: row.dueAt,
                lastError: row.lastError)
            change.leaseUntil = row.leaseUntil
            _ = try await committer.submit(Submission(instructionChanges: [change]))
        }
    }

    private func carryOut(_ pass: Lane.Pass) async {
        let row = pass.row
        var isOver = false
        var call = CallEnd.notCalled
        do {
            let scope = CallScope(timeLimit: pass.timeLimit)
            let begin = options.stopwatch?.now() ?? clock.now()
            let attempt = try await CallScope.$current.withValue(scope) { try await self.attempt(row) }
            if case .with(let answer, _, _) = attempt {
                call = CallEnd(
                    answer, row.instruction.kind, scope, length: (options.stopwatch?.now() ?? clock.now()) - begin)
            }
            isOver = try await record(attempt, of: row)
        } catch  where error is HubStopping || Task.isCancelled {
            // The hub stops. At the next start the claim counts as ambiguous and the system is asked.
        } catch {
            log.error(
                "an instruction's end could not be recorded", metadata: ["kind": "\(row.instruction.kind.rawValue)"])
        }
        gates.end(pass, call, clock.now(), jitter: await random.below(Breaker.pauseJitter + 1))
        // A row that was claimed before this end was written does not know of it, and would for instance carry out
        // again what has to be asked about; writing the end freed it, so it is claimed anew when it is due.
        if let next = claimedBehind.removeValue(forKey: row.instruction.key), !isOver, next.attempts > row.attempts {
            gates.enqueue(next)
        } else {
            keysUnderWay.remove(row.instruction.key)
        }
        signals.instructions.ring()
    }

    private func attempt(_ row: InstructionRow) async throws -> Attempt {
        let isLate = row.deadline <= clock.now()
        guard let connector = connectors[row.instruction.system] else {
            guard row.instruction.kind == .createWaybill else { return .unconnected }
            let detail = "no connector is set up for the system \(row.instruction.system)"
            return .without(.refused(detail: detail, class: .channel))
        }
        let found: Order?
        do {
            found = try await committer.order(row.order)
        } catch let failure as StoreFailure where failure.kind == .damagedOrder {
            return .without(.retryable(detail: failure.description, after: nil))
        }
        guard let order = found else {
            return .without(.refused(detail: "the order is not in the database", class: .data))
        }
        // The row holds no more of an instruction than the store needs to queue it.
        let issued = order.issued.last { $0.instruction.key == row.instruction.key }?.instruction
        let instruction = issued ?? row.instruction
        let asksFirst = rules.asksFirst(row)
        let withdrawal = rules.withdrawal(of: instruction, in: order)
        let obstacle = rules.waiting(instruction, in: order)
        if !asksFirst {
            if let withdrawal { return .without(withdrawal) }
            if let obstacle { return .keptBack(obstacle) }
        }
        var request = InstructionRequest(
            instruction: instruction, order: order, receiver: try await receiver(of: order, for: row.instruction),
            now: clock.now())
        request.house = order.house(of: row.instruction.parcel, rules.settings)
        if instruction.kind == .askKeeper {
            request.keeper = keeper(for: instruction, of: order)
            guard request.keeper != nil else {
                return .without(.refused(detail: "no keeper is set up for the parcel's warehouse", class: .channel))
            }
        }
        if instruction.kind == .placeCall {
            request.call = try await callQuestion(instruction, of: order, request.receiver)
            guard request.call != nil else {
                return .without(.refused(detail: "the order has no number that can be called", class: .data))
            }
        }
        let call = request
        let mayBegin = withdrawal == nil && obstacle == nil && !isLate || instruction.kind == .findWaybill
        #if HYDRANT_MUTANTS
            if Mutant.nobodyAskedAfterDeadline.isOn, isLate {
                return .without(.refused(detail: Self.lateDetail, class: .channel))
            }
        #endif
        // After the deadline nothing is begun, but an attempt whose end was lost may have done it, and what was done
        // must not be called refused: ask.
        let (answer, settlesDoubt) = try await limited {
            guard asksFirst || !mayBegin else { return (await connector.perform(call), false) }
            let found = await connector.find(call)
            guard case .notFound = found, mayBegin, await self.isStillRight(call) else { return (found, false) }
            return (await connector.perform(call), true)
        }
        if !mayBegin, case .notFound = answer {
            if withdrawal == nil, !isLate, let obstacle {
                return .with(answer, end: .retryable(detail: obstacle, after: Self.keptBackLook))
            }
            return .with(answer, end: withdrawal ?? .refused(detail: Self.lateDetail, class: .channel))
        }
        return .with(answer, end: rules.settled(answer, instruction, in: order), settlesDoubt: settlesDoubt)
    }

    private static let lateDetail = "the deadline has passed"
    /// How soon it is seen whether what keeps an instruction back has gone.
    private static let keptBackLook: Milliseconds = .minutes(1)

    /// Whether what was going to be told before the system was asked may be told still: asking takes its time, in which
    /// the order may be cancelled, held or given another address.
    private func isStillRight(_ call: InstructionRequest) async -> Bool {
        guard let order = try? await committer.order(call.order.number) else { return false }
        return rules.withdrawal(of: call.instruction, in: order) == nil
            && rules.waiting(call.instruction, in: order) == nil
            && order.receiver?.value.fingerprint == call.order.receiver?.value.fingerprint
    }

    /// The receiver in clear, only for instructions that need it.
    private func receiver(of order: Order, for instruction: Instruction) async throws -> Sensitive<Receiver>? {
        guard instruction.kind.needsReceiver, let id = order.receiver?.value.id,
            let sealed = try await store.read({ try $0.sealedReceiver(id) })
        else { return nil }
        return try intake.open(sealed, id: id)
    }

    /// Whom to text about a parcel: the keeper of its warehouse.
    private func keeper(for instruction: Instruction, of order: Order) -> KeeperQuestion? {
        let warehouse = order.warehouse(of: instruction.parcel)
        guard let contact = options.keepers.first(where: { $0.warehouse == nil || $0.warehouse == warehouse }) else {
            return nil
        }
        return KeeperQuestion(
            name: contact.name, phone: contact.phone, code: Sensitive(intake.keeperCode(of: instruction)))
    }

    /// - Returns: whether the instruction has ended for good.
    private func record(_ attempt: Attempt, of row: InstructionRow) async throws -> Bool {
        if case .keptBack(let detail) = attempt { return try await wait(row, detail) }
        guard let end = attempt.result else {
            try await postpone(unconnected: row)
            return false
        }
        #if HYDRANT_MUTANTS
            if Mutant.busyTakenForDone.isOn, case .retryable(let detail, _) = end {
                try await finish(row, answer(row, .done, detail), facts: [])
                return true
            }
            if Mutant.timeoutTakenForNo.isOn, case .ambiguous(let detail) = end {
                try await finish(row, answer(row, .refused, detail, .channel), facts: [])
                return true
            }
        #endif
        func tryLater(_ status: InstructionStatus, _ detail: String, after: Milliseconds?) async throws -> Bool {
            let next = rules.status(after: status, of: row, settlesDoubt: attempt.settlesDoubt)
            return try await postpone(row, next, detail, after: after)
        }
        switch end {
        case .done(let facts, let detail):
            try await finish(row, answer(row, .done, detail), facts: facts)
            return true
        case .refused(let detail, let refusal):
            let outcome = rules.outcome(ofRefusal: refusal, row)
            try await finish(row, answer(row, outcome, detail, outcome == .refused ? refusal : nil), facts: [])
            return true
        case .retryable(let detail, let after): return try await tryLater(.waiting, detail, after: after)
        case .underWay(let facts, let detail): return try await goOn(row, facts, detail)
        case .ambiguous(let detail): return try await tryLater(.ambiguous, detail, after: nil)
        case .notFound: return try await tryLater(.waiting, "the system does not know it yet", after: nil)
        }
    }

    func answer(
        _ row: InstructionRow, _ outcome: InstructionAnswer.Outcome, _ detail: String, _ refusal: RefusalClass? = nil
    ) -> InstructionAnswer {
        InstructionAnswer(
            key: row.instruction.key, kind: row.instruction.kind, outcome: outcome,
            detail: cut(detail, toBytes: 900), refusal: refusal)
    }

    /// The lease under which an attempt ends: when it outlasted its own, the one that was claimed behind it.
    func lease(of row: InstructionRow) -> Instant? {
        claimedBehind[row.instruction.key]?.leaseUntil ?? row.leaseUntil
    }

    /// The next attempt: three quick ones with full jitter, then after 1, 5, 15, 15 … minutes, until the deadline.
    ///
    /// - Returns: whether the instruction has ended for good.
    private func postpone(
        _ row: InstructionRow, _ status: InstructionStatus, _ detail: String, after: Milliseconds?
    ) async throws -> Bool {
        let attempts = row.attempts + 1
        let now = clock.now()
        let wait = max(after ?? 0, await random.backoff(afterAttempts: attempts))
        // A regular question is no repetition of the one before.
        var dueAt = row.instruction.kind == .findWaybill ? now : max(now + wait, gates.bookRetry(row, status, now))
        switch rules.verdict(on: row, status, dueAt: dueAt, now: now) {
        case .postponed(let next): dueAt = next
        case .answered(let outcome, let refusal):
            try await finish(row, answer(row, outcome, detail, refusal), facts: [])
            return true
        }
        var change = InstructionChange(
            key: row.instruction.key, status: status, attempts: attempts, dueAt: dueAt,
            lastError: detail)
        change.leaseUntil = lease(of: row)
        _ = try await committer.submit(
            Submission(recheckedOrders: [row.order], instructionChanges: [change]))
        return false
    }
}

extension Dispatcher {
    /// What is kept back was not tried: it waits without spending attempts, and no repetition of others waits for it.
    ///
    /// - Returns: whether the instruction has ended for good.
    private func wait(_ row: InstructionRow, _ detail: String) async throws -> Bool {
        let now = clock.now()
        switch rules.verdict(on: row, row.status, dueAt: now + Self.keptBackLook, now: now) {
        case .postponed(let next):
            try await change(row, dueAt: next, detail)
            return false
        case .answered(let outcome, let refusal):
            try await finish(row, answer(row, outcome, detail, refusal), facts: [])
            return true
        }
    }

    /// Where nobody has connected the system, an instruction waits without spending attempts; it is looked at again
    /// regularly, for its deadline.
    private func postpone(unconnected row: InstructionRow) async throws {
        let dueAt = clock.now() + .minutes(15)
        let detail = "no connector is set up for the system \(row.instruction.system)"
        if dueAt >= row.deadline { return try await finish(row, answer(row, .unresolved, detail), facts: []) }
        try await change(row, dueAt: dueAt, detail)
    }

    private func change(_ row: InstructionRow, dueAt: Instant, _ detail: String) async throws {
        var change = InstructionChange(
            key: row.instruction.key, status: row.status, attempts: row.attempts, dueAt: dueAt, lastError: detail)
        change.leaseUntil = lease(of: row)
        _ = try await committer.submit(Submission(recheckedOrders: [row.order], instructionChanges: [change]))
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
