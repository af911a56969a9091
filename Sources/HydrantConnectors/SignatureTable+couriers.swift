import HydrantConnectorKit

extension SignatureTable {
    private static let sfOperations = ["create", "find", "cancel", "readdress", "track", "subscribe"]
    private static let ztoOperations = ["create", "find", "cancel", "readdress", "track", "subscribe", "balance"]

    private static let sfFields: [SignatureRow.Field] = [
        .text("msgData", as: "body"), .text("timestamp"), .secret("checkWord"),
    ]
    private static let ztoFields: [SignatureRow.Field] = [
        .optional("timestamp"), .text("body", or: ["data"]), .secret("appSecret"), .optional("appKey"),
    ]

    static let couriers: [SignatureRow] =
        [
            SignatureRow(
                ["sf"], "sm3", operations: sfOperations, words: ["sm3"], fields: sfFields,
                term: SignatureRecipe.timedSM3.term),
            SignatureRow(
                ["sf"], "simple-md5", operations: sfOperations, words: ["simple"], fields: sfFields,
                term: SignatureRecipe.timedMD5.term),
            SignatureRow(
                ["sf"], "legacy-xml", operations: ["legacy"], words: ["xml"],
                fields: [.text("xml", as: "body", or: ["text"]), .secret("checkWord", isRequired: false)],
                term: SignatureRecipe.trailingSecretMD5.term),
            SignatureRow(
                ["sf"], "standard-md5", operations: sfOperations, fields: sfFields,
                term: SignatureRecipe.encodedMD5.term),
            SignatureRow(
                ["zto"], "hmac-sha256", operations: ztoOperations, words: ["hmac"], fields: ztoFields,
                term: ZTOSettings.recipe(.hmacSHA256, form: .base64).term),
            SignatureRow(
                ["zto"], "sha256", operations: ztoOperations, words: ["sha256"], fields: ztoFields,
                term: ZTOSettings.recipe(.sha256, form: .base64).term),
            SignatureRow(
                ["zto"], "md5 (form)", operations: ztoOperations,
                fields: [.pairs("params", as: "pairs"), .secret("appSecret"), .optional("appKey")],
                term: SignatureRecipe([.pairs("pairs", .form), .secret], hash: .md5, form: .base64).term),
            SignatureRow(
                ["zto"], "md5", operations: ztoOperations + ["push"], fields: ztoFields,
                term: ZTOSettings.recipe(.md5, form: .base64).term),
            SignatureRow(
                ["yto"], "md5", operations: ["create", "cancel", "track", "subscribe"],
                fields: [
                    .text("param", as: "body", or: ["data"]), .optional("method"), .optional("version"),
                    .secret("secret"),
                ], term: SignatureRecipe.methodMD5.term),
            SignatureRow(
                ["sto"], "md5", operations: ["create", "cancel", "readdress", "track", "subscribe", "push"],
                fields: [.text("content", as: "body"), .secret("secret", or: ["secretKey"])],
                term: SignatureRecipe.trailingSecretMD5.term),
            SignatureRow(
                ["yunda"], "md5", operations: ["create", "cancel", "readdress", "track", "subscribe", "balance"],
                fields: [.text("body"), .secret("appSecret", or: ["secret"])], term: SignatureRecipe.underscoredMD5.term
            ),
            SignatureRow(
                ["jt"], "md5", fields: [.text("bizContent", as: "body"), .secret("privateKey")],
                term: SignatureRecipe.trailingSecretMD5.term),
            SignatureRow(
                ["deppon"], "md5",
                fields: [.text("params", as: "body"), .secret("appkey", or: ["appKey"]), .text("timestamp")],
                term: SignatureRecipe([.body, .secret, .timestamp], hash: .md5, form: .base64OfLowerHexadecimal).term),
        ] + jd

    private static let jd: [SignatureRow] = JDSignature.algorithms.reversed().map { algorithm in
        SignatureRow(
            ["jd"], algorithm, operations: ["create", "cancel", "readdress", "track", "subscribe", "status"],
            words: algorithm == JDSignature.algorithms[0] ? [] : [algorithm.lowercased()],
            fields: [
                .text("appKey"), .secret("appSecret"), .secret("accessToken", as: "accessToken"), .text("path"),
                .text("body"),
                .text("timestamp"), .text("v"),
            ], term: JDSignature.recipe(algorithm).term)
    }

    static let couriersOfManyKinds: [SignatureRow] = [
        SignatureRow(
            ["cainiao"], "md5", operations: ["create", "cancel", "readdress", "track", "subscribe", "balance"],
            fields: [.text("logistics_interface", as: "body"), .secret("appSecret")],
            term: SignatureRecipe.trailingSecretMD5.term),
        SignatureRow(
            ["kuaidi100"], "md5 (waybill)", operations: ["create", "cancel", "readdress", "balance"],
            fields: [
                .text("param", as: "body"), .text("t", as: "timestamp"), .secret("secret"), .secret("key", as: "key"),
            ],
            term: SignatureRecipe.timedKeyMD5.term),
        SignatureRow(
            ["kuaidi100"], "md5 (query)", operations: ["track"],
            fields: [.text("param", as: "body"), .secret("key", as: "key"), .text("customer")],
            term: SignatureRecipe.customerKeyMD5.term),
        SignatureRow(
            ["kuaidi100"], "md5 (push)", operations: ["push"],
            fields: [.text("param", as: "body"), .secret("salt", as: "salt")],
            term: SignatureRecipe.saltedMD5.term),
        SignatureRow(
            ["kdniao"], "md5", operations: ["create", "cancel", "track", "subscribe", "balance", "push"],
            fields: [.text("RequestData", as: "body"), .secret("ApiKey"), .optional("EBusinessID")],
            term: SignatureRecipe.trailingSecretMD5Hexadecimal.term),
        SignatureRow(
            ["easypost"], "hmac-sha256", operations: ["push"], fields: [.secret("secret"), .text("body")],
            term: .list([
                .text("hmac-sha256-hex="),
                .written(.lowerHexadecimal, .keyedHash(.sha256, key: .decomposed(.secret), .body)),
            ])),
    ]
}
