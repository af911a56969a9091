import HydrantCore
import HydrantEngine
import HydrantStorage

/// Whether the hub can do its work: the database can be read and written, and the committer answers.
actor Readiness {
    private let hub: Hub
    private let clock: any HubClock
    private let patience: Milliseconds
    /// The question that is under way; all who ask meanwhile share it.
    private var probe: Task<Problem?, Never>?

    init(hub: Hub, clock: any HubClock, patience: Milliseconds) {
        self.hub = hub
        self.clock = clock
        self.patience = patience
    }

    /// - Returns: nil when the hub is ready.
    func problem() async -> Problem? {
        let probe = probe ?? start()
        let clock = clock
        let deadline = clock.now() + patience
        let (answers, continuation) = AsyncStream<Problem?>.makeStream()
        let answer = Task { continuation.yield(await probe.value) }
        let timeout = Task {
            try await clock.sleep(until: deadline)
            continuation.yield(.notReady("The database or the committer did not answer in time."))
        }
        defer {
            answer.cancel()
            timeout.cancel()
        }
        for await problem in answers { return problem }
        return .notReady("The question was cancelled.")
    }

    private func start() -> Task<Problem?, Never> {
        let hub = hub
        let started = Task<Problem?, Never> {
            let problem = await Self.problem(of: hub)
            self.finish()
            return problem
        }
        probe = started
        return started
    }

    private func finish() { probe = nil }

    private static func problem(of hub: Hub) async -> Problem? {
        do {
            _ = try await hub.store.read { try $0.meta("schema") }
            // An empty step goes through the committer and a write transaction like any other.
            _ = try await hub.committer.submit(Submission())
            return nil
        } catch let failure as StoreFailure {
            return Problem(failure)
        } catch is HubStopping {
            return .stopping
        } catch {
            return .notReady("The database could not be read or written.")
        }
    }
}
