import Foundation
import HydrantCore
import Synchronization
import Testing

/// The files under `Operations/` speak of what the program really has.
@Suite struct OperationsFilesTests {
    private static let folder: URL = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url.appendingPathComponent("Operations")
    }()

    private func text(_ path: String) throws -> String {
        try String(contentsOf: Self.folder.appendingPathComponent(path), encoding: .utf8)
    }

    /// The families of figures that a running hub gives out.
    private func families() async throws -> Set<String> {
        let api = try APIFixture()
        let answer = Mutex("")
        try await api.running {
            _ = try await api.post([Facts.placed("A1")])
            let text = try await api.get("/metrics", token: APIFixture.operations.text).text
            answer.withLock { $0 = text }
        }
        var families: Set<String> = []
        for line in answer.withLock({ $0 }).split(separator: "\n") where line.hasPrefix("# TYPE ") {
            let words = line.split(separator: " ")
            families.insert(String(words[2]))
            guard words[3] == "histogram" else { continue }
            for suffix in ["bucket", "sum", "count"] { families.insert("\(words[2])_\(suffix)") }
        }
        return families
    }

    private func names(in expression: String) -> Set<String> {
        Set(expression.matches(of: /\b(?:hydrant|process)_[a-z_]+/).map { String($0.output) })
    }

    @Test func `every alert asks for figures that there are`() async throws {
        let rules = try text("prometheus/hydrant.rules.yaml")
        let lines = rules.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        let expressions = lines.filter { $0.hasPrefix("expr: ") }
        let alerts = lines.filter { $0.hasPrefix("- alert: ") }
        #expect(expressions.count == alerts.count && expressions.count > 8)
        #expect(Set(alerts).count == alerts.count)
        #expect(lines.count { $0.hasPrefix("action: ") } == alerts.count)
        let known = try await families()
        for expression in expressions {
            #expect(names(in: expression).subtracting(known) == [], "\(expression)")
        }
    }

    @Test func `every panel of the dashboard asks for figures that there are`() async throws {
        let json = try JSON(text: text("grafana/hydrant.json"))
        let known = try await families()
        var titles: Set<String> = []
        for panel in json["panels"]?.array ?? [] {
            titles.insert(try #require(panel["title"]?.string))
            let targets = panel["targets"]?.array ?? []
            #expect(!targets.isEmpty)
            for target in targets {
                let expression = try #require(target["expr"]?.string)
                #expect(!names(in: expression).isEmpty)
                #expect(names(in: expression).subtracting(known) == [], "\(expression)")
            }
        }
        #expect(titles.count == json["panels"]?.array?.count)
        #expect(titles.count > 10)
    }

    @Test func `a name that nobody gives out would be noticed`() async throws {
        #expect(names(in: "rate(hydrant_fax_total[1m]) / process_cpu") == ["hydrant_fax_total", "process_cpu"])
        #expect(try await !families().contains("hydrant_fax_total"))
    }

    @Test func `systemd takes the unit`() throws {
        let unit = try text("systemd/hydrant.service")
        #expect(unit.contains("LimitCORE=0"))
        let tool = "/usr/bin/systemd-analyze"
        guard FileManager.default.isExecutableFile(atPath: tool) else { return }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hydrant-unit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // The program is not installed where tests run.
        let file = folder.appendingPathComponent("hydrant.service")
        try unit.replacing("/usr/local/bin/hydrant", with: "/bin/true").write(
            to: file, atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: tool)
        process.arguments = ["verify", "--man=no", file.path]
        let output = Pipe()
        process.standardError = output
        process.standardOutput = output
        try process.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let complaints = said.split(separator: "\n").filter { $0.contains("hydrant.service") }
        #expect(complaints == [])
    }
}
