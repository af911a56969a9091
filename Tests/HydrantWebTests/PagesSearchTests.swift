import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Testing

@Suite struct PagesSearchTests {
    private static let english = "hydrant_lang=en"

    private static func tracking(_ order: String, _ number: String) -> JSON {
        PageFacts.fact(
            "tracking.reported", order, ["parcel": "P1", "courier": "sf", "channel": "sf", "number": .string(number)],
            source: "sf", id: number)
    }

    private static func payment(_ order: String, _ id: String) -> JSON {
        PageFacts.fact("payment.reported", order, ["id": .string(id), "amountMinor": 100], id: id)
    }

    private static func person(_ name: String, _ phone: String) -> JSON {
        ["name": .string(name), "phone": .string(phone), "province": "山东省", "city": "济南市", "address": "经十路 1 号"]
    }

    private static let facts: [JSON] = [
        PageFacts.placed("SO20261111000123", receiver: person("王小明", "13812345678")),
        PageFacts.placed(
            "SO20261111000456", lines: [["id": "1", "sku": "AC-7001", "name": "空调滤芯"]],
            receiver: person("李梅", "+86 139 0000 5678")),
        PageFacts.placed("SO20261111000789", receiver: person("Ann Li", "13700001111")),
        tracking("SO20261111000789", "SF1234567890123"), payment("SO20261111000456", "4200001899202611"),
    ]

    private func found(
        _ text: String, _ fixture: PagesFixture, _ scope: SearchScope = SearchScope(), limit: Int = 20
    ) async throws -> [String] {
        try await fixture.hub.search(text, limit: limit, scope: scope).hits.map { hit in
            let why = hit.matches.map { "\($0.field.rawValue) \($0.manner.rawValue)" }.joined(separator: ", ")
            return "\(hit.row.number.suffix(3)) \(why)"
        }
    }

    /// Waits until the index has everything.
    private func settle(_ fixture: PagesFixture) async throws {
        while try await !fixture.hub.searchProgress().isComplete { await Task.yield() }
    }

    @Test(arguments: [
        ("SO20261111000123", ["123 number whole"]), ("so2026-1111-000123", ["123 number whole"]),
        ("000123", ["123 number ending"]), ("11000123", ["123 number ending"]),
        ("SO20261111000132", ["123 number similar"]), ("SO2026111000123", ["123 number similar"]),
        ("SF1234567890123", ["789 tracking whole"]), ("SF1234567890132", ["789 tracking similar"]),
        ("7890123", ["789 tracking ending"]), ("4200001899202611", ["456 document whole"]),
        ("13812345678", ["123 phone whole"]), ("138 1234 5678", ["123 phone whole"]),
        ("5678", ["456 phone-tail whole", "123 phone-tail whole"]), ("王小明", ["123 name whole"]),
        ("ann li", ["789 name whole"]), ("AC7001", ["456 sku whole"]),
        ("5678 LF9001", ["123 phone-tail whole, sku whole"]), ("5678 LF90", ["123 phone-tail whole, sku part"]),
        ("5678 空调", ["456 phone-tail whole, product part"]), ("5678 SF1234567890123", []), ("9999", []),
        ("SO2026111100", ["789 number beginning", "456 number beginning", "123 number beginning"]),
    ])
    func `an order is found by whatever somebody knows of it`(text: String, expected: [String]) async throws {
        let fixture = try PagesFixture()
        try await fixture.holding(Self.facts) {
            try await settle(fixture)
            #expect(try await found(text, fixture) == expected)
        }
    }

    @Test func `who may not find people finds none by name or telephone`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding(Self.facts) {
            try await settle(fixture)
            for text in ["13812345678", "5678", "王小明"] {
                #expect(try await found(text, fixture, SearchScope(mayFindPeople: false)) == [])
            }
            #expect(try await found("AC7001", fixture, SearchScope(mayFindPeople: false)) == ["456 sku whole"])
            #expect(try await found("AC7001", fixture, SearchScope(warehouses: ["other"])) == [])
        }
    }

    @Test func `a receiver that was replaced is found no more`() async throws {
        let fixture = try PagesFixture()
        let changed = PageFacts.fact(
            "receiver.changed", "SO20261111000123", ["receiver": Self.person("赵六", "13600002222")], minute: 30)
        try await fixture.holding(Self.facts + [changed]) {
            try await settle(fixture)
            #expect(try await found("13812345678", fixture) == [])
            #expect(try await found("2222", fixture) == ["123 phone-tail whole"])
        }
    }

    @Test func `what was not in the index when the hub stopped is found after its next start`() async throws {
        let store = InMemoryStore()
        let first = try PagesFixture(store: store)
        try await first.holding(Self.facts) {}
        let before = try await store.read { reader in
            try reader.orderRows(OrderFilter(), after: 0, limit: 9).map { row in
                var write = OrderWrite(
                    row: row, events: try reader.events(of: row.number), findings: nil,
                    waybills: try reader.waybills(of: row.number))
                write.row.id = 0
                return write
            }
        }
        // A database of before the index: rows, and nothing in the queue.
        let older = InMemoryStore()
        try await older.transaction { transaction in
            var batch = WriteBatch()
            batch.orders = before
            try transaction.write(batch)
        }
        let second = try PagesFixture(store: older)
        let progress = try await second.hub.searchProgress()
        #expect(progress.backfilledUpTo == 0 && progress.orders == 3 && !progress.isComplete)
        try await second.holding([]) {
            try await settle(second)
            #expect(try await found("AC7001", second) == ["456 sku whole"])
            #expect(try await second.hub.searchProgress().waiting == 0)
        }
    }

    @Test func `the page says why each order was found, in both languages, and masks the receiver`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding(Self.facts) {
            try await settle(fixture)
            let page = try await fixture.post("/search", [("q", "5678")], cookie: Self.english)
            #expect(page.status == 200)
            #expect(page.text.contains("Last four of the telephone"))
            #expect(page.text.contains("王** 1******5678") && page.text.contains("李** "))
            #expect(page.text.contains("href=\"/orders/SO20261111000456\""))
            #expect(!page.text.contains("王小明") && !page.text.contains("13812345678"))
            let hits = try await fixture.post("/search/hits", [("q", "5678 LF90")])
            #expect(hits.text.contains("手机尾号") && hits.text.contains("包含此内容"))
            #expect(!hits.text.contains("<html"))
        }
    }

    @Test func `the empty box explains itself and nothing found says so`() async throws {
        let fixture = try PagesFixture()
        try await fixture.holding(Self.facts) {
            try await settle(fixture)
            #expect(try await fixture.get("/search", cookie: Self.english).text.contains("What can be typed"))
            let none = try await fixture.post("/search", [("q", "<b>zzz</b>")], cookie: Self.english)
            #expect(none.text.contains("Nothing was found."))
            #expect(none.text.contains("&lt;b&gt;zzz"))
        }
    }
}
