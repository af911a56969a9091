import Crypto
import HydrantConnectorKit
import HydrantCore
import HydrantStorage

/// Signs the forms of pages that change something, so that no other site can send them in a browser's name: the value
/// fits one session alone.
package struct FormSigner: Sendable {
    private let key: SymmetricKey

    /// - Parameter key: at least 32 random bytes, which may be the sessions' key.
    package init(key: [UInt8]) {
        precondition(key.count >= 32, "the form key has \(key.count) bytes, not 32 or more")
        self.key = SymmetricKey(data: key)
    }

    /// The value of the hidden field.
    package func token(for session: String) -> String {
        hexadecimal(Array(HMAC<SHA256>.authenticationCode(for: Array("form.\(session)".utf8), using: key)))
    }

    package func isValid(_ token: String, for session: String) -> Bool {
        isEqualInConstantTime(token.utf8, self.token(for: session).utf8)
    }
}
