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
        var page: Page?
        while !Task.isCancelled {
            do {
                try await stopwatch.sleep(until: stopwatch.now() + Self.atMostEvery)
                let now = clock.now()
                let rest = Self.every - now.milliseconds % Self.every
                try await clock.sleep(until: now + rest)
                page = try await write(after: page)
                await committer.saveDoors()
            } catch is CancellationError {
                return
            } catch {
                log.error("the history of the health index was not written", metadata: ["reason": "\(error)"])
            }
        }
    }

    /// What this hub wrote last: while it stands, the day is added to and not read.
    struct Page: Sendable {
        var day: String
        var version: Int64
        var at: Instant
    }

    /// Adds a sample, unless another node has just added one.
    ///
    /// - Returns: the page as it stands now, where this hub wrote it.
    @discardableResult
    func write(after page: Page? = nil) async throws -> Page? {
        let now = clock.now()
        let figures =
            store.isShared
            ? Committer.health(try await store.read { try $0.healthCounts() }) : await committer.health
        let sample = HealthSample(at: now, figures: figures)
        let key = Self.day(now)
        return try await store.transaction { transaction in
            let record = try transaction.record(Self.collection, key)
            let version = record?.version ?? 0
            let body: [UInt8]
            if let record, let page, page.day == key, page.version == version {
                if now < page.at + Self.every / 2 { return page }
                body = Self.added(sample, to: record.body)
            } else {
                var rows = (record.flatMap { try? JSON(bytes: $0.body) })?.array ?? []
                if let last = rows.last.flatMap(HealthSample.init(json:)), now < last.at + Self.every / 2 { return nil }
                rows.append(sample.json)
                body = JSON.array(rows).bytes
            }
            let next = StoredRecord(
                collection: Self.collection, key: key, version: version + 1, body: body, changedAt: now)
            guard try transaction.put(next, ifVersion: version) else { throw StoreFailure(.conflict) }
            if version == 0 {
                let days = try transaction.records(Self.collection, after: "", limit: 1_000).map(\.key)
                for day in days.dropLast(Self.daysKept) { _ = try transaction.deleteRecord(Self.collection, day) }
            }
            return Page(day: key, version: version + 1, at: now)
        }
    }

    /// One more row of an array of rows that is not empty.
    static func added(_ sample: HealthSample, to body: [UInt8]) -> [UInt8] {
        body.dropLast() + [UInt8(ascii: ",")] + sample.json.bytes + [UInt8(ascii: "]")]
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
