package import HydrantCore
package import HydrantStorage

extension PostgresReader {
    package func tasks(of number: String) throws -> [TaskRow] {
        try connection.all(Statements.tasksOfOrder, [.text(number)], ListedTask.init(_:)).map(\.row)
    }

    package func tasks(_ filter: TaskFilter, after place: TaskPlace, limit: Int) throws -> [ListedTask] {
        try connection.all(
            Statements.tasksInOrder,
            [
                .integer(place.severity), .integer(place.dueAt.milliseconds), .integer(place.orderID),
                .text(place.task), .optional(filter.kind?.rawValue),
                .optional(filter.severity.map { Int64($0.rank) }), .optional(filter.owner), .optional(filter.person),
                .optional(filter.awakeAt?.milliseconds), .integer(limit),
            ], ListedTask.init(_:))
    }

    package func taskCounts(dueBy moment: Instant) throws -> [TaskCount] {
        try connection.all(Statements.taskCounts, [.integer(moment.milliseconds)]) { row in
            var count = TaskCount(
                kind: try row.word(0, TaskKind.self), severity: try TaskSeverity(rank: row.integer(1)),
                owner: row.text(2), count: row.integer(3), oldestOpenedAt: Instant(milliseconds: row.integer(4)))
            count.overdue = row.integer(5)
            return count
        }
    }
}

extension ListedTask {
    /// The columns of ``Statements/taskColumns``.
    fileprivate init(_ row: AnswerRow) throws {
        var task = TaskRow(
            id: row.text(2), kind: try row.word(3, TaskKind.self), severity: try TaskSeverity(rank: row.integer(4)),
            owner: row.text(5), openedAt: Instant(milliseconds: row.integer(7)))
        task.person = row.text(6)
        task.dueAt = Instant(milliseconds: row.integer(8))
        task.snoozedUntil = row.optionalInteger(9).map(Instant.init(milliseconds:))
        task.reopenings = Int(row.integer(10))
        task.reason = Text(chinese: row.text(11), english: row.text(12))
        self.init(order: row.text(0), orderID: row.integer(1), row: task)
    }
}
