import HydrantCore
import HydrantDocuments
import HydrantEngine
import HydrantStorage

/// What a page of rules needs to show buttons that change something.
struct RuleButtons {
    let formToken: String?
    let mayChange: Bool

    func moves(of rule: Rule, _ words: Words) -> [Bindings] {
        let stages: [Rule.Stage]
        switch rule.stage {
        case .draft: stages = [.shadow, .on]
        case .shadow: stages = [.on, .retired]
        case .on: stages = [.shadow, .retired]
        case .retired: stages = [.on]
        }
        return stages.map { stage in
            [
                "stage": stage.rawValue, "label": words("interceptor_to_\(stage.rawValue)"), "rule": rule.id,
                "version": rule.version, "shown": rule.fingerprint, "token": formToken ?? "",
                "isMain": stage == .on,
            ]
        }
    }
}

/// The list of interceptors with their stages, and what they did lately.
struct InterceptorsView {
    let document: RuleDocument
    let counts: RuleCounts
    let buttons: RuleButtons
    let doors: RuleDoorsView
    var problems: [Text] = []
    var notice: Text?
    /// The document that was to be imported and is not right.
    var imported: String?

    func document(_ frame: PageFrame, files: PageFiles) -> String {
        let words = files.words(frame.language)
        let ids = Set(document.rules.map(\.id)).sorted()
        let bindings: Bindings = [
            "w": words.bindings, "isEmpty": ids.isEmpty, "token": buttons.formToken ?? "",
            "mayChange": buttons.mayChange, "notice": shown(notice.map { words($0) }),
            "basis": words("interceptor_basis", ["count": String(counts.orders)]),
            "hasProblems": !problems.isEmpty, "problems": problems.map { words($0) }, "imported": shown(imported),
            "hasDoors": !ids.isEmpty, "doors": doors.rows(document, words), "hasCoverage": !counts.sources.isEmpty,
            "coverage": coverage(words),
            "rules": ids.compactMap { id in Listed(document.rules.filter { $0.id == id }) }.map { row($0, words) },
        ]
        return frame.document(files.render(bindings, "interceptors"), title: words("interceptors_title"), files: files)
    }

    /// Which source's messages called the running rules, and which orders have no verdict.
    private func coverage(_ words: Words) -> [Bindings] {
        counts.sources.sorted { $0.key < $1.key }.map { source, coverage in
            [
                "source": source == SourceNames.personPrefix ? words("interceptor_people") : words.source(source),
                "called": coverage.called, "judged": coverage.judged,
                "before": coverage.before, "missing": coverage.missing,
                "orders": coverage.unjudged.map { ["href": orderPath($0), "number": $0] as Bindings },
            ]
        }
    }

    /// The versions of one rule that the list speaks of.
    private struct Listed {
        /// The one that is on or, where none is, in shadow, or else the newest.
        let rule: Rule
        /// In shadow beside the one that is on.
        let shadow: Rule?
        /// A draft that waits.
        let newer: Rule?

        init?(_ versions: [Rule]) {
            guard let newest = versions.max(by: { $0.version < $1.version }) else { return nil }
            let on = versions.first { $0.stage == .on }
            let inShadow = versions.first { $0.stage == .shadow }
            rule = on ?? inShadow ?? newest
            shadow = on == nil ? nil : inShadow
            newer = rule.isRunning && newest.version > rule.version && newest.stage == .draft ? newest : nil
        }
    }

