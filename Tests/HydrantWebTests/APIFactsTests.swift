import HTTPTypes
import Hummingbird
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Testing

@Suite struct APIFactsTests {
    private func statuses(_ answer: Answer) throws -> [String] {
        try #require(try answer.json()["results"]?.array).map { $0["status"]?.string ?? "" }
    }

    @Test func `one fact is recorded and answered with the state of its order`() async throws {
        let api = try APIFixture()
        try await api.running {
            let answer = try await api.post(Facts.placed("A1").text)
            #expect(answer.status == 200)
            #expect(answer.text == #"{"results":[{"id":"p-1","order":"A1","status":"accepted","state":0}]}"#)
        }
        #expect(try await api.counts().orders == 1)
        #expect(try await api.counts().messages == 1)
    }

    @Test func `a list is answered fact by fact in its order`() async throws {
        let api = try APIFixture()
        try await api.running {
            let answer = try await api.post([Facts.placed("A1"), Facts.paid("A1"), Facts.placed("A2", id: "p-2")])
            #expect(
                answer.text == #"{"results":[{"id":"p-1","order":"A1","status":"accepted","state":0},"#
                    + #"{"id":"y-1","order":"A1","status":"accepted","state":1},"#
                    + #"{"id":"p-2","order":"A2","status":"accepted","state":0}]}"#)
        }
    }

    @Test func `the same message again is a duplicate and another with its id a conflict`() async throws {
        let api = try APIFixture()
        try await api.running {
            _ = try await api.post([Facts.placed("A1")])
            #expect(try statuses(try await api.post([Facts.placed("A1")])) == ["duplicate"])
            let other = try await api.post([Facts.placed("A1", extra: [("shop", "other")])])
            #expect(try statuses(other) == ["conflict"])
            #expect(try other.json()["results"]?.array?[0]["problem"]?["code"]?.string == "HY-2102")
        }
        #expect(try await api.counts().messages == 1)
    }

    @Test(arguments: [
        ("hydrant", "HY-2101"), ("person:li", "HY-2105"), ("keeper", "HY-2105"), ("desk", "HY-2105"),
        ("wms", "HY-2105"), ("machine:shop", "HY-2105"), ("ｐｅｒｓｏｎ：li", "HY-2105"), ("ｍａｃｈｉｎｅ：li", "HY-2105"),
    ])
    func `nobody speaks for the hub, for people or for a connected system unasked`(
        source: String, code: String
    ) async throws {
        let api = try APIFixture { $0.connectedSystems = ["wms"] }
        try await api.running {
            let text = Facts.paid("A1").text.replacing("\"shop\"", with: "\"\(source)\"")
            let answer = try await api.post("[\(text),\(Facts.placed("A1").text)]")
            #expect(try statuses(answer) == ["invalid", "accepted"])
            #expect(try answer.json()["results"]?.array?[0]["problem"]?["code"]?.string == code)
        }
        #expect(try await api.counts().messages == 1)
    }

    @Test func `a command that the domain refuses says why and what to do`() async throws {
        let api = try APIFixture()
        try await api.running {
            let hold: JSON = [
                "id": "h", "reason": "check", "owner": "ops", "until": "2020-01-01T00:00:00Z",
            ]
            let answer = try await api.post([Facts.placed("A1"), Facts.fact("hold.placed", "A1", "h-1", hold)])
            #expect(try statuses(answer) == ["accepted", "refused"])
            let problem = try answer.json()["results"]?.array?[1]["problem"]
            #expect(problem?["code"]?.string == "HY-2103")
            #expect(problem?["reason"]?.string == "holdEndsBeforeItBegins")
            #expect(problem?["advice"]?.string == "Give a time in the future")
        }
        #expect(try await api.counts().messages == 1)
    }

