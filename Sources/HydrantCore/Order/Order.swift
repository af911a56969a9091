/// One order: everything that was ever said about it, merged so that the order of arrival does not matter, and the
/// states that follow from it.
///
/// Everything except ``version``, ``messages``, ``issued``, ``rulings``, ``tasks`` and ``stamps`` is a join of facts:
/// commutative, associative, idempotent (docs/adr/0001). `stamps` is derived from it and never shrinks; `issued` and
/// `tasks` are what was asked of systems and of people on the way, and `rulings` what the rules say about all of it.
package struct Order: Hashable, Sendable {
    package var number: String
    /// The number of the last event; 0 before the first.
    package var version = 0
    /// The messages that were already taken in.
    package var messages: Set<MessageName> = []

    package var header: Register<OrderHeader>?
    /// The first message that placed the order.
    package var placed: Evidence?
    /// The smallest amount that was ever named as payable: paying it is paying.
    package var payableFloorMinor: Int64?
    package var lines = Ledger<Line>()
    /// What has to be shipped, at its smallest: packing that is packing it all.
    package var demand = Demand()
    package var payments = Ledger<Payment>()
    /// The largest amount of each payment, in order of their ids.
    package var paymentPeaks: [PaymentPeak] = []
    /// The first message that said that the order is paid in full.
    package var paymentCompleted: Evidence?
    package var refunds = Ledger<MoneyEntry>()
    package var revenues = Ledger<MoneyEntry>()
    package var receipts = Ledger<MoneyEntry>()
    package var invoices = Ledger<MoneyEntry>()

    package var credit: Register<CreditCheck>?
    /// Every check that was passed, the earliest first.
    package var creditPasses: [CreditPass] = []
    package var creditRefused: Evidence?
    package var locked: Evidence?
    package var lockRefused: Register<String>?
    package var parcels: [Parcel] = []
    /// The parcels in which goods come back.
    package var wayBacks: [Parcel] = []
    package var warranty: Register<Instant>?
    package var warrantyRegistered: Evidence?

    package var receiver: Register<ReceiverReference>?
    /// The first message that changed the receiver after the order was placed.
    package var receiverChanged: Evidence?
    package var receiverVerifiedFingerprints = Ledger<String>()

    package var cancelled: Register<String>?
    package var returnAsked: Register<String>?
    /// The first message that asked for other goods in exchange.
    package var exchangeAsked: Evidence?
    /// Every word about a return of the whole order, the earliest first, and when the customer last kept it after all.
    var wholeWords: [ReturnWord] = []
    var wholeKeptLast: Instant?
    /// Returns and exchanges that name their lines, and of each the words that named more than any before.
    package var returnRequests = Ledger<ReturnRequest>()
    var returnWords: [String: [ReturnWord]] = [:]
    package var completed: Evidence?
    package var holds: [HeldReason] = []
    package var decisions = Ledger<Decision>()
    package var touchpoints: [TouchpointRecord] = []
    /// The last word of each outside system.
    package var words = Ledger<String>()
    /// The times at which each kind of fact happened, the earliest first.
    package var moments: [FactKind: [Instant]] = [:]
    /// The kinds of facts that happened at all.
    package var happened = FactKindSet()
    package var issued: [IssuedInstruction] = []
    /// The last verdict of each rule that was called, in order of the rules' ids, and after it that of its version in
    /// shadow.
    package var rulings: [Ruling] = []
    /// What was asked for by others than the hub's own looks at the order, by the tasks' ids.
    package var askedTasks = Ledger<TaskNeed>()
    /// What people did with tasks, by the tasks' ids.
    package var taskHands = Ledger<TaskHand>()
    package var taskOwners = Ledger<String>()
    package var taskResolutions = Ledger<TaskResolution>()
    package var notes = Ledger<NoteReference>()
    package var tickets = Ledger<Ticket>()
    package var callWishes = Ledger<CallWish>()
    /// The newest report of each stage of each call.
    package var callReports = Ledger<CallReport>()
    /// In the order in which they were opened.
    package var tasks: [OrderTask] = []

    /// The states reached so far: always 1, 2, … without a gap.
    package var stamps: [StateStamp] = []

    package init(number: String) { self.number = number }

    /// The number of the highest state reached; 0 is placed.
    package var state: Int { stamps.count }

    /// When the order came into the state it is in: the last stamp, or when it was placed.
    package var stateSince: Instant? { stamps.last?.at ?? placed?.at }

    /// The first credit check that was passed.
    package var creditPassed: Evidence? { creditPasses.first?.evidence }

    /// The newest time at which each kind of fact happened.
    package var latest: [FactKind: Instant] { moments.compactMapValues(\.last) }

    package var paidMinor: Int64 { payments.values.reduce(0) { $0 + $1.amountMinor } }
    package var refundedMinor: Int64 { refunds.values.reduce(0) { $0 + $1.amountMinor } }
    package var revenueMinor: Int64 { revenues.values.reduce(0) { $0 + $1.amountMinor } }
    package var receivedMinor: Int64 { receipts.values.reduce(0) { $0 + $1.amountMinor } }
    /// Price and freight of all lines.
    package var linesMinor: Int64 { lines.values.reduce(0) { $0 + $1.priceMinor + $1.freightMinor } }

    package var completion: Completion {
        if cancelled != nil { return .cancelled }
        if hasOpenReturn || effectiveRulings.contains(where: isCompletedPartially) { return .partiallyCompleted }
        if completed != nil || state == StateNumber.warrantyActivated || isGivenBackWholly { return .completed }
        return .open
    }

    /// A rule that runs the playbook of returns says so for as long as a return is open.
    private func isCompletedPartially(_ ruling: Ruling) -> Bool {
        ruling.completesPartially && !(returnAsked != nil && ruling.playbooks.contains(.returnExchange))
    }

    /// When the order stopped being live: completed, also because everything came back, or cancelled, whichever came
    /// first; nil while it is live.
    package var endedAt: Instant? {
        let done = state == StateNumber.warrantyActivated ? stamps.last?.at : nil
        return [cancelled?.evidence.at, completed?.at, done, givenBackAt].compactMap(\.self).min()
    }

    /// When the first parcel left the house: handed over, or seen by the courier.
    package var shipped: Evidence? { parcels.compactMap(\.shipped).min() }

    /// A parcel, also one on its way back.
    package func parcel(_ id: String) -> Parcel? { (id.isWayBack ? wayBacks : parcels).first { $0.id == id } }
}

