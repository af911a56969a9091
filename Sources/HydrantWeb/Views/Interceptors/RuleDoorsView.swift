import HydrantCore
import HydrantDocuments
import HydrantEngine

/// Every way into the hub, with what came in there for each interceptor that runs.
struct RuleDoorsView {
    let all: RuleDoors
    let sinceStart: RuleDoors
    let now: Instant

    /// A row for each door and rule; a door through which nothing came that calls a rule has one row that says so.
    func rows(_ document: RuleDocument, _ words: Words) -> [Bindings] {
        let formats = Formats(words: words, now: now)
        let names = Dictionary(document.rules.map { ($0.id, words($0.name)) }, uniquingKeysWith: { $1 })
        let doors = Door.allCases.map { (words("interceptor_door_\($0.rawValue)"), all.passages[$0] ?? [:]) }
        let restart = [(words("interceptor_door_restart"), sinceStart.byRule)]
        return (doors + restart).flatMap { door, rules -> [Bindings] in
            guard !rules.isEmpty else { return [["door": door, "isEmpty": true]] }
            return rules.sorted { $0.key < $1.key }.enumerated().map { index, entry in
                row(index == 0 ? door : "", names[entry.key] ?? entry.key, entry.value, formats)
            }
        }
    }

    private func row(
        _ door: String, _ rule: String, _ passage: RuleDoors.Passage, _ formats: Formats
    ) -> Bindings {
        [
            "door": door, "isFirst": !door.isEmpty, "isEmpty": false, "rule": rule, "ran": passage.ran,
            "blocked": passage.blocked,
            "missed": passage.missed, "isMissed": passage.missed > 0, "isBlocked": passage.blocked > 0,
            "at": formats.binding(passage.lastAt, seconds: true),
            "order": passage.lastOrder, "href": orderPath(passage.lastOrder),
        ]
    }
}
