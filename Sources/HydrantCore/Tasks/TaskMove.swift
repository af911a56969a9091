/// What a person does with a task: a fact about the order, told by `person:NAME` or `machine:NAME`.
package struct TaskMove: Hashable, Sendable {
    package enum Step: Hashable, Sendable {
        case taken
        /// The role or the person that it waits for from now on.
        case handedOver(to: String, note: String)
        case snoozed(until: Instant, reason: String)
        case resolved(TaskResolution)
    }

    /// The id of the task's need.
    package var task: String
    /// A user's name, or a machine's as ``ActorName`` has it.
    package var person: String
    package var step: Step

    package init(task: String, person: String, step: Step) {
        self.task = task
        self.person = person
        self.step = step
    }

    package var kind: FactKind {
        switch step {
        case .taken: .taskTaken
        case .handedOver: .taskHandedOver
        case .snoozed: .taskSnoozed
        case .resolved: .taskResolved
        }
    }
}

/// How a person dealt with a task.
package struct TaskResolution: Hashable, Sendable {
    /// The form's answers by their fields' names.
    package var answers: [String: String]
    package var note: String
    /// How long it took, which counts as manual intervention.
    package var minutes: Int

    package init(answers: [String: String] = [:], note: String = "", minutes: Int = 0) {
        self.answers = answers
        self.note = note
        self.minutes = minutes
    }
}

/// Who has a task, as far as moves say so: the newest move counts.
package struct TaskHand: Hashable, Sendable {
    /// Empty where it waits for anybody of the role.
    package var person: String
    package var snoozedUntil: Instant?
    package var snoozeReason: String

    init(_ move: TaskMove) {
        person = move.person
        snoozeReason = ""
        switch move.step {
        case .handedOver: person = ""
        case .snoozed(let until, let reason):
            snoozedUntil = until
            snoozeReason = reason
        case .taken, .resolved: break
        }
    }
}

extension Order {
    /// Merges what a person did with a task. What was decided counts as manual intervention.
    mutating func take(_ move: TaskMove, _ evidence: Evidence) {
        switch move.step {
        case .taken: taskHands.merge(move.task, TaskHand(move), evidence)
        case .handedOver(let owner, _):
            taskHands.merge(move.task, TaskHand(move), evidence)
            taskOwners.merge(move.task, owner, evidence)
        case .snoozed(_, let reason):
            taskHands.merge(move.task, TaskHand(move), evidence)
            decide(Decision(person: move.person, cause: "\(move.task): \(reason)"), evidence)
        case .resolved(let resolution):
            taskResolutions.merge(move.task, resolution, evidence)
            takeKept(resolution, of: move.task, evidence)
            takeGoods(resolution, of: move.task)
            let cause = resolution.note.isEmpty ? move.task : "\(move.task): \(resolution.note)"
            decide(Decision(person: move.person, cause: cause, minutes: resolution.minutes), evidence)
        }
    }

    private mutating func decide(_ decision: Decision, _ evidence: Evidence) {
        decisions.merge("\(evidence.source)/\(evidence.messageID)", decision, evidence)
    }
}
