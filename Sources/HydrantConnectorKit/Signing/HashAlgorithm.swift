import Crypto

import struct Foundation.Data

/// The hash functions that outside systems sign with. MD5 and SHA-1 are theirs to choose, never ours.
package enum HashAlgorithm: Sendable {
    case md5
    case sha1
    case sha256
    case sha512
    case sm3

    /// The raw hash of the bytes.
    package func digest(_ bytes: [UInt8]) -> [UInt8] {
        switch self {
        case .md5: Array(Insecure.MD5.hash(data: bytes))
        case .sha1: Array(Insecure.SHA1.hash(data: bytes))
        case .sha256: Array(SHA256.hash(data: bytes))
        case .sha512: Array(SHA512.hash(data: bytes))
        case .sm3: SM3.digest(bytes)
        }
    }

    /// The raw HMAC of the bytes (RFC 2104).
    package func authenticationCode(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        let symmetric = SymmetricKey(data: key)
        return switch self {
        case .md5: Array(HMAC<Insecure.MD5>.authenticationCode(for: bytes, using: symmetric))
        case .sha1: Array(HMAC<Insecure.SHA1>.authenticationCode(for: bytes, using: symmetric))
        case .sha256: Array(HMAC<SHA256>.authenticationCode(for: bytes, using: symmetric))
        case .sha512: Array(HMAC<SHA512>.authenticationCode(for: bytes, using: symmetric))
        case .sm3: SM3.digest(padded(key, 0x5C) + SM3.digest(padded(key, 0x36) + bytes))
        }
    }

    /// The key of RFC 2104 filled up to a block of 64 bytes and combined with a pad.
    private func padded(_ key: [UInt8], _ pad: UInt8) -> [UInt8] {
        let short = key.count > 64 ? digest(key) : key
        return (short + [UInt8](repeating: 0, count: 64 - short.count)).map { $0 ^ pad }
    }
}

/// How raw bytes become the text of a signature.
package enum SignatureForm: Sendable {
    case lowerHexadecimal
    case upperHexadecimal
    case base64
    /// Base64 of the lower-case hexadecimal text, which is twice as long as Base64 of the raw bytes.
    case base64OfLowerHexadecimal

    package func text(of bytes: [UInt8]) -> String {
        switch self {
        case .lowerHexadecimal: hexadecimalText(bytes)
        case .upperHexadecimal: hexadecimalText(bytes, isUpperCase: true)
        case .base64: base64Text(bytes)
        case .base64OfLowerHexadecimal: base64Text(Array(hexadecimalText(bytes).utf8))
        }
    }
}

/// Two digits for each byte.
package func hexadecimalText(_ bytes: some Sequence<UInt8>, isUpperCase: Bool = false) -> String {
    let digits = Array((isUpperCase ? "0123456789ABCDEF" : "0123456789abcdef").utf8)
    var out: [UInt8] = []
    for byte in bytes {
        out.append(digits[Int(byte >> 4)])
        out.append(digits[Int(byte & 15)])
    }
    return String(decoding: out, as: UTF8.self)
}

/// Base64 with padding (RFC 4648, section 4).
package func base64Text(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

/// The bytes of Base64 text with padding, or nil when it is not Base64.
package func base64Bytes(_ text: String) -> [UInt8]? { Data(base64Encoded: text).map { Array($0) } }

/// Compares secrets without telling by its duration where they differ.
package func isEqualInConstantTime(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for (a, b) in zip(left, right) { difference |= a ^ b }
    return difference == 0
}
