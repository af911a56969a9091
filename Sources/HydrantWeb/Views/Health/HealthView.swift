import HydrantCore
import HydrantEngine

/// The formulas of the health index with what stands in them now.
struct HealthView {
    let overview: Overview
    let history: HealthHistory

    func document(_ frame: PageFrame, files: PageFiles) -> String {
        let words = files.words(frame.language)
        let formats = Formats(words: words, now: overview.asOf)
        let hours = String(overview.healthSettings.window / .hours(1))
        let bindings: Bindings = [
            "w": words.bindings, "asOf": formats.binding(overview.asOf, seconds: true),
            "index": formats.decimal(overview.health.index(overview.healthSettings), places: 1),
            "population": formats.count(overview.health.population), "history": history.bindings(overview, formats),
            "populationText": words("population_text", ["hours": hours]),
            "dimensions": HealthDimension.allCases.map { dimension($0, formats) },
        ]
        return frame.document(files.render(bindings, "health"), title: words("health_title"), files: files)
    }

    private func dimension(_ dimension: HealthDimension, _ formats: Formats) -> Bindings {
        let words = formats.words
        let key = dimension.rawValue
        let settings = overview.healthSettings
        let figures = overview.health
        let counts = figures.counts(of: dimension)
        let value = figures.value(of: dimension)
        let isPast = figures.isPastAlertLine(dimension, settings)
        let weight = formats.decimal(settings.weights[dimension] ?? 0, places: 1)
        let line = AlertLine(dimension, settings, words)
        let numerator = HealthFilter.numerator(of: dimension)
        let denominator = HealthFilter.denominator(of: dimension)
        return [
            "key": key, "name": words("dimension_\(key)"), "formula": words("formula_\(key)"),
            "value": formats.percent(value),
            "score": formats.decimal(figures.score(of: dimension, settings), places: 1),
            "weight": isPast ? words("weight_doubled", ["weight": weight]) : weight,
            "mark": isPast ? "late" : "fine", "icon": isPast ? "late" : value == nil ? "unknown" : "ok",
            "alertText": isPast ? line.past : value == nil ? words("no_data_yet") : line.good, "line": line.bare,
            "numerator": formats.count(counts.numerator), "numeratorName": words("health_\(numerator.rawValue)"),
            "numeratorHref": Self.path(numerator),
            "denominator": formats.count(counts.denominator),
            "denominatorName": words("health_\(denominator.rawValue)"), "denominatorHref": Self.path(denominator),
            "rest": rest(dimension, formats),
            "stays": dimension == .dwell ? ["rows": stays(formats)] as Bindings as Any : false,
        ]
    }

    /// How long the orders under way have been in their states.
    private func stays(_ formats: Formats) -> [Bindings] {
        overview.dwell.sorted { $0.key < $1.key }.map { state, figures in
            [
                "name": "\(state) \(formats.words(stateNames[state].text))", "orders": formats.count(figures.orders),
                "ordersHref": address("/orders", [("state", String(state))]),
                "limit": formats.limit(overview.dwellLimits[state]),
                "beyond": formats.count(figures.beyond), "beyondHref": OrdersPage.dwellingPath(state),
                "isLate": figures.beyond > 0, "half": formats.hoursAndMinutes(figures.median),
                "ninth": formats.hoursAndMinutes(figures.ninth),
            ]
        }
    }

    /// What is in neither count, or in the one and not in the other.
    private func rest(_ dimension: HealthDimension, _ formats: Formats) -> [Bindings] {
        let counts = overview.health.counts(of: dimension)
        let rows: [(HealthFilter, Int64)] =
            switch dimension {
            case .consistency:
                [(.disagreeing, counts.denominator - counts.numerator), (.unknown, overview.health.unknown)]
            case .touchpoints: [(.untouched, counts.denominator - counts.numerator)]
            case .dwell, .intervention: []
            }
        return rows.map { filter, count in
            [
                "name": formats.words("health_\(filter.rawValue)"), "href": Self.path(filter),
                "count": formats.count(count),
            ]
        }
    }

    private static func path(_ filter: HealthFilter) -> String { address("/orders", [("health", filter.rawValue)]) }
}
