import HydrantCore

extension APIDescription {
    static var taskSchemas: [(String, JSON)] {
        let count = Schema.object([
            ("kind", Schema.words(TaskKind.self)), ("severity", Schema.words(TaskSeverity.self)),
            ("owner", Schema.text), ("count", Schema.count), ("overdue", Schema.count),
            ("oldestOpenedAt", Schema.time),
        ])
        let task = Schema.object([
            ("id", Schema.text), ("order", Schema.text), ("kind", Schema.words(TaskKind.self)),
            ("severity", Schema.words(TaskSeverity.self)), ("owner", Schema.text), ("person", Schema.textOrNull),
            ("openedAt", Schema.time), ("dueAt", Schema.time), ("overdue", Schema.flag),
            ("snoozedUntil", Schema.timeOrNull), ("reopenings", Schema.count), ("reason", Schema.ref("Text")),
        ])
        let house = Schema.object([
            ("kind", Schema.words(TaskKind.self)), ("severity", Schema.words(TaskSeverity.self)),
            ("owner", Schema.text), ("openedAt", Schema.time), ("dueAt", Schema.time), ("overdue", Schema.flag),
            ("reason", Schema.ref("Text")), ("page", Schema.text),
        ])
        return [
            ("Task", task), ("HouseTask", house),
            (
                "TaskPage",
                Schema.object([
                    ("asOf", Schema.time), ("counts", Schema.list(count)), ("tasks", Schema.list(Schema.ref("Task"))),
                    ("nextCursor", Schema.textOrNull), ("house", Schema.list(Schema.ref("HouseTask"))),
                ])
            ),
            (
                "TaskResult",
                Schema.object(
                    [("result", Schema.words(["moved", "closed", "reopened"])), ("reason", Schema.ref("Text"))],
                    optional: ["reason"])
            ),
        ]
    }

    /// The body of `POST /v1/tasks/{id}/…`.
    static func taskBody(_ step: String) -> JSON {
        let note: JSON = ["type": "string", "maxLength": 250]
        switch step {
        case "hand-over":
            return Schema.object([("to", Schema.text(maximum: 25)), ("note", note)], optional: ["note"])
        case "snooze": return Schema.object([("until", Schema.time), ("reason", Schema.text(maximum: 250))])
        case "resolve":
            return Schema.object(
                [
                    (
                        "answers",
                        ["type": "object", "additionalProperties": note, "maxProperties": 30]
                    ), ("note", note), ("minutes", Schema.whole(0...10_000)),
                ], optional: ["answers", "note", "minutes"])
        default: return Schema.anyObject
        }
    }
}
