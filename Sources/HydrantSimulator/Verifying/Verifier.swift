package import HydrantCore
internal import HydrantEngine
package import HydrantStorage

/// What a verification counted and found. The sentences name orders by number and hold no personal data.
package struct VerificationReport: Sendable {
    package var orders = 0
    package var events = 0
    /// Entries of the audit trail.
    package var auditEntries: Int64 = 0
    /// Orders that time alone has changed since the hub last looked at them; it does when it runs.
    package var due = 0
    /// False where the settings or the program have changed and the hub has not looked at every order since: then
    /// verdicts, findings and health figures are not compared.
    package var isJudged = true
    package var violations: [String] = []
    /// The head of the database, recomputed; nil where it has none yet.
    package var head: HeadTotals?
    /// How many violations there were; ``violations`` keeps the first thousand.
    package var violationCount = 0

    package init() {}

    mutating func add(_ sentences: [String]) {
        violationCount += sentences.count
        violations += sentences.prefix(max(0, 1_000 - violations.count))
    }
}

/// Recomputes every order of a store from its events and compares everything that the store says about it. Reads one
/// order at a time, so that memory does not grow with their number.
package struct Verifier: Sendable {
    private let store: any Store
    private let keyring: Keyring
    private let settings: Settings
    private let now: Instant
    private let anchor: HeadAnchor?

    /// - Parameters:
    ///   - now: for ``VerificationReport/due`` alone; rows are judged at a moment at which they are valid.
    ///   - anchor: the head of an earlier time, kept outside the database, if any: whoever puts back a whole file of an
    ///     earlier time is found only by it.
    package init(
        store: any Store, keyring: Keyring, settings: Settings, now: Instant, anchor: HeadAnchor? = nil
    ) {
        self.store = store
        self.keyring = keyring
        self.settings = settings
        self.now = now
        self.anchor = anchor
    }

    /// - Parameter progress: told the number of orders done, every 256 orders.
    /// - Throws: `StoreFailure` when the store cannot be read; what is wrong inside becomes a sentence of the report.
    package func run(progress: @Sendable @escaping (Int) -> Void = { _ in }) async throws -> VerificationReport {
        try await run(progress: progress) { _ in }
    }

    /// - Parameter inspect: called with every order after it was verified.
    func run(
        progress: @Sendable @escaping (Int) -> Void = { _ in },
        inspect: @Sendable @escaping (VerifiedOrder) throws -> Void
    ) async throws -> VerificationReport {
        let now = now
        let anchor = anchor
        let (keyring, settings) = (keyring, settings)
        return try await store.read { reader in
            var report = VerificationReport()
            report.isJudged = try Self.isJudged(reader)
            let rules = OrderVerification(keyring: keyring, settings: settings, isJudged: report.isJudged)
            report.add(try reader.structureProblems())
            var database = try DatabaseVerification(reader, keyring, anchor)
            var health: [UInt16: Int64] = [:]
            var lastID: Int64 = 0
            try reader.scanOrders { row, events in
                var verified = try rules.verify(row, events, reader: reader)
                if row.id <= lastID { verified.add("its row id \(row.id) comes after \(lastID)") }
                lastID = row.id
                database.look(at: &verified, events)
                report.orders += 1
                report.events += events.count
                if let changesAt = row.changesAt, changesAt <= now { report.due += 1 }
                report.add(verified.violations)
                health[row.health, default: 0] += 1
                try inspect(verified)
                if report.orders % 256 == 0 { progress(report.orders) }
            }
            report.add(try database.conclude(reader))
            report.head = database.head
            let trail = try reader.verifyAudit(keyring)
            report.auditEntries = trail.entries
            report.add(trail.violations)
            report.add(Self.totals(report, health, reader: try ReaderTotals(reader)))
            progress(report.orders)
            return report
        }
    }

    private static func isJudged(_ reader: any StoreReader) throws -> Bool {
        guard try reader.meta(ordersToLookAtName)?.first ?? 0 == 0 else { return false }
        // Where no hub ever ran, whoever wrote the orders judged as this program does.
        let form = try reader.meta(judgingFormName)
        return try form == [Order.judgingForm] || form == nil && reader.meta(Hub.parcelsPlacedMark) == nil
    }

    /// What the store counts must be what was counted here.
    private static func totals(
        _ report: VerificationReport, _ health: [UInt16: Int64], reader totals: ReaderTotals
    ) -> [String] {
        var violations: [String] = []
        if totals.counts.orders != Int64(report.orders) {
            violations.append("the store counts \(totals.counts.orders) orders, \(report.orders) are there")
        }
        if totals.counts.events != Int64(report.events) {
            violations.append("the store counts \(totals.counts.events) events, \(report.events) belong to orders")
        }
        if totals.health.filter({ $0.value != 0 }) != health {
            violations.append("the health figures of the store are not the sum over its orders")
        }
        return violations
    }
}

private struct ReaderTotals {
    let counts: StoreCounts
    let health: [UInt16: Int64]

    init(_ reader: any StoreReader) throws {
        counts = try reader.countedRows()
        health = try reader.healthCounts()
    }
}