    @Test func `an unknown kind is invalid with the list of those allowed and stops no other`() async throws {
        let api = try APIFixture()
        try await api.running {
            let answer = try await api.post([Facts.fact("order.made", "A1", "x", [:]), Facts.placed("A1")])
            #expect(answer.status == 200)
            #expect(try statuses(answer) == ["invalid", "accepted"])
            let first = try answer.json()["results"]?.array?[0]
            #expect(first?["id"]?.string == "x")
            #expect(first?["order"]?.string == "A1")
            #expect(first?["problem"]?["code"]?.string == "HY-2101")
            #expect(first?["problem"]?["path"]?.string == "kind")
            let detail = try #require(first?["problem"]?["detail"]?.string)
            #expect(detail.hasPrefix("kind must be one of order.placed, line.reported, "))
            #expect(detail.hasSuffix(", task.asked, ticket.reported, call.reported"))
        }
        #expect(try await api.counts().messages == 1)
    }

    @Test func `a fact of two megabytes is invalid and the others are recorded`() async throws {
        let api = try APIFixture()
        try await api.running {
            let long = Facts.placed("A1", extra: [("shop", .string(String(repeating: "x", count: 2_000_000)))])
            let answer = try await api.post([long, Facts.placed("A2", id: "p-2")])
            #expect(answer.status == 200)
            #expect(try statuses(answer) == ["invalid", "accepted"])
            let problem = try answer.json()["results"]?.array?[0]["problem"]
            #expect(problem?["detail"]?.string == "the fact is longer than 262144 bytes")
        }
        #expect(try await api.counts().orders == 1)
    }

    @Test func `an item that is not JSON is a fault of this item alone`() async throws {
        let api = try APIFixture()
        try await api.running {
            let answer = try await api.post("[{\"kind\":tru}, 5 , \(Facts.placed("A1").text)]")
            #expect(try statuses(answer) == ["invalid", "invalid", "accepted"])
            let results = try #require(try answer.json()["results"]?.array)
            #expect(results[0]["id"] == .null)
            #expect(results[0]["problem"]?["detail"]?.string == "not JSON at byte 8: expected true")
            #expect(results[1]["problem"]?["detail"]?.string == "must be an object, is a number")
        }
    }

    @Test(arguments: [
        ("", "The body is empty."), ("hello", "The body begins neither with { nor with [."),
        ("[]", "The list is empty."), ("[ ", "The document ends inside a fact."),
        ("[{}", "The document ends inside a fact."), ("{} {}", "Something follows the document at byte 3."),
        ("[{},]", "A fact is missing at byte 4."), ("[{},,{}]", "A fact is missing at byte 4."),
        ("{\"a\":\"", "The document ends inside a text."), ("{\"a\":\"\\", "The document ends inside a text."),
        ("[{}]]", "Something follows the document at byte 4."),
    ])
    func `a body that is no list of facts is refused whole`(body: String, detail: String) async throws {
        let api = try APIFixture()
        try await api.running {
            let answer = try await api.post(body)
            #expect(answer.status == 400)
            #expect(try answer.problemCode() == "HY-2008")
            #expect(try answer.json()["detail"]?.string == detail)
        }
        #expect(try await api.counts() == StoreCounts())
    }

    @Test func `brackets and escapes inside texts do not cut a fact`() async throws {
        let api = try APIFixture()
        try await api.running {
            let fact = Facts.placed("A]1\"}\\", extra: [("shop", "[{\\\"")])
            let answer = try await api.post(" [ \(fact.text) ,\n\(Facts.placed("B", id: "2").text)\t] ")
            #expect(try statuses(answer) == ["accepted", "accepted"])
            #expect(try answer.json()["results"]?.array?[0]["order"]?.string == "A]1\"}\\")
        }
    }

    @Test func `a thousand facts fit and a thousand and one are refused whole with advice`() async throws {
        let api = try APIFixture()
        try await api.running {
            let thousand = (0..<1_000).map { Facts.placed("A\($0)", id: "p\($0)") }
            let refused = try await api.post(thousand + [Facts.placed("B", id: "b")])
            #expect(refused.status == 413)
            #expect(try refused.problemCode() == "HY-2007")
            #expect(try refused.json()["advice"]?.string == "Send lists of 100 to 1000 facts.")
            #expect(try await api.counts() == StoreCounts())
            let taken = try await api.post(thousand)
            #expect(try statuses(taken) == Array(repeating: "accepted", count: 1_000))
        }
        #expect(try await api.counts().orders == 1_000)
    }

