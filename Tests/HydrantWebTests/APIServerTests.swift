import Dispatch
import Glibc
import HTTPTypes
import Hummingbird
import HydrantConnectorKit
import HydrantCore
import HydrantStorage
import HydrantWeb
import Logging
import Synchronization
import Testing

/// A connection that sends what it is told, byte for byte.
private struct RawConnection {
    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0)
    }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Everything until the other side closes; nil when it does not close. Waits on a thread of its own, because the
    /// server needs the shared ones.
    func readToEnd() async -> String? {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "connection").async { continuation.resume(returning: waitToEnd()) }
        }
    }

    private func waitToEnd() -> String? {
        var all: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &part, part.count, 0)
            if count == 0 { return String(decoding: all, as: UTF8.self) }
            guard count > 0 else { return nil }
            all += part[..<count]
        }
    }

    func end() { close(descriptor) }
}

/// Takes everything, except what comes with the wrong secret in its address.
private struct PatientReceiver: PushReceiver {
    let system = "slow"

    func checkHead(_ head: Push) throws(PushProblem) {
        guard head.pathRest != "wrong" else {
            throw PushProblem(
                kind: .signature, message: "wrong secret",
                acknowledgement: Acknowledgement(contentType: "text/plain", body: Array("not you".utf8)))
        }
    }

    func receive(_ push: Push) throws(PushProblem) -> PushContent {
        PushContent(
            facts: [], acknowledgement: Acknowledgement(contentType: "text/plain", body: Array("taken".utf8)))
    }
}

@Suite struct ConnectionBookTests {
    private final class Door: Sendable {
        let isClosed = Mutex(false)
    }

    private func entry(_ peer: [UInt8]?, at now: UInt64) -> (ConnectionBook.Entry, Door) {
        let door = Door()
        return (ConnectionBook.Entry(peer: peer, now: now) { door.isClosed.withLock { $0 = true } }, door)
    }

    @Test func `one address holds no more than its share, this machine is not counted`() {
        let book = ConnectionBook(total: 10, perPeer: 2)
        let peer: [UInt8] = [192, 0, 2, 1]
        let held = (0..<3).map { entry(peer, at: UInt64($0)).0 }
        #expect(held.map(book.admit) == [true, true, false])
        book.remove(held[0])
        #expect(book.admit(held[2]))
        #expect(book.admit(entry([192, 0, 2, 2], at: 4).0))
        #expect((0..<3).allSatisfy { _ in book.admit(entry(nil, at: 5).0) })
        #expect(book.count == 6)
    }

    @Test func `event streams take no place of others`() {
        let book = ConnectionBook(total: 2, perPeer: 9)
        let streams = (0..<5).map { index -> ConnectionBook.Entry in
            let entry = entry(nil, at: UInt64(index)).0
            #expect(book.admit(entry))
            entry.isAnswered(true)
            book.carriesStream(entry, true)
            return entry
        }
        let (first, second) = (entry(nil, at: 7).0, entry(nil, at: 8).0)
        #expect(book.admit(first) && book.admit(second) && book.count == 7)
        first.isAnswered(true)
        second.isAnswered(true)
        #expect(!book.admit(entry(nil, at: 9).0))
        book.remove(streams[0])
        book.carriesStream(streams[0], true)
        #expect(!book.admit(entry(nil, at: 9).0))
        first.isAnswered(false)
        book.carriesStream(streams[1], false)
        #expect(book.admit(entry(nil, at: 10).0))
    }

    @Test func `the quietest makes room, and whoever is being answered stays`() {
        let book = ConnectionBook(total: 2, perPeer: 2)
        let (first, firstDoor) = entry(nil, at: 1)
        let (second, secondDoor) = entry(nil, at: 2)
        #expect(book.admit(first) && book.admit(second))
        first.isAnswered(true)
        let (third, _) = entry(nil, at: 3)
        #expect(book.admit(third))
        #expect(!firstDoor.isClosed.withLock { $0 })
        #expect(secondDoor.isClosed.withLock { $0 })
        third.isAnswered(true)
        #expect(!book.admit(entry(nil, at: 4).0))
        first.isAnswered(false)
        #expect(book.admit(entry(nil, at: 5).0))
        #expect(firstDoor.isClosed.withLock { $0 })
        #expect(book.count == 2)
    }
}

