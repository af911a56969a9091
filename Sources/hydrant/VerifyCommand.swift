import ArgumentParser
import Foundation
import HydrantCore
import HydrantEngine
import HydrantSimulator
import HydrantStorage

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Recompute every order from its events; check chain, projections, health and invariants.",
        discussion: """
            Exits with 1 when something does not agree; the violations say what and where. A file that was put back \
            as a whole agrees with itself: keep a head outside from time to time (--write-head) and compare with it \
            (--head).
            """)

    @OptionGroup var database: DatabaseOptions

    @Option(help: "A file that --write-head wrote earlier: what was there then must be there still.")
    var head: String?

    @Option(name: .customLong("write-head"), help: "Write the head, with the end of every order's chain, to this file.")
    var writeHead: String?

    func run() async throws {
        let open = try await OpenDatabase.reading(database)
        let now = try await lastMoment(of: open.store)
        let verifier = Verifier(
            store: open.store, keyring: open.keyring, settings: open.settings, now: now,
            anchor: try head.map(Self.anchor))
        let report = try await verifier.run { done in
            if done % 25_600 == 0 { Terminal.standardError("\(done) orders verified\n") }
        }
        if let writeHead, report.violationCount == 0 { try await write(to: writeHead, open) }
        try await open.store.close()
        Terminal.result(
            .compact([
                ("orders", .integer(Int64(report.orders))), ("events", .integer(Int64(report.events))),
                ("audit", .integer(report.auditEntries)), ("violations", .integer(Int64(report.violationCount))),
                ("commits", report.head.map { .integer($0.commits) }),
                ("head", report.head.map { .string($0.text(open.keyring)) }),
            ]))
        if !report.isJudged {
            Terminal.standardError(
                "The settings or the program have changed since the hub looked at every order. Verdicts and health "
                    + "figures were not compared; start the hub, then verify once more.\n")
        }
        for violation in report.violations.prefix(50) { Terminal.standardError("\(violation)\n") }
        if report.violationCount > 0 { throw ExitCode(1) }
    }

    private static func anchor(_ path: String) throws -> HeadAnchor {
        guard let bytes = FileManager.default.contents(atPath: path), let json = try? JSON(bytes: Array(bytes)),
            let anchor = HeadAnchor(json: json)
        else {
            throw CommandProblem("\(path) holds no head", advice: "Name a file that hydrant verify --write-head wrote.")
        }
        return anchor
    }

    private func write(to path: String, _ open: OpenDatabase) async throws {
        let keyring = open.keyring
        guard let anchor = try await open.store.read({ try HeadAnchor($0, keyring) }) else {
            throw CommandProblem("the database has no head yet", advice: "Start the hub once, then ask again.")
        }
        do {
            try Data((anchor.json.text + "\n").utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw CommandProblem("\(path) cannot be written", advice: "Check that its folder exists.")
        }
    }

    /// The moment to judge by: now, or the hub's own last moment where its clock ran ahead, as the demo's does.
    private func lastMoment(of store: any Store) async throws -> Instant {
        let system = SystemClock().now()
        return try await store.read { reader in
            var latest = system
            var cursor: Int64 = 0
            while true {
                let rows = try reader.orderRows(OrderFilter(), after: cursor, limit: 5_000)
                guard let last = rows.last else { return latest }
                cursor = last.id
                latest = max(latest, rows.map(\.changedAt).max() ?? latest)
            }
        }
    }
}
