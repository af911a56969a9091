package import HydrantCore
import HydrantStorage
import Logging

/// The sums of the health index at a moment: every figure of it can be computed again from them.
package struct HealthSample: Hashable, Sendable {
    package var at: Instant
    package var figures: HealthFigures

    package init(at: Instant, figures: HealthFigures) {
        self.at = at
        self.figures = figures
    }

    /// Nine numbers; a day of them is some kilobytes.
    var json: JSON {
        .array(
            [
                at.milliseconds, figures.population, figures.verified, figures.agreeing, figures.unknown,
                figures.dwelled, figures.intervened, figures.touchpointsDue, figures.touchpointsDone,
            ].map { .integer($0) })
    }

    init?(json: JSON) {
        let numbers = (json.array ?? []).compactMap(\.integer)
        guard numbers.count == 9 else { return nil }
        at = Instant(milliseconds: numbers[0])
        figures = HealthFigures()
        figures.population = numbers[1]
        figures.verified = numbers[2]
        figures.agreeing = numbers[3]
        figures.unknown = numbers[4]
        figures.dwelled = numbers[5]
        figures.intervened = numbers[6]
        figures.touchpointsDue = numbers[7]
        figures.touchpointsDone = numbers[8]
    }
}

/// Writes the sums of the health index down every five minutes: one document for each day of China's time.
struct HealthDiary: Sendable {
    let store: any Store
    let committer: Committer
    let clock: any HubClock
    let options: HubOptions
    let log: Logger
    static let collection = "health-history"
    static let every: Milliseconds = .minutes(5)
    /// On a clock that runs fast, no more often than this by the machine's.
    private static let atMostEvery: Milliseconds = .seconds(2)
    private static let daysKept = 400
    private static let zoneSeconds: Int64 = 28_800

    static func day(_ moment: Instant) -> String { moment.civil(offsetSeconds: zoneSeconds).dateText }

    func run() async {
        let stopwatch = options.stopwatch ?? clock
        while !Task.isCancelled {
            do {
                try await stopwatch.sleep(until: stopwatch.now() + Self.atMostEvery)
                let now = clock.now()
                let rest = Self.every - now.milliseconds % Self.every
                try await clock.sleep(until: now + rest)
                try await write()
                await committer.saveDoors()
            } catch is CancellationError {
                return
            } catch {
                log.error("the history of the health index was not written", metadata: ["reason": "\(error)"])
            }
        }
    }

    /// Adds a sample, unless another node has just added one.
    func write() async throws {
        let now = clock.now()
        let figures =
            store.isShared
            ? Committer.health(try await store.read { try $0.healthCounts() }) : await committer.health
        let sample = HealthSample(at: now, figures: figures)
        let key = Self.day(now)
        try await store.transaction { transaction in
            let record = try transaction.record(Self.collection, key)
            var rows = (record.flatMap { try? JSON(bytes: $0.body) })?.array ?? []
            if let last = rows.last.flatMap(HealthSample.init(json:)), now < last.at + Self.every / 2 { return }
            rows.append(sample.json)
            let version = record?.version ?? 0
            let next = StoredRecord(
                collection: Self.collection, key: key, version: version + 1, body: JSON.array(rows).bytes,
                changedAt: now)
            guard try transaction.put(next, ifVersion: version) else { throw StoreFailure(.conflict) }
            guard version == 0 else { return }
            let days = try transaction.records(Self.collection, after: "", limit: 1_000).map(\.key)
            for day in days.dropLast(Self.daysKept) { _ = try transaction.deleteRecord(Self.collection, day) }
        }
    }
}

extension Hub {
    /// What the health index was made of since a moment, in the order of time, about every five minutes.
    package func healthHistory(since moment: Instant) async throws -> [HealthSample] {
        let day = HealthDiary.day(moment - .hours(24))
        return try await store.read { reader in
            try reader.records(HealthDiary.collection, after: day, limit: 100).flatMap { record in
                ((try? JSON(bytes: record.body))?.array ?? []).compactMap(HealthSample.init(json:))
            }
        }.filter { $0.at >= moment }
    }
}
