import HydrantCore
import HydrantEngine
import HydrantStorage

/// Every figure of the overview by its name, written out. The page is rendered from it and the live snapshots are made
/// of it, so that both always say the same; it has no words, so that one snapshot serves both languages.
struct OverviewCells {
    var text: [String: String] = [:]
    /// `good`, `past`, `unknown` for figures, `some`, `none` for counts, `wrong`, `late`, `plain` for queues.
    var state: [String: String] = [:]
    /// The points of sparklines in a box of 300 by 64.
    var line: [String: String] = [:]
    /// The height of alert lines in the same box.
    var level: [String: String] = [:]
    /// Shares of bars from 0 to 100.
    var width: [String: String] = [:]

    private let formats: Formats

    init(_ history: OverviewHistory, speed: Double?) {
        let overview = history.latest
        // Numbers are written alike in both languages.
        formats = Formats(words: Words(language: .chinese, texts: [:]), now: overview.asOf)
        text["date"] = formats.date(overview.asOf)
        text["time"] = formats.time(overview.asOf)
        text["speed"] = speed.map { "×" + formats.decimal($0, places: $0 < 10 ? 1 : 0) } ?? ""
        let looks = history.points.count
        text["span"] = "\(looks / 60):\(paddedDecimal(looks % 60, width: 2))"
        addHealth(history, overview)
        addStates(overview)
        addFindings(overview)
        addRate(history)
        addQueues(overview)
    }

    private mutating func addHealth(_ history: OverviewHistory, _ overview: Overview) {
        let index = overview.health.index(overview.healthSettings)
        text["index"] = formats.decimal(index, places: 1)
        state["index"] = index.map { $0 < 60 ? "past" : "good" } ?? "unknown"
        draw("index", history.points.map(\.index), alert: 60, bounds: 0...100)
        for dimension in HealthDimension.allCases {
            let key = dimension.rawValue
            let counts = overview.health.counts(of: dimension)
            let value = overview.health.value(of: dimension)
            text[key] = formats.percent(value)
            text[key + "_n"] = formats.count(counts.numerator)
            text[key + "_d"] = formats.count(counts.denominator)
            let isPast = overview.health.isPastAlertLine(dimension, overview.healthSettings)
            state[key] = value == nil ? "unknown" : isPast ? "past" : "good"
            draw(
                key, history.points.map { $0.values[dimension] },
                alert: overview.healthSettings.alertLines[dimension], bounds: 0...1)
        }
    }

    private mutating func addStates(_ overview: Overview) {
        let counts = overview.countsByState
        let most = counts.dropFirst().max() ?? 0
        for (number, count) in counts.enumerated() {
            text["state_\(number)"] = formats.count(count)
            width["state_\(number)_share"] = String(most > 0 ? count * 100 / most : 0)
        }
        text["orders"] = formats.count(overview.counts.orders)
        for number in StateNumber.all {
            let figures = overview.dwell[number] ?? DwellFigures()
            text["dwell_\(number)"] = formats.count(figures.beyond)
            state["dwell_\(number)"] = figures.beyond > 0 ? "late" : "plain"
            text["p50_\(number)"] = formats.hoursAndMinutes(figures.median)
            text["p90_\(number)"] = formats.hoursAndMinutes(figures.ninth)
        }
    }

    private mutating func addFindings(_ overview: Overview) {
        var totals: [Verdict: Int64] = [:]
        for kind in MismatchKind.allCases {
            for verdict in Verdict.allCases {
                let count = overview.findings.first { $0.kind == kind && $0.verdict == verdict }?.count ?? 0
                totals[verdict, default: 0] += count
                put(count, "\(kind.rawValue)_\(verdict.rawValue)")
            }
        }
        for verdict in Verdict.allCases { put(totals[verdict] ?? 0, "total_\(verdict.rawValue)") }
    }

    private mutating func put(_ count: Int64, _ key: String) {
        text[key] = formats.count(count)
        state[key] = count > 0 ? "some" : "none"
    }

    private mutating func addRate(_ history: OverviewHistory) {
        let rates = history.points.map(\.factsPerSecond)
        text["rate"] = formats.decimal(rates.last ?? 0, places: 0)
        text["rate_peak"] = formats.decimal(rates.max() ?? 0, places: 0)
        draw("rate", rates.map(Optional.some), alert: nil, bounds: 0...Double.infinity, includesZero: true)
    }

    private mutating func addQueues(_ overview: Overview) {
        func queue(_ key: String, _ count: Int64, _ raised: String) {
            text["queue_\(key)"] = formats.count(count)
            state["queue_\(key)"] = count > 0 ? raised : "plain"
        }
        queue("tasks_open", overview.openTasks, "plain")
        queue("tasks_overdue", overview.overdueTasks, "late")
        for set in TrackingSet.allCases {
            let count = overview.sets[set] ?? 0
            let key = "set_\(keyPart(set.rawValue))"
            text[key] = formats.count(count)
            state[key] = count > 0 && set == .polling ? "late" : "plain"
        }
        queue("instructions_waiting", overview.instructions[.waiting] ?? 0, "plain")
        queue("instructions_ambiguous", overview.instructions[.ambiguous] ?? 0, "late")
        queue("instructions_failed", overview.failedInstructions, "wrong")
        queue("submissions", Int64(overview.queueLength), "plain")
        queue("parked_facts", overview.counts.parked, "wrong")
        text["book_orders"] = formats.count(overview.counts.orders)
        text["book_events"] = formats.count(overview.counts.events)
        text["book_messages"] = formats.count(overview.counts.messages)
        text["book_duplicates"] = formats.count(overview.totals.duplicates)
        text["book_instructions_done"] = formats.count(overview.instructions[.done] ?? 0)
    }

    private mutating func draw(
        _ key: String, _ values: [Double?], alert: Double?, bounds: ClosedRange<Double>, includesZero: Bool = false
    ) {
        let spark = Sparkline(values: values, alert: alert, bounds: bounds, includesZero: includesZero)
        line[key] = spark.points
        if let height = spark.alertHeight { level[key + "_alert"] = height }
    }

    func json(isStale: Bool) -> JSON {
        func object(_ values: [String: String]) -> JSON {
            .object(values.sorted { $0.key < $1.key }.map { JSON.Member($0.key, .string($0.value)) })
        }
        return [
            "stale": .bool(isStale), "text": object(text), "state": object(state), "line": object(line),
            "level": object(level), "width": object(width),
        ]
    }
}
