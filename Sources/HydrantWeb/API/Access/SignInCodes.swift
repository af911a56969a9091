import Crypto
import HydrantConnectorKit
package import HydrantCore
import Synchronization

/// Codes for links that sign a browser in: each works once and for a short time, so that an address in a history, a log
/// or a process list opens nothing.
package final class SignInCodes: Sendable {
    private struct Entry {
        var hash: [UInt8]
        var token: AccessToken
        var until: Instant
    }

    private let entries = Mutex<[Entry]>([])
    private let lifetime: Milliseconds

    package init(lifetime: Milliseconds = .minutes(10)) { self.lifetime = lifetime }

    /// - Parameter randomBytes: 32 bytes that nobody can guess.
    /// - Returns: the code, base64url.
    package func issue(for token: AccessToken, randomBytes: [UInt8], now: Instant) -> String {
        precondition(randomBytes.count == 32, "a code is made of \(randomBytes.count) bytes, not of 32")
        let text = base64URLText(randomBytes)
        let entry = Entry(hash: Array(SHA256.hash(data: Array(text.utf8))), token: token, until: now + lifetime)
        entries.withLock { $0.append(entry) }
        return text
    }

    /// Whether a code would still be taken; uses nothing up.
    func isOpen(_ code: String, now: Instant) -> Bool {
        let hash = Array(SHA256.hash(data: Array(code.utf8)))
        return entries.withLock { entries in
            entries.contains { isEqualInConstantTime($0.hash, hash) && now < $0.until }
        }
    }

    /// The token that a code stands for; nil when it is unknown, used or too old. It is used by this.
    func redeem(_ code: String, now: Instant) -> AccessToken? {
        let hash = Array(SHA256.hash(data: Array(code.utf8)))
        return entries.withLock { entries in
            entries.removeAll { $0.until <= now }
            guard let index = entries.firstIndex(where: { isEqualInConstantTime($0.hash, hash) }) else { return nil }
            return entries.remove(at: index).token
        }
    }
}
