import HTTPTypes
import Hummingbird
import HummingbirdCore
import HydrantCore
import Logging
import NIOCore
import ServiceLifecycle

/// One HTTP server on 127.0.0.1 that reads whole calls and lets the answers fail as they say.
struct LoopbackServer: Service {
    /// 0 takes a free one.
    let port: Int
    let slowMilliseconds: Int64
    /// Is told the port.
    let onListening: @Sendable (Int) async -> Void
    let answer: @Sendable (SandboxCall) async -> SandboxAnswer

    func run() async throws {
        var logger = Logger(label: "sandbox")
        logger.logLevel = .critical
        let answer = answer
        let slowMilliseconds = slowMilliseconds
        let responder = CallbackResponder<BasicRequestContext> { request, _ in
            await answer(try await SandboxCall(request)).response(slowMilliseconds: slowMilliseconds)
        }
        let application = Application(
            responder: responder,
            configuration: ApplicationConfiguration(
                address: .hostname("127.0.0.1", port: port), serverName: "sandbox"),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? port) },
            logger: logger)
        try await application.run()
    }
}

extension SandboxCall {
    init(_ request: Request) async throws {
        let buffer = try await request.body.collect(upTo: 4_000_000)
        var headers = Dictionary(
            request.headers.map { ($0.name.canonicalName, $0.value) }, uniquingKeysWith: { first, _ in first })
        headers["host"] = headers["host"] ?? request.head.authority
        self.init(
            method: request.method.rawValue, path: request.uri.path, query: request.uri.query ?? "", headers: headers,
            body: Array(buffer.readableBytesView))
    }
}

extension SandboxAnswer {
    /// The answer, or what goes wrong instead of it.
    func response(slowMilliseconds: Int64) async -> Response {
        switch fault {
        case .none: break
        case .slowAfter: await staySilent(slowMilliseconds)
        case .silentBefore:
            await staySilent(slowMilliseconds)
            return broken()
        case .brokenAfter: return broken()
        case .serverError: return Response(status: .internalServerError)
        }
        return Response(
            status: HTTPResponse.Status(code: status), headers: [.contentType: contentType],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }

    /// Lets the caller wait, on the machine's clock because the caller's time limit runs on it; ends early when the
    /// server is told to stop.
    private func staySilent(_ milliseconds: Int64) async {
        do {
            try await cancelWhenGracefulShutdown { try await Task.sleep(for: .milliseconds(milliseconds)) }
        } catch {
            // Only the stop of the server ends the wait, and then nobody needs the rest of it.
        }
    }

    /// Promises a body and closes the connection instead.
    private func broken() -> Response {
        Response(status: .ok, body: ResponseBody(contentLength: 10) { _ in throw CancellationError() })
    }
}
