/// The IF of a rule: a tree of tests.
package indirect enum RuleCondition: Hashable, Sendable {
    case all([RuleCondition])
    case any([RuleCondition])
    /// None of them holds.
    case none([RuleCondition])
    case test(RuleTest)

    /// Always true.
    package static let always = RuleCondition.all([])

    /// Every test of the tree, from left to right.
    package var tests: [RuleTest] {
        switch self {
        case .all(let parts), .any(let parts), .none(let parts): parts.flatMap(\.tests)
        case .test(let test): [test]
        }
    }
}

/// One comparison of a field with a value.
package struct RuleTest: Hashable, Sendable {
    package enum Operand: Hashable, Sendable {
        /// Money in minor units, shares in thousandths, flags as 0 and 1; see ``RuleFieldType``.
        case number(Int64)
        case texts([String])
    }

    package var field: RuleField
    /// For ``RuleField/word``: the system; empty for all others.
    package var system: String
    package var comparison: RuleComparison
    package var operand: Operand

    package init(_ field: RuleField, of system: String = "", _ comparison: RuleComparison, _ operand: Operand) {
        self.field = field
        self.system = system
        self.comparison = comparison
        self.operand = operand
    }

    package init(_ field: RuleField, _ comparison: RuleComparison, _ number: Int64) {
        self.init(field, comparison, .number(number))
    }
}

/// The answer of a condition: an unknown field leaves the question open unless the other parts decide it.
enum Truth: Sendable {
    case no
    case yes
    case unknown

    init(_ isTrue: Bool) { self = isTrue ? .yes : .no }
}

/// A condition laid out flat, so that a verdict costs no allocation: every group is followed by its parts.
struct CompiledCondition: Hashable, Sendable {
    private enum Node: Hashable, Sendable {
        case all(end: Int)
        case any(end: Int)
        case none(end: Int)
        case number(RuleField, RuleComparison, Int64)
        /// The index of a test of texts.
        case text(Int)
    }

    // No node holds a reference, so that reading one counts none.
    private var nodes: [Node] = []
    private var texts: [RuleTest] = []

    init(_ condition: RuleCondition) { add(condition) }

    private mutating func add(_ condition: RuleCondition) {
        let index = nodes.count
        switch condition {
        case .all(let parts):
            nodes.append(.all(end: 0))
            for part in parts { add(part) }
            nodes[index] = .all(end: nodes.count)
        case .any(let parts):
            nodes.append(.any(end: 0))
            for part in parts { add(part) }
            nodes[index] = .any(end: nodes.count)
        case .none(let parts):
            nodes.append(.none(end: 0))
            for part in parts { add(part) }
            nodes[index] = .none(end: nodes.count)
        case .test(let test):
            if case .number(let number) = test.operand, !test.field.type.isText {
                nodes.append(.number(test.field, test.comparison, number))
            } else {
                nodes.append(.text(texts.count))
                texts.append(test)
            }
        }
    }

    func truth(of order: Order, at occasion: Instant) -> Truth {
        nodes.withUnsafeBufferPointer { nodes in
            texts.withUnsafeBufferPointer { texts in
                var walk = Walk(nodes: nodes, texts: texts)
                return walk.truth(of: order, at: occasion)
            }
        }
    }

    private struct Walk {
        let nodes: UnsafeBufferPointer<Node>
        let texts: UnsafeBufferPointer<RuleTest>
        var index = 0

        /// Answers the node at the index and moves past it and its parts.
        mutating func truth(of order: Order, at occasion: Instant) -> Truth {
            let node = nodes[index]
            index += 1
            switch node {
            case .number(let field, let comparison, let operand):
                guard let value = order.ruleNumber(field, at: occasion) else {
                    return comparison == .isKnown ? Truth(operand == 0) : .unknown
                }
                return Truth(comparison.holds(value, operand))
            case .text(let test): return order.truth(of: texts[test])
            case .all(let end): return group(to: end, decidedBy: .no, otherwise: .yes, order, occasion)
            case .any(let end): return group(to: end, decidedBy: .yes, otherwise: .no, order, occasion)
            case .none(let end):
                switch group(to: end, decidedBy: .yes, otherwise: .no, order, occasion) {
                case .yes: return .no
                case .no: return .yes
                case .unknown: return .unknown
                }
            }
        }

        /// The first part with the deciding answer decides; else one that is unknown leaves the group open.
        private mutating func group(
            to end: Int, decidedBy deciding: Truth, otherwise: Truth, _ order: Order, _ occasion: Instant
        ) -> Truth {
            var result = otherwise
            while index < end {
                let part = truth(of: order, at: occasion)
                if part == deciding {
                    index = end
                    return deciding
                }
                if part == .unknown { result = .unknown }
            }
            return result
        }
    }
}

extension RuleComparison {
    fileprivate func holds(_ value: Int64, _ operand: Int64) -> Bool {
        switch self {
        case .equal: value == operand
        case .notEqual: value != operand
        case .less: value < operand
        case .atMost: value <= operand
        case .more: value > operand
        case .atLeast: value >= operand
        case .isKnown: operand != 0
        case .oneOf, .noneOf, .contains, .startsWith: false
        }
    }
}

extension Order {
    fileprivate func truth(of test: RuleTest) -> Truth {
        if test.field.type == .texts {
            let values = ruleTexts(test.field)
            return Truth(
                test.comparison == .noneOf
                    ? !values.contains(where: test.names) : values.contains(where: test.holds))
        }
        guard let value = ruleText(test.field, of: test.system), !value.isEmpty else {
            if test.comparison == .isKnown { return Truth(test.operand == .number(0)) }
            return .unknown
        }
        return Truth(test.holds(value))
    }
}

extension RuleTest {
    fileprivate func names(_ value: String) -> Bool {
        guard case .texts(let texts) = operand else { return false }
        return texts.contains(value)
    }

    fileprivate func holds(_ value: String) -> Bool {
        guard case .texts(let texts) = operand else { return operand != .number(0) }
        switch comparison {
        case .equal, .oneOf: return texts.contains(value)
        case .notEqual, .noneOf: return !texts.contains(value)
        case .contains: return texts.contains { value.hasPart($0) }
        case .startsWith: return texts.contains { value.hasPrefix($0) }
        default: return false
        }
    }
}

extension String {
    /// Whether the text occurs anywhere in this one.
    fileprivate func hasPart(_ part: String) -> Bool {
        let whole = Array(utf8)
        let wanted = Array(part.utf8)
        guard !wanted.isEmpty, wanted.count <= whole.count else { return wanted.isEmpty }
        return (0...(whole.count - wanted.count)).contains { whole[$0..<$0 + wanted.count].elementsEqual(wanted) }
    }
}
