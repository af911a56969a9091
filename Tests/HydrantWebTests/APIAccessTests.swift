import HTTPTypes
import Hummingbird
import HydrantCore
import HydrantStorage
import HydrantWeb
import Testing

@Suite struct APIAccessTests {
    /// Every reading address with the scope that it needs.
    private static let reading = [
        "/v1/orders", "/v1/orders/A1", "/v1/orders/A1/proof", "/v1/wrong-orders", "/v1/search?q=A", "/v1/health-index",
        "/", "/nothing",
    ]

    @Test(arguments: reading + ["/metrics", "/openapi.json"])
    func `no address is open without a token`(path: String) async throws {
        let answer = try await APIFixture().get(path, token: nil)
        #expect(answer.status == 401)
        #expect(try answer.problemCode() == "HY-2001")
        #expect(answer.headers[.wwwAuthenticate] == "Bearer realm=\"hydrant\"")
    }

    @Test(arguments: reading + ["/metrics", "/openapi.json"])
    func `a wrong token opens nothing`(path: String) async throws {
        let answer = try await APIFixture().get(path, token: "wrong")
        #expect(answer.status == 401)
        #expect(try answer.problemCode() == "HY-2002")
    }

    @Test(arguments: reading)
    func `reading needs the scope to read`(path: String) async throws {
        let answer = try await APIFixture().get(path, token: APIFixture.writer.text)
        #expect(answer.status == 403)
        #expect(try answer.problemCode() == "HY-2003")
    }

    @Test func `the metrics need the scope for operations`() async throws {
        let api = try APIFixture()
        #expect(try await api.get("/metrics", token: APIFixture.reader.text).status == 403)
        #expect(try await api.get("/metrics", token: APIFixture.operations.text).status == 200)
    }

    @Test(arguments: ["//metrics", "/metrics/", "/./metrics", "//v1//facts", "/v1/facts/"])
    func `another way to write an address opens nothing`(path: String) async throws {
        let api = try APIFixture()
        let body = Array(Facts.placed("A1").text.utf8)
        try await api.running {
            let fields = try api.signed(body, token: APIFixture.reader.text)
            let method: HTTPRequest.Method = path.contains("facts") ? .post : .get
            let answer = try await api.send(method, path, headers: fields, body: body)
            #expect([403, 404].contains(answer.status))
        }
        #expect(try await api.counts() == StoreCounts())
    }

    @Test func `the description needs any token`() async throws {
        #expect(try await APIFixture().get("/openapi.json", token: APIFixture.stranger.text).status == 200)
    }

    @Test func `an unknown address is a problem document`() async throws {
        let answer = try await APIFixture().get("/v1/nothing")
        #expect(answer.status == 404)
        #expect(try answer.problemCode() == "HY-2009")
    }

    @Test(arguments: [
        ("/v1/orders", "GET"), ("/v1/orders/A1", "GET"), ("/v1/orders/A1/proof", "GET"), ("/healthz", "GET"),
        ("/push/wms", "POST"), ("/sign-in", "GET, POST"),
    ])
    func `a wrong method names the right ones`(path: String, allowed: String) async throws {
        let headers: HTTPFields = [.authorization: "Bearer \(APIFixture.reader.text)"]
        let answer = try await APIFixture().send(.put, path, headers: headers)
        #expect(answer.status == 405)
        #expect(try answer.problemCode() == "HY-2010")
        #expect(answer.headers[.allow] == allowed)
    }

    @Test(arguments: ["/healthz", "/v1/orders", "/v1/nothing", "/sign-in"])
    func `every answer protects browsers`(path: String) async throws {
        let headers = try await APIFixture().get(path).headers
        #expect(headers[.cacheControl] == "no-store")
        #expect(headers[.xContentTypeOptions] == "nosniff")
        #expect(headers[try #require(HTTPField.Name("referrer-policy"))] == "no-referrer")
        let policy = try #require(headers[.contentSecurityPolicy])
        #expect(policy.hasPrefix("default-src 'self'; frame-ancestors 'none';"))
    }

    @Test func `a head request is answered like a get without the body`() async throws {
        let headers: HTTPFields = [.authorization: "Bearer \(APIFixture.reader.text)"]
        let answer = try await APIFixture().send(.head, "/v1/orders", headers: headers)
        #expect(answer.status == 200)
        #expect(answer.bytes.isEmpty)
    }
}

