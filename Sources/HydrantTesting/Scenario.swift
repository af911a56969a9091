package import HydrantCore

/// Given what was said before, when one more fact is said, then these events follow.
///
/// The values are compared by the test itself; this target knows no test framework.
package struct Scenario: Sendable {
    package let settings: Settings
    package private(set) var order: Order
    /// Every event of the given facts, in order.
    package private(set) var events: [Event] = []

    package init(order: String = "SO-1", settings: Settings = Settings()) {
        self.settings = settings
        self.order = Order(number: order)
    }

    /// The standard order that has come to a state, and what was said so far.
    package static func standard(at state: Int, settings: Settings = Settings()) throws(Refusal) -> Scenario {
        var scenario = Scenario(settings: settings)
        try scenario.given(OrderStory.walk(to: state).facts)
        return scenario
    }

    /// An order that came so far, and is told more under other settings.
    package init(_ order: Order, settings: Settings) {
        self.settings = settings
        self.order = order
    }

    /// Takes in facts, each recorded when it was received.
    package mutating func given(_ facts: [Fact]) throws(Refusal) {
        for fact in facts { try given(fact) }
    }

    @discardableResult
    package mutating func given(_ fact: Fact) throws(Refusal) -> [Event] {
        let new = try decide(order, fact, settings: settings, now: fact.receivedAt)
        for event in new { order.evolve(event) }
        events += new
        return new
    }

    /// What one more fact leads to, with the same fact said a second time.
    package struct Outcome: Sendable {
        package var events: [Event]
        package var order: Order
        /// The events of the repeated message: there must be none.
        package var repeated: [Event]
    }

    package func when(_ fact: Fact) throws(Refusal) -> Outcome {
        var copy = self
        let events = try copy.given(fact)
        let repeated = try decide(copy.order, fact, settings: settings, now: fact.receivedAt + .minutes(1))
        return Outcome(events: events, order: copy.order, repeated: repeated)
    }
}

extension Order {
    /// The order without what depends on the path that the facts took: event numbers, the
    /// instructions that were issued on the way, and which of several equal proofs a stamp names.
    package var settled: Order {
        var copy = self
        copy.version = 0
        copy.issued = []
        copy.tasks = []
        for index in copy.stamps.indices { copy.stamps[index].proof = [] }
        return copy
    }
}
