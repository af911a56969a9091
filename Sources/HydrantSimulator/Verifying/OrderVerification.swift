import HydrantCore
import HydrantEngine
import HydrantStorage

/// The questions that are asked about every order of a store.
struct OrderVerification {
    let keyring: Keyring
    let settings: Settings
    /// False where the hub has orders to look at again, so that what is stored was judged otherwise.
    let isJudged: Bool

    func verify(_ row: OrderRow, _ events: [StoredEvent], reader: any StoreReader) throws -> VerifiedOrder {
        var verified = VerifiedOrder(row: row)
        fold(events, into: &verified)
        // Rows that follow from events cannot be judged when the events themselves are broken.
        guard verified.isWhole else {
            try compareMessages(&verified, reader)
            return verified
        }
        compareRow(&verified)
        compareStamps(&verified)
        compareHolds(&verified)
        try compareWaybills(&verified, reader)
        if isJudged {
            try compareFindings(&verified, reader)
            try compareParcels(&verified, reader)
        }
        try compareTasks(&verified, reader)
        try compareInstructions(&verified, reader)
        try compareMessages(&verified, reader)
        try compareReceivers(&verified, reader)
        return verified
    }

    // MARK: - The chain

    private func fold(_ events: [StoredEvent], into verified: inout VerifiedOrder) {
        var previous: [UInt8] = []
        var messages: Set<MessageKey> = []
        for stored in events {
            let expected = keyring.chainHash(previous: previous, event: stored.bytes)
            if stored.hash != expected {
                verified.add("the hash of event \(stored.number) does not follow from the chain")
            }
            previous = stored.hash
            guard let event = read(stored, &verified) else {
                verified.isWhole = false
                return
            }
            if let problem = obstacle(to: event, after: verified.order, messages: messages) {
                verified.add("event \(stored.number): \(problem)")
                verified.isWhole = false
                return
            }
            if case .factRecorded(let fact) = event.body {
                messages.insert(MessageKey(source: fact.source, messageID: fact.messageID))
            }
            verified.order.evolve(event)
        }
        verified.require(verified.row.chainHead == previous, "the row's chain head is not the hash of the last event")
    }

    /// The event of stored bytes, which must be the one way of writing it.
    private func read(_ stored: StoredEvent, _ verified: inout VerifiedOrder) -> Event? {
        let event: Event
        do {
            let document = try JSON(bytes: stored.bytes)
            verified.documents.append(document)
            event = try Event(json: document)
        } catch let problem as FactProblem {
            verified.add("event \(stored.number) cannot be read: \(problem.path) \(problem.message)")
            return nil
        } catch {
            verified.add("event \(stored.number) is not JSON")
            return nil
        }
        verified.require(event.json.bytes == stored.bytes, "event \(stored.number) is not in its canonical form")
        verified.require(event.number == stored.number, "event \(stored.number) calls itself \(event.number)")
        return event
    }

    /// Why an event cannot follow; nil when it can.
    private func obstacle(to event: Event, after order: Order, messages: Set<MessageKey>) -> String? {
        guard event.order == order.number else { return "belongs to another order" }
        guard event.number == order.version + 1 else { return "follows event \(order.version)" }
        switch event.body {
        case .factRecorded(let fact):
            guard fact.order == order.number else { return "records a fact of another order" }
            let key = MessageKey(source: fact.source, messageID: fact.messageID)
            return messages.contains(key) ? "records a message a second time" : nil
        case .stateReached(let stamp):
            guard stamp.number == order.state + 1 else { return "state \(stamp.number) comes after \(order.state)" }
            return obstacle(to: stamp, messages: messages)
        case .stateRestated(let stamp):
            guard stamp.number <= order.state else { return "state \(stamp.number) is restated at \(order.state)" }
            return obstacle(to: stamp, messages: messages)
        case .ruleDecided(let ruling):
            let isCalled = order.moments.values.contains { $0.contains(ruling.occasion) }
            return isCalled ? nil : "the rule \(ruling.rule) speaks of a moment at which nothing happened"
        case .instructionIssued(let instruction):
            if let refusal = order.refusal(of: instruction.kind) {
                return "\(instruction.kind.rawValue) is issued although a rule refuses it: \(refusal.english)"
            }
            let key = Instruction.key(order: order.number, eventNumber: event.number, kind: instruction.kind)
            return instruction.key == key ? nil : "the instruction's key is not the one of its event"
        case .taskOpened: return nil
        case .taskReopened(let id, _), .taskClosed(let id, _):
            return order.standingTask(id) == nil ? "moves task \(id), which is not open" : nil
        }
    }

