internal import HydrantCore

/// A condition made of groups and, at the ends, tests.
protocol ConditionTree {
    static func all(_ parts: [Self]) -> Self
    static func any(_ parts: [Self]) -> Self
    static func none(_ parts: [Self]) -> Self
}

extension RuleCondition: ConditionTree {}
extension FormCondition: ConditionTree {}

/// Reads trees of tests, within limits of depth and number. The number counts for all trees of one reader.
final class ConditionTreeReader<Condition: ConditionTree> {
    private var tests = 0

    /// - Parameter test: reads what is no group.
    func condition(
        _ value: DocumentValue, depth: Int = 0, test: (DocumentValue) -> Condition?
    ) -> Condition? {
        guard depth < RuleLimits.depth else {
            value.problem("is nested deeper than \(RuleLimits.depth) groups")
            return nil
        }
        if value.isList { return parts(value, depth, test).map { .all($0) } }
        guard let members = value.members() else { return nil }
        guard members.count == 1, let (name, inner) = members.first.map({ ($0.name, $0.value) }),
            ["all", "any", "none"].contains(name)
        else { return counted(value, test) }
        guard let parts = parts(inner, depth, test) else { return nil }
        switch name {
        case "all": return .all(parts)
        case "any": return .any(parts)
        default: return Condition.none(parts)
        }
    }

    private func parts(
        _ value: DocumentValue, _ depth: Int, _ test: (DocumentValue) -> Condition?
    ) -> [Condition]? {
        guard let items = value.items() else { return nil }
        if items.isEmpty {
            value.problem("needs at least one test")
            return nil
        }
        var parts: [Condition] = []
        for item in items {
            guard tests <= RuleLimits.tests, let part = condition(item, depth: depth + 1, test: test) else { continue }
            parts.append(part)
        }
        return parts.count == items.count ? parts : nil
    }

    private func counted(_ value: DocumentValue, _ test: (DocumentValue) -> Condition?) -> Condition? {
        tests += 1
        guard tests <= RuleLimits.tests else {
            if tests == RuleLimits.tests + 1 { value.problem("is one of more than \(RuleLimits.tests) tests") }
            return nil
        }
        return test(value)
    }
}

extension DocumentValue {
    /// The one comparison of a test, and what is compared with.
    ///
    /// - Parameters:
    ///   - subject: what is compared, as problems name it.
    ///   - sort: a sentence that says of what kind it is.
    ///   - allowed: the comparisons of that kind.
    func comparison(
        in group: DocumentGroup, of subject: String, sort: String, _ allowed: [RuleComparison]
    ) -> (RuleComparison, DocumentValue)? {
        let written = RuleComparison.allCases.filter { group[$0.rawValue] != nil }
        let names = allowed.map(\.rawValue).joined(separator: ", ")
        guard written.count == 1, let comparison = written.first, let inner = group[comparison.rawValue] else {
            problem("needs exactly one comparison; \(subject) allows \(names)")
            return nil
        }
        guard allowed.contains(comparison) else {
            inner.problem("\(sort) and allows \(names), not \(comparison.rawValue)")
            return nil
        }
        return (comparison, inner)
    }
}
