/// Questions that one call can answer together. While a call is under way, what is asked meanwhile waits and goes
/// together into the next one; nobody waits for company, and a quiet channel asks one by one.
actor SharedCalls<Question: Hashable & Sendable, Reply: Sendable> {
    private enum Turn: Sendable {
        /// Somebody else's call asked this question too.
        case answered(Reply)
        /// The next call is this asker's.
        case asks
        case cancelled
    }

    private struct Asker {
        var id: Int
        var question: Question
        var continuation: CheckedContinuation<Turn, Never>
    }

    private let limit: Int
    private var waiting: [Asker] = []
    private var isAsking = false
    private var lastID = 0

    /// How many wait for the call under way to end.
    var waitingCount: Int { waiting.count }

    /// - Parameter limit: how many questions one call takes, at least one.
    init(limit: Int) {
        precondition(limit >= 1, "a call takes at least one question, not \(limit)")
        self.limit = limit
    }

    /// - Parameters:
    ///   - fits: whether another question may go into the same call.
    ///   - call: asks all of the questions, of which the first is this one.
    /// - Returns: the reply to the call that this question went into; nil when the asker was cancelled meanwhile.
    func reply(
        to question: Question, together fits: @Sendable (Question) -> Bool,
        _ call: @Sendable ([Question]) async -> Reply
    ) async -> Reply? {
        if isAsking {
            switch await turn(question) {
            case .answered(let reply): return reply
            case .cancelled: return nil
            case .asks: break
            }
        }
        isAsking = true
        var company: [Asker] = []
        waiting.removeAll { asker in
            guard company.count < limit - 1, fits(asker.question) else { return false }
            company.append(asker)
            return true
        }
        let reply = await call([question] + company.map(\.question))
        for asker in company { asker.continuation.resume(returning: .answered(reply)) }
        if waiting.isEmpty {
            isAsking = false
        } else {
            waiting.removeFirst().continuation.resume(returning: .asks)
        }
        return reply
    }

    private func turn(_ question: Question) async -> Turn {
        lastID += 1
        let id = lastID
        return await withTaskCancellationHandler {
            // Whoever cancels comes through the actor, which is busy here until the asker stands in line.
            await withCheckedContinuation { continuation in
                waiting.append(Asker(id: id, question: question, continuation: continuation))
            }
        } onCancel: {
            Task { await self.leave(id) }
        }
    }

    private func leave(_ id: Int) {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return }
        waiting.remove(at: index).continuation.resume(returning: .cancelled)
    }
}
