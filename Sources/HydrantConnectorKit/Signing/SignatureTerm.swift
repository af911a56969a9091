import Foundation

/// A value that a signature is made of: fields of the message, and what the few primitives below make of them.
///
/// All signatures of the outside systems are terms; a new system is a new term and no new code.
package indirect enum SignatureTerm: Sendable {
    /// The bytes of a field; none when the message has no such field.
    case field(String)
    /// The pairs of a field, laid out as text.
    case pairs(String, PairLayout)
    case text(String)
    /// The term, or the text where the term is empty.
    case otherwise(SignatureTerm, String)
    /// One after the other, nothing between them.
    case list([SignatureTerm])
    /// One after the other in byte order of the values.
    case sorted([SignatureTerm])
    case hash(HashAlgorithm, SignatureTerm)
    /// HMAC (RFC 2104).
    case keyedHash(HashAlgorithm, key: SignatureTerm, SignatureTerm)
    /// Raw bytes as hexadecimal digits or Base64.
    case written(SignatureForm, SignatureTerm)
    case javaURLEncoded(SignatureTerm)
    /// RFC 3986.
    case percentEncoded(SignatureTerm)
    case base64Decoded(SignatureTerm)
    /// Unicode's compatibility decomposition (NFKD).
    case decomposed(SignatureTerm)
    /// What stands before the first of a sign.
    case before(String, SignatureTerm)
    /// What stands after the first of a sign.
    case after(String, SignatureTerm)
    case exclusiveOr(SignatureTerm, SignatureTerm)
    case slice(Range<Int>, SignatureTerm)
    case rest(from: Int, SignatureTerm)
    /// The length in four bytes, the most significant first.
    case length(SignatureTerm)
    /// The bytes that a length of four bytes in front counts.
    case counted(SignatureTerm)
    /// What follows the counted bytes.
    case afterCounted(SignatureTerm)
    /// AES-256-CBC, filled up by PKCS#7 to a multiple of `block`.
    case encrypted(SignatureTerm, key: SignatureTerm, start: SignatureTerm, block: Int)
    case decrypted(SignatureTerm, key: SignatureTerm, start: SignatureTerm, block: Int)
}

/// How pairs become text.
package enum PairLayout: Sendable {
    /// Name and value in byte order of the names, nothing between them; empty values are left out.
    case joined
    /// `name=value&name=value` in the given order, not encoded.
    case form
    /// `name=value&name=value` in byte order of the names, each encoded by RFC 3986.
    case query
    /// `06-appkey:0008-demo-key` joined by semicolons; lengths count bytes.
    case lengthTagged
    /// `name:value` and a line end for each, names in small letters and in byte order.
    case headerLines
    /// The same with values in small letters too.
    case smallHeaderLines
    /// The names of the header lines, joined by semicolons.
    case headerNames
    /// Each distinct name and value once, in byte order, nothing between them.
    case distinct
}

