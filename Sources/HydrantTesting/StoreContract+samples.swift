import HydrantCore
import HydrantStorage

/// Rows for the contract, as small as they can be.
enum Sample {
    static let now = Instant(milliseconds: 1_790_000_000_000)

    static func hash(_ number: Int) -> [UInt8] { [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 32) }

    static func event(_ number: Int) -> StoredEvent {
        StoredEvent(number: number, bytes: Array("{\"n\":\(number)}".utf8), hash: hash(number))
    }

    /// A step of an order from a version with so many new events.
    static func step(_ order: String, id: Int64 = 0, from version: Int = 0, events: Int = 1) -> OrderWrite {
        var row = OrderRow(number: order, changedAt: now + Int64(version))
        row.id = id
        row.version = version + events
        row.chainHead = hash(row.version)
        return OrderWrite(
            row: row, events: (0..<events).map { event(version + 1 + $0) }, findings: nil, waybills: nil)
    }

    static func batch(_ writes: OrderWrite...) -> WriteBatch {
        var batch = WriteBatch()
        batch.orders = writes
        return batch
    }

    static func message(_ id: String, order: String = "A", bodyHash: UInt64 = 7) -> InboxRow {
        InboxRow(
            message: MessageKey(source: "wms", messageID: id), order: order, receivedAt: now, bodyHash: bodyHash,
            sealedBody: [1, 2, 3])
    }

    static func finding(_ kind: MismatchKind, _ verdict: Verdict) -> Finding {
        Finding(kind: kind, verdict: verdict, reason: Text(chinese: "原因", english: "reason"), since: now)
    }

    static func instruction(
        _ order: String, _ number: Int, kind: InstructionKind = .createDelivery, issued: Milliseconds = 0
    ) -> InstructionRow {
        let key = Instruction.key(order: order, eventNumber: number, kind: kind)
        return InstructionRow(
            instruction: Instruction(key: key, kind: kind, system: "wms", target: "P\(number)"), order: order,
            issuedAt: now + issued, deadline: now + .hours(2))
    }

    /// The lane of ``instruction(_:_:kind:issued:)``.
    static let lane = InstructionLane(system: "wms", kind: .createDelivery)

    static func claim(_ lane: InstructionLane = lane, length: Milliseconds, limit: Int = 9) -> InstructionClaim {
        InstructionClaim(lane, now: now, leaseUntil: now + length, limit: limit)
    }

    /// A claimed row as it is read.
    static func unclaimed(_ row: InstructionRow) -> InstructionRow {
        var row = row
        row.leaseUntil = nil
        return row
    }

    static func change(
        _ row: InstructionRow, _ status: InstructionStatus, attempts: Int = 1, due: Milliseconds = 0,
        error: String = ""
    ) -> InstructionChange {
        InstructionChange(
            key: row.instruction.key, status: status, attempts: attempts, dueAt: now + due, lastError: error)
    }

    static func parked(_ place: String) -> ParkedRow {
        ParkedRow(
            source: "file", place: place, receivedAt: now, reason: "not a date", sealedBody: [9],
            fingerprint: "of \(place)")
    }

    static func timer(_ order: String, _ id: String, due: Milliseconds) -> OrderTimer {
        OrderTimer(order: order, id: id, dueAt: now + due)
    }

    /// A step with something in every part of it, on a new order.
    static func everything(order: String, message id: String) -> WriteBatch {
        var write = step(order, events: 2)
        write.findings = [finding(.paidNotLocked, .late)]
        write.waybills = [WaybillRow(parcel: "P1", number: "SF1", status: .live)]
        var batch = batch(write)
        batch.inbox = [message(id, order: order)]
        batch.receivers = [SealedReceiver(id: "receiver", sealed: [4, 5])]
        batch.instructions = [instruction(order, 1)]
        batch.timers = [timer(order, "hold", due: 5)]
        batch.parked = [parked("a.csv:3")]
        return batch
    }
}
