import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb
import Testing

@Suite struct APIChannelsTests {
    /// Runs the body once as many calls as open a gate have failed.
    private static func troubled(_ body: @Sendable @escaping (APIFixture) async throws -> Void) async throws {
        let api = try APIFixture(hubSettings: SteadyConnector.settings, connectors: [SteadyConnector.silent])
        try await api.running {
            for number in 0..<30 {
                let order = "A\(number)"
                _ = try await api.post([Facts.placed(order, id: "p\(number)"), Facts.paid(order, id: "y\(number)")])
            }
            try await SteadyConnector.waitUntilCutOff(api.hub)
            try await body(api)
        }
    }

    @Test func `the answer fits its schema, with a lane that is cut off`() async throws {
        try await Self.troubled { api in
            let check = APISchemaCheck(document: try await api.get("/openapi.json").json())
            let answer = try await api.get("/v1/channels")
            #expect(answer.status == 200)
            let document = try answer.json()
            #expect(check.faults(document, check.definition("Channels")) == [])
            let channel = try #require(document["channels"]?.array?.first)
            #expect(channel["system"]?.string == "zto")
            #expect(channel["connected"]?.bool == true)
            let lane = try #require(channel["operations"]?.array?.first)
            #expect(lane["gate"]?.string == "open")
            #expect(lane["waiting"]?.integer == 30)
            #expect(lane["underWayAtMost"]?.integer == 8)
            #expect(lane["timeLimitMilliseconds"]?.integer == 60_000)
            #expect(lane["timeLimitIsMeasured"]?.bool == false)
            #expect(channel["retries"]?["atMost"]?.integer.map { $0 >= 10 } == true)
            #expect(lane["lastError"]?["kind"]?.string == "noAnswer")
            #expect(lane["trouble"]?["en"]?.string?.hasPrefix("ZTO timed out") == true)
        }
    }

    @Test func `the five sets are all there, and fit their schema`() async throws {
        let api = try APIFixture()
        try await api.running {
            let packing = Facts.fact(
                "parcel.packed", "A1", "k-1", ["parcel": "P1", "items": [["line": "1", "units": 2]]])
            _ = try await api.post([Facts.placed("A1"), Facts.paid("A1"), packing])
            let check = APISchemaCheck(document: try await api.get("/openapi.json").json())
            let document = try await api.get("/v1/courier-sets").json()
            #expect(check.faults(document, check.definition("CourierSets")) == [])
            let sets = try #require(document["sets"]?.array)
            #expect(sets.map { $0["set"]?.string } == TrackingSet.allCases.map(\.rawValue))
            #expect(sets.compactMap { $0["count"]?.integer }.reduce(0, +) == 1)
            let metrics = try await api.get("/metrics", token: APIFixture.operations.text).text
            #expect(metrics.contains("hydrant_parcels{set=\"polling\""))
        }
    }

    @Test func `channels need a token that may read`() async throws {
        let api = try APIFixture()
        try await api.running {
            let answers = [
                try await api.get("/v1/channels", token: nil),
                try await api.get("/v1/channels", token: APIFixture.operations.text), try await api.get("/v1/channels"),
            ]
            #expect(answers.map(\.status) == [401, 403, 200])
            #expect(try answers[2].json()["channels"]?.array == [])
        }
    }

    @Test func `the metrics say what goes through and what waits`() async throws {
        try await Self.troubled { api in
            let text = try await api.get("/metrics", token: APIFixture.operations.text).text
            let lines = text.split(separator: "\n").map(String.init)
            let labels = "system=\"zto\",kind=\"credit.check\""
            #expect(lines.contains("hydrant_channel_connected{system=\"zto\"} 1"))
            #expect(lines.contains("hydrant_channel_gate{\(labels),state=\"open\"} 1"))
            #expect(lines.contains("hydrant_channel_gate{\(labels),state=\"closed\"} 0"))
            #expect(lines.contains("hydrant_channel_waiting{\(labels)} 30"))
            #expect(lines.contains("hydrant_channel_time_limit_milliseconds{\(labels)} 60000"))
            #expect(lines.contains { $0.hasPrefix("hydrant_channel_under_way{\(labels)}") })
            #expect(lines.contains { $0.hasPrefix("hydrant_channel_retries_left{system=\"zto\"}") })
            #expect(lines.contains { $0.hasPrefix("hydrant_channel_failures_total{\(labels)}") })
        }
    }
}
