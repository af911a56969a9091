import HydrantCore

/// What somebody typed into the search box, taken apart.
package struct SearchQuery: Hashable, Sendable {
    /// One word with everything that it may be.
    struct Word: Hashable, Sendable {
        var text: String
        var compact: [Unicode.Scalar]
        var terms: [SearchTerm]
    }

    /// The longest text that is looked at, in bytes, and the most words of it.
    package static let textMaximum = 128
    static let wordMaximum = 4

    var words: [Word]

    package var isEmpty: Bool { words.isEmpty }

    /// - Parameter scope: as what the words may be looked for.
    package init(_ text: String, _ scope: SearchScope) {
        let text = text.normalised
        let separators: Set<Character> = [" ", "\u{3000}", ",", "，", ";", "；", "\t", "\n", "\r"]
        let parts = text.split { separators.contains($0) }.map(String.init)
        words = parts.prefix(Self.wordMaximum).map { Word($0, scope) }
        // A telephone number, a number or a name that is written in groups is one word too: "138 0013 8000".
        guard parts.count > 1 else { return }
        let whole = Word(parts.joined(), scope)
        let isNumber = whole.compact.count >= 10 && whole.compact.allSatisfy { (0x30...0x39).contains($0.value) }
        let isName = parts.allSatisfy { $0.unicodeScalars.allSatisfy(\.properties.isAlphabetic) }
        alternative = isNumber || isName ? whole : nil
    }

    /// All words as one.
    private(set) var alternative: Word?
}

extension SearchQuery.Word {
    fileprivate init(_ text: String, _ scope: SearchScope) {
        self.text = text
        compact = SearchTerm.compact(text)
        var terms: [SearchTerm] = compact.count >= 3 ? SearchTerm.number(text) : []
        // Exactly six may be all of a short number, and the end of a longer one.
        if compact.count == SearchTerm.shortLength { terms.append(SearchTerm(.shortEnding, SearchTerm.text(compact))) }
        let isPhone = text.unicodeScalars.allSatisfy {
            (0x30...0x39).contains($0.value) || "+-*() ".contains(Character($0))
        }
        if scope.mayFindPeople {
            if isPhone {
                let phone = SearchTerm.phone(text)
                terms +=
                    compact.count == 4 ? phone.filter { $0.kind == .phoneTail } : phone.filter { $0.kind == .phone }
            }
            terms += SearchTerm.name(text)
        }
        terms += SearchTerm.sku(text)
        if scope.mayFindCustomers { terms += SearchTerm.customer(text) }
        self.terms = terms
    }
}
