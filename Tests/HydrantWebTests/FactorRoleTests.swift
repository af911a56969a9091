import HTTPTypes
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Testing

/// Roles that must have a second factor.
@Suite struct FactorRoleTests {
    private static func fixture(_ roles: Set<Role> = [.owner, .it]) throws -> APIFixture {
        try APIFixture(withPages: true) { $0.secondFactorRoles = roles }
    }

    private func open(_ api: APIFixture, _ path: String, _ cookie: String) async throws -> Answer {
        try await api.send(.get, path, headers: [.cookie: cookie, .accept: "text/html", .acceptLanguage: "en"])
    }

    /// Sets the factor that the account page proposes.
    private func setUp(_ api: APIFixture, _ cookie: String, _ password: String) async throws -> Answer {
        let page = try await open(api, "/account", cookie)
        let secret = try #require(page.text.split(separator: "secret=").dropFirst().first?.prefix { $0 != "&" })
        let factor = OneTimePassword(secret: Self.base32(secret))
        let digits = factor.digits(OneTimePassword.step(at: api.wallClock.now()))
        let old = password.replacing(" ", with: "+")
        return try await api.submit("/account/second-factor", "digits=\(digits)&old=\(old)", cookie: cookie)
    }

    private static func base32(_ text: Substring) -> [UInt8] {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
        var (bits, value, out) = (0, 0, [UInt8]())
        for letter in text.utf8 {
            value = (value << 5 | (letters.firstIndex(of: letter) ?? 0)) & 0xFFFF
            bits += 5
            guard bits >= 8 else { continue }
            out.append(UInt8(value >> (bits - 8) & 255))
            bits -= 8
        }
        return out
    }

    @Test(arguments: [Role.owner, .it])
    func `whoever must have a second factor is led to set it up, and then gets on`(role: Role) async throws {
        let api = try Self.fixture()
        let cookie = try await api.cookie(of: role)
        for path in ["/", "/orders", "/settings", "/audit"] {
            let led = try await open(api, path, cookie)
            #expect(led.status == 303 && led.headers[.location] == "/account", "\(path)")
        }
        for path in ["/v1/orders", "/events/overview", "/orders/A1/fragment"] {
            let answer = try await api.send(.get, path, headers: [.cookie: cookie])
            #expect(answer.status == 403, "\(path)")
            #expect(try answer.problemCode() == "HY-2034", "\(path)")
        }
        let deed = try await api.submit("/settings/users", "name=evil&role=owner", cookie: cookie)
        #expect(deed.status == 303)
        #expect(try await api.people().person("evil") == nil)
        #expect(try await open(api, "/account", cookie).text.contains("Your role must have a second factor"))
        #expect(try await setUp(api, cookie, APIFixture.password).status == 200)
        #expect(try await open(api, "/", cookie).status == 200)
        #expect(try await !open(api, "/account", cookie).text.contains("Your role must have a second factor."))
        let old = APIFixture.password.replacing(" ", with: "+")
        let removal = try await api.submit("/account/second-factor", "do=remove&old=\(old)", cookie: cookie)
        #expect(removal.status == 422)
        #expect(try await api.people().person(role.rawValue)?.secondFactor != nil)
    }

    @Test func `where it must stay it is set up anew, with the new digits only`() async throws {
        let api = try Self.fixture()
        let cookie = try await api.cookie(of: .owner)
        let first = try await open(api, "/account", cookie).text
        #expect(!first.contains("Set up the second factor anew") && !first.contains("Remove the second factor"))
        #expect(try await setUp(api, cookie, APIFixture.password).status == 200)
        let old = try #require(try await api.people().person("owner")?.secondFactor)
        let page = try await open(api, "/account", cookie).text
        #expect(page.contains("Set up the second factor anew") && page.contains("otpauth://"))
        #expect(!page.contains("Remove the second factor") && !page.contains("value=\"remove\""))
        // Without the new digits the old one stays; with them another one counts.
        let password = APIFixture.password.replacing(" ", with: "+")
        let wrong = try await api.submit("/account/second-factor", "digits=000000&old=\(password)", cookie: cookie)
        #expect(wrong.status == 422)
        #expect(try await api.people().person("owner")?.secondFactor == old)
        #expect(try await setUp(api, cookie, APIFixture.password).status == 200)
        let new = try #require(try await api.people().person("owner")?.secondFactor)
        #expect(new != old)
    }

    @Test func `a reset of somebody whose role must have one says that it is set up anew`() async throws {
        let api = try Self.fixture()
        let owner = try await api.cookie(of: .owner)
        #expect(try await setUp(api, owner, APIFixture.password).status == 200)
        _ = try await api.cookie(of: .it)
        _ = try await api.cookie(of: .service)
        #expect(try await open(api, "/settings/users/it", owner).text.contains("it has to be set up anew"))
        #expect(try await open(api, "/settings/users/it", owner).text.contains("to be set up at the next sign-in"))
        let service = try await open(api, "/settings/users/service", owner).text
        #expect(!service.contains("set up anew") && service.contains("Not set</p>"))
        let free = try Self.fixture([])
        let boss = try await free.cookie(of: .owner)
        #expect(try await setUp(free, boss, APIFixture.password).status == 200)
        #expect(try await open(free, "/account", boss).text.contains("Remove the second factor"))
    }

    @Test func `other roles sign in as before`() async throws {
        let api = try Self.fixture()
        let cookie = try await api.cookie(of: .service)
        #expect(try await open(api, "/", cookie).status == 200)
        #expect(try await !open(api, "/account", cookie).text.contains("Your role must have a second factor"))
    }

    @Test func `the first owner is led there too, and is not locked out`() async throws {
        let api = try Self.fixture()
        let code = try #require(try await api.people().firstOwnerCode())
        let form = "code=\(code)&name=boss&password=long-enough-words"
        let cookie = try APIFixture.cookie(try await api.send(.post, "/welcome", body: Array(form.utf8)))
        #expect(try await open(api, "/", cookie).headers[.location] == "/account")
        #expect(try await setUp(api, cookie, "long-enough-words").status == 200)
        #expect(try await open(api, "/settings/users", cookie).status == 200)
    }

    @Test func `the owner says which roles, at once and in the trail`() async throws {
        let api = try Self.fixture([])
        let owner = try await api.cookie(of: .owner)
        let service = try await api.cookie(of: .service)
        #expect(try await open(api, "/", service).status == 200)
        let saved = try await api.submit("/settings/users", "do=factors&factor=service&factor=nobody", cookie: owner)
        #expect(saved.status == 200)
        #expect(try await api.people().factorRoles() == [.service])
        #expect(try await open(api, "/", service).headers[.location] == "/account")
        #expect(try await open(api, "/settings/users", owner).text.contains("value=\"service\" checked"))
        _ = try await api.submit("/settings/users", "do=factors", cookie: owner)
        #expect(try await open(api, "/", service).status == 200)
        let trail = try await api.store.read {
            try $0.auditRows(AuditFilter(action: "second-factor.demanded"), before: .max, limit: 9)
        }
        #expect(trail.map(\.entry.actor) == ["user:owner", "user:owner"])
    }
}
