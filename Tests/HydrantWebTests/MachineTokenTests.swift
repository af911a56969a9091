import HTTPTypes
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Testing

/// The tokens and signing keys of programs that are made on the settings page or on the terminal.
@Suite struct MachineTokenTests {
    private static func wish(_ scopes: Set<AccessScope>, change: (inout MachineWish) -> Void = { _ in }) -> MachineWish
    {
        var wish = MachineWish(name: "shop", scopes: scopes)
        if scopes.contains(.factsWrite) { wish.sources = ["shop"] }
        change(&wish)
        return wish
    }

    @Test func `a token is made on the page, shown once, listed without its secret, and revoked`() async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .owner)
        let form = "do=add&name=portal&scope=read&days=30"
        let made = try await api.submit("/settings/tokens", form, cookie: cookie)
        #expect(made.status == 200)
        let token = try #require(made.text.split(separator: "<code>").dropFirst().first?.prefix { $0 != "<" })
        #expect(token.utf8.count == 43)
        let machine = try #require(try await api.people().machines().first)
        #expect(machine.name == "portal" && machine.scopes == [.read] && machine.createdBy == "user:owner")
        #expect(machine.usedAt == nil && machine.expiresAt == APIFixture.begin + .hours(24 * 30))
        #expect(try await api.get("/v1/orders", token: String(token)).status == 200)
        #expect(try await api.people().machines().first?.usedAt == APIFixture.begin)
        let english: HTTPFields = [.cookie: cookie, .acceptLanguage: "en"]
        let list = try await api.send(.get, "/settings/tokens", headers: english)
        #expect(list.text.contains("Tokens of machines") && list.text.contains("Read (read)"))
        #expect(list.text.contains(">owner · ") && !list.text.contains("user:owner"))
        #expect(!list.text.contains(token) && list.text.contains("prometheus"))
        let chinese = try await api.send(.get, "/settings/tokens", headers: [.cookie: cookie, .acceptLanguage: "zh"])
        #expect(chinese.text.contains("机器令牌") && chinese.text.contains("最近使用"))
        let gone = try await api.submit("/settings/tokens", "do=remove&id=\(machine.id)", cookie: cookie)
        #expect(gone.status == 200)
        #expect(try await api.get("/v1/orders", token: String(token)).status == 401)
        let trail = try await api.store.read {
            try $0.auditRows(AuditFilter(object: "token:portal"), before: .max, limit: 9)
        }
        #expect(trail.map(\.entry.action) == ["machine-token.removed", "machine-token.added"])
        #expect(!trail.contains { "\($0)".contains(token) })
    }

    @Test func `a token ends with its day`() async throws {
        let api = try APIFixture(withPages: true)
        let made = try await api.people().addMachine(Self.wish([.read]) { $0.days = 1 }, as: .owner, by: "x")
        #expect(made.signingKey == nil)
        api.wallClock.move(by: Milliseconds.hours(24) - 1)
        #expect(try await api.get("/v1/orders", token: made.token).status == 200)
        api.wallClock.move(by: 1)
        #expect(try await api.get("/v1/orders", token: made.token).status == 401)
    }

    @Test func `facts are signed with the token's own key and for its own sources alone`() async throws {
        let api = try APIFixture(withPages: true)
        let made = try await api.people().addMachine(Self.wish([.factsWrite]), as: .it, by: "x")
        let key = try #require(made.signingKey)
        let body = Array(JSON.array([Facts.placed("A1")]).text.utf8)
        try await api.running {
            func send(_ body: [UInt8], _ secret: String) async throws -> Answer {
                let headers = try api.signed(body, token: made.token, secret: secret)
                return try await api.send(.post, "/v1/facts", headers: headers, body: body)
            }
            let hubs = try await send(body, APIFixture.secret)
            #expect(hubs.status == 401)
            #expect(try hubs.problemCode() == "HY-2004")
            #expect(hubs.text.contains("A token made on the settings page (/settings/tokens) signs with its own key"))
            let taken = try await send(body, key)
            #expect(taken.status == 200 && taken.text.contains("\"accepted\""))
            let other = Array(JSON.array([Self.fromWMS]).text.utf8)
            #expect(try await send(other, key).text.contains("HY-2105"))
            // The hub's own secret still belongs to the others.
            let old = try api.signed(body, token: APIFixture.writer.text, secret: key)
            let refused = try await api.send(.post, "/v1/facts", headers: old, body: body)
            #expect(refused.status == 401 && refused.text.contains("with the secret of this hub"))
        }
        #expect(try await api.get("/v1/orders", token: made.token).status == 403)
    }

    private static let fromWMS: JSON = [
        "kind": "payment.reported", "source": "wms", "id": "w-1", "order": "A1",
        "occurredAt": "2026-11-09T08:00:00+08:00", "data": ["id": "p", "amountMinor": 1],
    ]

    @Test func `a token of some warehouses sees their orders and no lists of the whole house`() async throws {
        let api = try APIFixture(withPages: true)
        let wish = Self.wish([.read]) { $0.warehouses = ["W1"] }
        let made = try await api.people().addMachine(wish, as: .owner, by: "x")
        try await api.running {
            for (order, warehouse) in [("A1", "W1"), ("B2", "W2")] {
                let fact = Facts.placed(order, id: order, extra: [("warehouse", .string(warehouse))])
                _ = try await api.hub.submit([try api.hub.intake.read(fact, receivedAt: APIFixture.begin)])
            }
            let own = try await api.get("/v1/orders/A1", token: made.token)
            #expect(own.status == 200 && own.text.contains("\"money\":null"))
            #expect(try await api.get("/v1/orders/B2", token: made.token).status == 404)
            for path in ["/v1/orders", "/v1/wrong-orders", "/metrics", "/settings/tokens"] {
                #expect(try await api.get(path, token: made.token).status == 403, "\(path)")
            }
        }
    }

    @Test func `what IT makes reads no more than IT does`() async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .it)
        let made = try await api.submit("/settings/tokens", "do=add&name=bi&scope=read&days=9", cookie: cookie)
        let token = String(try #require(made.text.split(separator: "<code>").dropFirst().first?.prefix { $0 != "<" }))
        try await api.running {
            let fact = Facts.placed("A1", extra: [("customer", "CUST-77")])
            _ = try await api.hub.submit([try api.hub.intake.read(fact, receivedAt: APIFixture.begin)])
            let order = try await api.get("/v1/orders/A1", token: token)
            #expect(order.status == 200 && !order.text.contains("CUST-77") && order.text.contains("\"money\":null"))
            #expect(try await api.get("/v1/orders/A1/proof", token: token).status == 403)
        }
    }

    @Test func `a token of warehouses that IT made has no right that IT has not`() async throws {
        let api = try APIFixture(withPages: true)
        let it = try await api.cookie(of: .it)
        let form = "do=add&name=bi&scope=read&warehouses=W1&days=9"
        let page = try await api.submit("/settings/tokens", form, cookie: it)
        let limited = String(try #require(page.text.split(separator: "<code>").dropFirst().first?.prefix { $0 != "<" }))
        let wish = Self.wish([.read]) { $0.warehouses = ["W1"] }
        let owners = try await api.people().addMachine(wish, as: .owner, by: "x").token
        try await api.running {
            for (order, warehouse) in [("A1", "W1"), ("B2", "W2")] {
                let receiver: JSON = ["name": "李雷雷", "phone": "13900001111", "address": "文三路九百号"]
                let fact = Facts.placed(
                    order, id: order, extra: [("warehouse", .string(warehouse)), ("receiver", receiver)])
                _ = try await api.hub.submit([try api.hub.intake.read(fact, receivedAt: APIFixture.begin)])
            }
            let seen = try await api.get("/v1/orders/A1", token: owners)
            #expect(seen.status == 200 && seen.text.contains("李**"))
            let hidden = try await api.get("/v1/orders/A1", token: limited)
            #expect(hidden.status == 200 && !hidden.text.contains("李"))
            for path in ["/packing", "/waves"] {
                #expect(try await api.get(path, token: owners).status == 200, "\(path)")
                let refused = try await api.get(path, token: limited)
                #expect(refused.status == 403 && refused.text.contains("The role it may not"), "\(path)")
            }
            for path in ["/v1/orders", "/channels", "/settings"] {
                #expect(try await api.get(path, token: limited).status == 403, "\(path)")
            }
            #expect(try await api.get("/v1/orders/B2", token: limited).status == 404)
        }
    }

    @Test func `nobody is given the name of a machine, nor a machine that of a user`() async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .owner)
        _ = try await api.people().addMachine(Self.wish([.read]) { $0.name = "Robot" }, as: .owner, by: "x")
        // The one of the page and one of a file.
        for name in ["robot", "prometheus"] {
            let answer = try await api.submit("/settings/users", "name=\(name)&role=operations", cookie: cookie)
            #expect(answer.status == 422 && answer.text.contains("role=\"alert\""), "\(name)")
            #expect(try await api.people().person(name) == nil)
        }
        await #expect(throws: PeopleRefusal.nameOfUser) {
            try await api.people().addMachine(Self.wish([.read]) { $0.name = " OWNER" }, as: .owner, by: "x")
        }
        let code = try await api.people().add("robot2", role: .viewer, warehouses: [], by: "x")
        #expect(!code.isEmpty)
    }

    @Test func `a form that is sent twice makes one token, and a revoked one's name is free`() async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .owner)
        let form = "do=add&scope=read&days=30&name="
        #expect(try await api.submit("/settings/tokens", form + "portal", cookie: cookie).status == 200)
        // The same again, the same otherwise written, and one of a file.
        for name in ["portal", "+Portal", "prometheus"] {
            let again = try await api.submit("/settings/tokens", form + name, cookie: cookie)
            #expect(again.status == 422 && !again.text.contains("<code>"), "\(name)")
            #expect(again.text.contains(PeopleRefusal.tokenNameTaken.text.chinese), "\(name)")
        }
        let machines = try await api.people().machines()
        #expect(machines.map(\.name) == ["portal"])
        try await api.people().removeMachine(try #require(machines.first).id, by: "x")
        #expect(try await api.submit("/settings/tokens", form + "portal", cookie: cookie).status == 200)
    }

    @Test func `token and signing key are shown once, each in a row of its own that can be copied`() async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .owner)
        let wish = "scope=facts%3Awrite&sources=shop&days=9"
        for (language, labels) in [
            ("en", ["<dt>Token</dt>", "<dt>Signing key</dt>", "shown only now", "Work on tasks (tasks:write)"]),
            ("zh", ["<dt>令牌</dt>", "<dt>签名密钥</dt>", "只在现在显示这一次", "处理任务 (tasks:write)"]),
        ] {
            let headers: HTTPFields = [.cookie: cookie, .accept: "text/html", .acceptLanguage: language]
            let form = "form=\(api.formToken(cookie))&do=add&name=shop-\(language)&\(wish)"
            let made = try await api.send(.post, "/settings/tokens", headers: headers, body: Array(form.utf8))
            #expect(made.status == 200)
            for label in labels { #expect(made.text.contains(label), "\(label)") }
            #expect(made.text.split(separator: "data-copy=").count == 3 && !made.text.contains("⟦"))
            let secrets = made.text.split(separator: "<code>").dropFirst().map { $0.prefix { $0 != "<" } }
            #expect(secrets.count == 2 && secrets[0].utf8.count == 43 && secrets[1].hasPrefix("whsec_"))
        }
        let later = try await api.send(.get, "/settings/tokens", headers: [.cookie: cookie])
        #expect(!later.text.contains("data-copy") && !later.text.contains("whsec_"))
    }

    @Test(arguments: [
        ("name=+&scope=read&days=9", PeopleRefusal.noPurpose), ("name=a&days=9", .noScope),
        (
            "name=a&scope=read&scope=ops&scope=facts%3Awrite&scope=tasks%3Awrite&sources=shop&days=9",
            .wholeToken
        ),
        ("name=Owner&scope=read&days=9", .nameOfUser),
        ("name=a&scope=facts%3Awrite&sources=%EF%BD%84%EF%BD%85%EF%BD%93%EF%BD%8B&days=9", .badSources),
        ("name=a&scope=facts%3Awrite&sources=machine%3Ab&days=9", .badSources),
        ("name=a&scope=read&scope=ops&warehouses=W1&days=9", .warehousesRead),
        ("name=a&scope=facts%3Awrite&days=9", .badSources), ("name=a&scope=read&sources=shop&days=9", .badSources),
        ("name=a&scope=facts%3Awrite&sources=shop%2Cperson%3Aann&days=9", .badSources),
        ("name=a&scope=facts%3Awrite&sources=%2A&days=9", .badSources), ("name=a&scope=read&days=0", .badExpiry),
        ("name=a&scope=read&days=731", .badExpiry), ("name=a&scope=read&days=x", .badExpiry),
    ])
    func `a token that asks for too much is not made, and the page says why`(
        form: String, refusal: PeopleRefusal
    ) async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .owner)
        let answer = try await api.submit("/settings/tokens", "do=add&" + form, cookie: cookie)
        #expect(answer.status == 422)
        #expect(answer.text.contains(refusal.text.chinese) || answer.text.contains("role=\"alert\""))
        #expect(try await api.people().machines().isEmpty)
    }

    @Test func `a token of the page opens no browser`() async throws {
        let api = try APIFixture(withPages: true)
        let made = try await api.people().addMachine(Self.wish([.read]), as: .owner, by: "x")
        let answer = try await api.send(.post, "/sign-in", body: Array("token=\(made.token)".utf8))
        #expect(answer.status == 401 && answer.headers[.setCookie] == nil)
    }

    @Test func `the record is sealed, and neither token nor key is in it`() async throws {
        let api = try APIFixture(withPages: true)
        let made = try await api.people().addMachine(Self.wish([.factsWrite]), as: .owner, by: "x")
        let records = try await api.store.read { try $0.records("machine-tokens", after: "", limit: 9) }
        #expect(records.count == 1)
        let bytes = String(decoding: records[0].body, as: UTF8.self)
        let key = try #require(made.signingKey)
        for secret in [made.token, key, "shop"] { #expect(!bytes.contains(secret)) }
    }
}
