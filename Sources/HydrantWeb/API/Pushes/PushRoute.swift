import HTTPTypes
import Hummingbird
import HummingbirdCore
import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage
import Logging
import NIOPosix

/// `POST /push/{system}`: what outside systems push, each in its own protocol. Acknowledged in the sender's own words,
/// and only when everything is on disk.
struct PushRoute: Sendable {
    let hub: Hub
    let limits: ServerLimits
    let log: Logger
    private let receivers: [String: any PushReceiver]
    /// Apart from the gauge of the facts: whoever floods this open address does not stop those.
    private let load: LoadGauge

    init(hub: Hub, receivers: [any PushReceiver], limits: ServerLimits, log: Logger) {
        self.hub = hub
        self.limits = limits
        self.log = log
        load = LoadGauge(maximumBytes: limits.waitingPushBytes)
        self.receivers = Dictionary(receivers.map { ($0.system, $0) }) { first, _ in first }
    }

    @Sendable func post(_ request: Request, _ context: HubContext) async throws -> Response {
        guard let receiver = receivers[try pathText("system", context)] else { throw Problem.noRoute }
        guard await hub.committer.queueLength < limits.waitingSubmissions else { throw Problem.overloaded }
        var push = try head(of: request, context)
        do throws(PushProblem) {
            try receiver.checkHead(push)
        } catch {
            return answer(turnedAway: error, from: receiver.system)
        }
        push.body = try await readBody(of: request, limits.pushBytes, chargedTo: load)
        let room = push.body.count
        defer { load.leave(room) }
        let content: PushContent
        switch try await read(push, by: receiver) {
        case .success(let read): content = read
        case .failure(let problem): return try await answer(problem, to: push, from: receiver.system)
        }
        let strangers = receiver.followsOrders ? try await unknownOrders(content) : []
        try await record(content, of: push, from: receiver.system, strangers: strangers)
        return Response(content.acknowledgement)
    }

    /// A large push is read on a thread of its own, because the shared ones answer everybody else meanwhile.
    private func read(_ push: Push, by receiver: any PushReceiver) async throws -> Result<PushContent, PushProblem> {
        @Sendable func read() -> Result<PushContent, PushProblem> {
            do throws(PushProblem) {
                return .success(try receiver.receive(push))
            } catch {
                return .failure(error)
            }
        }
        guard push.body.count > Self.largePush else { return read() }
        return try await NIOThreadPool.singleton.runIfActive { read() }
    }

    private static let largePush = 16 * 1_024

    private func head(of request: Request, _ context: HubContext) throws -> Push {
        guard let query = formDecoded((request.uri.query ?? "").utf8) else {
            throw Problem.unreadableRequest("The query is not percent-encoded UTF-8.")
        }
        var headers: [String: String] = [:]
        for field in request.headers {
            headers[field.name.canonicalName] =
                headers[field.name.canonicalName].map { "\($0), \(field.value)" }
                ?? field.value
        }
        let rest = context.parameters.get("rest") == nil ? "" : try pathText("rest", context)
        return Push(query: query, headers: headers, body: [], now: hub.clock.now(), pathRest: rest)
    }

    private func answer(turnedAway problem: PushProblem, from system: String) -> Response {
        log.warning(
            "a push was not taken in",
            metadata: ["system": "\(system)", "kind": "\(problem.kind)", "reason": "\(problem.message)"])
        return Response(problem.acknowledgement)
    }

    /// A wrong signature leaves nothing behind; what is signed and cannot be read is kept for a person.
    private func answer(_ problem: PushProblem, to push: Push, from system: String) async throws -> Response {
        if problem.kind == .malformed {
            let row = try hub.intake.park(
                push.body, source: system, place: "push from \(system)", reason: problem.message, now: push.now)
            _ = try await recorded { try await hub.committer.submit(Submission(parked: [row])) }
        }
        return answer(turnedAway: problem, from: system)
    }

