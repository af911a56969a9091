/// Kinds of facts, one bit for each, so that "none of these" costs no look-up.
package struct FactKindSet: Hashable, Sendable {
    private static let numbers: [FactKind: UInt64] = Dictionary(
        uniqueKeysWithValues: FactKind.allCases.enumerated().map { ($1, 1 << UInt64($0)) })

    private var bits: UInt64 = 0

    package init() {}

    package init(_ kinds: [FactKind]) {
        for kind in kinds { insert(kind) }
    }

    package mutating func insert(_ kind: FactKind) { bits |= Self.numbers[kind] ?? 0 }

    package mutating func formUnion(_ other: FactKindSet) { bits |= other.bits }

    package func isDisjoint(with other: FactKindSet) -> Bool { bits & other.bits == 0 }
}
