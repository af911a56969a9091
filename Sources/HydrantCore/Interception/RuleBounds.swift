/// What a row of tests leaves possible of each field. Says "impossible" only where it is proven.
struct RuleBounds {
    private struct Name: Hashable {
        var field: RuleField
        var system: String
    }

    private struct Numbers {
        var range: ClosedRange<Int64>
        var excluded: Set<Int64> = []
    }

    private struct Texts {
        var allowed: Set<String>?
        var excluded: Set<String> = []
    }

    private var numbers: [Name: Numbers] = [:]
    private var texts: [Name: Texts] = [:]
    private var known: [Name: Bool] = [:]
    /// True once no order can meet all the tests.
    private(set) var isImpossible = false

    mutating func add(_ test: RuleTest) {
        let name = Name(field: test.field, system: test.system)
        let saysKnown = test.comparison == .isKnown ? test.operand != .number(0) : true
        if let before = known[name], before != saysKnown { isImpossible = true }
        known[name] = saysKnown
        guard test.comparison != .isKnown else { return }
        switch test.operand {
        case .number(let number): add(test.comparison, number, name)
        case .texts(let words) where test.field.type == .text: add(test.comparison, Set(words), name)
        case .texts: break
        }
    }

    /// A test that is not true although its field is known.
    mutating func addNegation(of test: RuleTest) {
        var opposite = test
        switch test.comparison {
        case .equal: opposite.comparison = .notEqual
        case .notEqual: opposite.comparison = .equal
        case .less: opposite.comparison = .atLeast
        case .atMost: opposite.comparison = .more
        case .more: opposite.comparison = .atMost
        case .atLeast: opposite.comparison = .less
        case .oneOf: opposite.comparison = .noneOf
        case .noneOf: opposite.comparison = .oneOf
        case .isKnown: opposite.operand = .number(test.operand == .number(0) ? 1 : 0)
        case .contains, .startsWith: return
        }
        add(opposite)
    }

    private mutating func add(_ comparison: RuleComparison, _ number: Int64, _ name: Name) {
        guard let whole = name.field.type.range else { return }
        var bounds = numbers[name] ?? Numbers(range: whole)
        var (low, high) = (bounds.range.lowerBound, bounds.range.upperBound)
        switch comparison {
        case .equal: (low, high) = (max(low, number), min(high, number))
        case .notEqual: bounds.excluded.insert(number)
        case .less: high = min(high, number - 1)
        case .atMost: high = min(high, number)
        case .more: low = max(low, number + 1)
        case .atLeast: low = max(low, number)
        default: break
        }
        while low <= high, bounds.excluded.contains(low) { low += 1 }
        while low <= high, bounds.excluded.contains(high) { high -= 1 }
        guard low <= high else {
            isImpossible = true
            return
        }
        bounds.range = low...high
        numbers[name] = bounds
    }

    private mutating func add(_ comparison: RuleComparison, _ words: Set<String>, _ name: Name) {
        var bounds = texts[name] ?? Texts()
        switch comparison {
        case .equal, .oneOf: bounds.allowed = bounds.allowed.map { $0.intersection(words) } ?? words
        case .notEqual, .noneOf: bounds.excluded.formUnion(words)
        default: break
        }
        if bounds.allowed?.isSubset(of: bounds.excluded) == true { isImpossible = true }
        texts[name] = bounds
    }
}

extension RuleCondition {
    /// Whether no order can ever meet it, as far as that can be proven from its tests.
    package var isImpossible: Bool { isImpossible(within: RuleBounds()) }

    private func isImpossible(within bounds: RuleBounds) -> Bool {
        var bounds = bounds
        var choices: [[RuleCondition]] = []
        gather(into: &bounds, &choices)
        if bounds.isImpossible { return true }
        return choices.contains { $0.allSatisfy { $0.isImpossible(within: bounds) } }
    }

    /// The tests that must hold, and the groups of which one part must.
    private func gather(into bounds: inout RuleBounds, _ choices: inout [[RuleCondition]]) {
        switch self {
        case .test(let test): bounds.add(test)
        case .all(let parts): for part in parts { part.gather(into: &bounds, &choices) }
        case .any(let parts): choices.append(parts)
        case .none(let parts):
            for part in parts {
                switch part {
                case .test(let test): bounds.addNegation(of: test)
                case .any(let inner): RuleCondition.none(inner).gather(into: &bounds, &choices)
                case .none(let inner): choices.append(inner)
                case .all: break
                }
            }
        }
    }
}
