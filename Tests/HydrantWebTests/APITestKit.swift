import HTTPTypes
import Hummingbird
import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Logging
import NIOCore
import Synchronization
import Testing

/// A clock that stands still. Who sleeps on it sleeps until the task is cancelled, or not at all.
final class StillClock: HubClock {
    private let moment: Mutex<Instant>
    private let sleeps: Bool

    init(_ moment: Instant, sleeps: Bool = true) {
        self.moment = Mutex(moment)
        self.sleeps = sleeps
    }

    func now() -> Instant { moment.withLock { $0 } }

    func move(by length: Milliseconds) { moment.withLock { $0 = $0 + length } }

    func sleep(until moment: Instant) async throws {
        guard sleeps else { return }
        for await _ in AsyncStream<Never>.makeStream().stream {}
        throw CancellationError()
    }
}

/// A store whose writes fail on demand.
final class FailingStore: Store {
    private let inner: InMemoryStore
    private let failure: Mutex<StoreFailure?>

    init(_ inner: InMemoryStore, failure: StoreFailure?) {
        self.inner = inner
        self.failure = Mutex(failure)
    }

    func fail(with failure: StoreFailure?) { self.failure.withLock { $0 = failure } }

    func transaction<Result: Sendable>(
        _ body: @Sendable @escaping (any StoreTransaction) throws -> Result
    ) async throws -> Result {
        if let failure = failure.withLock({ $0 }) { throw failure }
        return try await inner.transaction(body)
    }

    func read<Result: Sendable>(_ body: @Sendable @escaping (any StoreReader) throws -> Result) async throws -> Result {
        try await inner.read(body)
    }

    func close() async throws { try await inner.close() }
}

/// One answer, read to its end.
struct Answer: Sendable {
    var status: Int
    var headers: HTTPFields
    var bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var type: String { headers[.contentType] ?? "" }

    func json() throws -> JSON { try JSON(bytes: bytes) }

    /// The code of a problem document, after its form has been checked.
    func problemCode() throws -> String {
        #expect(type == "application/problem+json")
        let problem = try json()
        #expect(problem["status"]?.integer == Int64(status))
        for member in ["title", "detail", "advice"] { #expect(problem[member]?.string?.isEmpty == false) }
        let code = try #require(problem["code"]?.string)
        #expect(problem["type"]?.string == "urn:hydrant:error:\(code)")
        return code
    }
}

/// A running hub on the in-memory store, and its router without sockets.
struct APIFixture: Sendable {
    static let begin = Instant(milliseconds: 1_794_268_800_000)
    static let secret = "whsec_" + base64Text(Array(repeating: 7, count: 32))
    static let writer = token("shop", [.factsWrite], 1)
    static let reader = token("desk", [.read], 2)
    static let operations = token("prometheus", [.ops], 3)
    static let stranger = token("nobody", [], 4)
    static let clerk = token("clerk", [.tasksWrite], 5)

    let store: InMemoryStore
    let hub: Hub
    let settings: ServerSettings
    let wallClock: StillClock
    let table: RouteTable
    let pages: PageRoutes<HubContext>?
    private let responder: RouterResponder<HubContext>

    static func token(
        _ name: String, _ scopes: Set<AccessScope>, _ byte: UInt8
    ) -> (text: String, token: AccessToken) {
        AccessToken.make(name: name, scopes: scopes, randomBytes: Array(repeating: byte, count: 32))
    }

    /// Different bytes at each call, and the same in each run.
    static func randomBytes(_ seed: UInt8) -> @Sendable (_ count: Int) -> [UInt8] {
        let calls = Mutex(0)
        return { count in
            let call = calls.withLock { calls in
                calls += 1
                return calls
            }
            return (0..<count).map { seed &+ UInt8(truncatingIfNeeded: call &* 31 &+ $0 &* 7) ^ UInt8(call >> 3 & 255) }
        }
    }

    init(
        store: InMemoryStore = InMemoryStore(), through outer: (any Store)? = nil, wallSleeps: Bool = true,
        withPages: Bool = false, hubSettings: Settings = Settings(), connectors: [any Connector] = [],
        log: Logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
        change: (inout ServerSettings) -> Void = { _ in }
    ) throws {
        self.store = store
        wallClock = StillClock(Self.begin, sleeps: wallSleeps)
        var settings = ServerSettings(
            tokens: AccessTokens([
                Self.writer.token, Self.reader.token, Self.operations.token, Self.stranger.token, Self.clerk.token,
            ]),
            sessionKey: Array(repeating: 9, count: 32), webhookSecrets: [Self.secret], wallClock: wallClock,
            randomBytes: Self.randomBytes(1))
        change(&settings)
        self.settings = settings
        hub = Hub(
            store: outer ?? store, keyring: Keyring(master: Array(repeating: 5, count: 32)),
            clock: StillClock(Self.begin), settings: hubSettings, connectors: connectors, log: log)
        let forms = FormSigner(key: settings.sessionKey)
        pages = withPages ? try PageRoutes<HubContext>(hub: hub, demo: false, forms: forms) : nil
        let built = try HydrantServer.buildRouter(hub: hub, settings: settings, log: log, pages: pages)
        table = built.table
        responder = built.router.buildResponder()
    }

