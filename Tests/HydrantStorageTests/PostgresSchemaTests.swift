import HydrantCore
import HydrantStorage
import Testing

@testable import HydrantStoragePostgres

@Suite struct PostgresSchemaTests {
    private func shape(_ cluster: PostgresCluster, _ name: String) throws -> [String] {
        try cluster.sql(
            """
            SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, collname FROM pg_class c
            JOIN pg_namespace n ON n.oid = relnamespace JOIN pg_attribute a ON attrelid = c.oid
            LEFT JOIN pg_collation l ON l.oid = attcollation WHERE nspname = 'hydrant' ORDER BY 1, attnum;
            SELECT conname, pg_get_constraintdef(c.oid) FROM pg_constraint c JOIN pg_namespace n ON n.oid = connamespace
            WHERE nspname = 'hydrant' ORDER BY 1, 2;
            SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'hydrant' ORDER BY 1;
            SELECT tgname, tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2;
            """, in: name)
    }

    @Test(arguments: [0] + SchemaTests.released)
    func `every released schema becomes the current one`(version: Int) async throws {
        let cluster = try PostgresCluster.running()
        let name = try cluster.makeDatabase()
        if version > 0 {
            let older = Schema(migrations: Array(Schema.current.migrations.prefix(version)))
            let store = try await PostgresStore.open(cluster.address(name), schema: older)
            try await store.close()
            // The statements of this program know columns that an older schema does not have.
            try cluster.sql(
                """
                INSERT INTO hydrant.orders (number, version, state, completion, holds, changed_at, health, chain_head)
                VALUES ('A0', 1, 0, 'open', 0, 1, 0, decode(repeat('00', 32), 'hex'));
                INSERT INTO hydrant.events (order_id, number, bytes, hash)
                SELECT id, 1, '\\x41', chain_head FROM hydrant.orders;
                """, in: name)
        }
        if version > 0 {
            await #expect(throws: StoreFailure(.tooOld)) {
                try await PostgresStore.open(cluster.address(name), mode: .readOnly)
            }
        }
        let current = try await openPostgres(cluster, name)
        #expect(try await current.read { try $0.countedRows().orders } == (version > 0 ? 1 : 0))
        if version > 0 { #expect(try await current.read { try $0.events(of: "A0").count } == 1) }
        try await current.close()
        let fresh = try cluster.makeDatabase()
        try await openPostgres(cluster, fresh).close()
        #expect(try shape(cluster, name) == shape(cluster, fresh))
        #expect(
            try cluster.sql("SELECT version FROM hydrant.schema_version", in: name) == ["\(Schema.current.version)"])
    }

    @Test func `nodes that start at the same time migrate once`() async throws {
        let cluster = try PostgresCluster.running()
        let name = try cluster.makeDatabase()
        let stores = try await withThrowingTaskGroup(of: PostgresStore.self) { group in
            for _ in 0..<6 { group.addTask { try await openPostgres(cluster, name) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(stores.map(\.node)).count == 6)
        #expect(
            try cluster.sql("SELECT count(*), max(version) FROM hydrant.schema_version", in: name) == [
                "1|\(Schema.current.version)"
            ])
        for store in stores { try await store.close() }
    }

    @Test func `a migration that fails leaves the version before`() async throws {
        let cluster = try PostgresCluster.running()
        let name = try cluster.makeDatabase()
        let store = try await openPostgres(cluster, name)
        try await store.fill("A", orders: 2)
        try await store.close()
        let next = SchemaTable("notes", [SchemaColumn("id", .identity)])
        let broken = Schema(migrations: Schema.current.migrations + [[.table(next), .table(next)]])
        await #expect(throws: StoreFailure.self) { try await PostgresStore.open(cluster.address(name), schema: broken) }
        let good = Schema(migrations: Schema.current.migrations + [[.table(next)]])
        let migrated = try await PostgresStore.open(cluster.address(name), schema: good)
        #expect(try await migrated.read { try $0.counts().orders } == 2)
        try await migrated.close()
        await #expect(throws: StoreFailure(.tooNew)) { try await PostgresStore.open(cluster.address(name)) }
    }

    /// The schema must hold by itself, whoever writes.
    @Test(arguments: [
        "UPDATE events SET bytes = '\\x00'", "DELETE FROM events", "TRUNCATE events", "DELETE FROM events_from_0",
        "UPDATE events SET number = 2 WHERE order_id = 1", "DELETE FROM orders", "UPDATE orders SET state = 0",
        "UPDATE orders SET version = 0", "UPDATE orders SET state = 8", "UPDATE orders SET chain_head = '\\x00'",
        "UPDATE orders SET number = NULL", "UPDATE orders SET number = ''", "UPDATE orders SET completion = 'lost'",
        "UPDATE orders SET verdict = 'fine'",
        "INSERT INTO events (order_id, number, bytes, hash) VALUES (9, 1, '\\x00', decode(repeat('00', 32), 'hex'))",
        "INSERT INTO events (order_id, number, bytes, hash) VALUES (1, 1, '\\x00', decode(repeat('00', 32), 'hex'))",
        "INSERT INTO events (order_id, number, bytes, hash) VALUES (1, 0, '\\x00', decode(repeat('00', 32), 'hex'))",
        "INSERT INTO events (order_id, number, bytes, hash) VALUES (1, 2, '\\x00', '\\x00')",
        "INSERT INTO waybills VALUES (1, 'P', '1', 'live'), (1, 'P', '2', 'live')",
        "INSERT INTO waybills VALUES (9, 'P', '1', 'live')",
        "INSERT INTO findings VALUES (1, 'noLines', 'perhaps', 1)",
        "UPDATE audit SET reason = 'none'", "DELETE FROM audit", "TRUNCATE audit", "UPDATE records SET version = 1",
    ])
    func `the schema refuses by itself`(sql: String) async throws {
        let cluster = try PostgresCluster.running()
        let name = try cluster.makeDatabase()
        let store = try await openPostgres(cluster, name)
        var write = firstStep("A")
        write.row.state = 2
        let first = write
        try await store.transaction { transaction in
            var batch = WriteBatch()
            batch.orders = [first]
            try transaction.write(batch)
            try transaction.writeTrail()
        }
        let refusal = #expect(throws: SQLRefused.self) {
            try cluster.sql("SET search_path = hydrant; \(sql)", in: name)
        }
        #expect(refusal?.state.hasPrefix("23") == true || sql.hasPrefix("TRUNCATE"), "\(refusal?.state ?? "")")
        #expect(try await store.read { try $0.orderRow("A")?.state } == 2)
        #expect(try await store.read { try $0.events(of: "A") } == first.events)
        try await store.close()
    }

    @Test func `partitions are made ahead as orders come, also while a report reads`() async throws {
        let cluster = try PostgresCluster.running()
        let name = try cluster.makeDatabase()
        let store = try await openPostgres(cluster, name) { $0.ordersPerPartition = 10 }
        func partitions() throws -> Int {
            try cluster.sql("SELECT count(*) FROM pg_inherits WHERE inhparent = 'hydrant.events'::regclass", in: name)
                .first.flatMap { Int($0) } ?? 0
        }
        #expect(try partitions() == 2)
        for batch in 0..<12 {
            try await store.fill("A\(batch)-", orders: 5)
            let rows = try await store.read { try $0.orderRows(OrderFilter(), after: 0, limit: 100) }
            #expect(rows.count == (batch + 1) * 5)
        }
        #expect(try partitions() == 8)
        #expect(try await store.read { try $0.events(of: "A0-0").count + $0.events(of: "A11-4").count } == 2)
        #expect(try cluster.sql("SELECT count(*) FROM hydrant.events_from_50", in: name) == ["10"])
        try await store.close()
    }

    /// A scan of a growing table in a statement that runs for each fact is what slows a hub down after a year.
    @Test(arguments: [
        Statements.seen, Statements.lockOrders, Statements.eventsOfNumbers, Statements.idsOfNumbers,
        Statements.updateOrders, Statements.deleteFindings, Statements.deleteWaybills, Statements.updateInstructions,
        Statements.lostLeases, Statements.claimInstructions, Statements.claimTimers, Statements.deleteTimers,
        Statements.orderByNumber, Statements.eventsOfOrder, Statements.inboxRow, Statements.receiver,
    ])
    func `a statement of the daily work searches and never scans`(text: String) async throws {
        let cluster = try PostgresCluster.running()
        let name = try cluster.makeDatabase()
        let store = try await openPostgres(cluster, name)
        try await store.fill("A", orders: 10)
        try await store.close()
        let count = (1...20).last { text.contains("$\($0)") } ?? 0
        let nothing = [String](repeating: "NULL", count: count).joined(separator: ", ")
        let plan = try cluster.sql(
            """
            \(PostgresSettings.writerPreparation); SET plan_cache_mode = force_generic_plan; PREPARE given AS \(text);
            EXPLAIN EXECUTE given\(count == 0 ? "" : " (\(nothing))")
            """, in: name)
        #expect(!plan.contains { $0.contains("Seq Scan") }, "\(plan.joined(separator: "\n"))")
        #expect(plan.contains { $0.contains("Index") })
    }
}
