import HTTPTypes
import Hummingbird
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Testing

@Suite struct APIDescriptionTests {
    private func description(_ api: APIFixture) async throws -> JSON { try await api.get("/openapi.json").json() }

    @Test func `the description lists exactly the routes of the router`() async throws {
        let api = try APIFixture()
        let paths = try #require(try await description(api)["paths"]?.members)
        let described = paths.flatMap { path in
            (path.value.members ?? []).map { "\($0.name.uppercased()) \(path.name)" }
        }
        let served = api.table.routes.map { "\($0.method) \($0.path)" }
        #expect(described.sorted() == served.sorted())
        #expect(Set(described).count == described.count)
    }

    @Test func `every reference has its definition and every definition is used`() async throws {
        let document = try await description(try APIFixture())
        var used: Set<String> = []
        func collect(_ value: JSON) {
            if let reference = value["$ref"]?.string { used.insert(reference) }
            for member in value.members ?? [] { collect(member.value) }
            for item in value.array ?? [] { collect(item) }
        }
        collect(document)
        let names = try #require(document["components"]?["schemas"]?.members).map { "#/components/schemas/\($0.name)" }
        #expect(used.sorted() == names.sorted())
    }

    @Test func `every operation has a name of its own, answers, and a security scheme that exists`() async throws {
        let document = try await description(try APIFixture())
        let schemes = Set(try #require(document["components"]?["securitySchemes"]?.members).map(\.name))
        var names: [String] = []
        for path in try #require(document["paths"]?.members) {
            for operation in path.value.members ?? [] {
                names.append(try #require(operation.value["operationId"]?.string))
                #expect(operation.value["responses"]?.members?.isEmpty == false)
                for choice in try #require(operation.value["security"]?.array) {
                    #expect(Set((choice.members ?? []).map(\.name)).isSubset(of: schemes))
                }
                let parameters = operation.value["parameters"]?.array ?? []
                let inPath = parameters.filter { $0["in"]?.string == "path" }.compactMap { $0["name"]?.string }
                let braces = path.name.split(separator: "{").dropFirst().map { String($0.prefix { $0 != "}" }) }
                #expect(inPath == braces)
            }
        }
        #expect(Set(names).count == names.count)
    }

    @Test func `the words of facts and findings are those of the program`() async throws {
        let schemas = try await description(try APIFixture())["components"]?["schemas"]
        #expect(schemas?["FactKind"]?["enum"]?.array?.map(\.string) == FactKind.allCases.map(\.rawValue))
        #expect(schemas?["MismatchKind"]?["enum"]?.array?.map(\.string) == MismatchKind.allCases.map(\.rawValue))
        let mapping = schemas?["Fact"]?["discriminator"]?["mapping"]?.members
        #expect(mapping?.map(\.name) == FactKind.reportable.map(\.rawValue))
    }

    /// A rich order: lines, gifts, parcels, waybills, scans, holds, words, money, a masked receiver.
    private static let rich: [JSON] = [
        Facts.placed(
            "A1",
            extra: [
                ("shop", "tm"), ("customer", "C1"), ("warehouse", "W1"),
                ("receiver", ["name": "李雷", "phone": "13900001111", "province": "浙江", "city": "杭州"]),
            ]),
        Facts.paid("A1"),
        Facts.fact("credit.checked", "A1", "c-1", ["passed": true, "level": "A"]),
        Facts.fact("inventory.locked", "A1", "l-1", ["warehouse": "W1"]),
        Facts.fact(
            "parcel.packed", "A1", "k-1",
            ["parcel": "P1", "items": [["line": "1", "units": 2]], "weightGrams": 900]),
        Facts.fact("tracking.reported", "A1", "t-1", ["parcel": "P1", "courier": "sf", "number": "SF1"]),
        Facts.fact("tracking.reported", "A1", "t-2", ["parcel": "P1", "courier": "sf", "number": "SF2"]),
        Facts.fact("waybill.voided", "A1", "v-1", ["parcel": "P1", "number": "SF2"]),
        Facts.fact(
            "trace.reported", "A1", "s-1",
            ["parcel": "P1", "scans": [["at": "2026-11-09T10:00:00Z", "status": "picked-up", "place": "杭州"]]]),
        Facts.fact(
            "hold.placed", "A1", "h-1",
            ["id": "h1", "reason": "check", "owner": "ops", "until": "2027-01-01T00:00:00Z"]),
        Facts.fact(
            "hold.placed", "A1", "h-2", ["id": "h2", "reason": "r", "owner": "ops", "untilFact": "receiver.verified"]),
        Facts.fact("hold.placed", "A1", "h-3", ["id": "h3", "reason": "ask", "owner": "ops", "untilPerson": true]),
        Facts.fact("refund.reported", "A1", "r-1", ["id": "r", "amountMinor": 100]),
        Facts.fact("invoice.issued", "A1", "i-1", ["id": "i", "amountMinor": 10_000]),
        [
            "kind": "status.reported", "source": "wms", "id": "w-1", "order": "A1", "word": "PACKAGED",
            "occurredAt": "2026-11-09T10:00:00Z",
        ],
    ]

