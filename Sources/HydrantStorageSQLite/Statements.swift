/// Every statement the store ever runs. Values are bound, never written into a text.
enum Statements {
    static let orderColumns = """
        id, number, version, state, state_since, completion, holds, verdict, placed_at, changed_at, health, \
        changes_at, chain_head, overdue_after
        """
    private static let orderFilter = """
        (? IS NULL OR state = ?) AND (? IS NULL OR completion = ?) AND (? IS NULL OR verdict = ?)
            AND (? = 0 OR completion IN ('open', 'partially-completed'))
        """
    static let findingColumns = "orders.number, findings.order_id, findings.kind, findings.verdict, findings.since"
    static let instructionColumns = """
        instructions.key, instructions.kind, instructions.system, instructions.target, orders.number, \
        instructions.status, instructions.attempts, instructions.issued_at, instructions.due_at, \
        instructions.deadline, instructions.last_error
        """
    private static let findingsWithOrders = "findings JOIN orders ON orders.id = findings.order_id"

    static let orderByNumber = "SELECT \(orderColumns) FROM orders WHERE number = ?"
    static let orderByID = "SELECT \(orderColumns) FROM orders WHERE id = ?"
    static let orderID = "SELECT id FROM orders WHERE number = ?"
    static let allOrders = "SELECT \(orderColumns) FROM orders ORDER BY id"
    static let ordersInOrder = """
        SELECT \(orderColumns) FROM orders WHERE id > ? AND \(orderFilter) ORDER BY id LIMIT ?
        """
    /// `+number` keeps the planner from the index on numbers.
    static let ordersNearby = """
        SELECT \(orderColumns) FROM orders
        WHERE id > ? AND id <= ? AND +number >= ? AND +number < ? AND \(orderFilter) ORDER BY id LIMIT ?
        """
    static let lastOrder = "SELECT coalesce(max(id), 0) FROM orders"
    static let ordersByPrefix = """
        SELECT \(orderColumns) FROM orders WHERE id IN (
            SELECT id FROM orders INDEXED BY sqlite_autoindex_orders_1
            WHERE number >= ? AND number < ? AND id > ? ORDER BY id LIMIT ?)
        ORDER BY id
        """
    static let ordersByPrefixAndMore = """
        SELECT \(orderColumns) FROM orders INDEXED BY sqlite_autoindex_orders_1
        WHERE number >= ? AND number < ? AND id > ? AND \(orderFilter) ORDER BY id LIMIT ?
        """
    static let countsByState = "SELECT state, count(*) FROM orders WHERE completion <> 'cancelled' GROUP BY state"
    static let statePlaces = """
        SELECT state, state_since / 60000, overdue_after / 60000, count(*) FROM orders
        WHERE state BETWEEN 1 AND 6 AND completion IN ('open', 'partially-completed') AND state_since IS NOT NULL
        GROUP BY 1, 2, 3
        """
    static let healthCounts = "SELECT health, count(*) FROM orders GROUP BY health"
    static let changes = "SELECT number, changes_at FROM orders WHERE changes_at IS NOT NULL ORDER BY id"
    static let insertOrder = """
        INSERT INTO orders (number, version, state, state_since, completion, holds, verdict, placed_at, changed_at,
            health, changes_at, chain_head, overdue_after)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
        """
    /// The last value is the version that the step was decided on: another version means that it no longer holds.
    static let updateOrder = """
        UPDATE orders SET version = ?, state = ?, state_since = ?, completion = ?, holds = ?, verdict = ?,
            placed_at = ?, changed_at = ?, health = ?, changes_at = ?, chain_head = ?,
            overdue_after = ?
        WHERE id = ? AND number = ? AND version = ? RETURNING id
        """

    static let eventsOfOrder = "SELECT number, bytes, hash FROM events WHERE order_id = ? ORDER BY number"
    static let insertEvent = "INSERT INTO events (order_id, number, bytes, hash) VALUES (?, ?, ?, ?)"

    static let seen = "SELECT body_hash FROM inbox WHERE source = ? AND message_id = ?"
    static let inboxRow = """
        SELECT order_number, received_at, body_hash, sealed FROM inbox WHERE source = ? AND message_id = ?
        """
    static let insertInbox = """
        INSERT INTO inbox (source, message_id, order_number, received_at, body_hash, sealed) VALUES (?, ?, ?, ?, ?, ?)
        """

