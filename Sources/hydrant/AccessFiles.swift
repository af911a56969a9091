import Foundation
import Glibc
import HydrantConnectorKit
import HydrantCore
import HydrantStorage
import HydrantWeb

/// The access token and the webhook secret of a hub, each in a file that only the owner may read; made on first start.
struct AccessFiles {
    var tokenPath: String
    var webhookSecretPath: String
    /// The file with further tokens, if any.
    var tokensPath: String?

    struct Content {
        var token: String
        var webhookSecret: String
        var tokens: AccessTokens
    }

    func load() throws -> Content {
        let token = try text(at: tokenPath) {
            AccessToken.make(name: "file", scopes: [], randomBytes: Self.randomBytes()).text
        }
        let secret = try text(at: webhookSecretPath) {
            "whsec_" + Data(Self.randomBytes()).base64EncodedString()
        }
        let entry = AccessToken(
            name: AccessToken.fileName, hash: HashAlgorithm.sha256.digest(Array(token.utf8)),
            scopes: Set(AccessScope.allCases), sources: ["*"])
        return Content(
            token: token, webhookSecret: secret, tokens: AccessTokens([entry] + (try furtherTokens()).tokens))
    }

    private func furtherTokens() throws -> AccessTokens {
        guard let tokensPath else { return AccessTokens([]) }
        guard let bytes = FileManager.default.contents(atPath: tokensPath) else {
            throw CommandProblem("\(tokensPath) cannot be read", advice: "Check the path of --tokens.")
        }
        do {
            return try AccessTokens(json: try JSON(bytes: Array(bytes)))
        } catch let problem as AccessTokensProblem {
            throw CommandProblem(
                "\(tokensPath): \(problem.message)", advice: "docs/api.md shows how the file is written.")
        } catch {
            throw CommandProblem("\(tokensPath) is not JSON", advice: "docs/api.md shows how the file is written.")
        }
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
        guard write(text + "\n", toNew: path) else {
            throw CommandProblem(
                "\(path) cannot be written", advice: "Check that its folder exists and may be written.")
        }
        return text
    }

    /// Makes the file itself, and never writes through a name that is there already.
    private func write(_ text: String, toNew path: String) -> Bool {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { return false }
        defer { close(file) }
        let bytes = Array(text.utf8)
        return Glibc.write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
    }

    static func randomBytes(_ count: Int = 32) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
}

extension Keyring {
    /// The key that signs the sessions of browsers; they outlive a restart.
    var sessionKey: [UInt8] { Array((fingerprint("session key 1") + fingerprint("session key 2")).utf8) }
}
