import HydrantCore

/// The document behind `GET /openapi.json` (OpenAPI 3.1). Lists of words come from the types that the server itself
/// uses; a test compares the paths with the router's and every answer with its schema.
enum APIDescription {
    static let version = "1"

    static func document() -> JSON {
        [
            "openapi": "3.1.0",
            "info": [
                "title": "Hydrant", "version": .string(version),
                "summary": "The order hub: facts in, the one state of every order out.",
                "description": .string(
                    "Facts are sent to /v1/facts and are on disk when they are acknowledged. Everything else reads. "
                        + "Errors are problem documents (RFC 9457) with a code, and say what to do."),
                "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
            ],
            "servers": [["url": "/"]],
            "security": [["token": []]],
            "paths": .object(paths),
            "components": [
                "schemas": .object(schemas.map { JSON.Member($0.0, $0.1) }),
                "securitySchemes": securitySchemes,
            ],
        ]
    }

    private static let securitySchemes: JSON = [
        "token": [
            "type": "http", "scheme": "bearer",
            "description": "A token of this hub. Scopes: facts:write, tasks:write, read, ops.",
        ],
        "session": [
            "type": "apiKey", "in": "cookie", "name": "hydrant_session",
            "description": "Set by /sign-in; reads only.",
        ],
        "webhookId": ["type": "apiKey", "in": "header", "name": "webhook-id"],
        "webhookTimestamp": ["type": "apiKey", "in": "header", "name": "webhook-timestamp"],
        "webhookSignature": [
            "type": "apiKey", "in": "header", "name": "webhook-signature",
            "description": .string(
                "Standard Webhooks: v1,<base64 of HMAC-SHA256 over id.timestamp.body>; several may be given, "
                    + "separated by blanks. At most 300 seconds old."),
        ],
    ]
}