    static let waybillsOfOrder = """
        SELECT parcel, waybills.number, status FROM waybills JOIN orders ON orders.id = waybills.order_id
        WHERE orders.number = ? ORDER BY parcel, waybills.number
        """
    static let placesOfWaybill = """
        SELECT orders.number, parcel FROM waybills JOIN orders ON orders.id = waybills.order_id
        WHERE waybills.number = ? ORDER BY orders.number, parcel
        """
    static let deleteWaybills = "DELETE FROM waybills WHERE order_id = ?"
    static let insertWaybill = "INSERT INTO waybills (order_id, parcel, number, status) VALUES (?, ?, ?, ?)"

    private static let parcelColumns = """
        orders.number, parcels.order_id, parcels.parcel, parcels.tracking_set, parcels.since, parcels.due_at, \
        parcels.courier, parcels.channel, parcels.keeper_code
        """
    private static let parcelsWithOrders = "parcels JOIN orders ON orders.id = parcels.order_id"
    static let parcelsOfOrder = """
        SELECT \(parcelColumns) FROM \(parcelsWithOrders) WHERE orders.number = ? ORDER BY parcels.parcel
        """
    static let parcelCounts = """
        SELECT tracking_set, courier, channel, count(*), min(since) FROM parcels
        GROUP BY tracking_set, courier, channel ORDER BY tracking_set, courier, channel
        """
    private static let parcelFilter = """
        (? IS NULL OR parcels.tracking_set = ?) AND (? IS NULL OR parcels.courier = ?)
        AND (? IS NULL OR parcels.channel = ?)
        """
    static let parcelsInOrder = """
        SELECT \(parcelColumns) FROM \(parcelsWithOrders)
        WHERE parcels.order_id IN (
            SELECT DISTINCT parcels.order_id FROM parcels WHERE parcels.order_id > ? AND \(parcelFilter)
            ORDER BY parcels.order_id LIMIT ?)
        AND \(parcelFilter) ORDER BY parcels.order_id, parcels.parcel
        """
    static let parcelOfKeeperCode = """
        SELECT \(parcelColumns) FROM \(parcelsWithOrders)
        WHERE parcels.tracking_set = 'keeper-asked' AND parcels.keeper_code = ?
        """
    static let deleteParcels = "DELETE FROM parcels WHERE order_id = ?"
    static let insertParcel = """
        INSERT INTO parcels (order_id, parcel, tracking_set, since, due_at, courier, channel, keeper_code)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """

