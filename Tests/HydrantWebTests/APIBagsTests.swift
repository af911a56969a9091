import HTTPTypes
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Testing

/// Bags through the API.
@Suite struct APIBagsTests {
    private static let owner = DeskPerson(actor: "user:owner", name: "owner", warehouses: nil)

    /// A bag for a parcel of an order of its own.
    private static func open(_ order: String, _ warehouse: String, _ api: APIFixture) async throws -> BagCode {
        let parcel = "\(order)-1"
        let facts: [JSON] = [
            Facts.placed(order, id: order, extra: [("warehouse", .string(warehouse))]),
            [
                "kind": "parcel.packed", "source": "wms", "id": .string("p-\(parcel)"), "order": .string(order),
                "occurredAt": .string(APIFixture.begin.text),
                "data": ["parcel": .string(parcel), "warehouse": .string(warehouse), "weightGrams": 700],
            ],
            [
                "kind": "tracking.reported", "source": "sf", "id": .string("t-\(parcel)"), "order": .string(order),
                "occurredAt": .string(APIFixture.begin.text),
                "data": ["parcel": .string(parcel), "courier": "sf", "number": .string("SF9\(parcel)")],
            ],
        ]
        for fact in facts {
            _ = try await api.hub.submit([try api.hub.intake.read(fact, receivedAt: APIFixture.begin)])
        }
        let key = ParcelKey(order: order, parcel: parcel)
        return try #require(try await api.hub.desk.assign(key, id: "open-\(order)", by: owner)).code
    }

    private static func act(_ code: BagCode, _ action: BagAction, _ id: String, _ api: APIFixture) async throws {
        let command = BagCommand(id: id, person: owner, at: APIFixture.begin, action: action)
        let outcome = try await api.hub.desk.act(code, command)
        #expect(outcome != nil && outcome?.refusal == nil)
    }

    private static func codes(_ answer: Answer) throws -> [String] {
        try answer.json()["bags"]?.array?.compactMap { $0["code"]?.string } ?? []
    }

    @Test func `bags fit their schema and are narrowed by warehouse and state`() async throws {
        let api = try APIFixture()
        try await api.running {
            let check = APISchemaCheck(document: try await api.get("/openapi.json").json())
            let near = try await Self.open("A1", "W1", api)
            let far = try await Self.open("B1", "W2", api)
            let gone = try await Self.open("C1", "W3", api)
            try await Self.act(gone, .void(reason: "a secret reason"), "void-1", api)
            let key = ParcelKey(order: "B1", parcel: "B1-1")
            try await Self.act(near, .scan(BagLook(key: key, standing: .free, home: far.text)), "scan-1", api)
            try await Self.act(far, .printLabel(template: "aggregated", reason: ""), "print-1", api)
            let all = try await api.get("/v1/bags")
            #expect(check.faults(try all.json(), check.definition("BagPage")) == [])
            #expect(try Self.codes(all) == [near.text, far.text].sorted() + [gone.text])
            #expect(!all.text.contains("secret"))
            #expect(try all.json()["nextCursor"] == .null)
            for (query, codes) in [
                ("warehouse=W1", [near.text]), ("warehouse=W9", []), ("state=void", [gone.text]),
                ("state=open&warehouse=W2", [far.text]), ("state=closed", []),
            ] { #expect(try Self.codes(try await api.get("/v1/bags?\(query)")) == codes, "\(query)") }
            let one = try await api.get("/v1/bags/\(near.text)").json()
            #expect(check.faults(one, check.definition("Bag")) == [])
            #expect(one["missing"]?.array == ["A1-1"] && one["mayClose"] == .bool(false))
            #expect(one["foreign"]?.array?.first?["belongsTo"]?.string == far.text)
            #expect(one["weightGrams"]?["expected"]?.integer == 700)
            #expect(try await api.get("/v1/bags/\(far.text)").json()["labels"]?.array?.count == 1)
            #expect(try await api.get("/v1/bags/\(gone.text)").json()["state"]?.string == "void")
            for code in ["ZZZZZZZZ", "x", "%2F"] {
                #expect(try await api.get("/v1/bags/\(code)").problemCode() == "HY-2063", "\(code)")
            }
            for query in ["state=lost", "cursor=x", "cursor=bwZZ", "limit=0"] {
                #expect(try await api.get("/v1/bags?\(query)").problemCode() == "HY-2012", "\(query)")
            }
        }
    }

    @Test func `pages follow each other until nothing is left, each bag once`() async throws {
        let api = try APIFixture()
        try await api.running {
            var codes: [String] = []
            for number in 1...7 {
                let code = try await Self.open("A\(number)", "W\(number)", api)
                if number > 4 { try await Self.act(code, .void(reason: "packed anew"), "void-\(number)", api) }
                codes.append(code.text)
            }
            var found: [String] = []
            var query = "limit=2"
            for _ in 0..<9 {
                let page = try await api.get("/v1/bags?\(query)")
                found += try Self.codes(page)
                guard let next = try page.json()["nextCursor"]?.string else { break }
                query = "limit=2&cursor=\(next)"
            }
            #expect(found == codes.prefix(4).sorted() + codes.dropFirst(4).sorted())
            let page = try await api.get("/v1/bags?limit=3&state=void")
            #expect(try Self.codes(page).count == 3)
            #expect(try page.json()["nextCursor"] == .null)
        }
    }

    @Test func `a warehouse sees its own bags only, and another's is answered as an absent one`() async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: .warehouse, warehouses: ["W2"])
        try await api.running {
            let theirs = try await Self.open("A1", "W1", api)
            let own = try await Self.open("B1", "W2", api)
            for query in ["", "?warehouse=W1", "?state=open"] {
                let list = try await api.send(.get, "/v1/bags\(query)", headers: [.cookie: cookie])
                #expect(try Self.codes(list) == (query.contains("W1") ? [] : [own.text]), "\(query)")
            }
            #expect(try await api.send(.get, "/v1/bags/\(own)", headers: [.cookie: cookie]).status == 200)
            let hidden = try await api.send(.get, "/v1/bags/\(theirs)", headers: [.cookie: cookie])
            let absent = try await api.send(.get, "/v1/bags/ZZZZZZZZ", headers: [.cookie: cookie])
            #expect(hidden.status == 404 && hidden.bytes == absent.bytes)
        }
    }
}
