import HydrantCore
import HydrantEngine
import HydrantStorage

/// The instrument panel.
package struct OverviewView {
    package let history: OverviewHistory
    package let speed: Double?
    package let isDemo: Bool

    package init(history: OverviewHistory, speed: Double?, isDemo: Bool) {
        self.history = history
        self.speed = speed
        self.isDemo = isDemo
    }

    package func document(_ frame: PageFrame, files: PageFiles) -> String {
        let words = files.words(frame.language)
        let cells = OverviewCells(history, speed: speed)
        let bindings: Bindings = [
            "w": words.bindings, "c": cells.text, "s": cells.state,
            "l": cells.line.merging(cells.level) { line, _ in line },
            "window": words(
                "health_window", ["hours": String(history.latest.healthSettings.window / .hours(1))]),
            "speed": isDemo && speed != nil, "isEmpty": history.latest.counts.orders == 0,
            "figures": HealthDimension.allCases.map { figure($0, cells, words) },
            "states": StateNumber.all.map { state($0, cells, words) },
            "kinds": MismatchKind.allCases.map { kind in
                [
                    "kind": kind.rawValue, "name": words(kind.text),
                    "verdicts": Verdict.allCases.map { count(kind.rawValue, words(kind.text), $0, cells, words) },
                ] as Bindings
            },
            "totals": Verdict.allCases.map { count("total", words("total"), $0, cells, words) },
            "queues": queues(cells, words), "sets": sets(cells, words), "books": books(cells, words),
        ]
        return frame.document(files.render(bindings, "overview"), title: words("overview_title"), files: files)
    }

    private func figure(_ dimension: HealthDimension, _ cells: OverviewCells, _ words: Words) -> Bindings {
        let key = dimension.rawValue
        let name = words("dimension_\(key)")
        let line = AlertLine(dimension, history.latest.healthSettings, words)
        return [
            "key": key, "name": name, "value": cells.text[key] ?? "", "state": cells.state[key] ?? "",
            "numerator": cells.text[key + "_n"] ?? "", "denominator": cells.text[key + "_d"] ?? "",
            "countHref": address("/orders", [("health", HealthFilter.numerator(of: dimension).rawValue)]),
            "points": cells.line[key] ?? "", "alertY": cells.level[key + "_alert"] ?? "",
            "sparkLabel": words("spark_of", ["name": name]), "alertText": line.good, "pastText": line.past,
        ]
    }

    private func state(_ number: Int, _ cells: OverviewCells, _ words: Words) -> Bindings {
        let key = "state_\(number)"
        return [
            "key": key, "number": number, "href": OrdersPage.countedPath(number),
            "name": words(stateNames[number].text), "count": cells.text[key] ?? "",
            "share": cells.width[key + "_share"] ?? "0", "dwell": dwell(number, cells, words) ?? false,
        ]
    }

    /// How many orders have been in a state for too long, and how long half and nine in ten have been there.
    private func dwell(_ number: Int, _ cells: OverviewCells, _ words: Words) -> Any? {
        let overview = history.latest
        guard overview.dwell[number] != nil, overview.dwellLimits.indices.contains(number) else { return nil }
        let key = "dwell_\(number)"
        let limit = Formats(words: words, now: overview.asOf).limit(overview.dwellLimits[number])
        return [
            "key": key, "number": String(number), "count": cells.text[key] ?? "", "state": cells.state[key] ?? "",
            "href": OrdersPage.dwellingPath(number),
            "beyond": words("dwell_beyond", ["limit": limit]),
            "half": cells.text["p50_\(number)"] ?? "", "ninth": cells.text["p90_\(number)"] ?? "",
        ] as Bindings
    }

    private func count(
        _ key: String, _ name: String, _ verdict: Verdict, _ cells: OverviewCells, _ words: Words
    ) -> Bindings {
        let key = "\(key)_\(verdict.rawValue)"
        return [
            "key": key, "verdict": verdict.rawValue, "count": cells.text[key] ?? "", "state": cells.state[key] ?? "",
            "label": "\(name), \(words("verdict_\(verdict.rawValue)")): \(cells.text[key] ?? "")",
        ]
    }

    private func queues(_ cells: OverviewCells, _ words: Words) -> [Bindings] {
        // With those put off, which are among the number.
        let failed: [(String, String?)] = [("kind", TaskKind.instructionFailed.rawValue), ("asleep", "yes")]
        let keys: [(String, String, [(String, String?)])] = [
            ("tasks_open", "/tasks", []), ("tasks_overdue", "/tasks", []), ("instructions_waiting", "/channels", []),
            ("instructions_ambiguous", "/channels", []), ("instructions_failed", "/tasks", failed),
            ("submissions", "", []), ("parked_facts", "/settings/parked", []),
        ]
        return keys.map { key, path, query in
            [
                "href": shown(Viewer.current.mayOpen("GET", path) ? address(path, query) : nil),
                "key": "queue_\(key)", "name": words("queue_\(key)"), "hint": words("queue_\(key)_hint"),
                "count": cells.text["queue_\(key)"] ?? "", "state": cells.state["queue_\(key)"] ?? "",
                "mark": key == "instructions_ambiguous" || key == "tasks_overdue" ? "late" : "wrong",
            ]
        }
    }

    /// The five sets of packed parcels, each a door to its parcels.
    private func sets(_ cells: OverviewCells, _ words: Words) -> [Bindings] {
        TrackingSet.allCases.map { set in
            let key = "set_\(keyPart(set.rawValue))"
            let list = address("/couriers/parcels", [("set", set.rawValue)])
            return [
                "key": key, "name": words(key), "count": cells.text[key] ?? "", "state": cells.state[key] ?? "",
                "href": Viewer.current.mayOpen("GET", "/couriers/parcels") ? list : "/couriers",
            ]
        }
    }

    private func books(_ cells: OverviewCells, _ words: Words) -> [Bindings] {
        ["orders", "events", "messages", "duplicates", "instructions_done"].map { key in
            ["key": "book_\(key)", "name": words("book_\(key)"), "count": cells.text["book_\(key)"] ?? ""]
        }
    }
}

/// The alert line of a dimension in words.
struct AlertLine {
    /// "≥ 98.5%"
    let bare: String
    let good: String
    let past: String

    init(_ dimension: HealthDimension, _ settings: HealthSettings, _ words: Words) {
        let formats = Formats(words: words, now: Instant(milliseconds: 0))
        let share = formats.percent(settings.alertLines[dimension], places: 1)
        let line = ["line": share]
        bare = (dimension.isBetterHigh ? "≥ " : "≤ ") + share
        good = words(dimension.isBetterHigh ? "alert_high" : "alert_low", line)
        past = words(dimension.isBetterHigh ? "past_high" : "past_low", line)
    }
}
