/// Why an event that was read back cannot be what happened next.
package struct ReplayProblem: Error, Hashable, Sendable {
    /// The number that the event gives itself.
    package var event: Int
    package var reason: String
}

extension Order {
    /// Brings the order past an event that was read back. What lies in a database may have been damaged since it was
    /// written, so that it is looked at before it is believed.
    package mutating func replay(_ event: Event) throws(ReplayProblem) {
        if let reason = obstacle(to: event) { throw ReplayProblem(event: event.number, reason: reason) }
        evolve(event)
    }

    private func obstacle(to event: Event) -> String? {
        guard event.order == number else { return "belongs to another order" }
        guard event.number == version + 1 else { return "follows event \(version)" }
        switch event.body {
        case .factRecorded(let fact): return fact.order == number ? nil : "records a fact of another order"
        case .stateReached(let stamp):
            return stamp.number == state + 1 ? nil : "reaches state \(stamp.number) after \(state)"
        case .stateRestated(let stamp):
            return (1...max(1, state)).contains(stamp.number) && state > 0
                ? nil : "restates state \(stamp.number) at \(state)"
        case .instructionIssued, .ruleDecided, .taskOpened: return nil
        case .taskReopened(let id, _), .taskClosed(let id, _):
            return openTask(id) != nil ? nil : "moves task \(id), which is not open"
        }
    }
}
