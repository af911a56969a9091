import Hummingbird
import HydrantCore

/// `GET /openapi.json`: the API in words for programs, made once at start.
struct DescriptionRoute: Sendable {
    private let bytes: [UInt8]

    init() { bytes = APIDescription.document().bytes }

    @Sendable func get(_ request: Request, _ context: HubContext) async throws -> Response {
        Response(bytes: bytes, type: "application/json")
    }
}
