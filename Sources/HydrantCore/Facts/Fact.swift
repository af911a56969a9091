/// Something that an outside system or a person says happened to one order.
///
/// `(source, messageID)` identifies the message: the same pair is the same message however often it arrives.
package struct Fact: Hashable, Sendable {
    /// The system that speaks, as named in the settings: "wms", "shop-tmall", "person:li", "machine:shop".
    package var source: String
    /// The sender's own number of the message.
    package var messageID: String
    /// The hub's order number.
    package var order: String
    /// When it happened, by the sender's clock, as it was said; nil when the sender does not say.
    package var occurredAt: Instant?
    /// When the hub took it in.
    package var receivedAt: Instant
    /// The sender's status word, raw, when the message carries one.
    package var word: String?
    package var body: FactBody

    package init(
        source: String, messageID: String, order: String, occurredAt: Instant?, receivedAt: Instant,
        word: String? = nil, body: FactBody
    ) {
        self.source = source
        self.messageID = messageID
        self.order = order
        self.occurredAt = occurredAt
        self.receivedAt = receivedAt
        self.word = word
        self.body = body
    }

    package var name: MessageName { MessageName(source: source, id: messageID) }

    /// A sender's clock may be ahead by so much. A time that lies further in the future is none: the newest of several
    /// statements counts, and it would count for ever.
    package static let clockLead: Milliseconds = .hours(24)

    package var evidence: Evidence {
        #if HYDRANT_MUTANTS
            if Mutant.comparedByArrival.isOn {
                return Evidence(at: receivedAt, isTimed: true, source: source, messageID: messageID)
            }
        #endif
        let time = occurredAt.flatMap { $0 <= receivedAt + Self.clockLead ? $0 : nil }
        return Evidence(at: time ?? receivedAt, isTimed: time != nil, source: source, messageID: messageID)
    }
}

/// The proof of something: which message said it, and when it happened.
package struct Evidence: Hashable, Sendable {
    package var at: Instant
    /// False when the sender gave no time and `at` is only the time of receipt.
    package var isTimed: Bool
    package var source: String
    package var messageID: String

    package init(at: Instant, isTimed: Bool, source: String, messageID: String) {
        self.at = at
        self.isTimed = isTimed
        self.source = source
        self.messageID = messageID
    }
}

extension Evidence: Comparable {
    /// A total order that does not depend on arrival: by time, then timed before untimed, then by message.
    package static func < (left: Evidence, right: Evidence) -> Bool {
        if left.at != right.at { return left.at < right.at }
        if left.isTimed != right.isTimed { return left.isTimed }
        if left.source != right.source { return left.source < right.source }
        return left.messageID < right.messageID
    }
}

