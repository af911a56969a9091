/// One thing that is wrong in a document: where, what, and what is allowed there.
package struct DocumentProblem: Hashable, Sendable, CustomStringConvertible {
    package var path: String
    /// From 1.
    package var line: Int
    /// From 1, counted in characters.
    package var column: Int
    package var message: String

    package init(path: String, line: Int, column: Int, message: String) {
        self.path = path
        self.line = line
        self.column = column
        self.message = message
    }

    package var description: String { "\(path):\(line):\(column): \(message)" }
}

/// Everything that is wrong in a document, in the order of its lines.
package struct DocumentProblems: Error, Hashable, Sendable, CustomStringConvertible {
    package var problems: [DocumentProblem]

    package init(_ problems: [DocumentProblem]) {
        self.problems = problems.sorted { ($0.line, $0.column, $0.message) < ($1.line, $1.column, $1.message) }
    }

    package var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// "Did you mean": the allowed word that is closest to what was written, if one is close.
package func closestWord(to word: String, among allowed: some Sequence<String>) -> String? {
    guard word.utf8.count <= 100 else { return nil }
    let written = Array(word.lowercased().unicodeScalars)
    let limit = max(1, written.count / 3)
    var best: (word: String, distance: Int)?
    for candidate in allowed where candidate.utf8.count <= 100 {
        let letters = Array(candidate.lowercased().unicodeScalars)
        let isBegin = written.count >= 3 && letters.starts(with: written)
        let distance = isBegin ? 1 : editDistance(written, letters)
        if distance <= limit, distance < best?.distance ?? Int.max { best = (candidate, distance) }
    }
    return best?.word
}

/// How many characters must be inserted, removed, replaced or swapped with their neighbour.
private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var beforePrevious: [Int] = []
    var previous = Array(0...right.count)
    for row in 0..<left.count {
        var current = [row + 1]
        for column in 0..<right.count {
            var cost = previous[column] + (left[row] == right[column] ? 0 : 1)
            cost = min(cost, previous[column + 1] + 1, current[column] + 1)
            if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                cost = min(cost, beforePrevious[column - 1] + 1)
            }
            current.append(cost)
        }
        beforePrevious = previous
        previous = current
    }
    return previous[right.count]
}

/// The message for a word that is not allowed, with the closest allowed one.
func notAllowed(_ what: String, _ word: String, allowed: [String]) -> String {
    let shown = word.count > 60 ? String(word.prefix(60)) + "…" : word
    let suggestion = closestWord(to: word, among: allowed).map { " Did you mean \u{201C}\($0)\u{201D}?" } ?? ""
    return "\(what) \u{201C}\(shown)\u{201D}.\(suggestion) Allowed: \(allowed.joined(separator: ", "))"
}
