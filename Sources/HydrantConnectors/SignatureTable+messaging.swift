import HydrantConnectorKit

extension SignatureTable {
    static let messengers: [SignatureRow] = cloudCalls + callbacks

    // MARK: - Calls to cloud services

    private static let cloudCalls: [SignatureRow] = [
        SignatureRow(
            ["aliyun-sms", "aliyun-acs3"], "acs3 (authorization)", operations: ["send", "request"], words: ["acs3"],
            fields: [
                .text("access_key_id"), .secret("access_key_secret"), .text("method"), .text("uri"), .pairs("query"),
                .pairs("headers"), .text("body"),
            ],
            term: .list([
                .text("ACS3-HMAC-SHA256 Credential="), .field("access_key_id"), .text(",SignedHeaders="),
                .pairs("headers", .headerNames), .text(",Signature="),
                SignatureRecipe.acs3.term,
            ])),
        SignatureRow(
            ["aliyun-acs3", "aliyun-sms"], "acs3 (signature)", operations: ["request"], words: ["acs3"],
            fields: [
                .optional("access_key_id"), .secret("access_key_secret"), .text("method"), .text("uri"),
                .text("canonical_query"), .pairs("headers"), .text("payload_sha256"),
            ],
            term: SignatureRecipe.acs3Term(query: .field("canonical_query"), bodyHash: .field("payload_sha256"))),
        SignatureRow(
            ["aliyun-rpc", "aliyun-sms"], "rpc", operations: ["send", "query", "request"],
            fields: [.secret("access_key_secret"), .text("http_method"), .pairs("params", as: "pairs")],
            term: SignatureRecipe.rpc.term),
        SignatureRow(
            ["aliyun-roa"], "roa",
            fields: [
                .secret("access_key_secret"), .optional("method"), .optional("accept"), .optional("content_md5"),
                .optional("content_type"), .optional("date"), .optional("canonical_headers"), .optional("resource"),
            ],
            term: .written(
                .base64,
                .keyedHash(
                    .sha1, key: .secret,
                    .list([
                        .otherwise(.field("method"), "GET"), .text("\n"), .field("accept"), .text("\n"),
                        .field("content_md5"),
                        .text("\n"), .field("content_type"), .text("\n"), .field("date"), .text("\n"),
                        .field("canonical_headers"), .field("resource"),
                    ])))),
        SignatureRow(
            ["aliyun"], "percent-encoding", operations: ["encode"], fields: [.text("text")],
            term: .percentEncoded(.field("text"))),
        SignatureRow(
            ["tencent-tc3", "tencent-sms"], "tc3", operations: ["send", "query", "request"],
            fields: [
                .optional("secret_id"), .secret("secret_key"), .text("timestamp"), .text("date"), .text("service"),
                .text("method"), .text("uri"), .text("query"), .pairs("signed_headers", as: "headers"), .text("body"),
            ], term: SignatureRecipe.tc3.term),
    ]

    // MARK: - Callbacks and robots

    private static let callbacks: [SignatureRow] = [
        SignatureRow(
            ["standard-webhooks"], "v1", operations: ["push"],
            fields: [
                .secret("secret"), .text("webhook_id"), .text("webhook_timestamp", as: "timestamp"), .text("body"),
            ],
            term: .list([
                .text("v1,"),
                .written(
                    .base64,
                    .keyedHash(
                        .sha256, key: .base64Decoded(.after("whsec_", .secret)),
                        .list([.field("webhook_id"), .text("."), .timestamp, .text("."), .body]))),
            ])),
        SignatureRow(
            ["twilio"], "hmac-sha1", operations: ["push"],
            fields: [
                .secret("auth_token"), .text("url"), .pairs("params", as: "pairs"), .optional("body"),
                .optional("body_sha256"),
            ],
            term: SignatureRecipe.keyedSHA1OfURLAndPairs.term),
        SignatureRow(
            ["rfc9421"], "hmac-sha256",
            fields: [.secret("key"), .text("signature_base", as: "body", or: ["string_to_sign"])],
            term: SignatureRecipe([.body], hash: .sha256, isKeyed: true, form: .base64).term),
        SignatureRow(
            ["feishu"], "callback", operations: ["decrypt"], fields: [.secret("encrypt_key"), .text("encrypt")],
            term: .decrypted(
                .rest(from: 16, .base64Decoded(.field("encrypt"))), key: .hash(.sha256, .secret),
                start: .slice(0..<16, .base64Decoded(.field("encrypt"))), block: 16)),
        SignatureRow(
            ["feishu"], "robot", operations: ["send"], fields: [.secret("secret"), .text("timestamp")],
            term: .written(
                .base64, .keyedHash(.sha256, key: .list([.timestamp, .text("\n"), .secret]), .text("")))),
        SignatureRow(
            ["dingtalk"], "robot", operations: ["send"], fields: [.secret("secret"), .text("timestamp")],
            term: .written(
                .base64, .keyedHash(.sha256, key: .secret, .list([.timestamp, .text("\n"), .secret])))),
        SignatureRow(
            ["wecom"], "sha1", operations: ["push", "sign"],
            fields: [.secret("token"), .text("timestamp"), .text("nonce"), .text("encrypted")],
            term: .written(
                .lowerHexadecimal,
                .hash(.sha1, .sorted([.secret, .timestamp, .field("nonce"), .field("encrypted")])))),
        SignatureRow(
            ["wecom"], "callback", operations: ["decrypt"], words: [],
            fields: [.secret("encoding_aes_key"), .text("encrypted")],
            outputs: [
                ("message", .counted(.rest(from: 16, wecomOpened))),
                ("receive_id", .afterCounted(.rest(from: 16, wecomOpened))),
            ]),
        SignatureRow(
            ["wecom"], "callback reply", operations: ["encrypt"],
            fields: [.secret("encoding_aes_key"), .text("receive_id"), .text("random_prefix"), .text("message")],
            term: .written(
                .base64,
                .encrypted(
                    .list([
                        .field("random_prefix"), .length(.field("message")), .field("message"), .field("receive_id"),
                    ]), key: wecomKey, start: .slice(0..<16, wecomKey), block: 32))),
    ]

    private static let wecomKey = SignatureTerm.base64Decoded(.list([.secret, .text("=")]))
    private static let wecomOpened = SignatureTerm.decrypted(
        .base64Decoded(.field("encrypted")), key: wecomKey, start: .slice(0..<16, wecomKey), block: 32)
}
