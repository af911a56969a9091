package import HydrantCore
import Synchronization

/// Counts failed sign-ins by account and by source. A name that nobody has is counted like any other, so that being
/// locked out tells nothing. Counts are in memory; a lock is also kept in the store, so that no restart and no other
/// node forgives it.
package final class GuessBook: Sendable {
    private struct Entry {
        var failures: Int
        var since: Instant
    }

    /// So many failures of an account, or of a source, within ``window`` lock it until the window is over.
    package static let accountMaximum = 10
    package static let sourceMaximum = 50
    package static let window: Milliseconds = .minutes(15)
    private static let entriesMaximum = 20_000

    private let entries = Mutex<[String: Entry]>([:])

    package init() {}

    /// Until when no attempt is looked at; nil when one may be made. Counts the attempt as failed until ``forgive(_:)``
    /// says otherwise, so that a thousand at the same moment are a thousand.
    package func begin(account: String, source: String, now: Instant) -> Instant? {
        entries.withLock { entries in
            let keys = Array(
                zip(Self.keys(account: account, source: source), [Self.accountMaximum, Self.sourceMaximum]))
            var until: Instant?
            for (key, maximum) in keys {
                guard let entry = entries[key], now < entry.since + Self.window else { continue }
                if entry.failures >= maximum { until = max(until ?? now, entry.since + Self.window) }
            }
            if until != nil { return until }
            if entries.count >= Self.entriesMaximum {
                entries = entries.filter { now < $0.value.since + Self.window }
                // Whoever fills the book with names waits until it has room again.
                if entries.count >= Self.entriesMaximum { return now + .minutes(1) }
            }
            for (key, _) in keys {
                if let entry = entries[key], now < entry.since + Self.window {
                    entries[key] = Entry(failures: entry.failures + 1, since: entry.since)
                } else {
                    entries[key] = Entry(failures: 1, since: now)
                }
            }
            return nil
        }
    }

    /// The names of the account's and the source's counts.
    static func keys(account: String, source: String) -> [String] { ["a" + account, "s" + source] }

    /// The locks that these attempts have led to, with their ends.
    func locks(account: String, source: String, now: Instant) -> [(key: String, until: Instant)] {
        entries.withLock { entries in
            zip(Self.keys(account: account, source: source), [Self.accountMaximum, Self.sourceMaximum])
                .compactMap { key, maximum in
                    guard let entry = entries[key], now < entry.since + Self.window, entry.failures >= maximum else {
                        return nil
                    }
                    return (key, entry.since + Self.window)
                }
        }
    }

    /// Takes a success back from the counts: the account's altogether, of the source's the one attempt.
    package func forgive(account: String, source: String) {
        entries.withLock { entries in
            entries["a" + account] = nil
            if let entry = entries["s" + source] {
                entries["s" + source] = Entry(failures: max(0, entry.failures - 1), since: entry.since)
            }
        }
    }
}
