import HydrantCore
import HydrantStorage

/// The list of orders.
struct OrdersView {
    let page: OrdersPage

    func document(_ frame: PageFrame, files: PageFiles) -> String {
        let words = files.words(frame.language)
        let formats = Formats(words: words, now: page.asOf)
        let filter = page.request.filter
        let isFiltered = filter != OrderFilter() || page.request.health != nil || page.request.isDwelling
        let isOver = page.next == nil
        let isByStateAlone = page.request.health == nil && !page.request.isDwelling && filter.verdict == nil
        let leavesOut = page.request.wantedRows.isStanding && isByStateAlone
        let bindings: Bindings = [
            "w": words.bindings, "asOf": formats.binding(page.asOf, seconds: true),
            "prefix": filter.numberPrefix ?? "", "isFiltered": isFiltered,
            "states": options(
                filter.state.map(String.init), words, (0...7).map { (String($0), stateOption($0, words)) }),
            "verdicts": options(
                filter.verdict?.rawValue, words, Verdict.allCases.map { ($0.rawValue, words("verdict_\($0.rawValue)")) }
            ),
            "healths": options(
                page.request.health?.rawValue, words,
                HealthFilter.allCases.map { ($0.rawValue, words("health_\($0.rawValue)")) }),
            "dwellings": options(
                page.request.isDwelling ? DwellingChoice.now.rawValue : nil, words,
                DwellingChoice.allCases.map { ($0.rawValue, words("dwelling_\($0.rawValue)")) }),
            "isEmpty": page.rows.isEmpty && isOver,
            "emptyText": words(leavesOut ? "orders_empty_standing" : isFiltered ? "orders_empty" : "orders_none"),
            "emptyHref": leavesOut ? link(after: nil, .also) : isFiltered ? "/orders" : "/",
            "emptyLabel": words(
                leavesOut ? "orders_ended_too" : isFiltered ? "orders_empty_action" : "overview_action"),
            "ends": page.request.mayLeaveOutEnded ? ends(words) : [],
            "hasEnds": page.request.mayLeaveOutEnded,
            "ended": shown(page.request.ended?.rawValue),
            "rows": page.rows.map { row($0, formats) },
            "first": shown(page.request.cursor > 0 ? link(after: nil) : nil),
            "next": shown(page.next.map { link(after: $0) }),
        ]
        return frame.document(files.render(bindings, "orders"), title: words("orders_title"), files: files)
    }

    private func stateOption(_ number: Int, _ words: Words) -> String {
        "\(number) \(words(stateNames[number].text))"
    }

    private func options(_ chosen: String?, _ words: Words, _ values: [(String, String)]) -> [Bindings] {
        ([("", words("any"))] + values).map { value, label in
            ["value": value, "label": label, "chosen": value == (chosen ?? "")]
        }
    }

    private func row(_ row: OrderRow, _ formats: Formats) -> Bindings {
        let words = formats.words
        let completion = row.completion == .open ? nil : words("completion_\(keyPart(row.completion.rawValue))")
        return [
            "href": orderPath(row.number), "number": row.number, "stateText": stateText(row.state, words),
            "mini": Rail(row: row, lastState: page.lastReportedState).miniature(state: row.state, words),
            "completion": shown(completion),
            "holds": shown(row.holds > 0 ? words("hold_count", ["count": String(row.holds)]) : nil),
            "verdict": row.verdict.map { $0.badge(words) as Any } ?? false,
            "since": formats.binding(row.stateSince), "placed": formats.binding(row.placedAt),
        ]
    }

    /// The chips that say whether orders that ended are among them.
    private func ends(_ words: Words) -> [Bindings] {
        [nil, .completed, .also].map { (ended: EndedChoice?) in
            let label =
                switch ended {
                case nil: "orders_standing"
                case .completed: "orders_completed_too"
                case .also: "orders_ended_too"
                }
            return ["label": words(label), "href": link(after: nil, ended), "here": page.request.ended == ended]
        }
    }

    private func link(after cursor: Int64?) -> String { link(after: cursor, page.request.ended) }

    private func link(after cursor: Int64?, _ ended: EndedChoice?) -> String {
        let filter = page.request.filter
        return address(
            "/orders",
            [
                ("prefix", filter.numberPrefix), ("state", filter.state.map(String.init)),
                ("verdict", filter.verdict?.rawValue), ("health", page.request.health?.rawValue),
                ("dwelling", page.request.isDwelling ? DwellingChoice.now.rawValue : nil),
                ("ended", ended?.rawValue), ("after", cursor.map(String.init)),
            ])
    }
}
