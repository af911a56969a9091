import HTTPTypes
import Hummingbird
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Testing

/// Walks every reading route for every role over orders with canaries in every field, and compares what is told with
/// the cells of the table. A route without a row here fails.
@Suite struct FieldMatrixTests {
    /// What stands for a field in clear, in the spellings of pages and programs, and masked.
    private struct Canary {
        var field: OrderField
        var clear: [String]
        var masked: String?
    }

    private static let canaries = [
        Canary(field: .receiverName, clear: ["李雷雷"], masked: "李**"),
        Canary(field: .receiverPhone, clear: ["13900001111"], masked: "1******1111"),
        Canary(field: .receiverAddress, clear: ["文三路九百号"], masked: "文三路九***"),
        Canary(field: .notes, clear: ["NOTE-4417", "REC-4417"]),
        Canary(field: .customer, clear: ["CUST-77", "LVL-Q9", "CRED-R5"]),
        Canary(
            field: .money,
            clear: [738_291, 615_243, 417_283].flatMap { minor -> [String] in
                let (whole, cents) = ("\(minor / 100)", "\(minor % 100)")
                return ["\(minor)", "\(whole).\(cents)", "\(whole.prefix(1)),\(whole.dropFirst()).\(cents)"]
            }),
    ]

    private static let receiver: Set<OrderField> = [.receiverName, .receiverPhone, .receiverAddress]

    /// What each reading route tells of an order to whom the cells of the table allow it.
    private static let rows: [String: Set<OrderField>] = {
        let telling: [String: Set<OrderField>] = [
            "GET /orders/{number}": Set(OrderField.allCases),
            "GET /orders/{number}/fragment": Set(OrderField.allCases),
            "GET /v1/orders/{id}": Set(OrderField.allCases), "GET /v1/orders/{id}/proof": [.customer, .money, .notes],
            "GET /search": [.receiverName, .receiverPhone], "POST /search": [.receiverName, .receiverPhone],
            "POST /search/hits": [.receiverName, .receiverPhone],
            "GET /wrong-orders": [.money], "GET /wrong-orders.csv": [.money], "GET /wrong-orders.xlsx": [.money],
            "GET /v1/wrong-orders": [.money], "GET /tasks": [.money], "GET /tasks/fragment": [.money],
            "GET /v1/tasks": [.money], "GET /audit": [.money], "GET /v1/audit": [.money],
        ]
        let silent = [
            "/", "/account", "/b/{code}", "/b/{code}/label", "/bags", "/channels", "/channels/fragment",
            "/channels/{system}/{kind}", "/couriers", "/couriers/fragment", "/couriers/parcels",
            "/events/orders/{number}", "/events/overview", "/events/tasks", "/health", "/healthz", "/interceptors",
            "/interceptors.yaml", "/interceptors/new", "/interceptors/rules/{id}", "/interceptors/trial/fragment",
            "/k/{code}", "/metrics", "/openapi.json", "/orders", "/packing", "/papers/{code}", "/readyz", "/settings",
            "/settings/desk",
            "/settings/parked", "/settings/tokens", "/settings/users", "/settings/users/{name}", "/settings/words",
            "/sign-in", "/templates", "/templates/edit", "/templates/export", "/templates/preview", "/v1/bags",
            "/v1/bags/{code}", "/v1/channels", "/v1/courier-sets", "/v1/health-index", "/v1/orders", "/v1/search",
            "/waves", "/waves/list", "/welcome",
        ].map { ("GET \($0)", Set<OrderField>()) }
        return telling.merging(silent + [("POST /v1/search", [])]) { first, _ in first }
    }()

    private static let questions = [
        "/tasks": "?owner=all", "/tasks/fragment": "?owner=all", "/events/tasks": "?owner=all",
        "/search": "?q=CANARY", "/v1/search": "?q=CANARY1", "/couriers/parcels": "?set=polling",
    ]

    @Test func `every reading route of the product has a row of fields, and every row a route`() throws {
        let served = try APIFixture(withPages: true).table.routes.filter { route in
            (route.method == "GET" && !route.path.hasPrefix("/assets/"))
                || AccessTable.readingForms.contains(route.path)
        }
        #expect(Set(served.map { "\($0.method) \($0.path)" }) == Set(Self.rows.keys))
        #expect(Set(Self.canaries.map(\.field)) == Set(OrderField.allCases))
    }

