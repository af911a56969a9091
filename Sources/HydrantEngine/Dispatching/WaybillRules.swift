package import HydrantConnectorKit
package import HydrantCore
package import HydrantStorage

/// What is particular about instructions for parcels' numbers: they are dropped when nobody needs them any more, they
/// end in doubt rather than lie around, and looking for a number goes on at its own regular times.
package struct WaybillRules: Sendable {
    /// An attempt's end that is no connector's answer.
    package enum Verdict: Sendable {
        /// To be tried again then.
        case postponed(Instant)
        case answered(InstructionAnswer.Outcome, RefusalClass?)
    }

    package let settings: Settings

    package init(settings: Settings) { self.settings = settings }

    /// How an instruction that had no effect so far ends because nobody needs it any more; nil when it is to be sent.
    /// A question that needs no answer any more is done; everything else was not carried out.
    package func withdrawal(of instruction: Instruction, in order: Order) -> InstructionResult? {
        if order.isStillWanted(instruction, settings) { return nil }
        let detail = "no longer needed"
        return [.findWaybill, .queryTrace, .placeCall].contains(instruction.kind)
            ? .done(facts: [], detail: detail) : .refused(detail: detail, class: .channel)
    }

    /// Why an instruction waits although it was issued: an interceptor came between; nil when it may be sent.
    package func waiting(_ instruction: Instruction, in order: Order) -> String? {
        if order.isKeptBack(instruction) { return "waits until gift and address are settled" }
        guard instruction.kind.isStoppedByRules, instruction.kind != .createWaybill,
            let hold = order.standingHolds.first(where: \.isByRule)
        else { return nil }
        return "waits for the hold \(hold.id)"
    }

    /// What an answer means for an order: "no such number" ends the search once nobody waits for a number any more,
    /// and where scans are pushed, or silence was the reason, one whole list is all that was asked for.
    package func settled(_ result: InstructionResult, _ instruction: Instruction, in order: Order) -> InstructionResult
    {
        switch result {
        case .notFound where order.isLastLook(instruction): return .done(facts: [], detail: "there is none")
        case .underWay(let facts, let detail)
        where instruction.isAboutSilence
            || instruction.kind == .queryTrace && !settings.dispatch.routes.asked.contains(instruction.system):
            return .done(facts: facts, detail: detail)
        default: return result
        }
    }

    /// Whether it has to be found out first what an earlier attempt did: a question has no effect that could be found.
    package func asksFirst(_ row: InstructionRow) -> Bool {
        row.status == .ambiguous && row.instruction.kind != .findWaybill
    }

    /// What a refusal means. A request that was under way before may still arrive at the channel, so that "no" to its
    /// repetition does not prove that nothing was made; only the order's own data are refused every time.
    package func outcome(ofRefusal refusal: RefusalClass, _ row: InstructionRow) -> InstructionAnswer.Outcome {
        let isInDoubt =
            [.createWaybill, .readdressWaybill].contains(row.instruction.kind) && row.status == .ambiguous
            && refusal == .channel
        return isInDoubt ? .unresolved : .refused
    }

    /// The status of an instruction that is tried again. What may have been carried out is asked about before each
    /// further try, until the answer is "no"; a waybill always, because a request that was under way can still arrive.
    ///
    /// - Parameter settlesDoubt: the answer was "no", and the instruction was begun anew.
    package func status(
        after status: InstructionStatus, of row: InstructionRow, settlesDoubt: Bool
    ) -> InstructionStatus {
        #if HYDRANT_MUTANTS
            if Mutant.doubtForgotten.isOn { return status }
        #endif
        guard asksFirst(row) else { return status }
        return settlesDoubt && row.instruction.kind != .createWaybill ? status : .ambiguous
    }

    /// When an instruction is tried again, or how it ends because its time is over.
    ///
    /// - Parameter dueAt: when its system would be tried again by the general schedule.
    package func verdict(on row: InstructionRow, _ status: InstructionStatus, dueAt: Instant, now: Instant) -> Verdict {
        var dueAt = dueAt
        if row.instruction.kind == .findWaybill {
            dueAt = max(dueAt, nextQuestion(row.instruction, after: now))
        }
        guard dueAt >= row.deadline else { return .postponed(dueAt) }
        #if HYDRANT_MUTANTS
            if Mutant.timeOverIsRefusal.isOn { return .answered(.refused, .channel) }
        #endif
        let isCertain = row.instruction.kind == .createWaybill && status == .waiting
        return isCertain ? .answered(.refused, .channel) : .answered(.unresolved, nil)
    }

    /// How often a call that is under way is asked about.
    private static let callLook: Milliseconds = .seconds(3)

    /// When something that is asked for regularly is asked next.
    package func nextQuestion(_ instruction: Instruction, after now: Instant) -> Instant {
        if instruction.kind == .placeCall { return now + Self.callLook }
        let dispatch = settings.dispatch
        let period = instruction.kind == .findWaybill ? dispatch.pollEvery : dispatch.routes.every
        return PollSchedule.next(after: now, key: instruction.key, every: period)
    }
}

extension InstructionAnswer.Outcome {
    /// What the queue shows of an instruction with this answer.
    package var status: InstructionStatus {
        switch self {
        case .done: .done
        case .refused: .refused
        case .unresolved: .parked
        }
    }
}
