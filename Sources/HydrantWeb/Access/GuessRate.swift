package import HydrantCore
import Synchronization

/// How many attempts to sign in are looked at within a second: what comes above that is sent away before its form is
/// read, so that a flood of guesses takes next to nothing from everybody else. Locks are ``GuessBook``'s.
package final class GuessRate: Sendable {
    private struct Count {
        var second: Int64 = 0
        var all = 0
        var bySource: [String: Int] = [:]
    }

    package static let sourceMaximum = 40
    package static let maximum = 60

    private let count = Mutex(Count())

    package init() {}

    package func admits(_ source: String, at now: Instant) -> Bool {
        count.withLock { count in
            let second = now.milliseconds / 1_000
            if count.second != second { count = Count(second: second) }
            let own = count.bySource[source] ?? 0
            guard count.all < Self.maximum, own < Self.sourceMaximum else { return false }
            count.all += 1
            count.bySource[source] = own + 1
            return true
        }
    }
}