@Suite struct APISessionTests {
    private func cookie(of answer: Answer) throws -> String {
        let header = try #require(answer.headers[.setCookie])
        let parts = header.split(separator: ";").map { $0.drop { $0 == " " } }
        for attribute in ["Path=/", "HttpOnly", "SameSite=Strict", "Max-Age=43200"] {
            #expect(parts.contains { $0 == attribute })
        }
        return String(try #require(parts.first))
    }

    private func signedIn(_ api: APIFixture) async throws -> Answer {
        try await api.send(.post, "/sign-in", body: Array("token=\(APIFixture.reader.text)".utf8))
    }

    private func follow(_ api: APIFixture, _ code: String, cookie: String? = nil) async throws -> Answer {
        let headers: HTTPFields = cookie.map { [.cookie: $0] } ?? [:]
        return try await api.send(.post, "/sign-in", headers: headers, body: Array("code=\(code)".utf8))
    }

    @Test func `a link's code signs in once, and its token stays out of addresses`() async throws {
        let api = try APIFixture()
        let code = api.settings.signInCodes.issue(
            for: APIFixture.reader.token, randomBytes: Array(repeating: 3, count: 32), now: APIFixture.begin)
        // Whoever only looks at the link uses nothing up.
        for method in [HTTPRequest.Method.get, .head, .get] {
            let look = try await api.send(method, "/sign-in?code=\(code)")
            #expect(look.status == 200)
            #expect(look.headers[.setCookie] == nil)
            if method == .get { #expect(look.text.contains("name=\"code\" value=\"\(code)\"")) }
        }
        let answer = try await follow(api, code)
        #expect(answer.status == 303)
        #expect(answer.headers[.location] == "/")
        let cookie = try cookie(of: answer)
        #expect(!cookie.contains(APIFixture.reader.text))
        #expect(try await api.send(.get, "/v1/orders", headers: [.cookie: cookie]).status == 200)
        let again = try await follow(api, code)
        #expect(again.status == 401)
        #expect(again.text.contains("这个链接已用过"))
        let opened = try await api.send(.get, "/sign-in?code=\(code)", headers: [.cookie: cookie])
        #expect(opened.status == 303)
        #expect(opened.headers[.setCookie] == nil)
    }

    @Test func `a code is good for ten minutes`() async throws {
        let api = try APIFixture()
        let code = api.settings.signInCodes.issue(
            for: APIFixture.reader.token, randomBytes: Array(repeating: 3, count: 32), now: APIFixture.begin)
        api.wallClock.move(by: .minutes(10))
        #expect(try await follow(api, code).status == 401)
    }

    @Test func `a token in an address signs nobody in`() async throws {
        let answer = try await APIFixture().get("/sign-in?token=\(APIFixture.reader.text)", token: nil)
        #expect(answer.status == 200)
        #expect(answer.headers[.setCookie] == nil)
    }

    @Test func `the form signs in`() async throws {
        let api = try APIFixture()
        let answer = try await api.send(.post, "/sign-in", body: Array("token=\(APIFixture.reader.text)".utf8))
        #expect(answer.status == 303)
        _ = try cookie(of: answer)
    }

    @Test func `a wrong token gets the form again and no cookie`() async throws {
        let api = try APIFixture()
        for answer in [
            try await follow(api, "wrong"),
            try await api.send(.post, "/sign-in", body: Array("token=wrong".utf8)),
            try await api.send(.post, "/sign-in", body: Array("nothing".utf8)),
        ] {
            #expect(answer.status == 401)
            #expect(answer.type == "text/html; charset=utf-8")
            #expect(answer.headers[.setCookie] == nil)
            #expect(answer.text.contains("role=\"alert\""))
            #expect(!answer.text.contains("wrong"))
        }
    }

    @Test func `a form of more than four kilobytes is refused`() async throws {
        let body = Array("token=\(String(repeating: "x", count: 4_096))".utf8)
        let answer = try await APIFixture().send(.post, "/sign-in", body: body)
        #expect(answer.status == 413)
    }

    @Test func `a page without a session is the form`() async throws {
        let api = try APIFixture()
        let answer = try await api.send(.get, "/", headers: [.accept: "text/html,*/*"])
        #expect(answer.status == 401)
        #expect(answer.type == "text/html; charset=utf-8")
        #expect(answer.text.contains("<form method=\"post\" action=\"/sign-in\">"))
        #expect(!answer.text.contains("role=\"alert\""))
    }

    @Test func `a session ends after twelve hours`() async throws {
        let api = try APIFixture()
        let cookie = try cookie(of: try await signedIn(api))
        api.wallClock.move(by: .hours(12) - 1)
        #expect(try await api.send(.get, "/v1/orders", headers: [.cookie: cookie]).status == 200)
        api.wallClock.move(by: 1)
        let answer = try await api.send(.get, "/v1/orders", headers: [.cookie: cookie])
        #expect(try answer.problemCode() == "HY-2002")
    }

    @Test func `a forged session opens nothing`() async throws {
        let api = try APIFixture()
        let sessions = SessionSigner(key: api.settings.sessionKey)
        let value = sessions.issue(for: APIFixture.reader.token, now: APIFixture.begin)
        let foreign = SessionSigner(key: Array(repeating: 1, count: 32))
        let parts = value.split(separator: ".")
        for forged in [
            foreign.issue(for: APIFixture.reader.token, now: APIFixture.begin),
            "9\(value)", "\(parts[0]).\(APIFixture.operations.token.id).\(parts[2])", "\(parts[0]).\(parts[1]).",
            "\(parts[0]).\(parts[1])", "-1.\(parts[1]).\(parts[2])", "x",
        ] {
            let answer = try await api.send(.get, "/v1/orders", headers: [.cookie: "hydrant_session=\(forged)"])
            #expect(answer.status == 401)
        }
        #expect(try await api.send(.get, "/v1/orders", headers: [.cookie: "hydrant_session=\(value)"]).status == 200)
    }

    @Test func `a withdrawn token ends its sessions`() throws {
        let sessions = SessionSigner(key: Array(repeating: 9, count: 32))
        let value = sessions.issue(for: APIFixture.reader.token, now: APIFixture.begin)
        let all = AccessTokens([APIFixture.reader.token])
        #expect(sessions.holder(of: value, among: all, now: APIFixture.begin) == APIFixture.reader.token)
        #expect(sessions.holder(of: value, among: AccessTokens([]), now: APIFixture.begin) == nil)
    }

    @Test func `signing out takes the cookie away and ends the session`() async throws {
        let api = try APIFixture()
        let cookie = try cookie(of: try await signedIn(api))
        let answer = try await api.send(.post, "/sign-out", headers: [.cookie: cookie])
        #expect(answer.status == 303)
        #expect(
            answer.headers[.setCookie] == "hydrant_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict")
        #expect(try await api.send(.get, "/v1/orders", headers: [.cookie: cookie]).status == 401)
    }

    @Test func `another site's form, which comes without the strict cookie, signs nobody out`() async throws {
        let answer = try await APIFixture().send(.post, "/sign-out")
        #expect(answer.status == 303)
        #expect(answer.headers[.setCookie] == nil)
    }

    @Test func `behind HTTPS the cookie is secure`() async throws {
        let answer = try await signedIn(try APIFixture { $0.cookieIsSecure = true })
        #expect(answer.headers[.setCookie]?.hasSuffix("; SameSite=Strict; Secure") == true)
        let name = try #require(HTTPField.Name("x-forwarded-proto"))
        let forwarded = try await APIFixture().send(
            .post, "/sign-in", headers: [name: "https"], body: Array("token=\(APIFixture.reader.text)".utf8))
        #expect(forwarded.headers[.setCookie]?.hasSuffix("; Secure") == true)
    }
}

@Suite struct APITokenFileTests {
    @Test func `tokens survive the file and the file holds no token`() throws {
        let tokens = AccessTokens([APIFixture.writer.token, APIFixture.reader.token])
        let text = tokens.json.text
        #expect(!text.contains(APIFixture.writer.text))
        #expect(try AccessTokens(json: JSON(text: text)).tokens == tokens.tokens)
    }

