package import HydrantCore
package import HydrantStorage

/// A page of the queue of tasks.
package struct TaskPage: Sendable {
    package var asOf: Instant
    package var filter: TaskFilter
    package var tasks: [ListedTask]
    /// All open tasks, whatever the filter.
    package var counts: [TaskCount]
    /// Behind which place the next page begins; nil at the end.
    package var next: TaskPlace?

    package init(asOf: Instant, filter: TaskFilter, tasks: [ListedTask], counts: [TaskCount], next: TaskPlace?) {
        self.asOf = asOf
        self.filter = filter
        self.tasks = tasks
        self.counts = counts
        self.next = next
    }
}

/// What became of something that a person did with a task.
package enum TaskAnswer: Hashable, Sendable {
    /// It is done, and the task is still open, as it should be.
    case moved
    /// The task's condition was checked again and is gone.
    case closed
    /// The answers were taken in, and the condition is still there, for this reason.
    case stillThere(Text)
    case refused(Refusal)
    /// There is no such order or open task.
    case unknown
}

/// Who does what with a task of an order.
package struct TaskCommand: Hashable, Sendable {
    package var order: String
    package var task: String
    /// The name of the account, or the machine's as ``ActorName`` has it.
    package var person: String

    package init(order: String, task: String, person: String) {
        self.order = order
        self.task = task
        self.person = person
    }
}
