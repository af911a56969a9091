import HydrantCore
import HydrantStorage
import Logging

/// Looks again at orders after words were mapped, interceptors or the settings document were changed, or a program
/// came that judges otherwise; a few at a time. What was not looked at when the hub stopped is looked at after its
/// next start.
struct Rewordings: Sendable {
    let store: any Store
    let committer: Committer
    let inForce: SettingsInForce
    let clock: any HubClock
    let options: HubOptions
    let signals: HubSignals
    let log: Logger
    private static let ordersAtOnce = 128

    func wake() { signals.words.ring() }

    func run() async {
        while !Task.isCancelled {
            do {
                try await readWords()
                try await look()
                try await lookAfterRules()
                if store.isShared {
                    // Words are mapped at other nodes too.
                    try await clock.sleep(until: clock.now() + options.watchSlice)
                } else {
                    await signals.words.wait()
                }
            } catch is CancellationError {
                return
            } catch is HubStopping {
                return
            } catch {
                log.error("orders could not be looked at again", metadata: ["reason": "\(error)"])
                try? await clock.sleep(until: clock.now() + options.watchSlice)
            }
        }
    }

    /// Reads what people have mapped.
    func readWords() async throws { await use(try await store.read { try MappedWords.read($0).table }) }

    /// Has every order looked at again where the program that ran before judged otherwise than this one.
    func noteJudgingForm() async throws {
        try await store.transaction { transaction in
            guard try transaction.meta(judgingFormName) != [Order.judgingForm] else { return }
            if try transaction.countedRows().orders > 0 { try transaction.setMeta(ordersToLookAtName, [2]) }
            try transaction.setMeta(judgingFormName, [Order.judgingForm])
        }
    }

    func use(_ table: MappedWords.Table) async {
        guard inForce.current.words.mapped != table else { return }
        inForce.use(table)
        await committer.use(table)
    }

    func look() async throws {
        while let mark = try await store.read({ try $0.meta(ordersToLookAtName)?.first }), mark > 0 {
            var cursor: Int64 = 0
            while let last = try await step(after: cursor, all: mark == 2) { cursor = last }
            // Another word may have been mapped meanwhile; then it is done once more.
            let isSame = try await store.transaction { transaction in
                guard try transaction.meta(ordersToLookAtName)?.first == mark else { return false }
                try transaction.setMeta(ordersToLookAtName, [0])
                return true
            }
            if isSame { return }
        }
    }

    /// - Returns: the row id of the last order; nil behind the end.
    private func step(after cursor: Int64, all: Bool) async throws -> Int64? {
        let found = try await store.read { reader -> [(id: Int64, number: String)] in
            if all {
                return try reader.orderRows(OrderFilter(), after: cursor, limit: Self.ordersAtOnce)
                    .map { ($0.id, $0.number) }
            }
            return try reader.findings(.systemsDisagree, nil, after: cursor, limit: Self.ordersAtOnce)
                .map { ($0.orderID, $0.order) }
        }
        guard let last = found.last else { return nil }
        _ = try await committer.submit(Submission(recheckedOrders: found.map(\.number)))
        return last.id
    }
}
