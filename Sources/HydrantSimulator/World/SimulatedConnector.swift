import HydrantConnectorKit
import HydrantCore
import Synchronization

/// The way to one partner: a wire on which requests and replies get lost, and a partner that is sometimes slow.
struct SimulatedConnector: Connector {
    /// How a call goes.
    private enum Course {
        case well
        case lostRequest
        case lostReply
        /// The request arrives long after its caller gave up.
        case lateRequest
        case busy
    }

    let system: String
    let partners: Partners
    let weather: Weather
    let mutation: Mutation?

    func perform(_ request: InstructionRequest) async -> InstructionResult {
        let result = await call { partners.act(on: numbered(request)) }
        guard mutation == .timeoutTakenForRefusal, case .ambiguous(let detail) = result else { return result }
        return .refused(detail: detail)
    }

    private func numbered(_ request: InstructionRequest) -> InstructionRequest {
        guard mutation == .freshKeyPerAttempt else { return request }
        var copy = request
        copy.instruction.key += "/\(weather.nextAttempt())"
        return copy
    }

    func find(_ request: InstructionRequest) async -> InstructionResult { await call { partners.find(request) } }

    private func call(_ body: @escaping @Sendable () -> InstructionResult) async -> InstructionResult {
        let calls = CallScope.current?.calls ?? 0
        let result = await course(of: body)
        CallScope.notePlayed(result, after: calls)
        return result
    }

    private func course(of body: @escaping @Sendable () -> InstructionResult) async -> InstructionResult {
        let executor = partners.executor
        await executor.pass(weather.length(20...400))
        switch course() {
        case .well:
            let result = body()
            await executor.pass(weather.isBad ? weather.length(20...60_000) : weather.length(20...400))
            return result
        case .busy: return .retryable(detail: "try again", after: weather.happens(permille: 300) ? .seconds(20) : nil)
        case .lostReply:
            _ = body()
            await executor.pass(.seconds(30))
        case .lateRequest:
            executor.schedule(at: executor.now + weather.length(31_000...90_000)) { _ = body() }
            await executor.pass(.seconds(30))
        case .lostRequest: await executor.pass(.seconds(30))
        }
        return .ambiguous(detail: "no answer within 30 s")
    }

    private func course() -> Course {
        guard weather.happens(permille: weather.plan.callFaults) else { return .well }
        return weather.pick([.lostRequest, .lostReply, .lateRequest, .busy, .busy])
    }
}

/// Draws the faults of a simulation; after the storm nothing bad happens any more.
final class Weather: Sendable {
    private struct State {
        var random: SeededRandom
        var isOver = false
        var attempts = 0
    }

    let plan: FaultPlan
    private let state: Mutex<State>

    init(seed: UInt64, plan: FaultPlan) {
        self.plan = plan
        state = Mutex(State(random: SeededRandom(seed: seed, stream: 4)))
    }

    var isBad: Bool { state.withLock { !$0.isOver } && plan.callFaults > 0 }

    func clearUp() { state.withLock { $0.isOver = true } }

    /// True in so many of a thousand cases while the storm lasts.
    func happens(permille: Int) -> Bool {
        state.withLock { permille > 0 && !$0.isOver && $0.random.happens(permille: permille) }
    }

    func length(_ range: ClosedRange<Milliseconds>) -> Milliseconds { state.withLock { $0.random.within(range) } }

    func pick<Element>(_ elements: [Element]) -> Element {
        elements[state.withLock { $0.random.below(elements.count) }]
    }

    /// Numbers attempts, for the mutation that needs them.
    func nextAttempt() -> Int {
        state.withLock { state in
            state.attempts += 1
            return state.attempts
        }
    }
}
