/// A small seeded generator: the same seed gives the same numbers on every machine and in every version of Swift.
///
/// The algorithm is SplitMix64 (Steele, Lea, Flood 2014). Everything random in tests comes from one of these, so that a
/// printed seed is enough to see a failure again.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number of the range; the small bias of the remainder does not matter to tests.
    package mutating func number(in range: ClosedRange<Int>) -> Int {
        let count = UInt64(range.upperBound - range.lowerBound) + 1
        return range.lowerBound + Int(next() % count)
    }

    /// True so many times in a thousand.
    package mutating func chance(permille: Int) -> Bool { number(in: 0...999) < permille }

    /// One of the elements, which must not be empty.
    package mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[number(in: 0...elements.count - 1)]
    }

    /// The elements in another order (Fisher and Yates).
    package mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
        var result = elements
        guard result.count > 1 else { return result }
        for index in stride(from: result.count - 1, to: 0, by: -1) {
            result.swapAt(index, number(in: 0...index))
        }
        return result
    }

    /// The elements shuffled, and each of them a second time at some other place.
    package mutating func shuffledAndDoubled<Element>(_ elements: [Element]) -> [Element] {
        shuffled(elements + elements)
    }
}
