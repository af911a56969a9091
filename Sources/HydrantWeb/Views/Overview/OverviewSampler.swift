package import HydrantCore
package import HydrantEngine

/// Looks at the hub once a second and tells everybody who watches. However many watch, the hub is asked once.
package actor OverviewSampler {
    /// What a watcher may be behind before the connection is given up.
    private static let backlog = 4

    private let read: @Sendable () async throws -> (Overview, speed: Double?)
    private let wallClock: any HubClock
    private var watchers: [Int: AsyncStream<[UInt8]>.Continuation] = [:]
    private var nextWatcher = 0
    private var isStopped = false
    package private(set) var history: OverviewHistory?
    package private(set) var speed: Double?

    /// - Parameter wallClock: the machine's clock, by which looks are taken and rates are counted.
    package init(
        wallClock: any HubClock = SystemClock(), read: @escaping @Sendable () async throws -> (Overview, speed: Double?)
    ) {
        self.wallClock = wallClock
        self.read = read
    }

    package init(hub: Hub) {
        let sides = OverviewSides(hub: hub, wallClock: SystemClock())
        self.init {
            (try await sides.fill(try await hub.overview()), (hub.clock as? ScaledClock)?.speed)
        }
    }

    /// Samples until the task is cancelled, then ends every stream, so that a server with open pages can stop.
    package func run() async {
        while !Task.isCancelled {
            await sample()
            try? await wallClock.sleep(until: wallClock.now() + .seconds(1))
        }
        stop()
    }

    /// Ends every stream; later ones end at once.
    package func stop() {
        isStopped = true
        for watcher in watchers.values { watcher.finish() }
        watchers = [:]
    }

    /// Takes one look. A look that fails is told to the watchers, who keep the figures they have.
    package func sample() async {
        do {
            let (overview, speed) = try await read()
            let now = wallClock.now()
            self.speed = speed
            if history == nil { history = OverviewHistory(overview, at: now) } else { history?.add(overview, at: now) }
            if !watchers.isEmpty, let message = message(isStale: false) { tell(message) }
        } catch {
            if !watchers.isEmpty { tell(message(isStale: true) ?? Self.nothingYet) }
        }
    }

    /// The looks so far, taking the first one when there is none yet.
    package func current() async throws -> (history: OverviewHistory, speed: Double?) {
        if let history { return (history, speed) }
        let (overview, speed) = try await read()
        return (OverviewHistory(overview, at: wallClock.now()), speed)
    }

    /// Server-sent events, beginning with the last look. A watcher that does not keep up is dropped; its browser comes
    /// back by itself.
    package func messages() -> AsyncStream<[UInt8]> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: [UInt8].self, bufferingPolicy: .bufferingOldest(Self.backlog))
        guard !isStopped else {
            continuation.finish()
            return stream
        }
        let number = nextWatcher
        nextWatcher += 1
        watchers[number] = continuation
        continuation.onTermination = { _ in Task { await self.forget(number) } }
        if let message = message(isStale: false) { continuation.yield(message) }
        return stream
    }

    package var watcherCount: Int { watchers.count }

    private func forget(_ number: Int) { watchers[number] = nil }

    private func tell(_ message: [UInt8]) {
        for (number, watcher) in watchers {
            if case .enqueued = watcher.yield(message) { continue }
            watcher.finish()
            watchers[number] = nil
        }
    }

    private func message(isStale: Bool) -> [UInt8]? {
        history.map { Self.event(OverviewCells($0, speed: speed).json(isStale: isStale)) }
    }

    private static func event(_ json: JSON) -> [UInt8] {
        Array("event: overview\ndata: ".utf8) + json.bytes + Array("\n\n".utf8)
    }

    private static let nothingYet = event([
        "stale": true, "text": .object([]), "state": .object([]), "line": .object([]), "level": .object([]),
        "width": .object([]),
    ])
}