    @Test func `a token says what sources its holder speaks for`() throws {
        var tokens = AccessTokens([APIFixture.writer.token])
        tokens.tokens[0].sources = ["wms", "person:*"]
        let read = try AccessTokens(json: JSON(text: tokens.json.text))
        #expect(read.tokens == tokens.tokens)
        func may(_ source: String, _ sources: [String]) -> Bool {
            var token = APIFixture.writer.token
            token.sources = sources
            return token.maySpeak(for: source, connected: ["wms", "sf"])
        }
        #expect(["wms", "person:li"].allSatisfy { may($0, ["wms", "person:*"]) })
        #expect(!["sf", "shop", "keeper", "hydrant", "person"].contains { may($0, ["wms", "person:*"]) })
        #expect(["shop", "sf"].allSatisfy { may($0, ["*"]) })
        #expect(!["keeper", "person:li", "hydrant"].contains { may($0, ["*"]) })
        #expect(may("shop", []))
        #expect(!["wms", "keeper", "person:li", "hydrant"].contains { may($0, []) })
        #expect(may("keeper", ["keeper"]))
        // Machines' names are for the hub to write, and what only looks like somebody is nobody.
        for source in [
            "machine:shop", "ｐｅｒｓｏｎ：li", "person：li", "Person:li", "per\u{200B}son:li", "ｄｅｓｋ",
            "𝗽𝗲𝗿𝘀𝗼𝗻:li", "ＭＡＣＨＩＮＥ:x",
        ] {
            for sources in [[], ["*"], [source], ["machine:*", "person:*"]] {
                #expect(!may(source, sources), "\(source) \(sources)")
            }
        }
        #expect(["personal", "仓库：一号", "Desk"].allSatisfy { may($0, ["*"]) })
    }

