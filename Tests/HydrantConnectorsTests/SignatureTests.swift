import HydrantConnectorKit
import HydrantConnectors
import HydrantCore
import Testing

/// Signatures against values that others computed.
@Suite struct SignatureTests {
    private static let vectors = sharedVectors()

    private func vector(_ id: String) throws -> (inputs: JSON, expected: String) {
        let vector = try #require(Self.vectors?.first { $0["id"]?.string == id }, "vector \(id)")
        return (try #require(vector["inputs"]), try #require(vector["expected"]?.string))
    }

    private static let isThere = vectors != nil
    private static let absence: Comment = "the shared signature vectors are not beside the package"

    @Test(.enabled(if: isThere, absence))
    func `the table computes every signature that others computed`() throws {
        let vectors = try #require(Self.vectors)
        #expect(vectors.count >= 55)
        for vector in vectors {
            let id = vector["id"]?.string ?? "?"
            #expect(SignatureTable.result(of: vector) == vector["expected"], "\(id)")
        }
    }

    @Test(.enabled(if: isThere, absence))
    func `the table looks at the inputs and never at the expected value`() throws {
        for vector in try #require(Self.vectors) {
            let id = vector["id"]?.string ?? "?"
            var altered = (vector.members ?? []).filter { $0.name != "expected" }
            #expect(SignatureTable.result(of: .object(altered)) == vector["expected"], "\(id) without its result")
            guard let place = altered.firstIndex(where: { $0.name == "inputs" }) else { continue }
            let system = vector["system"]?.string ?? ""
            for input in vector["inputs"]?.members ?? [] where !Self.unsigned.contains("\(system)/\(input.name)") {
                guard input.value.members == nil, input.value.array == nil else { continue }
                var inputs = (vector["inputs"]?.members ?? []).filter { $0.name != input.name }
                inputs.append(JSON.Member(input.name, .string("QUJDREVGR0hJSktMTU5PUA")))
                altered[place].value = .object(inputs)
                #expect(
                    SignatureTable.result(of: .object(altered)) != vector["expected"],
                    "\(id) with another \(input.name)")
            }
        }
    }

    /// Inputs that are no part of what is signed: they say who calls, or what the others are.
    private static let unsigned: Set<String> = [
        "zto/appKey", "kdniao/EBusinessID", "sf/encoded", "jd/algorithm", "kingdee-k3cloud/derived_client_secret",
        "tencent-tc3/secret_id", "aliyun-acs3/access_key_id", "twilio/body", "twilio/body_sha256",
    ]

    @Test func `the string to sign shows everything but the secret`() throws {
        let document: JSON = ["msgData": "{}", "timestamp": "7", "checkWord": "w0rd"]
        let row = try #require(SignatureTable.row(system: "sf", description: "create", document: document))
        #expect(row.stringToSign(document) == "%7B%7D7***")
        #expect(row.algorithm == "standard-md5")
        let other = try #require(SignatureTable.row(system: "sf", description: "create SM3", document: document))
        #expect(other.algorithm == "sm3")
        #expect(other.stringToSign(document) == "{}7***")
    }

    @Test func `what is missing or unknown is named, and an unknown system has no row`() throws {
        let document: JSON = ["RequestData": "{}", "Secret": "x"]
        #expect(SignatureTable.row(system: "kdniao", description: "track", document: document) == nil)
        let row = try #require(SignatureTable.rows(system: "kdniao", operation: "track").first)
        #expect(row.missing(in: document) == ["ApiKey"])
        #expect(row.unknown(in: document) == ["Secret"])
        #expect(SignatureTable.rows(system: "pigeon", operation: "track").isEmpty)
        #expect(SignatureTable.result(of: ["system": "pigeon", "inputs": [:]]) == nil)
        let wrong: JSON = ["system": "feishu", "inputs": ["encrypt_key": "k", "encrypt": "not base64!"]]
        #expect(SignatureTable.result(of: wrong) == .null)
    }

    @Test func `fields may come as hexadecimal digits or Base64, and pairs as a list`() {
        let plain: JSON = ["system": "zto", "inputs": ["body": "abc", "appSecret": "k"]]
        let coded: JSON = ["system": "zto", "inputs": ["body_hex": "616263", "appSecret_base64": "aw=="]]
        #expect(SignatureTable.result(of: plain) == SignatureTable.result(of: coded))
        let pairs: JSON = ["system": "zto", "inputs": ["params": [["b", "1"], ["a", "2"]], "appSecret": "k"]]
        let text: JSON = ["system": "zto", "inputs": ["body": "b=1&a=2", "appSecret": "k"]]
        #expect(SignatureTable.result(of: pairs) == SignatureTable.result(of: text))
    }

    @Test func `SM3 agrees with the examples of its standard`() {
        #expect(
            hexadecimalText(HashAlgorithm.sm3.digest(Array("abc".utf8)))
                == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0")
        let long = Array(String(repeating: "abcd", count: 16).utf8)
        #expect(
            hexadecimalText(HashAlgorithm.sm3.digest(long))
                == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732")
    }

    @Test func `the worked example of the warehouse protocol is met to the letter`() {
        let pairs = [
            ("method", "deliveryorder.create"), ("app_key", "demo-app"), ("customerId", "c-001"), ("format", "xml"),
            ("sign_method", "md5"), ("timestamp", "2026-11-22 12:00:00"), ("v", "2.0"),
        ].map { (name: $0.0, value: $0.1) }
        let body = """
            <?xml version="1.0" encoding="utf-8"?><request><deliveryOrder><deliveryOrderCode>H0001</deliveryOrderCode>\
            <remark>一号仓</remark></deliveryOrder></request>
            """
        let input = SignatureInput(secret: "secretABC", pairs: pairs, body: Array(body.utf8))
        #expect(SignatureRecipe.wrappedMD5WithBody.sign(input) == "81AC1A47F1AD30F90E0F83D5A7787739")
        #expect(SignatureRecipe.wrappedMD5WithBody.isRight("81ac1a47f1ad30f90e0f83d5a7787739", for: input))
        #expect(!SignatureRecipe.wrappedMD5WithBody.isRight("81AC1A47F1AD30F90E0F83D5A7787738", for: input))
    }

    @Test(.enabled(if: isThere, absence))
    func `the courier's standard MD5 agrees with a third party`() throws {
        let (inputs, expected) = try vector("sf-2")
        let content = try #require(inputs["msgData"]?.string)
        let input = SignatureInput(
            secret: try #require(inputs["checkWord"]?.string), body: Array(content.utf8),
            timestamp: try #require(inputs["timestamp"]?.string))
        #expect(SignatureRecipe.encodedMD5.sign(input) == expected)
    }

    @Test(.enabled(if: isThere, absence))
    func `Base64 of MD5 over body and secret agrees with third parties`() throws {
        let (legacy, legacyExpected) = try vector("sf-3")
        let text = try #require(legacy["text"]?.string)
        let recipe = SignatureRecipe.trailingSecretMD5
        #expect(recipe.sign(SignatureInput(secret: "", body: Array(text.utf8))) == legacyExpected)
        for id in ["yto-4", "zto-7"] {
            let (inputs, expected) = try vector(id)
            let body = try #require(inputs["body"]?.string ?? inputs["data"]?.string)
            let secret = try #require(inputs["appSecret"]?.string ?? inputs["secret"]?.string)
            #expect(recipe.sign(SignatureInput(secret: secret, body: Array(body.utf8))) == expected)
        }
        let (inputs, expected) = try vector("kdniao-9")
        let body = try #require(inputs["RequestData"]?.string)
        let input = SignatureInput(secret: try #require(inputs["ApiKey"]?.string), body: Array(body.utf8))
        #expect(SignatureRecipe.trailingSecretMD5Hexadecimal.sign(input) == expected)
    }

    @Test(.enabled(if: isThere, absence), arguments: ["top-md5-1", "pdd-md5-1", "pdd-jd-md5-generic"])
    func `wrapped MD5 agrees with third parties`(id: String) throws {
        let (inputs, expected) = try vector(id)
        let secret = inputs["app_secret"]?.string ?? inputs["client_secret"]?.string ?? inputs["secret"]?.string
        let input = SignatureInput(secret: try #require(secret), pairs: try pairs(inputs))
        #expect(SignatureRecipe.wrappedMD5.sign(input) == expected)
    }

    @Test(.enabled(if: isThere, absence))
    func `keyed hashes agree with third parties and RFC 4231`() throws {
        let (minimal, minimalExpected) = try vector("top-hmac-sha256-2")
        let input = SignatureInput(secret: try #require(minimal["app_secret"]?.string), pairs: try pairs(minimal))
        #expect(SignatureRecipe.keyedSHA256WithBody.sign(input) == minimalExpected)
        let (_, rfcExpected) = try vector("top-hmac-sha256-rfc4231")
        let key = [UInt8](repeating: 0x0b, count: 20)
        let raw = HashAlgorithm.sha256.authenticationCode(Array("Hi There".utf8), key: key)
        #expect(SignatureForm.upperHexadecimal.text(of: raw) == rfcExpected)
        let (path, pathExpected) = try vector("1688-hmacsha1-2")
        let pathInput = SignatureInput(
            secret: try #require(path["app_secret"]?.string), pairs: try pairs(path),
            body: Array(try #require(path["url_path"]?.string).utf8))
        #expect(SignatureRecipe.keyedSHA1OfPathAndPairs.sign(pathInput) == pathExpected)
    }

    @Test(.enabled(if: isThere, absence))
    func `HMAC-SHA256 agrees with RFC 9421`() throws {
        let vector = try #require(Self.vectors?.first { $0["id"]?.string == "rfc9421-b25" })
        let key = try #require(vector["inputs"]?["key_base64"]?.string.flatMap(base64Bytes))
        let text = try #require(vector["string_to_sign"]?.string)
        let raw = HashAlgorithm.sha256.authenticationCode(Array(text.utf8), key: key)
        #expect(SignatureForm.base64.text(of: raw) == vector["expected"]?.string)
    }

    private func pairs(_ inputs: JSON) throws -> [(name: String, value: String)] {
        try #require(inputs["params"]?.members).map { ($0.name, $0.value.string ?? "") }
    }

    @Test func `hashes agree with their specifications`() {
        // RFC 1321, RFC 3174, FIPS 180-4.
        let text = Array("abc".utf8)
        #expect(hexadecimalText(HashAlgorithm.md5.digest(text)) == "900150983cd24fb0d6963f7d28e17f72")
        #expect(hexadecimalText(HashAlgorithm.sha1.digest(text)) == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(
            hexadecimalText(HashAlgorithm.sha256.digest(text))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test func `RFC 2202 keyed hashes`() {
        let key = Array("Jefe".utf8)
        let text = Array("what do ya want for nothing?".utf8)
        #expect(
            hexadecimalText(HashAlgorithm.md5.authenticationCode(text, key: key)) == "750c783e6ab0b503eaa86e310a5db738")
        #expect(
            hexadecimalText(HashAlgorithm.sha1.authenticationCode(text, key: key))
                == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")
    }

    @Test func `pairs are joined in byte order and empty ones are left out`() {
        let joined = sortedConcatenation([("foobar", "4"), ("foo_bar", "3"), ("bar", "2"), ("foo", "1"), ("x", "")])
        #expect(joined.utf8Text == "bar2foo1foo_bar3foobar4")
    }

    @Test func `equality in constant time is equality`() {
        #expect(isEqualInConstantTime([1, 2], [1, 2]))
        #expect(!isEqualInConstantTime([1, 2], [1, 3]))
        #expect(!isEqualInConstantTime([1, 2], [1, 2, 3]))
    }
}

/// The webhook standard: its own vector, and everything that must be refused.
@Suite struct StandardWebhooksTests {
    private let now = Instant(milliseconds: 1_614_265_330_000)
    private let body = Array(#"{"test": 2432232314}"#.utf8)
    private let good = [
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    ]

    @Test func `the reference example signs and verifies`() throws {
        let webhooks = try StandardWebhooks(secrets: [Sample.webhookSecret])
        let headers = webhooks.headers(id: "msg_p5jXN8AQM9LWM0D4loKWxJek", at: now, body: body)
        #expect(Dictionary(headers.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }) == good)
        #expect(try webhooks.verify(headers: good, body: body, now: now) == "msg_p5jXN8AQM9LWM0D4loKWxJek")
    }

    @Test func `an altered body, id or timestamp is refused`() throws {
        let webhooks = try StandardWebhooks(secrets: [Sample.webhookSecret])
        #expect(throws: WebhookProblem.wrongSignature) {
            try webhooks.verify(headers: good, body: body + [0x20], now: now)
        }
        for (name, value) in [("webhook-id", "msg_other"), ("webhook-timestamp", "1614265331")] {
            var altered = good
            altered[name] = value
            #expect(throws: WebhookProblem.wrongSignature) {
                try webhooks.verify(headers: altered, body: body, now: now)
            }
        }
    }

    @Test func `the clock may differ by exactly 300 seconds either way`() throws {
        let webhooks = try StandardWebhooks(secrets: [Sample.webhookSecret])
        for offset in [-300_000, 300_000] as [Milliseconds] {
            #expect(throws: Never.self) { try webhooks.verify(headers: good, body: body, now: now + offset) }
        }
        for offset in [-300_001, 300_001] as [Milliseconds] {
            #expect(throws: WebhookProblem.stale) { try webhooks.verify(headers: good, body: body, now: now + offset) }
        }
    }

    @Test func `one right signature among several is enough, and an old secret still verifies`() throws {
        let other = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        let webhooks = try StandardWebhooks(secrets: [other, Sample.webhookSecret])
        var headers = good
        headers["webhook-signature"] = "v1a,zzz v1,AAAA \(good["webhook-signature"] ?? "")"
        #expect(try webhooks.verify(headers: headers, body: body, now: now) == "msg_p5jXN8AQM9LWM0D4loKWxJek")
        let alone = try StandardWebhooks(secrets: [other])
        #expect(throws: WebhookProblem.wrongSignature) { try alone.verify(headers: good, body: body, now: now) }
    }

    @Test(arguments: ["webhook-id", "webhook-timestamp", "webhook-signature"])
    func `each header is required`(name: String) throws {
        let webhooks = try StandardWebhooks(secrets: [Sample.webhookSecret])
        var headers = good
        headers[name] = nil
        #expect(throws: WebhookProblem.missingHeader(name)) {
            try webhooks.verify(headers: headers, body: body, now: now)
        }
    }

    @Test(arguments: ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_???", "whsec_c2hvcnQ="])
    func `a secret that is none is refused`(secret: String) {
        #expect(throws: WebhookProblem.badSecret) { try StandardWebhooks(secrets: [secret]) }
    }

    @Test func `a timestamp that is no number is refused`() throws {
        let webhooks = try StandardWebhooks(secrets: [Sample.webhookSecret])
        for text in ["x", "-1", "99999999999999999999"] {
            var headers = good
            headers["webhook-timestamp"] = text
            #expect(throws: WebhookProblem.stale) { try webhooks.verify(headers: headers, body: body, now: now) }
        }
    }
}