    private func row(_ listed: Listed, _ words: Words) -> Bindings {
        let rule = listed.rule
        let count = counts.rules[rule.id] ?? RuleCounts.Count()
        var figures = [
            ("judged", count.judged), ("held", count.held), ("refused", count.refused), ("acted", count.acted),
            ("blocked", count.blocked),
        ]
        if count.shadowed > 0 { figures.append(("shadowed", count.shadowed)) }
        let newerRow: Bindings? = listed.newer.map {
            [
                "href": rulePath(rule.id),
                "text": words("interceptor_newer", ["version": String($0.version)]),
            ]
        }
        return [
            "id": rule.id, "version": rule.version, "name": words(rule.name), "stage": rule.stage.rawValue,
            "stageText": words(rule.stage.text), "sentence": rule.sentence(words), "href": rulePath(rule.id),
            "edit": "/interceptors/new?rule=\(rule.id)", "newer": newerRow.map { $0 as Any } ?? false,
            "shadow": listed.shadow.map { beside($0, words) as Any } ?? false,
            "figures": figures.map { name, number -> Bindings in
                ["label": words("interceptor_count_\(name)"), "number": number]
            },
            "isHolding": !count.holding.isEmpty,
            "holding": count.holding.map { ["href": orderPath($0), "number": $0] as Bindings },
            "moves": buttons.moves(of: rule, words),
        ]
    }

    /// What a version in shadow says beside the one that is on.
    private func beside(_ rule: Rule, _ words: Words) -> Bindings {
        let found = counts.comparisons[rule.id] ?? RuleCounts.Comparison()
        return [
            "title": words("interceptor_beside", ["version": String(rule.version)]), "href": rulePath(rule.id),
            "sentence": rule.sentence(words), "moves": buttons.moves(of: rule, words),
            "mayChange": buttons.mayChange,
            "figures": [("judged", found.judged), ("more", found.more), ("fewer", found.fewer)].map {
                name, number -> Bindings in ["label": words("interceptor_beside_\(name)"), "number": number]
            },
            "lists": [("more", found.moreNames), ("fewer", found.fewerNames)].filter { !$0.1.isEmpty }.map {
                name, orders -> Bindings in
                [
                    "label": words("interceptor_beside_\(name)"),
                    "orders": orders.map { ["href": orderPath($0), "number": $0] as Bindings },
                ]
            },
        ]
    }
}

/// Where all versions of a rule are; ids are plain letters, digits and hyphens.
func rulePath(_ id: String) -> String { "/interceptors/rules/\(id)" }

/// The versions of one rule, the newest first, each with what it changed.
struct RuleVersionsView {
    /// Of one id; at least one.
    let versions: [Rule]
    let buttons: RuleButtons
    var notice: Text?

    func document(_ frame: PageFrame, files: PageFiles) -> String {
        let words = files.words(frame.language)
        let sorted = versions.sorted { $0.version > $1.version }
        let name = words(sorted[0].name)
        let bindings: Bindings = [
            "w": words.bindings, "name": name, "mayChange": buttons.mayChange,
            "edit": "/interceptors/new?rule=\(sorted[0].id)", "notice": shown(notice.map { words($0) }),
            "versions": sorted.enumerated().map { index, rule in
                version(rule, before: index + 1 < sorted.count ? sorted[index + 1] : nil, words)
            },
        ]
        return frame.document(files.render(bindings, "ruleversions"), title: name, files: files)
    }

    private func version(_ rule: Rule, before: Rule?, _ words: Words) -> Bindings {
        let own = RuleDocument(name: "interceptors", rules: [rule])
        let changes = before.map { RuleDocument(name: "interceptors", rules: [$0]).difference(to: own) } ?? []
        return [
            "version": rule.version, "title": words("interceptor_version", ["version": String(rule.version)]),
            "stage": rule.stage.rawValue, "stageText": words(rule.stage.text), "sentence": rule.sentence(words),
            "moves": buttons.moves(of: rule, words), "yaml": own.yaml, "hasChanges": !changes.isEmpty,
            "changesTitle": words("interceptor_changes", ["version": String(before?.version ?? 0)]),
            "changes": diffLines(changes),
        ]
    }
}

/// The lines of a difference, for the page.
func diffLines(_ changes: [String]) -> [Bindings] {
    changes.map { line in
        ["line": line, "kind": line.hasPrefix("+") ? "more" : line.hasPrefix("-") ? "less" : "same"]
    }
}
