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
        guard isProxy, let said = Self.forwardedFor.flatMap({ request.headers[$0] }) else { return peer }
        return said.split(separator: ",").last.map { $0.filter { !$0.isWhitespace } } ?? peer
    }

    private static let forwardedFor = HTTPField.Name("x-forwarded-for")

    /// The server's number of the request; empty without a server.
    var requestID: String { logger[metadataKey: "hb.request.id"].map { "\($0)" } ?? "" }
}