    @Test(arguments: Role.allCases)
    func `every role reads exactly its fields on every route`(role: Role) async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: role)
        let people = api.people(201)
        let token = try await people.addToken("matrix", scopes: [.read], of: role.rawValue, by: "command-line")
        let invitation = try await people.add("invited", role: .viewer, warehouses: [], by: "command-line")
        let answers = try await api.running {
            try await Self.fill(api)
            var answers: [(rule: AccessTable.Rule, answer: Answer)] = []
            // Its stream is read first: later ones end after their first look.
            let first = "GET /events/overview"
            for row in [first] + Self.rows.keys.sorted().filter({ $0 != first }) {
                let parts = row.split(separator: " ").map(String.init)
                let rule = try #require(AccessTable.rule(parts[0], parts[1]))
                let answer =
                    rule.path == "/events/overview"
                    ? try await Self.overview(api, cookie)
                    : try await Self.ask(api, rule, role, cookie: cookie, token: token)
                answers.append((rule, answer))
            }
            return answers
        }
        let secrets = [
            APIFixture.secret, APIFixture.writer.text, APIFixture.reader.text, APIFixture.operations.text, token,
            invitation,
        ]
        for (rule, answer) in answers {
            let name = "\(rule.method) \(rule.path) \(role)"
            let isAllowed = rule.gate == .open || rule.roles.contains(role)
            #expect(isAllowed || answer.status == 403, "\(name): \(answer.status)")
            let fields = isAllowed ? Self.rows["\(rule.method) \(rule.path)"] ?? [] : []
            #expect(fields.isEmpty || answer.status == 200, "\(name): \(answer.status)")
            for canary in Self.canaries { Self.compare(canary, answer.text, fields, role, name) }
            for secret in secrets { #expect(!answer.text.contains(secret), "\(name)") }
        }
    }

    @Test(arguments: Role.allCases)
    func `nobody finds by search what they may not read`(role: Role) async throws {
        let api = try APIFixture(withPages: true)
        let cookie = try await api.cookie(of: role)
        try await api.running {
            try await Self.fill(api)
            while try await !api.hub.searchProgress().isComplete { await Task.yield() }
            for (text, field) in [
                ("CUST-77", OrderField.customer), ("13900001111", .receiverPhone), ("1111", .receiverPhone),
                ("%E6%9D%8E%E9%9B%B7%E9%9B%B7", .receiverName),
            ] {
                let hits = try await api.submit("/search/hits", "q=\(text)", cookie: cookie)
                let isFound = hits.text.contains("/orders/CANARY1")
                #expect(isFound == (AccessTable.sight(role, field) != .hidden), "\(role) \(text)")
            }
        }
    }

    private static func compare(
        _ canary: Canary, _ text: String, _ fields: Set<OrderField>, _ role: Role, _ name: String
    ) {
        let sight = fields.contains(canary.field) ? AccessTable.sight(role, canary.field) : .hidden
        let found = canary.clear.filter { text.contains($0) }
        #expect(sight == .clear ? !found.isEmpty : found.isEmpty, "\(name) \(canary.field): \(found)")
        guard let masked = canary.masked else { return }
        #expect(text.contains(masked) == (sight == .masked), "\(name) \(canary.field) masked")
    }

    private static func ask(
        _ api: APIFixture, _ rule: AccessTable.Rule, _ role: Role, cookie: String, token: String
    ) async throws -> Answer {
        var path = rule.path
        for (name, value) in [
            ("{number}", "CANARY1"), ("{id}", "CANARY1"), ("{system}", "wms"), ("{kind}", "waybill.create"),
            ("{name}", role.rawValue), ("{code}", "12345678901234567890"),
        ] { path = path.replacing(name, with: value) }
        if rule.method == "POST", rule.path.hasPrefix("/v1/") {
            return try await api.post(path: path, ["q": "CANARY"], token: token)
        }
        if rule.method == "POST" { return try await api.submit(path, "q=CANARY", cookie: cookie) }
        return try await api.send(.get, path + (questions[path] ?? ""), headers: [.cookie: cookie])
    }

    /// The first look of the overview's stream; all later streams end after theirs.
    private static func overview(_ api: APIFixture, _ cookie: String) async throws -> Answer {
        let sampler = try #require(api.pages?.sampler)
        await sampler.sample()
        let response = try await api.open("/events/overview", headers: [.cookie: cookie])
        await sampler.stop()
        let collector = BodyCollector()
        try await response.body.write(collector)
        let answer = Answer(
            status: Int(response.status.code), headers: response.headers, bytes: collector.bytes)
        #expect(answer.text.hasPrefix("event: overview"))
        return answer
    }

    /// Two orders of one customer with every field filled, and texts by people that name amounts.
    private static func fill(_ api: APIFixture) async throws {
        let placed: JSON = [
            "payableMinor": 738_291, "customer": "CUST-77", "warehouse": "W1",
            "receiver": ["name": "李雷雷", "phone": "13900001111", "city": "杭州", "address": "文三路九百号"],
            "lines": [["id": "1", "sku": "LF9001", "units": 2, "priceMinor": 738_291]],
        ]
        let credit: JSON = ["passed": true, "level": "LVL-Q9", "returnRatePermille": 123, "reason": "CRED-R5"]
        let call: JSON = ["id": "call-1", "stage": "ended", "ending": "answered", "recording": "REC-4417"]
        let facts = [
            Facts.fact("order.placed", "CANARY1", "p-1", placed), Facts.fact("order.placed", "CANARY2", "p-2", placed),
            Facts.fact("payment.reported", "CANARY1", "y-1", ["id": "pay-1", "amountMinor": 615_243]),
            Facts.fact("credit.checked", "CANARY1", "c-1", credit), Facts.fact("call.reported", "CANARY1", "t-1", call),
        ]
        for fact in facts {
            _ = try await api.hub.submit([try api.hub.intake.read(fact, receivedAt: APIFixture.begin)])
        }
        _ = try await api.hub.write(
            Sensitive("NOTE-4417"), NoteReference(id: "n-1", kind: .note), on: "CANARY1", by: "service")
        let now = APIFixture.begin
        var promise = ActionRequest(action: .promiseRefund, person: "ann", reason: "broken", now: now)
        promise.amountMinor = 417_283
        var hold = ActionRequest(action: .placeHold, person: "ann", reason: "6152.43 paid, not enough", now: now)
        hold.target = "operations"
        for request in [promise, hold] { _ = try await api.hub.act(request, on: "CANARY1") }
        let entry = AuditEntry(
            time: now, actor: "user:ann", action: "order.acted", object: "order:CANARY1", reason: "4172.83 promised")
        let keyring = api.hub.keyring
        _ = try await api.store.transaction { try $0.appendAudit(entry, keyring) }
    }
}
