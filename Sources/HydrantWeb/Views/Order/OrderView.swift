import HydrantCore
import HydrantEngine
import HydrantStorage

/// The page of one order.
struct OrderView {
    let model: OrderModel
    let words: Words
    let formats: Formats
    let facts: FactWords
    /// Signs the forms of the order's tasks.
    var formToken: String?

    var detail: OrderDetail { model.detail }
    var order: Order { model.detail.order }
    var currency: String { facts.currency }

    init(_ model: OrderModel, words: Words) {
        self.model = model
        self.words = words
        formats = Formats(words: words, now: model.detail.asOf)
        facts = FactWords(
            formats: formats, currency: model.detail.order.header?.value.currency ?? "CNY",
            lines: model.detail.order.lines, needs: model.detail.events.taskNeeds)
    }

    func document(_ frame: PageFrame, files: PageFiles) -> String {
        frame.document(
            fragment(files: files), title: words("order_title", ["number": model.number]), files: files)
    }

    /// The content without the frame, which an open page asks for again.
    func fragment(files: PageFiles) -> String {
        var bindings: Bindings = [
            "w": words.bindings, "number": model.number, "encoded": encodedPiece(model.number),
            "path": orderPath(model.number), "version": order.version,
            "asOf": formats.binding(detail.asOf, seconds: true), "stateText": stateText(order.state, words),
            "refresh": refresh, "past": past, "formMoment": formMoment,
            "missing": shown(detail.missing.map { words($0) }),
        ]
        let parts = [
            standing, rail, findings, holds, tasks, customer, systems, parcels, money, lines, instructions, proof,
            related, told, DeskView(model: model, formats: formats).bindings,
        ]
        for part in parts + [playbooks, papers, filters, timeline] { bindings.merge(part) { _, new in new } }
        return files.render(bindings, "order")
    }

    private var verdict: Verdict? { detail.rootCause?.verdict ?? detail.findings.gravestVerdict }

    private var refresh: Any {
        guard model.asOf == nil else { return false }
        let show = model.filter == .all ? nil : model.filter.rawValue
        let parameters = [("show", show), ("system", model.source)]
        return [
            "href": address(orderPath(model.number) + "/fragment", parameters), "seen": model.fingerprint,
            "events": "/events" + address(orderPath(model.number), parameters),
        ]
    }

    private var past: Any {
        guard let moment = model.asOf else { return false }
        return ["moment": formats.second(moment), "now": orderPath(model.number)]
    }

    /// `2026-11-11T20:03:11`, as the form's field wants it.
    private var formMoment: String { "\(formats.date(detail.asOf))T\(formats.time(detail.asOf))" }

    private var standing: Bindings {
        let completion = order.completion == .open ? nil : words("completion_\(keyPart(order.completion.rawValue))")
        var cause: Any = false
        if let root = detail.rootCause {
            cause = [
                "level": root.verdict.rawValue, "word": words("verdict_\(root.verdict.rawValue)"),
                "reason": words(root.reason), "advice": words(root.advice),
            ]
        }
        return [
            "completion": shown(completion), "verdict": verdict?.rawValue ?? false,
            "word": verdict.map { words("verdict_\($0.rawValue)") } ?? "",
            "holdCount": shown(
                detail.holds.isEmpty ? nil : words("hold_count", ["count": String(detail.holds.count)])),
            "cause": cause, "calm": calm,
        ]
    }

    /// What is said while nothing is wrong: how much was compared, and not more.
    private var calm: Any {
        guard detail.rootCause == nil, detail.findings.isEmpty, detail.holds.isEmpty else { return false }
        let unmapped = detail.systems.filter { $0.agreement == .unmapped }.count
        if detail.systems.isEmpty { return ["checked": false, "text": words("calm_unchecked")] }
        if detail.systems.contains(where: { $0.agreement == .disagrees }) {
            return ["checked": false, "text": words("calm_disagree")]
        }
        if unmapped > 0 {
            return ["checked": false, "text": words("calm_unmapped", ["count": String(unmapped)])]
        }
        return ["checked": true, "text": words("calm_checked", ["count": String(detail.systems.count)])]
    }

    private var rail: Bindings {
        let rail = Rail(
            order: order, verdict: verdict, isHeld: !detail.holds.isEmpty, lastState: detail.lastReportedState)
        let label = words("rail_of", ["number": model.number])
        return ["rail": rail.bindings(mode: "times", label: label, formats)]
    }

    private var findings: Bindings {
        [
            "hasFindings": !detail.findings.isEmpty,
            "findings": detail.findings.map { finding -> Bindings in
                [
                    "badge": finding.verdict.badge(words), "kind": finding.kind.rawValue,
                    "name": words(finding.kind.text), "reason": words(finding.reason),
                    "since": formats.binding(finding.since), "verified": formats.binding(finding.lastVerifiedAt),
                ]
            },
        ]
    }

    private var holds: Bindings {
        [
            "hasHolds": !detail.holds.isEmpty,
            "holds": detail.holds.map { hold -> Bindings in
                [
                    "reason": words(hold.reason), "owner": TaskOwners.label(hold.owner, words),
                    "exit": facts.exit(of: hold),
                    "since": formats.binding(hold.since),
                ]
            },
        ]
    }

    /// Of a past moment nothing is to be done any more.
    private var tasks: Bindings {
        let open = model.asOf == nil ? order.standingTasks : []
        return TaskBox(number: model.number, tasks: open, formats: formats, formToken: formToken).bindings
    }

    private var filters: Bindings {
        let choices = TimelineFilter.allCases.map { filter -> Bindings in
            [
                "label": words("filter_\(filter.rawValue)"), "here": filter == model.filter,
                "count": formats.count(events(of: model.source).filter(filter.includes).count),
                "href": timelinePath(filter, model.source),
            ]
        }
        let systems = Set(detail.events.compactMap(\.system)).sorted()
        let sources = [nil] + systems.map(Optional.some)
        return [
            "filters": choices, "hasSources": systems.count > 1,
            "sources": sources.map { source -> Bindings in
                [
                    "label": source.map(sourceName) ?? words("filter_all_systems"), "here": source == model.source,
                    "count": formats.count(events(of: source).filter(model.filter.includes).count),
                    "href": timelinePath(model.filter, source),
                ]
            },
        ]
    }

    private func sourceName(_ source: String) -> String {
        source == "person" ? words("filter_people") : words.source(source)
    }

    private func events(of source: String?) -> [Event] {
        source == nil ? detail.events : detail.events.filter { $0.system == source }
    }

    private func timelinePath(_ filter: TimelineFilter, _ source: String?) -> String {
        let parameters = [
            ("asOf", model.asOf?.text), ("show", filter == .all ? nil : Optional(filter.rawValue)), ("system", source),
        ]
        return address(orderPath(model.number), parameters) + "#timeline"
    }

    private var timeline: Bindings {
        OrderTimeline(
            number: model.number, events: detail.events, filter: model.filter, source: model.source, facts: facts
        ).bindings
    }
}

extension [Event] {
    /// What tasks asked for: only the events that opened them tell, of one that was written anew the last.
    fileprivate var taskNeeds: [String: TaskNeed] {
        var needs: [String: TaskNeed] = [:]
        for event in self { if case .taskOpened(let need) = event.body { needs[need.id] = need } }
        return needs
    }
}
