package import HydrantCore

/// Identifies a message of an outside system.
package struct MessageKey: Hashable, Sendable {
    package var source: String
    package var messageID: String

    package init(source: String, messageID: String) {
        self.source = source
        self.messageID = messageID
    }
}

/// The order as lists and figures need it; everything in it can be recomputed from its events.
package struct OrderRow: Hashable, Sendable {
    /// The store's own number of the order, rising with first arrival; 0 until it is written.
    package var id: Int64
    package var number: String
    package var version: Int
    package var state: Int
    package var stateSince: Instant?
    package var completion: Completion
    package var holds: Int
    /// The most serious finding.
    package var verdict: Verdict?
    package var placedAt: Instant?
    package var changedAt: Instant
    /// The packed ``HealthContribution``.
    package var health: UInt16
    /// When findings or health change by themselves.
    package var changesAt: Instant?
    /// After which moment the order has been in its state for too long; nil while nobody waits for it.
    package var overdueAfter: Instant?
    /// The hash of the last event: the head of the order's chain, 32 bytes.
    package var chainHead: [UInt8]

    package init(number: String, changedAt: Instant) {
        id = 0
        self.number = number
        version = 0
        state = 0
        completion = .open
        holds = 0
        self.changedAt = changedAt
        health = 0
        chainHead = []
    }
}

/// One event as stored: canonical JSON and the keyed hash over it and its predecessor.
package struct StoredEvent: Hashable, Sendable {
    package var number: Int
    package var bytes: [UInt8]
    package var hash: [UInt8]

    package init(number: Int, bytes: [UInt8], hash: [UInt8]) {
        self.number = number
        self.bytes = bytes
        self.hash = hash
    }
}

package struct StoredOrder: Hashable, Sendable {
    package var row: OrderRow
    package var events: [StoredEvent]

    package init(row: OrderRow, events: [StoredEvent]) {
        self.row = row
        self.events = events
    }
}

package struct FindingRow: Hashable, Sendable {
    package var order: String
    package var orderID: Int64
    package var kind: MismatchKind
    package var verdict: Verdict
    package var since: Instant

    package init(order: String, orderID: Int64, kind: MismatchKind, verdict: Verdict, since: Instant) {
        self.order = order
        self.orderID = orderID
        self.kind = kind
        self.verdict = verdict
        self.since = since
    }
}

package struct FindingCount: Hashable, Sendable {
    package var kind: MismatchKind
    package var verdict: Verdict
    package var count: Int64

    package init(kind: MismatchKind, verdict: Verdict, count: Int64) {
        self.kind = kind
        self.verdict = verdict
        self.count = count
    }
}

package enum InstructionStatus: String, CaseIterable, Sendable {
    /// To be sent when due.
    case waiting
    /// Sent, and nobody knows whether it was done: ask before anything else.
    case ambiguous
    case done
    case refused
    /// Given up: a person has to look.
    case parked

    /// Whether something is still to be sent or asked.
    package var isOpen: Bool { self == .waiting || self == .ambiguous }
}

package struct InstructionRow: Hashable, Sendable {
    package var instruction: Instruction
    package var order: String
    package var status: InstructionStatus
    package var attempts: Int
    package var issuedAt: Instant
    package var dueAt: Instant
    /// When it is no longer worth sending.
    package var deadline: Instant
    /// Why the last attempt failed, in words.
    package var lastError: String
    /// Until when it belongs to who claimed it; nil in rows that are read and not claimed.
    package var leaseUntil: Instant?

    package init(instruction: Instruction, order: String, issuedAt: Instant, deadline: Instant) {
        self.instruction = instruction
        self.order = order
        status = .waiting
        attempts = 0
        self.issuedAt = issuedAt
        dueAt = issuedAt
        self.deadline = deadline
        lastError = ""
    }
}

/// The end of an attempt.
package struct InstructionChange: Hashable, Sendable {
    package var key: String
    package var status: InstructionStatus
    package var attempts: Int
    package var dueAt: Instant
    package var lastError: String
    /// The lease under which the attempt was made. When another lease has taken its place, the end counts for nothing:
    /// see ``StoreTransaction/lostLeases(_:)``. Nil is not compared.
    package var leaseUntil: Instant?

    package init(key: String, status: InstructionStatus, attempts: Int, dueAt: Instant, lastError: String) {
        self.key = key
        self.status = status
        self.attempts = attempts
        self.dueAt = dueAt
        self.lastError = lastError
    }
}

