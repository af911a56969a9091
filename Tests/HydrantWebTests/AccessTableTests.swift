import HTTPTypes
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Testing

/// Walks every cell of role × route and of role × field.
@Suite struct AccessTableTests {
    private static func filled(_ path: String) -> String {
        var path = path
        for (name, value) in [
            ("{number}", "A1"), ("{id}", "A1"), ("{system}", "wms"), ("{kind}", "waybill.create"), ("{name}", "ghost"),
            ("{code}", "12345678901234567890"), ("{rest}", "x"),
        ] { path = path.replacing(name, with: value) }
        return path
    }

    @Test func `every route has a row, and every row a route`() throws {
        let served = Set(try APIFixture(withPages: true).table.routes.map { "\($0.method) \($0.path)" })
        let asked = served.filter { !$0.hasPrefix("GET /assets/") }
        let rows = AccessTable.rules.map { "\($0.method) \($0.path)" }
        #expect(asked.subtracting(rows).sorted() == [], "add these to AccessTable+rows.swift")
        // Only the demonstration has it.
        #expect(Set(rows).subtracting(served) == ["POST /demo/outage"])
        #expect(Set(rows).count == rows.count)
    }

    @Test(arguments: Role.allCases)
    func `every role gets past exactly the routes of its rows`(role: Role) async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: role)
        let answers = try await api.running {
            _ = try await api.hub.submit([
                try api.hub.intake.read(
                    Facts.placed("A1", extra: [("warehouse", "W1")]), receivedAt: APIFixture.begin)
            ])
            var answers: [(AccessTable.Rule, Answer)] = []
            for rule in AccessTable.rules where rule.gate == .roles && rule.path != "/demo/outage" {
                // The stream of events does not end; its head does.
                let method: HTTPRequest.Method =
                    rule.method == "POST"
                    ? .post : rule.path.hasPrefix("/events/") && rule.roles.contains(role) ? .head : .get
                answers.append((rule, try await api.send(method, Self.filled(rule.path), headers: [.cookie: cookie])))
            }
            return answers
        }
        #expect(answers.count > 25)
        for (rule, answer) in answers {
            let name = "\(rule.method) \(rule.path)"
            if rule.method == "POST", rule.path.hasPrefix("/v1/") {
                // A cookie alone never writes through the API.
                #expect(answer.status == 401, "\(name)")
            } else if !rule.roles.contains(role) {
                #expect(answer.status == 403 && answer.text.contains("HY-2030"), "\(name): \(answer.status)")
            } else if rule.method == "POST" {
                // Searching changes nothing; every other form needs the session's value.
                #expect(answer.status == (rule.path.hasPrefix("/search") ? 200 : 403), "\(name): \(answer.status)")
            } else {
                #expect([200, 303, 400, 404].contains(answer.status), "\(name): \(answer.status)")
            }
        }
    }

    @Test(arguments: Role.allCases)
    func `who may pack finds the packing desk in the menu, and nobody else does`(role: Role) async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: role, warehouses: role == .warehouse ? ["W1"] : [])
        try await api.running {
            let page = try await api.send(.get, "/", headers: [.cookie: cookie]).text
            let menu = try #require(page.firstRange(of: "<nav class=\"nav\""))
            let end = try #require(page[menu.upperBound...].firstRange(of: "</nav>"))
            let isThere = page[menu.upperBound..<end.lowerBound].contains("href=\"/packing\"")
            #expect(isThere == [Role.owner, .operations, .warehouse].contains(role))
        }
    }

    @Test func `a hidden order is answered as one that does not exist`() async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .warehouse, warehouses: ["W2"])
        try await api.running {
            for (order, warehouse) in [("HIDDEN1", "W1"), ("SEEN001", "W2")] {
                let fact = Facts.placed(order, id: order, extra: [("warehouse", .string(warehouse))])
                _ = try await api.hub.submit([try api.hub.intake.read(fact, receivedAt: APIFixture.begin)])
            }
            for rule in AccessTable.rules where rule.order != nil && rule.roles.contains(.warehouse) {
                for accept in ["text/html", "*/*"] {
                    func ask(_ order: String) async throws -> Answer {
                        let path = Self.filled(rule.path).replacing("A1", with: order)
                        let headers: HTTPFields = [.cookie: cookie, .accept: accept]
                        return try await api.send(rule.method == "POST" ? .post : .get, path, headers: headers)
                    }
                    let hidden = try await ask("HIDDEN1")
                    let absent = try await ask("ABSENT1")
                    #expect(hidden.status == 404, "\(rule.path)")
                    #expect(hidden.status == absent.status && hidden.headers == absent.headers)
                    #expect(hidden.text.replacing("HIDDEN", with: "ABSENT") == absent.text, "\(rule.path)")
                    // A stream of what one may see does not end.
                    if rule.path.hasPrefix("/events/") { continue }
                    let seen = try await ask("SEEN001")
                    #expect(seen.status != 404, "\(rule.path)")
                }
            }
            for (path, word) in [("/search?q=", "location"), ("/orders?prefix=", "")] {
                let hidden = try await api.send(.get, path + "HIDDEN1", headers: [.cookie: cookie])
                let absent = try await api.send(.get, path + "ABSENT1", headers: [.cookie: cookie])
                #expect(hidden.text.replacing("HIDDEN", with: "ABSENT") == absent.text)
                if word.isEmpty { continue }
                #expect(
                    hidden.headers[.location]?.replacing("HIDDEN", with: "ABSENT") == absent.headers[.location])
            }
            let list = try await api.send(.get, "/orders", headers: [.cookie: cookie]).text
            #expect(list.contains("SEEN001") && !list.contains("HIDDEN1"))
        }
    }

    @Test(arguments: Role.allCases)
    func `a rule's form gives a role nothing that the role may not see`(role: Role) {
        let isWithout = RuleField.rolesWithoutParts.contains(role.rawValue)
        #expect(isWithout == (AccessTable.sight(role, .money) == .hidden))
        #expect(isWithout == (AccessTable.sight(role, .customer) == .hidden))
        for field in RuleField.allCases {
            let name = field.rawValue
            let isMoney = name.hasPrefix("money.")
            #expect((field.part == .money) == isMoney, "\(field)")
            #expect((field.part == .customer) == (name.hasPrefix("customer.") || name == "order.customer"), "\(field)")
        }
    }

    @Test(arguments: Role.allCases)
    func `every role sees exactly the fields of its cells`(role: Role) async throws {
        for field in OrderField.allCases { #expect(AccessTable.fields[field]?[role] != nil, "\(field) \(role)") }
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: role)
        let extra: [(String, JSON)] = [
            ("customer", "CUST-77"), ("warehouse", "W1"),
            ("receiver", ["name": "李雷雷", "phone": "13900001111", "city": "杭州", "address": "文三路九百号"]),
        ]
        let texts = try await api.running {
            for fact in [Facts.placed("A1", extra: extra), Facts.paid("A1")] {
                _ = try await api.hub.submit([try api.hub.intake.read(fact, receivedAt: APIFixture.begin)])
            }
            var texts: [String] = []
            for path in ["/orders/A1", "/orders/A1/fragment", "/v1/orders/A1"] {
                texts.append(try await api.send(.get, path, headers: [.cookie: cookie]).text)
            }
            return texts
        }
        for (index, text) in texts.enumerated() {
            func expect(_ field: OrderField, _ clear: String, _ masked: String) {
                let sight = AccessTable.sight(role, field)
                #expect(text.contains(clear) == (sight == .clear), "\(field) \(index)")
                #expect(sight != .masked || text.contains(masked), "\(field) \(index)")
                #expect(sight != .hidden || !text.contains(masked), "\(field) \(index)")
            }
            expect(.receiverName, "李雷雷", "李**")
            expect(.receiverPhone, "13900001111", "1******1111")
            expect(.receiverAddress, "文三路九百号", "文三路九***")
            expect(.customer, "CUST-77", "CUST")
            expect(.money, index == 2 ? "\"payableMinor\":10000" : "100.00", index == 2 ? "10000" : "100.0")
        }
    }

    @Test func `a receiver is shown for a reason that the trail keeps, and not without end`() async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .service)
        try await api.running {
            let fact = Facts.placed("A1", extra: [("receiver", ["name": "李雷雷", "phone": "13900001111"])])
            _ = try await api.hub.submit([try api.hub.intake.read(fact, receivedAt: APIFixture.begin)])
            let none = try await api.submit("/orders/A1/receiver", "reason=x", cookie: cookie)
            #expect(none.status == 422 && !none.text.contains("13900001111"))
            for _ in 1...20 {
                let shown = try await api.submit("/orders/A1/receiver", "reason=customer+called", cookie: cookie)
                #expect(shown.status == 200 && shown.text.contains("13900001111") && shown.text.contains("李雷雷"))
                #expect(shown.headers[.cacheControl] == "no-store")
            }
            let many = try await api.submit("/orders/A1/receiver", "reason=customer+called", cookie: cookie)
            #expect(many.status == 429 && !many.text.contains("13900001111"))
        }
        let rows = try await api.store.read {
            try $0.auditRows(AuditFilter(action: "receiver.revealed"), before: .max, limit: 99)
        }
        #expect(rows.count == 20)
        #expect(rows.allSatisfy { $0.entry.actor == "user:service" && $0.entry.object == "order:A1" })
        #expect(rows.allSatisfy { $0.entry.reason == "customer called" })
        let keyring = api.hub.keyring
        #expect(try await api.store.read { try $0.verifyAudit(keyring).violations } == [])
        let all = try await api.store.read { try $0.auditRows(after: 0, limit: 999) }
        #expect(!all.contains { "\($0)".contains("13900001111") || "\($0)".contains("李雷雷") })
    }
}

