/// What the shell has to do because of events: effects as plain values.
package struct Reactions: Hashable, Sendable {
    package var instructions: [Instruction] = []
    package var timers: [OrderTimer] = []

    package init() {}
}

/// A moment at which an order must be looked at again.
package struct OrderTimer: Hashable, Sendable {
    package var order: String
    /// What falls due; for a hold, its id.
    package var id: String
    package var dueAt: Instant

    package init(order: String, id: String, dueAt: Instant) {
        self.order = order
        self.id = id
        self.dueAt = dueAt
    }
}

/// The effects of new events of one order.
package func react(to events: [Event]) -> Reactions {
    var reactions = Reactions()
    for event in events {
        switch event.body {
        case .instructionIssued(let instruction): reactions.instructions.append(instruction)
        case .factRecorded(let fact):
            if case .holdPlaced(let hold) = fact.body, case .timer(let dueAt) = hold.exit {
                reactions.timers.append(OrderTimer(order: event.order, id: hold.id, dueAt: dueAt))
            }
        case .ruleDecided(let ruling) where !ruling.isShadow:
            for hold in ruling.holds {
                guard let dueAt = hold.until else { continue }
                reactions.timers.append(OrderTimer(order: event.order, id: hold.id, dueAt: dueAt))
            }
        case .stateReached, .stateRestated, .ruleDecided, .taskOpened, .taskReopened, .taskClosed: break
        }
    }
    return reactions
}
