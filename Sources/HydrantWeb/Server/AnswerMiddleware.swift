import HTTPTypes
import Hummingbird
import HydrantCore
import HydrantStorage
import Logging
import NIOHTTP1

/// Around every request: turns errors into problem documents, adds the headers that protect browsers, counts, and logs
/// without content.
struct AnswerMiddleware: RouterMiddleware {
    let figures: RequestFigures
    let table: RouteTable
    let log: Logger
    /// What a browser gets at an address that is none.
    let unknownPage: (@Sendable (Request) -> Response)?

    func handle(
        _ request: Request, context: HubContext, next: (Request, HubContext) async throws -> Response
    ) async throws -> Response {
        let begin = ContinuousClock.now
        var response: Response
        do {
            response = try await next(request, context)
        } catch let error as HTTPParserError {
            throw error
        } catch {
            let problem = problem(from: error, request, context)
            if problem.code == Problem.noRoute.code, request.wantsPage, let unknownPage {
                response = unknownPage(request)
            } else if problem.code == Problem.wrongMethod([]).code, let page = formPage(request) {
                response = page
            } else {
                response = problem.response
            }
        }
        protect(&response, context)
        count(response, request, context, ContinuousClock.now - begin)
        return response
    }

    private func problem(from error: any Error, _ request: Request, _ context: HubContext) -> Problem {
        switch error {
        case let problem as Problem: return problem
        case let failure as StoreFailure: return Problem(failure)
        case let error as any HTTPResponseError where error.status == .notFound:
            let methods = table.methods(of: request.uri.path)
            return methods.isEmpty || methods.contains(request.method) ? .noRoute : .wrongMethod(methods)
        case let error as any HTTPResponseError where error.status.kind == .clientError:
            return .unreadableRequest("The request was not understood.")
        default:
            log.error(
                "a request failed",
                metadata: [
                    "route": "\(context.endpointPath ?? "")", "request": "\(context.requestID)",
                    "fault": "\(type(of: error))",
                ])
            return .unexpected
        }
    }

    /// The way to the page of a form whose own address only takes it: there the language link of its answer leads.
    private func formPage(_ request: Request) -> Response? {
        guard request.wantsPage else { return nil }
        let page = PageRequest(request)
        guard page.placeOfForm != page.path, table.methods(of: page.placeOfForm).contains(.get) else { return nil }
        let language = page.choosesLanguage ? page.language.rawValue : nil
        return Response(
            status: .seeOther, headers: [.location: address(page.placeOfForm, [("lang", language)])])
    }

    private func protect(_ response: inout Response, _ context: HubContext) {
        for field in Self.protection where response.headers[field.name] == nil {
            response.headers.append(field)
        }
        if let name = Self.requestIDName, !context.requestID.isEmpty { response.headers[name] = context.requestID }
    }

    private static let requestIDName = HTTPField.Name("x-request-id")
    private static let protection: [HTTPField] = [
        ("cache-control", "no-store"),
        (
            "content-security-policy",
            "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'; object-src 'none'"
        ),
        ("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"),
    ].compactMap { name, value in HTTPField.Name(name).map { HTTPField(name: $0, value: value) } }

    private func count(_ response: Response, _ request: Request, _ context: HubContext, _ duration: Duration) {
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        let route = context.endpointPath ?? "NotFound"
        let status = Int(response.status.code)
        // Methods are the sender's words: only known ones become a label.
        let method = Self.methods.contains(request.method) ? request.method.rawValue : "other"
        figures.add(RequestFigures.Key(route: route, method: method, status: status), seconds: seconds)
        let level: Logger.Level = status >= 500 ? .warning : status >= 400 ? .info : .debug
        guard level >= log.logLevel else { return }
        log.log(
            level: level, "request",
            metadata: [
                "route": "\(route)", "method": "\(method)", "status": "\(status)",
                "milliseconds": "\(Int64(seconds * 1_000))", "request": "\(context.requestID)",
            ])
    }

    private static let methods: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .delete, .patch, .options]
}
