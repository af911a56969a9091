package import HydrantCore

extension RuleDocument {
    /// Drops old retired versions: of each rule the newest ``RuleLimits/retired`` stay.
    package mutating func dropOldVersions() {
        var versions: [String: [Int]] = [:]
        for rule in rules where rule.stage == .retired { versions[rule.id, default: []].append(rule.version) }
        let oldest = versions.compactMapValues { $0.sorted(by: >).prefix(RuleLimits.retired).last }
        rules.removeAll { $0.stage == .retired && $0.version < oldest[$0.id] ?? 0 }
    }

    /// What stands against keeping this document in the place of an earlier one: rules that make no sense, that no
    /// document can hold, or that are too many. What was wrong with the earlier one already stands against nothing.
    package func problems(after old: RuleDocument) -> [RuleProblem] {
        let tooMany = sizeProblems(after: old)
        guard tooMany.isEmpty else { return tooMany }
        let known = Set(HydrantCore.problems(in: old.rules).map { Known($0, of: old.rules) })
        let senseless = HydrantCore.problems(in: rules).filter { !known.contains(Known($0, of: rules)) }
        guard senseless.isEmpty else { return senseless }
        let before = Set(old.rules.map(\.unstaged))
        let unreadable = rules.indices.filter { !before.contains(rules[$0].unstaged) }
            .flatMap { unreadableParts(of: $0) }
        guard unreadable.isEmpty else { return unreadable }
        guard (try? Self.kept(text: yaml, path: "")) != self else { return [] }
        return [RuleProblem(max(rules.count - 1, 0), "id", Self.unwritable)]
    }

    private static let unwritable = Text(
        chinese: "有些字符无法保存，请改写名称、原因和问题中的特殊字符",
        english: "some characters cannot be kept; write names, reasons and questions without special characters")

    /// A rule that was written must be read back as the same, within the limits for everybody's documents.
    private func unreadableParts(of index: Int) -> [RuleProblem] {
        let own = RuleDocument(name: "interceptors", rules: [rules[index]])
        do throws(DocumentProblems) {
            let (again, _) = try Self.read(text: own.yaml, path: "")
            return again == own ? [] : [RuleProblem(index, "id", Self.unwritable)]
        } catch {
            return error.problems.prefix(5).map { problem in
                RuleProblem(
                    index, "id", Text(chinese: "无法保存：\(problem.message)", english: "cannot be kept: \(problem.message)")
                )
            }
        }
    }

    private func sizeProblems(after old: RuleDocument) -> [RuleProblem] {
        let last = max(rules.count - 1, 0)
        let active = rules.activeCount
        if active > RuleLimits.rules, active > old.rules.activeCount {
            let text = Text(
                chinese: "草稿和运行中的拦截器共 \(active) 个，最多 \(RuleLimits.rules) 个；请先停用不再需要的",
                english: "there would be \(active) interceptors that are not retired, at most \(RuleLimits.rules) are "
                    + "possible; retire those that nobody needs first")
            return [RuleProblem(last, "id", text)]
        }
        let limit = RuleLimits.versions
        let isTooLong = rules.count > limit && rules.count > old.rules.count
        let size = yaml.utf8.count
        guard isTooLong || size > documentByteLimit && size > old.yaml.utf8.count else { return [] }
        let text = Text(
            chinese: "拦截器的各版本合计超过 \(limit) 个或 1 MiB；请导出文档，删去不再需要的，再用 serve --interceptors 启动",
            english: "the versions of all interceptors are more than \(limit), or larger than 1 MiB; export them, take "
                + "out what nobody needs, and start the hub with --interceptors and that document")
        return [RuleProblem(last, "id", text)]
    }
}

/// A problem without the place of its rule in the list.
private struct Known: Hashable {
    let id: String
    let version: Int
    let part: String
    let text: Text

    init(_ problem: RuleProblem, of rules: [Rule]) {
        id = rules[problem.rule].id
        version = rules[problem.rule].version
        part = problem.part
        text = problem.text
    }
}

extension Rule {
    fileprivate var unstaged: Rule {
        var rule = self
        rule.stage = .draft
        return rule
    }
}
