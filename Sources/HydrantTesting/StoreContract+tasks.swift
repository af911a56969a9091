import HydrantCore
import HydrantStorage

// What people must do: written with its order, listed in the order of the queue without it.

extension StoreContract {
    static let taskProperties: [Property] = [
        Property(name: "tasks stand where their order's last step put them") { try await $0.tasksReplaced() },
        Property(name: "tasks are listed in the order of the queue, page by page") { try await $0.tasksInOrder() },
        Property(name: "tasks are found by kind, severity, owner, person and sleep") { try await $0.tasksFiltered() },
        Property(name: "tasks are counted by kind, severity and owner") { try await $0.tasksCounted() },
        Property(name: "a task is there once and has an owner") { try await $0.tasksRefused() },
    ]

    private static func row(
        _ id: String, _ severity: TaskSeverity = .normal, kind: TaskKind = .asked, owner: String = "service",
        since: Milliseconds = 0
    ) -> TaskRow {
        var row = TaskRow(id: id, kind: kind, severity: severity, owner: owner, openedAt: Sample.now + since)
        row.reason = Text(chinese: "原因 \(id)", english: "why \(id)")
        return row
    }

    private static func step(_ order: String, _ rows: [TaskRow], id: Int64 = 0, from version: Int = 0) -> WriteBatch {
        var write = Sample.step(order, id: id, from: version)
        write.tasks = rows
        return Sample.batch(write)
    }

    private func list(_ store: any Store, _ filter: TaskFilter = TaskFilter()) async throws -> [String] {
        try await store.read { try $0.tasks(filter, after: .begin, limit: 100) }.map { "\($0.order) \($0.row.id)" }
    }

    private func tasksReplaced() async throws {
        try await withStore { store in
            var taken = Self.row("b")
            taken.person = "li"
            taken.snoozedUntil = Sample.now + 9
            taken.reopenings = 2
            taken.dueAt = Sample.now + 7
            let ids = try await store.write(Self.step("A", [taken, Self.row("a", .urgent)]))
            let expected = [Self.row("a", .urgent), taken]
            try expect(try await store.read { try $0.tasks(of: "A") }, expected, "tasks by their ids")
            try await store.write(Sample.batch(Sample.step("A", id: ids[0], from: 1)))
            try expect(try await store.read { try $0.tasks(of: "A") }, expected, "a step without tasks")
            try await store.write(Self.step("A", [], id: ids[0], from: 2))
            try expect(try await store.read { try $0.tasks(of: "A") }, [], "tasks that were closed")
            try expect(try await store.read { try $0.tasks(of: "B") }, [], "tasks of an order that is none")
        }
    }

    private func tasksInOrder() async throws {
        try await withStore { store in
            try await store.write(Self.step("A", [Self.row("z"), Self.row("y", since: 5), Self.row("x", .low)]))
            try await store.write(Self.step("B", [Self.row("z"), Self.row("w", .urgent, since: 50), Self.row("y")]))
            let expected = ["B w", "A z", "B y", "B z", "A y", "A x"]
            try expect(try await list(store), expected, "the queue")
            var found: [String] = []
            var place = TaskPlace.begin
            while true {
                let after = place
                let page = try await store.read { try $0.tasks(TaskFilter(), after: after, limit: 2) }
                guard let last = page.last else { break }
                found += page.map { "\($0.order) \($0.row.id)" }
                place = last.place
            }
            try expect(found, expected, "the queue page by page")
        }
    }

    private func tasksFiltered() async throws {
        try await withStore { store in
            var taken = Self.row("1", owner: "finance")
            taken.person = "li"
            var asleep = Self.row("2", kind: .giftUnbound)
            asleep.snoozedUntil = Sample.now + 10
            try await store.write(Self.step("A", [taken, asleep, Self.row("3", .high)]))
            let cases: [(TaskFilter, [String])] = [
                (TaskFilter(kind: .giftUnbound), ["A 2"]), (TaskFilter(severity: .high), ["A 3"]),
                (TaskFilter(owner: "finance"), ["A 1"]), (TaskFilter(person: "li"), ["A 1"]),
                (TaskFilter(person: ""), ["A 3", "A 2"]), (TaskFilter(awakeAt: Sample.now), ["A 3", "A 1"]),
                (TaskFilter(awakeAt: Sample.now + 10), ["A 3", "A 1", "A 2"]),
                (TaskFilter(kind: .asked, severity: .low), []),
            ]
            for (filter, expected) in cases { try expect(try await list(store, filter), expected, "\(filter)") }
        }
    }

    private func tasksCounted() async throws {
        try await withStore { store in
            let empty = try await store.read { try $0.taskCounts(dueBy: Sample.now) }
            try expect(empty, [], "counts of an empty store")
            try await store.write(Self.step("A", [Self.row("1", since: 5), Self.row("2", .urgent)]))
            try await store.write(Self.step("B", [Self.row("1", since: 3), Self.row("2", owner: "finance")]))
            let due = Sample.now + 3 + TaskSeverity.normal.time
            let found = try await store.read { try $0.taskCounts(dueBy: due) }
            func count(
                _ severity: TaskSeverity, _ owner: String, _ count: Int64, _ since: Milliseconds, _ overdue: Int64
            ) -> TaskCount {
                var row = TaskCount(
                    kind: .asked, severity: severity, owner: owner, count: count, oldestOpenedAt: Sample.now + since)
                row.overdue = overdue
                return row
            }
            let expected = [
                count(.urgent, "service", 1, 0, 1), count(.normal, "finance", 1, 0, 1),
                count(.normal, "service", 2, 3, 1),
            ]
            try expect(found, expected, "counts")
        }
    }

    private func tasksRefused() async throws {
        try await withStore { store in
            try await expectRefused(store, Self.step("A", [Self.row("1"), Self.row("1", .low)]), "a task twice")
            try await expectRefused(store, Self.step("A", [Self.row("")]), "a task without an id")
            try await expectRefused(store, Self.step("A", [Self.row("1", owner: "")]), "a task without an owner")
        }
    }
}
