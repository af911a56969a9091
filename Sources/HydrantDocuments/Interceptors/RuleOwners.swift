package import HydrantCore

/// Who a hold or a task of a rule can wait for: the roles that people are given. Nobody else ever sees it as theirs.
package enum RuleOwners {
    package static let roles = ["operations", "warehouse", "service", "finance", "it", "owner"]

    /// What is wrong with the owners that a rule names, with the index of the action.
    package static func problems(with rule: Rule) -> [(action: Int, text: Text)] {
        rule.actions.enumerated().compactMap { index, action in
            let owner: String
            switch action {
            case .hold(let hold): owner = hold.owner
            case .task(let task): owner = task.owner
            default: return nil
            }
            guard !roles.contains(owner) else { return nil }
            let guess = closestWord(to: owner, among: roles)
            let english = notAllowed("nobody is the owner", owner, allowed: roles)
            let chinese =
                "没有“\(owner)”这个负责角色。" + (guess.map { "是否想写“\($0)”？" } ?? "")
                + "可选：" + roles.joined(separator: "、")
            return (index, Text(chinese: chinese, english: english))
        }
    }
}
