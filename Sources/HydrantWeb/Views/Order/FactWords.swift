import HydrantCore
import HydrantEngine

/// Facts and instructions in words.
struct FactWords {
    let formats: Formats
    /// Of the order, for amounts.
    let currency: String

    private var words: Words { formats.words }

    func title(_ body: FactBody) -> String { words("fact_\(keyPart(body.kind.rawValue))") }

    /// What the fact says beside its kind; empty when there is nothing more.
    func detail(_ body: FactBody) -> String {
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
            join([words(check.isPassed ? "detail_passed" : "detail_refused"), check.level, check.reason])
        case .inventoryLocked(let lock):
            join([
                lock.warehouse, words(lock.coversEveryLine ? "detail_covers" : "detail_not_covers"),
                lock.frozenSKUs.isEmpty
                    ? "" : words("detail_frozen", ["list": lock.frozenSKUs.joined(separator: ", ")]),
            ])
        case .inventoryRefused(let reason), .orderCancelled(let reason): reason
        case .returnAsked(let reason, let isExchange):
            join([words(isExchange ? "detail_exchange" : "detail_return"), reason])
        case .refundReported(let entry), .revenueRecognised(let entry), .receiptReported(let entry),
            .invoiceIssued(let entry):
            join([amount(entry.amountMinor), entry.id])
        case .warrantyRegistered(let until): words("detail_until", ["date": formats.date(until)])
        default: laterDetail(body)
        }
    }

    private func laterDetail(_ body: FactBody) -> String {
        switch body {
        case .parcelPacked(let packing): join([parcel(packing.parcel), packing.warehouse])
        case .trackingReported(let tracking):
            join([
                tracking.courier, tracking.number.isEmpty ? words("detail_no_number") : tracking.number,
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
            words(
                "detail_minutes",
                ["person": decision.person, "cause": decision.cause, "minutes": String(decision.minutes)])
        case .touchpointSent(let kind, let isAccepted):
            join([
                words("touchpoint_\(keyPart(kind.rawValue))"),
                words(isAccepted ? "detail_accepted" : "detail_not_accepted"),
            ])
        case .instructionAnswered(let answer):
            join([
                words(answer.kind.text), words(outcomeKey(answer.outcome)),
                answer.detail,
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
            join([ticket.id, ticket.subject, words("ticket_\(ticket.status.rawValue)"), ticket.linkedOrder])
        case .callAsked(let wish): join([wish.person, displayName(ofSystem: wish.system)])
        case .callReported(let report):
            words(
                report.ending.map { "call_ended_\(keyPart($0.rawValue))" } ?? "call_\(keyPart(report.stage.rawValue))")
        default: ""
        }
    }

    private func moved(_ move: TaskMove) -> String {
        switch move.step {
        case .taken: move.person
        case .handedOver(let owner, let note): join([move.person, "→ \(TaskOwners.label(owner, words))", note])
        case .snoozed(let until, let reason):
            join([move.person, words("detail_until", ["date": formats.minute(until)]), reason])
        case .resolved(let resolution):
            join(
                [move.person] + resolution.answers.sorted { $0.key < $1.key }.filter { $0.key != "note" }.map(\.value)
                    + [resolution.note, words("detail_worked", ["minutes": String(resolution.minutes)])])
        }
    }

    private func outcomeKey(_ outcome: InstructionAnswer.Outcome) -> String {
        switch outcome {
        case .done: "detail_done"
        case .refused: "status_refused"
        case .unresolved: "detail_unresolved"
        }
    }

    /// What would end a hold.
    func exit(_ exit: StandingHold.Exit) -> String {
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
