/// A task of an order: opened and closed by the hub, moved along by people.
package struct OrderTask: Hashable, Sendable {
    package var need: TaskNeed
    package var openedAt: Instant
    /// When it was opened again because a resolution did not remove its cause; nil while that never happened.
    package var reopenedAt: Instant?
    package var reopenings = 0
    package var ending: TaskEnding?
    package var endedAt: Instant?

    init(need: TaskNeed, openedAt: Instant) {
        self.need = need
        self.openedAt = openedAt
    }

    package var isOpen: Bool { ending == nil }
    /// By when somebody should have dealt with it.
    package var dueAt: Instant { openedAt + need.within }
    /// Since when it waits for somebody: what was done before counts no more.
    var waitsSince: Instant { reopenedAt ?? openedAt }
}

/// The storage names of how tasks end; the list may only grow.
package enum TaskEnding: String, CaseIterable, Sendable {
    /// A person dealt with it, and the condition was checked again and is gone.
    case resolved
    /// The condition went away without anybody's form.
    case gone
}

/// A task as it stands now, for lists and pages.
package struct StandingTask: Hashable, Sendable {
    package var need: TaskNeed
    package var openedAt: Instant
    package var dueAt: Instant
    package var reopenings: Int
    /// The role, or the person it was handed to.
    package var owner: String
    /// Who has taken it; empty while nobody has.
    package var person: String
    package var takenAt: Instant?
    package var snoozedUntil: Instant?
    package var snoozeReason: String

    package func isSnoozed(at now: Instant) -> Bool { snoozedUntil.map { now < $0 } ?? false }
}

extension Order {
    /// The open tasks in the order in which they were opened.
    package var standingTasks: [StandingTask] { tasks.filter(\.isOpen).map(standing) }

    package func standingTask(_ id: String) -> StandingTask? { openTask(id).map(standing) }

    private func standing(_ task: OrderTask) -> StandingTask {
        let hand = taskHands.entry(task.need.id).flatMap { $0.evidence.at >= task.openedAt ? $0 : nil }
        let owner = taskOwners.entry(task.need.id).flatMap { $0.evidence.at >= task.openedAt ? $0.value : nil }
        return StandingTask(
            need: task.need, openedAt: task.openedAt, dueAt: task.dueAt, reopenings: task.reopenings,
            owner: owner ?? task.need.owner, person: hand?.value.person ?? "",
            takenAt: hand.flatMap { $0.value.person.isEmpty ? nil : $0.evidence.at },
            snoozedUntil: hand?.value.snoozedUntil, snoozeReason: hand?.value.snoozeReason ?? "")
    }

    func openTask(_ id: String) -> OrderTask? { tasks.last { $0.need.id == id && $0.isOpen } }

    /// What a person last answered about a task, unless that was before a moment.
    func resolution(of task: String, since: Instant) -> TaskResolution? {
        taskResolutions.entry(task).flatMap { $0.evidence.at >= since ? $0.value : nil }
    }

    /// What changes about the order's tasks: those whose condition is new, gone, or still there although somebody said
    /// that it was dealt with.
    ///
    /// - Parameter isByPerson: whether a person's word is the reason to look.
    func taskChanges(_ settings: Settings, now: Instant, isByPerson: Bool) -> [Event.Body] {
        let needs = taskNeeds(settings, now: now)
        guard !needs.isEmpty || tasks.contains(where: \.isOpen) else { return [] }
        var changes: [Event.Body] = []
        for task in tasks where task.isOpen {
            let isAnswered = resolution(of: task.need.id, since: task.waitsSince) != nil
            guard let need = needs.first(where: { $0.id == task.need.id }) else {
                changes.append(.taskClosed(id: task.need.id, isAnswered || isByPerson ? .resolved : .gone))
                continue
            }
            if need != task.need { changes.append(.taskOpened(need)) }
            if isAnswered { changes.append(.taskReopened(id: need.id, Self.stillThere(need))) }
        }
        for need in needs where openTask(need.id) == nil { changes.append(.taskOpened(need)) }
        return changes
    }

    /// Whether a resolution is the last word about a task that its own answers have just closed.
    func hasJustClosed(_ move: TaskMove, _ time: Instant) -> Bool {
        guard case .resolved = move.step, let task = tasks.last(where: { $0.need.id == move.task }),
            task.ending == .resolved, let endedAt = task.endedAt
        else { return false }
        return resolution(of: move.task, since: task.waitsSince) == nil && time - endedAt < .minutes(5)
    }

    private static func stillThere(_ need: TaskNeed) -> Text {
        Text(
            chinese: "复查后问题仍在：\(need.reason.chinese)",
            english: "Checked again, it is still so: \(need.reason.english)"
        ).bounded
    }

    mutating func openTask(_ need: TaskNeed, at time: Instant) {
        guard let index = tasks.lastIndex(where: { $0.need.id == need.id && $0.isOpen }) else {
            return tasks.append(OrderTask(need: need, openedAt: time))
        }
        tasks[index].need = need
    }

    mutating func reopenTask(_ id: String, at time: Instant) {
        guard let index = tasks.lastIndex(where: { $0.need.id == id && $0.isOpen }) else { return }
        // Later than the answer, which may be of the same millisecond.
        tasks[index].reopenedAt = max(time, taskResolutions.entry(id)?.evidence.at ?? time) + 1
        tasks[index].reopenings += 1
    }

    mutating func closeTask(_ id: String, _ ending: TaskEnding, at time: Instant) {
        guard let index = tasks.lastIndex(where: { $0.need.id == id && $0.isOpen }) else { return }
        tasks[index].ending = ending
        tasks[index].endedAt = time
    }
}
