import HTTPTypes
import Hummingbird
import HydrantCore
import HydrantStorage
import HydrantWeb
import Logging
import Synchronization
import Testing

/// Keeps every line of a log with its metadata.
private final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func add(_ line: String) { lines.withLock { $0.append(line) } }

    var logger: Logger {
        var logger = Logger(label: "test", factory: { _ in Handler(lines: self) })
        logger.logLevel = .trace
        return logger
    }

    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let pairs = (event.metadata ?? [:]).map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
            lines.add("\(event.level) \(event.message) \(pairs)")
        }
    }
}

@Suite struct APILogTests {
    @Test func `the log names routes and statuses and nothing of the content`() async throws {
        let lines = LogLines()
        let api = try APIFixture(log: lines.logger)
        try await api.running {
            let receiver: JSON = ["name": "王小明", "phone": "13812340041", "address": "文三路九十九号"]
            _ = try await api.post([Facts.placed("ORDER-77", extra: [("receiver", receiver)])])
            _ = try await api.post("{\"order\":\"ORDER-78\",\"data\":{\"receiver\":{\"王小明\":1}}}")
            _ = try await api.get("/v1/orders/ORDER-77?asOf=13812340041")
            _ = try await api.get("/v1/orders/ORDER-77")
            _ = try await api.get("/sign-in?token=\(APIFixture.reader.text)", token: nil)
            _ = try await api.get("/v1/nothing/ORDER-77", token: "stolen-token")
        }
        let requests = lines.all.filter { $0.contains(" request ") }
        #expect(requests.count == 6)
        #expect(requests[0].contains("method=POST"))
        #expect(requests[0].contains("route=/v1/facts status=200"))
        #expect(requests[2].hasPrefix("info request "))
        #expect(requests[2].contains("route=/v1/orders/{id} status=400"))
        #expect(requests[5].contains("status=401"))
        let text = lines.all.joined(separator: "\n")
        for secret in [
            "王小明", "13812340041", "文三路九十九号", "ORDER-7", "stolen-token", APIFixture.reader.text,
            APIFixture.writer.text, APIFixture.secret,
        ] {
            #expect(!text.contains(secret))
        }
    }
}