    private static let taskColumns = """
        orders.number, tasks.order_id, tasks.task, tasks.kind, tasks.severity, tasks.owner, tasks.person, \
        tasks.opened_at, tasks.due_at, tasks.snoozed_until, tasks.reopenings, tasks.reason_zh, tasks.reason_en
        """
    private static let tasksWithOrders = "tasks JOIN orders ON orders.id = tasks.order_id"
    static let tasksOfOrder = """
        SELECT \(taskColumns) FROM \(tasksWithOrders) WHERE orders.number = ? ORDER BY tasks.task
        """
    static let tasksInOrder = """
        SELECT \(taskColumns) FROM \(tasksWithOrders)
        WHERE (tasks.severity, tasks.due_at, tasks.order_id, tasks.task) > (?, ?, ?, ?)
        AND (? IS NULL OR tasks.kind = ?) AND (? IS NULL OR tasks.severity = ?) AND (? IS NULL OR tasks.owner = ?)
        AND (? IS NULL OR tasks.person = ?)
        AND (? IS NULL OR tasks.snoozed_until IS NULL OR tasks.snoozed_until <= ?)
        ORDER BY tasks.severity, tasks.due_at, tasks.order_id, tasks.task LIMIT ?
        """
    static let taskCounts = """
        SELECT kind, severity, owner, count(*), min(opened_at), sum(due_at <= ?) FROM tasks
        GROUP BY kind, severity, owner ORDER BY kind, severity, owner
        """
    static let deleteTasks = "DELETE FROM tasks WHERE order_id = ?"
    static let insertTask = """
        INSERT INTO tasks (order_id, task, kind, severity, owner, person, opened_at, due_at, snoozed_until, reopenings,
            reason_zh, reason_en) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    static let findingsOfOrder = """
        SELECT \(findingColumns) FROM \(findingsWithOrders) WHERE orders.number = ? ORDER BY findings.kind
        """
    static let findingsOfKind = """
        SELECT \(findingColumns) FROM \(findingsWithOrders)
        WHERE findings.kind = ? AND findings.order_id > ? AND (? IS NULL OR findings.verdict = ?)
        ORDER BY findings.order_id LIMIT ?
        """
    static let findingsOfAllKinds = """
        SELECT \(findingColumns) FROM \(findingsWithOrders)
        WHERE findings.order_id IN (
            SELECT DISTINCT order_id FROM findings WHERE order_id > ? AND (? IS NULL OR verdict = ?)
            ORDER BY order_id LIMIT ?)
        AND (? IS NULL OR findings.verdict = ?) ORDER BY findings.order_id, findings.kind
        """
    static let findingCounts = """
        SELECT kind, verdict, count(*) FROM findings GROUP BY kind, verdict ORDER BY kind, verdict
        """
    static let deleteFindings = "DELETE FROM findings WHERE order_id = ?"
    static let insertFinding = "INSERT INTO findings (order_id, kind, verdict, since) VALUES (?, ?, ?, ?)"

    static let instructionsOfOrder = """
        SELECT \(instructionColumns) FROM orders JOIN instructions ON instructions.order_id = orders.id
        WHERE orders.number = ? ORDER BY instructions.id
        """
    static let instructionCounts = "SELECT status, count(*) FROM instructions GROUP BY status"
    static let laneCounts = """
        SELECT system, kind, count(*), min(issued_at) FROM instructions WHERE status IN ('waiting', 'ambiguous')
        GROUP BY system, kind ORDER BY system, kind
        """
    static let openInstructions = """
        SELECT \(instructionColumns) FROM instructions JOIN orders ON orders.id = instructions.order_id
        WHERE instructions.status IN ('waiting', 'ambiguous') AND instructions.system = ? AND instructions.kind = ?
        ORDER BY instructions.due_at, instructions.id LIMIT ?
        """
    static let insertInstruction = """
        INSERT INTO instructions (key, order_id, kind, system, target, status, attempts, issued_at, due_at, deadline,
            lease_until, last_error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)
        """
    static let claimInstructions = """
        UPDATE instructions
        SET lease_until = ?, status = CASE WHEN lease_until IS NULL THEN status ELSE 'ambiguous' END
        WHERE id IN (
            SELECT id FROM instructions
            WHERE status IN ('waiting', 'ambiguous') AND system = ? AND kind = ? AND due_at <= ?
                AND (lease_until IS NULL OR lease_until <= ?)
            ORDER BY due_at, id LIMIT ?)
        RETURNING id
        """
    static let instructionByID = """
        SELECT \(instructionColumns) FROM instructions JOIN orders ON orders.id = instructions.order_id
        WHERE instructions.id = ?
        """
    /// The end of an attempt ends the lease too.
    static let updateInstruction = """
        UPDATE instructions SET status = ?, attempts = ?, due_at = ?, last_error = ?, lease_until = NULL
        WHERE key = ? RETURNING id
        """
    static let lease = "SELECT lease_until FROM instructions WHERE key = ?"
    static let releaseClaims = """
        UPDATE instructions SET lease_until = NULL, status = 'ambiguous'
        WHERE status IN ('waiting', 'ambiguous') AND lease_until IS NOT NULL
        """

    static let dueTimers = """
        SELECT order_number, id, due_at FROM timers WHERE due_at <= ? ORDER BY due_at, order_number, id LIMIT ?
        """
    static let insertTimer = """
        INSERT INTO timers (order_number, id, due_at) VALUES (?, ?, ?)
        ON CONFLICT (order_number, id) DO UPDATE SET due_at = excluded.due_at
        """
    /// Only as it was when it fell due: a timer that was set anew in the meantime stays.
    static let deleteTimer = "DELETE FROM timers WHERE order_number = ? AND id = ? AND due_at = ?"

    static let receiver = "SELECT sealed FROM receivers WHERE id = ?"
    static let insertReceiver = """
        INSERT INTO receivers (id, sealed) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed
        """

    static let parked = """
        SELECT id, source, place, received_at, reason, sealed, fingerprint FROM parked WHERE id > ? ORDER BY id LIMIT ?
        """
    static let insertParked = """
        INSERT INTO parked (source, place, received_at, reason, sealed, fingerprint) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (source, place, fingerprint) DO NOTHING
        """

    /// Orders, events and messages are never removed, so that the last id is their number.
    static let counts = """
        SELECT (SELECT coalesce(max(id), 0) FROM orders), (SELECT coalesce(max(id), 0) FROM events),
            (SELECT coalesce(max(id), 0) FROM inbox), (SELECT count(*) FROM parked)
        """

    static let viewText = "SELECT sql FROM sqlite_schema WHERE type = 'view' AND name = ?"
    static let dropPublicView = "DROP VIEW IF EXISTS hydrant_public"

    static let countedRows = """
        SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM events), (SELECT count(*) FROM inbox),
            (SELECT count(*) FROM parked)
        """
    static let allMessages = "SELECT source, message_id, order_number, received_at, body_hash, sealed FROM inbox"
    static let allTimers = "SELECT order_number, id, due_at FROM timers"

    static let meta = "SELECT value FROM meta WHERE name = ?"
    /// Everything, page by page, for a move to another database.
    static let inboxPage = """
        SELECT id, source, message_id, order_number, received_at, body_hash, sealed FROM inbox WHERE id > ?
        ORDER BY id LIMIT ?
        """
    static let receiversPage = "SELECT id, sealed FROM receivers WHERE id > ? ORDER BY id LIMIT ?"
    static let timersAll = "SELECT order_number, id, due_at FROM timers ORDER BY order_number, id"
    static let metaAll = "SELECT name, value FROM meta ORDER BY name"
    static let leasedKeys = """
        SELECT key FROM instructions WHERE lease_until IS NOT NULL AND status IN ('waiting', 'ambiguous')
        """
    static let setMeta = """
        INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """
}

/// Records and the audit trail.
extension Statements {
    static let record = "SELECT version, body, changed_at FROM records WHERE collection = ? AND key = ?"
    static let recordsOfCollection = """
        SELECT key, version, body, changed_at FROM records WHERE collection = ? AND key > ? ORDER BY key LIMIT ?
        """
    static let recordsAll = "SELECT collection, key, version, body, changed_at FROM records ORDER BY collection, key"
    static let insertRecord = """
        INSERT INTO records (collection, key, version, body, changed_at) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (collection, key) DO NOTHING RETURNING version
        """
    static let updateRecord = """
        UPDATE records SET version = ?, body = ?, changed_at = ? WHERE collection = ? AND key = ? AND version = ?
        RETURNING version
        """
    static let removeParked = "DELETE FROM parked WHERE id = ? AND coalesce(fingerprint, '') = ? RETURNING id"
    static let deleteRecord = "DELETE FROM records WHERE collection = ? AND key = ? RETURNING version"

    private static let auditColumns = "number, time, actor, action, object, reason, detail, hash"
    static let auditAfter = "SELECT \(auditColumns) FROM audit WHERE number > ? ORDER BY number LIMIT ?"
    static let auditBefore = """
        SELECT \(auditColumns) FROM audit WHERE number < ? AND (? IS NULL OR action = ?)
        ORDER BY number DESC LIMIT ?
        """
    static let auditOfObject = """
        SELECT \(auditColumns) FROM audit WHERE object = ? AND number < ? AND (? IS NULL OR action = ?)
            AND (? IS NULL OR actor = ?) ORDER BY number DESC LIMIT ?
        """
    static let auditOfActor = """
        SELECT \(auditColumns) FROM audit WHERE actor = ? AND number < ? AND (? IS NULL OR action = ?)
        ORDER BY number DESC LIMIT ?
        """
    static let insertAudit = "INSERT INTO audit (\(auditColumns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
}
