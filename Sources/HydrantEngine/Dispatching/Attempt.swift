import HydrantConnectorKit
import HydrantCore

/// What became of an attempt.
enum Attempt: Sendable {
    /// The connector was asked; where its answer is not how the attempt ends, `end` is. `settlesDoubt` says that it had
    /// certainly not been carried out before, and was tried once more.
    case with(InstructionResult, end: InstructionResult? = nil, settlesDoubt: Bool = false)
    /// It ended without asking anybody.
    case without(InstructionResult)
    /// It was issued, and a hold, a gift or an address came between: nobody was told anything.
    case keptBack(String)
    /// Nobody has connected the system.
    case unconnected

    /// Nil where nobody was asked, and it goes on as it was.
    var result: InstructionResult? {
        switch self {
        case .with(let answer, let end, _): end ?? answer
        case .without(let result): result
        case .keptBack, .unconnected: nil
        }
    }

    /// Whether what an earlier attempt left in doubt is in doubt no more.
    var settlesDoubt: Bool {
        if case .with(_, _, let settlesDoubt) = self { settlesDoubt } else { false }
    }
}

extension CallEnd {
    /// What an attempt says about the way to its system: an answer about the order, even a no, is an answer.
    init(_ result: InstructionResult, _ kind: InstructionKind, _ scope: CallScope, length: Milliseconds) {
        // What a connector says without a call says nothing about the way.
        guard scope.calls > 0 else {
            self = .notCalled
            return
        }
        self.init(outcome: .answered, length: length, calls: scope.calls)
        switch (scope.last, result) {
        case (.throttled(let wait), _):
            pause = wait
            outcome = .paused(result.words)
        case (.turnedAway, _): outcome = .locked(result.words)
        case (.seemsTurnedAway, _): outcome = .failed(.error, result.words)
        case (.answered(401), .refused(let detail, _)), (.answered(403), .refused(let detail, _)):
            outcome = .locked(detail)
        // A channel that makes no waybills is no way, whatever its reason; of other kinds it may just not know them.
        case (_, .refused(let detail, .channel)): if kind == .createWaybill { outcome = .failed(.error, detail) }
        case (_, .done), (_, .underWay), (_, .notFound), (_, .refused(_, .data)): break
        case (_, .retryable(let detail, let after)):
            // "Not yet, come back in five minutes" is about the order.
            if after == nil || scope.failure != nil { outcome = .failed(scope.failure ?? .error, detail) }
        case (_, .ambiguous(let detail)):
            outcome = .failed(scope.failure ?? .error, detail)
        }
    }
}

extension InstructionResult {
    fileprivate var words: String {
        switch self {
        case .refused(let detail, _), .retryable(let detail, _), .ambiguous(let detail): detail
        case .done(_, let detail), .underWay(_, let detail): detail
        case .notFound: ""
        }
    }
}

extension CallScope {
    /// How the last call failed; nil when it was answered.
    fileprivate var failure: CallError.Kind? {
        guard case .failed(let wasSent) = last else { return nil }
        return wasSent ? .noAnswer : .unreachable
    }
}

extension Dispatcher {
    /// Ends calls that take longer than any connector may: their task is cancelled, and what the connector says then
    /// counts.
    func limited<Answer: Sendable>(_ body: @escaping @Sendable () async -> Answer) async throws -> Answer {
        let clock = options.stopwatch ?? clock
        let end = clock.now() + options.callLimit
        return try await withThrowingTaskGroup(of: Answer?.self) { group in
            group.addTask { await body() }
            group.addTask {
                try? await clock.sleep(until: end)
                return nil
            }
            var result: Answer?
            while let next = try await group.next() {
                if let next { result = next }
                group.cancelAll()
            }
            guard let result else { throw CancellationError() }
            return result
        }
    }
}
