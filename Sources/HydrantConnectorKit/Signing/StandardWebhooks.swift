package import HydrantCore

/// Why a webhook is not believed.
package enum WebhookProblem: Error, Equatable, Sendable {
    case missingHeader(String)
    /// The timestamp is no number, or further from now than the tolerance.
    case stale
    case wrongSignature
    /// The secret is not `whsec_` followed by Base64 of 24 to 64 bytes.
    case badSecret
}

/// Signs and verifies webhooks as standardwebhooks.com describes, symmetric version 1.
package struct StandardWebhooks: Sendable {
    private let keys: [[UInt8]]
    private let tolerance: Milliseconds

    /// - Parameters:
    ///   - secrets: the first one signs, any of them verifies, so that a secret can be changed without a gap.
    ///   - tolerance: how far the sender's clock may be from ours, in either direction.
    package init(secrets: [String], tolerance: Milliseconds = .seconds(300)) throws(WebhookProblem) {
        var keys: [[UInt8]] = []
        for secret in secrets {
            guard secret.hasPrefix("whsec_"), let key = base64Bytes(String(secret.dropFirst(6))),
                (24...64).contains(key.count)
            else { throw .badSecret }
            keys.append(key)
        }
        guard !keys.isEmpty else { throw .badSecret }
        self.keys = keys
        self.tolerance = tolerance
    }

    /// The three headers of a message; the id is also its idempotency key.
    package func headers(id: String, at now: Instant, body: [UInt8]) -> [(name: String, value: String)] {
        let timestamp = String(now.milliseconds / 1_000)
        return [
            ("webhook-id", id), ("webhook-timestamp", timestamp),
            ("webhook-signature", "v1," + signature(id: id, timestamp: timestamp, body: body, key: keys[0])),
        ]
    }

    /// - Parameter headers: lower-case names.
    /// - Returns: the message's id.
    @discardableResult
    package func verify(
        headers: [String: String], body: [UInt8], now: Instant
    ) throws(WebhookProblem) -> String {
        let id = try header("webhook-id", headers)
        let timestamp = try header("webhook-timestamp", headers)
        let signatures = try header("webhook-signature", headers)
        guard let seconds = Int64(timestamp), (0...253_402_300_799).contains(seconds),
            abs(now.milliseconds - seconds * 1_000) <= tolerance
        else { throw .stale }
        let expected = keys.map { signature(id: id, timestamp: timestamp, body: body, key: $0) }
        var isRight = false
        for candidate in signatures.split(separator: " ") where candidate.hasPrefix("v1,") {
            for one in expected where isEqualInConstantTime(candidate.dropFirst(3).utf8, one.utf8) { isRight = true }
        }
        guard isRight else { throw .wrongSignature }
        return id
    }

    private func header(_ name: String, _ headers: [String: String]) throws(WebhookProblem) -> String {
        guard let value = headers[name], !value.isEmpty else { throw .missingHeader(name) }
        return value
    }

    private func signature(id: String, timestamp: String, body: [UInt8], key: [UInt8]) -> String {
        base64Text(HashAlgorithm.sha256.authenticationCode(Array("\(id).\(timestamp).".utf8) + body, key: key))
    }
}
