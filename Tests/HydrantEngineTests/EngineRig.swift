import HydrantConnectorKit
import HydrantCore
import HydrantEngine
import HydrantSimulator
import HydrantStorage
import Logging
import Synchronization
import Testing

/// A hub on a seeded executor and virtual time: tests step it, nothing runs by itself and nobody sleeps.
final class EngineRig: Sendable {
    static let begin = Instant(milliseconds: 1_794_355_200_000)
    static let keyring = Keyring(master: (0..<32).map { UInt8($0) })

    let executor: SeededExecutor
    let clock: SimulatedClock
    let memory: InMemoryStore
    let store: ScriptedStore
    let settings: Settings
    private let connectors: [any Connector]
    private let options: HubOptions
    private let seed: UInt64
    private let process: Mutex<Process> = Mutex(Process())

    private struct Process {
        var hub: Hub?
        var task: Task<Void, Never>?
        var hasEnded = true
    }

    init(
        settings: Settings = Settings(), connectors: [any Connector] = [], seed: UInt64 = 1,
        options: HubOptions = EngineRig.options()
    ) {
        executor = SeededExecutor(seed: seed, begin: Self.begin)
        clock = SimulatedClock(executor: executor)
        memory = InMemoryStore()
        store = ScriptedStore(inner: memory, executor: executor)
        self.settings = settings
        self.connectors = connectors
        self.options = options
        self.seed = seed
        for connector in connectors { (connector as? ScriptedConnector)?.join(executor) }
    }

    /// A minute between two looks at what fell due.
    static func options(_ change: (inout HubOptions) -> Void = { _ in }) -> HubOptions {
        var options = HubOptions()
        options.watchSlice = .minutes(1)
        options.keepsSearchIndex = false
        options.keepsDesk = false
        change(&options)
        return options
    }

    /// A system is asked when a state is reached.
    static func asking(_ requests: [Flow.Request]) -> Settings {
        var settings = Settings(version: "test-1", flow: Flow(steps: Flow.watching.steps, requests: requests))
        settings.health.window = .hours(24)
        return settings
    }

