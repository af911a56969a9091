package import HTTPTypes
package import Hummingbird
import Synchronization

/// The routes of a router: for answering "wrong method", and for comparing with the API's description.
package final class RouteTable: Sendable {
    package struct Route: Hashable, Sendable {
        /// `GET`, `POST`.
        package var method: String
        /// With names in braces: `/v1/orders/{id}`.
        package var path: String
    }

    private struct Entry {
        var method: HTTPRequest.Method
        var path: RouterPath
    }

    private let entries = Mutex<[Entry]>([])

    func add(_ path: RouterPath, _ method: HTTPRequest.Method) {
        entries.withLock { $0.append(Entry(method: method, path: path)) }
    }

    package var routes: [Route] {
        entries.withLock { $0.map { Route(method: $0.method.rawValue, path: $0.path.description) } }
    }

    /// The methods that an address takes.
    func methods(of path: String) -> [HTTPRequest.Method] {
        let parts = path.split(separator: "/")
        return entries.withLock { entries in entries.filter { Self.matches($0.path, parts) }.map(\.method) }
    }

    private static func matches(_ path: RouterPath, _ parts: [Substring]) -> Bool {
        var rest = parts[...]
        for element in path {
            if element == .recursiveWildcard { return !rest.isEmpty }
            guard let part = rest.popFirst(), element ~= part else { return false }
        }
        return rest.isEmpty
    }
}

/// Passes routes on to a router and remembers them.
package struct RecordingRouter: RouterMethods {
    package typealias Context = HubContext

    let router: Router<HubContext>
    let table: RouteTable

    @discardableResult
    package func on<Responder: HTTPResponder>(
        _ path: RouterPath, method: HTTPRequest.Method, responder: Responder
    ) -> Self where Responder.Context == HubContext {
        table.add(path, method)
        router.on(path, method: method, responder: responder)
        return self
    }

    @discardableResult
    package func add(middleware: any MiddlewareProtocol<Request, Response, HubContext>) -> Self {
        router.add(middleware: middleware)
        return self
    }
}
