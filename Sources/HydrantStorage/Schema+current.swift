extension Schema {
    /// The schema of this version of the program.
    package static let current = Schema(migrations: [
        version1, version2, version3, version4, version5, version6, version7,
    ])

    private static let version1: [SchemaChange] =
        [
            .table(orders), .table(events), .table(inbox), .table(waybills), .table(findings), .table(instructions),
            .table(timers), .table(receivers), .table(parked), .table(meta),
        ] + indexes + [
            .appendOnly(table: "events"),
            .neverFalls(table: "orders", columns: ["state", "version"]),
        ]

    /// Instructions are claimed and counted by lane. What was parked before is kept once: the same rows of a file that
    /// is imported again are not parked again.
    private static let version2: [SchemaChange] = [
        .column(table: "parked", SchemaColumn("fingerprint", .text, isOptional: true, check: .notEmpty)),
        .index(SchemaIndex("parked_once", on: "parked", ["source", "place", "fingerprint"], isUnique: true)),
        .dropIndex("instructions_due"),
        .index(
            SchemaIndex(
                "instructions_open", on: "instructions", ["system", "kind", "due_at", "issued_at"],
                where: ("status", ["waiting", "ambiguous"]))),
        // A courier's push may name nothing but the waybill.
        .index(SchemaIndex("waybills_by_number", on: "waybills", ["number"])),
    ]

    /// Where packed parcels stand on their way to a number.
    private static let version3: [SchemaChange] = [
        .table(parcels),
        .index(
            SchemaIndex(
                "parcels_without_number", on: "parcels", ["tracking_set", "courier", "channel", "since"],
                where: ("tracking_set", ["channel-a-trying", "channel-b-trying", "keeper-asked", "polling"]))),
        .index(
            SchemaIndex(
                "parcels_keeper_code", on: "parcels", ["keeper_code"], where: ("tracking_set", ["keeper-asked"]))),
    ]

    /// Users, sessions, settings and the like, and the trail of what people did.
    private static let version4: [SchemaChange] = [
        .table(records), .neverFalls(table: "records", columns: ["version"]),
        .table(audit), .appendOnly(table: "audit"),
        .index(SchemaIndex("audit_by_object", on: "audit", ["object", "number"])),
        .index(SchemaIndex("audit_by_actor", on: "audit", ["actor", "number"])),
    ]

    private static let records = SchemaTable(
        "records",
        [
            SchemaColumn("collection", .text, check: .notEmpty),
            SchemaColumn("key", .text, check: .notEmpty),
            SchemaColumn("version", .integer, check: .atLeast(1)),
            SchemaColumn("body", .bytes),
            SchemaColumn("changed_at", .integer),
        ],
        primaryKey: ["collection", "key"])

    private static let audit = SchemaTable(
        "audit",
        [
            SchemaColumn("number", .integer, check: .atLeast(1)),
            SchemaColumn("time", .integer),
            SchemaColumn("actor", .text, check: .notEmpty),
            SchemaColumn("action", .text, check: .notEmpty),
            SchemaColumn("object", .text),
            SchemaColumn("reason", .text),
            SchemaColumn("detail", .text),
            SchemaColumn("hash", .bytes, check: .byteCount(32)),
        ],
        primaryKey: ["number"])

    /// The index of the search: keyed hashes only. Which hashes an order has stands beside them, so that those which no
    /// longer hold can be taken out; the queue names the orders whose hashes have to be made anew.
    private static let version5: [SchemaChange] = [
        .table(
            SchemaTable(
                "search_keys", [SchemaColumn("hash", .integer), SchemaColumn("order_id", .integer)],
                primaryKey: ["hash", "order_id"])),
        .table(
            SchemaTable(
                "search_orders",
                [
                    SchemaColumn("order_id", .integer, references: "orders"),
                    SchemaColumn("version", .integer, check: .atLeast(1)), SchemaColumn("hashes", .bytes),
                ],
                primaryKey: ["order_id"])),
        .table(
            SchemaTable(
                "search_queue",
                [
                    SchemaColumn("order_id", .integer, references: "orders"),
                    SchemaColumn("version", .integer, check: .atLeast(1)),
                ],
                primaryKey: ["order_id"])),
    ]

    /// What people must do about orders, in the order of the queue.
    private static let version6: [SchemaChange] = [
        .table(tasks), .index(SchemaIndex("tasks_queue", on: "tasks", ["severity", "due_at", "order_id", "task"])),
    ]

    /// After which moment an order has been in its state for too long, which depends on when its warehouse works.
    private static let version7: [SchemaChange] = [
        .column(table: "orders", SchemaColumn("overdue_after", .integer, isOptional: true))
    ]

    private static let tasks = SchemaTable(
        "tasks",
        [
            SchemaColumn("order_id", .integer, references: "orders"),
            SchemaColumn("task", .text, check: .notEmpty),
            SchemaColumn("kind", .text, check: .notEmpty),
            SchemaColumn("severity", .integer, check: .between(0, 3)),
            SchemaColumn("owner", .text, check: .notEmpty),
            SchemaColumn("person", .text),
            SchemaColumn("opened_at", .integer),
            SchemaColumn("due_at", .integer),
            SchemaColumn("snoozed_until", .integer, isOptional: true),
            SchemaColumn("reopenings", .integer, check: .atLeast(0)),
            SchemaColumn("reason_zh", .text),
            SchemaColumn("reason_en", .text),
        ],
        primaryKey: ["order_id", "task"])

    private static let parcels = SchemaTable(
        "parcels",
        [
            SchemaColumn("order_id", .integer, references: "orders"),
            SchemaColumn("parcel", .text, check: .notEmpty),
            SchemaColumn(
                "tracking_set", .text,
                check: .oneOf([
                    "number-read-back", "channel-a-trying", "channel-b-trying", "keeper-asked", "polling",
                ])),
            SchemaColumn("since", .integer),
            SchemaColumn("due_at", .integer, isOptional: true),
            SchemaColumn("courier", .text),
            SchemaColumn("channel", .text),
            SchemaColumn("keeper_code", .text),
        ],
        primaryKey: ["order_id", "parcel"])

    /// The hot row: written with every event, therefore with no index but the one on its number.
    private static let orders = SchemaTable(
        "orders",
        [
            SchemaColumn("id", .identity),
            SchemaColumn("number", .text, check: .notEmpty),
            SchemaColumn("version", .integer, check: .atLeast(1)),
            SchemaColumn("state", .integer, check: .between(0, 7)),
            SchemaColumn("state_since", .integer, isOptional: true),
            SchemaColumn(
                "completion", .text, check: .oneOf(["open", "partially-completed", "completed", "cancelled"])),
            SchemaColumn("holds", .integer, check: .atLeast(0)),
            SchemaColumn("verdict", .text, isOptional: true, check: .oneOf(["wrong", "late", "unknown"])),
            SchemaColumn("placed_at", .integer, isOptional: true),
            SchemaColumn("changed_at", .integer),
            SchemaColumn("health", .integer, check: .between(0, 65_535)),
            SchemaColumn("changes_at", .integer, isOptional: true),
            SchemaColumn("chain_head", .bytes, check: .byteCount(32)),
        ],
        unique: [["number"]])

    private static let events = SchemaTable(
        "events",
        [
            SchemaColumn("id", .identity),
            SchemaColumn("order_id", .integer, references: "orders"),
            SchemaColumn("number", .integer, check: .atLeast(1)),
            SchemaColumn("bytes", .bytes),
            SchemaColumn("hash", .bytes, check: .byteCount(32)),
        ],
        unique: [["order_id", "number"]])

    private static let inbox = SchemaTable(
        "inbox",
        [
            SchemaColumn("id", .identity),
            SchemaColumn("source", .text, check: .notEmpty),
            SchemaColumn("message_id", .text, check: .notEmpty),
            SchemaColumn("order_number", .text),
            SchemaColumn("received_at", .integer),
            SchemaColumn("body_hash", .integer),
            SchemaColumn("sealed", .bytes),
        ],
        unique: [["source", "message_id"]])

    private static let waybills = SchemaTable(
        "waybills",
        [
            SchemaColumn("order_id", .integer, references: "orders"),
            SchemaColumn("parcel", .text),
            SchemaColumn("number", .text, check: .notEmpty),
            SchemaColumn("status", .text, check: .oneOf(["live", "contested", "voided"])),
        ],
        primaryKey: ["order_id", "parcel", "number"])

    private static let findings = SchemaTable(
        "findings",
        [
            SchemaColumn("order_id", .integer, references: "orders"),
            SchemaColumn("kind", .text, check: .notEmpty),
            SchemaColumn("verdict", .text, check: .oneOf(["wrong", "late", "unknown"])),
            SchemaColumn("since", .integer),
        ],
        primaryKey: ["order_id", "kind"])

    private static let instructions = SchemaTable(
        "instructions",
        [
            SchemaColumn("id", .identity),
            SchemaColumn("key", .text, check: .notEmpty),
            SchemaColumn("order_id", .integer, references: "orders"),
            SchemaColumn("kind", .text, check: .notEmpty),
            SchemaColumn("system", .text, check: .notEmpty),
            SchemaColumn("target", .text),
            SchemaColumn("status", .text, check: .oneOf(["waiting", "ambiguous", "done", "refused", "parked"])),
            SchemaColumn("attempts", .integer, check: .atLeast(0)),
            SchemaColumn("issued_at", .integer),
            SchemaColumn("due_at", .integer),
            SchemaColumn("deadline", .integer),
            SchemaColumn("lease_until", .integer, isOptional: true),
            SchemaColumn("last_error", .text),
        ],
        unique: [["key"]])

    private static let timers = SchemaTable(
        "timers",
        [
            SchemaColumn("order_number", .text, check: .notEmpty),
            SchemaColumn("id", .text, check: .notEmpty),
            SchemaColumn("due_at", .integer),
        ],
        primaryKey: ["order_number", "id"])

    private static let receivers = SchemaTable(
        "receivers",
        [SchemaColumn("id", .text, check: .notEmpty), SchemaColumn("sealed", .bytes)],
        primaryKey: ["id"])

    private static let parked = SchemaTable(
        "parked",
        [
            SchemaColumn("id", .identity),
            SchemaColumn("source", .text),
            SchemaColumn("place", .text),
            SchemaColumn("received_at", .integer),
            SchemaColumn("reason", .text, check: .notEmpty),
            SchemaColumn("sealed", .bytes),
        ])

    private static let meta = SchemaTable(
        "meta",
        [SchemaColumn("name", .text, check: .notEmpty), SchemaColumn("value", .bytes)],
        primaryKey: ["name"])

    private static let indexes: [SchemaChange] = [
        .index(
            SchemaIndex(
                "waybills_one_live", on: "waybills", ["order_id", "parcel"], isUnique: true,
                where: ("status", ["live"]))),
        .index(SchemaIndex("findings_by_kind", on: "findings", ["kind", "verdict", "order_id"])),
        .index(SchemaIndex("instructions_by_order", on: "instructions", ["order_id"])),
        .index(
            SchemaIndex(
                "instructions_due", on: "instructions", ["due_at"], where: ("status", ["waiting", "ambiguous"]))),
        .index(SchemaIndex("timers_due", on: "timers", ["due_at"])),
    ]
}