    @Test func `a body over the limit is refused by its announced length and by its real one`() async throws {
        let api = try APIFixture { $0.limits.bodyBytes = 1_000 }
        try await api.running {
            let body = Array("{\"a\":\"\(String(repeating: "x", count: 1_000))\"}".utf8)
            var announced = try api.signed(body)
            announced[.contentLength] = "\(body.count)"
            let first = try await api.send(.post, "/v1/facts", headers: announced)
            #expect(first.status == 413)
            #expect(try first.problemCode() == "HY-2006")
            let second = try await api.send(.post, "/v1/facts", headers: try api.signed(body), body: body)
            #expect(second.status == 413)
            #expect(try second.problemCode() == "HY-2006")
        }
        #expect(try await api.counts() == StoreCounts())
    }

    @Test func `a receiver is sealed and never answered in clear`() async throws {
        let api = try APIFixture()
        try await api.running {
            let receiver: JSON = ["name": "王小明", "phone": "13812340041", "city": "杭州", "address": "文三路九十九号"]
            _ = try await api.post([Facts.placed("A1", extra: [("receiver", receiver)])])
            let order = try await api.get("/v1/orders/A1")
            #expect(order.status == 200)
            #expect(try order.json()["receiver"]?["phone"]?.string == "1******0041")
            let proof = try await api.get("/v1/orders/A1/proof")
            for text in [order.text, proof.text] {
                #expect(!text.contains("王小明"))
                #expect(!text.contains("13812340041"))
                #expect(!text.contains("文三路九十九号"))
            }
        }
    }
}

/// Who may send facts, and when nothing is taken.
@Suite struct APIFactsRefusalTests {
    private let body = Array(Facts.placed("A1").text.utf8)

    private func expectRefusal(
        _ status: Int, _ code: String, _ headers: (APIFixture) throws -> HTTPFields,
        body sent: [UInt8]? = nil
    ) async throws {
        let api = try APIFixture()
        let fields = try headers(api)
        let content = sent ?? body
        try await api.running {
            let answer = try await api.send(.post, "/v1/facts", headers: fields, body: content)
            #expect(answer.status == status)
            #expect(try answer.problemCode() == code)
            #expect((answer.headers[.wwwAuthenticate] != nil) == (status == 401))
        }
        #expect(try await api.counts() == StoreCounts())
    }

    @Test func `without a token nothing is taken`() async throws {
        try await expectRefusal(401, "HY-2001") { api in
            var fields = try api.signed(body)
            fields[.authorization] = nil
            return fields
        }
    }

    @Test func `a wrong token takes nothing`() async throws {
        try await expectRefusal(401, "HY-2002") { try $0.signed(body, token: APIFixture.writer.text + "x") }
    }

    @Test func `another way to authorise is no token`() async throws {
        try await expectRefusal(401, "HY-2001") { api in
            var fields = try api.signed(body)
            fields[.authorization] = "Basic c2hvcDpzaG9w"
            return fields
        }
    }

    @Test(arguments: [APIFixture.reader.text, APIFixture.operations.text, APIFixture.stranger.text])
    func `a token without the scope takes nothing`(token: String) async throws {
        try await expectRefusal(403, "HY-2003") { try $0.signed(body, token: token) }
    }

