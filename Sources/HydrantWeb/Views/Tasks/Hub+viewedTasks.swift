import HydrantCore
import HydrantEngine
import HydrantStorage

extension Hub {
    /// So many open tasks are looked at for one page of somebody who sees the orders of some warehouses only.
    private static let tasksScanned = 20_000

    /// The queue as a viewer may know it: of hidden orders there is neither a task nor a count.
    func tasks(
        _ filter: TaskFilter, after place: TaskPlace, limit: Int, for viewer: Viewer
    ) async throws -> TaskPage {
        guard viewer.role == .warehouse else { return try await tasks(filter, after: place, limit: limit) }
        let now = clock.now()
        let index = WarehouseIndex(viewer.warehouses, keyring)
        return try await store.read { reader in
            let own = try Self.seen(by: viewer, index, reader)
            let found = own.filter { place < $0.place && filter.admits($0.row) }
            // What is shown is looked at itself: the index may be some moments behind.
            let shown = try found.prefix(limit).filter { try viewer.maySee(number: $0.order, reader) }
            return TaskPage(
                asOf: now, filter: filter, tasks: shown, counts: Self.counts(of: own, dueBy: now),
                next: found.count > limit ? found[limit - 1].place : nil)
        }
    }

    /// Whether a viewer may know that the order of a task exists.
    func isSeen(_ command: TaskCommand, by viewer: Viewer) async throws -> Bool {
        guard viewer.role == .warehouse else { return true }
        return try await committer.order(command.order).map(viewer.maySee) ?? false
    }

    /// Takes in the answers of a task's form, as far as the viewer may know the order and say what they say.
    func resolve(
        _ command: TaskCommand, _ resolution: TaskResolution, byProgram: Bool = false, by viewer: Viewer
    ) async throws -> TaskAnswer {
        guard try await isSeen(command, by: viewer) else { return .unknown }
        let need = try await committer.order(command.order)?.standingTask(command.task)?.need
        if let need, !need.closesItself, !need.mayBeAnswered(by: viewer) { return .refused(Self.refundRoles) }
        return try await resolve(command, resolution, byProgram: byProgram)
    }

    private static let refundRoles = Refusal(
        code: "taskRole",
        text: Text(chinese: "退款由财务或负责人登记", english: "Refunds are recorded by finance or the owner"),
        nextStep: Text(chinese: "请转交给财务", english: "Hand the task over to finance"))

    private static func seen(
        by viewer: Viewer, _ index: WarehouseIndex, _ reader: any StoreReader
    ) throws -> [ListedTask] {
        var own: [ListedTask] = []
        var isSeen: [String: Bool] = [:]
        var cursor = TaskPlace.begin
        var scanned = 0
        let step = 500
        while scanned < tasksScanned {
            let tasks = try reader.tasks(TaskFilter(), after: cursor, limit: step)
            let answer = try index.ask(Array(Set(tasks.map(\.orderID))), reader)
            for task in tasks where answer.mayConcern(task.orderID) {
                let known =
                    try answer.found.contains(task.orderID)
                    || isSeen[task.order] ?? viewer.maySee(number: task.order, reader)
                isSeen[task.order] = known
                if known { own.append(task) }
            }
            guard tasks.count == step, let last = tasks.last else { break }
            cursor = last.place
            scanned += tasks.count
        }
        return own
    }

    private static func counts(of tasks: [ListedTask], dueBy moment: Instant) -> [TaskCount] {
        struct Group: Hashable {
            var kind: TaskKind
            var severity: TaskSeverity
            var owner: String
        }
        let groups = Dictionary(grouping: tasks.map(\.row)) {
            Group(kind: $0.kind, severity: $0.severity, owner: $0.owner)
        }
        return groups.map { group, rows in
            var count = TaskCount(
                kind: group.kind, severity: group.severity, owner: group.owner, count: Int64(rows.count),
                oldestOpenedAt: rows.map(\.openedAt).min() ?? moment)
            count.overdue = Int64(rows.count { $0.dueAt <= moment })
            return count
        }
    }
}

extension TaskNeed {
    /// What says that money went back is said by who may record a refund on the order's page.
    func mayBeAnswered(by viewer: Viewer) -> Bool {
        !decidesRefund || AccessTable.actions[.recordRefund].map(viewer.isAmong) == true
    }
}
