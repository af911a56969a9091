package import HydrantCore
import HydrantStorage

/// A word of a system that no table has, and where it occurs.
package struct UnmappedWord: Hashable, Sendable {
    package var system: String
    package var word: String
    /// The orders of which it is the system's last word.
    package var orders = 0
    /// Up to three of them, the first that arrived first.
    package var examples: [String] = []
    /// How many of these orders were in which state when it was said.
    package var states: [Int: Int] = [:]
    package var since: Instant

    /// The states from the tenth to the ninetieth percent of the orders: what a person may accept, and nothing that is
    /// ever used by itself.
    package var proposal: WordTable.Range {
        let sorted = states.sorted { $0.key < $1.key }.flatMap { Array(repeating: $0.key, count: $0.value) }
        guard !sorted.isEmpty else { return WordTable.Range(lowest: 0, highest: 7) }
        return WordTable.Range(
            lowest: sorted[sorted.count / 10], highest: sorted[sorted.count - 1 - sorted.count / 10])
    }
}

/// The words without a mapping, the most frequent first.
package struct WordSurvey: Sendable {
    package var asOf: Instant
    package var words: [UnmappedWord] = []
    /// How many orders were looked at.
    package var orders = 0
    /// Whether there are more orders than were looked at.
    package var isCut = false
}

extension Hub {
    /// - Parameter limit: looks at no more orders than this.
    package func surveyWords(limit: Int) async throws -> WordSurvey {
        let settings = settings
        let now = clock.now()
        return try await store.read { reader in
            var survey = WordSurvey(asOf: now)
            var words: [[String]: UnmappedWord] = [:]
            var cursor: Int64 = 0
            while true {
                let rows = try reader.findings(.systemsDisagree, nil, after: cursor, limit: min(256, limit))
                guard let last = rows.last else { break }
                guard survey.orders < limit else {
                    survey.isCut = true
                    break
                }
                cursor = last.orderID
                for row in rows {
                    survey.orders += 1
                    guard let order = try reader.undamagedOrder(row.order) else { continue }
                    order.addUnmappedWords(to: &words, settings.words)
                }
            }
            survey.words = words.values.sorted {
                ($1.orders, $0.system, $0.word) < ($0.orders, $1.system, $1.word)
            }
            return survey
        }
    }
}

extension Order {
    fileprivate func addUnmappedWords(to words: inout [[String]: UnmappedWord], _ table: WordTable) {
        for entry in self.words.entries where table.range(of: entry.value, from: entry.id) == nil {
            let at = entry.evidence.at
            var found =
                words[[entry.id, entry.value]] ?? UnmappedWord(system: entry.id, word: entry.value, since: at)
            found.orders += 1
            found.since = min(found.since, at)
            if found.examples.count < 3 { found.examples.append(number) }
            let then = stamps.last { $0.at <= at }?.number ?? 0
            found.states[then, default: 0] += 1
            words[[entry.id, entry.value]] = found
        }
    }
}