    @Test(arguments: [
        (#""shop""#, "The sources of token a are no list of names."),
        (#"[1]"#, "The sources of token a are no list of names."),
        (#"["hydrant"]"#, "Token a lists the source hydrant, the hub's own."),
    ])
    func `sources that are none are refused`(sources: String, message: String) {
        let hash = String(repeating: "0", count: 64)
        let file = #"{"tokens":[{"name":"a","sha256":"\#(hash)","scopes":["read"],"sources":\#(sources)}]}"#
        #expect(throws: AccessTokensProblem(message: message)) { try AccessTokens(json: JSON(text: file)) }
    }

    @Test func `a token is thirty-two bytes in base64url and kept as its hash`() {
        let (text, token) = AccessToken.make(
            name: "x", scopes: [.read], randomBytes: Array(repeating: 0xFB, count: 32))
        #expect(text == "-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s")
        #expect(token.hash.count == 32)
        #expect(AccessTokens([token]).holder(of: text.utf8) == token)
        #expect(AccessTokens([token]).holder(of: text.dropLast().utf8) == nil)
    }

    @Test(arguments: [
        ("{}", "The token file has no list \"tokens\"."),
        (#"{"tokens":[{}]}"#, "Token 1 has no name."),
        (#"{"tokens":[{"name":"a","sha256":"zz"}]}"#, "Token a has no sha256 of 64 hexadecimal digits."),
    ])
    func `a broken token file says what is missing`(file: String, message: String) throws {
        #expect(throws: AccessTokensProblem(message: message)) { try AccessTokens(json: JSON(text: file)) }
    }

    @Test func `an unknown scope is named with those allowed`() throws {
        let json = AccessTokens([APIFixture.reader.token]).json.text.replacing("[\"read\"]", with: "[\"all\"]")
        #expect(
            throws: AccessTokensProblem(
                message: "Token desk has an unknown scope; allowed are facts:write, tasks:write, read, ops.")
        ) { try AccessTokens(json: JSON(text: json)) }
    }
}

@Suite struct APIPagesTests {
    private func cookie(_ api: APIFixture) -> String {
        let sessions = SessionSigner(key: api.settings.sessionKey)
        return "hydrant_session=" + sessions.issue(for: APIFixture.reader.token, now: APIFixture.begin)
    }

    @Test func `a signed-in browser gets the page and a page for what is none`() async throws {
        let api = try APIFixture(withPages: true)
        try await api.running {
            let headers: HTTPFields = [.accept: "text/html", .cookie: cookie(api)]
            let orders = try await api.send(.get, "/orders", headers: headers)
            #expect(orders.status == 200)
            #expect(orders.type == "text/html; charset=utf-8")
            let unknown = try await api.send(.get, "/nothing", headers: headers)
            #expect(unknown.status == 404)
            #expect(unknown.type == "text/html; charset=utf-8")
            #expect(unknown.headers[.contentSecurityPolicy]?.hasPrefix("default-src 'self'") == true)
        }
    }

    @Test(arguments: ["/", "/orders", "/orders/A1", "/wrong-orders", "/health", "/events/overview"])
    func `no page is open without a session`(path: String) async throws {
        let api = try APIFixture(withPages: true)
        let answer = try await api.send(.get, path, headers: [.accept: "text/html"])
        #expect(answer.status == 401)
        #expect(answer.text.contains("<form method=\"post\" action=\"/sign-in\">"))
    }

    @Test func `the style sheet is open and may be kept`() async throws {
        let api = try APIFixture(withPages: true)
        let answer = try await api.send(.get, "/assets/hydrant.css")
        #expect(answer.status == 200)
        #expect(answer.headers[.cacheControl] != "no-store")
    }
}
