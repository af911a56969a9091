extension Order {
    /// The order after an event. Pure: the same events give the same order.
    package func evolved(by event: Event) -> Order {
        var copy = self
        copy.evolve(event)
        return copy
    }

    package mutating func evolve(_ event: Event) {
        precondition(event.number == version + 1, "event \(event.number) after version \(version)")
        version = event.number
        switch event.body {
        case .factRecorded(let fact): take(fact)
        case .stateReached(let stamp):
            precondition(stamp.number == state + 1, "state \(stamp.number) after \(state)")
            stamps.append(stamp)
        case .stateRestated(let stamp):
            precondition(stamp.number <= state, "state \(stamp.number) restated at \(state)")
            stamps[stamp.number - 1] = stamp
        case .instructionIssued(let instruction):
            issued.append(
                IssuedInstruction(
                    instruction: instruction, issuedAt: event.recordedAt, receiver: receiver?.value.fingerprint))
        case .ruleDecided(let ruling):
            rulings.removeAll { $0.isReplaced(by: ruling) }
            rulings.insert(ruling, at: rulings.firstIndex(where: ruling.precedes) ?? rulings.endIndex)
        case .taskOpened(let need): openTask(need, at: event.recordedAt)
        case .taskReopened(let id, _): reopenTask(id, at: event.recordedAt)
        case .taskClosed(let id, let ending): closeTask(id, ending, at: event.recordedAt)
        }
    }

    /// Whether the message was taken in before.
    package func hasSeen(_ fact: Fact) -> Bool { messages.contains(fact.name) }

    /// Merges what a fact says. Every branch is a join, so that the order of facts does not matter.
    private mutating func take(_ fact: Fact) {
        guard messages.insert(fact.name).inserted else { return }
        let evidence = fact.evidence
        if let word = fact.word { words.merge(fact.source, word, evidence) }
        moments[fact.body.kind, default: []].insertInOrder(evidence.at)
        happened.insert(fact.body.kind)
        defer { settleHolds(after: fact.body.kind) }
        switch fact.body {
        case .orderPlaced(let header): place(header, evidence)
        case .lineReported(let line):
            lines.merge(line.id, line, evidence)
            demand.merge(line)
        case .paymentReported(let payment): take(payment, evidence)
        case .creditChecked(let check): take(check, evidence)
        case .inventoryLocked(let lock):
            if lock.coversEveryLine && lock.frozenSKUs.isEmpty {
                locked.mergeEarliest(evidence)
            } else {
                let frozen = lock.frozenSKUs.joined(separator: ", ")
                Register.merge(frozen.isEmpty ? "not enough stock" : "frozen: \(frozen)", evidence, into: &lockRefused)
            }
        case .inventoryRefused(let reason): Register.merge(reason, evidence, into: &lockRefused)
        case .warrantyRegistered(let until):
            Register.merge(until, evidence, into: &warranty)
            warrantyRegistered.mergeEarliest(evidence)
        case .orderCancelled(let reason): Register.merge(reason, evidence, into: &cancelled)
        case .returnAsked(let reason, let isExchange, let lines, let id):
            Register.merge(reason, evidence, into: &returnAsked)
            if isExchange { exchangeAsked.mergeEarliest(evidence) }
            takeReturn(ReturnRequest(isExchange: isExchange, reason: reason, lines: lines), id: id, fact)
        case .orderCompleted: completed.mergeEarliest(evidence)
        case .refundReported(let entry): refunds.merge(entry.id, entry, evidence)
        case .revenueRecognised(let entry): revenues.merge(entry.id, entry, evidence)
        case .receiptReported(let entry): receipts.merge(entry.id, entry, evidence)
        case .invoiceIssued(let entry): invoices.merge(entry.id, entry, evidence)
        default: takeLater(fact, evidence)
        }
    }

    private mutating func takeLater(_ fact: Fact, _ evidence: Evidence) {
        switch fact.body {
        case .parcelPacked, .trackingReported, .waybillVoided, .parcelHandedOver, .traceReported, .signedReported,
            .waybillChosen:
            takeParcel(fact.body, evidence)
        case .receiverChanged(let reference):
            Register.merge(reference, evidence, into: &receiver)
            receiverChanged.mergeEarliest(evidence)
        case .receiverVerified(let fingerprint):
            receiverVerifiedFingerprints.merge(fingerprint, fingerprint, evidence)
        case .holdPlaced(let hold): take(hold, evidence)
        case .timerFell(let id) where Order.isAboutParcel(timer: id): takeParcel(fact.body, evidence)
        case .holdReleased(let id, _), .timerFell(let id): withHold(id) { $0.ended.mergeEarliest(evidence) }
        case .decisionMade(let decision):
            decisions.merge("\(evidence.source)/\(evidence.messageID)", decision, evidence)
        case .touchpointSent(let kind, let isAccepted): take(kind, isAccepted: isAccepted, evidence)
        case .instructionAnswered(let answer): take(answer, evidence)
        case .taskAsked(let need): askedTasks.merge(need.id, need, evidence)
        case .taskMoved(let move): take(move, evidence)
        case .noteWritten(let note): notes.merge(note.id, note, evidence)
        case .ticketReported(let ticket): tickets.merge(ticket.id, ticket, evidence)
        case .callAsked(let wish): callWishes.merge(wish.id, wish, evidence)
        case .callReported(let report): callReports.merge("\(report.id)/\(report.stage.rawValue)", report, evidence)
        default: break
        }
    }

    private mutating func place(_ header: OrderHeader, _ evidence: Evidence) {
        Register.merge(header, evidence, into: &self.header)
        placed.mergeEarliest(evidence)
        if let payable = header.payableMinor { payableFloorMinor = min(payableFloorMinor ?? payable, payable) }
        for line in header.lines { lines.merge(line.id, line, evidence) }
        demand.merge(header)
        if let reference = header.receiver { Register.merge(reference, evidence, into: &receiver) }
    }

    private mutating func take(_ payment: Payment, _ evidence: Evidence) {
        payments.merge(payment.id, payment, evidence)
        paymentPeaks.merge(payment, evidence)
        if payment.isComplete { paymentCompleted.mergeEarliest(evidence) }
    }

    private mutating func take(_ check: CreditCheck, _ evidence: Evidence) {
        Register.merge(check, evidence, into: &credit)
        #if HYDRANT_MUTANTS
            if Mutant.refusedCreditPasses.isOn, !check.isPassed {
                creditPasses.append(CreditPass(evidence: evidence, returnRatePermille: 0))
            }
        #endif
        guard check.isPassed else { return creditRefused.mergeEarliest(evidence) }
        let pass = CreditPass(evidence: evidence, returnRatePermille: check.returnRatePermille ?? 0)
        creditPasses.insert(pass, at: creditPasses.firstIndex { evidence < $0.evidence } ?? creditPasses.endIndex)
    }

    private mutating func take(_ kind: Touchpoint, isAccepted: Bool, _ evidence: Evidence) {
        let index = touchpoints.firstIndex { $0.kind >= kind } ?? touchpoints.endIndex
        if index == touchpoints.endIndex || touchpoints[index].kind != kind {
            touchpoints.insert(TouchpointRecord(kind: kind), at: index)
        }
        if isAccepted {
            touchpoints[index].accepted.mergeEarliest(evidence)
        } else {
            touchpoints[index].refused.mergeEarliest(evidence)
        }
    }

    private mutating func take(_ answer: InstructionAnswer, _ evidence: Evidence) {
        guard let index = issued.firstIndex(where: { $0.instruction.key == answer.key }) else { return }
        // What is known goes before what was not known, whichever was said later.
        let isKnown = issued[index].answer.map { $0.value.outcome != .unresolved }
        switch (isKnown, answer.outcome != .unresolved) {
        case (true, false): break
        case (false, true): issued[index].answer = Register(answer, evidence)
        default: Register.merge(answer, evidence, into: &issued[index].answer)
        }
        let instruction = issued[index].instruction
        if instruction.kind == .voidWaybill, answer.outcome == .done { takeVoid(instruction, evidence) }
        if instruction.kind == .createReplacement, answer.outcome == .done, issued[index].goods == nil {
            issued[index].goods = wantedGoods(of: instruction.target)
        }
    }

    /// Ends the holds that wait for facts of this kind.
    private mutating func settleHolds(after kind: FactKind) {
        for index in holds.indices where holds[index].hold.exit == .fact(kind) { settleHold(at: index) }
    }

    /// A hold that waits for a fact ends with the first one that happened at or after its beginning, whichever of the
    /// two messages arrived first.
    private mutating func settleHold(at index: Int) {
        holds[index].released = holds[index].ended
        #if HYDRANT_MUTANTS
            if Mutant.earlierFactEndsHold.isOn, case .fact(let kind) = holds[index].hold.exit, moments[kind] != nil {
                holds[index].released = holds[index].placed
                return
            }
        #endif
        guard case .fact(let kind) = holds[index].hold.exit, let placed = holds[index].placed,
            let moment = moments[kind]?.first(from: placed.at)
        else { return }
        holds[index].released.mergeEarliest(Evidence(at: moment, isTimed: true, source: "", messageID: ""))
    }

    private mutating func take(_ hold: Hold, _ evidence: Evidence) {
        withHold(hold.id) { held in
            if held.described.mergeNewest(evidence) { held.hold = hold }
            held.placed.mergeEarliest(evidence)
        }
    }

    private mutating func withHold(_ id: String, _ change: (inout HeldReason) -> Void) {
        let index = holds.firstIndex { $0.hold.id >= id } ?? holds.endIndex
        if index == holds.endIndex || holds[index].hold.id != id {
            holds.insert(HeldReason(hold: Hold(id: id, reason: "", owner: "", exit: .person)), at: index)
        }
        change(&holds[index])
        settleHold(at: index)
    }
}

extension [Instant] {
    /// Inserts a time that is not in the list yet at its place.
    fileprivate mutating func insertInOrder(_ time: Instant) {
        let index = place(of: time)
        if index == endIndex || self[index] != time { insert(time, at: index) }
    }

    /// The first time of the ordered list that is not before this one.
    fileprivate func first(from time: Instant) -> Instant? {
        let index = place(of: time)
        return index == endIndex ? nil : self[index]
    }

    private func place(of time: Instant) -> Int {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = low + (high - low) / 2
            if self[middle] < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension Register {
    fileprivate static func merge(_ value: Value, _ evidence: Evidence, into register: inout Register?) {
        if register == nil { register = Register(value, evidence) } else { register?.merge(value, evidence) }
    }
}
