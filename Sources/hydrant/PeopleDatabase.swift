import HydrantCore
import HydrantEngine
import HydrantStorage
import HydrantWeb

/// The people and programs of a database, for the commands that list and change them.
enum PeopleDatabase {
    /// As the audit trail names whoever works at the terminal.
    static let actor = "command-line"

    static func read<Result>(
        _ database: DatabaseOptions, _ body: (People) async throws -> Result
    ) async throws -> Result {
        let open = try await OpenDatabase.reading(database)
        let result = try await body(people(open))
        try await open.store.close()
        return result
    }

    /// - Parameter advice: where to look when the change is refused.
    static func change<Result>(
        _ database: DatabaseOptions, advice: String, _ body: (People) async throws -> Result
    ) async throws -> Result {
        let open = try await OpenDatabase.writing(database)
        let result: Result
        do {
            result = try await body(people(open))
        } catch let refusal as PeopleRefusal {
            try await open.store.close()
            throw CommandProblem(refusal.text.english, advice: advice)
        }
        try await open.store.close()
        return result
    }

    private static func people(_ open: OpenDatabase) -> People {
        People(
            store: open.store, keyring: open.keyring, clock: SystemClock(),
            randomBytes: { AccessFiles.randomBytes($0) })
    }
}
