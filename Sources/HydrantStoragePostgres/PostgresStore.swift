package import HydrantStorage
import Synchronization

/// A store in a database of a PostgreSQL server. Several processes may write to it at the same time.
package final class PostgresStore: Store {
    package enum Mode: Sendable {
        case readWrite
        /// For reports; nothing is written, not even a migration. May be a standby.
        case readOnly
    }

    package let mode: Mode
    package let traffic: Traffic
    let settings: PostgresSettings
    /// Tells this process's leases from those of others; 0 for reports.
    let node: Int64
    private let writers: WorkerThreads
    private let readers: WorkerThreads
    private let partitions: Partitions

    /// Opens the database and brings its schema up to date; the database itself must exist.
    ///
    /// - Throws: `StoreFailure`.
    package static func open(
        _ address: PostgresAddress, mode: Mode = .readWrite, schema: Schema = .current,
        settings: PostgresSettings = PostgresSettings()
    ) async throws -> PostgresStore {
        let traffic = Traffic()
        let opening = WorkerThreads(count: 1, name: "hydrant-pg-open") {
            try PostgresConnection(address: address, traffic: traffic)
        }
        do {
            let node = try await opening.run { worker in
                var isFresh = false
                let connection = try worker.connection(isFresh: &isFresh)
                return try Self.prepare(connection, mode, Migrator(schema: schema, settings: settings))
            }
            await opening.close()
            return PostgresStore(address, mode, settings, traffic, node)
        } catch {
            await opening.close()
            throw error
        }
    }

    /// Whether a hub could work on the database, and in words what it is. Writes nothing.
    ///
    /// - Throws: `StoreFailure` as ``open(_:mode:schema:settings:)`` would.
    package static func examine(_ address: PostgresAddress) async throws -> String {
        let threads = WorkerThreads(count: 1, name: "hydrant-pg-examine") {
            try PostgresConnection(address: address, traffic: Traffic())
        }
        do {
            let words = try await threads.run { worker in
                var isFresh = false
                let connection = try worker.connection(isFresh: &isFresh)
                let facts = try ServerChecks.check(connection, isForWriting: true)
                let used = try Migrator(schema: .current, settings: PostgresSettings()).isInUse(connection)
                return "PostgreSQL \(facts.version / 10_000), durable, the database is \(used ? "in use" : "new")"
            }
            await threads.close()
            return words
        } catch {
            await threads.close()
            throw error
        }
    }

    private static func prepare(
        _ connection: PostgresConnection, _ mode: Mode, _ migrator: Migrator
    ) throws -> Int64 {
        try ServerChecks.check(connection, isForWriting: mode == .readWrite)
        guard mode == .readWrite else {
            try migrator.check(connection)
            return 0
        }
        try migrator.migrate(connection)
        try connection.execute(PostgresSettings.writerPreparation)
        try Partitions(perPartition: migrator.settings.ordersPerPartition).makeAhead(connection)
        return try connection.first(Statements.nextNode) { $0.integer(0) } ?? 0
    }

    private init(
        _ address: PostgresAddress, _ mode: Mode, _ settings: PostgresSettings, _ traffic: Traffic, _ node: Int64
    ) {
        self.mode = mode
        self.settings = settings
        self.traffic = traffic
        self.node = node
        partitions = Partitions(perPartition: settings.ordersPerPartition)
        writers = WorkerThreads(count: mode == .readWrite ? settings.writers : 0, name: "hydrant-pg-write") {
            let connection = try PostgresConnection(address: address, traffic: traffic)
            try ServerChecks.check(connection, isForWriting: true)
            try connection.execute(PostgresSettings.writerPreparation)
            // As long as any connection of the process holds this lock, its leases are its own.
            try connection.run(Statements.holdNode, [.integer(node)])
            try connection.takeHeadPart()
            return connection
        }
        readers = WorkerThreads(count: settings.readers, name: "hydrant-pg-read") {
            let connection = try PostgresConnection(address: address, traffic: traffic)
            try connection.execute(PostgresSettings.readerPreparation)
            return connection
        }
    }

    package var isShared: Bool { true }

    /// Runs the body in one transaction, and again from its beginning when another node was in the way. Cancelling the
    /// task does not stop it: it is written or it failed, never in between.
    package func transaction<Result: Sendable>(
        _ body: @Sendable @escaping (any StoreTransaction) throws -> Result
    ) async throws -> Result {
        guard mode == .readWrite else { throw StoreFailure(.readOnly, advice: "Open the database for writing.") }
        return try await writers.run { [self] worker in try commit(worker, body) }
    }

    private func commit<Result>(
        _ worker: Worker, _ body: (any StoreTransaction) throws -> Result
    ) throws -> Result {
        var attempt = 0
        while true {
            attempt += 1
            var isFresh = false
            let connection = try worker.connection(isFresh: &isFresh)
            let transaction = PostgresTransaction(
                connection, settings: settings, node: node, headWriter: connection.headWriter)
            connection.begin(Statements.begin)
            do {
                let result = try body(transaction)
                try transaction.commit()
                if let last = transaction.lastOrderID { try partitions.follow(last, connection) }
                return result
            } catch {
                guard isRepeatable(error, transaction, attempt, isFresh) else {
                    try leave(connection, worker, after: error)
                    throw error
                }
                try? leave(connection, worker, after: error)
            }
        }
    }

    /// Another node on the same rows, a key that another node was first to write, or a connection that was gone before
    /// anything was committed: the same step is decided anew on what is there now.
    private func isRepeatable(
        _ error: any Error, _ transaction: PostgresTransaction, _ attempt: Int, _ isFresh: Bool
    ) -> Bool {
        guard let failure = error as? StoreFailure, !transaction.isCommitting || failure.kind == .conflict else {
            return false
        }
        switch failure.kind {
        case .conflict: return attempt < settings.attempts
        case .constraint: return attempt < 2
        case .unreachable, .standby: return attempt < 2 && !isFresh
        default: return false
        }
    }

    /// Undoes the transaction. Where that cannot be done the connection is given up, and the server undoes it.
    private func leave(_ connection: PostgresConnection, _ worker: Worker, after error: any Error) throws {
        if (error as? StoreFailure)?.kind == .standby { return worker.drop() }
        if connection.isUntouched { return connection.forgetBeginning() }
        do {
            try connection.run(Statements.rollback)
        } catch {
            worker.drop()
        }
    }

    package func read<Result: Sendable>(
        _ body: @Sendable @escaping (any StoreReader) throws -> Result
    ) async throws -> Result {
        try await readers.run { [self] worker in try snapshot(worker, body, isAgain: false) }
    }

    private func snapshot<Result>(
        _ worker: Worker, _ body: (any StoreReader) throws -> Result, isAgain: Bool
    ) throws -> Result {
        var isFresh = false
        let connection = try worker.connection(isFresh: &isFresh)
        connection.begin(Statements.beginSnapshot)
        do {
            let result = try body(PostgresReader(connection: connection))
            try leave(connection, worker, after: StoreFailure(.other))
            return result
        } catch {
            try leave(connection, worker, after: error)
            guard let failure = error as? StoreFailure, failure.kind == .unreachable, !isFresh, !isAgain else {
                throw error
            }
        }
        return try snapshot(worker, body, isAgain: true)
    }

    package func close() async throws {
        await writers.close()
        await readers.close()
    }
}
