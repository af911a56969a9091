package import HydrantCore

/// An open task of an order as the queue needs it; it follows from the order's events.
package struct TaskRow: Hashable, Sendable {
    /// The id of its need, unique in the order.
    package var id: String
    package var kind: TaskKind
    package var severity: TaskSeverity
    /// The role, or the person it was handed to.
    package var owner: String
    /// Who has taken it; empty while nobody has.
    package var person: String
    package var openedAt: Instant
    package var dueAt: Instant
    package var snoozedUntil: Instant?
    /// How often it was called resolved and was not.
    package var reopenings: Int
    package var reason: Text

    package init(
        id: String, kind: TaskKind, severity: TaskSeverity, owner: String, openedAt: Instant
    ) {
        self.id = id
        self.kind = kind
        self.severity = severity
        self.owner = owner
        self.openedAt = openedAt
        person = ""
        dueAt = openedAt + severity.time
        reopenings = 0
        reason = Text(chinese: "", english: "")
    }

    package init(_ task: StandingTask) {
        self.init(
            id: task.need.id, kind: task.need.kind, severity: task.need.severity, owner: task.owner,
            openedAt: task.openedAt)
        person = task.person
        dueAt = task.dueAt
        snoozedUntil = task.snoozedUntil
        reopenings = task.reopenings
        reason = task.need.reason
    }
}

/// A task as the queue shows it.
package struct ListedTask: Hashable, Sendable {
    package var order: String
    package var orderID: Int64
    package var row: TaskRow

    package init(order: String, orderID: Int64, row: TaskRow) {
        self.order = order
        self.orderID = orderID
        self.row = row
    }

    /// Its place in the queue.
    package var place: TaskPlace {
        TaskPlace(severity: row.severity.rank, dueAt: row.dueAt, orderID: orderID, task: row.id)
    }
}

/// A place in the queue: the gravest tasks first, of these the one that is due first.
package struct TaskPlace: Hashable, Sendable, Comparable {
    package var severity: Int
    package var dueAt: Instant
    package var orderID: Int64
    package var task: String

    package init(severity: Int, dueAt: Instant, orderID: Int64, task: String) {
        self.severity = severity
        self.dueAt = dueAt
        self.orderID = orderID
        self.task = task
    }

    /// Before every task.
    package static let begin = TaskPlace(severity: -1, dueAt: Instant(milliseconds: 0), orderID: 0, task: "")

    package static func < (left: TaskPlace, right: TaskPlace) -> Bool {
        if left.severity != right.severity { return left.severity < right.severity }
        if left.dueAt != right.dueAt { return left.dueAt < right.dueAt }
        if left.orderID != right.orderID { return left.orderID < right.orderID }
        return left.task.utf8.lexicographicallyPrecedes(right.task.utf8)
    }
}

/// Which tasks a list shows; nil leaves a member open.
package struct TaskFilter: Hashable, Sendable {
    package var kind: TaskKind?
    package var severity: TaskSeverity?
    package var owner: String?
    /// Who has taken it; empty for what nobody has taken.
    package var person: String?
    /// Leaves out what is put off beyond this moment; nil shows it.
    package var awakeAt: Instant?

    package init(
        kind: TaskKind? = nil, severity: TaskSeverity? = nil, owner: String? = nil, person: String? = nil,
        awakeAt: Instant? = nil
    ) {
        self.kind = kind
        self.severity = severity
        self.owner = owner
        self.person = person
        self.awakeAt = awakeAt
    }

    package func admits(_ row: TaskRow) -> Bool {
        (kind == nil || row.kind == kind) && (severity == nil || row.severity == severity)
            && (owner == nil || row.owner == owner) && (person == nil || row.person == person)
            && (awakeAt.map { now in row.snoozedUntil.map { $0 <= now } ?? true } ?? true)
    }
}

/// How many tasks of one kind, severity and owner are open, since when the oldest is, and how many are overdue.
package struct TaskCount: Hashable, Sendable {
    package var kind: TaskKind
    package var severity: TaskSeverity
    package var owner: String
    package var count: Int64
    package var oldestOpenedAt: Instant
    /// Those that were due by the moment of the question.
    package var overdue: Int64

    package init(kind: TaskKind, severity: TaskSeverity, owner: String, count: Int64, oldestOpenedAt: Instant) {
        self.kind = kind
        self.severity = severity
        self.owner = owner
        self.count = count
        self.oldestOpenedAt = oldestOpenedAt
        overdue = 0
    }
}

extension TaskSeverity {
    /// The severity of a stored rank.
    package init(rank: Int64) throws(StoreFailure) {
        guard let found = Self.allCases.first(where: { $0.rank == rank }) else { throw StoreFailure(.corrupt) }
        self = found
    }
}