    @Test(arguments: ["webhook-id", "webhook-timestamp", "webhook-signature"])
    func `each of the three headers is needed`(name: String) async throws {
        try await expectRefusal(401, "HY-2004") { api in
            var fields = try api.signed(body)
            fields[try #require(HTTPField.Name(name))] = nil
            return fields
        }
    }

    @Test(arguments: [-301, 301])
    func `a signature too far from the clock is stale`(seconds: Int64) async throws {
        try await expectRefusal(401, "HY-2005") {
            try $0.signed(body, at: APIFixture.begin + .seconds(seconds))
        }
    }

    @Test(arguments: [-300, 300])
    func `a signature within five minutes is believed`(seconds: Int64) async throws {
        let api = try APIFixture()
        let body = body
        try await api.running {
            let fields = try api.signed(body, at: APIFixture.begin + .seconds(seconds))
            #expect(try await api.send(.post, "/v1/facts", headers: fields, body: body).status == 200)
        }
    }

    @Test func `one changed byte breaks the signature`() async throws {
        var tampered = body
        tampered[20] ^= 1
        try await expectRefusal(401, "HY-2004", { try $0.signed(body) }, body: tampered)
    }

    @Test func `a secret that is not ours signs nothing`() async throws {
        let other = "whsec_" + String(repeating: "A", count: 43) + "="
        try await expectRefusal(401, "HY-2004") { try $0.signed(body, secret: other) }
    }

    @Test func `one right signature among several is enough`() async throws {
        let api = try APIFixture()
        let body = body
        try await api.running {
            var fields = try api.signed(body)
            let name = try #require(HTTPField.Name("webhook-signature"))
            fields[name] = "v1,AAAA v1a,BBBB \(fields[name] ?? "")"
            #expect(try await api.send(.post, "/v1/facts", headers: fields, body: body).status == 200)
        }
    }

    @Test func `the cookie of a session sends no facts`() async throws {
        try await expectRefusal(401, "HY-2001") { api in
            var fields = try api.signed(body)
            fields[.authorization] = nil
            let sessions = SessionSigner(key: api.settings.sessionKey)
            let value = sessions.issue(for: APIFixture.writer.token, now: APIFixture.begin)
            fields[.cookie] = "hydrant_session=\(value)"
            return fields
        }
    }

    @Test func `a full disk is answered with its code and nothing is acknowledged`() async throws {
        let inner = InMemoryStore()
        let store = FailingStore(inner, failure: nil)
        let api = try APIFixture(store: inner, through: store)
        try await api.running {
            store.fail(with: StoreFailure(.diskFull))
            let answer = try await api.post([Facts.placed("A1")])
            #expect(answer.status == 503)
            #expect(try answer.problemCode() == "HY-1002")
            #expect(answer.headers[.retryAfter] == "5")
            #expect(try await api.counts() == StoreCounts())
            store.fail(with: nil)
            let again = try await api.post([Facts.placed("A1")])
            #expect(try again.json()["results"]?.array?[0]["status"]?.string == "accepted")
        }
    }

    @Test func `when too much waits senders are asked to come back`() async throws {
        let api = try APIFixture { $0.limits.waitingSubmissions = 0 }
        try await api.running {
            let answer = try await api.post([Facts.placed("A1")])
            #expect(answer.status == 503)
            #expect(try answer.problemCode() == "HY-2013")
            #expect(answer.headers[.retryAfter] == "1")
        }
        #expect(try await api.counts() == StoreCounts())
    }

    @Test func `when the bodies under way fill the room the next one is turned away`() async throws {
        let api = try APIFixture {
            $0.limits.bodyBytes = 1_000
            $0.limits.waitingBodyBytes = 99
        }
        try await api.running {
            let answer = try await api.post([Facts.placed("A1")])
            #expect(try answer.problemCode() == "HY-2013")
        }
        #expect(try await api.counts() == StoreCounts())
    }

    @Test func `a stopped hub takes nothing and says so`() async throws {
        let api = try APIFixture()
        let store = api.store
        try await api.running { _ = try await store.read { try $0.counts() } }
        let answer = try await api.post([Facts.placed("A1")])
        #expect(answer.status == 503)
        #expect(try answer.problemCode() == "HY-2014")
        #expect(try await api.counts() == StoreCounts())
    }
}