extension SignatureTerm {
    /// Nil when something is not what the term needs it to be: not Base64, too short, not decryptable.
    package func bytes(_ input: SignatureInput) -> [UInt8]? {
        switch self {
        case .field(let name): return input.fields[name] ?? []
        case .pairs(let name, let layout): return layout.bytes(of: input.pairs[name] ?? [])
        case .text(let text): return Array(text.utf8)
        case .otherwise(let term, let text): return term.bytes(input).map { $0.isEmpty ? Array(text.utf8) : $0 }
        case .list(let terms): return all(terms, input).map { Array($0.joined()) }
        case .sorted(let terms):
            return all(terms, input).map { Array($0.sorted { $0.lexicographicallyPrecedes($1) }.joined()) }
        case .hash(let algorithm, let term): return term.bytes(input).map(algorithm.digest)
        case .keyedHash(let algorithm, let key, let term):
            guard let key = key.bytes(input), let message = term.bytes(input) else { return nil }
            return algorithm.authenticationCode(message, key: key)
        case .written, .javaURLEncoded, .percentEncoded, .base64Decoded, .decomposed:
            return rewritten(input).map { Array($0) }
        case .before, .after, .slice, .rest, .counted, .afterCounted: return part(input)
        case .exclusiveOr(let left, let right):
            guard let left = left.bytes(input), let right = right.bytes(input), left.count == right.count else {
                return nil
            }
            return zip(left, right).map { $0 ^ $1 }
        case .length(let term):
            return term.bytes(input).map { bytes in
                [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: bytes.count >> $0) }
            }
        case .encrypted(let term, let key, let start, let block):
            return ciphered(term, key, start, input) { BlockCipher.encrypt($0, key: $1, start: $2, block: block) }
        case .decrypted(let term, let key, let start, let block):
            return ciphered(term, key, start, input) { BlockCipher.decrypt($0, key: $1, start: $2, block: block) }
        }
    }

    private func all(_ terms: [SignatureTerm], _ input: SignatureInput) -> [[UInt8]]? {
        let values = terms.compactMap { $0.bytes(input) }
        return values.count == terms.count ? values : nil
    }

    private func rewritten(_ input: SignatureInput) -> [UInt8]? {
        switch self {
        case .written(let form, let term): return term.bytes(input).map { Array(form.text(of: $0).utf8) }
        case .javaURLEncoded(let term):
            return term.bytes(input).map { Array(HydrantConnectorKit.javaURLEncoded($0).utf8) }
        case .percentEncoded(let term):
            return term.text(input).map { Array(HydrantConnectorKit.percentEncoded($0).utf8) }
        case .base64Decoded(let term): return term.text(input).flatMap(base64Bytes)
        case .decomposed(let term):
            return term.text(input).map { Array($0.decomposedStringWithCompatibilityMapping.utf8) }
        default: return nil
        }
    }

    private func part(_ input: SignatureInput) -> [UInt8]? {
        switch self {
        case .before(let sign, let term):
            guard let text = term.text(input), let range = text.range(of: sign) else { return nil }
            return Array(text[..<range.lowerBound].utf8)
        case .after(let sign, let term):
            guard let text = term.text(input), let range = text.range(of: sign) else { return nil }
            return Array(text[range.upperBound...].utf8)
        case .slice(let range, let term):
            return term.bytes(input).flatMap { $0.count >= range.upperBound ? Array($0[range]) : nil }
        case .rest(let start, let term):
            return term.bytes(input).flatMap { $0.count >= start ? Array($0[start...]) : nil }
        case .counted(let term): return term.bytes(input).flatMap(split)?.counted
        case .afterCounted(let term): return term.bytes(input).flatMap(split)?.rest
        default: return nil
        }
    }

    private func split(_ bytes: [UInt8]) -> (counted: [UInt8], rest: [UInt8])? {
        guard bytes.count >= 4 else { return nil }
        let count = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard bytes.count >= 4 + count else { return nil }
        return (Array(bytes[4..<4 + count]), Array(bytes[(4 + count)...]))
    }

    private func ciphered(
        _ term: SignatureTerm, _ key: SignatureTerm, _ start: SignatureTerm, _ input: SignatureInput,
        _ cipher: ([UInt8], [UInt8], [UInt8]) -> [UInt8]?
    ) -> [UInt8]? {
        guard let content = term.bytes(input), let key = key.bytes(input), let start = start.bytes(input) else {
            return nil
        }
        return cipher(content, key, start)
    }

    private func text(_ input: SignatureInput) -> String? {
        bytes(input).flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// What goes into the outermost hash: the text that a partner compares when signatures differ.
    package var stringToSign: SignatureTerm? {
        switch self {
        case .hash(_, let term), .keyedHash(_, _, let term): term
        case .list(let terms): terms.lazy.compactMap(\.stringToSign).first
        case .written(_, let term), .javaURLEncoded(let term), .percentEncoded(let term): term.stringToSign
        default: nil
        }
    }
}

extension PairLayout {
    func bytes(of pairs: [(name: String, value: String)]) -> [UInt8] {
        switch self {
        case .joined: return sortedConcatenation(pairs)
        case .form: return Array(pairs.map { "\($0.name)=\($0.value)" }.joined(separator: "&").utf8)
        case .query:
            let parts = pairs.sorted(by: isBefore).map { "\(percentEncoded($0.name))=\(percentEncoded($0.value))" }
            return Array(parts.joined(separator: "&").utf8)
        case .lengthTagged:
            let parts = pairs.sorted(by: isBefore).map { pair in
                "\(padded(pair.name.utf8.count, 2))-\(pair.name):\(padded(pair.value.utf8.count, 4))-\(pair.value)"
            }
            return Array(parts.joined(separator: ";").utf8)
        case .headerLines: return lines(pairs) { $0 }
        case .smallHeaderLines: return lines(pairs) { $0.lowercased() }
        case .headerNames:
            return Array(headers(pairs).map(\.name).joined(separator: ";").utf8)
        case .distinct:
            let sorted = pairs.sorted { $0.name == $1.name ? isBefore($0.value, $1.value) : isBefore($0, $1) }
            var text = ""
            var last: (name: String, value: String)?
            for pair in sorted where last.map({ $0 != pair }) ?? true {
                text += pair.name + pair.value
                last = pair
            }
            return Array(text.utf8)
        }
    }

    private func lines(_ pairs: [(name: String, value: String)], _ change: (String) -> String) -> [UInt8] {
        headers(pairs).flatMap { Array("\($0.name):\(change($0.value.trimmingCharacters(in: .whitespaces)))\n".utf8) }
    }

    private func headers(_ pairs: [(name: String, value: String)]) -> [(name: String, value: String)] {
        pairs.map { (name: $0.name.lowercased(), value: $0.value) }.sorted(by: isBefore)
    }

    private func isBefore(_ left: (name: String, value: String), _ right: (name: String, value: String)) -> Bool {
        isBefore(left.name, right.name)
    }

    private func isBefore(_ left: String, _ right: String) -> Bool { left.utf8.lexicographicallyPrecedes(right.utf8) }

    private func padded(_ count: Int, _ width: Int) -> String {
        let digits = String(count)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
