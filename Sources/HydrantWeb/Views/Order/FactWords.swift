import HydrantCore
import HydrantEngine

/// Facts and instructions in words. What an outside system or a person wrote stays in their own words.
struct FactWords {
    let formats: Formats
    /// Of the order, for amounts.
    let currency: String
    /// Of the order, for what its goods are called.
    let lines: Ledger<Line>
    /// Of the order, for what its tasks are called and what was asked in them.
    var needs: [String: TaskNeed] = [:]

    private var words: Words { formats.words }

    func title(_ body: FactBody) -> String { words("fact_\(keyPart(body.kind.rawValue))") }

    /// What the fact says beside its kind, as the viewer may read it; empty when there is nothing more.
    func detail(_ body: FactBody) -> String { told(body).seen }

    private func told(_ body: FactBody) -> String {
        switch body {
        case .orderPlaced(let header): placed(header)
        case .lineReported(let line):
            words(
                "detail_line", ["sku": line.sku, "units": String(line.units), "amount": amount(line.priceMinor)])
        case .paymentReported(let payment):
            join([
                payment.amountMinor == 0 && payment.isComplete ? "" : amount(payment.amountMinor),
                payment.isComplete ? words("detail_complete") : "",
            ])
        case .creditChecked(let check):
            join([words(check.isPassed ? "detail_passed" : "detail_refused")] + customer(check))
        case .inventoryLocked(let lock):
            join([
                lock.warehouse, words(lock.coversEveryLine ? "detail_covers" : "detail_not_covers"),
                lock.frozenSKUs.isEmpty
                    ? "" : words("detail_frozen", ["list": lock.frozenSKUs.joined(separator: ", ")]),
            ])
        case .inventoryRefused(let reason), .orderCancelled(let reason): reason
        case .returnAsked(let reason, let isExchange, let lines, _):
            join([
                words(isExchange ? "detail_exchange" : "detail_return"),
                goods(lines), reason,
            ])
        case .refundReported(let entry), .revenueRecognised(let entry), .receiptReported(let entry),
            .invoiceIssued(let entry):
            join([amount(entry.amountMinor), entry.id])
        case .warrantyRegistered(let until): words("detail_until", ["date": formats.date(until)])
        default: laterDetail(body)
        }
    }

    /// What comes back, by article: nobody knows lines by their ids.
    private func goods(_ wanted: [ReturnedLine]) -> String {
        let shown = wanted.prefix(8).map { item in
            let names = lines[item.line].map { [$0.sku, $0.name].filter { !$0.isEmpty } } ?? []
            let name = names.isEmpty ? words("detail_line_unknown", ["line": item.line]) : names.joined(separator: " ")
            return "\(name) × \(item.units)"
        }
        let rest = wanted.count - shown.count
        let more = rest > 0 ? [words("detail_lines_more", ["count": String(rest)])] : []
        return (shown + more).joined(separator: ", ")
    }

    /// What a check says of the customer; nothing for whom customers are hidden.
    private func customer(_ check: CreditCheck) -> [String] {
        Viewer.current.sight(.customer) == .hidden ? [] : [check.level, words(detailText(check.reason))]
    }

    private func laterDetail(_ body: FactBody) -> String {
        switch body {
        case .parcelPacked(let packing): join([parcel(packing.parcel), packing.warehouse])
        case .trackingReported(let tracking):
            join([
                words.system(tracking.courier),
                tracking.number.isEmpty ? words("detail_no_number") : tracking.number,
                parcel(tracking.parcel),
            ])
        case .waybillVoided(let id, let number): join([number, parcel(id)])
        case .parcelHandedOver(let id), .signedReported(let id): parcel(id)
        case .traceReported(let trace): traced(trace)
        case .receiverChanged(let reference):
            reference.area.isEmpty ? "" : words("detail_area", ["area": reference.area])
        case .holdPlaced(let hold): join([hold.reason, TaskOwners.label(hold.owner, words)])
        case .holdReleased(_, let note): note
        case .decisionMade(let decision):
            decided(decision)
        case .touchpointSent(let kind, let isAccepted):
            join([
                words("touchpoint_\(keyPart(kind.rawValue))"),
                words(isAccepted ? "detail_accepted" : "detail_not_accepted"),
            ])
        case .instructionAnswered(let answer):
            join([
                words(answer.kind.text), words(outcomeKey(answer.outcome)),
                detail(of: answer),
            ])
        case .waybillChosen(let id, let number): join([number, parcel(id)])
        case .taskAsked(let need): join([words(need.reason), TaskOwners.label(need.owner, words)])
        case .taskMoved(let move): moved(move)
        default: deskDetail(body)
        }
    }

    private func deskDetail(_ body: FactBody) -> String {
        switch body {
        case .noteWritten(let note): words("note_kind_\(keyPart(note.kind.rawValue))")
        case .ticketReported(let ticket):
            join([
                ticket.id, DeskChoices.name(ofSubject: ticket.subject, words),
                words("ticket_\(ticket.status.rawValue)"), ticket.linkedOrder,
            ])
        case .timerFell(let id):
            Order.silence(ofTimer: id).map { join([words("detail_silence"), parcel($0.parcel)]) } ?? ""
        case .callAsked(let wish): join([words.actor(wish.person), words.system(wish.system)])
        case .callReported(let report):
            words(
                report.ending.map { "call_ended_\(keyPart($0.rawValue))" } ?? "call_\(keyPart(report.stage.rawValue))")
        default: ""
        }
    }

