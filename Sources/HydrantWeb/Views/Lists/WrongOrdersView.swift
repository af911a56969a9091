import HydrantCore
import HydrantEngine
import HydrantStorage

/// The list of wrong orders.
struct WrongOrdersView {
    let page: WrongOrdersPage

    func document(_ frame: PageFrame, files: PageFiles) -> String {
        let words = files.words(frame.language)
        let formats = Formats(words: words, now: page.asOf)
        let request = page.request
        let isNarrow = request.kind != nil || request.verdict != nil
        let isEmpty = page.rows.isEmpty && page.next == nil
        let bindings: Bindings = [
            "w": words.bindings, "asOf": formats.binding(page.asOf, seconds: true),
            "verdicts": verdictChips(formats), "kinds": kindChips(formats), "isEmpty": isEmpty,
            "emptyText": words("wrong_empty"), "emptyHref": isNarrow ? "/wrong-orders" : "/",
            "emptyLabel": words(isNarrow ? "wrong_empty_action" : "overview_action"),
            "hasExports": !isEmpty,
            "exports": ["csv", "xlsx"].map { ending -> Bindings in
                [
                    "label": ending.uppercased(),
                    "href": address(
                        "/wrong-orders.\(ending)",
                        [("kind", request.kind?.rawValue), ("verdict", request.verdict?.rawValue)]),
                ]
            },
            "rows": page.rows.compactMap { row($0, formats) },
            "first": shown(request.cursor > 0 ? link(kind: request.kind, verdict: request.verdict) : nil),
            "next": shown(page.next.map { link(kind: request.kind, verdict: request.verdict, after: $0) }),
        ]
        return frame.document(files.render(bindings, "wrongorders"), title: words("wrong_title"), files: files)
    }

    private func count(_ kind: MismatchKind?, _ verdict: Verdict?) -> Int64 {
        page.counts.reduce(0) { sum, entry in
            let matches = (kind == nil || entry.kind == kind) && (verdict == nil || entry.verdict == verdict)
            return matches ? sum + entry.count : sum
        }
    }

    private func verdictChips(_ formats: Formats) -> [Bindings] {
        let choices: [Verdict?] = [nil] + Verdict.allCases.map(Optional.some)
        return choices.map { verdict in
            [
                "verdict": verdict?.rawValue ?? "", "icon": shown(verdict?.rawValue),
                "label": formats.words(verdict.map { "verdict_\($0.rawValue)" } ?? "wrong_all_verdicts"),
                "count": formats.count(count(page.request.kind, verdict)), "here": verdict == page.request.verdict,
                "href": link(kind: page.request.kind, verdict: verdict),
            ]
        }
    }

    private func kindChips(_ formats: Formats) -> [Bindings] {
        let words = formats.words
        let choices: [MismatchKind?] = [nil] + MismatchKind.allCases.map(Optional.some)
        return choices.compactMap { kind in
            let number = count(kind, page.request.verdict)
            guard kind == nil || number > 0 || kind == page.request.kind else { return nil }
            return [
                "label": kind.map { words($0.text) } ?? words("wrong_all_kinds"), "count": formats.count(number),
                "here": kind == page.request.kind, "href": link(kind: kind, verdict: page.request.verdict),
            ]
        }
    }

    /// A finding that went away since it was saved is shown by its kind alone.
    private func row(_ row: WrongOrdersPage.Row, _ formats: Formats) -> Bindings {
        let words = formats.words
        let verdict = row.finding?.verdict ?? row.saved.verdict
        return [
            "href": orderPath(row.saved.order), "number": row.saved.order, "badge": verdict.badge(words),
            "kind": words(row.saved.kind.text), "reason": row.reason(words) ?? "—",
            "advice": row.advice(words), "since": formats.binding(row.finding?.since ?? row.saved.since),
            "verified": formats.binding(row.finding?.lastVerifiedAt),
        ]
    }

    private func link(kind: MismatchKind?, verdict: Verdict?, after cursor: Int64? = nil) -> String {
        address(
            "/wrong-orders",
            [("kind", kind?.rawValue), ("verdict", verdict?.rawValue), ("after", cursor.map(String.init))])
    }
}
