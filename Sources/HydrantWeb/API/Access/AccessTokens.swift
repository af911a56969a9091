import Crypto
import HydrantConnectorKit
package import HydrantCore
import HydrantEngine
import HydrantStorage

/// What the holder of a token may do.
package enum AccessScope: String, CaseIterable, Sendable {
    /// Send facts.
    case factsWrite = "facts:write"
    /// Take, hand over, put off and resolve tasks, as a machine.
    case tasksWrite = "tasks:write"
    /// Read orders, findings and figures, and see the pages.
    case read
    /// Read the metrics.
    case ops
}

/// One token as it is kept: never the token itself, only its SHA-256.
package struct AccessToken: Hashable, Sendable {
    /// Under this name works whoever shows the token that lies in a file beside the database.
    package static let fileName = "token file"

    /// Who holds it, for people: "shop", "prometheus".
    package var name: String
    /// 32 bytes.
    package var hash: [UInt8]
    package var scopes: Set<AccessScope>
    /// The sources that its holder speaks for: names, beginnings of names that end in `*` (`person:*`), or `*` for all
    /// that mean nobody in particular. Empty for any name that no connected system has.
    package var sources: [String]
    /// What the holder signs facts with; nil for the hub's own secrets.
    package var webhookSecret: String?

    package init(name: String, hash: [UInt8], scopes: Set<AccessScope>, sources: [String] = []) {
        self.name = name
        self.hash = hash
        self.scopes = scopes
        self.sources = sources
    }

    /// Whether the holder may send facts of this source. The names of the hub, of its desks and of machines that work
    /// on tasks are for nobody, people's names only for whom they are listed.
    ///
    /// - Parameter connected: the names of the connected systems.
    package func maySpeak(for source: String, connected: Set<String>) -> Bool {
        if SourceNames.isNobodys(source) { return false }
        let isListed = sources.contains { name in
            name.hasSuffix("*") ? name != "*" && source.hasPrefix(name.dropLast()) : name == source
        }
        if isListed { return true }
        if SourceNames.isReserved(source) { return false }
        return sources.isEmpty ? !connected.contains(source) : sources.contains("*")
    }

    /// Names the token without telling it: the first 16 hexadecimal digits of its hash.
    package var id: String { hexadecimal(Array(hash.prefix(8))) }

    /// Makes the entry of a token from 32 random bytes.
    ///
    /// - Returns: the text to hand out once (base64url, 43 characters), and what is kept of it.
    package static func make(
        name: String, scopes: Set<AccessScope>, randomBytes: [UInt8]
    ) -> (text: String, token: AccessToken) {
        precondition(randomBytes.count == 32, "a token is made of \(randomBytes.count) bytes, not of 32")
        let text = base64URLText(randomBytes)
        return (text, AccessToken(name: name, hash: Array(SHA256.hash(data: Array(text.utf8))), scopes: scopes))
    }
}

/// Why a list of tokens cannot be read.
package struct AccessTokensProblem: Error, Hashable, Sendable {
    /// As a sentence for the operator; holds no token.
    package var message: String

    package init(message: String) { self.message = message }
}

/// Everybody who may speak to the hub.
package struct AccessTokens: Sendable {
    package var tokens: [AccessToken]

    package init(_ tokens: [AccessToken]) { self.tokens = tokens }

    /// The token with this text, or nil. Compares with every entry in constant time.
    package func holder(of text: some Collection<UInt8>) -> AccessToken? {
        let hash = Array(SHA256.hash(data: Array(text)))
        var found: AccessToken?
        for token in tokens where isEqualInConstantTime(token.hash, hash) { found = token }
        return found
    }

    package func holder(withID id: String) -> AccessToken? { tokens.first { $0.id == id } }
}

extension AccessTokens {
    /// Reads the tokens file:
    /// `{"tokens":[{"name":"shop","sha256":"<64 digits>","scopes":["facts:write"],"sources":["shop"]}]}`.
    package init(json: JSON) throws(AccessTokensProblem) {
        guard let items = json["tokens"]?.array else {
            throw AccessTokensProblem(message: "The token file has no list \"tokens\".")
        }
        var tokens: [AccessToken] = []
        for (index, item) in items.enumerated() {
            guard let name = item["name"]?.string, !name.isEmpty else {
                throw AccessTokensProblem(message: "Token \(index + 1) has no name.")
            }
            guard let hash = item["sha256"]?.string.flatMap(hexadecimalBytes), hash.count == 32 else {
                throw AccessTokensProblem(message: "Token \(name) has no sha256 of 64 hexadecimal digits.")
            }
            tokens.append(
                AccessToken(
                    name: name, hash: hash, scopes: try Self.scopes(item["scopes"], of: name),
                    sources: try Self.sources(item["sources"], of: name)))
        }
        self.init(tokens)
    }

    package var json: JSON {
        [
            "tokens": .array(
                tokens.map { token in
                    [
                        "name": .string(token.name), "sha256": .string(hexadecimal(token.hash)),
                        "scopes": .array(token.scopes.map(\.rawValue).sorted().map { .string($0) }),
                        "sources": .array(token.sources.map { .string($0) }),
                    ]
                })
        ]
    }

    private static func sources(_ json: JSON?, of name: String) throws(AccessTokensProblem) -> [String] {
        guard let json, json != .null else { return [] }
        let texts = json.array?.compactMap(\.string) ?? []
        guard let items = json.array, texts.count == items.count, texts.allSatisfy({ !$0.isEmpty }) else {
            throw AccessTokensProblem(message: "The sources of token \(name) are no list of names.")
        }
        guard !texts.contains(SourceNames.hub) else {
            throw AccessTokensProblem(message: "Token \(name) lists the source \(SourceNames.hub), the hub's own.")
        }
        return texts.map(\.normalised)
    }

    private static func scopes(_ json: JSON?, of name: String) throws(AccessTokensProblem) -> Set<AccessScope> {
        var scopes: Set<AccessScope> = []
        for word in json?.array ?? [] {
            guard let scope = word.string.flatMap(AccessScope.init(rawValue:)) else {
                let allowed = AccessScope.allCases.map(\.rawValue).joined(separator: ", ")
                throw AccessTokensProblem(message: "Token \(name) has an unknown scope; allowed are \(allowed).")
            }
            scopes.insert(scope)
        }
        return scopes
    }
}

/// Base64 for URLs without padding (RFC 4648, section 5).
func base64URLText(_ bytes: [UInt8]) -> String {
    let text = base64Text(bytes).utf8.compactMap { byte -> UInt8? in
        switch byte {
        case UInt8(ascii: "+"): UInt8(ascii: "-")
        case UInt8(ascii: "/"): UInt8(ascii: "_")
        case UInt8(ascii: "="): nil
        default: byte
        }
    }
    return String(decoding: text, as: UTF8.self)
}

/// The bytes of hexadecimal digits in either case, or nil.
func hexadecimalBytes(_ text: String) -> [UInt8]? {
    let digits = text.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
    guard digits.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
        guard let high = digits[index], let low = digits[index + 1] else { return nil }
        bytes.append(UInt8(high << 4 | low))
    }
    return bytes
}