    /// Runs the hub while the body runs.
    func running<Result: Sendable>(_ body: @Sendable @escaping () async throws -> Result) async throws -> Result {
        let hub = hub
        // A body that breaks the store must not break the hub's start: what it submits would never be answered.
        let (starts, start) = AsyncStream.makeStream(of: Void.self)
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                defer { start.finish() }
                try await hub.run { start.finish() }
                return nil
            }
            group.addTask {
                for await _ in starts {}
                return try await body()
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:], body: [UInt8] = []
    ) async throws -> Answer {
        let head = HTTPRequest(method: method, scheme: nil, authority: nil, path: path, headerFields: headers)
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: body)))
        let log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let response = try await responder.respond(to: request, context: HubContext(log: log))
        let collector = BodyCollector()
        try await response.body.write(collector)
        return Answer(status: Int(response.status.code), headers: response.headers, bytes: collector.bytes)
    }

    /// An answer that goes on: its body is not read yet.
    func open(_ path: String, headers: HTTPFields) async throws -> Response {
        let head = HTTPRequest(method: .get, scheme: nil, authority: nil, path: path, headerFields: headers)
        let log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        return try await responder.respond(
            to: Request(head: head, body: RequestBody(buffer: ByteBuffer())), context: HubContext(log: log))
    }

    func get(_ path: String, token: String? = APIFixture.reader.text) async throws -> Answer {
        try await send(.get, path, headers: token.map { [.authorization: "Bearer \($0)"] } ?? [:])
    }

    /// Sends a signed body with the writer's token.
    func post(_ body: String) async throws -> Answer {
        try await send(.post, "/v1/facts", headers: signed(Array(body.utf8)), body: Array(body.utf8))
    }

    func post(_ facts: [JSON]) async throws -> Answer { try await post(JSON.array(facts).text) }

    /// Sends a body that needs no signature.
    func post(path: String, _ body: JSON, token: String) async throws -> Answer {
        try await send(.post, path, headers: [.authorization: "Bearer \(token)"], body: body.bytes)
    }

    /// The headers of a signed request; every one can be changed.
    func signed(
        _ body: [UInt8], token: String = APIFixture.writer.text, secret: String = APIFixture.secret,
        at time: Instant? = nil
    ) throws -> HTTPFields {
        let webhooks = try StandardWebhooks(secrets: [secret])
        var fields: HTTPFields = [.authorization: "Bearer \(token)"]
        for (name, value) in webhooks.headers(id: "msg-1", at: time ?? wallClock.now(), body: body) {
            fields[try #require(HTTPField.Name(name))] = value
        }
        return fields
    }

    func counts() async throws -> StoreCounts { try await store.read { try $0.counts() } }
}

final class BodyCollector: ResponseBodyWriter, Sendable {
    private let buffer = Mutex(ByteBuffer())

    var bytes: [UInt8] { buffer.withLock { Array($0.readableBytesView) } }

    func write(_ part: ByteBuffer) async throws {
        buffer.withLock { buffer in
            var part = part
            buffer.writeBuffer(&part)
        }
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

/// Facts as a shop sends them.
enum Facts {
    static func placed(_ order: String, id: String = "p-1", extra: [(String, JSON)] = []) -> JSON {
        let line: JSON = ["id": "1", "sku": "LF9001", "units": 2, "priceMinor": 10_000]
        var data: [(String, JSON)] = [("payableMinor", 10_000), ("lines", [line])]
        data += extra
        return fact("order.placed", order, id, .object(data.map { JSON.Member($0.0, $0.1) }))
    }

    static func paid(_ order: String, id: String = "y-1") -> JSON {
        fact("payment.reported", order, id, ["id": "pay-1", "amountMinor": 10_000])
    }

    static func fact(_ kind: String, _ order: String, _ id: String, _ data: JSON) -> JSON {
        [
            "kind": .string(kind), "source": "shop", "id": .string(id), "order": .string(order),
            "occurredAt": "2026-11-09T08:00:00+08:00", "data": data,
        ]
    }
}
