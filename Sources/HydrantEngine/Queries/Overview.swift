package import HydrantCore
package import HydrantStorage

/// The instrument panel at a moment.
package struct Overview: Sendable {
    package var asOf: Instant
    package var health: HealthFigures
    package var healthSettings: HealthSettings
    /// Orders in each state, index 0 to 7, without the cancelled ones.
    package var countsByState: [Int64]
    package var findings: [FindingCount]
    package var instructions: [InstructionStatus: Int64]
    package var counts: StoreCounts
    package var totals: Committer.Totals
    /// Submissions that wait for the next transaction.
    package var queueLength: Int
    /// How long the orders in each of the states 1 to 6 have been there, by state; empty where nobody has looked.
    package var dwell: [Int: DwellFigures] = [:]
    /// How long an order may stay in each state, index 0 to 7.
    package var dwellLimits: [Milliseconds] = []
    /// Packed parcels by the set they stand in; empty where nobody has looked.
    package var sets: [TrackingSet: Int64] = [:]
    package var openTasks: Int64 = 0
    /// Those of them that were due.
    package var overdueTasks: Int64 = 0
    /// Those of the open tasks that are instructions which were refused or never answered.
    package var failedInstructions: Int64 = 0
}

extension Hub {
    package func overview() async throws -> Overview {
        let isShared = store.isShared
        let partial = try await store.read { reader in
            (
                states: try reader.countsByState(), findings: try reader.findingCounts(),
                instructions: try reader.instructionCounts(), counts: try reader.counts(),
                health: isShared ? try reader.healthCounts() : [:]
            )
        }
        let health = isShared ? Committer.health(partial.health) : await committer.health
        var overview = Overview(
            asOf: clock.now(), health: health, healthSettings: settings.health,
            countsByState: partial.states, findings: partial.findings, instructions: partial.instructions,
            counts: partial.counts, totals: await committer.totals, queueLength: await committer.queueLength)
        overview.dwellLimits = settings.flow.steps.map(\.dwellLimit)
        if !isShared { overview.dwell = dwell(await committer.ages, now: overview.asOf) }
        return overview
    }

    /// Figures of the states in which an order can wait for something.
    package func dwell(_ ages: StateAges, now: Instant) -> [Int: DwellFigures] {
        let waiting = StateNumber.paid..<max(StateNumber.paid, settings.flow.lastReportedState)
        return Dictionary(
            uniqueKeysWithValues: waiting.map { ($0, ages.figures(of: $0, now: now)) })
    }

    /// The same from the database, for hubs beside which others write: looks at every order.
    package func dwellFromStore(now: Instant) async throws -> [Int: DwellFigures] {
        dwell(StateAges(try await store.read { try $0.statePlaces() }), now: now)
    }

    /// Orders with a finding, each with its reason as of now, the oldest first.
    ///
    /// - Parameter cursor: the `orderID` of the last row seen; 0 for the beginning.
    package func wrongOrders(
        kind: MismatchKind?, verdict: Verdict?, after cursor: Int64, limit: Int
    ) async throws -> [(row: FindingRow, finding: Finding)] {
        let settings = settings
        let now = clock.now()
        return try await store.read { reader in
            try reader.findings(kind, verdict, after: cursor, limit: limit).compactMap { row in
                guard let order = try reader.undamagedOrder(row.order) else { return nil }
                let finding = order.findings(settings: settings, now: now).first { $0.kind == row.kind }
                return finding.map { (row, $0) }
            }
        }
    }
}