    private func moved(_ move: TaskMove) -> String {
        let person = words.actor(move.person)
        return switch move.step {
        case .taken: person
        case .handedOver(let owner, let note): join([person, "→ \(TaskOwners.label(owner, words))", note])
        case .snoozed(let until, let reason):
            join([person, words("detail_until", ["date": formats.minute(until)]), reason])
        case .resolved(let resolution):
            join(
                [person] + answers(resolution, to: move.task)
                    + [resolution.note, words("detail_worked", ["minutes": String(resolution.minutes)])])
        }
    }

    /// What was chosen in a task's form, in the words of the form. An amount may be typed without decimals: only the
    /// question tells that it is one.
    private func answers(_ resolution: TaskResolution, to task: String) -> [String] {
        resolution.answers.sorted { $0.key < $1.key }.filter { $0.key != "note" }.map { name, value in
            let field = needs[task]?.fields.first { $0.name == name }
            if field?.kind == .money, Viewer.current.sight(.money) == .hidden { return "•••" }
            return field?.options.first { $0.value == value }.map { words($0.text) } ?? value
        }
    }

    /// What a task is called; its id where no event tells.
    func name(ofTask id: String) -> String { needs[id].map { words($0.title) } ?? id }

    /// Who decided, and why: what was done stands before the reason that was given.
    private func decided(_ decision: Decision) -> String {
        func told(_ person: String, _ parts: String...) -> String {
            let cause = join(parts)
            return words(
                "detail_minutes", ["person": person, "cause": cause, "minutes": String(decision.minutes)])
        }
        let person = words.actor(decision.person)
        guard let colon = decision.cause.firstRange(of: ": ") else {
            let own = words(detailText(decision.cause))
            return told(decision.person == SourceNames.keeper ? words("source_keeper") : person, own)
        }
        let subject = String(decision.cause[..<colon.lowerBound])
        let reason = String(decision.cause[colon.upperBound...])
        if let action = OrderAction(rawValue: subject) {
            return told(person, words("deed_\(keyPart(action.rawValue))"), reason)
        }
        guard let need = needs["hold:\(subject)"] else { return told(person, decision.cause) }
        let chosen = need.fields.flatMap(\.options).first { $0.value == reason }
        // Nobody had taken the task: its role is named.
        let name = decision.person == need.owner ? TaskOwners.label(need.owner, words) : person
        return told(name, words(need.title), chosen.map { words($0.text) } ?? reason)
    }

    private func detail(of answer: InstructionAnswer) -> String {
        if answer.kind == .placeCall, let ending = CallReport.Ending(rawValue: answer.detail) {
            return words("call_ended_\(keyPart(ending.rawValue))")
        }
        return words(detailText(answer.detail))
    }

    /// What an instruction is about, as people know it; empty for numbers of the hub's own.
    func target(of instruction: Instruction) -> String {
        let target = instruction.target
        switch instruction.kind {
        case .placeCall: return ""
        case .notifyCustomer:
            return Touchpoint(rawValue: target).map { words("touchpoint_\(keyPart($0.rawValue))") } ?? target
        case .tellReceiver:
            let role = target.split(separator: "/").last.flatMap { ToldSystem.Role(rawValue: String($0)) }
            return role.map { words("told_role_\($0.rawValue)") } ?? target
        case .queryTrace, .repriceFreight:
            let subject = target.lastIndex(of: "@").map { String(target[..<$0]) } ?? target
            return subject.replacing(">", with: " → ")
        default: return target.replacing("#", with: " · ")
        }
    }

    private func outcomeKey(_ outcome: InstructionAnswer.Outcome) -> String {
        switch outcome {
        case .done: "detail_done"
        case .refused: "status_refused"
        case .unresolved: "detail_unresolved"
        }
    }

    /// What would end a hold, and when it ends without that.
    func exit(of hold: StandingHold) -> String {
        guard let latest = hold.latestEnd else { return exit(hold.exit) }
        return words("exit_latest", ["exit": exit(hold.exit), "time": formats.minute(latest)])
    }

    private func exit(_ exit: StandingHold.Exit) -> String {
        switch exit {
        case .person: words("exit_person")
        case .timer(let at): words("exit_timer", ["time": formats.minute(at)])
        case .fact(let kind): words("exit_fact", ["fact": words("fact_\(keyPart(kind.rawValue))")])
        case .condition: words("exit_condition")
        }
    }

    func track(_ status: TrackingStatus) -> String { words("track_\(keyPart(status.rawValue))") }

    func amount(_ minor: Int64) -> String { formats.amount(minor, currency: currency) }

    private func placed(_ header: OrderHeader) -> String {
        let lines = String(header.lines.count)
        guard let payable = header.payableMinor else { return words("detail_placed_plain", ["lines": lines]) }
        return words("detail_placed", ["lines": lines, "amount": formats.amount(payable, currency: header.currency)])
    }

    private func traced(_ trace: Trace) -> String {
        guard let last = trace.scans.max() else { return trace.number }
        return words(
            "detail_scans", ["count": String(trace.scans.count), "last": join([track(last.status), last.place])])
    }

    private func parcel(_ id: String) -> String { id.isEmpty ? "" : words("detail_parcel", ["parcel": id]) }

    private func join(_ parts: [String]) -> String { parts.filter { !$0.isEmpty }.joined(separator: " · ") }
}
