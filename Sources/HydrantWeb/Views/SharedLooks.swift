import HydrantCore
import HydrantEngine
import HydrantStorage

/// What a stream found, and what it found it by.
struct StreamLook: Sendable {
    var seen: String
    var row: OrderRow?
}

/// Looks that several streams of one viewer share: however many watch the same, it is looked at once a second.
actor SharedLooks {
    private struct Entry {
        let begin: Instant
        let task: Task<StreamLook, any Error>
        var isDone = false
    }

    /// A little less than the second after which streams look again.
    private static let lifetime: Milliseconds = 900
    private static let keptAtMost = 256

    private let clock: any HubClock
    private var entries: [String: Entry] = [:]

    init(clock: any HubClock = SystemClock()) { self.clock = clock }

    /// - Parameters:
    ///   - key: what is looked at, and who looks.
    ///   - isFirst: whether a stream begins: then an older look is not enough.
    func look(
        _ key: String, isFirst: Bool, _ body: @escaping @Sendable () async throws -> StreamLook
    ) async throws -> StreamLook {
        let now = clock.now()
        if !isFirst, let entry = entries[key], !entry.isDone || now < entry.begin + Self.lifetime {
            return try await entry.task.value
        }
        if entries.count >= Self.keptAtMost {
            entries = entries.filter { !$0.value.isDone || now < $0.value.begin + Self.lifetime }
        }
        let task = Task { try await body() }
        entries[key] = Entry(begin: now, task: task)
        let result = await task.result
        if entries[key]?.begin == now { entries[key]?.isDone = true }
        return try result.get()
    }
}