    /// What can be recorded is recorded, and the rest of the same push is kept with its reason: one bad row of a
    /// partner takes no good one with it.
    private func record(
        _ content: PushContent, of push: Push, from system: String, strangers: Set<String>
    ) async throws {
        let now = push.now
        var submission = Submission()
        submission.door = .webhook
        func park(_ bytes: [UInt8], _ reason: String) throws {
            submission.parked.append(
                try hub.intake.park(bytes, source: system, place: "push from \(system)", reason: reason, now: now))
        }
        for reported in content.facts {
            guard !strangers.contains(reported.order) else {
                submission.parked.append(
                    try parked(reported, ParkedReason.unknownOrder, from: system, now: now))
                continue
            }
            guard let placed = try await placed(reported) else {
                submission.parked.append(
                    try parked(reported, ParkedReason.unknownWaybill, from: system, now: now))
                continue
            }
            do throws(FactProblem) {
                submission.facts.append(try hub.intake.seal(placed, from: system, receivedAt: now))
            } catch {
                try park(reported.part ?? push.body, "\(error.path) \(error.message)")
            }
        }
        for bytes in content.unattributed { try park(bytes, "the message names no order") }
        guard submission.facts.count + submission.parked.count > 0 else { return }
        let taken = submission
        let receipts = try await recorded { try await hub.committer.submit(taken) }
        let repeated = receipts.count { if case .duplicate = $0 { true } else { false } }
        if repeated > 0 {
            log.info(
                "a push repeats what was recorded before", metadata: ["system": "\(system)", "facts": "\(repeated)"])
        }
        try await parkWhatWasNotRecorded(zip(taken.facts, receipts), from: system, now: now)
    }

    /// The orders of a push that the hub does not have.
    private func unknownOrders(_ content: PushContent) async throws -> Set<String> {
        let named = Set(content.facts.map(\.order)).subtracting([""])
        guard !named.isEmpty else { return [] }
        return try await recorded {
            try await hub.store.read { reader in try named.filter { try reader.orderRow($0) == nil } }
        }
    }

    /// A trace that names only the waybill's number, with the order and the parcel that have it; nil where none or
    /// several do. What names its order is left as it is.
    private func placed(_ reported: ReportedFact) async throws -> ReportedFact? {
        guard reported.order.isEmpty, case .traceReported(var trace) = reported.body else { return reported }
        let number = trace.number
        let places = try await recorded { try await hub.store.read { try $0.places(ofWaybill: number) } }
        guard let place = places.meant else { return nil }
        var placed = reported
        placed.order = place.order
        trace.parcel = place.parcel
        placed.body = .traceReported(trace)
        return placed
    }

    /// Kept as a fact, so that it can be decided when what it waits for has come.
    private func parked(
        _ reported: ReportedFact, _ reason: String, from system: String, now: Instant
    ) throws -> ParkedRow {
        let fact = Fact(
            source: system, messageID: reported.messageID, order: reported.order, occurredAt: reported.occurredAt,
            receivedAt: now,
            word: reported.word, body: reported.body)
        return try hub.intake.park(
            fact.json.bytes, source: system, place: "push from \(system)",
            reason: reason, now: now)
    }

    /// An acknowledged message is never lost: what the hub did not record as a fact is kept for a person.
    private func parkWhatWasNotRecorded(
        _ outcomes: Zip2Sequence<[IncomingFact], [FactReceipt]>, from system: String, now: Instant
    ) async throws {
        var rows: [ParkedRow] = []
        for (incoming, receipt) in outcomes {
            let reason: String
            switch receipt {
            case .accepted, .duplicate, .parked: continue
            case .conflicting: reason = ParkedReason.otherMessage
            case .refused(let refusal): reason = refusal.text.english
            }
            rows.append(
                try hub.intake.park(
                    incoming.fact.json.bytes, source: system, place: "push from \(system)", reason: reason, now: now))
        }
        guard !rows.isEmpty else { return }
        let submission = Submission(parked: rows)
        _ = try await recorded { try await hub.committer.submit(submission) }
    }
}

extension Response {
    fileprivate init(_ acknowledgement: Acknowledgement) {
        self.init(bytes: acknowledgement.body, type: acknowledgement.contentType)
    }
}
