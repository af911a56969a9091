/// The fields of one message that is signed: by name, as the exact bytes that are sent or that came.
package struct SignatureInput: Sendable {
    package var fields: [String: [UInt8]]
    /// Names and values, un-encoded, in their order; a signature itself is never among them.
    package var pairs: [String: [(name: String, value: String)]]

    package init(fields: [String: [UInt8]] = [:], pairs: [String: [(name: String, value: String)]] = [:]) {
        self.fields = fields
        self.pairs = pairs
    }

    /// The fields that most recipes are made of: `secret`, `pairs`, `body`, `timestamp`.
    package init(
        secret: String, pairs: [(name: String, value: String)] = [], body: [UInt8] = [], timestamp: String = ""
    ) {
        fields = ["secret": Array(secret.utf8), "body": body, "timestamp": Array(timestamp.utf8)]
        self.pairs = ["pairs": pairs]
    }

    /// Fields as texts.
    package init(texts: [String: String]) {
        fields = texts.mapValues { Array($0.utf8) }
        pairs = [:]
    }
}

/// One way to sign, as data. The connectors, the sandbox and `hydrant sign` use the same recipes.
package struct SignatureRecipe: Sendable {
    package var term: SignatureTerm

    package init(_ term: SignatureTerm) { self.term = term }

    /// - Parameters:
    ///   - parts: what is joined and hashed.
    ///   - isKeyed: true where the secret is the key of an HMAC.
    package init(_ parts: [SignatureTerm], hash: HashAlgorithm, isKeyed: Bool = false, form: SignatureForm) {
        let text = SignatureTerm.list(parts)
        term = .written(form, isKeyed ? .keyedHash(hash, key: .secret, text) : .hash(hash, text))
    }

    /// The signature of a message that has all fields of the recipe.
    package func sign(_ input: SignatureInput) -> String {
        guard let bytes = term.bytes(input) else {
            preconditionFailure("a recipe for connectors must accept every input, but \(term) does not")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether the signature is the right one; compared in constant time and, for hexadecimal, whatever its case.
    package func isRight(_ signature: String, for input: SignatureInput) -> Bool {
        let expected = sign(input)
        return switch term {
        case .written(.lowerHexadecimal, _): isEqualInConstantTime(signature.lowercased().utf8, expected.utf8)
        case .written(.upperHexadecimal, _): isEqualInConstantTime(signature.uppercased().utf8, expected.utf8)
        default: isEqualInConstantTime(signature.utf8, expected.utf8)
        }
    }
}

extension SignatureTerm {
    package static let secret = SignatureTerm.field("secret")
    package static let body = SignatureTerm.field("body")
    package static let timestamp = SignatureTerm.field("timestamp")
    package static let sortedPairs = SignatureTerm.pairs("pairs", .joined)
}

extension SignatureRecipe {
    /// MD5 over secret, sorted pairs, secret.
    package static let wrappedMD5 = SignatureRecipe(
        [.secret, .sortedPairs, .secret], hash: .md5, form: .upperHexadecimal)
    /// MD5 over secret, sorted pairs, raw body, secret.
    package static let wrappedMD5WithBody = SignatureRecipe(
        [.secret, .sortedPairs, .body, .secret], hash: .md5, form: .upperHexadecimal)
    /// HMAC-MD5 over sorted pairs and raw body.
    package static let keyedMD5WithBody = SignatureRecipe(
        [.sortedPairs, .body], hash: .md5, isKeyed: true, form: .upperHexadecimal)
    /// HMAC-SHA256 over sorted pairs and raw body.
    package static let keyedSHA256WithBody = SignatureRecipe(
        [.sortedPairs, .body], hash: .sha256, isKeyed: true, form: .upperHexadecimal)
    /// HMAC-SHA1 over a path, given as the body, and sorted pairs.
    package static let keyedSHA1OfPathAndPairs = SignatureRecipe(
        [.body, .sortedPairs], hash: .sha1, isKeyed: true, form: .upperHexadecimal)
    /// HMAC-SHA1 over an address and sorted pairs, each pair once.
    package static let keyedSHA1OfURLAndPairs = SignatureRecipe(
        [.field("url"), .pairs("pairs", .distinct)], hash: .sha1, isKeyed: true, form: .base64)
    /// MD5 over the URL-encoded text of body, timestamp, secret.
    package static let encodedMD5 = SignatureRecipe(
        [.javaURLEncoded(.list([.body, .timestamp, .secret]))], hash: .md5, form: .base64)
    /// MD5 over body, timestamp, secret as they are.
    package static let timedMD5 = SignatureRecipe([.body, .timestamp, .secret], hash: .md5, form: .base64)
    /// SM3 over body, timestamp, secret as they are.
    package static let timedSM3 = SignatureRecipe([.body, .timestamp, .secret], hash: .sm3, form: .lowerHexadecimal)
    /// MD5 over body and secret.
    package static let trailingSecretMD5 = SignatureRecipe([.body, .secret], hash: .md5, form: .base64)
    /// The same, as Base64 of its hexadecimal text.
    package static let trailingSecretMD5Hexadecimal = SignatureRecipe(
        [.body, .secret], hash: .md5, form: .base64OfLowerHexadecimal)
    /// MD5 over body, an underscore and the secret.
    package static let underscoredMD5 = SignatureRecipe(
        [.body, .text("_"), .secret], hash: .md5, form: .lowerHexadecimal)
    /// MD5 over body, method, version and secret.
    package static let methodMD5 = SignatureRecipe(
        [.body, .field("method"), .field("version"), .secret], hash: .md5, form: .base64)
    /// MD5 over body, timestamp, key and secret: upper-case digits.
    package static let timedKeyMD5 = SignatureRecipe(
        [.body, .timestamp, .field("key"), .secret], hash: .md5, form: .upperHexadecimal)
    /// MD5 over body, key and customer: upper-case digits.
    package static let customerKeyMD5 = SignatureRecipe(
        [.body, .field("key"), .field("customer")], hash: .md5, form: .upperHexadecimal)
    /// MD5 over body and salt: upper-case digits.
    package static let saltedMD5 = SignatureRecipe([.body, .field("salt")], hash: .md5, form: .upperHexadecimal)
}

/// Name and value of each pair in byte order of the names, nothing between them; empty values are left out.
package func sortedConcatenation(_ pairs: [(name: String, value: String)]) -> [UInt8] {
    let kept = pairs.filter { !$0.value.isEmpty }
    let sorted = kept.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    return sorted.flatMap { Array($0.name.utf8) + Array($0.value.utf8) }
}