/// The name of a message: no two messages of a sender have the same number, and no two senders the same name.
package struct MessageName: Hashable, Sendable {
    package var source: String
    package var id: String

    package init(source: String, id: String) {
        self.source = source
        self.id = id
    }
}

/// What became of an order beside its state.
package enum Completion: String, Sendable, CaseIterable {
    case open
    case partiallyCompleted = "partially-completed"
    case completed
    case cancelled
}

/// Units that travel together.
package struct Parcel: Hashable, Sendable {
    package var id: String
    package var packing: Register<Packing>?
    package var contents = ParcelContents()
    package var packed: Evidence?
    package var waybills: [Waybill] = []
    /// The first message that said that a number exists.
    package var tracked: Evidence?
    package var handedOver: Evidence?
    package var scans: [Scan] = []
    package var signed: Evidence?
    /// How many times the channels are tried: 1, and more after timers of further rounds.
    package var round = 1
    /// The first scan under each number that shows the parcel in the courier's hands.
    package var moved: [String: Evidence] = [:]
    /// The last time at which nothing had been heard of it for too long.
    var silentAt: Instant?
    /// The number that a person found on the box.
    package var chosen: Register<String>?

    package init(id: String) { self.id = id }

    package var liveWaybills: [Waybill] {
        #if HYDRANT_MUTANTS
            if Mutant.voidedWaybillLives.isOn { return waybills }
        #endif
        return waybills.filter { $0.voided == nil }
    }

    /// Handed over by our own systems' word, or scanned by the courier.
    package var shipped: Evidence? { handedOver }

    /// The newest scan.
    package var lastScan: Scan? { scans.last }
}

/// The courier's document of a parcel and its number.
package struct Waybill: Hashable, Sendable {
    package var number: String
    package var courier: String
    package var channel: String
    /// The newest number that the courier gave the order of the waybill; see ``Tracking/reference``.
    package var reference: Register<String>?
    package var readBack: Evidence?
    package var voided: Evidence?
    /// Who or which tour takes it, by the newest message that says so.
    package var tour: Register<WaybillTour>?
    /// The newest message of a system that named courier and channel, and the newest of a person; a system's word goes
    /// before a person's.
    var stated: Evidence?
    var typed: Evidence?
    /// As ``stated`` and ``typed``, of the messages that name a channel.
    var statedChannel: Evidence?
    var typedChannel: Evidence?

    /// Whether only people said that this number exists.
    package var isTyped: Bool { readBack != nil && stated == nil }
}

/// Rider and line of a waybill, each empty where the courier does not say.
package struct WaybillTour: Hashable, Sendable {
    package var rider: String
    package var line: String
}

extension Evidence {
    /// Whether a person typed it, or a machine in a person's place: no system of the outside world said so.
    var isTyped: Bool { source == "keeper" || ActorName.commands(source) }
}

/// A hold and how it ended.
package struct HeldReason: Hashable, Sendable {
    package var hold: Hold
    package var placed: Evidence?
    package var released: Evidence?
    /// The newest message that named reason, owner and exit.
    var described: Evidence?
    /// The first message of a person or a timer that ended it.
    var ended: Evidence?

    /// A hold that ended, or whose release arrived before the hold itself, does not hold.
    package var isActive: Bool { placed != nil && released == nil }
}

package struct TouchpointRecord: Hashable, Sendable {
    package var kind: Touchpoint
    package var accepted: Evidence?
    package var refused: Evidence?
}

package struct IssuedInstruction: Hashable, Sendable {
    package var instruction: Instruction
    package var issuedAt: Instant
    /// The fingerprint of the receiver that the order had when it was issued.
    package var receiver: String?
    package var answer: Register<InstructionAnswer>?
    /// What the order that it placed in exchange holds, units by lines: as wanted then, or as a person put it right.
    var goods: [String: Int]?

    package init(
        instruction: Instruction, issuedAt: Instant, receiver: String? = nil, answer: Register<InstructionAnswer>? = nil
    ) {
        self.instruction = instruction
        self.issuedAt = issuedAt
        self.receiver = receiver
        self.answer = answer
    }
}
