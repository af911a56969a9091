import Crypto
package import HydrantCore

import struct Foundation.Data

/// The keys that everything secret depends on, derived from one master key that lies outside the database.
package struct Keyring: Sendable {
    private typealias Code = HMAC<SHA256>

    private let sealKey: SymmetricKey
    /// Codes that have taken their key in and nothing else: a copy of one costs less than taking the key in again.
    private let chainCode: Code
    private let fingerprintCode: Code
    private let bodyCode: Code
    private let headCode: Code
    private let searchCode: Code

    /// - Parameter master: 32 random bytes.
    package init(master: [UInt8]) {
        precondition(master.count == 32, "the master key has \(master.count) bytes, not 32")
        let input = SymmetricKey(data: master)
        func derived(_ purpose: String) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(inputKeyMaterial: input, info: Data(purpose.utf8), outputByteCount: 32)
        }
        chainCode = Code(key: derived("hydrant chain 1"))
        sealKey = derived("hydrant seal 1")
        fingerprintCode = Code(key: derived("hydrant fingerprint 1"))
        bodyCode = Code(key: derived("hydrant body 1"))
        headCode = Code(key: derived("hydrant head 1"))
        searchCode = Code(key: derived("hydrant search 1"))
    }

    /// The hash of an event: HMAC-SHA256 over its predecessor's hash and its bytes.
    package func chainHash(previous: [UInt8], event bytes: [UInt8]) -> [UInt8] {
        var code = chainCode
        code.update(data: previous)
        code.update(data: bytes)
        return Array(code.finalize())
    }

    private static func finish(_ begun: Code, over bytes: [UInt8]) -> Code.MAC {
        var code = begun
        code.update(data: bytes)
        return code.finalize()
    }

    /// AES-256-GCM with a fresh nonce; the context is authenticated and not stored.
    package func seal(_ bytes: [UInt8], context: String) throws -> [UInt8] {
        let box = try AES.GCM.seal(bytes, using: sealKey, authenticating: Array(context.utf8))
        return Array(box.nonce) + Array(box.ciphertext) + Array(box.tag)
    }

    /// - Throws: when the bytes were changed, or sealed by another key or for another context.
    package func open(_ sealed: [UInt8], context: String) throws -> [UInt8] {
        let box = try AES.GCM.SealedBox(combined: sealed)
        return Array(try AES.GCM.open(box, using: sealKey, authenticating: Array(context.utf8)))
    }

    /// A keyed hash by which equal texts are found without being read: 32 hexadecimal digits.
    package func fingerprint(_ text: String) -> String {
        let mac = Self.finish(fingerprintCode, over: Array(text.utf8))
        return hexadecimal(Array(mac.prefix(16)))
    }

    /// The end of the link in a text to a keeper, made from the key of the instruction that asks him: the same at every
    /// repetition, and not to be guessed without the master key. 20 hexadecimal digits.
    package func keeperCode(instruction key: String) -> String {
        String(fingerprint("keeper's form " + key).prefix(20))
    }

    /// By what a code is found in the database.
    package func keeperCodeHash(_ code: String) -> String { fingerprint("keeper's code " + code) }

    /// A keyed hash of a message's raw body, which may hold a telephone number: nobody without the key can try out what
    /// the body was.
    package func bodyHash(_ bytes: [UInt8]) -> UInt64 {
        let mac = Self.finish(bodyCode, over: bytes)
        return mac.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// HMAC-SHA256 for the head of a database, 32 bytes.
    package func headHash(_ bytes: [UInt8]) -> [UInt8] {
        Array(Self.finish(headCode, over: bytes))
    }

    /// As ``checkValue``, of a database that has a head.
    package var headedCheckValue: [UInt8] { headHash(Array("hydrant key check".utf8)) }

    /// By what orders are found that have a term: 64 bits of an HMAC-SHA256 over its kind and its text.
    package func searchHash(_ term: SearchTerm) -> Int64 {
        let mac = Self.finish(searchCode, over: Array("\(term.kind.rawValue):\(term.text)".utf8))
        return Int64(bitPattern: mac.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// Tells whether a database was made with this key: stored once, compared at each start.
    package var checkValue: [UInt8] {
        Array(Self.finish(fingerprintCode, over: Array("hydrant key check".utf8)))
    }
}

/// Lower-case hexadecimal digits.
package func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count * 2)
    for byte in bytes {
        out.append(digits[Int(byte >> 4)])
        out.append(digits[Int(byte & 15)])
    }
    return String(decoding: out, as: UTF8.self)
}
