import HydrantConnectorKit
import HydrantCore
import Testing

/// The way out, over real sockets of this machine.
@Suite struct EgressClientTests {
    private enum Outcome: Equatable {
        case reply(Int, String)
        case notSent
        case ambiguous(String)
    }

    private func outcome(
        _ url: String, allowed: [String]? = nil, limits: EgressClient.Limits = EgressClient.Limits(),
        timeout: Milliseconds = .seconds(8)
    ) async throws -> Outcome {
        let client = EgressClient(allowedURLs: allowed ?? [url], limits: limits)
        let outcome: Outcome
        do {
            let reply = try await client.call(HTTPCall(url: url, body: Array("hello".utf8), timeout: timeout))
            outcome = .reply(reply.status, reply.body.utf8Text)
        } catch {
            switch error {
            case .notSent: outcome = .notSent
            case .ambiguous(let detail): outcome = .ambiguous(detail)
            }
        }
        try await client.shutdown()
        return outcome
    }

    private func outcome(
        _ behaviour: CannedServer.Behaviour, scheme: String = "http",
        limits: EgressClient.Limits = EgressClient.Limits(), timeout: Milliseconds = .seconds(8)
    ) async throws -> Outcome {
        let server = try CannedServer(behaviour)
        defer { server.stop() }
        return try await outcome("\(scheme)://127.0.0.1:\(server.port)/x", limits: limits, timeout: timeout)
    }

    private static func answer(_ head: String, _ body: String) -> CannedServer.Behaviour {
        .answer("HTTP/1.1 \(head)\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)")
    }

    @Test func `an answer is an answer, whatever its status`() async throws {
        #expect(try await outcome(Self.answer("200 OK", "fine")) == .reply(200, "fine"))
        #expect(try await outcome(Self.answer("503 No", "busy")) == .reply(503, "busy"))
    }

    @Test func `headers come with lower-case names`() async throws {
        let server = try CannedServer(Self.answer("200 OK\r\nRetry-After: 7\r\nX-A: 1\r\nX-A: 2", ""))
        defer { server.stop() }
        let url = "http://127.0.0.1:\(server.port)/"
        let client = EgressClient(allowedURLs: [url])
        let reply = try await client.call(HTTPCall(method: "GET", url: url))
        try await client.shutdown()
        #expect(reply.headers["retry-after"] == "7")
        #expect(reply.headers["x-a"] == "1, 2")
    }

    @Test func `a refused connection was not sent`() async throws {
        let server = try CannedServer(.close)
        let port = server.port
        server.stop()
        #expect(try await outcome("http://127.0.0.1:\(port)/") == .notSent)
    }

    @Test func `a name that does not exist was not sent`() async throws {
        #expect(try await outcome("http://no-such-host.invalid/") == .notSent)
    }

    @Test func `a failed TLS handshake was not sent`() async throws {
        #expect(try await outcome(Self.answer("400 Bad", "plain"), scheme: "https") == .notSent)
    }

    @Test func `a host that is not listed is not called`() async throws {
        let server = try CannedServer(Self.answer("200 OK", "fine"))
        defer { server.stop() }
        let url = "http://127.0.0.1:\(server.port)/"
        #expect(
            try await outcome(url, allowed: ["http://127.0.0.1:1/", "https://127.0.0.1:\(server.port)"]) == .notSent)
        #expect(try await outcome("ftp://127.0.0.1/", allowed: [url]) == .notSent)
        #expect(server.requests == 0)
    }

    @Test func `a header that no request can carry is not sent`() async throws {
        let server = try CannedServer(Self.answer("200 OK", "fine"))
        defer { server.stop() }
        let url = "http://127.0.0.1:\(server.port)/"
        let client = EgressClient(allowedURLs: [url])
        for value in ["a\r\nx: y", "a\u{0}"] {
            let call = HTTPCall(url: url, headers: [("idempotency-key", value)])
            #expect(call.hasUnsendableHeader)
            do {
                _ = try await client.call(call)
                Issue.record("sent")
            } catch {
                guard case HTTPFailure.notSent = error else { throw error }
            }
        }
        #expect(!HTTPCall(url: url, headers: [("idempotency-key", "SO-1/ä")]).hasUnsendableHeader)
        #expect(server.requests == 0)
        try await client.shutdown()
    }

    @Test func `a redirect is not followed`() async throws {
        let target = try CannedServer(Self.answer("200 OK", "elsewhere"))
        defer { target.stop() }
        let head = "302 Found\r\nLocation: http://127.0.0.1:\(target.port)/"
        #expect(try await outcome(Self.answer(head, "")) == .reply(302, ""))
        #expect(target.requests == 0)
    }

    @Test func `a connection that closes after the request leaves doubt`() async throws {
        #expect(try await outcome(.close) == .ambiguous("the connection was closed before a reply"))
    }

    @Test func `half an answer leaves doubt`() async throws {
        let half = CannedServer.Behaviour.answer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        guard case .ambiguous = try await outcome(half) else {
            Issue.record("half an answer was taken for one")
            return
        }
    }

    @Test func `silence leaves doubt`() async throws {
        #expect(try await outcome(.silence, timeout: 150) == .ambiguous("no reply in time"))
    }

    @Test func `an answer above the size limit leaves doubt`() async throws {
        let limits = EgressClient.Limits(replyBytes: 100)
        let body = String(repeating: "x", count: 101)
        #expect(
            try await outcome(Self.answer("200 OK", body), limits: limits)
                == .ambiguous("the reply is larger than allowed"))
        #expect(
            try await outcome(Self.answer("200 OK", String(body.dropLast())), limits: limits)
                == .reply(200, String(body.dropLast())))
    }

    @Test func `a compressed answer is not unpacked`() async throws {
        let answer = Self.answer("200 OK\r\nContent-Encoding: gzip", "bomb")
        #expect(
            try await outcome(answer) == .ambiguous("the reply is compressed (gzip), which was not asked for"))
    }

    @Test func `after shutdown nothing is sent`() async throws {
        let client = EgressClient(allowedURLs: ["http://127.0.0.1:1/"])
        try await client.shutdown()
        await #expect(throws: HTTPFailure.self) { try await client.call(HTTPCall(url: "http://127.0.0.1:1/")) }
    }
}
