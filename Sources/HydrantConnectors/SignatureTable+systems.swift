import HydrantConnectorKit

extension SignatureTable {
    private static let pairs = SignatureRow.Field.pairs("params", as: "pairs")

    static let marketplaces: [SignatureRow] = [
        SignatureRow(
            ["pinduoduo"], "message path", operations: ["messages"], words: ["websocket"],
            fields: [
                .text("client_id"), .secret("client_secret"), .text("timestamp_ms", as: "timestamp"),
            ],
            term: .list([
                .text("/message/"), .field("client_id"), .text("/"), .timestamp, .text("/"),
                .percentEncoded(
                    .written(
                        .base64OfLowerHexadecimal, .hash(.md5, .list([.field("client_id"), .timestamp, .secret])))),
            ])),
        SignatureRow(
            ["taobao", "qimen"], "hmac-sha256", words: ["hmac-sha256"],
            fields: [pairs, .optional("body"), .secret("app_secret", or: ["secret"])],
            term: SignatureRecipe.keyedSHA256WithBody.term),
        SignatureRow(
            ["taobao", "qimen"], "hmac", words: ["hmac"],
            fields: [pairs, .optional("body"), .secret("app_secret", or: ["secret"])],
            term: SignatureRecipe.keyedMD5WithBody.term),
        SignatureRow(
            ["pinduoduo", "taobao", "qimen", "pinduoduo/jd", "jd-marketplace"], "md5",
            fields: [pairs, .optional("body"), .secret("app_secret", or: ["client_secret", "secret"])],
            term: SignatureRecipe.wrappedMD5WithBody.term),
        SignatureRow(
            ["1688"], "hmac-sha1", fields: [.text("url_path", as: "body"), pairs, .secret("app_secret")],
            term: SignatureRecipe.keyedSHA1OfPathAndPairs.term),
        SignatureRow(
            ["douyin-shop"], "md5", words: ["md5"], fields: douyinFields,
            term: .written(.lowerHexadecimal, .hash(.md5, douyinText))),
        SignatureRow(
            ["douyin-shop"], "hmac-sha256", fields: douyinFields,
            term: .written(.lowerHexadecimal, .keyedHash(.sha256, key: .secret, douyinText))),
        SignatureRow(
            ["shopify"], "hmac-sha256 (oauth)", operations: ["oauth"],
            fields: [.text("message", as: "body"), .secret("app_secret")],
            term: SignatureRecipe([.body], hash: .sha256, isKeyed: true, form: .lowerHexadecimal).term),
        SignatureRow(
            ["shopify", "woocommerce"], "hmac-sha256 (webhook)", operations: ["push"],
            fields: [.text("body"), .secret("app_secret", or: ["secret"])],
            term: SignatureRecipe([.body], hash: .sha256, isKeyed: true, form: .base64).term),
    ]

    private static let douyinFields: [SignatureRow.Field] = [
        .secret("app_secret"), .text("app_key"), .text("method"), .text("param_json"), .text("timestamp"), .text("v"),
    ]
    private static let douyinText = SignatureTerm.list([
        .secret, .text("app_key"), .field("app_key"), .text("method"), .field("method"), .text("param_json"),
        .field("param_json"), .text("timestamp"), .timestamp, .text("v"), .field("v"), .secret,
    ])

    static let offices: [SignatureRow] = [
        SignatureRow(
            ["wangdiantong-classic"], "md5", fields: [pairs, .secret("app_secret")],
            term: SignatureRecipe([.pairs("pairs", .lengthTagged), .secret], hash: .md5, form: .lowerHexadecimal).term),
        SignatureRow(
            ["jushuitan"], "md5", fields: [pairs, .secret("app_secret")],
            term: SignatureRecipe([.secret, .sortedPairs], hash: .md5, form: .lowerHexadecimal).term),
        SignatureRow(
            ["yonyou"], "hmac-sha256", fields: [.text("appKey"), .text("timestamp"), .secret("appSecret")],
            term: .percentEncoded(
                .written(
                    .base64,
                    .keyedHash(
                        .sha256, key: .secret,
                        .list([.text("appKey"), .field("appKey"), .text("timestamp"), .timestamp]))))),
        SignatureRow(
            ["kingdee-k3cloud"], "hmac-sha256", operations: ["request"], words: [],
            fields: [
                .text("url_path"), .text("acct_id"), .text("user"), .text("app_id"), .secret("app_secret"),
                .text("org_num"), .text("lcid"), .text("timestamp"), .text("nonce"),
                .optional("derived_client_secret"),
            ], outputs: kingdeeHeaders),
    ]

    private static let kingdeeAppData = SignatureTerm.list([
        .field("acct_id"), .text(","), .field("user"), .text(","), .field("lcid"), .text(","), .field("org_num"),
    ])
    private static let kingdeeClientSecret = SignatureTerm.written(
        .base64,
        .exclusiveOr(
            .base64Decoded(.after("_", .field("app_id"))),
            // The fixed text of the vendor's documents, as long as the decoded part of an app id.
            .slice(0..<24, .text("0054f397c6234378b09ca7d3e5debce7"))))
    private static let kingdeeHeaders: [(name: String, term: SignatureTerm)] = [
        ("X-Api-ClientID", .before("_", .field("app_id"))), ("X-Api-Auth-Version", .text("2.0")),
        ("x-api-timestamp", .timestamp), ("x-api-nonce", .field("nonce")),
        (
            "X-Api-Signature",
            .written(
                .base64OfLowerHexadecimal,
                .keyedHash(
                    .sha256, key: kingdeeClientSecret,
                    .list([
                        .text("POST\n"), .percentEncoded(.field("url_path")), .text("\n\nx-api-nonce:"),
                        .field("nonce"), .text("\nx-api-timestamp:"), .timestamp, .text("\n"),
                    ])))
        ),
        ("X-Kd-Appkey", .field("app_id")), ("X-Kd-Appdata", .written(.base64, kingdeeAppData)),
        (
            "X-Kd-Signature",
            .written(
                .base64OfLowerHexadecimal,
                .keyedHash(.sha256, key: .secret, .list([.field("app_id"), kingdeeAppData])))
        ),
    ]
}
