import HydrantConnectorKit
import HydrantCore

/// Why nobody could say how much stock there is.
enum StockObstacle: Error, Hashable, Sendable {
    /// Calls to the system fail, and it is tried again by itself.
    case down(nextTryAt: Instant?)
    /// Its quota is used up, or it asked to be left alone.
    case full(until: Instant)
    /// Somebody is asking about the same order.
    case sameOrder
    /// As many questions are under way as the system is troubled with.
    case crowded
    /// No answer came in time.
    case tooLate
    case problem(StockProblem)
}

extension Dispatcher {
    /// So long a person waits for an answer about stock, on the stopwatch.
    static let stockPatience: Milliseconds = .seconds(10)
    /// Questions about stock under way at one system; instructions have their own room.
    static let stockQuestionsAtOnce = 4

    /// The warehouse system that has the order's delivery, or that the flow gives it to, where it can be asked.
    nonisolated func stockKeeper(of order: Order, _ settings: Settings) -> (any StockKeeper)? {
        let asked = order.issued.last { $0.instruction.kind == .createDelivery }?.instruction.system
        guard let system = asked ?? settings.flow.requests.first(where: { $0.kind == .createDelivery })?.system else {
            return nil
        }
        return connectors[system] as? any StockKeeper
    }

    /// Asks once, behind the gates of the system's instructions and beside their room.
    ///
    /// - Parameter admitted: is run once, when the question is let through and before it is asked; one that fails lets
    ///   nothing be asked.
    func stockLevels(
        _ keeper: any StockKeeper, of order: String, skus: [String], warehouse: String,
        admitted: @Sendable () async throws -> Void
    ) async throws -> Result<[StockLevel], StockObstacle> {
        let system = keeper.system
        guard stockQuestions[order] == nil else { return .failure(.sameOrder) }
        guard stockQuestions.values.filter({ $0 == system }).count < Self.stockQuestionsAtOnce else {
            return .failure(.crowded)
        }
        let now = clock.now()
        if let obstacle = gates.admitQuestion(to: system, now) { return .failure(obstacle) }
        stockQuestions[order] = system
        defer { stockQuestions[order] = nil }
        try await admitted()
        let scope = CallScope(timeLimit: Self.stockPatience)
        let answer = await CallScope.$current.withValue(scope) {
            await self.patiently { await keeper.stockLevels(skus: skus, warehouse: warehouse, now: now) }
        }
        // One call was counted when the question was let through.
        if scope.calls > 1 { gates.take(scope.calls - 1, of: system, clock.now()) }
        if case .throttled(let wait) = scope.last { gates.pause(system, for: wait, clock.now()) }
        switch answer {
        case .success(let levels): return .success(levels)
        case .failure(let problem): return .failure(.problem(problem))
        case nil: return .failure(.tooLate)
        }
    }

    /// Nil where no answer came in time: then the question is cancelled.
    private func patiently(
        _ body: @escaping @Sendable () async -> Result<[StockLevel], StockProblem>
    ) async -> Result<[StockLevel], StockProblem>? {
        let clock = options.stopwatch ?? clock
        let end = clock.now() + Self.stockPatience
        return await withTaskGroup(of: Result<[StockLevel], StockProblem>?.self) { group in
            group.addTask { await body() }
            group.addTask {
                try? await clock.sleep(until: end)
                return nil
            }
            let first = await group.next()
            group.cancelAll()
            return first.flatMap(\.self)
        }
    }
}
