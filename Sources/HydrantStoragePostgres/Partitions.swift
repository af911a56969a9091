import HydrantStorage
import Synchronization

/// The events lie in partitions by their orders' row ids, which rise with time: the daily work touches the youngest
/// only, however many years lie behind it. One empty partition is always ready ahead.
final class Partitions: Sendable {
    private let perPartition: Int64
    /// The first row id without a partition, as far as this process knows.
    private let end = Mutex<Int64>(0)

    init(perPartition: Int64) { self.perPartition = perPartition }

    /// Looks after new partitions when an order's row id comes near the end of the last one.
    func follow(_ lastOrderID: Int64, _ connection: PostgresConnection) throws {
        let known = end.withLock { $0 }
        if lastOrderID + perPartition < known { return }
        // The step is committed already; a failure here is tried again with the next new order.
        try? makeAhead(connection)
    }

    /// Makes what is missing until one partition behind the one in use is ready.
    func makeAhead(_ connection: PostgresConnection) throws {
        while try makeOne(connection) {}
    }

    /// - Returns: whether one was missing.
    private func makeOne(_ connection: PostgresConnection) throws -> Bool {
        try connection.execute(Statements.begin)
        do {
            let isReady = try Self.lockAndCompare(connection, perPartition)
            end.withLock { $0 = isReady.end }
            if let begin = isReady.missing {
                try connection.execute(Schema.partition(from: begin, to: begin + perPartition))
            }
            try connection.execute(Statements.commit)
            return isReady.missing != nil
        } catch {
            try? connection.execute(Statements.rollback)
            throw error
        }
    }

    private static func lockAndCompare(
        _ connection: PostgresConnection, _ size: Int64
    ) throws -> (end: Int64, missing: Int64?) {
        let before = try bounds(connection)
        if before.last + size < before.end { return (before.end, nil) }
        try connection.run(Statements.lockMigrations)
        // Another node may have been faster.
        let now = try bounds(connection)
        return (now.end, now.last + size < now.end ? nil : now.end)
    }

    private static func bounds(_ connection: PostgresConnection) throws -> (end: Int64, last: Int64) {
        try connection.first(Statements.partitionEnd) { (end: $0.integer(0), last: $0.integer(1)) } ?? (0, 0)
    }
}
