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

/// A clock that is moved by hand; whoever sleeps on it sleeps until the task is cancelled.
final class PagesClock: HubClock {
    private let moment: Mutex<Instant>

    init(_ moment: Instant = PagesFixture.begin) { self.moment = Mutex(moment) }

    func now() -> Instant { moment.withLock { $0 } }

    func move(by length: Milliseconds) { moment.withLock { $0 = $0 + length } }

    func sleep(until moment: Instant) async throws {
        for await _ in AsyncStream<Never>.makeStream().stream {}
        throw CancellationError()
    }
}

/// A store whose reads fail on demand.
final class UnreadableStore: Store {
    private let inner = InMemoryStore()
    private let isBroken = Mutex(false)

    func breakDown() { isBroken.withLock { $0 = true } }

    func transaction<Result: Sendable>(
        _ body: @Sendable @escaping (any StoreTransaction) throws -> Result
    ) async throws -> Result {
        try await inner.transaction(body)
    }

    func read<Result: Sendable>(_ body: @Sendable @escaping (any StoreReader) throws -> Result) async throws -> Result {
        if isBroken.withLock({ $0 }) { throw StoreFailure(.inputOutput) }
        return try await inner.read(body)
    }

    func close() async throws { try await inner.close() }
}

struct PageAnswer: Sendable {
    var status: Int
    var headers: HTTPFields
    var text: String

    struct Missing: Error {
        var mark: String
    }

    /// The text between two marks, for looking at one part of a page.
    func part(from begin: String, to end: String) throws -> String {
        guard let first = text.firstRange(of: begin) else { throw Missing(mark: begin) }
        let rest = text[first.lowerBound...]
        let body = text[first.upperBound...]
        guard let last = body.firstRange(of: end) else { throw Missing(mark: end) }
        return String(rest[..<last.lowerBound])
    }

    /// One section of the order page.
    func section(_ name: String) throws -> String { try part(from: "data-part=\"\(name)\"", to: "</section>") }
}

/// A hub on the in-memory store with its pages, without access control and without sockets.
struct PagesFixture: Sendable {
    /// 2026-11-11 20:00:00 in China.
    static let begin = Instant(milliseconds: 1_794_398_400_000)

    static let forms = FormSigner(key: Array(repeating: 8, count: 32))

    let clock = PagesClock()
    let hub: Hub
    let routes: PageRoutes<HubContext>
    private let responder: RouterResponder<HubContext>
    private let log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    init(
        store: any Store = InMemoryStore(), settings: Settings = Settings(), demo: Bool = false,
        connectors: [any Connector] = [], stocks: [any NumberStock] = [], outages: OutageSwitch? = nil,
        press: LabelPress? = nil
    ) throws {
        var options = HubOptions()
        options.numberStocks = stocks
        options.press = press
        hub = Hub(
            store: store, keyring: Keyring(master: Array(repeating: 3, count: 32)), clock: clock, settings: settings,
            connectors: connectors, options: options, log: log)
        routes = try PageRoutes(hub: hub, demo: demo, forms: Self.forms, outages: outages)
        let router = Router(context: HubContext.self)
        routes.add(to: router)
        responder = router.buildResponder()
    }

    /// Runs the hub, gives it the facts, then runs the body.
    func holding<Result: Sendable>(
        _ facts: [JSON], _ body: @Sendable @escaping () async throws -> Result
    ) async throws -> Result {
        let hub = hub
        let clock = clock
        let (starts, start) = AsyncStream.makeStream(of: Void.self)
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                defer { start.finish() }
                try await hub.run { start.finish() }
                return nil
            }
            group.addTask {
                for await _ in starts {}
                let incoming = try facts.map { try hub.intake.read($0, receivedAt: clock.now()) }
                if !incoming.isEmpty { _ = try await hub.submit(incoming) }
                return try await body()
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }

