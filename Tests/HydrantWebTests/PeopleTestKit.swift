import HTTPTypes
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Testing

extension APIFixture {
    static let password = "correct horse battery"

    func people(_ seed: UInt8 = 77) -> People {
        People(store: store, keyring: hub.keyring, clock: wallClock, randomBytes: Self.randomBytes(seed))
    }

    /// Somebody who has chosen a password.
    func join(_ people: People, _ name: String, _ role: Role, warehouses: Set<String> = []) async throws {
        let code = try await people.add(name, role: role, warehouses: warehouses, by: "command-line")
        _ = try await people.redeem(code, name: "", password: Self.password)
    }

    /// Signs in through the form.
    func signIn(_ name: String, _ password: String = password, headers: HTTPFields = [:]) async throws -> Answer {
        let form = "name=\(name)&password=\(password.replacing(" ", with: "+"))"
        return try await send(.post, "/sign-in", headers: headers, body: Array(form.utf8))
    }

    /// The cookie of somebody of a role, who is called like the role.
    func cookie(of role: Role, warehouses: Set<String> = ["W1"]) async throws -> String {
        try await join(people(UInt8(role.rawValue.utf8.count * 13)), role.rawValue, role, warehouses: warehouses)
        return try Self.cookie(try await signIn(role.rawValue))
    }

    static func cookie(_ answer: Answer) throws -> String {
        #expect(answer.status == 303)
        return String(try #require(answer.headers[.setCookie]).prefix { $0 != ";" })
    }

    /// The value that a form of this session needs.
    func formToken(_ cookie: String) -> String {
        FormSigner(key: settings.sessionKey).token(for: String(cookie.drop { $0 != "=" }.dropFirst()))
    }

    /// Sends a form as a page of the hub does.
    func submit(_ path: String, _ form: String, cookie: String) async throws -> Answer {
        try await send(
            .post, path, headers: [.cookie: cookie, .accept: "text/html"],
            body: Array("form=\(formToken(cookie))&\(form)".utf8))
    }
}
