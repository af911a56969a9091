import HTTPTypes
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Testing

@Suite struct APISearchTests {
    /// Runs the body on a hub whose order A1000001 is for somebody with a telephone.
    private static func indexed(_ body: @Sendable @escaping (APIFixture) async throws -> Void) async throws {
        let api = try APIFixture(withPages: true)
        let receiver: JSON = ["name": "王小明", "phone": "13812345678", "city": "济南市", "address": "经十路 1 号"]
        try await api.running {
            _ = try await api.post([Facts.placed("A1000001", extra: [("receiver", receiver), ("customer", "C-9")])])
            while try await !api.hub.searchProgress().isComplete { await Task.yield() }
            try await body(api)
        }
    }

    private static func found(_ answer: Answer) throws -> [String] {
        (try answer.json()["hits"]?.array ?? []).compactMap { ($0["order"] ?? $0["number"])?.string }
    }

    @Test(arguments: ["13812345678", "138 1234 5678", "5678", "王小明", "A1000001", "LF9001", "C9"])
    func `a body finds by whatever is known`(text: String) async throws {
        try await Self.indexed { api in
            let answer = try await api.post(path: "/v1/search", ["q": .string(text)], token: APIFixture.reader.text)
            #expect(answer.status == 200)
            #expect(try Self.found(answer) == ["A1000001"])
            let check = APISchemaCheck(document: try await api.get("/openapi.json").json())
            #expect(check.faults(try answer.json(), check.definition("SearchResult")) == [])
        }
    }

    @Test func `an address finds numbers, and neither takes nor looks for what names a person`() async throws {
        try await Self.indexed { api in
            for text in ["A1000001", "LF9001", "C9"] {
                #expect(try Self.found(try await api.get("/v1/search?q=\(text)")) == ["A1000001"], "\(text)")
            }
            // The last four digits of a telephone number are digits of an order's number too: only that is looked for.
            #expect(try Self.found(try await api.get("/v1/search?q=5678")) == [])
            for text in ["13812345678", "138%201234%205678", encodedPiece("王小明"), "Ann"] {
                let answer = try await api.get("/v1/search?q=\(text)")
                #expect(try answer.problemCode() == "HY-2012", "\(text)")
                #expect(answer.text.contains("POST /v1/search") && !answer.text.contains("1381234"))
            }
        }
    }

    @Test(arguments: [
        "", "[]", "{}", "{\"q\":\"\"}", "{\"q\":7}", "{\"q\":\"A\",\"limit\":0}", "{\"q\":\"A\",\"limit\":\"9\"}",
    ])
    func `a body that is no question is refused`(body: String) async throws {
        try await Self.indexed { api in
            let headers: HTTPFields = [.authorization: "Bearer \(APIFixture.reader.text)"]
            let answer = try await api.send(.post, "/v1/search", headers: headers, body: Array(body.utf8))
            #expect(try answer.problemCode() == "HY-2012")
        }
    }

    @Test func `whoever sees no receivers finds no people, and writers do not search`() async throws {
        try await Self.indexed { api in
            let people = api.people()
            try await api.join(people, "sun", .it)
            let token = try await people.addToken("t", scopes: [.read], of: "sun", by: "user:sun")
            let hidden = try await api.post(path: "/v1/search", ["q": "王小明"], token: token)
            #expect(hidden.status == 200)
            #expect(try Self.found(hidden) == [])
            let writer = try await api.post(path: "/v1/search", ["q": "A1000001"], token: APIFixture.writer.text)
            #expect(writer.status == 403)
            let large = String(repeating: "x", count: 5_000)
            let tooLarge = try await api.post(path: "/v1/search", ["q": .string(large)], token: APIFixture.reader.text)
            #expect(tooLarge.status == 413)
        }
    }
}
