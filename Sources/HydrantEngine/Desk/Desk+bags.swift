package import HydrantCore
import HydrantStorage

/// Something asked of a bag.
package struct BagCommand: Hashable, Sendable {
    /// The same id is the same command, however often it is sent.
    package var id: String
    package var person: DeskPerson
    /// When it was done at the desk.
    package var at: Instant
    package var action: BagAction
    /// Where a label goes; nil to the person's browser.
    package var printer: DeskSettings.Printer?

    package init(
        id: String, person: DeskPerson, at: Instant, action: BagAction, printer: DeskSettings.Printer? = nil
    ) {
        self.id = id
        self.person = person
        self.at = at
        self.action = action
        self.printer = printer
    }
}

/// What became of it.
package struct BagOutcome: Sendable {
    package var bag: Bag
    /// What it did; nil when it was done before or changed nothing.
    package var step: BagStep.Body?
    package var refusal: Refusal?
}

extension Desk {
    /// A bag as it is now, with the orders that left it; nil where no bag has the code.
    package func bag(_ code: BagCode) async throws -> Bag? {
        for _ in 0..<5 {
            guard let (bag, version, isLive) = try await stored(code) else { return nil }
            let left = isLive ? try await steps(behind: bag) : []
            let ending = left.isEmpty ? BagWriting.Ending.written : try await write(bag, left, version: version)
            guard ending == .written else { continue }
            var fresh = bag
            for step in left { fresh.take(step) }
            return fresh
        }
        throw StoreFailure(.conflict)
    }

    /// The bags that are open or closed, in the order of their departure.
    package func liveBags(of person: DeskPerson) async throws -> [Bag] {
        let records = try await hub.store.read { try Self.all($0, .live) }
        var bags: [Bag] = []
        for record in records {
            let bag = try Self.bag(record)
            guard person.maySee(bag.way.warehouse), let fresh = try await self.bag(bag.code), fresh.state.isLive
            else { continue }
            bags.append(fresh)
        }
        return bags.sorted {
            ($0.way.departsAt ?? now, $0.openedAt ?? now, $0.code.text)
                < ($1.way.departsAt ?? now, $1.openedAt ?? now, $1.code.text)
        }
    }

    /// Does something with a bag; nil where no bag has the code.
    ///
    /// - Parameter atStep: how many steps the bag must have; with others nothing is done and the answer is nil.
    package func act(
        _ code: BagCode, _ command: BagCommand, atStep: Int? = nil
    ) async throws -> BagOutcome? {
        let gate = try await settings().weighing
        for _ in 0..<8 {
            guard let (stored, version, isLive) = try await stored(code) else { return nil }
            var bag = stored
            if bag.hasTaken(command.id) { return BagOutcome(bag: bag) }
            if let atStep, atStep != bag.steps.count { return nil }
            var steps = isLive ? try await self.steps(behind: bag) : []
            for step in steps { bag.take(step) }
            var outcome = BagOutcome(bag: bag)
            do throws(Refusal) {
                outcome.step = try bag.decide(command.action, gate)
            } catch {
                outcome.refusal = error
            }
            if let body = outcome.step {
                let step = BagStep(id: command.id, at: command.at, person: command.person.name, body: body)
                // The courier's word is recorded before the bag is done, so that none of it can be lost in between.
                outcome.refusal = body == .handedOver ? try await recordHandover(of: bag, command) : nil
                if outcome.refusal == nil {
                    steps.append(step)
                    outcome.bag.take(step)
                } else {
                    outcome.step = nil
                }
            }
            let ending =
                steps.isEmpty
                ? BagWriting.Ending.written : try await write(stored, steps, version: version, command)
            switch ending {
            case .written:
                if command.printer != nil, outcome.step != nil { hub.printing.ring() }
                return outcome
            case .parcelElsewhere(let parcel): return BagOutcome(bag: bag, refusal: .bag(.elsewhere, parcel.parcel))
            case .overtaken: continue
            }
        }
        throw StoreFailure(.conflict)
    }

    /// Opens a bag for parcels that share a label.
    ///
    /// - Returns: nil when one of them is in a bag by now.
    func open(_ parcels: [ReadyParcel], _ way: BagWay, id: String, by person: DeskPerson) async throws -> Bag? {
        let list = parcels.map {
            BagStep.Parcel(
                key: $0.key, weightGrams: $0.weightGrams, receiver: $0.receiver, expectedGrams: $0.expectedGrams)
        }
        let name = hub.keyring.fingerprint("bag:\(id):" + list.map(\.key.text).joined(separator: "\n"))
        let code = BagCode(bits: UInt64(name.prefix(10), radix: 16) ?? fnv1a(Array(name.utf8)))
        let step = BagStep(id: id, at: now, person: person.name, body: .opened(way, list))
        let ending = try await write(Bag(code: code), [step], version: 0)
        return ending == .written ? Bag(code: code, steps: [step]) : nil
    }

    private func stored(_ code: BagCode) async throws -> (Bag, Int64, isLive: Bool)? {
        try await hub.store.read { reader in
            if let record = try reader.record(Collection.live.rawValue, code.text) {
                return (try Self.bag(record), record.version, true)
            }
            guard let record = try reader.record(Collection.done.rawValue, code.text) else { return nil }
            return (try Self.bag(record), record.version, false)
        }
    }

