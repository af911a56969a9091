import ArgumentParser
import HydrantCore
import HydrantEngine
import HydrantStorage
import Synchronization

struct HealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "The order health index and its four figures, recomputed from all events.",
        discussion: """
            It is about the orders that were live (paid, not yet completed or cancelled) at any time in the window \
            before the moment: 24 hours, or `health.window` of the settings document.
            Exits with 1 when a figure is past its alert line, with 0 when none is.
            """)

    @OptionGroup var database: DatabaseOptions

    @Option(name: .customLong("as-of"), help: momentHelp)
    var asOf: Moment?

    @Flag(help: "Print JSON instead of a table.")
    var json = false

    func run() async throws {
        let open = try await OpenDatabase.reading(database)
        let settings = open.settings
        let now = asOf?.instant ?? SystemClock().now()
        let sum = FigureSum()
        try await open.eachOrder(asOf: asOf?.instant) { order in
            sum.add(order.healthContribution(settings: settings, now: now))
        }
        try await open.store.close()
        let figures = sum.figures
        if json {
            Terminal.result(figures.report(settings.health, asOf: now))
        } else {
            printTable(figures, settings.health, now)
        }
        if HealthDimension.allCases.contains(where: { figures.isPastAlertLine($0, settings.health) }) {
            throw ExitCode(1)
        }
    }

    private func printTable(_ figures: HealthFigures, _ settings: HealthSettings, _ now: Instant) {
        let index = figures.index(settings).map { "\(($0 * 10).rounded() / 10)" } ?? "–"
        Terminal.standardOutput("order health index \(index) as of \(now), \(figures.population) orders\n")
        Terminal.standardOutput(
            "of orders that were live (paid, not yet completed or cancelled) at any time in the "
                + "\(Self.length(settings.window)) before\n")
        for dimension in HealthDimension.allCases {
            let (numerator, denominator) = figures.counts(of: dimension)
            let share = figures.value(of: dimension).map { "\(($0 * 10_000).rounded() / 100) %" } ?? "–"
            let line = settings.alertLines[dimension].map { "\(($0 * 1_000).rounded() / 10) %" } ?? "–"
            let alert = figures.isPastAlertLine(dimension, settings) ? "  ALERT" : ""
            Terminal.standardOutput(
                dimension.rawValue.padding(to: 16) + share.padding(to: 12)
                    + "\(numerator)/\(denominator)".padding(to: 18) + "alert line \(line)\(alert)\n")
        }
    }
}

extension HealthCommand {
    /// Whole days as days, everything else to the minute.
    fileprivate static func length(_ window: Milliseconds) -> String {
        guard window > 0, window % .hours(24) == 0 else { return durationText(window).english }
        let days = window / .hours(24)
        return days == 1 ? "1 day (24 h)" : "\(days) days"
    }
}

/// Adds up contributions from a scan on another thread.
private final class FigureSum: Sendable {
    private let sum = Mutex(HealthFigures())

    var figures: HealthFigures { sum.withLock { $0 } }

    func add(_ contribution: HealthContribution) { sum.withLock { $0.add(contribution) } }
}

extension HealthFigures {
    /// The figures as the command line prints them.
    func report(_ settings: HealthSettings, asOf: Instant) -> JSON {
        var members: [(String, JSON?)] = [
            ("asOf", .string(asOf.text)), ("population", .integer(population)), ("index", .rounded(index(settings))),
        ]
        for dimension in HealthDimension.allCases {
            let (numerator, denominator) = counts(of: dimension)
            members.append(
                (
                    dimension.rawValue,
                    [
                        "value": .rounded(value(of: dimension)), "numerator": .integer(numerator),
                        "denominator": .integer(denominator),
                        "unknown": .integer(dimension == .consistency ? unknown : 0),
                        "alertLine": .rounded(settings.alertLines[dimension]),
                        "alert": .bool(isPastAlertLine(dimension, settings)),
                    ]
                ))
        }
        return .compact(members)
    }
}
