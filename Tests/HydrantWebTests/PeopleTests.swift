import HTTPTypes
import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Testing

@Suite struct PeopleTests {
    @Test func `signing in gives a session, ends the one before, and signing out ends it`() async throws {
        let api = try APIFixture(withPages: true)
        try await api.join(api.people(), "ada", .operations)
        let first = try APIFixture.cookie(try await api.signIn(" Ada "))
        #expect(try await api.send(.get, "/", headers: [.cookie: first]).status == 200)
        let second = try APIFixture.cookie(try await api.signIn("ada", headers: [.cookie: first]))
        #expect(second != first)
        #expect(try await api.send(.get, "/", headers: [.cookie: first]).status == 401)
        #expect(try await api.send(.get, "/", headers: [.cookie: second]).status == 200)
        #expect(try await api.send(.post, "/sign-out", headers: [.cookie: second]).status == 303)
        #expect(try await api.send(.get, "/", headers: [.cookie: second]).status == 401)
        let kept = try await api.store.read { reader in
            try reader.records("users", after: "", limit: 9) + reader.records("sessions", after: "", limit: 9)
        }
        #expect(kept.count == 1)
        #expect(!String(decoding: kept[0].body, as: UTF8.self).contains("operations"))
    }

    @Test func `a session ends an hour after its last use, and after twelve hours in any case`() async throws {
        let api = try APIFixture(withPages: true)
        try await api.join(api.people(), "ada", .operations)
        let idle = try APIFixture.cookie(try await api.signIn("ada"))
        api.wallClock.move(by: PersonSession.idle)
        #expect(try await api.send(.get, "/", headers: [.cookie: idle]).status == 401)
        // Whoever sends a form then is told on a page.
        let late = try await api.submit("/settings/desk", "do=save", cookie: idle)
        #expect(late.status == 401 && late.text.contains("<form"))
        let busy = try APIFixture.cookie(try await api.signIn("ada"))
        for _ in 1...23 {
            api.wallClock.move(by: .minutes(30))
            #expect(try await api.send(.get, "/", headers: [.cookie: busy]).status == 200)
        }
        api.wallClock.move(by: .minutes(30))
        #expect(try await api.send(.get, "/", headers: [.cookie: busy]).status == 401)
    }

