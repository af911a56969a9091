import Crypto
import HydrantConnectorKit
package import HydrantCore

/// The second factor: six digits from a shared secret and the time (RFC 6238: SHA-1, steps of 30 seconds).
package struct OneTimePassword: Hashable, Sendable {
    /// 20 random bytes.
    package var secret: [UInt8]

    package init(secret: [UInt8]) { self.secret = secret }

    private static let step: Milliseconds = .seconds(30)

    package static func step(at now: Instant) -> Int64 { now.milliseconds / step }

    /// The digits of a step.
    package func digits(_ step: Int64, count: Int = 6) -> String {
        let counter = (0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * Int64($0))) }
        let mac = Array(
            HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: secret)))
        let offset = Int(mac[19] & 15)
        let word = mac[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let power = (0..<count).reduce(UInt32(1)) { value, _ in value * 10 }
        let text = String(word % power)
        return String(repeating: "0", count: count - text.count) + text
    }

    /// The step whose digits these are: the present one, the one before or the one behind it, and none that was used
    /// already.
    package func step(of typed: String, at now: Instant, after used: Int64) -> Int64? {
        let typed = typed.utf8.filter { $0 > 0x20 }
        let present = Self.step(at: now)
        var found: Int64?
        for step in present - 1...present + 1 where step > used {
            if isEqualInConstantTime(digits(step).utf8, typed) { found = step }
        }
        return found
    }

    /// The secret as authenticator programs take it by hand.
    package var base32: String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
        var out: [UInt8] = []
        var bits = 0
        var value = 0
        for byte in secret {
            value = (value << 8 | Int(byte)) & 0xFFFF
            bits += 8
            while bits >= 5 {
                out.append(letters[value >> (bits - 5) & 31])
                bits -= 5
            }
        }
        if bits > 0 { out.append(letters[value << (5 - bits) & 31]) }
        return String(decoding: out, as: UTF8.self)
    }

    /// For a program that takes links.
    package func link(user: String) -> String {
        "otpauth://totp/Hydrant:\(encodedPiece(user))?secret=\(base32)&issuer=Hydrant"
    }
}
