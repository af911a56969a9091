/// Every statement the store ever runs, except for the schema. Values are bound, never written into a text.
enum Statements {
    static let orderColumns = """
        orders.id, orders.number, orders.version, orders.state, orders.state_since, orders.completion, orders.holds, \
        orders.verdict, orders.placed_at, orders.changed_at, orders.health, orders.changes_at, orders.chain_head, \
        orders.overdue_after
        """
    static let findingColumns = "orders.number, findings.order_id, findings.kind, findings.verdict, findings.since"
    static let instructionColumns = """
        instructions.key, instructions.kind, instructions.system, instructions.target, orders.number, \
        instructions.status, instructions.attempts, instructions.issued_at, instructions.due_at, \
        instructions.deadline, instructions.last_error
        """
    private static let findingsWithOrders = "findings JOIN orders ON orders.id = findings.order_id"

    static let orderByNumber = "SELECT \(orderColumns) FROM orders WHERE number = $1"
    static let ordersByID = "SELECT \(orderColumns) FROM orders WHERE id = ANY ($1::bigint[])"
    /// A page of orders and nothing else; the prefix is a range of the number.
    static let ordersPage = """
        SELECT \(orderColumns) FROM orders
        WHERE id > $1::bigint AND ($2::bigint IS NULL OR state = $2) AND ($3::text IS NULL OR completion = $3)
            AND ($4::text IS NULL OR verdict = $4) AND ($5::text IS NULL OR number >= $5)
            AND ($6::text IS NULL OR number < $6)
            AND ($7::bigint = 0 OR completion IN ('open', 'partially-completed'))
        ORDER BY id LIMIT $8::bigint
        """
    static let statePlaces = """
        SELECT state, state_since / 60000, overdue_after / 60000, count(*) FROM orders
        WHERE state BETWEEN 1 AND 6 AND completion IN ('open', 'partially-completed') AND state_since IS NOT NULL
        GROUP BY 1, 2, 3
        """
    static let changesPage = """
        SELECT id, number, changes_at FROM orders WHERE id > $1::bigint AND changes_at IS NOT NULL
        ORDER BY id LIMIT $2::bigint
        """
    static let eventsOfOrder = """
        SELECT events.number, events.bytes, events.hash FROM events
        WHERE order_id = (SELECT id FROM orders WHERE number = $1) ORDER BY events.number
        """
    static let eventsOfOrders = """
        SELECT order_id, number, bytes, hash FROM events WHERE order_id = ANY ($1::bigint[])
        ORDER BY order_id, number
        """
    static let inboxRow = """
        SELECT order_number, received_at, body_hash, sealed FROM inbox WHERE source = $1 AND message_id = $2
        """
    static let waybillsOfOrder = """
        SELECT parcel, waybills.number, status FROM waybills JOIN orders ON orders.id = waybills.order_id
        WHERE orders.number = $1 ORDER BY parcel, waybills.number
        """
    static let placesOfWaybill = """
        SELECT orders.number, parcel FROM waybills JOIN orders ON orders.id = waybills.order_id
        WHERE waybills.number = $1 ORDER BY orders.number, parcel
        """
    private static let parcelColumns = """
        orders.number, parcels.order_id, parcels.parcel, parcels.tracking_set, parcels.since, parcels.due_at, \
        parcels.courier, parcels.channel, parcels.keeper_code
        """
    private static let parcelsWithOrders = "parcels JOIN orders ON orders.id = parcels.order_id"
    static let parcelsOfOrder = """
        SELECT \(parcelColumns) FROM \(parcelsWithOrders) WHERE orders.number = $1 ORDER BY parcels.parcel
        """
    static let parcelCounts = """
        SELECT tracking_set, courier, channel, count(*), min(since) FROM parcels
        GROUP BY tracking_set, courier, channel ORDER BY tracking_set, courier, channel
        """
    private static let parcelFilter = """
        ($2::text IS NULL OR parcels.tracking_set = $2) AND ($3::text IS NULL OR parcels.courier = $3)
        AND ($4::text IS NULL OR parcels.channel = $4)
        """
    static let parcelsInOrder = """
        SELECT \(parcelColumns) FROM \(parcelsWithOrders)
        WHERE parcels.order_id IN (
            SELECT DISTINCT parcels.order_id FROM parcels WHERE parcels.order_id > $1::bigint AND \(parcelFilter)
            ORDER BY parcels.order_id LIMIT $5::bigint)
        AND \(parcelFilter) ORDER BY parcels.order_id, parcels.parcel
        """
    static let parcelOfKeeperCode = """
        SELECT \(parcelColumns) FROM \(parcelsWithOrders)
        WHERE parcels.tracking_set = 'keeper-asked' AND parcels.keeper_code = $1
        """
    private static let taskColumns = """
        orders.number, tasks.order_id, tasks.task, tasks.kind, tasks.severity, tasks.owner, tasks.person, \
        tasks.opened_at, tasks.due_at, tasks.snoozed_until, tasks.reopenings, tasks.reason_zh, tasks.reason_en
        """
    private static let tasksWithOrders = "tasks JOIN orders ON orders.id = tasks.order_id"
    static let tasksOfOrder = """
        SELECT \(taskColumns) FROM \(tasksWithOrders) WHERE orders.number = $1 ORDER BY tasks.task
        """
    static let tasksInOrder = """
        SELECT \(taskColumns) FROM \(tasksWithOrders)
        WHERE (tasks.severity, tasks.due_at, tasks.order_id, tasks.task)
            > ($1::bigint, $2::bigint, $3::bigint, $4::text)
        AND ($5::text IS NULL OR tasks.kind = $5) AND ($6::bigint IS NULL OR tasks.severity = $6)
        AND ($7::text IS NULL OR tasks.owner = $7) AND ($8::text IS NULL OR tasks.person = $8)
        AND ($9::bigint IS NULL OR tasks.snoozed_until IS NULL OR tasks.snoozed_until <= $9)
        ORDER BY tasks.severity, tasks.due_at, tasks.order_id, tasks.task LIMIT $10::bigint
        """
    static let taskCounts = """
        SELECT kind, severity, owner, count(*), min(opened_at), count(*) FILTER (WHERE due_at <= $1::bigint)
        FROM tasks GROUP BY kind, severity, owner ORDER BY kind, severity, owner
        """

