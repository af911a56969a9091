package import HydrantCore

/// What the hub's own connectors write down about a call, in both languages. It is kept in one language, as it stands
/// in logs; what an outside system said itself is not among it and stays as it is.
package func detailText(_ detail: String) -> Text {
    let own = DetailPattern.exact[detail] ?? DetailPattern.all.lazy.compactMap { $0.chinese(of: detail) }.first
    guard let own else { return Text(chinese: detail, english: detail) }
    return Text(chinese: own, english: detail == "1 scans" ? "1 scan" : detail)
}

/// A sentence with holes. `{}` keeps what stands there, `{*}` is a sentence again.
struct DetailPattern: Sendable {
    private let pieces: [Substring]
    private let answer: [Substring]
    /// Of each hole, whether it holds a sentence.
    private let isSentence: [Bool]

    init(_ english: String, _ chinese: String) {
        isSentence = english.matches(of: /\{(\*?)\}/).map { !$0.output.1.isEmpty }
        pieces = Self.split(english)
        answer = Self.split(chinese)
    }

    private static func split(_ text: String) -> [Substring] {
        text.split(separator: /\{\*?\}/, omittingEmptySubsequences: false)
    }

    /// The sentence in Chinese; nil where it is another one.
    func chinese(of text: String) -> String? {
        guard let holes = holes(of: text), holes.count == isSentence.count else { return nil }
        var out = String(answer[0])
        for (index, hole) in holes.enumerated() {
            out += isSentence[index] ? detailText(String(hole)).chinese : String(hole)
            out += answer[index + 1]
        }
        return out
    }

    /// What stands in the holes.
    private func holes(of text: String) -> [Substring]? {
        guard let first = pieces.first, let last = pieces.last, text.hasPrefix(first), text.hasSuffix(last) else {
            return nil
        }
        var rest = text.dropFirst(first.count)
        var holes: [Substring] = []
        for piece in pieces.dropFirst().dropLast() {
            guard let found = rest.firstRange(of: piece) else { return nil }
            holes.append(rest[..<found.lowerBound])
            rest = rest[found.upperBound...]
        }
        guard rest.hasSuffix(last) else { return nil }
        holes.append(rest.dropLast(last.count))
        return holes.allSatisfy { !$0.isEmpty } ? holes : nil
    }
}
