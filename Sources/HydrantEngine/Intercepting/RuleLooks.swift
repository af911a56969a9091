import HydrantCore
import HydrantDocuments
import HydrantStorage

extension RuleBook {
    /// Orders wait to be looked at again: the version of the document because of which, and ``lookedAt`` after it.
    static let lookMark = "interceptors changed"
    static let lookedAt: [UInt8] = [0]

    static func markOrders(for version: Int64, in transaction: any StoreTransaction) throws {
        try transaction.setMeta(lookMark, Array("\(version)".utf8))
    }
}

extension Rewordings {
    private static var rowsAtOnce: Int { 128 }

    /// Looks again at the orders under way after a version that can stop orders was switched off, replaced or dropped:
    /// what it refused is asked again. What was not looked at when the hub stopped is looked at after its next start.
    func lookAfterRules() async throws {
        let book = RuleBook(store: store)
        while let mark = try await store.read({ try $0.meta(RuleBook.lookMark) }), mark != RuleBook.lookedAt {
            // Another process may have changed them.
            if try await book.version() > committer.rulesVersion {
                let (document, version) = try await book.saved()
                await committer.use(RuleSet(document.rules), version: version)
            }
            var cursor: Int64 = 0
            while let last = try await lookUnderWay(after: cursor) { cursor = last }
            let isSame = try await store.transaction { transaction in
                guard try transaction.meta(RuleBook.lookMark) == mark else { return false }
                try transaction.setMeta(RuleBook.lookMark, RuleBook.lookedAt)
                return true
            }
            if isSame { return }
        }
    }

    /// - Returns: the row id of the last order; nil behind the end.
    private func lookUnderWay(after cursor: Int64) async throws -> Int64? {
        let rows = try await store.read { try $0.orderRows(OrderFilter(), after: cursor, limit: Self.rowsAtOnce) }
        guard let last = rows.last else { return nil }
        let open = rows.filter { $0.completion == .open || $0.completion == .partiallyCompleted }.map(\.number)
        if !open.isEmpty { _ = try await committer.submit(Submission(recheckedOrders: open)) }
        return last.id
    }
}

extension [Rule] {
    /// Whether a version that can stop orders was on before and is no more, or is kept no more.
    func leaveOrders(of old: [Rule]) -> Bool {
        old.contains { earlier in
            guard earlier.stopsOrders, earlier.stage == .on || earlier.stage == .retired else { return false }
            let now = first { $0.id == earlier.id && $0.version == earlier.version }?.stage
            return now == nil || earlier.stage == .on && now != .on
        }
    }
}

extension Rule {
    fileprivate var stopsOrders: Bool {
        actions.contains { action in
            switch action {
            case .hold, .refuse: true
            default: false
            }
        }
    }
}
