import Hummingbird
import HydrantCore

/// `GET /healthz` and `GET /readyz`: the only open addresses beside assets and sign-in.
struct StatusRoutes: Sendable {
    let readiness: Readiness

    /// The process answers; nothing else is looked at.
    @Sendable func health(_ request: Request, _ context: HubContext) async throws -> Response {
        Response(json: ["status": "ok"])
    }

    @Sendable func ready(_ request: Request, _ context: HubContext) async throws -> Response {
        if let problem = await readiness.problem() { throw problem }
        return Response(json: ["status": "ready"])
    }
}