    @Test func `every good answer fits its schema to the last member`() async throws {
        let api = try APIFixture()
        try await api.running {
            let document = try await description(api)
            let check = APISchemaCheck(document: document)
            let invalid = Facts.fact("nothing", "A1", "n-1", [:])
            let refused = Facts.fact(
                "hold.placed", "A1", "h-9", ["id": "h", "reason": "r", "owner": "o", "until": "2020-01-01T00:00:00Z"])
            let conflict = Facts.placed("A1", extra: [("shop", "x")])
            let sent = try await api.post(Self.rich + [invalid, refused, conflict, Self.rich[0]])
            #expect(check.faults(try sent.json(), check.definition("FactResults")) == [])
            let statuses = try sent.json()["results"]?.array?.map { $0["status"]?.string }
            #expect(statuses?.suffix(4) == ["invalid", "refused", "conflict", "duplicate"])
            for (path, schema) in [
                ("/v1/orders/A1", "Order"), ("/v1/orders/A1?asOf=2026-11-09T09:00:00Z", "Order"),
                ("/v1/orders/A1/proof", "Proof"), ("/v1/orders?limit=1", "OrderPage"),
                ("/v1/search?q=A1", "SearchResult"),
                ("/v1/wrong-orders", "WrongOrders"), ("/v1/health-index", "HealthIndex"), ("/healthz", "Status"),
                ("/readyz", "Status"),
            ] {
                let answer = try await api.get(path)
                #expect(answer.status == 200, "\(path)")
                #expect(check.faults(try answer.json(), check.definition(schema)) == [], "\(path)")
            }
            let order = try await api.get("/v1/orders/A1").json()
            #expect(order["holds"]?.array?.map { $0["exit"]?["by"]?.string } == ["timer", "fact", "person"])
            #expect(order["parcels"]?.array?[0]["waybills"]?.array?.map { $0["live"]?.bool } == [true, false])
            #expect(order["words"]?.array?[0]["agreement"]?.string == "unmapped")
        }
    }

    @Test func `a hold for a person says until when it stands at the latest, as its schema describes`() async throws {
        let name = Text(chinese: "审批", english: "Approval")
        let hold = HoldAction(reason: name, owner: "owner", exits: [.person, .after(.hours(720))])
        var settings = Settings()
        settings.rules = RuleSet([
            Rule(id: "approval", stage: .on, name: name, when: [.orderPlaced], actions: [.hold(hold)])
        ])
        let api = try APIFixture(hubSettings: settings)
        try await api.running {
            let check = APISchemaCheck(document: try await description(api))
            #expect(try await api.post([Facts.placed("A1")]).status == 200)
            let order = try await api.get("/v1/orders/A1").json()
            #expect(check.faults(order, check.definition("Order")) == [])
            let held = try #require(order["holds"]?.array?.first)
            let since = try #require(held["since"]?.string.flatMap { Instant(text: $0) })
            #expect(held["exit"] == ["by": "person", "until": .string((since + .hours(720)).text)])
        }
    }

    @Test func `every problem document fits its schema`() async throws {
        let api = try APIFixture()
        let check = APISchemaCheck(document: try await description(api))
        for answer in [
            try await api.get("/v1/orders", token: nil), try await api.get("/v1/orders", token: "x"),
            try await api.get("/metrics"), try await api.get("/v1/orders/none"),
            try await api.get("/v1/orders?limit=x"),
            try await api.post("x"), try await api.send(.delete, "/healthz"),
        ] {
            #expect(check.faults(try answer.json(), check.definition("Problem")) == [])
        }
    }

    @Test func `the check finds what does not fit`() {
        let check = APISchemaCheck(document: [:])
        let schema: JSON = [
            "type": "object", "properties": ["a": ["type": "integer", "minimum": 1], "b": ["enum": ["x"]]],
            "required": ["a"],
        ]
        #expect(
            check.faults(["a": 0, "b": "y", "c": 1], schema) == [
                "$.a is too small", "$.b is not a listed word", "$.c is not described",
            ])
        #expect(check.faults([:], schema) == ["$.a is missing"])
        #expect(check.faults("x", schema) == ["$ is text, not [\"object\"]"])
    }
}
