import Foundation
import HydrantCore
import HydrantStorage
import Testing

@testable import HydrantStoragePostgres

@Suite struct PostgresStoreTests {
    private func failure(_ body: () async throws -> Void) async -> StoreFailure? {
        do {
            try await body()
            return nil
        } catch {
            return error as? StoreFailure
        }
    }

    @Test func `addresses are told from files, and their database is named without user or password`() {
        #expect(PostgresAddress("hydrant.sqlite") == nil)
        #expect(PostgresAddress("postgres://me:secret@host:5432/orders?sslmode=require")?.databaseName == "orders")
        #expect(PostgresAddress("postgresql:///shop?host=/run/postgresql")?.databaseName == "shop")
        #expect(PostgresAddress("postgres://host")?.databaseName == "hydrant")
    }

    @Test func `a database over the network is the same as over the socket`() async throws {
        let cluster = try PostgresCluster.running()
        let name = try cluster.makeDatabase()
        let first = try await PostgresStore.open(cluster.address(name, over: true))
        try await first.fill("A", orders: 2)
        try await first.close()
        let second = try await openPostgres(cluster, name)
        #expect(
            try await second.read { try $0.orderRows(OrderFilter(), after: 0, limit: 9).map(\.number) } == ["A0", "A1"])
        try await second.close()
    }

    @Test func `a server that does not flush is refused before anything is written`() async throws {
        let cluster = try PostgresCluster(["fsync=off"])
        let refusal = await failure { _ = try await openPostgres(cluster, "postgres") }
        #expect(refusal?.kind == .notDurable)
        #expect(refusal?.message.contains("fsync = off") == true)
        #expect(try cluster.sql("SELECT count(*) FROM pg_namespace WHERE nspname = 'hydrant'", in: "postgres") == ["0"])
    }

    @Test func `a database that commits without waiting is refused`() async throws {
        let cluster = try PostgresCluster.running()
        let name = try cluster.makeDatabase()
        try cluster.sql("ALTER DATABASE \(name) SET synchronous_commit = off", in: "postgres")
        #expect(await failure { _ = try await openPostgres(cluster, name) }?.kind == .notDurable)
        try cluster.sql("ALTER DATABASE \(name) SET synchronous_commit = remote_apply", in: "postgres")
        try await openPostgres(cluster, name).close()
    }

    @Test func `a server that is not there is named without its address`() async throws {
        let cluster = try PostgresCluster.running()
        let nowhere = try #require(PostgresAddress("postgres://me:secret@127.0.0.1:9/none?connect_timeout=2"))
        let gone = await failure { _ = try await PostgresStore.open(nowhere) }
        #expect(gone?.kind == .unreachable)
        #expect(gone.map { "\($0)".contains("secret") } == false)
        let unknown = await failure { _ = try await openPostgres(cluster, "no_such_database") }
        #expect(unknown?.message == "The database server has no such database or user.")
    }

    @Test func `a newer schema, another program's schema and a database never used are refused`() async throws {
        let cluster = try PostgresCluster.running()
        let name = try cluster.makeDatabase()
        let address = try cluster.address(name)
        #expect(await failure { _ = try await PostgresStore.open(address, mode: .readOnly) }?.kind == .other)
        try await openPostgres(cluster, name).close()
        try cluster.sql("UPDATE hydrant.schema_version SET version = 99", in: name)
        #expect(await failure { _ = try await openPostgres(cluster, name) }?.kind == .tooNew)
        #expect(await failure { _ = try await PostgresStore.open(address, mode: .readOnly) }?.kind == .tooNew)
        let other = try cluster.makeDatabase()
        try cluster.sql("CREATE SCHEMA hydrant CREATE TABLE pumps (id int)", in: other)
        #expect(await failure { _ = try await openPostgres(cluster, other) }?.kind == .other)
    }

    @Test func `a database of other keys is refused`() async throws {
        let store = try await makePostgresStore()
        try await store.bind(to: Keyring(master: [UInt8](repeating: 1, count: 32)))
        let refusal = await failure { try await store.bind(to: Keyring(master: [UInt8](repeating: 2, count: 32))) }
        #expect(refusal?.kind == .keyMismatch)
        try await store.close()
    }

    @Test func `a report writes nothing`() async throws {
        let cluster = try PostgresCluster.running()
        let name = try cluster.makeDatabase()
        let hub = try await openPostgres(cluster, name)
        try await hub.fill("A", orders: 1)
        let report = try await PostgresStore.open(cluster.address(name), mode: .readOnly)
        #expect(await failure { try await report.fill("B", orders: 1) }?.kind == .readOnly)
        #expect(try await report.read { try $0.counts().orders } == 1)
        try await report.close()
        try await hub.close()
    }

    @Test func `connections that the server ended are opened again`() async throws {
        let cluster = try PostgresCluster.running()
        let name = try cluster.makeDatabase()
        let store = try await openPostgres(cluster, name) {
            $0.writers = 1
            $0.readers = 1
        }
        try await store.fill("A", orders: 1)
        #expect(try await store.read { try $0.counts().orders } == 1)
        let end = """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = '\(name)' AND pid <> pg_backend_pid()
            """
        try cluster.sql(end, in: name)
        try await store.fill("B", orders: 1)
        try cluster.sql(end, in: name)
        #expect(try await store.read { try $0.counts().orders } == 2)
        try await store.close()
    }

    @Test func `a connection that is lost inside a step is reported and nothing is kept`() async throws {
        let cluster = try PostgresCluster.running()
        let name = try cluster.makeDatabase()
        let store = try await openPostgres(cluster, name) { $0.writers = 1 }
        try await store.fill("A", orders: 1)
        let refusal = await failure {
            try await store.transaction { transaction in
                try transaction.setMeta("name", [1])
                try cluster.sql(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE state = 'idle in transaction' AND datname = '\(name)'
                    """, in: name)
                try transaction.setMeta("name", [2])
                throw StoreFailure(.unreachable)
            }
        }
        #expect(refusal?.kind == .unreachable)
        #expect(try await store.read { try $0.meta("name") } == nil)
        try await store.close()
    }

    @Test(arguments: [
        ("40P01", StoreFailure.Kind.conflict), ("40001", .conflict), ("25006", .standby), ("53100", .diskFull),
        ("57P01", .unreachable), ("08006", .unreachable), ("58030", .inputOutput), ("23505", .constraint),
        ("22P02", .constraint), ("55P03", .busy), ("42501", .readOnly), ("XX001", .corrupt), ("XX000", .other),
        ("", .unreachable),
    ])
    func `what the server's code means`(code: String, kind: StoreFailure.Kind) {
        #expect(StoreFailure(sqlState: code).kind == kind)
    }

    @Test func `a standby takes no step`() {
        var facts = ServerFacts(
            synchronousCommit: "on", fsync: "on", fullPageWrites: "on", encoding: "UTF8", isStandby: true,
            version: 150_000)
        #expect(throws: StoreFailure(.standby)) { try facts.check(isForWriting: true) }
        #expect(throws: Never.self) { try facts.check(isForWriting: false) }
        facts.isStandby = false
        facts.encoding = "SQL_ASCII"
        #expect(throws: StoreFailure.self) { try facts.check(isForWriting: false) }
    }

    @Test func `the number of round trips and statements does not grow with the step`() async throws {
        let store = try await makePostgresStore { $0.writers = 1 }
        try await store.fill("warm", orders: 1)
        var figures: [[Int]] = []
        for count in [1, 10, 100, 1_000] {
            try await step(store, "n\(count)-", count)
            try await store.fill("other\(count)", orders: 1)
            let before = (store.traffic.roundTrips, store.traffic.statements)
            try await step(store, "m\(count)-", count)
            figures.append([store.traffic.roundTrips - before.0, store.traffic.statements - before.1])
        }
        #expect(Set(figures).count == 1, "round trips and statements by size: \(figures)")
        #expect(figures[0][0] <= 5)
        try await store.close()
    }

    /// What the committer does with new orders: load, look up messages, write everything.
    private func step(_ store: PostgresStore, _ prefix: String, _ count: Int) async throws {
        try await store.transaction { transaction in
            let numbers = (0..<count).map { "\(prefix)\($0)" }
            _ = try transaction.load(numbers)
            _ = try transaction.seen(numbers.map { MessageKey(source: "shop", messageID: $0) })
            var batch = WriteBatch()
            for number in numbers {
                batch.orders.append(firstStep(number))
                batch.inbox.append(
                    InboxRow(
                        message: MessageKey(source: "shop", messageID: number), order: number,
                        receivedAt: Instant(milliseconds: 1), bodyHash: 1, sealedBody: [1]))
            }
            try transaction.write(batch)
        }
    }
}
