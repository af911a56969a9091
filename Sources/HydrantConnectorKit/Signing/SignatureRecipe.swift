/// What a signature is made of.
package struct SignatureInput: Sendable {
    package var secret: [UInt8]
    /// Names and values of the request, un-encoded; a signature itself is never among them.
    package var pairs: [(name: String, value: String)]
    /// The exact bytes that are sent or that came.
    package var body: [UInt8]
    package var timestamp: String

    package init(
        secret: String, pairs: [(name: String, value: String)] = [], body: [UInt8] = [], timestamp: String = ""
    ) {
        self.secret = Array(secret.utf8)
        self.pairs = pairs
        self.body = body
        self.timestamp = timestamp
    }
}

/// One way to sign, as data: what is joined, in which order, by which hash, in which form.
///
/// The families are those of the vendors' documents; the connectors name the one that they use.
package struct SignatureRecipe: Sendable {
    package enum Part: Sendable {
        case secret
        /// Names and values in byte order of the names, without separators; pairs with an empty value are left out.
        case sortedPairs
        case body
        case timestamp
    }

    package var parts: [Part]
    /// True where the joined text is URL-encoded the Java way before it is hashed.
    package var isJavaURLEncoded = false
    package var hash: HashAlgorithm
    /// True where the secret is the key of an HMAC.
    package var isKeyed = false
    package var form: SignatureForm

    package init(
        parts: [Part], isJavaURLEncoded: Bool = false, hash: HashAlgorithm, isKeyed: Bool = false, form: SignatureForm
    ) {
        self.parts = parts
        self.isJavaURLEncoded = isJavaURLEncoded
        self.hash = hash
        self.isKeyed = isKeyed
        self.form = form
    }

    package func sign(_ input: SignatureInput) -> String {
        var bytes: [UInt8] = []
        for part in parts {
            switch part {
            case .secret: bytes += input.secret
            case .sortedPairs: bytes += sortedConcatenation(input.pairs)
            case .body: bytes += input.body
            case .timestamp: bytes += Array(input.timestamp.utf8)
            }
        }
        if isJavaURLEncoded { bytes = Array(javaURLEncoded(bytes).utf8) }
        let raw = isKeyed ? hash.authenticationCode(bytes, key: input.secret) : hash.digest(bytes)
        return form.text(of: raw)
    }

    /// Whether the signature is the right one; compared in constant time and, for hexadecimal, whatever its case.
    package func isRight(_ signature: String, for input: SignatureInput) -> Bool {
        let expected = sign(input)
        return switch form {
        case .lowerHexadecimal: isEqualInConstantTime(signature.lowercased().utf8, expected.utf8)
        case .upperHexadecimal: isEqualInConstantTime(signature.uppercased().utf8, expected.utf8)
        case .base64, .base64OfLowerHexadecimal: isEqualInConstantTime(signature.utf8, expected.utf8)
        }
    }
}

extension SignatureRecipe {
    /// MD5 over secret, sorted pairs, secret.
    package static let wrappedMD5 = SignatureRecipe(
        parts: [.secret, .sortedPairs, .secret], hash: .md5, form: .upperHexadecimal)
    /// MD5 over secret, sorted pairs, raw body, secret.
    package static let wrappedMD5WithBody = SignatureRecipe(
        parts: [.secret, .sortedPairs, .body, .secret], hash: .md5, form: .upperHexadecimal)
    /// HMAC-MD5 over sorted pairs and raw body.
    package static let keyedMD5WithBody = SignatureRecipe(
        parts: [.sortedPairs, .body], hash: .md5, isKeyed: true, form: .upperHexadecimal)
    /// HMAC-SHA256 over sorted pairs and raw body.
    package static let keyedSHA256WithBody = SignatureRecipe(
        parts: [.sortedPairs, .body], hash: .sha256, isKeyed: true, form: .upperHexadecimal)
    /// HMAC-SHA1 over a path, given as the body, and sorted pairs.
    package static let keyedSHA1OfPathAndPairs = SignatureRecipe(
        parts: [.body, .sortedPairs], hash: .sha1, isKeyed: true, form: .upperHexadecimal)
    /// MD5 over the URL-encoded text of body, timestamp, secret.
    package static let encodedMD5 = SignatureRecipe(
        parts: [.body, .timestamp, .secret], isJavaURLEncoded: true, hash: .md5, form: .base64)
    /// MD5 over body and secret.
    package static let trailingSecretMD5 = SignatureRecipe(parts: [.body, .secret], hash: .md5, form: .base64)
    /// The same, as Base64 of its hexadecimal text.
    package static let trailingSecretMD5Hexadecimal = SignatureRecipe(
        parts: [.body, .secret], hash: .md5, form: .base64OfLowerHexadecimal)
}

/// Name and value of each pair in byte order of the names, nothing between them; empty values are left out.
package func sortedConcatenation(_ pairs: [(name: String, value: String)]) -> [UInt8] {
    let kept = pairs.filter { !$0.value.isEmpty }
    let sorted = kept.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    return sorted.flatMap { Array($0.name.utf8) + Array($0.value.utf8) }
}
