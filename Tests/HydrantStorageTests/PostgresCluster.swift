import Foundation
import HydrantStorage
import Testing

@testable import HydrantStoragePostgres

/// A server of this test run only, on a socket and a port of its own. It ends with the process: its script waits for
/// the end of a pipe that nobody else holds.
final class PostgresCluster: Sendable {
    let folder: String
    let port: Int
    let process: Int32
    private let input: Pipe

    /// The one that the tests share, with a database for each.
    static let shared: Result<PostgresCluster, PostgresMissing> = Result {
        () throws(PostgresMissing) in try PostgresCluster()
    }

    static func running() throws -> PostgresCluster { try shared.get() }

    /// - Parameter settings: as in `fsync=off`.
    init(_ settings: [String] = []) throws(PostgresMissing) {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Scripts/postgres.sh")
        let base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : FileManager.default.temporaryDirectory.path
        let process = Process()
        process.executableURL = script
        process.arguments = ["\(base)/hydrant-pg-\(UUID().uuidString.prefix(8))"] + settings
        input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        do {
            try process.run()
        } catch {
            throw PostgresMissing(reason: "\(error)")
        }
        let line = Self.firstLine(output.fileHandleForReading)
        let parts = line.split(separator: " ")
        guard parts.count == 3, let port = Int(parts[1]), let number = Int32(parts[2]) else {
            throw PostgresMissing(reason: "Scripts/postgres.sh did not start a server; see its message above")
        }
        folder = String(parts[0])
        self.port = port
        self.process = number
    }

    private static func firstLine(_ handle: FileHandle) -> String {
        var bytes = Data()
        while let next = try? handle.read(upToCount: 1), !next.isEmpty, next != Data([0x0A]) { bytes += next }
        return String(decoding: bytes, as: UTF8.self)
    }

    func address(_ database: String, over network: Bool = false) throws -> PostgresAddress {
        let text =
            network
            ? "postgresql://hydrant@127.0.0.1:\(port)/\(database)"
            : "postgres://hydrant@/\(database)?host=\(folder)&port=\(port)"
        return try #require(PostgresAddress(text))
    }

    /// Makes an empty database and returns its name.
    func makeDatabase() throws -> String {
        let name = "t" + UUID().uuidString.lowercased().filter { $0 != "-" }
        let connection = try PostgresConnection(address: address("postgres"), traffic: Traffic())
        try connection.execute("CREATE DATABASE \(name)")
        return name
    }

    /// Runs a text through psql, as somebody who is not the hub.
    ///
    /// - Returns: the rows, columns divided by bars.
    /// - Throws: ``SQLRefused`` with the SQLSTATE.
    @discardableResult
    func sql(_ text: String, in database: String) throws -> [String] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=sqlstate", "-h", folder, "-p",
            "\(port)", "-U", "hydrant", "-d", database, "-c", text,
        ]
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let rows = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let message = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw SQLRefused(state: message.split(whereSeparator: \.isWhitespace).last.map(String.init) ?? "")
        }
        return rows.split(separator: "\n").map(String.init)
    }
}

struct PostgresMissing: Error, CustomStringConvertible {
    var reason: String
    var description: String { "no PostgreSQL server for the tests (Scripts/setup.sh test): \(reason)" }
}

struct SQLRefused: Error, Equatable {
    var state: String
}

/// A store in a new database of the shared server; leases run on the time that the test gives.
func makePostgresStore(_ change: (inout PostgresSettings) -> Void = { _ in }) async throws -> PostgresStore {
    let cluster = try PostgresCluster.running()
    return try await openPostgres(cluster, cluster.makeDatabase(), change)
}

func openPostgres(
    _ cluster: PostgresCluster, _ database: String, _ change: (inout PostgresSettings) -> Void = { _ in }
) async throws -> PostgresStore {
    var settings = PostgresSettings()
    settings.leaseClock = .hub
    settings.writers = 2
    settings.readers = 2
    change(&settings)
    return try await PostgresStore.open(cluster.address(database), settings: settings)
}
