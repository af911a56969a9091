import HTTPTypes
import Hummingbird
import HydrantCore
import HydrantStorage
import HydrantWeb
import Testing

@Suite struct APIOperatingTests {
    @Test func `the process says that it lives without asking anybody`() async throws {
        let answer = try await APIFixture().get("/healthz", token: nil)
        #expect(answer.status == 200)
        #expect(answer.text == #"{"status":"ok"}"#)
    }

    @Test func `a running hub is ready`() async throws {
        let api = try APIFixture()
        try await api.running {
            let answer = try await api.get("/readyz", token: nil)
            #expect(answer.status == 200)
            #expect(answer.text == #"{"status":"ready"}"#)
        }
    }

    @Test func `a hub whose database cannot be written is not ready`() async throws {
        let inner = InMemoryStore()
        let store = FailingStore(inner, failure: nil)
        let api = try APIFixture(store: inner, through: store)
        try await api.running {
            store.fail(with: StoreFailure(.readOnly))
            let answer = try await api.get("/readyz", token: nil)
            #expect(answer.status == 503)
            #expect(try answer.problemCode() == "HY-1001")
            store.fail(with: nil)
            #expect(try await api.get("/readyz", token: nil).status == 200)
        }
    }

    @Test func `a hub whose committer does not run is not ready`() async throws {
        let api = try APIFixture(wallSleeps: false)
        let answer = try await api.get("/readyz", token: nil)
        #expect(answer.status == 503)
        #expect(try answer.problemCode() == "HY-2016")
        // The question that waits is answered as soon as the committer runs.
        try await api.running { _ = try await api.post([Facts.placed("A1")]) }
    }

    @Test func `the metrics count what happened`() async throws {
        let api = try APIFixture()
        try await api.running {
            _ = try await api.post([Facts.placed("A1"), Facts.paid("A1")])
            _ = try await api.post([Facts.placed("A1")])
            _ = try await api.get("/v1/nothing")
            let answer = try await api.get("/metrics", token: APIFixture.operations.text)
            #expect(answer.type == "text/plain; version=0.0.4; charset=utf-8")
            let lines = answer.text.split(separator: "\n").map(String.init)
            for line in [
                "hydrant_facts_total 2", "hydrant_events_total 3", "hydrant_duplicates_total 1",
                "hydrant_parked_messages 0", "hydrant_stored_events 3",
                "hydrant_instructions{status=\"waiting\"} 0", "hydrant_orders{state=\"1\",name=\"paid\"} 1",
                "hydrant_health_population 1",
                "hydrant_http_requests_total{route=\"/v1/facts\",method=\"POST\",status=\"200\"} 2",
                "hydrant_http_requests_total{route=\"NotFound\",method=\"GET\",status=\"404\"} 1",
                "hydrant_http_request_duration_seconds_bucket{route=\"/v1/facts\",le=\"+Inf\"} 2",
                "hydrant_http_request_duration_seconds_count{route=\"/v1/facts\"} 2",
            ] {
                #expect(lines.contains(line), "\(line)")
            }
            // What the hub looks at again by itself may be in the queue for a moment.
            #expect(lines.contains { $0.hasPrefix("hydrant_queue_length ") })
            #expect(lines.contains { $0.hasPrefix("process_resident_memory_bytes ") })
            let allocated = lines.first { $0.hasPrefix("hydrant_allocated_bytes ") }?.split(separator: " ").last
            #expect(try #require(allocated.flatMap { Double($0) }) > 1_000_000, "jemalloc is not the allocator")
            #expect(lines.contains { $0.hasPrefix("process_open_fds ") })
        }
    }

    @Test func `every sample belongs to a name that was announced once`() async throws {
        let api = try APIFixture()
        try await api.running {
            _ = try await api.post([Facts.placed("A1"), Facts.paid("A1")])
            let text = try await api.get("/metrics", token: APIFixture.operations.text).text
            var announced: [String] = []
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ").map(String.init)
                if line.hasPrefix("# TYPE ") {
                    #expect(!announced.contains(words[2]))
                    announced.append(words[2])
                } else if !line.hasPrefix("#") {
                    let name = String(words[0].prefix { $0 != "{" })
                    let base = ["_bucket", "_sum", "_count"].first { name.hasSuffix($0) }
                        .map { String(name.dropLast($0.count)) }
                    #expect(announced.last == name || announced.last == base, "\(line)")
                    #expect(Double(words[words.count - 1]) != nil, "\(line)")
                }
            }
            #expect(text.hasSuffix("\n"))
        }
    }
}