    /// What became of a bag by its orders: those that must not leave are out, and a bag of which every parcel has left
    /// by somebody else's word is handed over.
    private func steps(behind bag: Bag) async throws -> [BagStep] {
        var standings: [ParcelKey: (standing: BagParcel.Standing, receiver: String)] = [:]
        var isGone = true
        for place in bag.meant {
            guard let order = try await hub.committer.order(place.key.order) else { continue }
            let hasLeft = order.parcel(place.key.parcel)?.handedOver != nil
            if !hasLeft { standings[place.key] = (order.bagStanding, order.receiver?.value.fingerprint ?? "") }
            isGone = isGone && hasLeft
        }
        if isGone, !bag.meant.isEmpty {
            return [BagStep(id: "gone-\(bag.steps.count)", at: now, person: "hub", body: .handedOver)]
        }
        return bag.steps(after: standings, at: now)
    }

    /// Writes steps behind those that a bag has.
    private func write(
        _ bag: Bag, _ steps: [BagStep], version: Int64, _ command: BagCommand? = nil
    ) async throws -> BagWriting.Ending {
        let writing = BagWriting(bag: bag, steps: steps, version: version, command: command, now: now)
        let keyring = hub.keyring
        do {
            return try await hub.store.transaction { try writing.run($0, keyring) ? .written : .overtaken }
        } catch let taken as BagWriting.Taken {
            return .parcelElsewhere(taken.parcel)
        }
    }

    /// - Returns: why a parcel could not be recorded as handed over; what was recorded stays so.
    private func recordHandover(of bag: Bag, _ command: BagCommand) async throws -> Refusal? {
        let facts = try bag.meant.map { place in
            // A parcel's number is its sender's word and belongs to one order.
            let name = "\(bag.code):\(place.key.order.utf8.count):\(place.key.order):\(place.key.parcel)"
            return try hub.intake.seal(
                Fact(
                    source: Self.source, messageID: "handed-over:\(name)", order: place.key.order,
                    occurredAt: command.at, receivedAt: now, body: .parcelHandedOver(parcel: place.key.parcel)))
        }
        for (place, receipt) in zip(bag.meant, try await hub.submit(facts)) {
            guard let refusal = receipt.refusal else { continue }
            // It was said before, at another time.
            let order = try await hub.committer.order(place.key.order)
            if order?.parcel(place.key.parcel)?.handedOver == nil { return refusal }
        }
        return nil
    }

    /// Under which name facts of the desk are recorded; who stood there is in the steps and in the trail.
    static let source = SourceNames.desk
}

/// One change of a bag with everything that belongs to it, in one transaction.
private struct BagWriting: Sendable {
    enum Ending: Hashable {
        case written
        /// Somebody else wrote in between.
        case overtaken
        /// The parcel is in another bag, and nothing was written.
        case parcelElsewhere(ParcelKey)
    }

    /// Another bag has the parcel.
    struct Taken: Error { let parcel: ParcelKey }

    let bag: Bag
    let steps: [BagStep]
    let version: Int64
    let command: BagCommand?
    let now: Instant

    func run(_ transaction: any StoreTransaction, _ keyring: Keyring) throws -> Bool {
        var after = bag
        for step in steps { after.take(step) }
        let live = Desk.Collection.live.rawValue
        if after.state.isLive {
            guard try put(transaction, live, after.code.text, version, after.json) else { return false }
        } else {
            guard try transaction.record(live, after.code.text)?.version == version else { return false }
            _ = try transaction.deleteRecord(live, after.code.text)
            // What still waits for a printer is wanted no more.
            for print in after.prints { _ = try transaction.deleteRecord(Desk.Collection.jobs.rawValue, print.id) }
            guard try put(transaction, Desk.Collection.done.rawValue, after.code.text, 0, after.json) else {
                return false
            }
        }
        let before = bag.state.isLive ? Set(bag.meant.map(\.key)) : []
        let meant = after.state.isLive ? Set(after.meant.map(\.key)) : []
        let homes = Desk.Collection.homes.rawValue
        for key in before.subtracting(meant).sorted() { _ = try transaction.deleteRecord(homes, key.text) }
        for key in meant.subtracting(before).sorted() {
            guard try put(transaction, homes, key.text, 0, .string(after.code.text)) else {
                throw Taken(parcel: key)
            }
        }
        try addJob(transaction)
        for step in steps where step.body.isForTrail {
            let actor = step.person == "hub" ? "hub" : command?.person.actor ?? "user:\(step.person)"
            try transaction.appendAudit(
                AuditEntry(
                    time: now, actor: actor, action: "bag.\(step.body.name)", object: "bag:\(bag.code)",
                    reason: step.body.reason), keyring)
        }
        return true
    }

    private func put(
        _ transaction: any StoreTransaction, _ collection: String, _ key: String, _ version: Int64, _ json: JSON
    ) throws -> Bool {
        let record = StoredRecord(
            collection: collection, key: key, version: version + 1, body: json.bytes, changedAt: now)
        return try transaction.put(record, ifVersion: version)
    }

    private func addJob(_ transaction: any StoreTransaction) throws {
        guard let printer = command?.printer, let step = steps.last,
            case .printed(let template, _, _) = step.body
        else { return }
        let job = PrintJob(
            id: step.id, bag: bag.code, template: template, printer: printer, person: step.person, askedAt: now)
        _ = try put(transaction, Desk.Collection.jobs.rawValue, job.id, 0, job.json)
    }
}

extension BagStep.Body {
    /// Whether somebody may ask later who did it and why.
    fileprivate var isForTrail: Bool {
        switch self {
        case .closed, .printed, .handedOver, .voided, .left: true
        case .opened, .joined, .scanned, .foundForeign, .takenOut, .weighed: false
        }
    }
}
