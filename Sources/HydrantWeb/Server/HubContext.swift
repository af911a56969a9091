import HTTPTypes
package import Hummingbird
package import Logging
import NIOCore

/// What travels with a request: who sends it.
package struct HubContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The token that the request came with, or that its session speaks for; nil at open addresses.
    package var holder: AccessToken?
    /// The address of the other end; empty without a connection.
    let peer: String

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = source.channel.remoteAddress?.ipAddress ?? ""
    }

    /// A context without a connection, for calling a router directly.
    package init(log: Logger) {
        coreContext = CoreRequestContextStorage(source: LoggerSource(logger: log))
        peer = ""
    }

    private struct LoggerSource: RequestContextSource {
        var logger: Logger
    }

    /// Where attempts to sign in come from. Behind a proxy on this machine it is what the proxy says; whoever connects
    /// from elsewhere cannot choose it.
    func source(of request: Request) -> String {
        let isProxy = peer.isEmpty || peer.hasPrefix("127.") || peer == "::1"
        guard isProxy, let said = Self.forwardedFor.flatMap({ request.headers[$0] }) else { return Self.network(peer) }
        // No address is longer, and counts are kept by it.
        return Self.network(
            said.split(separator: ",").last.map { String($0.filter { !$0.isWhitespace }.prefix(64)) } ?? peer)
    }

    /// An address as failures are counted for it. Whoever has one address of IPv6 has as many as they like: the first
    /// four groups stand for all of them.
    package static func network(_ address: String) -> String {
        guard address.contains(":"), !address.contains(".") else { return address }
        let halves = address.lowercased().split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
        var groups = halves[0].split(separator: ":")
        if halves.count == 2 {
            let tail = halves[1].split(separator: ":")
            groups += Array(repeating: "0", count: max(0, 8 - groups.count - tail.count)) + tail
        }
        return groups.prefix(4).map { String($0.drop { $0 == "0" }) }.joined(separator: ":") + "::"
    }

    private static let forwardedFor = HTTPField.Name("x-forwarded-for")

    /// The server's number of the request; empty without a server.
    var requestID: String { logger[metadataKey: "hb.request.id"].map { "\($0)" } ?? "" }
}
