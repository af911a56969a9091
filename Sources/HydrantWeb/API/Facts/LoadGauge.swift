import Synchronization

/// How many bytes of bodies are in the hub at the moment, so that a flood is turned away instead of filling the memory.
final class LoadGauge: Sendable {
    private let bytes = Mutex(0)
    private let maximumBytes: Int

    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    /// - Returns: false when there is no room.
    func enter(_ count: Int) -> Bool {
        bytes.withLock { bytes in
            guard bytes + count <= maximumBytes else { return false }
            bytes += count
            return true
        }
    }

    func leave(_ count: Int) { bytes.withLock { $0 -= count } }
}