/// A message as it came, sealed, so that it can be decided again.
package struct InboxRow: Hashable, Sendable {
    package var message: MessageKey
    package var order: String
    package var receivedAt: Instant
    package var bodyHash: UInt64
    package var sealedBody: [UInt8]

    package init(message: MessageKey, order: String, receivedAt: Instant, bodyHash: UInt64, sealedBody: [UInt8]) {
        self.message = message
        self.order = order
        self.receivedAt = receivedAt
        self.bodyHash = bodyHash
        self.sealedBody = sealedBody
    }
}

/// A message that could not be decided, kept with the reason until a person looks at it.
package struct ParkedRow: Hashable, Sendable {
    /// 0 until it is written.
    package var id: Int64
    package var source: String
    /// Where it came from: a file and line, or a route.
    package var place: String
    package var receivedAt: Instant
    package var reason: String
    package var sealedBody: [UInt8]
    /// Tells equal messages: one of the same source and place is kept once. Empty only in rows of the first schema.
    package var fingerprint: String

    package init(
        source: String, place: String, receivedAt: Instant, reason: String, sealedBody: [UInt8], fingerprint: String
    ) {
        id = 0
        self.source = source
        self.place = place
        self.receivedAt = receivedAt
        self.reason = reason
        self.sealedBody = sealedBody
        self.fingerprint = fingerprint
    }
}

/// A receiver under seal; the id is in the order.
package struct SealedReceiver: Hashable, Sendable {
    package var id: String
    package var sealed: [UInt8]

    package init(id: String, sealed: [UInt8]) {
        self.id = id
        self.sealed = sealed
    }
}

package struct StoreCounts: Hashable, Sendable {
    package var orders: Int64 = 0
    package var events: Int64 = 0
    package var messages: Int64 = 0
    package var parked: Int64 = 0

    package init() {}
}

extension OrderRow {
    /// Where the order stands while somebody waits for it.
    package var place: StatePlace? {
        StatePlace(state: state, since: stateSince, completion: completion, overdueAfter: overdueAfter)
    }
}

package struct OrderFilter: Hashable, Sendable {
    package var state: Int?
    package var completion: Completion?
    package var verdict: Verdict?
    /// The beginning of the order number.
    package var numberPrefix: String?
    /// Only orders that have not ended, by completion or cancellation.
    package var isStanding: Bool

    package init(
        state: Int? = nil, completion: Completion? = nil, verdict: Verdict? = nil, numberPrefix: String? = nil,
        isStanding: Bool = false
    ) {
        self.state = state
        self.completion = completion
        self.verdict = verdict
        self.numberPrefix = numberPrefix
        self.isStanding = isStanding
    }
}

/// What one order's step writes: the row as it is now, the new events, and its findings when they changed.
package struct OrderWrite: Hashable, Sendable {
    package var row: OrderRow
    package var events: [StoredEvent]
    package var findings: [Finding]?
    /// The parcels' waybills when they changed.
    package var waybills: [WaybillRow]?
    /// Where the packed parcels stand when that changed.
    package var parcels: [ParcelRow]?
    /// Whether the step may have changed by what the order is found.
    package var concernsSearch = false
    /// The open tasks when they changed.
    package var tasks: [TaskRow]?

    package init(
        row: OrderRow, events: [StoredEvent], findings: [Finding]?, waybills: [WaybillRow]?, parcels: [ParcelRow]? = nil
    ) {
        self.row = row
        self.events = events
        self.findings = findings
        self.waybills = waybills
        self.parcels = parcels
    }
}

/// A waybill of a parcel. At most one per parcel is live; the schema refuses a second.
package struct WaybillRow: Hashable, Sendable {
    package enum Status: String, CaseIterable, Sendable {
        case live
        case contested
        case voided
    }

    package var parcel: String
    package var number: String
    package var status: Status

    package init(parcel: String, number: String, status: Status) {
        self.parcel = parcel
        self.number = number
        self.status = status
    }
}

/// The parcel that has or had a waybill.
package struct WaybillPlace: Hashable, Sendable {
    package var order: String
    package var parcel: String

    package init(order: String, parcel: String) {
        self.order = order
        self.parcel = parcel
    }
}

/// Everything of one step, written together or not at all.
package struct WriteBatch: Sendable {
    package var inbox: [InboxRow] = []
    package var receivers: [SealedReceiver] = []
    package var orders: [OrderWrite] = []
    package var instructions: [InstructionRow] = []
    package var timers: [OrderTimer] = []
    package var finishedTimers: [OrderTimer] = []
    package var instructionChanges: [InstructionChange] = []
    package var parked: [ParkedRow] = []

    package init() {}
}
