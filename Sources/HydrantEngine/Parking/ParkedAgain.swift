internal import HydrantConnectorKit
package import HydrantCore
import HydrantStorage
import Logging
import Synchronization

/// Messages that were set aside because their order, or the parcel with their waybill, was not there yet. They are
/// decided again when orders or waybills have come.
struct ParkedAgain: Sendable {
    let store: any Store
    let committer: Committer
    let intake: Intake
    let clock: any HubClock
    let signals: HubSignals
    let options: HubOptions
    let log: Logger
    let asked = AskedAgain()
    /// Several orders at once are one look.
    private static let pause: Milliseconds = .seconds(2)
    /// A look reads no more messages than this; the next one goes on behind them.
    static let rowsPerLook = 2_000
    /// What a person asks for goes through no more messages than this.
    static let rowsAtMost = 100_000
    private static let rowsAtOnce = 200
    /// What a person asks for is answered after so long, with what is done until then.
    static let patience: Milliseconds = .seconds(20)
    /// Older messages wait for a person.
    static let ageAtMost: Milliseconds = .hours(24 * 30)

    /// What became of a look.
    struct Look {
        var looked = 0
        var recorded = 0
        /// Behind which row the next look begins; nil at the end.
        var next: Int64?
    }

    private var stopwatch: any HubClock { options.stopwatch ?? clock }

    func wake() { signals.parked.ring() }

    func run() async {
        var place: Int64?
        while !Task.isCancelled {
            if place == nil { await signals.parked.wait() }
            do {
                try await stopwatch.sleep(until: stopwatch.now() + Self.pause)
                let begin = clock.now() - Self.ageAtMost
                place = try await look(after: place ?? 0, rows: Self.rowsPerLook) {
                    $0.receivedAt >= begin && ParkedReason.automatic.contains($0.reason)
                }.next
            } catch is CancellationError {
                return
            } catch is HubStopping {
                return
            } catch {
                place = nil
                log.error("messages that were set aside could not be decided again", metadata: ["reason": "\(error)"])
            }
        }
    }

    /// Decides messages again, the oldest first.
    ///
    /// - Parameters:
    ///   - place: the row behind which it begins.
    ///   - rows: it reads about so many.
    ///   - end: when it is enough, on the stopwatch.
    func look(
        after place: Int64 = 0, rows: Int = rowsAtMost, until end: Instant? = nil,
        _ admits: @Sendable (ParkedRow) -> Bool
    ) async throws -> Look {
        var look = Look()
        var cursor = place
        var read = 0
        while read < rows {
            let after = cursor
            let page = try await store.read { try $0.parked(after: after, limit: Self.rowsAtOnce) }
            for row in page {
                if let end, stopwatch.now() >= end {
                    look.next = cursor
                    return look
                }
                if admits(row) {
                    look.looked += 1
                    if try await decide(row) { look.recorded += 1 }
                }
                cursor = row.id
            }
            guard let last = page.last, page.count == Self.rowsAtOnce else { return look }
            cursor = last.id
            read += page.count
        }
        look.next = cursor
        return look
    }

    /// - Returns: whether the message is recorded now, and no longer set aside.
    private func decide(_ row: ParkedRow) async throws -> Bool {
        guard let incoming = try await incoming(row) else { return false }
        var submission = Submission(facts: [incoming])
        submission.door = .again
        guard let receipt = try await committer.submit(submission).first else { return false }
        switch receipt {
        case .accepted, .duplicate: return try await store.transaction { try $0.removeParked(row) }
        case .conflicting, .refused, .parked: return false
        }
    }

    /// The message as a fact of an order that is there; nil where it is none.
    private func incoming(_ row: ParkedRow) async throws -> IncomingFact? {
        guard let bytes = try? intake.openParked(row.sealedBody), var json = try? JSON(bytes: bytes),
            json["kind"]?.string != nil
        else { return nil }
        if json["order"]?.string ?? "" == "" {
            guard let placed = try await placed(json) else { return nil }
            json = placed
        }
        guard let number = json["order"]?.string, try await store.read({ try $0.orderRow(number.normalised) }) != nil
        else { return nil }
        // What came over the interface for facts is read as it came; what a connector read is a fact already.
        if row.place.hasPrefix("order ") { return try? intake.read(json, receivedAt: row.receivedAt) }
        return try? intake.seal(try Fact(json: json, receivedAt: row.receivedAt))
    }

    /// A trace that names only a waybill, with the order and the parcel that have it; nil where none or several do.
    private func placed(_ json: JSON) async throws -> JSON? {
        guard json["kind"]?.string == FactKind.traceReported.rawValue, let data = json["data"],
            let waybill = data["number"]?.string
        else { return nil }
        let places = try await store.read { try $0.places(ofWaybill: waybill) }
        guard let place = places.meant else { return nil }
        return json.setting("order", to: .string(place.order))
            .setting("data", to: data.setting("parcel", to: .string(place.parcel)))
    }
}