    /// Starts the hub and returns when it takes facts.
    ///
    /// - Parameters:
    ///   - other: the settings of this life where they are not the rig's.
    ///   - change: what is different about its options in this life.
    @discardableResult
    func start(_ other: Settings? = nil, _ change: (inout HubOptions) -> Void = { _ in }) throws -> Hub {
        var options = options
        change(&options)
        let isReady = Mutex(false)
        let hub = Hub(
            store: store, keyring: Self.keyring, clock: clock, settings: other ?? settings, connectors: connectors,
            options: options, seed: 7, log: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        process.withLock { $0.hasEnded = false }
        let task = Task(executorPreference: executor) { [self] in
            try? await hub.run { isReady.withLock { $0 = true } }
            process.withLock { $0.hasEnded = true }
        }
        process.withLock { process in
            process.hub = hub
            process.task = task
        }
        executor.run { isReady.withLock { $0 } || process.withLock { $0.hasEnded } }
        try #require(isReady.withLock { $0 }, "the hub did not start")
        return hub
    }

    /// Shuts the hub down in good order.
    func stop() {
        process.withLock { $0.task }?.cancel()
        executor.run { process.withLock { $0.hasEnded } }
    }

    var hub: Hub {
        get throws { try #require(process.withLock { $0.hub }) }
    }

    /// Runs the body in the rig's world and returns what it returns.
    func ask<Answer: Sendable>(_ body: @escaping @Sendable () async throws -> Answer) throws -> Answer {
        let answer = Mutex<Result<Answer, any Error>?>(nil)
        executor.start {
            do {
                let value = try await body()
                answer.withLock { $0 = .success(value) }
            } catch {
                answer.withLock { $0 = .failure(error) }
            }
        }
        executor.run { answer.withLock { $0 != nil } }
        return try #require(answer.withLock { $0 }, "nobody answered").get()
    }

    func advance(by length: Milliseconds) { executor.advance(by: length) }

    // MARK: - Short forms

    /// What intake refuses is handed in as it is, as a mistake in another part of the hub would hand it in.
    static func incoming(_ fact: Fact, through intake: Intake) -> IncomingFact {
        (try? intake.seal(fact)) ?? IncomingFact(fact: fact, bodyHash: 1, sealedBody: [1], receiver: nil)
    }

    /// Submits facts in one call, sealed as the hub's own parts do.
    func submit(_ facts: [Fact]) throws -> [FactReceipt] {
        let hub = try hub
        return try ask { try await hub.submit(facts.map { Self.incoming($0, through: hub.intake) }) }
    }

    func submit(_ fact: Fact) throws -> FactReceipt { try #require(try submit([fact]).first) }

    func fact(
        _ body: FactBody, order: String = "SO-1", id: String, from source: String = "shop", at: Instant? = nil
    ) -> Fact {
        Fact(
            source: source, messageID: id, order: order, occurredAt: at ?? clock.now(), receivedAt: clock.now(),
            body: body)
    }

    func order(_ number: String = "SO-1") throws -> Order? {
        let hub = try hub
        return try ask { try await hub.committer.order(number) }
    }

    func detail(_ number: String = "SO-1", asOf: Instant? = nil) throws -> OrderDetail? {
        let hub = try hub
        return try ask { try await hub.orderDetail(number, asOf: asOf) }
    }

    func liveHealth() throws -> HealthFigures {
        let hub = try hub
        return try ask { await hub.committer.health }
    }

    func read<Answer: Sendable>(_ body: @escaping @Sendable (any StoreReader) throws -> Answer) throws -> Answer {
        let memory = memory
        return try ask { try await memory.read(body) }
    }

    func row(_ number: String = "SO-1") throws -> OrderRow? { try read { try $0.orderRow(number) } }
    func instructions(_ number: String = "SO-1") throws -> [InstructionRow] {
        try read { try $0.instructions(of: number) }
    }
    func events(_ number: String = "SO-1") throws -> [StoredEvent] { try read { try $0.events(of: number) } }

    /// A verification of the whole store finds nothing wrong now.
    func expectSoundness(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let verifier = Verifier(store: memory, keyring: Self.keyring, settings: settings, now: clock.now())
        let violations = try ask { try await verifier.run().violations }
        #expect(violations == [], "seed \(seed), \(clock.now())", sourceLocation: sourceLocation)
    }
}

/// A store whose transactions take time, or fail when the test says so.
final class ScriptedStore: Store {
    private struct State {
        var transactionLength: Milliseconds = 0
        var failure: StoreFailure?
        var transactions = 0
        var isShared = false
    }

    private let inner: any Store
    private let executor: SeededExecutor
    private let state = Mutex(State())

    init(inner: any Store, executor: SeededExecutor) {
        self.inner = inner
        self.executor = executor
    }

    var isShared: Bool { state.withLock { $0.isShared } }

    /// From now on other processes may write too.
    func share() { state.withLock { $0.isShared = true } }

    func slowDown(to length: Milliseconds) { state.withLock { $0.transactionLength = length } }

    /// Every transaction fails like this, before anything is written; nil ends it.
    func fail(with failure: StoreFailure?) { state.withLock { $0.failure = failure } }

    func transaction<Answer: Sendable>(
        _ body: @Sendable @escaping (any StoreTransaction) throws -> Answer
    ) async throws -> Answer {
        let length = state.withLock { $0.transactionLength }
        if length > 0 { await executor.pass(length) }
        if let failure = state.withLock({ $0.failure }) { throw failure }
        return try await inner.transaction(body)
    }

    func read<Answer: Sendable>(
        _ body: @Sendable @escaping (any StoreReader) throws -> Answer
    ) async throws -> Answer { try await inner.read(body) }

    func close() async throws {}
}

/// A system that answers what the test wrote down, call by call; the last answer stays.
final class ScriptedConnector: Connector {
    struct Call: Hashable, Sendable {
        enum Kind: Sendable {
            case perform
            case find
        }

        var kind: Kind
        var key: String
        var at: Instant
    }

    private struct State {
        var performs: [InstructionResult]
        var finds: [InstructionResult]
        var calls: [Call] = []
        var receivers: [String] = []
        var executor: SeededExecutor?
    }

    let system: String
    private let length: Milliseconds
    private let state: Mutex<State>

    /// - Parameter length: how long every call takes.
    init(
        _ system: String, perform: [InstructionResult] = [.done(facts: [], detail: "")],
        find: [InstructionResult] = [.notFound], length: Milliseconds = 0
    ) {
        self.system = system
        self.length = length
        state = Mutex(State(performs: perform, finds: find))
    }

    func join(_ executor: SeededExecutor) { state.withLock { $0.executor = executor } }

    var calls: [Call] { state.withLock { $0.calls } }
    var kinds: [Call.Kind] { calls.map(\.kind) }
    /// Who was to receive, as each call was told.
    var receivers: [String] { state.withLock { $0.receivers } }

    func perform(_ request: InstructionRequest) async -> InstructionResult { await answer(request, .perform) }

    func find(_ request: InstructionRequest) async -> InstructionResult { await answer(request, .find) }

    private static func next(_ script: inout [InstructionResult]) -> InstructionResult {
        script.count > 1 ? script.removeFirst() : script[0]
    }

    private func answer(_ request: InstructionRequest, _ kind: Call.Kind) async -> InstructionResult {
        let (executor, answer) = state.withLock { state in
            state.calls.append(Call(kind: kind, key: request.instruction.key, at: request.now))
            state.receivers.append(request.receiver?.open(reason: "a test compares it").name ?? "")
            let answer = kind == .perform ? Self.next(&state.performs) : Self.next(&state.finds)
            return (state.executor, answer)
        }
        if length > 0 { await executor?.pass(length) }
        CallScope.notePlayed(answer, after: CallScope.current?.calls ?? 0)
        return answer
    }
}
