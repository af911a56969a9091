import Foundation
import HydrantConnectorKit
import HydrantCore
import HydrantStorage
import HydrantWeb

/// The access token and the webhook secret of a hub, each in a file that only the owner may read; made on first start.
struct AccessFiles {
    var tokenPath: String
    var webhookSecretPath: String

    struct Content {
        var token: String
        var webhookSecret: String
        var tokens: AccessTokens
    }

    func load() throws -> Content {
        let token = try text(at: tokenPath) {
            AccessToken.make(name: "file", scopes: [], randomBytes: randomBytes()).text
        }
        let secret = try text(at: webhookSecretPath) {
            "whsec_" + Data(randomBytes()).base64EncodedString()
        }
        let entry = AccessToken(
            name: "token file", hash: HashAlgorithm.sha256.digest(Array(token.utf8)), scopes: Set(AccessScope.allCases))
        return Content(token: token, webhookSecret: secret, tokens: AccessTokens([entry]))
    }

    private func text(at path: String, make: () -> String) throws -> String {
        if let bytes = FileManager.default.contents(atPath: path) {
            let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            guard text.utf8.count >= 32 else {
                throw CommandProblem(
                    "\(path) holds no secret of at least 32 characters", advice: "Remove the file; a new one is made.")
            }
            return text
        }
        let text = make()
        let isWritten = FileManager.default.createFile(
            atPath: path, contents: Data((text + "\n").utf8), attributes: [.posixPermissions: 0o600])
        guard isWritten else {
            throw CommandProblem(
                "\(path) cannot be written", advice: "Check that its folder exists and may be written.")
        }
        return text
    }

    private func randomBytes() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
}

extension Keyring {
    /// The key that signs the sessions of browsers; they outlive a restart.
    var sessionKey: [UInt8] { Array((fingerprint("session key 1") + fingerprint("session key 2")).utf8) }
}
