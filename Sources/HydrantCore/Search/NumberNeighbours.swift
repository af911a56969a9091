/// Numbers that differ by one slip of a finger: a wrong, missing or additional letter or digit, or two neighbours the
/// other way round. The neighbours of a search word are looked up one by one, so that an order needs no rows for them.
package enum NumberNeighbours {
    /// What a number with that ending may end in when one slip lies in what was typed.
    ///
    /// - Parameter typed: a compact number of at least seven letters and digits.
    package static func endings(of typed: [Unicode.Scalar]) -> Set<String> {
        let length = SearchTerm.longLength
        let window = Array(typed.suffix(length))
        let letters = alphabet(of: window)
        var found: Set<String> = []
        for index in window.indices {
            var changed = window
            for letter in letters where letter != window[index] {
                changed[index] = letter
                found.insert(SearchTerm.text(changed))
            }
            guard index + 1 < window.count, window[index] != window[index + 1] else { continue }
            changed = window
            changed.swapAt(index, index + 1)
            found.insert(SearchTerm.text(changed))
        }
        // One is missing: the ending reaches one further to the left than what was typed.
        let short = Array(typed.suffix(length - 1))
        for index in 0...short.count {
            for letter in letters { found.insert(SearchTerm.text(short[..<index] + [letter] + short[index...])) }
        }
        // One too many.
        let long = Array(typed.suffix(length + 1))
        for index in long.indices { found.insert(SearchTerm.text(long[..<index] + long[(index + 1)...])) }
        found.remove(SearchTerm.text(window))
        return found
    }

    private static func alphabet(of window: [Unicode.Scalar]) -> [Unicode.Scalar] {
        let digits = (UInt32(0x30)...0x39).compactMap(Unicode.Scalar.init)
        let isNumeric = window.allSatisfy { (0x30...0x39).contains($0.value) }
        return isNumeric ? digits : digits + (UInt32(0x41)...0x5A).compactMap(Unicode.Scalar.init)
    }

    /// Whether one slip at most lies between two numbers.
    package static func areNear(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Bool {
        let (short, long) = left.count <= right.count ? (left, right) : (right, left)
        guard long.count - short.count <= 1 else { return false }
        guard let first = short.indices.first(where: { short[$0] != long[$0] }) else { return true }
        if short.count < long.count { return short[first...].elementsEqual(long[(first + 1)...]) }
        if short[(first + 1)...].elementsEqual(long[(first + 1)...]) { return true }
        let next = first + 1
        return next < short.count && short[first] == long[next] && short[next] == long[first]
            && short[(next + 1)...].elementsEqual(long[(next + 1)...])
    }
}
