/// The last word of an outside system does not fit the state of the order.
///
/// A disagreement is late while it is younger than the grace time and wrong from then on; a word that the mapping table
/// does not know is unknown. One finding names every system with the gravest answer. The health index judges
/// consistency by the same boundary (Health/Order+health.swift).
enum SystemsDisagree: MismatchDetector {
    private struct Answer {
        var verdict: Verdict
        var system: String
        var word: String
        var saidAt: Instant
        var since: Instant
    }

    static func finding(in order: Order, settings: Settings, now: Instant) -> Finding? {
        let answers = order.words.known(at: now).compactMap { answer($0, order, settings, now) }
        for verdict in [Verdict.wrong, .late, .unknown] {
            let named = answers.filter { $0.verdict == verdict }
            guard let since = named.map(\.since).min() else { continue }
            return Finding(
                kind: .systemsDisagree, verdict: verdict, reason: reason(verdict, named, order, settings), since: since,
                lastVerifiedAt: named.map(\.saidAt).max(), turnsAt: verdict == .late ? since + settings.grace : nil)
        }
        return nil
    }

    private static func answer(
        _ entry: Ledger<String>.Entry, _ order: Order, _ settings: Settings, _ now: Instant
    ) -> Answer? {
        let saidAt = entry.evidence.at
        var answer = Answer(verdict: .unknown, system: entry.id, word: entry.value, saidAt: saidAt, since: saidAt)
        guard let range = settings.words.range(of: entry.value, from: entry.id) else { return answer }
        if range.contains(order.state) { return nil }
        answer.since = max(saidAt, order.stateSince ?? saidAt)
        answer.verdict = now >= answer.since + settings.grace ? .wrong : .late
        return answer
    }

    private static func reason(_ verdict: Verdict, _ named: [Answer], _ order: Order, _ settings: Settings) -> Text {
        func name(_ answer: Answer) -> Text { Text.system(answer.system, settings.dispatch.couriers) }
        let chinese = named.map { "\(name($0).chinese) 的状态是“\($0.word)”" }.joined(separator: "，")
        let english = named.map { "\(name($0).english) says \"\($0.word)\"" }.joined(separator: ", ")
        if verdict == .unknown {
            return Text(
                chinese: "\(chinese)，映射表里没有这个词，无法核对",
                english: "\(english), which the mapping table does not know")
        }
        let state = stateNames[order.state].text
        return Text(
            chinese: "\(chinese)，订单却处于“\(state.chinese)”",
            english: "\(english) while the order is in state \"\(state.english)\"")
    }
}
