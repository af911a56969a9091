import ArgumentParser
import Foundation
import HydrantCore
import HydrantSimulator
import HydrantStorage
import HydrantStoragePostgres
import HydrantStorageSQLite

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Move everything from a database file into an empty database of a PostgreSQL server.",
        discussion: """
            Stop the hub first. A move that was interrupted goes on where it ended when the command is run again. In \
            the end both databases are compared and the new one is verified; the file stays as it is.
            """)

    @Option(help: "The database file.")
    var from: String

    @Option(help: "The server's database: postgres://USER@HOST:PORT/NAME. It exists and is empty.")
    var to: String

    @Option(help: "The file with the master key; FILE.key beside the database file when not given.")
    var key: String?

    func run() async throws {
        guard let address = PostgresAddress(to) else {
            throw CommandProblem(
                "--to is no address of a server's database", advice: "Write it as postgres://USER@HOST:PORT/NAME.")
        }
        guard FileManager.default.fileExists(atPath: from) else {
            throw CommandProblem("there is no database at \(from)", advice: "Check the path.")
        }
        do {
            try await move(to: address)
        } catch let failure as StoreFailure {
            throw CommandProblem(
                "\(failure.code) \(failure.message)", advice: failure.advice + " Run the command again; it goes on.")
        }
    }

    private func move(to address: PostgresAddress) async throws {
        let keyPath = key ?? KeyFile.path(forDatabase: from)
        let keyring = try KeyFile.load(keyPath)
        let source = try SQLiteStore(path: from, mode: .readOnly)
        guard try await source.isBound(to: keyring) else { throw StoreFailure(.keyMismatch) }
        let target = try await PostgresStore.open(address)
        let move = StoreMove(source: source, target: target)
        try await move.run { done, all in Terminal.standardError("\(done) of \(all) orders moved\n") }
        let settings = try await SavedDocument.settings(in: target)
        let report = try await Verifier(
            store: target, keyring: keyring, settings: settings, now: try await move.lastMoment()
        ).run()
        let differences = try await move.differences() + report.violations.prefix(20)
        let counts = try await target.read { try $0.counts() }
        if differences.isEmpty { try await move.finish() }
        try await source.close()
        try await target.close()
        Terminal.result([
            "orders": .integer(counts.orders), "events": .integer(counts.events), "messages": .integer(counts.messages),
            "differences": .integer(Int64(differences.count)),
        ])
        for difference in differences { Terminal.standardError("\(difference)\n") }
        guard differences.isEmpty else { throw ExitCode(1) }
        Terminal.standardError("Start the hub with --database \(Self.shown) --key \(keyPath)\n")
    }

    private static let shown = "postgres://…"
}

/// A move of everything, part by part, each in one transaction with the place where the next part begins.
struct StoreMove {
    let source: SQLiteStore
    let target: PostgresStore

    /// The name of the small value in the target that says how far the move is.
    static let progressName = "move"
    private static let finished = Array("finished".utf8)
    private static let ordersAtOnce = 500

    /// Whether a database is only partly filled.
    static func isUnfinished(_ store: any Store) async throws -> Bool {
        let found = try await store.read { try $0.meta(progressName) }
        return found != nil && found != finished
    }

    func run(progress: (_ done: Int64, _ all: Int64) -> Void) async throws {
        var position = try await begin()
        let all = try await source.read { try $0.counts().orders }
        var done = try await target.read { try $0.counts().orders }
        while let here = position {
            let page = try await source.page(at: here, limit: Self.ordersAtOnce)
            let next = page.next
            try await target.transaction { transaction in
                try transaction.write(page.batch)
                for record in page.records { _ = try transaction.put(record, ifVersion: 0) }
                for row in page.audit { try transaction.insert(row) }
                for (name, value) in page.meta { try transaction.setMeta(name, value) }
                try transaction.setMeta(Self.progressName, Array((next?.text ?? "copied").utf8))
            }
            if !page.batch.orders.isEmpty {
                done += Int64(page.batch.orders.count)
                if done % 10_000 < Int64(Self.ordersAtOnce) { progress(done, all) }
            }
            position = next
        }
    }

    /// Where to go on; nil when everything was copied.
    private func begin() async throws -> StorePosition? {
        let found = try await target.read { (try $0.meta(Self.progressName), try $0.counts()) }
        if let saved = found.0 {
            let text = String(decoding: saved, as: UTF8.self)
            if saved == Self.finished || text == "copied" { return nil }
            guard let position = StorePosition(text: text) else { throw StoreFailure(.corrupt) }
            return position
        }
        guard found.1 == StoreCounts() else {
            throw CommandProblem("the server's database is not empty", advice: "Make a new one for the move.")
        }
        return .beginning
    }

    func finish() async throws {
        try await target.transaction { try $0.setMeta(Self.progressName, Self.finished) }
    }

    /// When the source was changed last.
    func lastMoment() async throws -> Instant {
        try await source.read { reader in
            var latest = Instant(milliseconds: 0)
            try reader.scanOrders { row, _ in latest = max(latest, row.changedAt) }
            return latest
        }
    }

    /// What is not the same in both databases, as sentences without personal data.
    func differences() async throws -> [String] {
        let before = try await StoreSummary(source)
        let after = try await StoreSummary(target)
        return before.differences(from: after)
    }
}

extension StorePosition {
    /// As it is kept between two runs.
    fileprivate var text: String {
        switch self {
        case .orders(let cursor): "orders \(cursor)"
        case .inbox(let cursor): "inbox \(cursor)"
        case .receivers(let cursor): "receivers \(cursor)"
        case .rest: "rest"
        }
    }

    fileprivate init?(text: String) {
        let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        switch (parts[0], parts.count > 1 ? parts[1] : "") {
        case ("orders", let cursor): self = .orders(after: Int64(cursor) ?? 0)
        case ("inbox", let cursor): self = .inbox(after: Int64(cursor) ?? 0)
        case ("receivers", let cursor): self = .receivers(after: cursor)
        case ("rest", _): self = .rest
        default: return nil
        }
    }
}
