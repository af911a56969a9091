import Synchronization

/// A store in memory: for the simulator and for tests. Keeps the same rules as a database and answers in the same
/// order, run after run.
package final class InMemoryStore: Store {
    private let tables: Mutex<MemoryTables>

    package init() { tables = Mutex(MemoryTables()) }

    package func transaction<Result: Sendable>(
        _ body: @Sendable @escaping (any StoreTransaction) throws -> Result
    ) async throws -> Result {
        try tables.withLock { tables in
            guard !tables.isClosed else { throw StoreFailure(.other) }
            tables.begin()
            do {
                let result = try body(tables)
                tables.commit()
                return result
            } catch {
                tables.rollBack()
                throw error
            }
        }
    }

    package func read<Result: Sendable>(
        _ body: @Sendable @escaping (any StoreReader) throws -> Result
    ) async throws -> Result {
        try tables.withLock { tables in
            guard !tables.isClosed else { throw StoreFailure(.other) }
            return try body(tables)
        }
    }

    package func close() async throws {
        tables.withLock { $0.isClosed = true }
    }
}
