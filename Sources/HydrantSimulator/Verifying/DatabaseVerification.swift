import HydrantCore
import HydrantStorage

/// What is asked about the database as a whole, beside its orders.
struct DatabaseVerification {
    /// As it should be by the rows that were seen.
    private(set) var head: HeadTotals?
    private let keyring: Keyring
    private let anchor: HeadAnchor?
    private let stored: DatabaseHead?
    private var computed = DatabaseHead()
    /// The hash of the settings document that is there.
    private let document: [UInt8]
    private var problems: [String] = []
    private var timers: [String: [String: Instant]] = [:]
    private var anchored: Set<String>
    /// Messages that orders recorded and the inbox has.
    private var messages: Int64 = 0

    init(_ reader: any StoreReader, _ keyring: Keyring, _ anchor: HeadAnchor?) throws {
        self.keyring = keyring
        self.anchor = anchor
        anchored = Set(anchor.map { Array($0.orders.keys) } ?? [])
        var stored: DatabaseHead?
        do {
            stored = try DatabaseHead(reader, keyring)
            if try stored == nil && DatabaseHead.isDue(reader, keyring) {
                problems.append("the head of the database is gone")
            }
        } catch let failure as StoreFailure where failure.kind == .corrupt {
            problems.append("the head of the database was not written with this key")
        }
        self.stored = stored
        var timers: [String: [String: Instant]] = [:]
        try reader.scanTimers { timers[$0.order, default: [:]][$0.id] = $0.dueAt }
        self.timers = timers
        let document = try reader.meta(settingsDocumentName)
        self.document = document.map(keyring.headHash) ?? HeadTotals().document
    }

    mutating func look(at verified: inout VerifiedOrder, _ events: [StoredEvent]) {
        let row = verified.row
        computed.replace(nil, by: HeadTerm(row, keyring))
        messages += Int64(verified.messagesInInbox)
        if let end = anchor?.orders[row.number] {
            anchored.remove(row.number)
            if events.count < end.version {
                verified.add("its history was cut back from \(end.version) events, as kept outside, to \(events.count)")
            } else if end.version < 1 || events[end.version - 1].hash != end.hash {
                verified.add("event \(end.version) differs from the one kept outside")
            }
        }
        let rows = timers.removeValue(forKey: row.number) ?? [:]
        if verified.isWhole { compare(timers: rows, &verified) }
    }

    /// A timer stands for every hold that waits for one, and none for anything else.
    private func compare(timers rows: [String: Instant], _ verified: inout VerifiedOrder) {
        var dues: [String: Set<Int64>] = [:]
        for document in verified.documents {
            let content = document["content"]
            guard content?["kind"]?.string == FactKind.holdPlaced.rawValue, let json = content,
                let fact = try? Fact(json: json, receivedAt: Instant(milliseconds: 0)),
                case .holdPlaced(let hold) = fact.body, case .timer(let at) = hold.exit
            else { continue }
            dues[hold.id, default: []].insert(at.milliseconds)
        }
        for document in verified.documents where document["event"]?.string == Event.ruleDecidedName {
            guard let event = try? Event(json: document), case .ruleDecided(let ruling) = event.body, !ruling.isShadow
            else { continue }
            for hold in ruling.holds {
                if let until = hold.until { dues[hold.id, default: []].insert(until.milliseconds) }
            }
        }
        for (id, dueAt) in rows.sorted(by: { $0.key < $1.key }) where dues[id]?.contains(dueAt.milliseconds) != true {
            verified.add("the timer \(id) at \(dueAt) belongs to no hold")
        }
        for held in verified.order.holds where held.isActive {
            guard case .timer = held.hold.exit, rows[held.hold.id] == nil else { continue }
            verified.add("hold \(held.hold.id) waits for a timer that is not stored")
        }
        let standing = Set(verified.order.standingHolds.map(\.id))
        for hold in verified.order.rulings.filter({ !$0.isShadow }).flatMap(\.holds) where hold.until != nil {
            guard standing.contains(hold.id), rows[hold.id] == nil else { continue }
            verified.add("hold \(hold.id) waits for a timer that is not stored")
        }
    }

    /// What can only be said when every order was seen.
    mutating func conclude(_ reader: any StoreReader) throws -> [String] {
        for number in timers.keys.sorted() {
            problems.append("a timer is stored for order \(number), which is not there")
        }
        for number in anchored.sorted() {
            problems.append("order \(number): is gone, although its head was kept outside")
        }
        let counted = try reader.countedRows().messages
        if counted != messages { try nameMessages(counted, reader) }
        compareHeads()
        return problems
    }

    private mutating func compareHeads() {
        guard let parts = stored else { return }
        let stored = parts.totals
        var found = computed.totals
        found.commits = stored.commits
        found.document = document
        head = found
        if found.document != stored.document {
            problems.append("the settings document is not the one that was saved")
        }
        for writer in parts.writersPutBack {
            problems.append("what writer \(writer) of the database did was put back: others had seen more of it")
        }
        if found.sum != stored.sum {
            problems.append(
                "the head of the database is not that of its orders: orders were removed, added or put back to an "
                    + "earlier state")
        }
        guard let anchor else { return }
        for (writer, commits) in anchor.writers.sorted(by: { $0.key < $1.key }) {
            let now = parts.parts[writer]?.commits ?? 0
            guard now < commits, stored.commits >= anchor.commits else { continue }
            problems.append(
                "what writer \(writer) of the database did was put back: it has \(now) commits, the head kept outside "
                    + "\(commits)")
        }
        if stored.commits < anchor.commits {
            problems.append(
                "the database was put back: it has \(stored.commits) commits, the head kept outside is of commit "
                    + "\(anchor.commits)")
        } else if stored.commits == anchor.commits, stored.text(keyring) != anchor.head {
            problems.append("the head of commit \(anchor.commits) differs from the one kept outside")
        }
    }

    /// Every message of the inbox is in an event of its order. Only looked at one by one when the numbers differ.
    private mutating func nameMessages(_ counted: Int64, _ reader: any StoreReader) throws {
        problems.append("the inbox has \(counted) messages, \(messages) of them were recorded by orders")
        var last: (number: String, names: Set<MessageName>) = ("", [])
        var found: [String] = []
        try reader.scanInbox { row in
            guard found.count < 100 else { return }
            if last.number != row.order {
                let events = try reader.events(of: row.order).compactMap { try? Event(json: JSON(bytes: $0.bytes)) }
                let names = events.compactMap { event -> MessageName? in
                    guard case .factRecorded(let fact) = event.body else { return nil }
                    return fact.name
                }
                last = (row.order, Set(names))
            }
            guard !last.names.contains(MessageName(source: row.message.source, id: row.message.messageID)) else {
                return
            }
            found.append(
                "order \(row.order): a message of \(row.message.source) is in the inbox and was never recorded")
        }
        problems += found
    }
}