/// What protects browsers, on every route there is.
@Suite struct WebHardeningTests {
    private static let site = HTTPField.Name("sec-fetch-site")

    @Test func `no route takes another site's form`() async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .owner)
        let posts = AccessTable.rules.filter {
            $0.method == "POST" && !$0.path.hasPrefix("/v1/") && !$0.path.hasPrefix("/push/")
        }
        #expect(posts.count >= 9)
        let site = try #require(Self.site)
        for rule in posts where rule.path != "/demo/outage" {
            let path = rule.path.replacing("{number}", with: "A1").replacing("{name}", with: "owner")
            for foreign: HTTPFields in [
                [site: "cross-site"], [site: "same-site"], [.origin: "https://evil.example"],
            ] {
                var headers = foreign
                headers[.cookie] = cookie
                let body = Array("form=\(api.formToken(cookie))&do=reset".utf8)
                let answer = try await api.send(.post, path, headers: headers, body: body)
                #expect(try answer.problemCode() == "HY-2031", "\(path)")
            }
            // Searching changes nothing, and an old link to it may be used.
            guard rule.gate == .roles, !rule.path.hasPrefix("/search") else { continue }
            for form in ["do=reset", "form=", "form=\(String(repeating: "0", count: 64))"] {
                let answer = try await api.send(
                    .post, path, headers: [.cookie: cookie, site: "same-origin"], body: Array(form.utf8))
                #expect(answer.status == 403, "\(path)")
            }
        }
    }

    @Test func `every route protects browsers, and no page has a script in itself`() async throws {
        let api = try APIFixture(wallSleeps: false, withPages: true)
        let cookie = try await api.cookie(of: .owner)
        for route in api.table.routes where route.method == "GET" {
            let path = route.path.replacing("{number}", with: "A1").replacing("{name}", with: "owner")
            let method: HTTPRequest.Method = path.hasPrefix("/events/") ? .head : .get
            for headers: HTTPFields in [[.cookie: cookie, .accept: "text/html"], [.accept: "text/html"], [:]] {
                let answer = try await api.send(method, path, headers: headers)
                let policy = answer.headers[.contentSecurityPolicy] ?? ""
                #expect(policy.hasPrefix("default-src 'self'; frame-ancestors 'none'; form-action 'self'"), "\(path)")
                #expect(!policy.contains("unsafe"), "\(path)")
                #expect(answer.headers[.xContentTypeOptions] == "nosniff", "\(path)")
                #expect(answer.headers[try #require(HTTPField.Name("referrer-policy"))] == "no-referrer", "\(path)")
                let isAsset = path.hasPrefix("/assets/")
                #expect(isAsset || answer.headers[.cacheControl] == "no-store", "\(path)")
                guard answer.type.hasPrefix("text/html") else { continue }
                for part in answer.text.split(separator: "<script").dropFirst() {
                    #expect(part.hasPrefix(" src=\"/assets/"), "\(path)")
                }
                for word in ["<style", " onclick=", " onload=", "javascript:", " style=\"", "⟦"] {
                    #expect(!answer.text.contains(word), "\(path) \(word)")
                }
            }
        }
    }

    @Test(arguments: [("", "zh-CN"), ("en-US,en", "en"), ("zh-CN,en", "zh-CN"), ("fr", "zh-CN")])
    func `the sign-in page speaks the browser's language, and Chinese without one`(
        asked: String, language: String
    ) async throws {
        let api = try APIFixture()
        let answer = try await api.send(.get, "/sign-in", headers: asked.isEmpty ? [:] : [.acceptLanguage: asked])
        #expect(answer.text.contains("<html lang=\"\(language)\">"))
        let other = language == "en" ? "zh" : "en"
        #expect(answer.text.contains("/sign-in?lang=\(other)"))
        let chosen = try await api.send(.get, "/sign-in?lang=\(other)")
        #expect(chosen.headers[.setCookie]?.contains("hydrant_lang=\(other)") == true)
        #expect(chosen.text.contains("<html lang=\"\(other == "en" ? "en" : "zh-CN")\">"))
    }
}
