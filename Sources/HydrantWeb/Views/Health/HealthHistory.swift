package import HydrantCore
package import HydrantEngine

/// The health index over a day, a week or a month: the model of the history on its page.
package struct HealthHistory: Sendable {
    package enum Span: String, CaseIterable, Sendable {
        case day
        case week
        case month

        package var length: Milliseconds {
            switch self {
            case .day: .hours(24)
            case .week: .hours(24 * 7)
            case .month: .hours(24 * 30)
            }
        }

        /// Equal parts of the time, of each of which the last sample is drawn.
        var slots: Int { self == .day ? 96 : self == .week ? 84 : 90 }
    }

    package var span: Span
    package var now: Instant
    /// In the order of time.
    package var samples: [HealthSample]

    package init(span: Span, now: Instant, samples: [HealthSample]) {
        self.span = span
        self.now = now
        self.samples = samples
    }

    /// Index 0 to 100 where the dimension is nil, else a share from 0 to 1.
    typealias Figure = (HealthDimension?, HealthSettings)

    private func value(_ sample: HealthSample, _ figure: Figure) -> Double? {
        figure.0.map { sample.figures.value(of: $0) } ?? sample.figures.index(figure.1)
    }

    /// One value for each slot, the newest last; nil where nothing was written, as while the hub was stopped.
    func values(_ figure: Figure) -> [Double?] {
        var values = [Double?](repeating: nil, count: span.slots)
        let begin = now - span.length
        for sample in samples where sample.at > begin && sample.at <= now {
            let slot = Int((sample.at - begin) * Milliseconds(span.slots) / span.length)
            values[min(slot, span.slots - 1)] = value(sample, figure)
        }
        return values
    }

    /// The value so long ago; nil where nothing was written about then.
    func value(_ figure: Figure, before length: Milliseconds) -> Double? {
        let moment = now - length
        guard let sample = samples.last(where: { $0.at <= moment }), moment - sample.at < .minutes(30) else {
            return nil
        }
        return value(sample, figure)
    }

    func bindings(_ overview: Overview, _ formats: Formats) -> Bindings {
        let words = formats.words
        let figures: [HealthDimension?] = [nil] + HealthDimension.allCases.map(Optional.some)
        return [
            "isEmpty": samples.isEmpty,
            "spans": Span.allCases.map { span -> Bindings in
                [
                    "label": words("history_\(span.rawValue)"), "here": span == self.span,
                    "href": address("/health", [("span", span.rawValue)]) + "#history",
                ]
            },
            "rows": figures.map { row($0, overview, formats) },
        ]
    }

    private func row(_ dimension: HealthDimension?, _ overview: Overview, _ formats: Formats) -> Bindings {
        let words = formats.words
        let settings = overview.healthSettings
        let figure: Figure = (dimension, settings)
        let alert = dimension.map { settings.alertLines[$0] } ?? 60
        let spark = Sparkline(values: values(figure), alert: alert, bounds: dimension == nil ? 0...100 : 0...1)
        func text(_ value: Double?) -> String {
            dimension == nil ? formats.decimal(value, places: 1) : formats.percent(value)
        }
        let known = values(figure).compactMap(\.self)
        let name = dimension.map { words("dimension_\($0.rawValue)") } ?? words("index")
        let now = dimension.map { overview.health.value(of: $0) } ?? overview.health.index(settings)
        return [
            "name": name, "points": spark.points, "alertY": spark.alertHeight ?? "0",
            "label": words("history_of", ["name": name]), "now": text(now),
            "hour": text(value(figure, before: .hours(1))), "day": text(value(figure, before: .hours(24))),
            "lowest": text(known.min()), "highest": text(known.max()),
        ]
    }
}