    static let findingsOfOrder = """
        SELECT \(findingColumns) FROM \(findingsWithOrders) WHERE orders.number = $1 ORDER BY findings.kind
        """
    static let findingsOfKind = """
        SELECT \(findingColumns) FROM \(findingsWithOrders)
        WHERE findings.kind = $1 AND findings.order_id > $2::bigint AND ($3::text IS NULL OR findings.verdict = $3)
        ORDER BY findings.order_id LIMIT $4::bigint
        """
    static let findingsOfAllKinds = """
        SELECT \(findingColumns) FROM \(findingsWithOrders)
        WHERE findings.order_id IN (
            SELECT DISTINCT order_id FROM findings WHERE order_id > $1::bigint AND ($2::text IS NULL OR verdict = $2)
            ORDER BY order_id LIMIT $3::bigint)
        AND ($2::text IS NULL OR findings.verdict = $2) ORDER BY findings.order_id, findings.kind
        """
    static let findingCounts = """
        SELECT kind, verdict, count(*) FROM findings GROUP BY kind, verdict ORDER BY kind, verdict
        """
    static let instructionsOfOrder = """
        SELECT \(instructionColumns) FROM orders JOIN instructions ON instructions.order_id = orders.id
        WHERE orders.number = $1 ORDER BY instructions.id
        """
    static let laneCounts = """
        SELECT system, kind, count(*), min(issued_at) FROM instructions WHERE status IN ('waiting', 'ambiguous')
        GROUP BY system, kind ORDER BY system, kind
        """
    static let openInstructions = """
        SELECT \(instructionColumns) FROM instructions JOIN orders ON orders.id = instructions.order_id
        WHERE instructions.status IN ('waiting', 'ambiguous') AND instructions.system = $1 AND instructions.kind = $2
        ORDER BY instructions.due_at, instructions.id LIMIT $3::bigint
        """
    static let receiver = "SELECT sealed FROM receivers WHERE id = $1"
    static let parked = """
        SELECT id, source, place, received_at, reason, sealed, fingerprint FROM parked
        WHERE id > $1 ORDER BY id LIMIT $2::bigint
        """
    static let meta = "SELECT value FROM meta WHERE name = $1"
    static let setMeta = """
        INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """
    /// The first part, and those with a number behind the dot.
    static let headParts = "SELECT name, value FROM meta WHERE name >= 'head' AND name < 'head/'"
    static let takeHeadPart = """
        SELECT writer FROM generate_series(1, 9999) AS writer WHERE pg_try_advisory_lock(1213809747, writer) LIMIT 1
        """
    static let tallies = "SELECT name, sum(count)::bigint FROM tallies GROUP BY name HAVING sum(count) <> 0"
}