/// What a fact says. Each case has one storage name in ``FactKind``, which never changes.
package enum FactBody: Hashable, Sendable {
    case orderPlaced(OrderHeader)
    case lineReported(Line)
    case paymentReported(Payment)
    case creditChecked(CreditCheck)
    case inventoryLocked(InventoryLock)
    case inventoryRefused(reason: String)
    case parcelPacked(Packing)
    case trackingReported(Tracking)
    case waybillVoided(parcel: String, number: String)
    case parcelHandedOver(parcel: String)
    case traceReported(Trace)
    case signedReported(parcel: String)
    /// Without lines of the whole order. The id is the number of the return, which all systems of the order share: the
    /// same one is the same return, whoever names it. A system whose own numbers others may use too puts its name
    /// before them.
    case returnAsked(reason: String, isExchange: Bool, lines: [ReturnedLine] = [], id: String = "")
    case orderCancelled(reason: String)
    case orderCompleted
    case refundReported(MoneyEntry)
    case revenueRecognised(MoneyEntry)
    case receiptReported(MoneyEntry)
    case invoiceIssued(MoneyEntry)
    case warrantyRegistered(until: Instant)
    case receiverChanged(ReceiverReference)
    case receiverVerified(fingerprint: String)
    case statusReported
    case holdPlaced(Hold)
    case holdReleased(id: String, note: String)
    case decisionMade(Decision)
    case touchpointSent(kind: Touchpoint, isAccepted: Bool)
    case instructionAnswered(InstructionAnswer)
    case timerFell(id: String)
    /// A person found out which of a parcel's numbers is on the box.
    case waybillChosen(parcel: String, number: String)
    /// Something asks for a person, until the form is answered.
    case taskAsked(TaskNeed)
    case taskMoved(TaskMove)
    case noteWritten(NoteReference)
    case ticketReported(Ticket)
    case callAsked(CallWish)
    case callReported(CallReport)

    package var kind: FactKind {
        switch self {
        case .orderPlaced: .orderPlaced
        case .lineReported: .lineReported
        case .paymentReported: .paymentReported
        case .creditChecked: .creditChecked
        case .inventoryLocked: .inventoryLocked
        case .inventoryRefused: .inventoryRefused
        case .parcelPacked: .parcelPacked
        case .trackingReported: .trackingReported
        case .waybillVoided: .waybillVoided
        case .parcelHandedOver: .parcelHandedOver
        case .traceReported: .traceReported
        case .signedReported: .signedReported
        case .returnAsked: .returnAsked
        case .orderCancelled: .orderCancelled
        case .orderCompleted: .orderCompleted
        case .refundReported: .refundReported
        case .revenueRecognised: .revenueRecognised
        case .receiptReported: .receiptReported
        case .invoiceIssued: .invoiceIssued
        case .warrantyRegistered: .warrantyRegistered
        case .receiverChanged: .receiverChanged
        case .receiverVerified: .receiverVerified
        case .statusReported: .statusReported
        case .holdPlaced: .holdPlaced
        case .holdReleased: .holdReleased
        case .decisionMade: .decisionMade
        case .touchpointSent: .touchpointSent
        case .instructionAnswered: .instructionAnswered
        case .timerFell: .timerFell
        case .waybillChosen: .waybillChosen
        case .taskAsked: .taskAsked
        case .taskMoved(let move): move.kind
        case .noteWritten: .noteWritten
        case .ticketReported: .ticketReported
        case .callAsked: .callAsked
        case .callReported: .callReported
        }
    }
}

/// The storage names of facts. They are written into events and never change; the list may only grow.
package enum FactKind: String, CaseIterable, Sendable {
    case orderPlaced = "order.placed"
    case lineReported = "line.reported"
    case paymentReported = "payment.reported"
    case creditChecked = "credit.checked"
    case inventoryLocked = "inventory.locked"
    case inventoryRefused = "inventory.refused"
    case parcelPacked = "parcel.packed"
    case trackingReported = "tracking.reported"
    case waybillVoided = "waybill.voided"
    case parcelHandedOver = "parcel.handed-over"
    case traceReported = "trace.reported"
    case signedReported = "signed.reported"
    case returnAsked = "return.asked"
    case orderCancelled = "order.cancelled"
    case orderCompleted = "order.completed"
    case refundReported = "refund.reported"
    case revenueRecognised = "revenue.recognised"
    case receiptReported = "receipt.reported"
    case invoiceIssued = "invoice.issued"
    case warrantyRegistered = "warranty.registered"
    case receiverChanged = "receiver.changed"
    case receiverVerified = "receiver.verified"
    case statusReported = "status.reported"
    case holdPlaced = "hold.placed"
    case holdReleased = "hold.released"
    case decisionMade = "decision.made"
    case touchpointSent = "touchpoint.sent"
    case instructionAnswered = "instruction.answered"
    case timerFell = "timer.fell"
    case waybillChosen = "waybill.chosen"
    case taskAsked = "task.asked"
    case taskTaken = "task.taken"
    case taskHandedOver = "task.handed-over"
    case taskSnoozed = "task.snoozed"
    case taskResolved = "task.resolved"
    case noteWritten = "note.written"
    case ticketReported = "ticket.reported"
    case callAsked = "call.asked"
    case callReported = "call.reported"

    /// Facts that only the hub's own parts write: nobody outside can say that a timer fell or how an instruction ended,
    /// and what people do with tasks, notes and telephones has doors of its own.
    package var isInternal: Bool {
        switch self {
        case .instructionAnswered, .timerFell, .taskTaken, .taskHandedOver, .taskSnoozed, .taskResolved, .noteWritten,
            .callAsked:
            true
        default: false
        }
    }

    /// The kinds that may come from outside.
    package static let reportable = allCases.filter { !$0.isInternal }
}