/// Why messages are set aside that are decided again by themselves.
package enum ParkedReason {
    package static let unknownOrder = "the hub has no order with the number of this message"
    package static let unknownWaybill = "no order, or more than one, has the waybill that the message names"
    package static let otherMessage = "another message with the number of this one was recorded before"
    static let automatic: Set<String> = [unknownOrder, unknownWaybill]
}

extension JSON {
    /// The object with another value of a member, or with one more.
    fileprivate func setting(_ name: String, to value: JSON) -> JSON {
        guard case .object(var members) = self else { return self }
        if let index = members.firstIndex(where: { $0.name == name }) {
            members[index].value = value
        } else {
            members.append(Member(name, value))
        }
        return .object(members)
    }
}

/// Messages of one source that were set aside for one reason.
package struct ParkedGroup: Hashable, Sendable {
    package var source: String
    package var reason: String
    package var count = 0
    package var oldest: Instant
    package var newest: Instant
    /// The row of the newest message.
    package var newestID: Int64 = 0
    /// Where the first ones came from: a file and line, or a route.
    package var places: [String] = []

    package init(source: String, reason: String, oldest: Instant, newest: Instant) {
        self.source = source
        self.reason = reason
        self.oldest = oldest
        self.newest = newest
    }
}

/// What became of messages that a person had decided again.
package struct DecidedAgain: Hashable, Sendable {
    package var looked: Int
    package var recorded: Int
    /// Whether messages behind these were not looked at.
    package var isMore: Bool
}

/// What people ask for is carried out one by one, and goes on where it was left.
final class AskedAgain: Sendable {
    private struct State {
        var isUnderWay = false
        /// The row behind which a group is gone on with, where it was not looked at to its end.
        var places: [[String]: Int64] = [:]
    }

    private let state = Mutex(State())

    /// - Returns: the row behind which to begin; nil while another one is under way.
    func begin(_ group: [String]) -> Int64? {
        state.withLock { state in
            guard !state.isUnderWay else { return nil }
            state.isUnderWay = true
            return state.places[group] ?? 0
        }
    }

    func end(_ group: [String], next: Int64?) {
        state.withLock { state in
            state.isUnderWay = false
            state.places[group] = next
        }
    }
}

extension Hub {
    /// What was set aside, by source and reason, the most messages first.
    ///
    /// - Parameter limit: looks at no more messages than this, the oldest first.
    package func parkedGroups(limit: Int) async throws -> [ParkedGroup] {
        let rows = try await store.read { try $0.parked(after: 0, limit: limit) }
        var groups: [[String]: ParkedGroup] = [:]
        for row in rows {
            var group =
                groups[[row.source, row.reason]]
                ?? ParkedGroup(source: row.source, reason: row.reason, oldest: row.receivedAt, newest: row.receivedAt)
            group.count += 1
            group.oldest = min(group.oldest, row.receivedAt)
            group.newest = max(group.newest, row.receivedAt)
            group.newestID = max(group.newestID, row.id)
            if group.places.count < 3, !group.places.contains(row.place) { group.places.append(row.place) }
            groups[[row.source, row.reason]] = group
        }
        return groups.values.sorted { ($1.count, $0.source, $0.reason) < ($0.count, $1.source, $1.reason) }
    }

    /// Decides the messages of one source and reason again, for some seconds. What is left then is gone on with when it
    /// is asked for once more.
    ///
    /// - Returns: nil while somebody else's wish is carried out.
    package func decideParkedAgain(source: String, reason: String) async throws -> DecidedAgain? {
        let asked = parkedAgain.asked
        let group = [source, reason]
        guard let place = asked.begin(group) else { return nil }
        var next: Int64?
        defer { asked.end(group, next: next) }
        let end = stopwatch.now() + ParkedAgain.patience
        let look = try await parkedAgain.look(after: place, until: end) { $0.source == source && $0.reason == reason }
        next = look.next
        return DecidedAgain(looked: look.looked, recorded: look.recorded, isMore: look.next != nil)
    }

    /// Takes messages of one source and reason away that a person has dealt with, with an entry in the audit trail.
    ///
    /// - Parameter group: what the person saw: what came after its newest message stays.
    /// - Returns: how many.
    package func dropParked(_ group: ParkedGroup, why: String, by actor: String) async throws -> Int {
        let now = clock.now()
        let keyring = keyring
        let why = withoutPeople(why)
        return try await store.transaction { transaction in
            var count = 0
            var place: Int64 = 0
            var read = 0
            while read < ParkedAgain.rowsAtMost {
                let rows = try transaction.parked(after: place, limit: 1_000)
                for row in rows
                where row.id <= group.newestID && row.source == group.source && row.reason == group.reason {
                    if try transaction.removeParked(row) { count += 1 }
                }
                guard let last = rows.last, last.id < group.newestID else { break }
                place = last.id
                read += rows.count
            }
            guard count > 0 else { return 0 }
            try transaction.appendAudit(
                AuditEntry(
                    time: now, actor: actor, action: "parked.dropped", object: "source:\(group.source)", reason: why,
                    detail: ["count": .integer(Int64(count)), "reason": .string(group.reason)]), keyring)
            return count
        }
    }
}
