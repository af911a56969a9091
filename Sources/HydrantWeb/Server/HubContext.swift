package import Hummingbird
package import Logging

/// What travels with a request: who sends it.
package struct HubContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The token that the request came with, or that its session speaks for; nil at open addresses.
    package var holder: AccessToken?

    package init(source: ApplicationRequestContextSource) { coreContext = CoreRequestContextStorage(source: source) }

    /// A context without a connection, for calling a router directly.
    package init(log: Logger) { coreContext = CoreRequestContextStorage(source: LoggerSource(logger: log)) }

    private struct LoggerSource: RequestContextSource {
        var logger: Logger
    }

    /// The server's number of the request; empty without a server.
    var requestID: String { logger[metadataKey: "hb.request.id"].map { "\($0)" } ?? "" }
}
