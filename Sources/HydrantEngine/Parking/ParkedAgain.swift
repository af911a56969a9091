package import HydrantCore
import HydrantStorage
import Logging

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
    /// Several orders at once are one look.
    private static let pause: Milliseconds = .seconds(2)
    /// A look reads no more messages than this; older ones than a month wait for a person.
    static let rowsAtMost = 2_000
    static let ageAtMost: Milliseconds = .hours(24 * 30)

    func wake() { signals.parked.ring() }

    func run() async {
        let stopwatch = options.stopwatch ?? clock
        while !Task.isCancelled {
            await signals.parked.wait()
            do {
                try await stopwatch.sleep(until: stopwatch.now() + Self.pause)
                _ = try await look { ParkedReason.automatic.contains($0.reason) }
            } catch is CancellationError {
                return
            } catch is HubStopping {
                return
            } catch {
                log.error("messages that were set aside could not be decided again", metadata: ["reason": "\(error)"])
            }
        }
    }

    /// Decides messages again, the oldest first.
    ///
    /// - Returns: how many were looked at, and how many were recorded.
    func look(_ admits: @Sendable (ParkedRow) -> Bool) async throws -> (looked: Int, recorded: Int) {
        let begin = clock.now() - Self.ageAtMost
        var counts = (looked: 0, recorded: 0)
        var cursor: Int64 = 0
        var read = 0
        while read < Self.rowsAtMost {
            let after = cursor
            let rows = try await store.read { try $0.parked(after: after, limit: 200) }
            guard let last = rows.last else { break }
            cursor = last.id
            read += rows.count
            for row in rows where row.receivedAt >= begin && admits(row) {
                counts.looked += 1
                if try await decide(row) { counts.recorded += 1 }
            }
        }
        return counts
    }

    /// - Returns: whether the message is recorded now, and no longer set aside.
    private func decide(_ row: ParkedRow) async throws -> Bool {
        guard let incoming = try await incoming(row) else { return false }
        guard let receipt = try await committer.submit(Submission(facts: [incoming])).first else { return false }
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
        guard let place = places.first, places.count == 1 else { return nil }
        return json.setting("order", to: .string(place.order))
            .setting("data", to: data.setting("parcel", to: .string(place.parcel)))
    }
}

/// Why messages are set aside that are decided again by themselves.
package enum ParkedReason {
    package static let unknownOrder = "the hub has no order with the number of this message"
    package static let unknownWaybill = "no order, or more than one, has the waybill that the message names"
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
    /// Where the first ones came from: a file and line, or a route.
    package var places: [String] = []
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
            if group.places.count < 3, !group.places.contains(row.place) { group.places.append(row.place) }
            groups[[row.source, row.reason]] = group
        }
        return groups.values.sorted { ($1.count, $0.source, $0.reason) < ($0.count, $1.source, $1.reason) }
    }

    /// Decides the messages of one source and reason again.
    ///
    /// - Returns: how many were looked at, and how many were recorded.
    package func decideParkedAgain(source: String, reason: String) async throws -> (looked: Int, recorded: Int) {
        try await parkedAgain.look { $0.source == source && $0.reason == reason }
    }

    /// Takes messages of one source and reason away that a person has dealt with, with an entry in the audit trail.
    ///
    /// - Returns: how many.
    package func dropParked(source: String, reason: String, why: String, by actor: String) async throws -> Int {
        let now = clock.now()
        let keyring = keyring
        return try await store.transaction { transaction in
            let rows = try transaction.parked(after: 0, limit: ParkedAgain.rowsAtMost)
                .filter { $0.source == source && $0.reason == reason }
            var count = 0
            for row in rows where try transaction.removeParked(row) { count += 1 }
            guard count > 0 else { return 0 }
            try transaction.appendAudit(
                AuditEntry(
                    time: now, actor: actor, action: "parked.dropped", object: "source:\(source)", reason: why,
                    detail: ["count": .integer(Int64(count)), "reason": .string(reason)]), keyring)
            return count
        }
    }
}
