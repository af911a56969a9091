/// Finds one kind of reasons why a person must do something. A pure function of the order, the settings and a moment.
///
/// A new source is one type and one line in the list below. A need is there as long as its condition is: when it is
/// found no more, the task closes; when somebody says that it was dealt with and it is still found, the task opens
/// again. What has no condition that can be checked is asked for by the fact `task.asked` and ends with its answer.
protocol TaskSource: SendableMetatype {
    static func needs(of order: Order, settings: Settings, now: Instant) -> [TaskNeed]
}

/// All sources.
private let sources: [any TaskSource.Type] = [
    FailedInstructions.self, WaybillTrouble.self, MissingNumbers.self, HoldsForPeople.self, AskedTasks.self,
    WrongOrders.self, ReturnedParcels.self, RuledTasks.self, PlaybookTasks.self,
]

extension Order {
    /// At most so many tasks of an order are open at a time; what comes after waits for its turn.
    package static let tasksMaximum = 50

    /// What a person must do about the order now.
    package func taskNeeds(_ settings: Settings, now: Instant) -> [TaskNeed] {
        var needs: [TaskNeed] = []
        for source in sources {
            needs += source.needs(of: self, settings: settings, now: now)
        }
        return needs.count <= Self.tasksMaximum ? needs : Array(needs.prefix(Self.tasksMaximum))
    }
}

/// What somebody asked for and nobody has answered since.
enum AskedTasks: TaskSource {
    static func needs(of order: Order, settings: Settings, now: Instant) -> [TaskNeed] {
        order.askedTasks.entries.filter { asked in
            // After a cancellation nobody owes anything for a way that is not gone.
            let isOver = order.cancelled != nil && asked.id.hasPrefix(Order.freightTaskPrefix)
            return !isOver && order.resolution(of: asked.id, since: asked.evidence.at) == nil
        }.map { asked in
            // The hub looks for no end of what others ask for: a person's answer must do.
            var need = asked.value
            need.closesItself = false
            return need
        }
    }
}

/// What interceptors ask people to do, until the form is answered.
enum RuledTasks: TaskSource {
    static func needs(of order: Order, settings: Settings, now: Instant) -> [TaskNeed] {
        guard !order.rulings.isEmpty else { return [] }
        // After a cancellation only what was asked because of it or later.
        let since = order.cancelled?.evidence.at ?? Instant(milliseconds: .min)
        return order.effectiveRulings.filter { $0.occasion >= since }.flatMap(\.tasks).filter {
            order.taskResolutions.entry($0.id) == nil
        }
    }
}

/// The choices that forms share.
extension TaskField {
    /// What somebody has to say to a task; may stay empty.
    package static let note = TaskField(
        "note", Text(chinese: "说明", english: "Note"), kind: .text, isRequired: false)

    static func action(_ options: [Option]) -> TaskField {
        TaskField("action", Text(chinese: "处理方式", english: "What was decided"), kind: .choice, options: options)
    }
}
