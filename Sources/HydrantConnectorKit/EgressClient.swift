import AsyncHTTPClient
package import HydrantCore
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// The one way out: every call of the hub to an outside system goes through here.
///
/// Calls only listed origins, follows no redirect, asks for no compression and takes none, and limits time and size.
package final class EgressClient: HTTPCaller {
    package struct Limits: Sendable {
        package var connectTimeout: Milliseconds
        package var replyBytes: Int
        package var connectionsPerHost: Int

        package init(
            connectTimeout: Milliseconds = .seconds(3), replyBytes: Int = 4_000_000, connectionsPerHost: Int = 16
        ) {
            self.connectTimeout = connectTimeout
            self.replyBytes = replyBytes
            self.connectionsPerHost = connectionsPerHost
        }
    }

    private let client: HTTPClient
    private let allowed: Set<Origin>
    private let limits: Limits

    /// - Parameter allowedURLs: addresses whose scheme, host and port may be called; what is no address is left out.
    package init(allowedURLs: [String], limits: Limits = Limits()) {
        allowed = Set(allowedURLs.compactMap { Origin(url: $0) })
        self.limits = limits
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.decompression = .disabled
        configuration.timeout.connect = .milliseconds(limits.connectTimeout)
        configuration.connectionPool.idleTimeout = .seconds(30)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = limits.connectionsPerHost
        // Without this a refused connection is tried again until the deadline and then looks like a time-out.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Closes the connections; calls after it fail as not sent.
    package func shutdown() async throws { try await client.shutdown() }

    package func call(_ call: HTTPCall) async throws(HTTPFailure) -> HTTPReply {
        guard let origin = Origin(url: call.url) else { throw .notSent("the address is not http or https") }
        guard allowed.contains(origin) else { throw .notSent("\(origin.text) is not on the list of allowed hosts") }
        guard !call.hasUnsendableHeader else { throw .notSent("a header would hold a control character") }
        var request = HTTPClientRequest(url: call.url)
        request.method = HTTPMethod(rawValue: call.method)
        for (name, value) in call.headers { request.headers.add(name: name, value: value) }
        if !call.body.isEmpty { request.body = .bytes(ByteBuffer(bytes: call.body)) }
        let scope = CallScope.current
        let deadline = NIODeadline.now() + .milliseconds(min(call.timeout, scope?.timeLimit ?? call.timeout))
        do {
            let response = try await client.execute(request, deadline: deadline)
            let reply = try await reply(response, deadline: deadline)
            scope?.note(reply)
            return reply
        } catch {
            let failure = (error as? HTTPFailure) ?? failure(from: error)
            if case .ambiguous = failure {
                scope?.note(.failed(wasSent: true))
            } else {
                scope?.note(.failed(wasSent: false))
            }
            throw failure
        }
    }

    private func reply(_ response: HTTPClientResponse, deadline: NIODeadline) async throws -> HTTPReply {
        var headers: [String: String] = [:]
        for (name, value) in response.headers {
            let name = name.lowercased()
            headers[name] = headers[name].map { "\($0), \(value)" } ?? value
        }
        if let encoding = headers["content-encoding"], encoding.lowercased() != "identity" {
            throw HTTPFailure.ambiguous("the reply is compressed (\(encoding.prefix(20))), which was not asked for")
        }
        let buffer = try await response.body.collect(upTo: limits.replyBytes)
        return HTTPReply(status: Int(response.status.code), headers: headers, body: Array(buffer.readableBytesView))
    }
}

/// Tells failures before sending from those after it. Whatever is not certainly before counts as after.
private func failure(from error: any Error) -> HTTPFailure {
    switch error {
    case is NIOConnectionError: return .notSent("no connection (refused, unreachable or name not found)")
    case let error as HTTPClientError: return failure(from: error)
    case let error as NIOSSLError:
        if case .handshakeFailed = error { return .notSent("the TLS handshake failed") }
        return .ambiguous("the TLS connection broke")
    case let error as NIOSSLExtraError where error == .failedToValidateHostname:
        return .notSent("the TLS certificate is for another host")
    case let error as IOError where error.errnoCode == ECONNREFUSED: return .notSent("the connection was refused")
    case is NIOTooManyBytesError: return .ambiguous("the reply is larger than allowed")
    default: return .ambiguous("the connection broke after sending")
    }
}

private func failure(from error: HTTPClientError) -> HTTPFailure {
    switch error {
    case .connectTimeout: .notSent("no connection in time")
    case .getConnectionFromPoolTimeout: .notSent("no free connection in time")
    case .tlsHandshakeTimeout: .notSent("no TLS handshake in time")
    case .invalidURL, .emptyHost, .emptyScheme: .notSent("the address is wrong")
    case .alreadyShutdown: .notSent("the client is shut down")
    case .deadlineExceeded, .readTimeout, .writeTimeout: .ambiguous("no reply in time")
    case .remoteConnectionClosed: .ambiguous("the connection was closed before a reply")
    case .cancelled: .ambiguous("the call was cancelled")
    default: .ambiguous("the HTTP exchange broke: \(error.shortDescription)")
    }
}
