import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Testing

@Suite struct APIHealthTests {
    /// An order without lines is wrong once it is paid; one that is only paid waits for its lock.
    private func bare(_ order: String) -> [JSON] {
        [
            Facts.fact("order.placed", order, "p-\(order)", ["payableMinor": 10_000]),
            Facts.fact("payment.reported", order, "y-\(order)", ["id": "pay-1", "amountMinor": 10_000]),
        ]
    }

    @Test func `wrong orders are counted and listed with their reasons`() async throws {
        let api = try APIFixture()
        try await api.running {
            _ = try await api.post(["A1", "A2", "A3"].flatMap(bare))
            let all = try await api.get("/v1/wrong-orders").json()
            let kinds = try #require(all["kinds"]?.members)
            #expect(kinds.map(\.name) == MismatchKind.allCases.map(\.rawValue))
            let counted = kinds.flatMap { $0.value.members ?? [] }.reduce(0) { $0 + ($1.value.integer ?? 0) }
            let listed = try #require(all["orders"]?.array)
            #expect(counted == Int64(listed.count))
            #expect(counted > 0)
            let stored = try await api.store.read { try $0.findingCounts() }
            for count in stored {
                #expect(all["kinds"]?[count.kind.rawValue]?[count.verdict.rawValue]?.integer == count.count)
                let path = "/v1/wrong-orders?kind=\(count.kind.rawValue)&verdict=\(count.verdict.rawValue)"
                let rows = try #require(try await api.get(path).json()["orders"]?.array)
                #expect(Int64(rows.count) == count.count)
                #expect(rows.allSatisfy { $0["kind"]?.string == count.kind.rawValue })
                #expect(rows.allSatisfy { $0["reason"]?["zh"]?.string?.isEmpty == false })
            }
        }
    }

    @Test func `pages of wrong orders lose and repeat nothing`() async throws {
        let api = try APIFixture()
        try await api.running {
            _ = try await api.post(["A1", "A2", "A3"].flatMap(bare))
            func rows(_ page: JSON) -> [String] {
                (page["orders"]?.array ?? []).map { "\($0["order"]?.string ?? "") \($0["kind"]?.string ?? "")" }
            }
            let whole = rows(try await api.get("/v1/wrong-orders").json())
            var path = "/v1/wrong-orders?limit=1"
            var collected: [String] = []
            var pages = 0
            while true {
                let page = try await api.get(path).json()
                collected += rows(page)
                pages += 1
                guard let cursor = page["nextCursor"]?.string else { break }
                path = "/v1/wrong-orders?limit=1&cursor=\(cursor)"
            }
            #expect(collected == whole)
            #expect(pages == 3)
        }
    }

    @Test(arguments: ["kind=late", "verdict=bad"])
    func `an unknown kind or verdict is refused`(query: String) async throws {
        #expect(try await APIFixture().get("/v1/wrong-orders?\(query)").problemCode() == "HY-2012")
    }

    @Test func `the index of an empty hub has no value`() async throws {
        let api = try APIFixture()
        try await api.running {
            let index = try await api.get("/v1/health-index").json()
            #expect(index["index"] == .null)
            #expect(index["population"]?.integer == 0)
            #expect(index["windowMilliseconds"]?.integer == 86_400_000)
            #expect(index["asOf"]?.string == APIFixture.begin.text)
            #expect(
                index["dimensions"]?.members?.map(\.name) == ["consistency", "dwell", "intervention", "touchpoints"])
            #expect(index["dimensions"]?["dwell"]?["alertLine"] == .number(0.012))
            #expect(index["dimensions"]?["dwell"]?["value"] == .null)
        }
    }

    @Test func `the index is what the committer knows`() async throws {
        let api = try APIFixture()
        try await api.running {
            _ = try await api.post([Facts.placed("A1"), Facts.paid("A1"), Facts.placed("A2", id: "p-2")])
            let figures = await api.hub.committer.health
            let index = try await api.get("/v1/health-index").json()
            #expect(index["population"]?.integer == figures.population)
            #expect(figures.population == 1)
            let dwell = index["dimensions"]?["dwell"]
            #expect(dwell?["numerator"]?.integer == figures.dwelled)
            #expect(dwell?["denominator"]?.integer == figures.population)
            #expect(dwell?["score"] == figures.score(of: .dwell, HealthSettings()).map { .number($0) })
            #expect(index["index"] == figures.index(HealthSettings()).map { .number($0) })
        }
    }
}
