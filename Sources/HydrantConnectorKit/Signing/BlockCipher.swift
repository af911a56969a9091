import Crypto
import CryptoExtras

/// AES-256 in CBC mode, as some systems wrap their callbacks.
enum BlockCipher {
    /// Fills up by PKCS#7 to a multiple of `block` bytes, of which 16 and 32 are in use.
    static func encrypt(_ plain: [UInt8], key: [UInt8], start: [UInt8], block: Int) -> [UInt8]? {
        let rest = block - plain.count % block
        let padded = plain + [UInt8](repeating: UInt8(rest), count: rest)
        guard key.count == 32, let vector = try? AES._CBC.IV(ivBytes: start) else { return nil }
        let sealed = try? AES._CBC.encrypt(padded, using: SymmetricKey(data: key), iv: vector, noPadding: true)
        return sealed.map { Array($0) }
    }

    /// Nil when key or length are wrong, or what comes out does not end in the padding.
    static func decrypt(_ sealed: [UInt8], key: [UInt8], start: [UInt8], block: Int) -> [UInt8]? {
        guard key.count == 32, !sealed.isEmpty, sealed.count % 16 == 0,
            let vector = try? AES._CBC.IV(ivBytes: start),
            let opened = try? AES._CBC.decrypt(sealed, using: SymmetricKey(data: key), iv: vector, noPadding: true)
        else { return nil }
        let padded = Array(opened)
        guard let last = padded.last, (1...block).contains(Int(last)), padded.count >= Int(last),
            padded.suffix(Int(last)).allSatisfy({ $0 == last })
        else { return nil }
        return Array(padded.dropLast(Int(last)))
    }
}