/// Statements about the server and the database as a whole.
extension Statements {
    static let begin = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
    static let beginSnapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    static let commit = "COMMIT"
    static let rollback = "ROLLBACK"
    static let serverFacts = """
        SELECT current_setting('synchronous_commit'), current_setting('fsync'), current_setting('full_page_writes'),
            current_setting('server_encoding'), pg_is_in_recovery(), current_setting('server_version_num')::bigint
        """
    static let lockMigrations = "SELECT pg_advisory_xact_lock(1213809746, 0)"
    static let nextNode = "SELECT nextval('hydrant.nodes')"
    static let holdNode = "SELECT pg_advisory_lock_shared(1213809746, $1::bigint::integer)"
    static let schemaExists = "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'hydrant')"
    /// Asked of the catalogue's tables: a look-up by name may still answer from before a wait for the lock.
    static let versionExists = """
        SELECT EXISTS (
            SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
            WHERE nspname = 'hydrant' AND relname = 'schema_version')
        """
    static let version = "SELECT version FROM hydrant.schema_version"
    static let setVersion = "UPDATE hydrant.schema_version SET version = $1"
    static let tables = """
        SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = 'hydrant'
        """
    /// Where the partitions end, and the last row id that was given away.
    static let partitionEnd = """
        SELECT coalesce(
                max((regexp_match(pg_get_expr(relpartbound, pg_class.oid), 'TO \\(''?(\\d+)''?\\)'))[1]::bigint),
                0), (SELECT last_value FROM orders_id_seq)
        FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = 'hydrant.events'::regclass
        """
}

