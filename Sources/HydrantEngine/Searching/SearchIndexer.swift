import HydrantCore
import HydrantStorage
import Logging

/// Keeps the search index behind the committer: what was committed stands in a queue in the same transaction, and is
/// made into keyed hashes here. What was not made when the hub stopped is made after its next start.
struct SearchIndexer: Sendable {
    let store: any Store
    let keyring: Keyring
    let committer: Committer
    let intake: Intake
    let clock: any HubClock
    let signals: HubSignals
    let options: HubOptions
    let log: Logger

    /// Under which name a database remembers how far its orders of before this form of the index were looked at: eight
    /// bytes of a row id, or one byte when all were. The first form had no warehouses.
    static let backfillMark = "search backfilled 2"
    static let isBackfilled: [UInt8] = [1]
    /// Orders in one transaction: some milliseconds, which is how long a fact may have to wait for it.
    private static let batchOrders = 64
    /// While facts come, one part of the time in so many goes into the index.
    fileprivate static let share: Milliseconds = 25
    /// The same once it has been behind for longer than ``patience``: what is not in the index is not found.
    fileprivate static let shareBehind: Milliseconds = 3
    fileprivate static let patience: Milliseconds = .seconds(5)

    func wake() { signals.search.ring() }

    func run() async {
        var isBackfilled = false
        var pace = Pace(batches: await committer.totals.batches)
        while !Task.isCancelled {
            do {
                let begin = stopwatch.now()
                let indexed = try await indexQueue()
                pace.look(isBehind: indexed == Self.batchOrders, begin)
                if indexed > 0 {
                    try await giveWay(since: begin, &pace)
                } else if !isBackfilled {
                    isBackfilled = try await backfillStep()
                    try await giveWay(since: begin, &pace)
                } else if store.isShared {
                    // Other processes queue orders too, and may be gone before they have made their hashes.
                    try await clock.sleep(until: clock.now() + options.watchSlice)
                } else {
                    await signals.search.wait()
                }
            } catch is CancellationError {
                return
            } catch {
                log.error("the search index could not be written", metadata: ["reason": "\(error)"])
                try? await clock.sleep(until: clock.now() + options.watchSlice)
            }
        }
    }

    private var stopwatch: any HubClock { options.stopwatch ?? clock }

    private struct Pace {
        /// How many batches of facts had been written when the index last looked.
        var batches: Int64
        /// Since when every look found more than one transaction takes.
        var behindSince: Instant?

        init(batches: Int64) { self.batches = batches }

        mutating func look(isBehind: Bool, _ now: Instant) {
            behindSince = isBehind ? behindSince ?? now : nil
        }

        func share(_ now: Instant) -> Milliseconds {
            behindSince.map { now - $0 > SearchIndexer.patience } ?? false
                ? SearchIndexer.shareBehind : SearchIndexer.share
        }
    }

    /// Facts go first: while they come, the index gets a small share of the time. A sender that waits for each answer
    /// never has a fact in the queue, and yet every transaction of the index holds it up.
    private func giveWay(since begin: Instant, _ pace: inout Pace) async throws {
        let length = stopwatch.now() - begin
        let batches = await committer.totals.batches
        let isIdle = await committer.queueLength == 0 && batches == pace.batches
        pace.batches = batches
        guard length > 0, !isIdle else { return }
        let now = stopwatch.now()
        try await stopwatch.sleep(until: now + length * (pace.share(now) - 1))
    }

    /// - Returns: how many orders it took.
    private func indexQueue() async throws -> Int {
        let made = try await store.read { reader in
            try reader.searchQueue(limit: Self.batchOrders).map { row in
                try searched(row.number, id: row.order, version: row.version, in: reader)
            }
        }
        guard !made.isEmpty else { return 0 }
        try await store.transaction { try $0.writeSearch(made) }
        return made.count
    }

    /// Looks at the next orders of a database that was written before the index had its present form.
    ///
    /// - Returns: whether it was the last step.
    private func backfillStep() async throws -> Bool {
        let step = try await store.read { reader -> (made: [SearchedOrder], last: Int64?)? in
            let mark = try reader.meta(Self.backfillMark)
            if mark == Self.isBackfilled { return nil }
            let rows = try reader.orderRows(OrderFilter(), after: Self.position(mark), limit: Self.batchOrders)
            let made = try rows.map { row in
                try searched(row.number, id: row.id, version: row.version, in: reader)
            }
            return (made, rows.last?.id)
        }
        guard let step else { return true }
        try await store.transaction { transaction in
            try transaction.writeSearch(step.made)
            try transaction.setMeta(Self.backfillMark, step.last.map(Self.mark) ?? Self.isBackfilled)
        }
        if let last = step.last, last % 100_000 < Int64(Self.batchOrders) {
            log.info("the search index is being made", metadata: ["upToOrderRow": "\(last)"])
        }
        return step.last == nil
    }

    /// An order whose events are damaged is found by nothing that anybody types, and is no order of any warehouse.
    private func searched(
        _ number: String, id: Int64, version: Int, in reader: any StoreReader
    ) throws -> SearchedOrder {
        guard let order = try reader.undamagedOrder(number) else {
            return SearchedOrder(order: id, version: version, hashes: [keyring.searchHash(.withWarehouses)])
        }
        let receiver = try order.receiver.flatMap { register in
            try reader.sealedReceiver(register.value.id).flatMap { try? intake.open($0, id: register.value.id) }
        }
        let terms =
            order.searchTerms(receiver: receiver?.open(reason: "hashed for the search index")) + [.withWarehouses]
        return SearchedOrder(
            order: id, version: max(version, order.version), hashes: Set(terms.map(keyring.searchHash)))
    }

    static func mark(_ id: Int64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: id >> (56 - 8 * Int64($0))) } }

    static func position(_ mark: [UInt8]?) -> Int64 {
        guard let mark, mark.count == 8 else { return 0 }
        return mark.reduce(0) { $0 << 8 | Int64($1) }
    }
}

extension Hub {
    /// How far the search index is behind.
    package func searchProgress() async throws -> SearchProgress {
        try await store.read { reader in
            let mark = try reader.meta(SearchIndexer.backfillMark)
            return SearchProgress(
                waiting: try reader.searchQueueCount(),
                backfilledUpTo: mark?.count == 1 ? nil : SearchIndexer.position(mark),
                orders: try reader.counts().orders)
        }
    }
}

/// What of a database the search does not find yet.
package struct SearchProgress: Hashable, Sendable {
    /// Orders that were written and wait for the index.
    package var waiting: Int64
    /// Of a database that is older than its index: the row id up to which orders were looked at; nil when all were.
    package var backfilledUpTo: Int64?
    package var orders: Int64

    package var isComplete: Bool { waiting == 0 && backfilledUpTo == nil }
}