    private func obstacle(to stamp: StateStamp, messages: Set<MessageKey>) -> String? {
        if stamp.proof.isEmpty { return "state \(stamp.number) has no proof" }
        let isKnown = stamp.proof.allSatisfy {
            messages.contains(MessageKey(source: $0.source, messageID: $0.messageID))
        }
        return isKnown ? nil : "the proof of state \(stamp.number) is a message that this order never recorded"
    }

    // MARK: - The row

    private func compareRow(_ verified: inout VerifiedOrder) {
        let row = verified.row
        let moment = validMoment(of: row)
        var expected = row
        expected.update(
            from: verified.order, findings: verified.order.findings(settings: settings, now: moment),
            settings: settings, now: moment)
        func compare<Value: Equatable>(_ name: String, _ path: KeyPath<OrderRow, Value>) {
            verified.require(
                row[keyPath: path] == expected[keyPath: path],
                "\(name) is stored as \(row[keyPath: path]), the events give \(expected[keyPath: path])")
        }
        compare("version", \.version)
        compare("state", \.state)
        compare("state since", \.stateSince?.milliseconds)
        compare("completion", \.completion)
        compare("number of holds", \.holds)
        compare("placed at", \.placedAt?.milliseconds)
        guard isJudged else { return }
        compare("verdict", \.verdict)
        compare("health", \.health)
        compare("time of the next change", \.changesAt?.milliseconds)
        compare("end of its time in the state", \.overdueAfter?.milliseconds)
    }

    /// A moment at which the row is valid, whenever the hub computed it: the last one before it changes by itself, or,
    /// where it never does, the end of time.
    private func validMoment(of row: OrderRow) -> Instant {
        let latest = Instant(milliseconds: 253_402_300_799_999)
        guard let changesAt = row.changesAt, changesAt.milliseconds > 0 else { return latest }
        return min(changesAt - 1, latest)
    }

    private func compareStamps(_ verified: inout VerifiedOrder) {
        let order = verified.order
        for (stamp, next) in zip(order.stamps, order.stamps.dropFirst()) {
            verified.require(stamp.at <= next.at, "state \(next.number) began before state \(stamp.number)")
        }
        // Other settings may have decided earlier events; what was reached stays reached.
        guard case .string(settings.version)? = verified.documents.last?["settings"] else { return }
        for stamp in order.supportedStamps(settings) {
            guard stamp.number <= order.state else {
                verified.add("the evidence supports state \(stamp.number), which was not reached")
                return
            }
            let reached = order.stamps[stamp.number - 1]
            verified.require(
                reached.at == stamp.at && reached.isInferred == stamp.isInferred,
                "state \(stamp.number) was reached at \(reached.at), the evidence says \(stamp.at)")
        }
    }

    private func compareHolds(_ verified: inout VerifiedOrder) {
        for hold in verified.order.standingHolds {
            verified.require(!hold.owner.isEmpty, "hold \(hold.id) has no owner")
            if case .timer(let at) = hold.exit {
                verified.require(at > hold.since, "hold \(hold.id) ends before it begins")
            }
        }
    }

    // MARK: - Side tables

