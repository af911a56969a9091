package import HydrantCore

/// A document of interceptors: its name and its rules, in all their versions.
package struct RuleDocument: Hashable, Sendable {
    package var name: String
    package var rules: [Rule]

    package init(name: String, rules: [Rule]) {
        self.name = name
        self.rules = rules
    }

    /// Reads a document and checks that its rules make sense together.
    ///
    /// - Parameter path: the name of the document for messages; nothing is read from the disk.
    package static func load(text: String, path: String) throws(DocumentProblems) -> RuleDocument {
        let document = try DocumentValue.parse(text: text, path: path)
        let list = document.list
        guard let group = document.group(allowed: ["interceptors", "rules"], required: ["interceptors", "rules"]),
            let items = group["rules"]?.items()
        else { throw DocumentProblems(list.problems) }
        let name = group["interceptors"]?.name(maximum: 60) ?? ""
        if items.count > RuleLimits.rules { group["rules"]?.problem("has more than \(RuleLimits.rules) rules") }
        try list.throwIfAny()
        var rules: [Rule] = []
        var places: [DocumentValue] = []
        for item in items {
            guard let rule = RuleReader().rule(item) else { continue }
            rules.append(rule)
            places.append(item)
        }
        // What does not make sense together is looked for among rules that were all understood.
        try list.throwIfAny()
        for problem in problems(in: rules) {
            let place = places[problem.rule].part(problem.part)
            place.problem(problem.text.english)
        }
        try list.throwIfAny()
        return RuleDocument(name: name, rules: rules)
    }
}

extension DocumentValue {
    /// The part of a rule that a problem names: "if", "then[2]"; the rule itself where it is not written.
    fileprivate func part(_ part: String) -> DocumentValue {
        let name = part.prefix { $0 != "[" }
        guard let value = members()?.first(where: { $0.name == name })?.value else { return self }
        guard let bracket = part.firstIndex(of: "["), value.isList,
            let index = Int(part[part.index(after: bracket)...].dropLast()), let items = value.items(),
            items.indices.contains(index)
        else { return value }
        return items[index]
    }
}
