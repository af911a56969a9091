import Synchronization

/// Counts requests by route, method and status, and how long they took by route.
final class RequestFigures: Sendable {
    struct Key: Hashable, Comparable, Sendable {
        var route: String
        var method: String
        var status: Int

        static func < (left: Key, right: Key) -> Bool {
            (left.route, left.method, left.status) < (right.route, right.method, right.status)
        }
    }

    struct Durations: Sendable {
        /// Upper bounds in seconds; one more bucket takes everything above.
        static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
        var buckets = [Int64](repeating: 0, count: bounds.count + 1)
        var sumSeconds = 0.0

        mutating func add(_ seconds: Double) {
            buckets[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += 1
            sumSeconds += seconds
        }
    }

    struct Figures: Sendable {
        var requests: [Key: Int64] = [:]
        var durations: [String: Durations] = [:]
    }

    private let figures = Mutex(Figures())

    func add(_ key: Key, seconds: Double) {
        figures.withLock { figures in
            figures.requests[key, default: 0] += 1
            figures.durations[key.route, default: Durations()].add(seconds)
        }
    }

    var current: Figures { figures.withLock { $0 } }
}
