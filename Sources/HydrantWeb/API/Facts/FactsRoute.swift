import HTTPTypes
import Hummingbird
import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage
import NIOCore

/// `POST /v1/facts`: one fact or a list of them; answers when everything accepted is on disk.
struct FactsRoute: Sendable {
    let hub: Hub
    let webhooks: StandardWebhooks
    /// The clock of the world, by which signatures are judged; the hub's own may run faster.
    let wallClock: any HubClock
    let limits: ServerLimits
    /// The names of the systems that speak for themselves.
    let connected: Set<String>
    private let load: LoadGauge

    init(hub: Hub, webhooks: StandardWebhooks, settings: ServerSettings) {
        self.hub = hub
        self.webhooks = webhooks
        wallClock = settings.wallClock
        limits = settings.limits
        connected = settings.connectedSystems
        load = LoadGauge(maximumBytes: limits.waitingBodyBytes)
    }

    @Sendable func post(_ request: Request, _ context: HubContext) async throws -> Response {
        guard await hub.committer.queueLength < limits.waitingSubmissions else { throw Problem.overloaded }
        let body = try await readBody(of: request, limits.bodyBytes, chargedTo: load)
        defer { load.leave(body.count) }
        try verify(request, body, of: context.holder)
        let batch: FactBatch
        do throws(FactBatch.Problem) {
            batch = try FactBatch(body: body, maximum: limits.factsPerRequest)
        } catch {
            switch error {
            case .notJSON(let detail): throw Problem.notJSON(detail)
            case .tooManyFacts: throw Problem.tooManyFacts(limits.factsPerRequest)
            }
        }
        return Response(json: ["results": .array(try await record(batch, of: context.holder))])
    }

    /// Whoever has a key of their own signs with that and with no other.
    private func verify(_ request: Request, _ body: [UInt8], of holder: AccessToken?) throws(Problem) {
        let own = holder?.webhookSecret.flatMap { try? StandardWebhooks(secrets: [$0]) }
        var headers: [String: String] = [:]
        for name in webhookHeaders { headers[name.canonicalName] = request.headers[name] }
        do {
            try (own ?? webhooks).verify(headers: headers, body: body, now: wallClock.now())
        } catch {
            switch error {
            case .missingHeader(let name): throw .unsigned("The header \(name) is missing.")
            case .stale: throw .stale
            case .wrongSignature, .badSecret:
                throw own == nil ? .unsigned("webhook-signature does not fit the body.") : .notSignedWithOwnKey
            }
        }
    }

    /// - Returns: one result per fact, in their order.
    private func record(_ batch: FactBatch, of holder: AccessToken?) async throws -> [JSON] {
        let now = hub.clock.now()
        var results: [FactResult?] = []
        results.reserveCapacity(batch.items.count)
        var facts: [IncomingFact] = []
        facts.reserveCapacity(batch.items.count)
        for item in batch.items {
            switch read(batch.body[item], now, of: holder) {
            case .success(let fact):
                facts.append(fact)
                results.append(nil)
            case .failure(let result): results.append(result.result)
            }
        }
        let receipts = try await submit(facts)
        var next = 0
        return results.map { result in
            if let result { return result.json }
            defer { next += 1 }
            return FactResult(receipts[next], of: facts[next].fact).json
        }
    }

    private struct Invalid: Error {
        var result: FactResult
    }

    private func read(
        _ bytes: ArraySlice<UInt8>, _ now: Instant, of holder: AccessToken?
    ) -> Result<IncomingFact, Invalid> {
        guard bytes.count <= Intake.factBytesMaximum else {
            let problem = FactProblem(path: "", message: "the fact is longer than \(Intake.factBytesMaximum) bytes")
            return .failure(Invalid(result: FactResult(invalid: problem)))
        }
        let json: JSON
        do throws(JSONProblem) {
            json = try JSON(bytes: bytes)
        } catch {
            let problem = FactProblem(path: "", message: "not JSON at byte \(error.offset): \(error.message)")
            return .failure(Invalid(result: FactResult(invalid: problem)))
        }
        do throws(FactProblem) {
            let incoming = try hub.intake.read(json, receivedAt: now)
            guard holder?.maySpeak(for: incoming.fact.source, connected: connected) == true else {
                return .failure(Invalid(result: FactResult(foreignSource: incoming.fact)))
            }
            return .success(incoming)
        } catch {
            return .failure(Invalid(result: FactResult(invalid: error, json: json)))
        }
    }

    private func submit(_ facts: [IncomingFact]) async throws -> [FactReceipt] {
        guard !facts.isEmpty else { return [] }
        return try await recorded { try await hub.submit(facts, through: facts.count == 1 ? .api : .bulk) }
    }
}

/// The three headers of Standard Webhooks.
private let webhookHeaders = ["webhook-id", "webhook-timestamp", "webhook-signature"].compactMap {
    HTTPField.Name($0)
}

/// Reads a whole body as one list of bytes. Only what has arrived counts: what a head announces costs nobody anything.
///
/// - Parameter load: is charged with the bytes of the result, which the caller gives back; nil where none is kept.
/// - Throws: `Problem` when the body is too large, or there is no room for more at the moment.
func readBody(
    of request: Request, _ maximum: Int, chargedTo load: LoadGauge? = nil
) async throws -> [UInt8] {
    let announced = request.headers[.contentLength].flatMap { Int($0) }
    if let announced, announced > maximum { throw Problem.bodyTooLarge(maximum) }
    var bytes: [UInt8] = []
    do {
        for try await part in request.body {
            guard bytes.count + part.readableBytes <= maximum else { throw Problem.bodyTooLarge(maximum) }
            guard load?.enter(part.readableBytes) != false else { throw Problem.overloaded }
            bytes += part.readableBytesView
        }
        // A connection that broke ends the body early.
        if let announced, announced != bytes.count { throw Problem.unreadableRequest("The body is not whole.") }
    } catch {
        load?.leave(bytes.count)
        throw error
    }
    return bytes
}

/// Turns the ways in which nothing is recorded into answers.
func recorded<Result: Sendable>(_ work: () async throws -> Result) async throws -> Result {
    do {
        return try await work()
    } catch let failure as StoreFailure {
        throw Problem(failure)
    } catch is HubStopping {
        throw Problem.stopping
    }
}