@Suite struct APIServerTests {
    /// Runs the server on a free port, and gives the port to the body.
    private func serving(
        _ api: APIFixture, _ change: (inout ServerSettings) -> Void = { _ in },
        _ body: @Sendable @escaping (Int) async throws -> Void
    ) async throws {
        var settings = api.settings
        settings.port = 0
        change(&settings)
        // Keeps the request's number, which the handler that does nothing forgets.
        var log = Logger(label: "test", factory: { StreamLogHandler.standardError(label: $0) })
        log.logLevel = .critical
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        let built = try HydrantServer.buildRouter(hub: api.hub, settings: settings, log: log)
        let application = HydrantServer.buildApplication(router: built, settings: settings, log: log) { port in
            continuation.yield(port)
        }
        try await api.running {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await application.run() }
                group.addTask {
                    for await port in ports { return try await body(port) }
                }
                try await group.next()
                group.cancelAll()
            }
        }
    }

    @Test func `the server takes any free port, says which, and records what it is sent`() async throws {
        let api = try APIFixture()
        try await serving(api) { port in
            #expect(port > 0)
            let body = Facts.placed("A1").text
            let fields = try api.signed(Array(body.utf8))
            let connection = try RawConnection(port: port)
            let head = fields.map { "\($0.name): \($0.value)\r\n" }.joined()
            connection.send(
                "POST /v1/facts HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                    + "Content-Length: \(body.utf8.count)\r\n\(head)\r\n\(body)")
            let read = await connection.readToEnd()
            let answer = try #require(read)
            connection.end()
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.hasSuffix(#"{"results":[{"id":"p-1","order":"A1","status":"accepted","state":0}]}"#))
            #expect(answer.lowercased().contains("\r\nx-request-id: "))
        }
        #expect(try await api.counts().orders == 1)
    }

    @Test func `who sends a request drop by drop is put off`() async throws {
        try await serving(try APIFixture(), { $0.limits.idle = 50 }) { port in
            let connection = try RawConnection(port: port)
            connection.send("GET /healthz HTTP/1.1\r\nHost:")
            let answer = await connection.readToEnd()
            #expect(answer == "")
            connection.end()
        }
    }

    /// Begins a body in parts and sends only its first byte.
    private func beginBody(_ path: String, port: Int) throws -> RawConnection {
        let connection = try RawConnection(port: port)
        connection.send("POST \(path) HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")
        return connection
    }

    @Test func `a body that comes drop by drop is ended with words, although every drop comes in time`() async throws {
        let change: (inout ServerSettings) -> Void = {
            $0.pushes = [PatientReceiver()]
            $0.limits.bodyTime = 300
            $0.limits.bodyGrace = 50
            $0.limits.bodyBytesPerSecond = 0
        }
        try await serving(try APIFixture(), change) { port in
            let connection = try beginBody("/push/slow", port: port)
            let answer = await connection.readToEnd()
            #expect(answer?.hasPrefix("HTTP/1.1 408 ") == true)
            #expect(answer?.contains("HY-2018") == true)
            connection.end()
        }
    }

    @Test func `a body below the least rate is ended before its time is over`() async throws {
        let change: (inout ServerSettings) -> Void = {
            $0.pushes = [PatientReceiver()]
            $0.limits.bodyTime = .hours(1)
            $0.limits.bodyGrace = 50
        }
        try await serving(try APIFixture(), change) { port in
            let connection = try beginBody("/push/slow", port: port)
            #expect(await connection.readToEnd()?.hasPrefix("HTTP/1.1 408 ") == true)
            connection.end()
        }
    }

    @Test func `announced and never sent bodies take no room from honest pushes`() async throws {
        let change: (inout ServerSettings) -> Void = {
            $0.pushes = [PatientReceiver()]
            $0.limits.waitingPushBytes = 1_000
        }
        try await serving(try APIFixture(), change) { port in
            let open = try (0..<16).map { _ in try beginBody("/push/slow", port: port) }
            let honest = try RawConnection(port: port)
            honest.send(
                "POST /push/slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello")
            #expect(await honest.readToEnd()?.hasSuffix("taken") == true)
            for connection in open + [honest] { connection.end() }
        }
    }

    @Test func `a push that its head gives away is answered before its body comes`() async throws {
        try await serving(try APIFixture(), { $0.pushes = [PatientReceiver()] }) { port in
            let connection = try RawConnection(port: port)
            connection.send(
                "POST /push/slow/wrong HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 9\r\n\r\n")
            #expect(await connection.readToEnd()?.hasSuffix("not you") == true)
            connection.end()
        }
    }

    @Test func `health checks get in when quiet connections hold every place`() async throws {
        try await serving(try APIFixture(), { $0.limits.connections = 4 }) { port in
            let quiet = try (0..<8).map { _ in try RawConnection(port: port) }
            for connection in quiet { connection.send("GET /healthz HTTP/1.1\r\nHost:") }
            let check = try RawConnection(port: port)
            check.send("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(await check.readToEnd()?.hasPrefix("HTTP/1.1 200 OK") == true)
            for connection in quiet + [check] { connection.end() }
        }
    }

    @Test func `heads over the limit are refused and the connection is closed`() async throws {
        try await serving(try APIFixture()) { port in
            let connection = try RawConnection(port: port)
            connection.send(
                "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: \(String(repeating: "x", count: 40_000))\r\n\r\n")
            let answer = await connection.readToEnd()
            #expect(answer?.hasPrefix("HTTP/1.1 4") == true)
            connection.end()
        }
    }

    @Test func `without a usable secret the router is not built`() throws {
        let log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        for secrets in [[], ["secret"], ["whsec_AAAA"]] {
            #expect(throws: WebhookProblem.badSecret) {
                let api = try APIFixture { $0.webhookSecrets = secrets }
                _ = try HydrantServer.buildRouter(hub: api.hub, settings: api.settings, log: log)
            }
        }
    }
}
