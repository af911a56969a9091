extension Fact {
    /// Reads one fact as it comes over HTTP and as it lies in an event.
    ///
    /// A receiver in clear text (`data.receiver` with name, phone, address) is not read here: intake seals it first and
    /// puts the reference in its place.
    package init(json: JSON, receivedAt: Instant) throws(FactProblem) {
        let reader = try FieldReader(json, path: "")
        let kind = try reader.choice("kind", FactKind.self)
        let data = json["data"] ?? .object([])
        self.init(
            source: try reader.text("source", maximum: 100), messageID: try reader.text("id", maximum: 300),
            order: try reader.text("order", maximum: 100), occurredAt: try reader.optionalTime("occurredAt"),
            receivedAt: try reader.optionalTime("receivedAt") ?? receivedAt,
            word: try reader.optionalText("word", maximum: 200),
            body: try FactBody(kind: kind, data: try FieldReader(data, path: "data")))
    }

    /// The canonical form, which the event log stores.
    package var json: JSON {
        .compact([
            ("kind", .string(body.kind.rawValue)), ("source", .string(source)), ("id", .string(messageID)),
            ("order", .string(order)), ("occurredAt", .time(occurredAt)), ("receivedAt", .time(receivedAt)),
            ("word", .text(word)), ("data", body.data),
        ])
    }
}

extension FactBody {
    init(kind: FactKind, data: FieldReader) throws(FactProblem) {
        switch kind {
        case .orderPlaced: self = .orderPlaced(try OrderHeader(data))
        case .lineReported: self = .lineReported(try Line(data))
        case .paymentReported: self = .paymentReported(try Payment(data))
        case .creditChecked: self = .creditChecked(try CreditCheck(data))
        case .inventoryLocked: self = .inventoryLocked(try InventoryLock(data))
        case .inventoryRefused: self = .inventoryRefused(reason: try data.optionalText("reason") ?? "")
        case .parcelPacked: self = .parcelPacked(try Packing(data))
        case .trackingReported: self = .trackingReported(try Tracking(data))
        case .waybillVoided:
            self = .waybillVoided(
                parcel: try data.text("parcel", maximum: 100), number: try data.text("number", maximum: 100))
        case .parcelHandedOver: self = .parcelHandedOver(parcel: try data.text("parcel", maximum: 100))
        case .traceReported: self = .traceReported(try Trace(data))
        case .signedReported: self = .signedReported(parcel: try data.text("parcel", maximum: 100))
        default: self = try FactBody(laterKind: kind, data: data)
        }
    }

    private init(laterKind kind: FactKind, data: FieldReader) throws(FactProblem) {
        switch kind {
        case .returnAsked:
            self = .returnAsked(
                reason: try data.optionalText("reason") ?? "", isExchange: try data.flag("exchange", default: false),
                lines: try data.list("lines") { (item) throws(FactProblem) in try ReturnedLine(item) },
                id: try data.optionalText("id", maximum: 100) ?? "")
        case .orderCancelled: self = .orderCancelled(reason: try data.optionalText("reason") ?? "")
        case .orderCompleted: self = .orderCompleted
        case .refundReported: self = .refundReported(try MoneyEntry(data))
        case .revenueRecognised: self = .revenueRecognised(try MoneyEntry(data))
        case .receiptReported: self = .receiptReported(try MoneyEntry(data))
        case .invoiceIssued: self = .invoiceIssued(try MoneyEntry(data))
        case .warrantyRegistered: self = .warrantyRegistered(until: try data.time("until"))
        case .receiverChanged:
            guard let reference = try ReceiverReference(member: "receiver", of: data) else {
                throw data.problem("receiver", "is required and must be an object")
            }
            self = .receiverChanged(reference)
        case .receiverVerified: self = .receiverVerified(fingerprint: try data.text("fingerprint", maximum: 100))
        case .holdPlaced: self = .holdPlaced(try Hold(data))
        case .holdReleased:
            self = .holdReleased(id: try data.text("id", maximum: 100), note: try data.optionalText("note") ?? "")
        case .decisionMade: self = .decisionMade(try Decision(data))
        case .touchpointSent:
            self = .touchpointSent(
                kind: try data.choice("kind", Touchpoint.self), isAccepted: try data.flag("accepted", default: true))
        case .instructionAnswered: self = .instructionAnswered(try InstructionAnswer(data))
        // It may name a parcel, and more.
        case .timerFell: self = .timerFell(id: try data.text("id", maximum: 160))
        case .waybillChosen:
            self = .waybillChosen(
                parcel: try data.text("parcel", maximum: 100), number: try data.text("number", maximum: 100))
        case .taskAsked: self = .taskAsked(try TaskNeed(data))
        case .taskTaken, .taskHandedOver, .taskSnoozed, .taskResolved:
            self = .taskMoved(try TaskMove(kind: kind, data))
        case .noteWritten: self = .noteWritten(try NoteReference(data))
        case .ticketReported: self = .ticketReported(try Ticket(data))
        case .callAsked: self = .callAsked(try CallWish(data))
        case .callReported: self = .callReported(try CallReport(data))
        default: self = .statusReported
        }
    }

    /// The `data` member; nil where the kind says everything.
    var data: JSON? {
        switch self {
        case .orderPlaced(let header): header.json
        case .lineReported(let line): line.json
        case .paymentReported(let payment): payment.json
        case .creditChecked(let check): check.json
        case .inventoryLocked(let lock): lock.json
        case .inventoryRefused(let reason), .orderCancelled(let reason): ["reason": .string(reason)]
        case .parcelPacked(let packing): packing.json
        case .trackingReported(let tracking): tracking.json
        case .waybillVoided(let parcel, let number), .waybillChosen(let parcel, let number):
            ["parcel": .string(parcel), "number": .string(number)]
        case .parcelHandedOver(let parcel), .signedReported(let parcel): ["parcel": .string(parcel)]
        case .traceReported(let trace): trace.json
        case .returnAsked(let reason, let isExchange, let lines, let id):
            .compact([
                ("reason", .string(reason)), ("exchange", .bool(isExchange)), ("id", id.isEmpty ? nil : .string(id)),
                ("lines", lines.isEmpty ? nil : .array(lines.map(\.json))),
            ])
        case .orderCompleted, .statusReported: nil
        case .refundReported(let entry), .revenueRecognised(let entry), .receiptReported(let entry),
            .invoiceIssued(let entry):
            entry.json
        case .warrantyRegistered(let until): ["until": .integer(until.milliseconds)]
        case .receiverChanged(let reference): ["receiver": reference.json]
        case .receiverVerified(let fingerprint): ["fingerprint": .string(fingerprint)]
        case .holdPlaced(let hold): hold.json
        case .holdReleased(let id, let note): ["id": .string(id), "note": .string(note)]
        case .decisionMade(let decision): decision.json
        case .touchpointSent(let kind, let isAccepted): ["kind": .string(kind.rawValue), "accepted": .bool(isAccepted)]
        case .instructionAnswered(let answer): answer.json
        case .timerFell(let id): ["id": .string(id)]
        case .taskAsked(let need): need.json
        case .taskMoved(let move): move.json
        case .noteWritten(let note): note.json
        case .ticketReported(let ticket): ticket.json
        case .callAsked(let wish): wish.json
        case .callReported(let report): report.json
        }
    }
}
