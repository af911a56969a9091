import HydrantConnectorKit
import HydrantCore
package import HydrantStorage
import Logging

extension Dispatcher {
    /// Records how an instruction ended, with the facts that its system gave along. How it ended is told by the hub
    /// itself, under a name that nobody outside can use.
    func finish(_ row: InstructionRow, _ end: InstructionAnswer, facts: [ReportedFact]) async throws {
        let now = clock.now()
        let instruction = row.instruction
        let place = "answer to \(instruction.key)"
        let answer = Fact(
            source: SourceNames.hub, messageID: "answer:\(instruction.key)", order: row.order, occurredAt: now,
            receivedAt: now, body: .instructionAnswered(end))
        let told = facts.map { $0.fact(from: instruction.system, receivedAt: now) }
        var submission = try sealed(told + [answer], place: place, now: now)
        #if HYDRANT_MUTANTS
            if Mutant.answerWithoutItsFacts.isOn {
                submission.facts.removeAll { $0.fact.body.kind != .instructionAnswered }
            }
        #endif
        var change = InstructionChange(
            key: instruction.key, status: end.outcome.status, attempts: row.attempts + 1, dueAt: now,
            lastError: end.outcome == .done ? "" : end.detail)
        change.leaseUntil = lease(of: row)
        if let unread = submission.parked.first {
            // What was done is not known as long as its fact is missing: that is for a person, and nothing is repeated.
            submission.facts.removeAll { $0.fact.body.kind == .instructionAnswered }
            submission.recheckedOrders = [row.order]
            change.status = .parked
            change.lastError = InstructionRow.unreadReply + unread.reason
        }
        submission.instructionChanges = [change]
        let receipts = try await committer.submit(submission)
        try await park(zip(submission.facts, receipts), place: place, now: now)
    }

    /// Facts of an answer, and what cannot be recorded of it.
    private func sealed(_ facts: [Fact], place: String, now: Instant) throws -> Submission {
        var submission = Submission()
        submission.door = .answer
        for fact in facts {
            do throws(FactProblem) {
                submission.facts.append(try intake.seal(fact))
            } catch {
                submission.parked.append(
                    try intake.park(
                        fact.json.bytes, source: fact.source, place: place, reason: "\(error.path) \(error.message)",
                        now: now))
            }
        }
        return submission
    }

    /// Records what a system has said so far; it is asked again at the question's own regular time.
    ///
    /// - Returns: whether the instruction has ended for good.
    func goOn(_ row: InstructionRow, _ facts: [ReportedFact], _ detail: String) async throws -> Bool {
        let now = clock.now()
        let place = "answer to \(row.instruction.key)"
        let told = facts.map { $0.fact(from: row.instruction.system, receivedAt: now) }
        var submission = try sealed(told, place: place, now: now)
        let dueAt = rules.nextQuestion(row.instruction, after: now)
        var change = InstructionChange(
            key: row.instruction.key, status: dueAt >= row.deadline ? .parked : .waiting, attempts: row.attempts + 1,
            dueAt: dueAt, lastError: detail)
        change.leaseUntil = lease(of: row)
        submission.recheckedOrders = [row.order]
        submission.instructionChanges = [change]
        let receipts = try await committer.submit(submission)
        try await park(zip(submission.facts, receipts), place: place, now: now)
        return false
    }

    /// What a system answered is never lost: what was not recorded is kept for a person.
    private func park(_ outcomes: Zip2Sequence<[IncomingFact], [FactReceipt]>, place: String, now: Instant) async throws
    {
        var rows: [ParkedRow] = []
        for (incoming, receipt) in outcomes {
            switch receipt {
            case .accepted, .duplicate, .parked: continue
            case .conflicting, .refused:
                if try await isKnown(incoming.fact) { continue }
                let reason =
                    receipt == .conflicting
                    ? ParkedReason.otherMessage : receipt.word
                log.error(
                    "a fact of an answer was not recorded",
                    metadata: ["source": "\(incoming.fact.source)", "receipt": "\(receipt.word)"])
                rows.append(
                    try intake.park(
                        incoming.fact.json.bytes, source: incoming.fact.source, place: place, reason: reason, now: now))
            }
        }
        if !rows.isEmpty { _ = try await committer.submit(Submission(parked: rows)) }
    }

    /// Whether a fact tells nothing but a number that the parcel has: a channel that is asked again tells it again, at
    /// another time, under the same name.
    private func isKnown(_ fact: Fact) async throws -> Bool {
        guard case .trackingReported(let tracking) = fact.body else { return false }
        let parcel = try await committer.order(fact.order)?.parcel(tracking.parcel)
        return parcel?.waybills.contains { $0.number == tracking.number } == true
    }
}

extension InstructionRow {
    /// How the last error begins where a system did what it was asked and its reply waits for a person.
    package static let unreadReply = "the reply cannot be recorded: "
}