    private func compareFindings(_ verified: inout VerifiedOrder, _ reader: any StoreReader) throws {
        let expected = verified.order.findings(settings: settings, now: validMoment(of: verified.row))
        let rows = try reader.findings(of: verified.row.number)
        let left = Set(rows.map { "\($0.kind.rawValue) \($0.verdict.rawValue) since \($0.since)" })
        let right = Set(expected.map { "\($0.kind.rawValue) \($0.verdict.rawValue) since \($0.since)" })
        for sentence in left.subtracting(right).sorted() {
            verified.add("\(sentence) is stored, the events do not say so")
        }
        for sentence in right.subtracting(left).sorted() { verified.add("\(sentence) is not stored") }
    }

    private func compareWaybills(_ verified: inout VerifiedOrder, _ reader: any StoreReader) throws {
        let rows = try reader.waybills(of: verified.row.number)
        verified.require(Set(rows) == Set(verified.order.waybillRows), "its waybills are not those of its events")
        verified.require(Set(rows).count == rows.count, "a waybill is stored twice")
        let live = rows.filter { $0.status == .live }.map(\.parcel)
        verified.require(Set(live).count == live.count, "a parcel has two live waybills")
    }

    /// Every packed parcel under way is in exactly one set.
    private func compareParcels(_ verified: inout VerifiedOrder, _ reader: any StoreReader) throws {
        // A database of an earlier version is brought up when a hub first runs on it.
        guard try reader.meta(Hub.parcelsPlacedMark) != nil else { return }
        let rows = try reader.parcels(of: verified.row.number)
        let expected = verified.order.parcelRows(settings, keyring, now: validMoment(of: verified.row))
        verified.require(Set(rows.map(\.standing.parcel)).count == rows.count, "a parcel is in two sets")
        verified.require(Set(rows) == Set(expected), "its parcels do not stand where its events say")
    }

    private func compareTasks(_ verified: inout VerifiedOrder, _ reader: any StoreReader) throws {
        let rows = try reader.tasks(of: verified.row.number)
        verified.require(rows == verified.order.taskRows, "its tasks are not those of its events")
        for row in rows { verified.require(!row.owner.isEmpty, "task \(row.id) has no owner") }
    }

    private func compareInstructions(_ verified: inout VerifiedOrder, _ reader: any StoreReader) throws {
        let rows = try reader.instructions(of: verified.row.number)
        let byKey = Dictionary(rows.map { ($0.instruction.key, $0) }, uniquingKeysWith: { first, _ in first })
        verified.require(byKey.count == rows.count, "an instruction is stored twice")
        for issued in verified.order.issued {
            guard let row = byKey[issued.instruction.key] else {
                verified.add("instruction \(issued.instruction.key) was issued and is not stored")
                continue
            }
            verified.require(
                row.instruction.isStored(of: issued.instruction),
                "instruction \(row.instruction.key) is stored otherwise than issued")
            verified.require(
                row.issuedAt == issued.issuedAt && row.deadline >= row.issuedAt,
                "the times of instruction \(row.instruction.key) are not those of its event")
            let answer = issued.answer?.value.outcome
            verified.require(
                row.status != .parked || row.dueAt >= row.deadline || answer == .unresolved
                    || row.lastError.hasPrefix(InstructionRow.unreadReply),
                "instruction \(row.instruction.key) was given up before its deadline")
            verified.require(
                (row.status == .done) == (answer == .done) && (row.status == .refused) == (answer == .refused),
                "instruction \(row.instruction.key) is \(row.status.rawValue), "
                    + "its answer is \(answer?.rawValue ?? "missing")")
        }
        let issued = Set(verified.order.issued.map(\.instruction.key))
        for key in byKey.keys.sorted() where !issued.contains(key) {
            verified.add("instruction \(key) is stored and was never issued")
        }
    }
}

extension Instruction {
    /// Whether this is what the store keeps of an issued instruction.
    fileprivate func isStored(of issued: Instruction) -> Bool {
        key == issued.key && kind == issued.kind && system == issued.system && target == issued.target
    }
}
