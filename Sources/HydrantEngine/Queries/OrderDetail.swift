package import HydrantCore
package import HydrantStorage

/// Everything the page of one order shows, at a moment.
package struct OrderDetail: Sendable {
    package var order: Order
    package var events: [Event]
    package var findings: [Finding]
    package var holds: [StandingHold]
    package var instructions: [InstructionRow]
    /// The receiver with name, phone and address masked.
    package var receiver: Receiver?
    /// The moment it is shown as of.
    package var asOf: Instant
    /// Why the order is red and what to do first; nil while nothing is wrong.
    package var rootCause: RootCause?
    /// What has to happen for the next state; nil at the last one.
    package var missing: Text?
    /// The last state that any connected system reports.
    package var lastReportedState: Int
    /// What each outside system said last.
    package var systems: [SystemView]
}

/// The last word of one system about an order.
package struct SystemView: Hashable, Sendable {
    package enum Agreement: String, Sendable {
        case agrees
        case disagrees
        case unmapped
    }

    package var system: String
    package var word: String
    package var saidAt: Instant
    package var agreement: Agreement
}

/// The reason in words, and the first thing to do.
package struct RootCause: Hashable, Sendable {
    package var reason: Text
    package var advice: Text
    package var verdict: Verdict
}
