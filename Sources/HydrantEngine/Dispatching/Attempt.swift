import HydrantConnectorKit
import HydrantCore

/// What became of an attempt.
enum Attempt: Sendable {
    /// The connector was asked; where its answer is not how the attempt ends, `end` is.
    case with(InstructionResult, end: InstructionResult? = nil)
    /// It ended without asking anybody.
    case without(InstructionResult)
    /// Nobody has connected the system.
    case unconnected

    /// Nil where there was nobody to ask.
    var result: InstructionResult? {
        switch self {
        case .with(let answer, let end): end ?? answer
        case .without(let result): result
        case .unconnected: nil
        }
    }
}

extension CallEnd {
    /// What an attempt says about the way to its system: an answer about the order, even a no, is an answer.
    init(_ result: InstructionResult, _ scope: CallScope, length: Milliseconds) {
        self.init(outcome: .answered, length: length, calls: max(1, scope.calls))
        if case .throttled(let wait) = scope.last {
            pause = wait
            return
        }
        switch result {
        case .done, .notFound, .refused(_, .data): break
        // Coverage is about one order; credentials and accounts are about all of them, and then this repeats itself.
        case .refused(let detail, .channel): outcome = .failed(.error, detail)
        case .retryable(let detail, let after):
            // "Not yet, come back in five minutes" is about the order.
            if after == nil || scope.failure != nil { outcome = .failed(scope.failure ?? .error, detail) }
        case .ambiguous(let detail): outcome = .failed(scope.failure ?? (scope.calls == 0 ? .noAnswer : .error), detail)
        }
    }
}

extension CallScope {
    /// How the last call failed; nil when it was answered, or nothing was called over HTTP.
    fileprivate var failure: CallError.Kind? {
        guard case .failed(let wasSent) = last else { return nil }
        return wasSent ? .noAnswer : .unreachable
    }
}

extension Dispatcher {
    /// Ends calls that take longer than any connector may: their task is cancelled, and what the connector says then
    /// counts.
    func limited(_ body: @escaping @Sendable () async -> InstructionResult) async throws -> InstructionResult {
        let clock = options.stopwatch ?? clock
        let end = clock.now() + options.callLimit
        return try await withThrowingTaskGroup(of: InstructionResult?.self) { group in
            group.addTask { await body() }
            group.addTask {
                try? await clock.sleep(until: end)
                return nil
            }
            var result: InstructionResult?
            while let next = try await group.next() {
                if let next { result = next }
                group.cancelAll()
            }
            guard let result else { throw CancellationError() }
            return result
        }
    }
}
