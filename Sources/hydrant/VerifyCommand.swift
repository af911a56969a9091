import ArgumentParser
import HydrantCore
import HydrantEngine
import HydrantSimulator
import HydrantStorage

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Recompute every order from its events; check chain, projections, health and invariants.",
        discussion: "Exits with 1 when something does not agree; the violations say what and where.")

    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let open = try await OpenDatabase.reading(database)
        let now = try await lastMoment(of: open.store)
        let verifier = Verifier(store: open.store, keyring: open.keyring, settings: open.settings, now: now)
        let report = try await verifier.run { done in
            if done % 25_600 == 0 { Terminal.standardError("\(done) orders verified\n") }
        }
        try await open.store.close()
        Terminal.result([
            "orders": .integer(Int64(report.orders)), "events": .integer(Int64(report.events)),
            "audit": .integer(report.auditEntries), "violations": .integer(Int64(report.violationCount)),
        ])
        for violation in report.violations.prefix(50) { Terminal.standardError("\(violation)\n") }
        if report.violationCount > 0 { throw ExitCode(1) }
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
