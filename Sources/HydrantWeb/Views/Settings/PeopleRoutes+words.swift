import Hummingbird
import HydrantCore
import HydrantEngine

/// `/settings/words`: what the words of the systems mean, and the words that no table has.
extension PeopleRoutes {
    /// A page looks at no more orders than this.
    private static let ordersAtMost = 2_000

    func mappedWords(_ request: PageRequest, _ notice: Notice?) async throws -> Response {
        let survey = try await hub.surveyWords(limit: Self.ordersAtMost)
        let health = try await hub.overview().health
        let view = WordsView(
            survey: survey, table: hub.settings.words, health: health,
            mayChange: viewer.mayOpen("POST", "/settings/words"))
        let bindings = view.bindings(Formats(words: words(request), now: survey.asOf))
            .merging(["notice": notice?.bindings ?? false]) { _, notice in notice }
        let status = notice?.isAlert == true ? 422 : 200
        return answer(document(bindings, "words", title: words(request)("words_title"), request, .users), status)
    }

    func mapWord(_ request: PageRequest, _ form: Form) async throws -> Response {
        let words = words(request)
        var range: WordTable.Range?
        if form["do"] != "remove" {
            guard let lowest = Int(form["lowest"]), let highest = Int(form["highest"]) else {
                return try await mappedWords(request, Notice(text: words("words_bad_range"), isAlert: true))
            }
            range = WordTable.Range(lowest: lowest, highest: highest)
        }
        do {
            try await hub.map(form["word"], of: form["system"], to: range, by: viewer.actor)
        } catch let refusal as WordRefusal {
            let key =
                switch refusal {
                case .inDocument: "words_in_document"
                case .badRange: "words_bad_range"
                case .badWord: "words_bad_word"
                }
            return try await mappedWords(request, Notice(text: words(key), isAlert: true))
        }
        return try await mappedWords(
            request, Notice(text: words(range == nil ? "words_removed" : "words_mapped", ["word": form["word"]])))
    }
}

/// The model of `/settings/words`.
struct WordsView {
    let survey: WordSurvey
    let table: WordTable
    let health: HealthFigures
    let mayChange: Bool

    func bindings(_ formats: Formats) -> Bindings {
        let words = formats.words
        let known = health.population - health.unknown
        let coverage = health.population == 0 ? nil : Double(known) / Double(health.population)
        return [
            "asOf": formats.binding(survey.asOf, seconds: true), "coverage": formats.percent(coverage),
            "known": formats.count(known), "unknown": formats.count(health.unknown),
            "population": formats.count(health.population),
            "hasUnmapped": !survey.words.isEmpty, "mayChange": mayChange,
            "unmapped": survey.words.enumerated().map { unmapped($1, $0, formats) },
            "cut": shown(survey.isCut ? words("words_cut", ["count": formats.count(survey.orders)]) : nil),
            "systems": systems(words), "hasSystems": !table.systems.isEmpty || !table.mapped.isEmpty,
        ]
    }

    private func unmapped(_ word: UnmappedWord, _ index: Int, _ formats: Formats) -> Bindings {
        let proposal = word.proposal
        let states = word.states.sorted { $0.key < $1.key }.map {
            "\(formats.words(stateNames[$0.key].text)) \(formats.count($0.value))"
        }
        return [
            "n": String(index), "system": word.system, "word": word.word, "orders": formats.count(word.orders),
            "since": formats.binding(word.since), "states": states.joined(separator: " · "),
            "examples": word.examples.map { ["number": $0, "href": orderPath($0)] as Bindings },
            "lowest": options(proposal.lowest, formats.words), "highest": options(proposal.highest, formats.words),
        ]
    }

    private func options(_ chosen: Int, _ words: Words) -> [Bindings] {
        (0...7).map { number in
            [
                "value": String(number), "label": "\(number) \(words(stateNames[number].text))",
                "chosen": number == chosen,
            ]
        }
    }

    private func systems(_ words: Words) -> [Bindings] {
        Set(table.systems.keys).union(table.mapped.keys).sorted().compactMap { system in
            let document = (table.systems[system] ?? [:]).map { row(system, $0.key, $0.value, isMapped: false, words) }
            let mapped = (table.mapped[system] ?? [:]).filter { table.systems[system]?[$0.key] == nil }
                .map { row(system, $0.key, $0.value, isMapped: true, words) }
            let rows = (document + mapped).sorted { ($0["word"] as? String ?? "") < ($1["word"] as? String ?? "") }
            guard !rows.isEmpty else { return nil }
            return ["system": system, "count": words("words_count", ["count": String(rows.count)]), "rows": rows]
        }
    }

    private func row(
        _ system: String, _ word: String, _ range: WordTable.Range, isMapped: Bool, _ words: Words
    ) -> Bindings {
        let lowest = words(stateNames[range.lowest].text)
        let highest = words(stateNames[range.highest].text)
        let isAny = range.lowest == 0 && range.highest == 7
        return [
            "system": system, "word": word, "isMapped": isMapped, "canRemove": isMapped && mayChange,
            "meaning": isAny
                ? words("words_any") : range.lowest == range.highest ? lowest : "\(lowest) – \(highest)",
        ]
    }
}
