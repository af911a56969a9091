import NIOPosix
import Synchronization

/// Lets so much of a long computation run at a time: one of each viewer, and so many altogether. What runs does so on
/// threads of its own, because the shared ones answer everybody else meanwhile.
final class WorkGate: Sendable {
    private struct State {
        var viewers: Set<String> = []
        var running = 0
    }

    private let state = Mutex(State())
    private let maximum: Int

    /// - Parameter maximum: how many run at a time.
    init(maximum: Int) { self.maximum = maximum }

    /// Whether the viewer may begin; then ``leave(_:)`` has to follow.
    func enter(_ viewer: String) -> Bool { state.withLock { $0.viewers.insert(viewer).inserted } }

    func leave(_ viewer: String) { state.withLock { _ = $0.viewers.remove(viewer) } }

    /// - Returns: nil when as many run as may.
    func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async throws -> Result? {
        guard begin() else { return nil }
        defer { end() }
        return try await NIOThreadPool.singleton.runIfActive(work)
    }

    private func begin() -> Bool {
        state.withLock { state in
            guard state.running < maximum else { return false }
            state.running += 1
            return true
        }
    }

    private func end() { state.withLock { $0.running -= 1 } }
}