    /// Sends a form as a browser does.
    func post(_ path: String, _ form: String) async throws -> PageAnswer {
        let headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        let head = HTTPRequest(method: .post, scheme: nil, authority: nil, path: path, headerFields: headers)
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(string: form)))
        return try await Viewer.$current.withValue(Viewer(actor: "user:owner", role: .owner)) {
            let response = try await responder.respond(to: request, context: HubContext(log: log))
            let body = PageBody()
            try await response.body.write(body)
            return PageAnswer(status: Int(response.status.code), headers: response.headers, text: body.text)
        }
    }

    /// - Parameter source: the address that a proxy says the request comes from.
    func get(
        _ path: String, cookie: String? = nil, accepts: String? = nil, source: String? = nil
    ) async throws -> PageAnswer {
        var headers: HTTPFields = [:]
        if let source, let name = HTTPField.Name("x-forwarded-for") { headers[name] = source }
        if let cookie { headers[.cookie] = cookie }
        if let accepts { headers[.acceptLanguage] = accepts }
        return try await send(.get, path, headers)
    }

    /// Sends a form, as a browser with that cookie does.
    func post(_ path: String, _ form: [(name: String, value: String)], cookie: String? = nil) async throws -> PageAnswer
    {
        var headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        if let cookie { headers[.cookie] = cookie }
        return try await send(.post, path, headers, Array(formEncoded(form).utf8))
    }

    private func send(
        _ method: HTTPRequest.Method, _ path: String, _ headers: HTTPFields, _ bytes: [UInt8] = []
    ) async throws -> PageAnswer {
        let head = HTTPRequest(method: method, scheme: nil, authority: nil, path: path, headerFields: headers)
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: bytes)))
        var viewer = Viewer(actor: "user:owner", role: .owner)
        // As the access control does for who has signed in.
        if let session = request.cookies["hydrant_session"]?.value { viewer.formToken = Self.forms.token(for: session) }
        return try await Viewer.$current.withValue(viewer) {
            let response = try await responder.respond(to: request, context: HubContext(log: log))
            let body = PageBody()
            try await response.body.write(body)
            return PageAnswer(status: Int(response.status.code), headers: response.headers, text: body.text)
        }
    }
}

final class PageBody: ResponseBodyWriter, Sendable {
    private let buffer = Mutex(ByteBuffer())

    var text: String { buffer.withLock { String(buffer: $0) } }

    func write(_ part: ByteBuffer) async throws {
        buffer.withLock { buffer in
            var part = part
            buffer.writeBuffer(&part)
        }
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

/// Facts as systems send them, each with a number of its own.
enum PageFacts {
    static func fact(
        _ kind: String, _ order: String, _ data: JSON, source: String = "shop", id: String = "1", minute: Int64 = 0,
        word: String? = nil
    ) -> JSON {
        .compact([
            ("kind", .string(kind)), ("source", .string(source)), ("id", .string("\(order)-\(kind)-\(id)")),
            ("order", .string(order)), ("word", .text(word)),
            ("occurredAt", .string((PagesFixture.begin - .hours(1) + .minutes(minute)).text)), ("data", data),
        ])
    }

    static let receiver: JSON = [
        "name": "王小明", "phone": "13812345678", "province": "山东省", "city": "济南市", "district": "历下区",
        "address": "经十路 12345 号",
    ]

    static func placed(_ order: String, lines: [JSON]? = nil, receiver: JSON = PageFacts.receiver) -> JSON {
        let line: JSON = ["id": "1", "sku": "LF9001", "name": "机油滤清器", "units": 2, "priceMinor": 123_400]
        let data: JSON = [
            "shop": "旗舰店", "customer": "C-1", "payableMinor": 123_400, "receiver": receiver,
            "lines": .array(lines ?? [line]),
        ]
        return fact("order.placed", order, data)
    }

    static func paid(_ order: String) -> JSON {
        fact("payment.reported", order, ["id": "p", "amountMinor": 123_400], source: "pay", minute: 1)
    }

    static func passed(_ order: String) -> JSON {
        fact("credit.checked", order, ["passed": true, "level": "A"], source: "crm", minute: 2)
    }

    static func locked(_ order: String, word: String? = nil) -> JSON {
        fact("inventory.locked", order, ["warehouse": "W1"], source: "wms", minute: 3, word: word)
    }
}