    @Test(arguments: [
        ("/settings/desk", "/settings"), ("/templates/edit", "/templates"), ("/account/password", "/account"),
        ("/orders/A1/receiver", "/orders/A1"),
    ])
    func `a form of another session leads back to its page, in words`(path: String, back: String) async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .owner)
        let headers: HTTPFields = [.cookie: cookie, .accept: "text/html"]
        let answer = try await api.send(.post, path, headers: headers, body: Array("form=old&do=save".utf8))
        #expect(answer.status == 403 && answer.text.contains("这个页面已经过期"))
        #expect(answer.text.contains("href=\"\(back)\""))
        let script = try await api.send(.post, path, headers: [.cookie: cookie], body: Array("form=old".utf8))
        #expect(try script.problemCode() == "HY-2031")
    }

    @Test func `whoever scans a label's code is led there after signing in, and never to another site`() async throws {
        let api = try APIFixture(withPages: true)
        try await api.join(api.people(), "ada", .operations)
        let wanted = "/orders?state=3&lang=en"
        let asked = try await api.send(.get, wanted, headers: [.accept: "text/html"])
        #expect(asked.status == 401)
        #expect(asked.text.contains("name=\"to\" value=\"/orders?state=3&amp;lang=en\""), "\(asked.text)")
        func place(_ to: String, password: String = APIFixture.password) async throws -> Answer {
            let form = formEncoded([
                (name: "name", value: "ada"), (name: "password", value: password), (name: "to", value: to),
            ])
            return try await api.send(.post, "/sign-in", body: Array(form.utf8))
        }
        #expect(try await place(wanted).headers[.location] == wanted)
        let refused = try await place(wanted, password: "wrong")
        #expect(refused.status == 401 && refused.text.contains("value=\"/orders?state=3&amp;lang=en\""))
        let others = [
            "https://example.org/", "//example.org/", "/\\example.org", "/\t/example.org", "orders", "/sign-out",
            "/v1/facts", "/events/overview", "/" + String(repeating: "a", count: 600),
        ]
        for other in others { #expect(try await place(other).headers[.location] == "/", "\(other)") }
    }

    @Test func `a refusal does not tell what was wrong`() async throws {
        let api = try APIFixture()
        let people = api.people()
        try await api.join(people, "ada", .operations)
        try await api.join(people, "bob", .operations)
        try await people.setDisabled("bob", true, by: "command-line")
        _ = try await people.add("eve", role: .viewer, warehouses: [], by: "command-line")
        let texts = [
            try await api.signIn("ada", "wrong"), try await api.signIn("nobody"), try await api.signIn("bob"),
            try await api.signIn("eve"),
        ]
        #expect(Set(texts.map(\.status)) == [401])
        #expect(Set(texts.map(\.text)).count == 1)
        #expect(texts.allSatisfy { $0.headers[.setCookie] == nil })
    }

    @Test(arguments: ["ada", "nobody"])
    func `ten failures lock a name for a quarter of an hour, whether somebody has it or not`(
        name: String
    ) async throws {
        let api = try APIFixture()
        try await api.join(api.people(), "ada", .operations)
        for _ in 1...10 { #expect(try await api.signIn(name, "wrong").status == 401) }
        let locked = try await api.signIn(name)
        #expect(locked.status == 429)
        #expect(locked.headers[.retryAfter] == "900")
        api.wallClock.move(by: .minutes(15))
        #expect(try await api.signIn(name).status == (name == "ada" ? 303 : 401))
    }

    @Test func `a lock outlives the process, and nothing of what was typed is kept`() async throws {
        let api = try APIFixture()
        try await api.join(api.people(), "ada", .operations)
        for name in ["ada", "nobody"] {
            for _ in 1...10 { #expect(try await api.signIn(name, "wrong").status == 401) }
        }
        let kept = try await api.store.read { try $0.records("sign-in-locks", after: "", limit: 9) }
        #expect(kept.count == 2 && kept.allSatisfy { !$0.key.contains("ada") && !$0.key.contains("nobody") })
        // Another process begins with an empty book.
        let people = api.people()
        for name in ["ada", "nobody"] {
            let outcome = try await people.signIn(
                name, password: APIFixture.password, source: "10.0.0.9", device: "", replacing: nil)
            guard case .locked(let until) = outcome else {
                Issue.record("\(name) is not locked: \(outcome)")
                continue
            }
            #expect(until == api.wallClock.now() + .minutes(15))
        }
        api.wallClock.move(by: .minutes(15))
        let later = api.people()
        for _ in 1...10 {
            _ = try await later.signIn("eve", password: "wrong", source: "10.0.0.9", device: "", replacing: nil)
        }
        // What is over is cleared away.
        #expect(try await api.store.read { try $0.records("sign-in-locks", after: "", limit: 9) }.count == 1)
        let outcome = try await later.signIn(
            "ada", password: APIFixture.password, source: "10.0.0.8", device: "", replacing: nil)
        guard case .signedIn = outcome else {
            Issue.record("ada is not let in: \(outcome)")
            return
        }
    }

    @Test func `the second factor is shown as a code that programs read`() throws {
        let factor = OneTimePassword(secret: Array("12345678901234567890".utf8))
        let picture = try #require(QRPicture(factor.link(user: "ada")))
        #expect(picture.side >= 21 + 8 && (picture.side - 8 - 17) % 4 == 0)
        // The finder patterns: seven dark modules in the first row, at both ends.
        #expect(picture.path.hasPrefix("M4 4h7v1h-7z"))
        #expect(picture.path.contains("M\(picture.side - 11) 4h7v1h-7z"))
        #expect(QRPicture(String(repeating: "a", count: 301)) == nil)
    }

    @Test func `fifty failures lock a source, and only that one`() throws {
        let book = GuessBook()
        let now = APIFixture.begin
        for number in 1...50 { #expect(book.begin(account: "n\(number)", source: "10.0.0.1", now: now) == nil) }
        #expect(book.begin(account: "ada", source: "10.0.0.1", now: now) == now + .minutes(15))
        #expect(book.begin(account: "ada", source: "10.0.0.2", now: now) == nil)
        book.forgive(account: "ada", source: "10.0.0.2")
        #expect(book.begin(account: "ada", source: "10.0.0.1", now: now + .minutes(15)) == nil)
    }

    /// RFC 6238, appendix B: the secret and the digits for SHA-1.
    @Test(arguments: [
        (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
    ])
    func `one-time passwords are those of the standard`(seconds: Int64, digits: String) {
        let factor = OneTimePassword(secret: Array("12345678901234567890".utf8))
        let now = Instant(milliseconds: seconds * 1_000)
        #expect(factor.digits(OneTimePassword.step(at: now), count: 8) == digits)
        #expect(factor.base32 == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
        #expect(factor.step(of: String(digits.suffix(6)), at: now, after: 0) == seconds / 30)
        #expect(factor.step(of: String(digits.suffix(6)), at: now, after: seconds / 30) == nil)
        #expect(factor.step(of: String(digits.suffix(6)), at: now + .minutes(2), after: 0) == nil)
    }

    @Test func `the second factor is asked for, and its digits are good once`() async throws {
        let api = try APIFixture(withPages: true)
        try await api.join(api.people(), "ada", .operations)
        let cookie = try APIFixture.cookie(try await api.signIn("ada"))
        let page = try await api.send(.get, "/account", headers: [.cookie: cookie]).text
        let secret = try #require(page.split(separator: "secret=").dropFirst().first?.prefix { $0 != "&" })
        let factor = OneTimePassword(secret: try #require(Self.base32(String(secret))))
        func digits() -> String { factor.digits(OneTimePassword.step(at: api.wallClock.now())) }
        let old = APIFixture.password.replacing(" ", with: "+")
        let wrong = try await api.submit("/account/second-factor", "digits=000000&old=\(old)", cookie: cookie)
        #expect(wrong.status == 422)
        let set = try await api.submit("/account/second-factor", "digits=\(digits())&old=\(old)", cookie: cookie)
        #expect(set.status == 200)

        let asked = try await api.signIn("ada")
        #expect(asked.status == 200 && asked.headers[.setCookie] == nil)
        let ticket = try #require(asked.text.split(separator: "name=\"ticket\" value=\"").dropFirst().first)
        let form = "ticket=\(ticket.prefix { $0 != "\"" })&digits="
        func send(_ digits: String) async throws -> Answer {
            try await api.send(.post, "/sign-in", body: Array((form + digits).utf8))
        }
        // The digits that set the factor are used.
        #expect(try await send(digits()).status == 401)
        api.wallClock.move(by: .seconds(30))
        #expect(try await send(digits()).status == 303)
        #expect(try await send(digits()).status == 401)
        api.wallClock.move(by: .minutes(5))
        #expect(try await send(digits()).status == 401)
    }

    private static func base32(_ text: String) -> [UInt8]? {
        var bits = 0
        var value = 0
        var out: [UInt8] = []
        for letter in text.utf8 {
            guard let index = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8).firstIndex(of: letter) else { return nil }
            value = (value << 5 | index) & 0xFFFF
            bits += 5
            if bits >= 8 {
                out.append(UInt8(value >> (bits - 8) & 255))
                bits -= 8
            }
        }
        return out
    }

    @Test func `the first owner comes by a link, once, and a newer link ends an older one`() async throws {
        let api = try APIFixture(withPages: true)
        let people = api.people()
        let old = try #require(try await people.firstOwnerCode())
        let code = try #require(try await people.firstOwnerCode())
        #expect(try await api.send(.get, "/welcome?code=\(old)").status == 404)
        for _ in 1...2 { #expect(try await api.send(.get, "/welcome?code=\(code)").status == 200) }
        func choose(_ name: String, _ password: String) async throws -> Answer {
            try await api.send(
                .post, "/welcome", body: Array("code=\(code)&name=\(name)&password=\(password)".utf8))
        }
        #expect(try await choose("x", "long-enough-words").status == 422)
        for weak in ["short", "password123", "boss-is-here-1", "1111111111"] {
            #expect(try await choose("boss", weak).status == 422, "\(weak)")
        }
        let answer = try await choose("boss", "long-enough-words")
        let cookie = try APIFixture.cookie(answer)
        #expect(try await api.send(.get, "/settings/users", headers: [.cookie: cookie]).status == 200)
        #expect(try await choose("boss2", "long-enough-words").status == 404)
        #expect(try await people.firstOwnerCode() == nil)
        #expect(try await people.person("boss")?.role == .owner)
    }

    @Test func `an owner adds, changes, resets and disables, and cannot be the last to go`() async throws {
        let api = try APIFixture(withPages: true)
        let people = api.people()
        try await api.join(people, "boss", .owner)
        let boss = try APIFixture.cookie(try await api.signIn("boss"))
        let added = try await api.submit(
            "/settings/users", "name=wang&role=warehouse&warehouses=W1%2C+W2", cookie: boss)
        #expect(added.status == 200)
        let code = try #require(added.text.split(separator: "/welcome?code=").dropFirst().first?.prefix { $0 != "<" })
        _ = try await people.redeem(String(code), name: "", password: APIFixture.password)
        #expect(try await people.person("wang")?.warehouses == ["W1", "W2"])
        for form in ["name=wang&role=viewer", "name=x&role=viewer", "name=li&role=warehouse"] {
            #expect(try await api.submit("/settings/users", form, cookie: boss).status == 422, "\(form)")
        }
        let wang = try APIFixture.cookie(try await api.signIn("wang"))
        #expect(try await api.send(.get, "/wrong-orders", headers: [.cookie: wang]).status == 403)
        _ = try await api.submit("/settings/users/wang", "do=assign&role=operations", cookie: boss)
        #expect(try await api.send(.get, "/wrong-orders", headers: [.cookie: wang]).status == 200)
        _ = try await api.submit("/settings/users/wang", "do=disable", cookie: boss)
        #expect(try await api.send(.get, "/orders", headers: [.cookie: wang]).status == 401)
        #expect(try await api.signIn("wang").status == 401)
        _ = try await api.submit("/settings/users/wang", "do=enable", cookie: boss)
        #expect(try await api.signIn("wang").status == 303)
        let reset = try await api.submit("/settings/users/wang", "do=reset", cookie: boss)
        #expect(reset.text.contains("/welcome?code="))
        #expect(try await api.signIn("wang").status == 401)
        for form in ["do=disable", "do=assign&role=viewer"] {
            #expect(try await api.submit("/settings/users/boss", form, cookie: boss).status == 422, "\(form)")
        }
        let trail = try await api.send(.get, "/audit?object=user:wang", headers: [.cookie: boss]).text
        for word in ["添加用户", "修改角色", "停用用户", "恢复用户", "重置密码"] { #expect(trail.contains(word), "\(word)") }
        #expect(trail.contains("<a href=\"/audit?actor=user%3Aboss\">boss</a>") && !trail.contains(">user:"))
        let words = try #require(try PageFiles().words[.english])
        for (written, name) in [
            ("user:wang", "wang"), ("command-line", "the terminal"), ("token:shop", "token shop"), ("hub", "hub"),
            ("person:wang", "wang"),
        ] {
            #expect(words.actor(written) == name)
        }
        #expect(words.object("order:A1") == "order A1" && words.object("user:wang") == "wang")
        #expect(words.object("odd:1") == "odd:1" && words.object("whole") == "whole")
        #expect(words.source("wms") == "WMS" && words.source("person:wang") == "wang")
        #expect(words.source("keeper") == "warehouse keeper" && words.source("shop-tmall") == "shop-tmall")
        let json = try await api.send(.get, "/v1/audit?limit=2", headers: [.cookie: boss]).json()
        #expect(json["entries"]?.array?.count == 2 && json["nextCursor"]?.string != nil)
        let keyring = api.hub.keyring
        #expect(try await api.store.read { try $0.verifyAudit(keyring).violations } == [])
    }

    @Test func `a new password ends the other sessions`() async throws {
        let api = try APIFixture(withPages: true)
        try await api.join(api.people(), "ada", .operations)
        let other = try APIFixture.cookie(try await api.signIn("ada"))
        let own = try APIFixture.cookie(try await api.signIn("ada"))
        let old = APIFixture.password.replacing(" ", with: "+")
        let wrong = try await api.submit("/account/password", "old=wrong&new=another-long-one", cookie: own)
        #expect(wrong.status == 422)
        let done = try await api.submit("/account/password", "old=\(old)&new=another-long-one", cookie: own)
        #expect(done.status == 200)
        #expect(try await api.send(.get, "/account", headers: [.cookie: own]).status == 200)
        #expect(try await api.send(.get, "/account", headers: [.cookie: other]).status == 401)
        #expect(try await api.signIn("ada").status == 401)
        #expect(try await api.signIn("ada", "another-long-one").status == 303)
    }

    @Test func `a person's token has at most the person's rights`() async throws {
        let api = try APIFixture(withPages: true)
        let people = api.people()
        try await api.join(people, "wang", .warehouse, warehouses: ["W1"])
        let text = try await people.addToken("script", scopes: [.read, .factsWrite, .ops], of: "wang", by: "x")
        #expect(try await api.get("/v1/orders/none", token: text).status == 404)
        #expect(try await api.get("/v1/courier-sets", token: text).status == 200)
        #expect(try await api.get("/v1/orders", token: text).status == 403)
        #expect(try await api.get("/metrics", token: text).status == 403)
        #expect(try await api.send(.post, "/v1/facts", headers: try api.signed([], token: text)).status == 403)
        let token = try #require(try await people.tokens(of: "wang").first)
        #expect(token.scopes == [.read])
        try await people.removeToken(token.id, of: "wang", by: "x")
        #expect(try await api.get("/v1/courier-sets", token: text).status == 401)
    }

    @Test func `a record that was moved to another key does not open`() async throws {
        let api = try APIFixture()
        let people = api.people()
        try await api.join(people, "ada", .owner)
        try await api.store.transaction { transaction in
            guard var record = try transaction.record("users", "ada") else { return }
            record.key = "eve"
            _ = try transaction.put(record, ifVersion: 0)
        }
        await #expect(throws: StoreFailure.self) { try await people.person("eve") }
    }

    @Test func `a password's hash is Argon2id's`() {
        // Computed with the argon2 program: echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1 -l 32
        var cost = PasswordHash.Cost()
        cost.memory = 65_536
        let hash = PasswordHash(of: "password", salt: Array("somesalt".utf8), cost: cost)
        #expect(hexadecimal(hash.hash) == "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7")
        #expect(hash.fits("password") && !hash.fits("Password"))
        #expect(PasswordHash(json: hash.json) == hash)
    }
}