/// Statements of a step. Each takes whole columns, so that their number does not grow with the step.
extension Statements {
    static let seen = """
        SELECT given.place, inbox.body_hash FROM unnest($1::text[], $2::text[]) WITH ORDINALITY
            AS given (source, message_id, place)
        JOIN inbox ON inbox.source = given.source AND inbox.message_id = given.message_id
        """
    /// In order of row ids: two nodes with the same orders wait for each other, and never in a circle.
    static let lockOrders = """
        SELECT \(orderColumns) FROM orders WHERE number = ANY ($1::text[]) ORDER BY id FOR NO KEY UPDATE
        """
    static let eventsOfNumbers = """
        SELECT events.order_id, events.number, events.bytes, events.hash FROM orders
        JOIN events ON events.order_id = orders.id
        WHERE orders.number = ANY ($1::text[]) ORDER BY events.order_id, events.number
        """
    static let idsOfNumbers = "SELECT id, number FROM orders WHERE number = ANY ($1::text[])"
    static let reserveIDs = "SELECT nextval('orders_id_seq') FROM generate_series(1, $1::bigint)"
    static let insertOrders = """
        INSERT INTO orders (id, number, version, state, state_since, completion, holds, verdict, placed_at, changed_at,
            health, changes_at, chain_head, overdue_after)
        SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[],
            $7::bigint[], $8::text[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bytea[],
            $14::bigint[])
        """
    /// The last column is the version that the step was decided on: another version means that it no longer holds.
    /// Gives back what the sums need of the rows as they were.
    static let updateOrders = """
        UPDATE orders SET version = given.version, state = given.state, state_since = given.state_since,
            completion = given.completion, holds = given.holds, verdict = given.verdict, placed_at = given.placed_at,
            changed_at = given.changed_at, health = given.health, changes_at = given.changes_at,
            chain_head = given.chain_head, overdue_after = given.overdue_after
        FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[],
            $7::bigint[], $8::text[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bytea[],
            $14::bigint[], $15::bigint[]) AS given (id, number, version, state, state_since, completion, holds, verdict,
            placed_at, changed_at, health, changes_at, chain_head, overdue_after, version_before)
        JOIN LATERAL (
            SELECT id, number, version, state, completion, health FROM orders WHERE orders.id = given.id
            FOR NO KEY UPDATE
        ) AS before ON before.number = given.number AND before.version = given.version_before
        WHERE orders.id = before.id
        RETURNING before.id, before.state, before.completion, before.health
        """
    static let insertEvents = """
        INSERT INTO events (order_id, number, bytes, hash)
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::bytea[])
        """
    static let insertInbox = """
        INSERT INTO inbox (source, message_id, order_number, received_at, body_hash, sealed)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bytea[])
        """
    static let insertReceivers = """
        INSERT INTO receivers (id, sealed) SELECT * FROM unnest($1::text[], $2::bytea[])
        ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed
        """
    static let deleteFindings = "DELETE FROM findings WHERE order_id = ANY ($1::bigint[])"
    static let insertFindings = """
        INSERT INTO findings (order_id, kind, verdict, since)
        SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[])
        """
    static let deleteWaybills = "DELETE FROM waybills WHERE order_id = ANY ($1::bigint[])"
    static let insertWaybills = """
        INSERT INTO waybills (order_id, parcel, number, status)
        SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[])
        """
    static let deleteParcels = "DELETE FROM parcels WHERE order_id = ANY ($1::bigint[])"
    static let insertParcels = """
        INSERT INTO parcels (order_id, parcel, tracking_set, since, due_at, courier, channel, keeper_code)
        SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::text[],
            $8::text[])
        """
    static let deleteTasks = "DELETE FROM tasks WHERE order_id = ANY ($1::bigint[])"
    static let insertTasks = """
        INSERT INTO tasks (order_id, task, kind, severity, owner, person, opened_at, due_at, snoozed_until, reopenings,
            reason_zh, reason_en)
        SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::bigint[],
            $8::bigint[], $9::bigint[], $10::bigint[], $11::text[], $12::text[])
        """
    static let insertInstructions = """
        INSERT INTO instructions (key, order_id, kind, system, target, status, attempts, issued_at, due_at, deadline,
            last_error)
        SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[],
            $8::bigint[], $9::bigint[], $10::bigint[], $11::text[])
        """
    /// The end of an attempt ends the lease too.
    static let updateInstructions = """
        UPDATE instructions SET status = given.status, attempts = given.attempts, due_at = given.due_at,
            last_error = given.last_error, lease_until = NULL, lease_holder = NULL
        FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[])
            AS given (key, status, attempts, due_at, last_error)
        JOIN LATERAL (
            SELECT id, status FROM instructions WHERE instructions.key = given.key FOR NO KEY UPDATE
        ) AS before ON true
        WHERE instructions.id = before.id RETURNING before.status, given.status
        """
    /// Instructions whose lease is not the one of the attempt that ended.
    static let lostLeases = """
        SELECT given.key FROM unnest($1::text[], $2::bigint[]) AS given (key, lease_until)
        JOIN LATERAL (
            SELECT lease_until FROM instructions WHERE instructions.key = given.key FOR NO KEY UPDATE
        ) AS held ON held.lease_until IS DISTINCT FROM given.lease_until
        """
    private static let serverTime = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
    /// $1 what fell due by then, $2 the length of the lease, $3 how many, $4 whose it is, $5 the time that leases run
    /// on when it is not the server's, $6 and $7 the lane. What another node is just claiming is passed over.
    static let claimInstructions = """
        WITH clock AS MATERIALIZED (SELECT coalesce($5::bigint, \(serverTime)) AS now),
        due AS MATERIALIZED (
            SELECT id, status, lease_until FROM instructions
            WHERE status IN ('waiting', 'ambiguous') AND system = $6 AND kind = $7 AND due_at <= $1::bigint
                AND (lease_until IS NULL OR lease_until <= (SELECT now FROM clock))
            ORDER BY due_at, id LIMIT $3::bigint FOR NO KEY UPDATE SKIP LOCKED)
        UPDATE instructions SET lease_until = clock.now + $2::bigint, lease_holder = $4::bigint,
            status = CASE WHEN due.lease_until IS NULL THEN due.status ELSE 'ambiguous' END
        FROM clock, due JOIN LATERAL (SELECT order_id FROM instructions WHERE id = due.id) AS mine ON true
        JOIN orders ON orders.id = mine.order_id
        WHERE instructions.id = due.id
        RETURNING \(instructionColumns), instructions.id, instructions.lease_until, due.status
        """
    /// The leases of this process and of processes that are gone, which hold no connection any more.
    static let releaseClaims = """
        WITH held AS MATERIALIZED (
            SELECT objid::bigint AS node FROM pg_locks
            WHERE locktype = 'advisory' AND classid = 1213809746 AND objsubid = 2 AND granted
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())),
        free AS MATERIALIZED (
            SELECT id, status FROM instructions
            WHERE status IN ('waiting', 'ambiguous') AND lease_until IS NOT NULL
                AND (lease_holder = $1::bigint OR lease_holder NOT IN (SELECT node FROM held))
            ORDER BY id FOR NO KEY UPDATE)
        UPDATE instructions SET lease_until = NULL, lease_holder = NULL, status = 'ambiguous'
        FROM free WHERE instructions.id = free.id RETURNING free.status
        """
    static let dueTimers = """
        SELECT order_number, id, due_at FROM timers WHERE due_at <= $1 ORDER BY due_at, order_number, id
        LIMIT $2::bigint
        """
    /// As ``claimInstructions``, without $4.
    static let claimTimers = """
        WITH clock AS MATERIALIZED (SELECT coalesce($4::bigint, \(serverTime)) AS now),
        due AS MATERIALIZED (
            SELECT order_number, id FROM timers
            WHERE due_at <= $1::bigint AND (lease_until IS NULL OR lease_until <= (SELECT now FROM clock))
            ORDER BY due_at, order_number, id LIMIT $3::bigint FOR UPDATE SKIP LOCKED)
        UPDATE timers SET lease_until = clock.now + $2::bigint FROM clock, due
        WHERE timers.order_number = due.order_number AND timers.id = due.id
        RETURNING timers.order_number, timers.id, timers.due_at
        """
    /// Only as it was when it fell due: a timer that was set anew in the meantime stays.
    static let deleteTimers = """
        DELETE FROM timers USING unnest($1::text[], $2::text[], $3::bigint[]) AS given (order_number, id, due_at)
        WHERE timers.order_number = given.order_number AND timers.id = given.id AND timers.due_at = given.due_at
        """
    static let insertTimers = """
        INSERT INTO timers (order_number, id, due_at) SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])
        ON CONFLICT (order_number, id) DO UPDATE SET due_at = excluded.due_at, lease_until = NULL
        """
    static let insertParked = """
        INSERT INTO parked (source, place, received_at, reason, sealed, fingerprint)
        SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::bytea[], $6::text[])
        ON CONFLICT (source, place, fingerprint) DO NOTHING
        """
    static let addTallies = """
        INSERT INTO tallies (slot, name, count)
        SELECT pg_backend_pid() % 64, * FROM unnest($1::text[], $2::bigint[])
        ON CONFLICT (slot, name) DO UPDATE SET count = tallies.count + excluded.count
        """
}
