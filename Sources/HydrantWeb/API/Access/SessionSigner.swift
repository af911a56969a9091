import Crypto
import HydrantConnectorKit
package import HydrantCore
import HydrantStorage
import Synchronization

/// Makes and checks the value of the browser's cookie: an expiring statement about a token, signed by the server. The
/// token itself never lies in a browser.
package struct SessionSigner: Sendable {
    /// The name of the cookie.
    package static let cookieName = "hydrant_session"
    private let key: SymmetricKey
    private let ended = EndedSessions()
    /// How long a session lasts.
    let lifetime: Milliseconds

    /// - Parameter key: at least 32 random bytes; another key ends all sessions.
    package init(key: [UInt8], lifetime: Milliseconds = .hours(12)) {
        precondition(key.count >= 32, "the session key has \(key.count) bytes, not 32 or more")
        self.key = SymmetricKey(data: key)
        self.lifetime = lifetime
    }

    /// `<seconds since 1970 when it ends>.<id of the token>.<signature>`.
    package func issue(for token: AccessToken, now: Instant) -> String {
        let content = "\((now + lifetime).milliseconds / 1_000).\(token.id)"
        return "\(content).\(signature(of: content))"
    }

    /// The token that a session speaks for, or nil when it is forged, has ended, or the token is gone.
    package func holder(of value: String, among tokens: AccessTokens, now: Instant) -> AccessToken? {
        let parts = value.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let end = Int64(parts[0]), end >= 0, end < 253_402_300_800 else { return nil }
        guard isEqualInConstantTime(parts[2].utf8, signature(of: "\(parts[0]).\(parts[1])").utf8),
            now.milliseconds < end * 1_000, !ended.contains(value)
        else { return nil }
        return tokens.holder(withID: String(parts[1]))
    }

    /// Ends a session before its time; a copy of the cookie opens nothing any more.
    func end(_ value: String, now: Instant) { ended.add(value, now: now, lifetime: lifetime) }

    private func signature(of content: String) -> String {
        hexadecimal(Array(HMAC<SHA256>.authenticationCode(for: Array(content.utf8), using: key)))
    }
}

/// Sessions that were signed out, until they would have ended anyway. Only sessions that the hub issued get here.
private final class EndedSessions: Sendable {
    private let untils = Mutex<[String: Instant]>([:])

    func contains(_ value: String) -> Bool { untils.withLock { $0[value] != nil } }

    func add(_ value: String, now: Instant, lifetime: Milliseconds) {
        untils.withLock { untils in
            untils = untils.filter { $0.value > now }
            untils[value] = now + lifetime
        }
    }
}
